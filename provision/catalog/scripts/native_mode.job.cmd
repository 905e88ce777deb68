@echo off
rem Doublehop step native_mode: takes the mark of mixed mode off the organization (TechNet aa996151).
setlocal
call :directory
if not defined READY goto nodirectory
ldifde -i -f "%DHJOB%\NATIVE.LDF" -s {{.controller}} -j "%DH%"
set CODE=%errorlevel%
echo ldifde ended with %CODE%
if "%CODE%"=="0" exit /b 0
if exist "%DH%\ldif.err" type "%DH%\ldif.err"
exit /b 1
:nodirectory
type "%DH%\ANSWER.TXT"
echo setup: the domain controller does not answer
exit /b 4
{{template "directory" .}}
