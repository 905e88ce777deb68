' Doublehop: HTTP.VBS METHOD ADDRESS [FILE TYPE] asks a web server and prints "status: NUMBER". It gives the account that
' runs it where the server asks for one, and takes any certificate.
Option Explicit
Dim request, body, stream
Set request = CreateObject("WinHttp.WinHttpRequest.5.1")
On Error Resume Next
request.Open WScript.Arguments(0), Replace(WScript.Arguments(1), " ", "%20"), False
request.Option(4) = 13056
request.Option(6) = False
request.SetAutoLogonPolicy 0
request.SetTimeouts 20000, 20000, 60000, 60000
Err.Clear
If WScript.Arguments(0) = "PROPFIND" Then request.SetRequestHeader "Depth", "1"
If WScript.Arguments.Count > 3 Then
  Set stream = CreateObject("Scripting.FileSystemObject").OpenTextFile(WScript.Arguments(2), 1)
  body = stream.ReadAll
  stream.Close
  request.SetRequestHeader "Content-Type", WScript.Arguments(3)
  request.Send body
Else
  request.Send
End If
If Err.Number <> 0 Then
  WScript.Echo "status: 0 " & Err.Description
  WScript.Quit 1
End If
WScript.Echo "status: " & request.Status
If request.Status >= 400 And request.Status <> 401 And request.Status <> 440 Then WScript.Quit 1
WScript.Quit 0
