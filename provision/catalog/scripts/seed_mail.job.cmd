@echo off
rem Doublehop step seed_mail: puts messages into the SMTP pickup folder. FILES.TXT lists "name on the disc|name of the message".
setlocal
{{template "pickup" .}}
if not exist "%DH%\MAIL" md "%DH%\MAIL"
rem What comes from a disc may be read-only: over such a file nothing is copied, and out of the folder it is never taken.
attrib -r "%STAGE%\*.TMP" >NUL 2>NUL
rem What was sent is marked: after a boot in the middle nothing is sent twice.
if "%DHPASS%"=="1" del /q "%DH%\MAIL\*.*" >NUL 2>NUL
set BAD=
set SENT=0
for /f "tokens=1,2 delims=|" %%a in (%DHJOB%\FILES.TXT) do if not defined BAD call :bring "%%a" %%b
if defined BAD exit /b 1
attrib -r "%STAGE%\*.TMP"
for /f "tokens=1,2 delims=|" %%a in (%DHJOB%\FILES.TXT) do if not defined BAD call :send %%b
if defined BAD exit /b 1
>"%DH%\SENT.TXT" echo sent %SENT%
copy /y "%DHJOB%\MANIFEST.TXT" "%DH%\MANIFEST.TXT" >NUL
echo %SENT% messages are in %PICKUP%
set TRY=0
:taken
if not exist "%PICKUP%\*.EML" exit /b 0
set /a TRY=TRY+1
if %TRY% GEQ 1200 goto stuck
ping -n 4 127.0.0.1 >NUL
goto taken
rem A disc may need a second look.
:bring
if exist "%DH%\MAIL\%2.YES" goto :eof
set NAME=%2
set TRY=0
:once
copy /b /y "%DHDISC%\%~1" "%STAGE%\%2.TMP" >NUL
if not errorlevel 1 goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 5 goto lost
ping -n 3 127.0.0.1 >NUL
goto once
rem A message must be whole when it appears under its name.
:send
if exist "%DH%\MAIL\%1.YES" goto sent
set NAME=%1
move /y "%STAGE%\%1.TMP" "%PICKUP%\%1.EML" >NUL
if errorlevel 1 goto lost
>"%DH%\MAIL\%1.YES" echo sent
:sent
set /a SENT=SENT+1
goto :eof
:lost
echo seed: the message %NAME% could not be put into %PICKUP%
set BAD=1
goto :eof
:stuck
echo seed: the mail transport does not take messages out of %PICKUP%
exit /b 1
:nofolder
if not defined BIN goto noexchange
echo seed: no pickup folder was found near %BIN%
exit /b 2
:noexchange
echo seed: no Exchange is registered on this machine
exit /b 2
