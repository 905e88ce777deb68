@echo off
rem Doublehop step create_mailboxes: how many users of the unit have a mailbox and an address, by store.
setlocal
set TRY=0
:again
ldifde -f "%DH%\HOMES.LDF" -s {{.controller}} -d "{{.unit}}" -r "(&(objectClass=user)(homeMDB=*)(mail=*))" -l homeMDB >NUL
cscript //nologo "%DHJOB%\COUNT.VBS" "%DH%\HOMES.LDF" {{.count}} {{.most}} >"%DH%\ANSWER.TXT"
if not errorlevel 1 goto ready
set /a TRY=TRY+1
if %TRY% GEQ 300 goto ready
if "%TRY%"=="30" echo Waiting for the recipient update service
ping -n 4 127.0.0.1 >NUL
goto again
:ready
cscript //nologo "%DHJOB%\TALLY.VBS" "%DH%\HOMES.LDF" homeMDB >"%DHPROOF%\HOMES.TXT"
exit /b 0
