@echo off
rem Doublehop step eseutil: the state of the copy.
setlocal
set BIN=
for /f "delims=" %%f in ('cscript //nologo "%DHJOB%\BIN.VBS"') do set BIN=%%f
for %%f in ("{{.edb}}") do set NAME=%%~nf
"%BIN%\eseutil.exe" /mh "{{.work}}\%NAME%.edb" >"%DHPROOF%\HEADER.TXT" 2>&1
exit /b 0
