' Doublehop: FILL.VBS TEMPLATE OUT FILE [FILE ...] writes TEMPLATE to OUT with each value @NAME@ replaced by that
' attribute of the first object in the LDIF files that has it; @dn@ is an object's name. A value in base64 stays one.
Option Explicit
Dim files, i, source, names(99), values(99), found, out, template, line, bad, at, name, n
Set files = CreateObject("Scripting.FileSystemObject")
found = 0
bad = False
For i = 2 To WScript.Arguments.Count - 1
  Gather WScript.Arguments(i)
Next
Set template = files.OpenTextFile(WScript.Arguments(0), 1)
Set out = files.CreateTextFile(WScript.Arguments(1), True)
Do While Not template.AtEndOfStream
  line = template.ReadLine
  at = InStr(line, ": @")
  If at > 0 And Right(line, 1) = "@" Then
    name = LCase(Mid(line, at + 3, Len(line) - at - 3))
    n = Place(name)
    If n < 0 Then
      If Not bad Then WScript.Echo "ldifde: the directory has no " & name & " of what was looked for"
      bad = True
    Else
      line = Left(line, at) & values(n)
    End If
  End If
  out.WriteLine line
Loop
out.Close
template.Close
If bad Then WScript.Quit 1

Function Place(name)
  Dim k
  Place = -1
  For k = 0 To found - 1
    If names(k) = name Then
      Place = k
      Exit Function
    End If
  Next
End Function

' Gather keeps the first value of each attribute; a line that begins with a blank goes on the one before.
Sub Gather(path)
  Dim text, whole
  If Not files.FileExists(path) Then Exit Sub
  Set source = files.OpenTextFile(path, 1)
  whole = ""
  Do While Not source.AtEndOfStream
    text = source.ReadLine
    If Left(text, 1) = " " Then
      whole = whole & Mid(text, 2)
    Else
      Keep whole
      whole = text
    End If
  Loop
  Keep whole
  source.Close
End Sub

Sub Keep(text)
  Dim colon, key
  colon = InStr(text, ":")
  If colon < 2 Or found > 99 Then Exit Sub
  key = LCase(Left(text, colon - 1))
  If Place(key) >= 0 Then Exit Sub
  names(found) = key
  values(found) = Mid(text, colon + 1)
  found = found + 1
End Sub
