@echo off
rem Doublehop step {{.step}}: {{.what}}
{{template "setup" .}}
start /wait "" "%DISC%\{{.program}}"{{range .switches}} {{argument .}}{{end}}{{if .unattend}} /UnattendFile %DHJOB%\EXSETUP.INI{{end}}
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
