@echo off
rem Doublehop step forestprep: Exchange setup extends the schema.
{{template "setup" .}}
{{if .wizard}}"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT"{{else}}start /wait ""{{end}} "%DISC%\{{.program}}" /ForestPrep
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
