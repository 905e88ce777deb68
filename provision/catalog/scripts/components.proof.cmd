@echo off
rem Doublehop step components: what the Optional Component Manager has noted as installed.
setlocal
{{- $old := .old}}
{{- range $i, $key := .keys}}
{{if $old}}cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\OC Manager\Subcomponents" {{$key}}{{else}}reg query "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\OC Manager\Subcomponents" /v {{$key}}{{end}} >"%DHPROOF%\PART{{next $i}}.TXT" 2>&1
{{- end}}
exit /b 0
