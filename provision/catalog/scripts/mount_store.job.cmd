@echo off
rem Doublehop step mount_store: puts a store's files in the place that the directory names, with the store dismounted.
setlocal
if not exist "{{.edb}}" goto nofile
call :directory
if not defined READY goto nodirectory
ldifde -f "%DH%\SERVER.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(&(objectClass=msExchExchangeServer)(cn={{.computer}}))" -l cn >NUL
set SERVERDN=
for /f "delims=" %%s in ('cscript //nologo "%DHJOB%\VALUE.VBS" "%DH%\SERVER.LDF" dn') do set SERVERDN=%%s
if not defined SERVERDN goto noserver
set TRY=0
:look
{{- if .later}}
ldifde -f "%DH%\STORE.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(&(objectClass=msExchPrivateMDB)(cn={{.database}}))" -l cn,msExchEDBFile >NUL
{{- else}}
ldifde -f "%DH%\STORE.LDF" -s {{.controller}} -d "%SERVERDN%" -r "(&(objectClass=msExchPrivateMDB){{if .recovery}}(msExchOrigMDB=*){{else}}(!(msExchOrigMDB=*)){{end}}{{if .database}}(cn={{.database}}){{end}})" -l cn,msExchEDBFile,msExchSLVFile >NUL
{{- end}}
set TARGET=
for /f "delims=" %%s in ('cscript //nologo "%DHJOB%\VALUE.VBS" "%DH%\STORE.LDF" msExchEDBFile') do set TARGET=%%s
if defined TARGET goto found
{{- if .recovery}}
rem No tool in the box makes a recovery storage group: System Manager does (KB824126).
if "%TRY%"=="0" echo mount: make a recovery storage group in System Manager and add the store to it; this step goes on by itself
set /a TRY=TRY+1
if %TRY% GEQ 6000 goto nostore
ping -n 4 127.0.0.1 >NUL
goto look
{{- else}}
goto nostore
{{- end}}
:found
>"%DH%\TARGET.TXT" echo %TARGET%
echo The store's file is %TARGET%
{{- if .later}}
{{.dismount}}
echo The shell ended with %errorlevel%
{{- else}}
set STREAM=
for /f "delims=" %%s in ('cscript //nologo "%DHJOB%\VALUE.VBS" "%DH%\STORE.LDF" msExchSLVFile') do set STREAM=%%s
net stop MSExchangeIS /y
{{- end}}
rem What was there is kept. After a boot in the middle it is kept already.
if "%DHPASS%"=="1" if exist "%TARGET%" move /y "%TARGET%" "%TARGET%.before" >NUL
if exist "%TARGET%" del "%TARGET%"
copy /b /y "{{.edb}}" "%TARGET%" >NUL
if errorlevel 1 goto nocopy
attrib -r "%TARGET%"
{{- if .stm}}
if not defined STREAM goto nostream
if "%DHPASS%"=="1" if exist "%STREAM%" move /y "%STREAM%" "%STREAM%.before" >NUL
if exist "%STREAM%" del "%STREAM%"
copy /b /y "{{.stm}}" "%STREAM%" >NUL
if errorlevel 1 goto nocopy
attrib -r "%STREAM%"
{{- end}}
{{- if .later}}
{{.mount}}
set CODE=%errorlevel%
echo The shell ended with %CODE%
{{- else}}
rem "This database can be overwritten by a restore", and mounted when the information store starts.
cscript //nologo "%DHJOB%\FILL.VBS" "%DHJOB%\MOUNT.LDF" "%DH%\CHANGE.LDF" "%DH%\STORE.LDF"
if errorlevel 1 exit /b 1
ldifde -i -f "%DH%\CHANGE.LDF" -s {{.controller}} -j "%DH%"
set CODE=%errorlevel%
echo ldifde ended with %CODE%
if not "%CODE%"=="0" if exist "%DH%\ldif.err" type "%DH%\ldif.err"
net start MSExchangeIS
{{- end}}
if not "%CODE%"=="0" exit /b 1
exit /b 0
:nofile
echo mount: there is no {{.edb}}
exit /b 2
:nostore
echo mount: the directory has no such store of {{.computer}}
exit /b 2
:noserver
echo mount: the directory has no Exchange server {{.computer}}
exit /b 2
:nocopy
echo mount: the store's files could not be put into their place
exit /b 1
{{- if .stm}}
:nostream
echo mount: the store has no streaming file
exit /b 2
{{- end}}
:nodirectory
type "%DH%\ANSWER.TXT"
echo mount: the domain controller does not answer
exit /b 4
{{template "directory" .}}
