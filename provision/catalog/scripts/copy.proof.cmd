@echo off
rem Doublehop step copy: the size of each file, a line each.
setlocal
>"%DHPROOF%\SIZES.TXT" type NUL
for /f "tokens=1,* delims=|" %%a in (%DHJOB%\FILES.TXT) do call :size "%%b"
exit /b 0
:size
set SIZE=missing
if exist "%~1" set SIZE=%~z1
>>"%DHPROOF%\SIZES.TXT" echo %SIZE%
goto :eof
