@echo off
rem Doublehop step mount_store: mounts a store beside the server's own, for recovery.
setlocal
if not exist "{{.edb}}" goto nofile
if not exist "{{.folder}}" md "{{.folder}}"
if not "%DHPASS%"=="1" goto mount
copy /b /y "{{.edb}}" "{{.file}}" >NUL
if errorlevel 1 goto nocopy
attrib -r "{{.file}}"
{{.recovery}}
echo The shell ended with %errorlevel%
:mount
{{.mount}}
echo The shell ended with %errorlevel%
exit /b 0
:nofile
echo mount: there is no {{.edb}}
exit /b 2
:nocopy
echo mount: the store's file could not be put into {{.folder}}
exit /b 1
