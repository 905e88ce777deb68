@echo off
rem Doublehop step promote: dcpromo with an answer file (KB223757). The runner restarts the machine.
setlocal
set LOG=%SystemRoot%\debug\dcpromo.log
rem A boot cut the first pass short: what came of it is for the proofs to say.
if not "%DHPASS%"=="1" if exist "%SystemRoot%\NTDS\ntds.dit" goto promoted
call :find {{if .old}}CDROM_NT.5{{else}}WIN51{{end}}
if not defined DISC goto nodisc
if exist "%LOG%" del "%LOG%"
echo Promoting %COMPUTERNAME%
start /wait "" dcpromo /answer:%DHJOB%\DCPROMO.TXT
set CODE=%errorlevel%
echo dcpromo ended with %CODE%
find "DsRolepSetOperationDone returned 0" "%LOG%" >NUL 2>NUL
if not errorlevel 1 goto promoted
if "%CODE%"=="0" if exist "%SystemRoot%\NTDS\ntds.dit" goto promoted
if exist "%LOG%" cscript //nologo "%DHJOB%\LOG.VBS" "%LOG%"
if not exist "%LOG%" echo dcpromo wrote no log
exit /b 1
:promoted
regedit /s "%DHJOB%\LOGON.REG"
exit /b 0
:nodisc
echo The Windows disc is in no drive. dcpromo installs the DNS server from it.
exit /b 2
{{template "find" .}}
