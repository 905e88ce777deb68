WScript.Echo "hello"
WScript.Quit 7
