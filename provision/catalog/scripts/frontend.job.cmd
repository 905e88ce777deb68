@echo off
rem Doublehop step exchange_setup: installs the server, then makes it a front end, which needs a restart.
setlocal
call "%DHJOB%\SETUP.CMD"
set CODE=%errorlevel%
if not "%CODE%"=="0" if not "%CODE%"=="3010" exit /b %CODE%
ldifde -f "%DH%\SERVER.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(&(objectClass=msExchExchangeServer)(cn={{.computer}}))" -l cn
cscript //nologo "%DHJOB%\FILL.VBS" "%DHJOB%\FRONTEND.LDF" "%DH%\CHANGE.LDF" "%DH%\SERVER.LDF"
if errorlevel 1 exit /b 1
ldifde -i -f "%DH%\CHANGE.LDF" -s {{.controller}} -j "%DH%"
set CODE=%errorlevel%
echo ldifde ended with %CODE%
if "%CODE%"=="0" exit /b 3010
if exist "%DH%\ldif.err" type "%DH%\ldif.err"
exit /b 1
