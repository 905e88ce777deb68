@echo off
rem Doublehop step components: sysocmgr adds optional parts of Windows 2000 and 2003 (TechNet cc773290).
setlocal
call :find {{if .old}}CDROM_NT.5{{else}}WIN51{{end}}
if not defined DISC goto nodisc
rem Setup remembers the drive that it was started from, and asks for the disc when it is in another one.
{{- if .old}}
>"%DH%\SOURCE.REG" echo REGEDIT4
>>"%DH%\SOURCE.REG" echo.
>>"%DH%\SOURCE.REG" echo [HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup]
>>"%DH%\SOURCE.REG" echo "SourcePath"="%DISC%\\"
regedit /s "%DH%\SOURCE.REG"
{{- else}}
reg add "HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup" /v SourcePath /d "%DISC%\\" /f >NUL
{{- end}}
echo Adding{{range .keys}} {{.}}{{end}}
start /wait "" sysocmgr /i:%SystemRoot%\inf\sysoc.inf /u:%DHJOB%\OPTIONAL.TXT /q /r
set CODE=%errorlevel%
echo sysocmgr ended with %CODE%
rem Its exit codes are written down nowhere: the registry says what is there afterwards.
exit /b 0
:nodisc
echo components: the disc that Windows was installed from is in no drive
exit /b 2
{{template "find" .}}
