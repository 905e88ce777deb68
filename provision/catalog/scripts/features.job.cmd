@echo off
{{- if .cmdlet}}
rem Doublehop step components: a cmdlet of Windows 2012 and later adds roles and features.
setlocal
{{.cmdlet}} >"%DH%\ANSWER.TXT" 2>&1 <NUL
set CODE=%errorlevel%
type "%DH%\ANSWER.TXT"
if not "%CODE%"=="0" goto failed
findstr /i /r /c:"RestartNeeded *: Yes" "%DH%\ANSWER.TXT" >NUL
if not errorlevel 1 exit /b 3010
exit /b 0
:failed
echo PowerShell ended with %CODE%
exit /b 1
{{- else}}
rem Doublehop step components: Server Manager's command line adds roles and features of Windows 2008 and 2008 R2, one a call.
setlocal
set BAD=
set RESTART=
{{- range .features}}
if not defined BAD call :add {{.}}
{{- end}}
if defined BAD exit /b 1
if defined RESTART exit /b 3010
exit /b 0
{{template "add feature"}}
{{- end}}
