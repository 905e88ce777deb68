' Doublehop: DELETE.VBS FILE OUT writes LDIF that deletes the objects of an LDIF file. It ends with 1 when there are none.
Option Explicit
Dim files, stream, out, line, whole, n
Set files = CreateObject("Scripting.FileSystemObject")
n = 0
If Not files.FileExists(WScript.Arguments(0)) Then WScript.Quit 1
Set stream = files.OpenTextFile(WScript.Arguments(0), 1)
Set out = files.CreateTextFile(WScript.Arguments(1), True)
whole = ""
Do While Not stream.AtEndOfStream
  line = stream.ReadLine
  If Left(line, 1) = " " Then
    whole = whole & Mid(line, 2)
  Else
    Drop whole
    whole = line
  End If
Loop
Drop whole
stream.Close
out.Close
If n = 0 Then WScript.Quit 1

Sub Drop(text)
  If LCase(Left(text, 3)) <> "dn:" Then Exit Sub
  out.WriteLine text
  out.WriteLine "changetype: delete"
  out.WriteLine ""
  n = n + 1
End Sub
