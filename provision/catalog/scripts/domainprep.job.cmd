@echo off
rem Doublehop step domainprep: Exchange setup prepares the domain.
{{template "setup" .}}
"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT" "%DISC%\{{.program}}" /DomainPrep
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
