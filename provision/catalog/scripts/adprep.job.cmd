@echo off
rem Doublehop step adprep: prepares forest or domain for a later Windows (KB325379, TechNet cc731728).
setlocal
call :find "{{.program}}"
if not defined DISC goto nodisc
call :directory
if not defined READY goto nodirectory
set TRY=0
:again
echo adprep starts from %DISC%
rem It warns of domain controllers that are too old, and goes on at the letter C.
"%DISC%\{{.program}}" {{.switches}} <"%DHJOB%\YES.TXT" >"%DH%\ADPREP.TXT" 2>&1
set CODE=%errorlevel%
type "%DH%\ADPREP.TXT"
echo.
echo adprep ended with %CODE%
if "%CODE%"=="0" exit /b 0
rem A role's holder that has just started serves no change before it has replicated.
set /a TRY=TRY+1
if %TRY% GEQ {{.patience}} goto failed
ping -n 61 127.0.0.1 >NUL
goto again
:failed
call :log
exit /b 1

rem :log shows the end of adprep's newest log: each run has a folder of its own, named after the time.
:log
for %%l in ("%SystemRoot%\system32\debug\adprep\logs" "%SystemRoot%\debug\adprep\logs") do if exist "%%~l" set LOGS=%%~l
if not defined LOGS goto :eof
set NEWEST=
for /f "delims=" %%f in ('dir /b /ad /on "%LOGS%"') do set NEWEST=%%f
if exist "%LOGS%\%NEWEST%\ADPrep.log" cscript //nologo "%DHJOB%\LOG.VBS" "%LOGS%\%NEWEST%\ADPrep.log" 40
goto :eof
:nodisc
echo adprep: the Windows disc with {{.program}} is in no drive
exit /b 2
:nodirectory
type "%DH%\ANSWER.TXT"
echo adprep: the domain controller does not answer
exit /b 4
{{template "find" .}}
{{template "directory" .}}
