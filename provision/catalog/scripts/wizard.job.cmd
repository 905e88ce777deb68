@echo off
rem Doublehop step wizard: a program that asks page by page.
setlocal
{{- if .disc}}
call :find "{{.program}}"
if not defined DISC goto nodisc
{{- end}}
"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT" "{{if .disc}}%DISC%\{{end}}{{.program}}"{{range .switches}} {{argument .}}{{end}}
set CODE=%errorlevel%
if "%CODE%"=="{{.expect}}" exit /b 0
{{- if ne .expect 3010}}
if "%CODE%"=="3010" exit /b 3010
{{- end}}
echo Ended with exit code %CODE%, expected {{.expect}}.
if "%CODE%"=="0" exit /b 1
exit /b %CODE%
{{- if .disc}}
:nodisc
echo wizard: stopped: the disc with {{.program}} is in no drive
exit /b 2
{{template "find" .}}
{{- end}}
