@echo off
rem Doublehop step domainprep: Exchange setup prepares the domain.
{{template "setup" .}}
start /wait "" "%DISC%\{{.program}}" /DomainPrep
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
