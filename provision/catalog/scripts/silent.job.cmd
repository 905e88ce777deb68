@echo off
rem Doublehop step {{.step}}: {{.what}}
setlocal
set LOG=%SystemDrive%\ExchangeSetupLogs\ExchangeSetup.log
{{- if .disc}}
call :find Setup\ServerRoles
if not defined DISC goto nodisc
{{- else}}
set DISC=
for /f "delims=" %%f in ('cscript //nologo "%DHJOB%\BIN.VBS"') do set DISC=%%f
if not defined DISC goto nodisc
{{- end}}
call :directory
if not defined READY goto nodirectory
rem Setup appends to its log: what stands in it afterwards must be of this job.
if exist "%LOG%" move /y "%LOG%" "%SystemDrive%\ExchangeSetupLogs\ExchangeSetup before.log" >NUL
{{- range .first}}
{{.}}
echo The shell ended with %errorlevel%
{{- end}}
{{- range .runs}}
call :run{{range .}} {{argument .}}{{end}}
if defined ENDED goto ended
{{- end}}
exit /b 0

rem :run SWITCHES runs setup in a window of its own: it asks its console for keys.
:run
echo Setup starts from %DISC% with %*
start /wait "" "%DISC%\{{.program}}" %*
set CODE=%errorlevel%
echo Setup ended with %CODE%
set ENDED=
if not exist "%LOG%" set ENDED=nolog
if defined ENDED goto :eof
cscript //nologo "%DHJOB%\SETUPLOG.VBS" "%LOG%"
set WORD=%errorlevel%
if "%WORD%"=="2" set ENDED=pending
if "%WORD%"=="1" set ENDED=failed
if not defined ENDED if not "%CODE%"=="0" set ENDED=failed
goto :eof

:ended
if "%ENDED%"=="pending" if %DHPASS% LSS 3 goto restart
if "%ENDED%"=="nolog" echo setup: it ended with %CODE% and wrote no log
exit /b 1
rem A restart that waits stops setup. After it the runner starts this job again.
:restart
echo Setup wants a restart first
call "%DH%\POWER.CMD" reboot
ping -n 600 127.0.0.1 >NUL
exit /b 1
:nodisc
{{- if .disc}}
echo setup: the Exchange disc with Setup\ServerRoles is in no drive
{{- else}}
echo setup: no Exchange is registered on this machine
{{- end}}
exit /b 2
:nodirectory
type "%DH%\ANSWER.TXT"
echo setup: the domain controller does not answer
exit /b 4
{{template "find" .}}
{{template "directory" .}}
