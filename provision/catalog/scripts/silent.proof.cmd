@echo off
rem Doublehop step {{.step}}: setup's own verdict, and what it left in the directory of every domain controller.
setlocal
cscript //nologo "%DHJOB%\SETUPLOG.VBS" "%SystemDrive%\ExchangeSetupLogs\ExchangeSetup.log" >"%DHPROOF%\SETUP.TXT" 2>&1
set TRY=0
:again
set WAIT=
{{- template "queries" .}}
{{- template "services" .}}
{{- template "gone" .}}
{{- template "again" .}}
