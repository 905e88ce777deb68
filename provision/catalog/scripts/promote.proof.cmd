@echo off
rem Doublehop step promote: Net Logon shares SYSVOL when replication says that it is ready (TechNet cc961768).
setlocal
set TRY=0
:again
set WAIT=
net share >"%DHPROOF%\SHARES.TXT" 2>&1
find "SYSVOL" "%DHPROOF%\SHARES.TXT" >NUL
if errorlevel 1 set WAIT=SYSVOL
find "NETLOGON" "%DHPROOF%\SHARES.TXT" >NUL
if errorlevel 1 set WAIT=NETLOGON
if defined WAIT goto later
ldifde -f "%DHPROOF%\SCHEMA.TXT" -s %COMPUTERNAME% -d "CN=Schema,CN=Configuration,{{.dn}}" -p base -l objectVersion
find "dn:" "%DHPROOF%\SCHEMA.TXT" >NUL 2>NUL
if errorlevel 1 set WAIT=the directory
if not defined WAIT goto ready
:later
set /a TRY=TRY+1
if %TRY% GEQ 450 goto ready
if "%TRY%"=="15" echo Waiting for %WAIT%
ping -n 3 127.0.0.1 >NUL
goto again
:ready
{{- if .level}}
ldifde -f "%DHPROOF%\LEVEL.TXT" -s %COMPUTERNAME% -d "CN=Partitions,CN=Configuration,{{.dn}}" -p base -l msDS-Behavior-Version
{{- end}}
{{- if .old}}
cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters" "SysvolReady" >"%DHPROOF%\READY.TXT" 2>&1
{{- else}}
reg query "HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters" /v SysvolReady >"%DHPROOF%\READY.TXT" 2>&1
{{- end}}
exit /b 0
