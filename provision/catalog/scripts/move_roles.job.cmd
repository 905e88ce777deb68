@echo off
rem Doublehop step move_roles: ntdsutil transfers operations master roles to this machine (KB255504). Its exit code says
rem nothing, so the directory is asked.
setlocal
call :directory
if not defined READY goto nodirectory
set BAD=
{{- range .transfers}}
if not defined BAD call :transfer "{{.Verb}}" "{{.Base}}"
{{- end}}
if defined BAD exit /b 1
exit /b 0

rem :transfer VERB OBJECT. The old holder may have just started and refuse for a while.
:transfer
set TRY=0
:once
call :held %2
if defined HELD goto :eof
ntdsutil "popups off" roles connections "connect to server {{.controller}}" quit %1 quit quit
call :held %2
if defined HELD echo %~1: done
if defined HELD goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 10 goto lost
ping -n 31 127.0.0.1 >NUL
goto once
:lost
echo ntdsutil: %~1 had no effect
set BAD=1
goto :eof

rem :held OBJECT sets HELD when this machine owns the role. A computer's name ends before ldifde breaks the line.
:held
set HELD=
del "%DH%\ANSWER.LDF" >NUL 2>NUL
ldifde -f "%DH%\ANSWER.LDF" -s {{.controller}} -d %1 -p base -l fSMORoleOwner >NUL 2>&1
findstr /i /c:"fSMORoleOwner: CN=NTDS Settings,CN={{.computer}}," "%DH%\ANSWER.LDF" >NUL 2>NUL
if not errorlevel 1 set HELD=1
goto :eof
:nodirectory
type "%DH%\ANSWER.TXT"
echo ntdsutil: the domain controller does not answer
exit /b 4
{{template "directory" .}}
