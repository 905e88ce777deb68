@echo off
rem Doublehop step native_mode: the organization's mode on every domain controller.
setlocal
set TRY=0
:again
set WAIT=
{{- template "queries" .}}
{{- range .queries}}
findstr /i /c:"msExchMixedMode: FALSE" "%DHPROOF%\{{.File}}.TXT" >NUL
if errorlevel 1 set WAIT=the mode on {{.Server}}
{{- end}}
{{- template "again" .}}
