@echo off
cd /d "%SystemDrive%\"
cmd /c "%DHJOB%\COMMAND.CMD"
exit /b %errorlevel%
