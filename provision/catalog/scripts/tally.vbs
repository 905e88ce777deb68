' Doublehop: TALLY.VBS FILE ATTRIBUTE prints how many objects of an LDIF file have each value: "12 CN=...".
Option Explicit
Dim stream, line, whole, tally, value
Set tally = CreateObject("Scripting.Dictionary")
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
    Add whole
    whole = line
  End If
Loop
Add whole
stream.Close
For Each value In tally.Keys
  WScript.Echo tally(value) & " " & value
Next

Sub Add(text)
  Dim colon
  colon = InStr(text, ":")
  If colon < 2 Then Exit Sub
  If LCase(Left(text, colon - 1)) <> LCase(WScript.Arguments(1)) Then Exit Sub
  text = Mid(text, colon + 1)
  If Left(text, 1) = " " Then text = Mid(text, 2)
  If tally.Exists(text) Then
    tally(text) = tally(text) + 1
  Else
    tally.Add text, 1
  End If
End Sub
