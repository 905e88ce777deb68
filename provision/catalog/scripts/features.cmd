{{define "add feature"}}rem :add FEATURE. 1003 is "there is nothing to do", 3010 "done, restart needed" (TechNet cc766357).
:add
echo Adding %1
servermanagercmd -install %1
set CODE=%errorlevel%
if "%CODE%"=="3010" set RESTART=1
for %%c in (0 1003 3010) do if "%CODE%"=="%%c" goto :eof
echo servermanagercmd: %1 ended with %CODE%
set BAD=1
goto :eof
{{- end}}
