' Doublehop: JOIN.VBS DOMAIN ACCOUNT PASSWORD makes this computer a member of a domain, through WMI, which every Windows since
' 2003 has (Win32_ComputerSystem). It ends with Windows' own error, 0 for success.
Option Explicit
Dim system, code
code = 1
On Error Resume Next
For Each system In GetObject("winmgmts:{impersonationLevel=impersonate,authenticationLevel=pktPrivacy}!\\.\root\cimv2").ExecQuery("SELECT * FROM Win32_ComputerSystem")
  ' 1 join a domain + 2 make the account
  code = system.JoinDomainOrWorkGroup(WScript.Arguments(0), WScript.Arguments(2), WScript.Arguments(1), Null, 3)
  If Err.Number <> 0 Then
    WScript.Echo "JOIN.VBS: " & Err.Description
    code = 1
  End If
Next
WScript.Quit code
