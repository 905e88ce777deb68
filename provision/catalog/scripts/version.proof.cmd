@echo off
rem Doublehop: which Windows this is, by its own word in the registry.
setlocal
{{- if .old}}
cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" CurrentBuildNumber >"%DHPROOF%\BUILD.TXT" 2>&1
cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" ProductName >"%DHPROOF%\PRODUCT.TXT" 2>&1
cscript //nologo "%DHJOB%\REGISTRY.VBS" "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" CSDVersion >"%DHPROOF%\PACK.TXT" 2>&1
{{- else}}
reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" /v CurrentBuildNumber >"%DHPROOF%\BUILD.TXT" 2>&1
reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" /v ProductName >"%DHPROOF%\PRODUCT.TXT" 2>&1
reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" /v CSDVersion >"%DHPROOF%\PACK.TXT" 2>&1
{{- end}}
{{- if .report}}
if exist "%SystemRoot%\upgrade.txt" type "%SystemRoot%\upgrade.txt" >"%DHPROOF%\UPGRADE.TXT"
{{- end}}
exit /b 0
