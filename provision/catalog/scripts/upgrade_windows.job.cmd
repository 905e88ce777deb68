@echo off
rem Doublehop step upgrade_windows: Setup of the later Windows, from its disc, over the one that is here (TechNet winnt32).
setlocal
{{- if .winnt32}}
call :find I386\WINNT32.EXE
{{- else}}
call :find sources\setup.exe
{{- end}}
if not defined DISC goto nodisc
{{- if .winnt32}}
rem Setup's own look at programs and drivers comes first; its report is kept.
set REPORT=%SystemRoot%\upgrade.txt
if exist "%REPORT%" del "%REPORT%"
start /wait "" "%DISC%\I386\WINNT32.EXE" /checkupgradeonly /unattend
echo The check ended with %errorlevel%
if exist "%REPORT%" cscript //nologo "%DHJOB%\LOG.VBS" "%REPORT%" 100
{{- else if .scan}}
rem Setup's own look at programs and drivers comes first. -1047526896 is C1900210 in hex: nothing stands in the way.
start /wait "" "%DISC%\setup.exe" /auto upgrade /quiet /compat scanonly /dynamicupdate disable
set CODE=%errorlevel%
echo The check ended with %CODE%
if not "%CODE%"=="-1047526896" if not "%CODE%"=="0" goto unfit
{{- end}}
echo Setup starts from %DISC%
{{- if .winnt32}}
start /wait "" "%DISC%\I386\WINNT32.EXE" /unattend:%DHJOB%\UPGRADE.TXT
{{- else if .scan}}
start /wait "" "%DISC%\setup.exe" /auto upgrade /quiet /dynamicupdate disable /showoobe none{{if .image}} /imageindex {{.image}}{{end}}{{if .key}} /pkey {{.key}}{{end}}
{{- else}}
start /wait "" "%DISC%\setup.exe" /unattend:%DHJOB%\UPGRADE.XML
{{- end}}
set CODE=%errorlevel%
echo Setup ended with %CODE%
if not "%CODE%"=="0" if not "%CODE%"=="3010" goto failed
rem Setup restarts the machine by itself, and the runner comes back with the new Windows: this script ends there.
set TRY=0
:wait
ping -n 61 127.0.0.1 >NUL
set /a TRY=TRY+1
if %TRY% LSS 90 goto wait
echo setup: it did not restart the machine
:failed
{{- if .winnt32}}
for %%l in ("%SystemRoot%\winnt32.log" "%SystemRoot%\setupact.log") do if exist "%%~l" cscript //nologo "%DHJOB%\LOG.VBS" "%%~l" 40
{{- else}}
for %%l in ("%SystemDrive%\$WINDOWS.~BT\Sources\Panther\setuperr.log" "%SystemRoot%\Panther\setuperr.log") do if exist "%%~l" cscript //nologo "%DHJOB%\LOG.VBS" "%%~l" 40
{{- end}}
echo setup: the upgrade failed
exit /b 1
{{- if .scan}}
:unfit
for %%l in ("%SystemDrive%\$WINDOWS.~BT\Sources\Panther\setuperr.log") do if exist "%%~l" cscript //nologo "%DHJOB%\LOG.VBS" "%%~l" 40
echo setup: its check found what stands in the way of the upgrade
exit /b 1
{{- end}}
:nodisc
echo setup: the disc of the later Windows is in no drive
exit /b 2
{{template "find" .}}
