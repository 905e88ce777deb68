' Doublehop: BIN.VBS prints the folder with the programs of the Exchange that stands on the machine.
Option Explicit
Dim shell, files, name, folder
Set shell = CreateObject("WScript.Shell")
Set files = CreateObject("Scripting.FileSystemObject")
For Each name In Array("HKLM\SOFTWARE\Microsoft\ExchangeServer\v15\Setup\MsiInstallPath", "HKLM\SOFTWARE\Microsoft\ExchangeServer\v14\Setup\MsiInstallPath", _
  "HKLM\SOFTWARE\Microsoft\Exchange\Setup\MsiInstallPath", "HKLM\SOFTWARE\Microsoft\Exchange\Setup\Services")
  folder = Registered(name)
  If folder <> "" Then
    If Right(folder, 1) = "\" Then folder = Left(folder, Len(folder) - 1)
    If files.FolderExists(folder & "\bin") Then
      WScript.Echo folder & "\bin"
      WScript.Quit 0
    End If
  End If
Next
folder = Replace(shell.ExpandEnvironmentStrings("%ProgramFiles%"), Chr(0), "") & "\Exchsrvr\bin"
If files.FolderExists(folder) Then
  WScript.Echo folder
  WScript.Quit 0
End If
WScript.Quit 1

Function Registered(name)
  Registered = ""
  On Error Resume Next
  Registered = shell.RegRead(name)
End Function
