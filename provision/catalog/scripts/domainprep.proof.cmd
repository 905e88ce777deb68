@echo off
rem Doublehop step domainprep: the number that DomainPrep leaves in the domain.
ldifde -f "%DHPROOF%\DOMAIN.TXT" -s {{.controller}} -d "CN=Microsoft Exchange System Objects,{{.dn}}" -p base -l objectVersion
exit /b 0
