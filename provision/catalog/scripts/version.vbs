' Doublehop: VERSION.VBS FILE prints a program's version.
Option Explicit
Dim version
On Error Resume Next
version = CreateObject("Scripting.FileSystemObject").GetFileVersion(WScript.Arguments(0))
If Err.Number <> 0 Or version = "" Then
  WScript.Echo "none: " & WScript.Arguments(0)
  WScript.Quit 1
End If
WScript.Echo "version: " & version
