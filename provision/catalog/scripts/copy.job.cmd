@echo off
rem Doublehop step copy: gives the files on the job disc their own names back. FOLDERS.TXT lists the
rem folders to make, parents first; FILES.TXT lists "name on the disc|whole path".
setlocal
for /f "delims=" %%a in (%DHJOB%\FOLDERS.TXT) do if not exist "%%a" md "%%a"
set BAD=
for /f "tokens=1,* delims=|" %%a in (%DHJOB%\FILES.TXT) do if not defined BAD call :take "%%a" "%%b"
if defined BAD exit /b 1
exit /b 0
rem What comes from a disc is read-only, and a disc may need a second look.
:take
if exist "%~2" attrib -r "%~2"
set TRY=0
:once
copy /b /y "%DHDISC%\%~1" "%~2" >NUL
if not errorlevel 1 goto taken
set /a TRY=TRY+1
if %TRY% GEQ 5 goto lost
ping -n 3 127.0.0.1 >NUL
goto once
:taken
attrib -r "%~2"
goto :eof
:lost
echo copy: %~2 could not be written
set BAD=1
goto :eof
