@echo off
rem Doublehop step mount_store: {{if .later}}the shell says whether it is mounted{{else}}a mounted store's file cannot be renamed, not even to its own name{{end}}.
setlocal
set TRY=0
:again
{{- if .later}}
{{.mounted}} >"%DHPROOF%\MOUNTED.TXT" 2>&1
findstr /i /c:": True" "%DHPROOF%\MOUNTED.TXT" >NUL
if not errorlevel 1 exit /b 0
{{- else}}
>"%DHPROOF%\MOUNTED.TXT" echo missing
for /f "usebackq delims=" %%f in ("%DH%\TARGET.TXT") do call :locked "%%f"
findstr /c:"yes" "%DHPROOF%\MOUNTED.TXT" >NUL
if not errorlevel 1 exit /b 0
{{- end}}
set /a TRY=TRY+1
if %TRY% GEQ 100 exit /b 0
if "%TRY%"=="10" echo Waiting for the store to be mounted
ping -n 7 127.0.0.1 >NUL
goto again
{{- if not .later}}
:locked
if not exist %1 goto :eof
>"%DHPROOF%\MOUNTED.TXT" echo no
ren %1 "%~nx1" >NUL 2>NUL
if errorlevel 1 >"%DHPROOF%\MOUNTED.TXT" echo yes
goto :eof
{{- end}}
