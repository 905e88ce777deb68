@echo off
rem Doublehop step public_folders: the batch migration of what {{.from}} has into a public folder mailbox of this server.
rem A boot in the middle, or a second try, is no harm: what is there is not made again, and a batch goes on without this script.
setlocal
cd /d "%DH%"
call :state
{{- if .asks}}
if defined STATE if exist "%DH%\OLD.TXT" goto listed
{{.oldfolders}} >"%DH%\OLD.TXT" 2>&1
find "Name :" "%DH%\OLD.TXT" >NUL
if errorlevel 1 goto noendpoint
{{.olditems}} >"%DH%\OLDITEMS.TXT" 2>&1
{{.slashed}} >"%DH%\SLASHED.TXT" 2>&1
find "Name :" "%DH%\SLASHED.TXT"
if not errorlevel 1 goto slashed
:listed
{{- end}}
if defined STATE goto begin
{{.keeper}} >"%DH%\KEEPER.TXT" 2>&1
findstr /i /c:": {{.from}}" "%DH%\KEEPER.TXT"
if not errorlevel 1 goto keeper
{{.foldermailboxes}} >"%DH%\BOXES.TXT" 2>&1
find "Name :" "%DH%\BOXES.TXT" >NUL
if errorlevel 1 goto none
find "{{.mailbox}}" "%DH%\BOXES.TXT" >NUL
if errorlevel 1 goto taken
:none
{{.batchmailbox}}
echo The shell ended with %errorlevel%
>"%DH%\MAP.CSV" echo "FolderPath","TargetMailbox"
>>"%DH%\MAP.CSV" echo "\","{{.mailbox}}"
{{.batch}}
echo The shell ended with %errorlevel%
call :state
:begin
if "%STATE%"=="Created" goto start
if not "%STATE%"=="Stopped" goto started
:start
{{.batchstart}}
echo The shell ended with %errorlevel%
:started
call :until Synced
if errorlevel 1 exit /b 1
if "%STATE%"=="Completed" goto completed
{{.lock}}
echo The shell ended with %errorlevel%
rem The store reads the lock from its cache, for hours; nobody has a mailbox here any more.
{{.seelock}}
echo The shell ended with %errorlevel%
{{.foldersremote}}
{{.batchcomplete}}
echo The shell ended with %errorlevel%
call :until Completed
if errorlevel 1 exit /b 1
:completed
{{.foldersserve}}
{{.migrated}}
echo The shell ended with %errorlevel%
{{.folderslocal}}
echo The shell ended with %errorlevel%
exit /b 0
rem :state sets STATE to what the batch says of itself.
:state
set STATE=
{{.batchstate}} >"%DH%\BATCH.TXT" 2>&1
for /f "tokens=1,2 delims=: " %%a in (%DH%\BATCH.TXT) do if "%%a"=="Status" set STATE=%%b
goto :eof
rem :until STATE waits for it.
:until
set TRY=0
:look
call :state
if "%STATE%"=="%1" exit /b 0
if "%STATE%"=="Completed" exit /b 0
for %%s in (Failed Corrupted Stopped SyncedWithErrors CompletedWithErrors) do if "%STATE%"=="%%s" goto broken
set /a TRY=TRY+1
if not defined STATE if %TRY% GEQ 15 goto nobatch
if "%STATE%"=="Starting" if %TRY% GEQ 90 goto starting
if %TRY% GEQ 2000 goto stuck
set /a SHOW=TRY %% 15
if "%SHOW%"=="1" echo The migration batch is %STATE% and shall be %1
ping -n 20 127.0.0.1 >NUL
goto look
:broken
{{.batcherrors}}
echo folders: the migration batch ended as %STATE%.
exit /b 1
:nobatch
echo folders: there is no migration batch. What the shell said of it stands above.
exit /b 1
:starting
echo folders: the migration batch stays in Starting, as it does while the arbitration mailboxes are on an older server.
exit /b 1
:stuck
{{.batcherrors}}
if "%1"=="Completed" echo folders: the migration batch stays %STATE% and is not finalised, as when a store of an older server has not seen the lock: restart its information store.
if not "%1"=="Completed" echo folders: the migration batch stays %STATE%.
exit /b 1
:keeper
echo folders: the arbitration mailbox that keeps migrations is still on {{.from}}, where a batch would stay in Starting. Move it to this server first.
exit /b 1
:taken
type "%DH%\BOXES.TXT"
echo folders: public folder mailboxes are there already, and a migration needs an organization that has none.
exit /b 1
{{- if .asks}}
:noendpoint
type "%DH%\OLD.TXT"
echo folders: {{.from}} does not list its public folders at its PowerShell endpoint.
exit /b 1
:slashed
echo folders: the names above have a slash or a backslash, and such a folder would land in the wrong parent. Rename them on {{.from}} first.
exit /b 1
{{- end}}
