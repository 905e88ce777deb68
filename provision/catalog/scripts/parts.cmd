{{define "find"}}
rem :find FILE sets DISC to the drive that has FILE. A disc that was just put in takes a while.
:find
set DISC=
set TRY=0
:look
for %%d in (D: E: F: G: H:) do if not defined DISC if exist "%%d\%~1" set DISC=%%d
if defined DISC goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 60 goto :eof
if "%TRY%"=="5" echo Waiting for the disc with %~1
ping -n 3 127.0.0.1 >NUL
goto look
{{- end}}
{{define "directory"}}
rem :directory waits until the domain controller answers: all machines of a lab start at once.
:directory
set TRY=0
:ask
del "%DH%\ANSWER.LDF" >NUL 2>NUL
ldifde -f "%DH%\ANSWER.LDF" -s {{.controller}} -d "{{.dn}}" -p base -l name >"%DH%\ANSWER.TXT" 2>&1
set READY=
find "dn:" "%DH%\ANSWER.LDF" >NUL 2>NUL
if not errorlevel 1 set READY=1
if defined READY goto :eof
set /a TRY=TRY+1
if %TRY% GEQ 300 goto :eof
if "%TRY%"=="10" echo Waiting for the directory on {{.controller}}
ping -n 3 127.0.0.1 >NUL
goto ask
{{- end}}
{{define "registry"}}
{{- if .old}}cscript //nologo "%DHJOB%\REGISTRY.VBS" "{{.key}}" "{{.value}}"{{else}}reg query "{{.key}}" /v "{{.value}}"{{end}}
{{- end}}
{{define "setup"}}setlocal
set LOG=%SystemDrive%\Exchange Server Setup Progress.log
call :find "{{.program}}"
if not defined DISC goto nodisc
call :directory
if not defined READY goto nodirectory
rem Setup appends to its log: what stands in it afterwards must be of this run.
if exist "%LOG%" move /y "%LOG%" "%SystemDrive%\Exchange Server Setup Progress before.log" >NUL
echo Setup starts from %DISC%
{{- end}}
{{define "ended"}}set CODE=%errorlevel%
echo Setup ended with %CODE%
{{- if .wizard}}
if %CODE% GEQ 240 if %CODE% LEQ 247 goto stopped
{{- end}}
if not exist "%LOG%" goto nolog
cscript //nologo "%DHJOB%\LOG.VBS" "%LOG%"
if errorlevel 1 goto failed
if "%CODE%"=="3010" exit /b 3010
rem No source knows setup's exit codes: with no failure in its log, the proofs decide.
if not "%CODE%"=="0" echo Setup's log names no failure
exit /b 0
{{- if .wizard}}
rem The wizard's driver stopped by itself, and said why.
:stopped
if exist "%LOG%" cscript //nologo "%DHJOB%\LOG.VBS" "%LOG%"
exit /b %CODE%
{{- end}}
:failed
exit /b 1
:nolog
if "%CODE%"=="0" exit /b 0
echo setup: it ended with %CODE% and wrote no log
exit /b 1
:nodisc
echo setup: the Exchange disc with {{.program}} is in no drive
exit /b 2
:nodirectory
type "%DH%\ANSWER.TXT"
echo setup: the domain controller does not answer
exit /b 4
{{- end}}
{{define "services"}}
{{- $old := .old}}
{{- range $i, $name := .services}}
{{if $old}}cscript //nologo "%DHJOB%\SERVICE.VBS" "{{$name}}"{{else}}sc query "{{$name}}"{{end}} >"%DHPROOF%\SVC{{next $i}}.TXT" 2>&1
find "RUNNING" "%DHPROOF%\SVC{{next $i}}.TXT" >NUL
if errorlevel 1 set WAIT=service {{$name}}
{{- end}}
{{- end}}

{{define "queries"}}
{{- range .queries}}
ldifde -f "%DHPROOF%\{{.File}}.TXT" -s {{.Server}} -d "{{.Base}}" -p {{.Scope}}{{if .Filter}} -r "{{.Filter}}"{{end}} -l {{.Attributes}}
{{- if .Attribute}}
cscript //nologo "%DHJOB%\LEAST.VBS" "%DHPROOF%\{{.File}}.TXT" {{.Attribute}} {{.Least}}
if errorlevel 1 set WAIT={{.Attribute}} on {{.Server}}
{{- end}}
{{- if .Text}}
findstr /i /c:"{{.Text}}" "%DHPROOF%\{{.File}}.TXT" >NUL
if errorlevel 1 set WAIT={{.Text}} on {{.Server}}
{{- end}}
{{- if .Without}}
findstr /i /x /c:"cn: {{.Without}}" "%DHPROOF%\{{.File}}.TXT" >NUL
if not errorlevel 1 set WAIT={{.Without}} to go from {{.Server}}
{{- end}}
{{- end}}
{{- end}}
{{define "again"}}
if not defined WAIT exit /b 0
set /a TRY=TRY+1
if %TRY% GEQ {{.tries}} exit /b 0
if "%TRY%"=="10" echo Waiting for %WAIT%
ping -n 4 127.0.0.1 >NUL
goto again
{{- end}}
{{define "gone"}}
{{- if .gone}}
{{if .old}}cscript //nologo "%DHJOB%\SERVICE.VBS" MSExchangeIS{{else}}sc query MSExchangeIS{{end}} >"%DHPROOF%\GONE.TXT" 2>&1
{{- end}}
{{- end}}
{{define "pickup"}}set BIN=
for /f "delims=" %%f in ('cscript //nologo "%DHJOB%\BIN.VBS"') do set BIN=%%f
{{- if .later}}
rem From Exchange 2007 on only *.EML is taken, and what was made elsewhere would not have the folder's rights.
set PICKUP=%BIN%\..\TransportRoles\Pickup
set STAGE=%BIN%\..\TransportRoles\Pickup
set REFUSE=%BIN%\..\TransportRoles\Pickup\*.BAD
{{- else}}
set MAIL=%BIN%\..\Mailroot\vsi 1
if not exist "%MAIL%\PickUp" set MAIL=%SystemDrive%\Inetpub\mailroot
set PICKUP=%MAIL%\PickUp
set QUEUE=%MAIL%\Queue
set REFUSE=%MAIL%\BadMail\*.*
rem Every file in the folder is taken at once, so messages are made beside it.
set STAGE=%DH%\MAIL
{{- end}}
if not exist "%PICKUP%" goto nofolder
{{- end}}
{{define "items"}}
{{- if .items}}
{{.items}} >"%DHPROOF%\ITEMS.TXT" 2>&1
{{- end}}
{{- if .wmi}}
rem wmic writes UTF-16 into files.
wmic /output:"%DH%\ITEMS.UTF" /namespace:\\root\MicrosoftExchangeV2 path Exchange_Mailbox get MailboxDisplayName,TotalItems <NUL
cscript //nologo "%DHJOB%\PLAIN.VBS" "%DH%\ITEMS.UTF" >"%DHPROOF%\ITEMS.TXT"
{{- end}}
{{- end}}
{{define "left"}}
{{- /* Public folder mailboxes, of that type, move with public_folders; before 2013 there are none, nor always the attribute. */ -}}
{{- $from := .from}}{{$domains := .domains}}{{$labels := .labels}}
{{- range $i, $dc := .controllers}}
ldifde -f "%DHPROOF%\LEFT{{next $i}}.TXT" -s {{$dc}} -d "{{index $domains $i}}" -r "(|(&(objectClass=domainDNS)(dc={{index $labels $i}}))(&(objectCategory=person)(objectClass=user)(msExchHomeServerName=*/cn=Servers/cn={{$from}})(!(cn=HealthMailbox*)){{if $.modern}}(!(msExchRecipientTypeDetails=68719476736)){{end}}))" -l homeMDB >NUL
cscript //nologo "%DHJOB%\COUNT.VBS" "%DHPROOF%\LEFT{{next $i}}.TXT" 1 1 >NUL
if errorlevel 1 set WAIT=1
{{- end}}
{{- end}}
