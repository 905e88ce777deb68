@echo off
rem Doublehop step public_folders: the batch, which folders are used, and their names and items before and after.
setlocal
{{.batchstate}} >"%DHPROOF%\BATCH.TXT" 2>&1
{{.foldersused}} >"%DHPROOF%\USED.TXT" 2>&1
>"%DHPROOF%\FOLDERS.TXT" echo Before
{{- if .asks}}
type "%DH%\OLD.TXT" >>"%DHPROOF%\FOLDERS.TXT"
type "%DH%\OLDITEMS.TXT" >>"%DHPROOF%\FOLDERS.TXT"
{{- end}}
>>"%DHPROOF%\FOLDERS.TXT" echo After
{{.folders}} >>"%DHPROOF%\FOLDERS.TXT" 2>&1
{{.folderitems}} >>"%DHPROOF%\FOLDERS.TXT" 2>&1
exit /b 0
