@echo off
rem Doublehop step forestprep: Exchange setup extends the schema.
{{template "setup" .}}
start /wait "" "%DISC%\{{.program}}" /ForestPrep
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
