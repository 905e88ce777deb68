@echo off
rem Doublehop step exchange_setup: Exchange setup{{if .unattend}} with a recorded answer file (KB312363){{end}}.
{{- if not .upgrade}}
rem A boot cut the first pass short: where the store is installed, the proofs say what came of it.
if "%DHPASS%"=="1" goto begin
{{if .old}}cscript //nologo "%DHJOB%\SERVICE.VBS" MSExchangeIS{{else}}sc query MSExchangeIS{{end}} >"%DH%\ANSWER.TXT" 2>&1
find "MSExchangeIS" "%DH%\ANSWER.TXT" >NUL
if not errorlevel 1 exit /b 0
:begin
{{- end}}
{{template "setup" .}}
"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT" "%DISC%\{{.program}}"{{if .unattend}} /UnattendFile %DHJOB%\EXSETUP.INI{{end}}
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
