@echo off
rem Doublehop step public_folders: moves what {{.from}} has to this server.
setlocal
{{- range .begin}}
{{.}}
echo The shell ended with %errorlevel%
{{- end}}
set TRY=0
:again
{{.list}} >"%DH%\FOLDERS.TXT" 2>&1
{{- if .modern}}
find "InProgress" "%DH%\FOLDERS.TXT" >NUL
if not errorlevel 1 goto later
find "Queued" "%DH%\FOLDERS.TXT" >NUL
if errorlevel 1 goto ended
{{- else}}
findstr /i /c:"{{.from}}" "%DH%\FOLDERS.TXT" >NUL
if errorlevel 1 goto ended
{{- end}}
:later
set /a TRY=TRY+1
if %TRY% GEQ 2000 goto ended
if "%TRY%"=="2" echo Waiting for folders to leave {{.from}}
ping -n 20 127.0.0.1 >NUL
goto again
:ended
{{- if .modern}}
{{.end}}
{{- end}}
exit /b 0
