{{define "find"}}
rem :find FILE sets DISC to the drive that has FILE. A disc that was just put in takes a while.
:find
set DISC=
set TRY=0
:look
for %%d in (D: E: F: G: H:) do if not defined DISC if exist "%%d\%~1" set DISC=%%d
if defined DISC goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 60 goto :eof
if "%TRY%"=="5" echo Waiting for the disc with %~1
ping -n 3 127.0.0.1 >NUL
goto look
{{- end}}
{{define "directory"}}
rem :directory waits until the domain controller answers: all machines of a lab start at once.
:directory
set TRY=0
:ask
del "%DH%\ANSWER.LDF" >NUL 2>NUL
ldifde -f "%DH%\ANSWER.LDF" -s {{.controller}} -d "{{.dn}}" -p base -l name >"%DH%\ANSWER.TXT" 2>&1
set READY=
find "dn:" "%DH%\ANSWER.LDF" >NUL 2>NUL
if not errorlevel 1 set READY=1
if defined READY goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 60 goto :eof
if "%TRY%"=="3" echo Waiting for the directory on {{.controller}}
ping -n 11 127.0.0.1 >NUL
goto ask
{{- end}}
{{define "registry"}}
{{- if .old}}cscript //nologo "%DHJOB%\REGISTRY.VBS" "{{.key}}" "{{.value}}"{{else}}reg query "{{.key}}" /v "{{.value}}"{{end}}
{{- end}}
