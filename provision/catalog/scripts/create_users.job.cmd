@echo off
rem Doublehop step create_users: users as LDIF (KB237677). LDAP takes no password without TLS (KB263991): net user sets it.
setlocal
call :directory
if not defined READY goto nodirectory
rem -k goes on over what is there already: a boot may have cut an earlier pass short.
ldifde -i -k -f "%DHJOB%\USERS.LDF" -s {{.controller}} -j "%DH%"
set CODE=%errorlevel%
echo ldifde ended with %CODE%
if "%CODE%"=="0" goto made
if exist "%DH%\ldif.err" type "%DH%\ldif.err"
echo ldifde: it made not all users
exit /b 1
:made
{{- if .password}}
set BAD=
for /f %%u in (%DHJOB%\USERS.TXT) do call :password %%u
if defined BAD exit /b 1
{{- end}}
exit /b 0
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
:nodirectory
type "%DH%\ANSWER.TXT"
echo ldifde: the domain controller does not answer
exit /b 4
{{template "directory" .}}
