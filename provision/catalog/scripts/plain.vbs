' Doublehop: PLAIN.VBS FILE prints a text file, of ANSI or of UTF-16 as wmic writes files.
Option Explicit
Dim files, stream, mark, format
Set files = CreateObject("Scripting.FileSystemObject")
On Error Resume Next
Set stream = files.OpenTextFile(WScript.Arguments(0), 1)
If Err.Number <> 0 Then WScript.Quit 1
format = 0
mark = stream.Read(2)
If Len(mark) = 2 Then
  If Asc(Left(mark, 1)) = 255 And Asc(Mid(mark, 2)) = 254 Then format = -1
End If
stream.Close
Set stream = files.OpenTextFile(WScript.Arguments(0), 1, False, format)
Do While Not stream.AtEndOfStream
  mark = stream.ReadLine
  If Err.Number <> 0 Then Exit Do
  WScript.Echo mark
Loop
stream.Close
