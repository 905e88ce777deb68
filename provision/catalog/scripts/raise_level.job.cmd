@echo off
rem Doublehop step raise_level: the numbers of domain and forest (KB322692), each changed on the holder of the role that may.
setlocal
call :directory
if not defined READY goto nodirectory
set BAD=
{{- range .changes}}
if not defined BAD call :change {{.File}} {{.Server}} "{{.Base}}" {{.Attribute}} {{.Value}}
{{- end}}
if defined BAD exit /b 1
exit /b 0

rem :change FILE SERVER OBJECT ATTRIBUTE NUMBER changes what is not so already: Windows takes no level twice.
rem A forest rises when word of its domains has come, so a refusal is tried again.
:change
set TRY=0
:once
del "%DH%\ANSWER.LDF" >NUL 2>NUL
ldifde -f "%DH%\ANSWER.LDF" -s %2 -d %3 -p base -l %4 >NUL 2>&1
findstr /i /x /c:"%4: %5" "%DH%\ANSWER.LDF" >NUL 2>NUL
if not errorlevel 1 goto changed
ldifde -i -f "%DHJOB%\%1.LDF" -s %2 -j "%DH%" >"%DH%\ANSWER.TXT" 2>&1
if not errorlevel 1 goto changed
set /a TRY=TRY+1
if %TRY% GEQ {{.patience}} goto refused
if "%TRY%"=="2" echo %2 does not take %4 %5 yet
ping -n 11 127.0.0.1 >NUL
goto once
:changed
echo %4 of %3 is %5
goto :eof
:refused
type "%DH%\ANSWER.TXT"
if exist "%DH%\ldif.err" type "%DH%\ldif.err"
echo ldifde: %2 refuses %4 %5
set BAD=1
goto :eof
:nodirectory
type "%DH%\ANSWER.TXT"
echo ldifde: the domain controller does not answer
exit /b 4
{{template "directory" .}}
