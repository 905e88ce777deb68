' Doublehop: MOVE.VBS CONTROLLER FILE STORE moves the mailboxes of the users in an LDIF file to a store. Only Exchange's
' own management objects can do that up to Exchange 2003 (SDK, IMailboxStore::MoveMailbox).
Option Explicit
Dim stream, line, whole
Set stream = CreateObject("Scripting.FileSystemObject").OpenTextFile(WScript.Arguments(1), 1)
whole = ""
Do While Not stream.AtEndOfStream
  line = stream.ReadLine
  If Left(line, 1) = " " Then
    whole = whole & Mid(line, 2)
  Else
    If LCase(Left(whole, 4)) = "dn: " Then Move Mid(whole, 5)
    whole = line
  End If
Loop
If LCase(Left(whole, 4)) = "dn: " Then Move Mid(whole, 5)

Sub Move(dn)
  Dim user
  On Error Resume Next
  Set user = GetObject("LDAP://" & WScript.Arguments(0) & "/" & Replace(dn, "/", "\/"))
  If Err.Number = 0 Then user.MoveMailbox "LDAP://" & WScript.Arguments(2)
  If Err.Number = 0 Then user.SetInfo
  If Err.Number <> 0 Then WScript.Echo "move: " & dn & ": " & Err.Description
End Sub
