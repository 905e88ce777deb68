@echo off
rem Doublehop step service_pack: the service pack's own installer, with no question and no copy of what it replaces
rem (KB168814; Windows Server 2003 SP2 Installation and Deployment Guide). The runner restarts the machine.
setlocal
set LOG=%SystemRoot%\svcpack.log
call :seek
if not defined FILE goto nodisc
echo Service pack: %FILE%
if exist "%LOG%" del "%LOG%"
rem The package hands over to a program of its own and would not be waited for.
start /wait "" "%FILE%" {{.switches}}
set CODE=%errorlevel%
echo The service pack ended with %CODE%
if "%CODE%"=="0" exit /b 0
rem 3010: done, a restart is wanted.
if "%CODE%"=="3010" exit /b 0
if exist "%LOG%" cscript //nologo "%DHJOB%\LOG.VBS" "%LOG%" 40
echo service pack: it ended with %CODE%
exit /b 1
:nodisc
echo service pack: no drive has {{.names}}
exit /b 2

rem :seek sets FILE to the first of the usual programs on any disc. A disc that was just put in takes a while.
:seek
set FILE=
set TRY=0
:look
{{- range .patterns}}
for %%d in (D: E: F: G: H:) do if not defined FILE for %%f in (%%d\{{.}}) do set FILE=%%f
{{- end}}
{{- range .programs}}
for %%d in (D: E: F: G: H:) do if not defined FILE if exist "%%d\{{.}}" set FILE=%%d\{{.}}
{{- end}}
if defined FILE goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 60 goto :eof
if "%TRY%"=="5" echo Waiting for the disc
ping -n 3 127.0.0.1 >NUL
goto look
