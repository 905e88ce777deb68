@echo off
rem Doublehop step forestprep: Exchange setup extends the schema.
{{template "setup" .}}
start /wait "" "%DISC%\SETUP\I386\SETUP.EXE" /ForestPrep
{{template "ended"}}
{{template "find" .}}
{{template "directory" .}}
