@echo off
rem Doublehop step demote: {{if .cmdlet}}a cmdlet of Windows 2012 and later{{else}}dcpromo with an answer file ({{if .later}}KB947034{{else}}KB223757{{end}}){{end}}. The runner restarts the machine.
setlocal
set LOG=%SystemRoot%\debug\dcpromo.log
rem A boot cut the first pass short: what came of it is for the registry to say.
if not "%DHPASS%"=="1" call :kind
if "%KIND%"=="server" goto demoted
if exist "%LOG%" del "%LOG%"
echo Demoting %COMPUTERNAME%
{{- if .cmdlet}}
{{.cmdlet}} <NUL
set CODE=%errorlevel%
echo PowerShell ended with %CODE%
{{- else}}
rem dcpromo erases the passwords from the file that it reads (TechNet cc758390).
copy /y "%DHJOB%\DCPROMO.TXT" "%DH%\DCPROMO.TXT" >NUL
start /wait "" dcpromo {{if .later}}/unattend{{else}}/answer{{end}}:%DH%\DCPROMO.TXT
set CODE=%errorlevel%
echo dcpromo ended with %CODE%
del "%DH%\DCPROMO.TXT" >NUL 2>NUL
{{- end}}
find "DsRolepSetOperationDone returned 0" "%LOG%" >NUL 2>NUL
if not errorlevel 1 goto demoted
{{- if and .later (not .cmdlet)}}
rem 1 to 4 are success, from 11 on it failed (TechNet cc754937).
if %CODE% GEQ 1 if %CODE% LEQ 4 goto demoted
{{- else}}
if "%CODE%"=="0" goto demoted
{{- end}}
if exist "%LOG%" cscript //nologo "%DHJOB%\LOG.VBS" "%LOG%"
if not exist "%LOG%" echo dcpromo wrote no log
exit /b 1
:demoted
{{- if .last}}
regedit /s "%DHJOB%\LOGON.REG"
{{- end}}
exit /b 0
:kind
{{if .old}}cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions" ProductType{{else}}reg query "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions" /v ProductType{{end}} >"%DH%\ANSWER.TXT" 2>&1
set KIND=
find "ServerNT" "%DH%\ANSWER.TXT" >NUL
if not errorlevel 1 set KIND=server
goto :eof
