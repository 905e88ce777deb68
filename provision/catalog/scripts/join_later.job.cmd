@echo off
rem Doublehop step join: WMI joins, since netdom of Windows 2008 and later comes with the directory's tools only. Those are
rem added here, as later steps ask the directory with ldifde. The runner restarts the machine.
setlocal
if not "%DHPASS%"=="1" goto join
echo Adding the directory's tools
{{- if .cmdlet}}
{{.cmdlet}} <NUL
echo PowerShell ended with %errorlevel%
{{- else}}
set BAD=
call :add RSAT-ADDS
if defined BAD exit /b 1
{{- end}}
:join
set TRIES=0
:again
cscript //nologo "%DHJOB%\JOIN.VBS" "{{.domain}}" "{{.netbios}}\{{.user}}" "{{.password}}"
set CODE=%errorlevel%
echo The join ended with %CODE%
if "%CODE%"=="0" goto joined
rem A boot may have cut an earlier pass short after the join: 2691 is "already joined".
if "%CODE%"=="2691" if not "%DHPASS%"=="1" goto joined
set AGAIN=
for %%c in (53 59 64 1311 1355 1722 1727 2453) do if "%CODE%"=="%%c" set AGAIN=1
if not defined AGAIN goto failed
set /a TRIES=TRIES+1
if %TRIES% GEQ 100 goto failed
if "%TRIES%"=="2" echo The domain controller does not answer yet
ping -n 4 127.0.0.1 >NUL
goto again
:joined
regedit /s "%DHJOB%\LOGON.REG"
exit /b 0
:failed
echo join: joining {{.domain}} failed with error %CODE%
exit /b 1
{{- if not .cmdlet}}
{{template "add feature"}}
{{- end}}
