' Doublehop: LEAST.VBS FILE ATTRIBUTE NUMBER ends with 0 when an LDIF file has the attribute with that number or more.
Option Explicit
Dim stream, line, at, best
best = -1
On Error Resume Next
Set stream = CreateObject("Scripting.FileSystemObject").OpenTextFile(WScript.Arguments(0), 1)
If Err.Number <> 0 Then WScript.Quit 1
Do While Not stream.AtEndOfStream
  line = stream.ReadLine
  If Err.Number <> 0 Then Exit Do
  at = InStr(line, ": ")
  If at > 0 Then
    If LCase(Left(line, at - 1)) = LCase(WScript.Arguments(1)) Then
      If IsNumeric(Mid(line, at + 2)) Then
        If CLng(Mid(line, at + 2)) > best Then best = CLng(Mid(line, at + 2))
      End If
    End If
  End If
Loop
stream.Close
If best >= CLng(WScript.Arguments(2)) Then WScript.Quit 0
WScript.Quit 1
