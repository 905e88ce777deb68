@echo off
rem Doublehop step reboot: the runner speaks again.
ver >"%DHPROOF%\VERSION.TXT"
exit /b 0
