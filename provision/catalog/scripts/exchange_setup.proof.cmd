@echo off
rem Doublehop step exchange_setup: the server in the directory, and its services. A group or a store has
rem another name in another language, so the server is searched for.
setlocal
ldifde -f "%DHPROOF%\ORG.TXT" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -p onelevel -r "(objectClass=msExchOrganizationContainer)" -l cn,objectVersion
ldifde -f "%DHPROOF%\SERVER.TXT" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(&(objectClass=msExchExchangeServer)(cn={{.computer}}))" -l cn,serialNumber,versionNumber
set TRY=0
:again
set WAIT=
{{- template "services" .}}
if not defined WAIT exit /b 0
set /a TRY=TRY+1
if %TRY% GEQ 300 exit /b 0
if "%TRY%"=="10" echo Waiting for %WAIT%
ping -n 3 127.0.0.1 >NUL
goto again
