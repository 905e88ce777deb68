@echo off
rem Doublehop step name_servers: the DNS servers of every connection.
netsh interface ip show dns >"%DHPROOF%\DNS.TXT" 2>&1
exit /b 0
