@echo off
rem Doublehop check: looks until everything is there or the time is over.
setlocal
set TRY=0
:again
set WAIT=
{{- template "services" .}}
{{- range $i, $path := .files}}
>"%DHPROOF%\FILE{{next $i}}.TXT" echo missing
if exist "{{$path}}" >"%DHPROOF%\FILE{{next $i}}.TXT" echo found
if not exist "{{$path}}" set WAIT=a file
{{- end}}
{{- $names := .names}}{{$old := .old}}
{{- range $i, $key := .keys}}
{{if $old}}cscript //nologo "%DHJOB%\REGISTRY.VBS" "{{$key}}" "{{index $names $i}}"{{else}}reg query "{{$key}}" /v "{{index $names $i}}"{{end}} >"%DHPROOF%\REG{{next $i}}.TXT" 2>&1
if errorlevel 1 set WAIT=the registry
{{- end}}
{{- if .shares}}
net share >"%DHPROOF%\SHARES.TXT" 2>&1
{{- range .shares}}
findstr /i /c:"{{.}}" "%DHPROOF%\SHARES.TXT" >NUL
if errorlevel 1 set WAIT=a share
{{- end}}
{{- end}}
{{- if .smtp}}
ftp -n -s:%DHJOB%\SMTP.TXT >"%DHPROOF%\SMTP.TXT" 2>&1
findstr /c:"220" "%DHPROOF%\SMTP.TXT" >NUL
if errorlevel 1 set WAIT=the mail service
{{- end}}
{{- if .owa}}
cscript //nologo "%DHJOB%\HTTP.VBS" GET "{{.owa}}" >"%DHPROOF%\OWA.TXT" 2>&1
if errorlevel 1 set WAIT=Outlook Web Access
{{- end}}
{{- if .homes}}
{{- $computer := .computer}}{{$domains := .domains}}
>"%DHPROOF%\HOMES.TXT" type NUL
{{- range $i, $dc := .controllers}}
ldifde -f "%DH%\HOMES.LDF" -s {{$dc}} -d "{{index $domains $i}}" -r "(&(objectCategory=person)(objectClass=user)(homeMDB=*)(msExchHomeServerName=*/cn=Servers/cn={{$computer}}))" -l homeMDB >NUL
cscript //nologo "%DHJOB%\TALLY.VBS" "%DH%\HOMES.LDF" homeMDB >>"%DHPROOF%\HOMES.TXT"
{{- end}}
{{- end}}
{{- template "items" .}}
{{- template "queries" .}}
if not defined WAIT exit /b 0
set /a TRY=TRY+1
if %TRY% GEQ {{.tries}} exit /b 0
if "%TRY%"=="5" echo Waiting for %WAIT%
ping -n {{.pause}} 127.0.0.1 >NUL
goto again
