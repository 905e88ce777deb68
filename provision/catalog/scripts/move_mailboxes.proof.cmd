@echo off
rem Doublehop step move_mailboxes: users of every domain whose mailbox is on {{.from}}, and the seeded mail where it is now.
setlocal
{{- template "left" .}}
{{- template "items" .}}
exit /b 0
