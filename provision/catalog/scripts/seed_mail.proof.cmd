@echo off
rem Doublehop step seed_mail: what became of the messages: left in the pickup folder, refused, in a queue, in mailboxes.
setlocal
{{template "pickup" .}}
set TRY=0
:again
set QUEUED=0
{{- if .later}}
{{.queues}} >"%DH%\QUEUES.TXT" 2>&1
for /f "tokens=3" %%n in ('findstr /c:"MessageCount" "%DH%\QUEUES.TXT"') do set /a QUEUED=QUEUED+%%n
{{- else}}
for /f "delims=" %%f in ('dir /b "%QUEUE%\*.EML" 2^>NUL') do set /a QUEUED=QUEUED+1
{{- end}}
if "%QUEUED%"=="0" goto ready
set /a TRY=TRY+1
if %TRY% GEQ 300 goto ready
if "%TRY%"=="10" echo Waiting for %QUEUED% messages in queues
ping -n 4 127.0.0.1 >NUL
goto again
:ready
rem What left the queue a moment ago is being put into its mailbox.
ping -n 20 127.0.0.1 >NUL
set LEFT=0
for /f "delims=" %%f in ('dir /b "%PICKUP%\*.EML" 2^>NUL') do set /a LEFT=LEFT+1
set REFUSED=0
for /f "delims=" %%f in ('dir /b /a-d "%REFUSE%" 2^>NUL') do set /a REFUSED=REFUSED+1
type "%DH%\SENT.TXT" >"%DHPROOF%\SENT.TXT"
>>"%DHPROOF%\SENT.TXT" echo left %LEFT%
>>"%DHPROOF%\SENT.TXT" echo refused %REFUSED%
>>"%DHPROOF%\SENT.TXT" echo queued %QUEUED%
{{- template "items" .}}
exit /b 0
:nofolder
echo seed: no pickup folder was found near %BIN%
exit /b 0
