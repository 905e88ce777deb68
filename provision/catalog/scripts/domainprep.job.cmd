@echo off
rem Doublehop step domainprep: Exchange setup prepares the domain.
{{template "setup" .}}
start /wait "" "%DISC%\SETUP\I386\SETUP.EXE" /DomainPrep
{{template "ended"}}
{{template "find" .}}
{{template "directory" .}}
