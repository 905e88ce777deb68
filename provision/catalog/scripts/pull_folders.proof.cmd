@echo off
rem Doublehop step public_folders: what is left on {{.from}}.
setlocal
{{.list}} >"%DHPROOF%\FOLDERS.TXT" 2>&1
exit /b 0
