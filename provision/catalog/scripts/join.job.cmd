@echo off
rem Doublehop step join: netdom from the support tools. The runner restarts the machine.
setlocal
if exist "%DH%\netdom.exe" goto have
call :find SUPPORT\TOOLS\SUPPORT.CAB
if not defined DISC goto nodisc
expand "%DISC%\SUPPORT\TOOLS\SUPPORT.CAB" -F:netdom.exe "%DH%"
if not exist "%DH%\netdom.exe" goto notool
:have
set TRIES=0
:again
"%DH%\netdom.exe" join %COMPUTERNAME% /domain:{{.domain}} /userd:"{{.netbios}}\{{.user}}" /passwordd:"{{.password}}"
set CODE=%errorlevel%
echo netdom ended with %CODE%
if "%CODE%"=="0" goto joined
rem A boot may have cut an earlier pass short after the join: 2691 is "already joined".
if "%CODE%"=="2691" if not "%DHPASS%"=="1" goto joined
set AGAIN=
for %%c in (53 59 64 1311 1355 1722 1727 2453) do if "%CODE%"=="%%c" set AGAIN=1
if not defined AGAIN goto failed
set /a TRIES=TRIES+1
if %TRIES% GEQ 30 goto failed
if "%TRIES%"=="2" echo The domain controller does not answer yet
ping -n 4 127.0.0.1 >NUL
goto again
:joined
regedit /s "%DHJOB%\LOGON.REG"
exit /b 0
:failed
echo netdom: joining {{.domain}} failed with error %CODE%
exit /b 1
:nodisc
echo join: the Windows disc with SUPPORT\TOOLS\SUPPORT.CAB is in no drive
exit /b 2
:notool
echo join: netdom.exe could not be taken out of %DISC%\SUPPORT\TOOLS\SUPPORT.CAB
exit /b 3
{{template "find" .}}
