@echo off
rem Doublehop step public_folders: the folders are there.
setlocal
{{- if .shell}}
{{.list}} >"%DHPROOF%\FOLDERS.TXT" 2>&1
{{- else}}
{{- range $i, $name := .names}}
cscript //nologo "%DHJOB%\HTTP.VBS" PROPFIND "http://localhost/public/{{$name}}/" >"%DHPROOF%\FOLDER{{next $i}}.TXT" 2>&1
{{- end}}
{{- end}}
exit /b 0
