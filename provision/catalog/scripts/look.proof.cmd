@echo off
rem Doublehop step {{.step}}: looks into the directory and at the services until all is as it should be.
setlocal
set TRY=0
:again
set WAIT=
{{- template "queries" .}}
{{- template "services" .}}
{{- template "gone" .}}
{{- template "again" .}}
