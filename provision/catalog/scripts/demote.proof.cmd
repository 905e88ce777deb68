@echo off
rem Doublehop step demote: what the machine is now, and what it is to the domain.
setlocal
{{if .old}}cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions" ProductType{{else}}reg query "HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions" /v ProductType{{end}} >"%DHPROOF%\KIND.TXT" 2>&1
net share >"%DHPROOF%\SHARES.TXT" 2>&1
{{- if not .last}}
set TRY=0
:again
ldifde -f "%DHPROOF%\COMPUTER.TXT" -s {{.other}} -d "{{.dn}}" -r "(&(objectClass=computer)(cn={{.computer}}))" -l cn,primaryGroupID
findstr /i /x /c:"primaryGroupID: 515" "%DHPROOF%\COMPUTER.TXT" >NUL
if not errorlevel 1 exit /b 0
set /a TRY=TRY+1
if %TRY% GEQ 300 exit /b 0
if "%TRY%"=="10" echo Waiting for {{.other}}
ping -n 4 127.0.0.1 >NUL
goto again
{{- end}}
exit /b 0
