' Doublehop: REGISTRY.VBS KEY VALUE prints a value of the registry as reg.exe does, which Windows 2000 lacks.
Option Explicit
Dim data, kind
On Error Resume Next
data = CreateObject("WScript.Shell").RegRead(WScript.Arguments(0) & "\" & WScript.Arguments(1))
If Err.Number <> 0 Then
  WScript.Echo "ERROR: " & WScript.Arguments(0) & "\" & WScript.Arguments(1) & " was not found"
  WScript.Quit 1
End If
kind = "REG_SZ"
If VarType(data) = vbLong Or VarType(data) = vbInteger Then kind = "REG_DWORD"
If kind = "REG_DWORD" Then data = "0x" & LCase(Hex(data))
WScript.Echo "    " & WScript.Arguments(1) & "    " & kind & "    " & data
