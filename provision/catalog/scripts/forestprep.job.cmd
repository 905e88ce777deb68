@echo off
rem Doublehop step forestprep: Exchange setup extends the schema.
{{template "setup" .}}
"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT" "%DISC%\{{.program}}" /ForestPrep
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
