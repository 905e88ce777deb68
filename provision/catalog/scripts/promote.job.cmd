@echo off
{{- if .cmdlet}}
rem Doublehop step promote: the cmdlets of Windows 2012 and later. The runner restarts the machine.
{{- else}}
rem Doublehop step promote: dcpromo with an answer file ({{if .later}}KB947034{{else}}KB223757{{end}}). The runner restarts the machine.
{{- end}}
setlocal
set LOG=%SystemRoot%\debug\dcpromo.log
rem A boot cut the first pass short: what came of it is for the proofs to say.
if not "%DHPASS%"=="1" if exist "%SystemRoot%\NTDS\ntds.dit" goto promoted
{{- if not .later}}
call :find {{if .old}}CDROM_NT.5{{else}}WIN51{{end}}
if not defined DISC goto nodisc
{{- end}}
{{- if .source}}
call :directory
if not defined READY goto nodirectory
{{- end}}
{{- if .cmdlet}}
echo Adding Active Directory
{{.feature}} <NUL
set CODE=%errorlevel%
if not "%CODE%"=="0" echo PowerShell ended with %CODE%
{{- end}}
{{- if .source}}
set TRIES=0
:again
{{- end}}
if exist "%LOG%" del "%LOG%"
echo Promoting %COMPUTERNAME%
{{- if .cmdlet}}
{{.cmdlet}} <NUL
set CODE=%errorlevel%
echo PowerShell ended with %CODE%
{{- else}}
rem dcpromo erases the passwords from the file that it reads (TechNet cc758390).
copy /y "%DHJOB%\DCPROMO.TXT" "%DH%\DCPROMO.TXT" >NUL
start /wait "" dcpromo {{if .later}}/unattend{{else}}/answer{{end}}:%DH%\DCPROMO.TXT
set CODE=%errorlevel%
echo dcpromo ended with %CODE%
del "%DH%\DCPROMO.TXT" >NUL 2>NUL
{{- end}}
find "DsRolepSetOperationDone returned 0" "%LOG%" >NUL 2>NUL
if not errorlevel 1 goto promoted
{{- if and .later (not .cmdlet)}}
rem 1 to 4 are success, from 11 on it failed (TechNet cc754937).
if %CODE% GEQ 1 if %CODE% LEQ 4 if exist "%SystemRoot%\NTDS\ntds.dit" goto promoted
{{- else}}
if "%CODE%"=="0" if exist "%SystemRoot%\NTDS\ntds.dit" goto promoted
{{- end}}
{{- if .source}}
rem The other domain controller may have just started, and hold no role or partition yet.
set /a TRIES=TRIES+1
if %TRIES% LSS 5 if not exist "%SystemRoot%\NTDS\ntds.dit" goto later
{{- end}}
if exist "%LOG%" cscript //nologo "%DHJOB%\LOG.VBS" "%LOG%"
if not exist "%LOG%" echo dcpromo wrote no log
exit /b 1
{{- if .source}}
:later
if exist "%LOG%" cscript //nologo "%DHJOB%\LOG.VBS" "%LOG%" 4
ping -n 61 127.0.0.1 >NUL
goto again
{{- end}}
:promoted
regedit /s "%DHJOB%\LOGON.REG"
exit /b 0
{{- if not .later}}
:nodisc
echo promote: the Windows disc is in no drive. dcpromo installs the DNS server from it.
exit /b 2
{{- end}}
{{- if .source}}
:nodirectory
echo promote: no domain controller of {{.source}} answers
exit /b 4
{{- end}}
{{- if not .later}}
{{template "find" .}}
{{- end}}
{{- if .source}}
rem :directory waits until the domain is found: all machines of a lab start at once, and ldifde need not be here yet.
:directory
set TRY=0
set READY=
:ask
ping -n 2 {{.source}} >NUL 2>NUL
if not errorlevel 1 set READY=1
if defined READY goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 300 goto :eof
if "%TRY%"=="10" echo Waiting for {{.source}}
ping -n 3 127.0.0.1 >NUL
goto ask
{{- end}}
