@echo off
{{- if .query}}
rem Doublehop step components: what Windows has of the features.
{{.query}} >"%DHPROOF%\FEATURES.TXT" 2>&1 <NUL
{{- else}}
rem Doublehop step components: Server Manager's list, with an X at what is there.
servermanagercmd -query >"%DHPROOF%\FEATURES.TXT" 2>&1
{{- end}}
exit /b 0
