@echo off
rem Doublehop step {{.step}}: the directory does not show patches, so the version of setup's own program is read.
setlocal
cscript //nologo "%DHJOB%\BIN.VBS" >"%DH%\ANSWER.TXT"
set BIN=
for /f "usebackq delims=" %%f in ("%DH%\ANSWER.TXT") do set BIN=%%f
cscript //nologo "%DHJOB%\VERSION.VBS" "%BIN%\ExSetup.exe" >"%DHPROOF%\PROGRAM.TXT"
set TRY=0
:again
set WAIT=
{{- template "queries" .}}
{{- template "services" .}}
{{- template "gone" .}}
{{- template "again" .}}
