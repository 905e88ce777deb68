@echo off
rem Doublehop step exchange_setup: Exchange setup with an answer file (KB312363).
{{- if not .upgrade}}
rem A boot cut the first pass short: where the store is installed, the proofs say what came of it.
if "%DHPASS%"=="1" goto begin
{{if .old}}cscript //nologo "%DHJOB%\SERVICE.VBS" MSExchangeIS{{else}}sc query MSExchangeIS{{end}} >"%DH%\ANSWER.TXT" 2>&1
find "MSExchangeIS" "%DH%\ANSWER.TXT" >NUL
if not errorlevel 1 exit /b 0
:begin
{{- end}}
{{template "setup" .}}
{{if .wizard}}"%DHJOB%\WIZARD.EXE" "%DHJOB%\PAGES.TXT"{{else}}start /wait ""{{end}} "%DISC%\{{.program}}" /UnattendFile %DHJOB%\EXSETUP.INI
{{template "ended" .}}
{{template "find" .}}
{{template "directory" .}}
