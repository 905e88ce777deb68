@echo off
rem Doublehop step move_mailboxes: the newer server pulls; the directory says when nobody is left on {{.from}}.
setlocal
call :directory
if not defined READY goto nodirectory
{{- if .shell}}
{{- range .begin}}
{{.}}
echo The shell ended with %errorlevel%
{{- end}}
{{- else}}
rem System Manager moves mailboxes through Exchange's management objects, and no tool in the box does.
ldifde -f "%DH%\STORE.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(&(objectClass=msExchPrivateMDB)(legacyExchangeDN=*/cn=Servers/cn={{.computer}}/*))" -l cn
set STORE=
for /f "delims=" %%s in ('cscript //nologo "%DHJOB%\VALUE.VBS" "%DH%\STORE.LDF" dn') do set STORE=%%s
if not defined STORE echo move: no mailbox store of {{.computer}} is in the directory
if not defined STORE exit /b 1
{{- $from := .from}}{{$domains := .domains}}
{{- range $i, $dc := .controllers}}
ldifde -f "%DH%\USERS.LDF" -s {{$dc}} -d "{{index $domains $i}}" -r "(&(objectCategory=person)(objectClass=user)(msExchHomeServerName=*/cn=Servers/cn={{$from}}))" -l cn
cscript //nologo "%DHJOB%\MOVE.VBS" {{$dc}} "%DH%\USERS.LDF" "%STORE%"
{{- end}}
{{- end}}
set TRY=0
:again
set WAIT=
{{- template "left" .}}
if not defined WAIT goto moved
set /a TRY=TRY+1
if %TRY% GEQ 10000 goto stuck
set /a SHOW=TRY %% 20
if "%SHOW%"=="1" call :show
if defined STOP exit /b 1
ping -n 5 127.0.0.1 >NUL
goto again
:moved
{{- if .asks}}
{{.end}}
{{- end}}
exit /b 0
rem :show says how far it is. When every move has ended and mailboxes are left, some have failed.
:show
echo Waiting for mailboxes to leave {{.from}}
set STOP=
{{- if .asks}}
{{.watch}} >"%DH%\MOVES.TXT" 2>&1
findstr /c:"Status" /c:"Message" "%DH%\MOVES.TXT"
find "InProgress" "%DH%\MOVES.TXT" >NUL
if not errorlevel 1 goto :eof
find "Queued" "%DH%\MOVES.TXT" >NUL
if not errorlevel 1 goto :eof
find "CompletionInProgress" "%DH%\MOVES.TXT" >NUL
if not errorlevel 1 goto :eof
find "Failed" "%DH%\MOVES.TXT" >NUL
if errorlevel 1 goto :eof
echo move: moves have failed, and none is under way
set STOP=1
{{- end}}
goto :eof
:stuck
echo move: mailboxes are left on {{.from}}
exit /b 1
:nodirectory
type "%DH%\ANSWER.TXT"
echo move: the domain controller does not answer
exit /b 4
{{template "directory" .}}
