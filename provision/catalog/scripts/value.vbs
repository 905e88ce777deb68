' Doublehop: VALUE.VBS FILE ATTRIBUTE prints an attribute of the first object in an LDIF file that has it.
Option Explicit
Dim stream, line, whole
whole = ""
On Error Resume Next
Set stream = CreateObject("Scripting.FileSystemObject").OpenTextFile(WScript.Arguments(0), 1)
If Err.Number <> 0 Then WScript.Quit 1
Do While Not stream.AtEndOfStream
  line = stream.ReadLine
  If Err.Number <> 0 Then Exit Do
  If Left(line, 1) = " " Then
    whole = whole & Mid(line, 2)
  Else
    Show whole
    whole = line
  End If
Loop
Show whole
WScript.Quit 1

Sub Show(text)
  Dim mark
  mark = LCase(WScript.Arguments(1)) & ": "
  If LCase(Left(text, Len(mark))) <> mark Then Exit Sub
  WScript.Echo Mid(text, Len(mark) + 1)
  WScript.Quit 0
End Sub
