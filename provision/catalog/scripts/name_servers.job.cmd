@echo off
rem Doublehop step name_servers: the DNS servers that the machine asks.
setlocal
{{- $connection := .connection}}{{$validates := .validates}}
{{- range $i, $server := .servers}}
{{- if eq $i 0}}
netsh interface ip set dns "{{$connection}}" static {{$server}}{{if $validates}} validate=no{{end}}
{{- else}}
netsh interface ip add dns "{{$connection}}" {{$server}} index={{next $i}}{{if $validates}} validate=no{{end}}
{{- end}}
if errorlevel 1 goto failed
{{- end}}
ipconfig /flushdns
ipconfig /registerdns
exit /b 0
:failed
echo dns: netsh did not take the DNS servers for the connection "{{.connection}}". Where Windows calls it otherwise, name it with connection.
exit /b 1
