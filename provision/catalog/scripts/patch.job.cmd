@echo off
rem Doublehop step exchange_update: an update rollup, which is a patch for Windows Installer.
setlocal
call :find *.msp
if not defined DISC goto nodisc
set PATCH=
for %%f in (%DISC%\*.msp) do set PATCH=%%f
rem Without the Internet every signed program would wait for a list of revoked certificates: leave that check out.
reg add "HKCU\Software\Microsoft\Windows\CurrentVersion\WinTrust\Trust Providers\Software Publishing" /v State /t REG_DWORD /d 146944 /f >NUL
echo Applying %PATCH%
start /wait "" msiexec /update "%PATCH%" /quiet /norestart /l* "%DH%\PATCH.LOG"
set CODE=%errorlevel%
echo msiexec ended with %CODE%
if "%CODE%"=="0" exit /b 0
rem 3010 and 1641 want a restart, which follows anyway.
if "%CODE%"=="3010" exit /b 0
if "%CODE%"=="1641" exit /b 0
if "%CODE%"=="1642" echo msiexec: the patch is for another level of Exchange than the installed one
type "%DH%\PATCH.LOG" | findstr /i /c:"error" /c:"return value 3"
echo msiexec: the update rollup failed with error %CODE%
exit /b 1
:nodisc
echo msiexec: the disc with the update rollup's .msp file is in no drive
exit /b 2
{{template "find" .}}
