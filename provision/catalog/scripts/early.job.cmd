@echo off
rem Doublehop step {{.step}}: {{.what}}
{{template "setup" .}}
{{- if .retire}}
rem Nobody else serves these: connectors between routing groups, and services that stamp recipients (Exchange 2010 help, "Remove the last legacy server").
ldifde -f "%DH%\RETIRE.LDF" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -r "(|(objectClass=msExchRoutingGroupConnector)(objectClass=msExchAddressListService))" -l cn
cscript //nologo "%DHJOB%\DELETE.VBS" "%DH%\RETIRE.LDF" "%DH%\CHANGE.LDF"
if not errorlevel 1 ldifde -i -k -f "%DH%\CHANGE.LDF" -s {{.controller}} -j "%DH%"
{{- end}}
{{if .wizard}}"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT"{{else}}start /wait ""{{end}} "%DISC%\{{.program}}"{{range .switches}} {{argument .}}{{end}}{{if .unattend}} /UnattendFile %DHJOB%\EXSETUP.INI{{end}}
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
