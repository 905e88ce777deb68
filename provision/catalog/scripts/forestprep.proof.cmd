@echo off
rem Doublehop step forestprep: the numbers that ForestPrep leaves in the directory.
ldifde -f "%DHPROOF%\SCHEMA.TXT" -s {{.controller}} -d "CN=ms-Exch-Schema-Version-Pt,CN=Schema,CN=Configuration,{{.root}}" -p base -l rangeUpper
ldifde -f "%DHPROOF%\ORG.TXT" -s {{.controller}} -d "CN=Microsoft Exchange,CN=Services,CN=Configuration,{{.root}}" -p onelevel -r "(objectClass=msExchOrganizationContainer)" -l cn,objectVersion
exit /b 0
