' Doublehop: SETUPLOG.VBS FILE [lines] prints of the last run in an ExchangeSetup.log its head, its errors, the
' readiness rules that failed, and its end. It ends with 1 when the run failed, with 2 when all that it wants is a
' restart, else with 0.
Option Explicit
Const MOSTERRORS = 40
Dim stream, line, keep(99), errors(39), head(9), seen, most, wrong, heads, i, failed, pending, others, text
most = 12
If WScript.Arguments.Count > 1 Then most = CInt(WScript.Arguments(1))
Begin
On Error Resume Next
Set stream = CreateObject("Scripting.FileSystemObject").OpenTextFile(WScript.Arguments(0), 1)
If Err.Number <> 0 Then
  WScript.Echo "log: " & WScript.Arguments(0) & " cannot be read"
  WScript.Quit 0
End If
Do While Not stream.AtEndOfStream
  line = stream.ReadLine
  If Err.Number <> 0 Then Exit Do
  Look line
Loop
stream.Close
For i = 0 To heads - 1
  WScript.Echo "log: " & Left(head(i), 400)
Next
For i = 0 To wrong - 1
  WScript.Echo "log: " & Left(errors(i), 900)
Next
If wrong > 0 Then WScript.Echo "log: (the end of the log follows)"
For i = 0 To most - 1
  If seen - most + i >= 0 Then WScript.Echo "log: " & Left(keep((seen - most + i) Mod most), 400)
Next
If pending > 0 And others = 0 Then WScript.Quit 2
If failed Then WScript.Quit 1
WScript.Quit 0

' Begin forgets the run before.
Sub Begin()
  seen = 0
  wrong = 0
  heads = 0
  pending = 0
  others = 0
  failed = False
End Sub

Sub Look(line)
  If Trim(line) = "" Then Exit Sub
  If InStr(line, "] Starting Microsoft Exchange Server") > 0 Then Begin
  keep(seen Mod most) = line
  seen = seen + 1
  If InStr(line, "Starting Microsoft Exchange Server") > 0 Or InStr(line, "] Setup version: ") > 0 Or InStr(line, "] Command Line Parameter Name=") > 0 Then
    If heads < 10 Then
      head(heads) = line
      heads = heads + 1
    End If
  End If
  If InStr(line, "[ERROR]") > 0 Then
    failed = True
    others = others + 1
    Keeps line
  ElseIf InStr(line, "] Failed [Rule:") > 0 Then
    Keeps line
  ElseIf InStr(line, "] [REQUIRED]") > 0 Then
    failed = True
    text = LCase(line)
    If InStr(text, "reboot") > 0 And InStr(text, "pending") > 0 Then
      pending = pending + 1
    ElseIf InStr(text, "restart") > 0 And InStr(text, "pending") > 0 Then
      pending = pending + 1
    Else
      others = others + 1
    End If
    Keeps line
  ElseIf InStr(line, "setup operation didn't complete") > 0 Or InStr(line, "setup operation did not complete") > 0 Then
    failed = True
  End If
End Sub

' Keeps keeps a line that tells of a failure, each once.
Sub Keeps(line)
  Dim n
  If wrong >= MOSTERRORS Then Exit Sub
  For n = 0 To wrong - 1
    If Mid(errors(n), 30) = Mid(line, 30) Then Exit Sub
  Next
  errors(wrong) = line
  wrong = wrong + 1
End Sub
