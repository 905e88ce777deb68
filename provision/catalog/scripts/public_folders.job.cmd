@echo off
rem Doublehop step public_folders: makes folders{{if .shell}} in the shell{{else}} and a post in each over WebDAV, which the server's own web site takes{{end}}.
setlocal
{{- if .shell}}
{{.store}}
echo The shell ended with %errorlevel%
{{- range .make}}
{{.}}
echo The shell ended with %errorlevel%
{{- end}}
exit /b 0
{{- else}}
{{- range .names}}
call :make "{{.}}"
{{- end}}
exit /b 0
rem 405 says that the folder is there already.
:make
cscript //nologo "%DHJOB%\HTTP.VBS" MKCOL "http://localhost/public/%~1" >"%DH%\ANSWER.TXT" 2>&1
find "status: 201" "%DH%\ANSWER.TXT" >NUL
if not errorlevel 1 goto made
find "status: 405" "%DH%\ANSWER.TXT" >NUL
if not errorlevel 1 goto made
type "%DH%\ANSWER.TXT"
echo folders: %~1 could not be made
goto :eof
:made
cscript //nologo "%DHJOB%\HTTP.VBS" PUT "http://localhost/public/%~1/First post.EML" "%DHJOB%\POST.EML" message/rfc822
goto :eof
{{- end}}
