@echo off
rem Doublehop: looks into the directory until it holds what the step should have changed.
setlocal
set TRY=0
:again
set WAIT=
{{- template "queries" .}}
{{- template "again" .}}
