' Doublehop: SERVICE.VBS NAME prints a service's state as sc.exe does, which Windows 2000 lacks.
Option Explicit
Dim item, found, number
found = False
For Each item In GetObject("winmgmts:").ExecQuery("SELECT * FROM Win32_Service WHERE Name = '" & WScript.Arguments(0) & "'")
  found = True
  number = 7
  If item.State = "Stopped" Then number = 1
  If item.State = "Start Pending" Then number = 2
  If item.State = "Stop Pending" Then number = 3
  If item.State = "Running" Then number = 4
  If item.State = "Continue Pending" Then number = 5
  If item.State = "Pause Pending" Then number = 6
  WScript.Echo "SERVICE_NAME: " & item.Name
  WScript.Echo "        STATE              : " & number & "  " & UCase(Replace(item.State, " ", "_"))
Next
If Not found Then
  WScript.Echo "FAILED 1060: there is no such service"
  WScript.Quit 1060
End If
