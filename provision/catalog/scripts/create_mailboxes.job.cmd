@echo off
rem Doublehop step create_mailboxes: users as LDIF (KB237677).{{if not .later}} Three attributes make a mailbox; the recipient update service finishes it.{{end}}
setlocal
call :directory
if not defined READY goto nodirectory
rem -k goes on over what is there already: a boot may have cut an earlier pass short.
call :import "%DHJOB%\USERS.LDF"
if errorlevel 1 exit /b 1
{{- if not .later}}
rem The store has another name in another language, and the first one is meant: search for it by what is in no language.
ldifde -f "%DH%\STORE.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(&(objectClass=msExchPrivateMDB)(legacyExchangeDN=*/cn=Servers/cn={{.computer}}/*){{if .database}}(cn={{.database}}){{end}})" -l cn
ldifde -f "%DH%\SERVER.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(&(objectClass=msExchExchangeServer)(cn={{.computer}}))" -l legacyExchangeDN
cscript //nologo "%DHJOB%\FILL.VBS" "%DHJOB%\BOXES.LDF" "%DH%\CHANGE.LDF" "%DH%\STORE.LDF" "%DH%\SERVER.LDF"
if errorlevel 1 goto nostore
call :import "%DH%\CHANGE.LDF"
if errorlevel 1 exit /b 1
{{- end}}
{{- if .password}}
set BAD=
for /f %%u in (%DHJOB%\USERS.TXT) do call :password %%u
if defined BAD exit /b 1
{{- end}}
{{- if .later}}
{{.enable}}
set CODE=%errorlevel%
echo The shell ended with %CODE%
{{- end}}
exit /b 0
:import
ldifde -i -k -f %1 -s {{.controller}} -j "%DH%"
set CODE=%errorlevel%
echo ldifde ended with %CODE%
if not "%CODE%"=="0" if exist "%DH%\ldif.err" type "%DH%\ldif.err"
exit /b %CODE%
{{- if .password}}
rem /y answers the question whether a password of more than 14 characters is meant.
:password
net user %1 "{{.password}}" /domain /y >"%DH%\ANSWER.TXT" 2>&1
if not errorlevel 1 goto :eof
type "%DH%\ANSWER.TXT"
echo net user: %1 got no password
set BAD=1
goto :eof
{{- end}}
{{- if not .later}}
:nostore
echo ldifde: {{.computer}} has no mailbox store in the directory, which Exchange on it would have made
exit /b 1
{{- end}}
:nodirectory
type "%DH%\ANSWER.TXT"
echo setup: the domain controller does not answer
exit /b 4
{{template "directory" .}}
