' Doublehop: LOG.VBS FILE [lines] prints the last lines of a program's log. It ends with 1 when the log
' says that setup failed, else with 0.
Option Explicit
Dim stream, line, keep(199), seen, most, i, failed, after, reasons
most = 25
If WScript.Arguments.Count > 1 Then most = CInt(WScript.Arguments(1))
seen = 0
failed = 0
after = 0
reasons = 0
On Error Resume Next
Set stream = CreateObject("Scripting.FileSystemObject").OpenTextFile(WScript.Arguments(0), 1)
If Err.Number <> 0 Then
  WScript.Echo "log: " & WScript.Arguments(0) & " cannot be read"
  WScript.Quit 0
End If
Do While Not stream.AtEndOfStream
  line = stream.ReadLine
  If Err.Number <> 0 Then Exit Do
  If Trim(line) <> "" Then
    keep(seen Mod most) = line
    seen = seen + 1
  End If
  If Failure(LCase(line)) Then
    failed = 1
    after = 3
  End If
  ' What follows a failure says why; the tail may be far from it.
  If after > 0 And reasons < 60 Then
    WScript.Echo "log: " & Left(line, 400)
    after = after - 1
    reasons = reasons + 1
  End If
Loop
stream.Close
If reasons > 0 Then WScript.Echo "log: (the end of the log follows)"
For i = 0 To most - 1
  If seen - most + i >= 0 Then WScript.Echo "log: " & Left(keep((seen - most + i) Mod most), 400)
Next
WScript.Quit failed

Function Failure(text)
  Failure = False
  If InStr(text, "setup failed while") > 0 Then Failure = True
  If InStr(text, "cannot be assigned the action") > 0 Then Failure = True
  If InStr(text, "prerequisites for") > 0 Then
    If InStr(text, "failed") > 0 Then Failure = True
  End If
End Function
