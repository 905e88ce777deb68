@echo off
rem Doublehop step run: a command or script of the lab's author.
setlocal
cd /d "%SystemDrive%\"
{{- if .vbs}}
cscript //nologo "%DHJOB%\{{.script}}"
{{- else}}
cmd /c "%DHJOB%\{{.script}}"
{{- end}}
set CODE=%errorlevel%
{{- if eq .expect 0}}
if "%CODE%"=="0" exit /b 0
if "%CODE%"=="3010" exit /b 3010
echo Ended with exit code %CODE%, expected 0.
exit /b %CODE%
{{- else}}
if "%CODE%"=="{{.expect}}" exit /b {{if eq .expect 3010}}3010{{else}}0{{end}}
echo Ended with exit code %CODE%, expected {{.expect}}.
if "%CODE%"=="0" exit /b 1
if "%CODE%"=="3010" exit /b 1
exit /b %CODE%
{{- end}}
