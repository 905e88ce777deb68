@echo off
rem Doublehop step create_users: how many users of the unit there are, by userAccountControl: 544 is enabled.
setlocal
ldifde -f "%DH%\USERS.LDF" -s {{.controller}} -d "{{.unit}}" -r "(objectClass=user)" -l userAccountControl >NUL
cscript //nologo "%DHJOB%\TALLY.VBS" "%DH%\USERS.LDF" userAccountControl >"%DHPROOF%\USERS.TXT"
exit /b 0
