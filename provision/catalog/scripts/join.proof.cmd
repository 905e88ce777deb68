@echo off
rem Doublehop step join: the domain knows the computer, and the computer its domain.
setlocal
set TRY=0
:again
ldifde -f "%DHPROOF%\COMPUTER.TXT" -s {{.controller}} -d "{{.dn}}" -r "(&(objectClass=computer)(cn={{.computer}}))" -l cn
find "dn:" "%DHPROOF%\COMPUTER.TXT" >NUL 2>NUL
if not errorlevel 1 goto ready
set /a TRY=TRY+1
if %TRY% GEQ 150 goto ready
if "%TRY%"=="10" echo Waiting for the directory on {{.controller}}
ping -n 3 127.0.0.1 >NUL
goto again
:ready
{{- if .old}}
cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters" "Domain" >"%DHPROOF%\DOMAIN.TXT" 2>&1
{{- else}}
reg query "HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters" /v Domain >"%DHPROOF%\DOMAIN.TXT" 2>&1
{{- end}}
exit /b 0
