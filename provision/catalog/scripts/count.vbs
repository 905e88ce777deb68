' Doublehop: COUNT.VBS FILE LEAST MOST counts the objects in an LDIF file and ends with 0 when there are LEAST to MOST.
Option Explicit
Dim stream, line, n
n = 0
On Error Resume Next
Set stream = CreateObject("Scripting.FileSystemObject").OpenTextFile(WScript.Arguments(0), 1)
If Err.Number = 0 Then
  Do While Not stream.AtEndOfStream
    line = stream.ReadLine
    If Err.Number <> 0 Then Exit Do
    If LCase(Left(line, 3)) = "dn:" Then n = n + 1
  Loop
  stream.Close
End If
WScript.Echo n
If n >= CLng(WScript.Arguments(1)) And n <= CLng(WScript.Arguments(2)) Then WScript.Quit 0
WScript.Quit 1
