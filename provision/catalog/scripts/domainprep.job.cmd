@echo off
rem Doublehop step domainprep: Exchange setup prepares the domain.
{{template "setup" .}}
{{if .wizard}}"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT"{{else}}start /wait ""{{end}} "%DISC%\{{.program}}" /DomainPrep
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
