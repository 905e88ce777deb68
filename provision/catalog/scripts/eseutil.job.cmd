@echo off
rem Doublehop step eseutil: works on a copy of a store's files, since eseutil changes them in place.
setlocal
set BIN=
for /f "delims=" %%f in ('cscript //nologo "%DHJOB%\BIN.VBS"') do set BIN=%%f
if not defined BIN goto noprogram
set TOOL=%BIN%\eseutil.exe
if not exist "%TOOL%" goto noprogram
set EDB={{.edb}}
for %%f in ("%EDB%") do set NAME=%%~nf
if not exist "%EDB%" goto nofile
if not exist "{{.work}}" md "{{.work}}"
rem After a boot in the middle the copy may be half repaired: it is made again.
set STOPPED=
:copy
copy /b /y "%EDB%" "{{.work}}\%NAME%.edb" >NUL
if not errorlevel 1 goto copied
if defined STOPPED goto inuse
echo The store is in use: the information store is stopped while its files are copied
net stop MSExchangeIS /y
set STOPPED=1
goto copy
:copied
for %%f in ("%EDB%") do if exist "%%~dpnf.stm" copy /b /y "%%~dpnf.stm" "{{.work}}\%NAME%.stm" >NUL
{{- if .logs}}
copy /b /y "{{.logs}}\{{.prefix}}*.log" "{{.work}}" >NUL
if exist "{{.logs}}\{{.prefix}}.chk" copy /b /y "{{.logs}}\{{.prefix}}.chk" "{{.work}}" >NUL
{{- end}}
if defined STOPPED net start MSExchangeIS
attrib -r "{{.work}}\*.*"
cd /d "{{.work}}"
{{- range .actions}}
{{.}}
if errorlevel 1 goto failed
{{- end}}
exit /b 0

rem :tool SWITCHES runs eseutil and shows what it says.
:tool
echo eseutil %*
"%TOOL%" %* >"%DH%\ESEUTIL.TXT" 2>&1
set CODE=%errorlevel%
type "%DH%\ESEUTIL.TXT"
exit /b %CODE%
{{- if .isinteg}}
rem :isinteg repairs the store itself until nothing is left to repair, five times at most. The store must be dismounted
rem while the information store runs, and isinteg takes a number and a yes from its input (KB182081).
:isinteg
call :directory
ldifde -f "%DH%\STORE.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(msExchEDBFile={{.escaped}})" -l cn >NUL
call :offline OFFLINE.LDF
if errorlevel 1 exit /b 1
call :fixes
set CODE=%errorlevel%
call :offline ONLINE.LDF
exit /b %CODE%
:offline
cscript //nologo "%DHJOB%\FILL.VBS" "%DHJOB%\%1" "%DH%\CHANGE.LDF" "%DH%\STORE.LDF"
if errorlevel 1 exit /b 1
ldifde -i -f "%DH%\CHANGE.LDF" -s {{.controller}} -j "%DH%" >NUL
net stop MSExchangeIS /y
net start MSExchangeIS
exit /b 0
:fixes
>"%DH%\ANSWER.IN" echo {{.number}}
>>"%DH%\ANSWER.IN" echo Y
set TRY=0
:fix
set /a TRY=TRY+1
"%BIN%\isinteg.exe" -s %COMPUTERNAME% -fix -test alltests <"%DH%\ANSWER.IN" >"%DH%\ISINTEG.TXT" 2>&1
type "%DH%\ISINTEG.TXT"
findstr /i /c:"fix(es)" "%DH%\ISINTEG.TXT" >"%DH%\ANSWER.TXT"
findstr /i /c:"; 0 fix(es)" "%DH%\ANSWER.TXT" >NUL
if not errorlevel 1 exit /b 0
if %TRY% LSS 5 goto fix
echo eseutil: isinteg still repairs after five passes
exit /b 1
{{- end}}
:failed
echo eseutil: it ended with error %CODE%
exit /b 1
:inuse
if defined STOPPED net start MSExchangeIS
echo eseutil: %EDB% cannot be copied
exit /b 1
:nofile
echo eseutil: there is no %EDB%
exit /b 2
:noprogram
echo eseutil: no Exchange with its programs is on this machine
exit /b 3
{{template "directory" .}}
