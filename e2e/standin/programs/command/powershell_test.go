package command_test

import "testing"

func TestPowerShell(t *testing.T) {
	b := (&lan{t: t}).machine("WEB01", "10.66.0.12")
	say := func(want int, line string, says ...string) {
		t.Helper()
		b.run(want, `powershell -NoLogo -NoProfile -NonInteractive -Command "`+line+`"`, says...)
	}
	say(0, `$x = 'C:\Exchange''s\'; $x + 'Scripts'`, `C:\Exchange's\Scripts`)
	say(0, `if (-not ('')) { 'none' } else { 'some' }`, "none")
	say(0, `if (@('a','b')) { 'some' }`, "some")
	say(0, `@('a', 'b')[1]`, "b")
	say(0, `'a/b','c' | Where-Object { $_ -match '[\\/]' }`, "a/b")
	say(0, `New-Object System.Management.Automation.PSCredential 'CONTOSO\A',(ConvertTo-SecureString 'p;|(' -AsPlainText -Force) | Format-List UserName,Password`,
		`UserName : CONTOSO\A`, "Password : p;|(")
	say(0, `$c = New-Object System.Management.Automation.PSCredential 'A',(ConvertTo-SecureString 'p' -AsPlainText -Force); $c.UserName`, "A")
	say(1, `Get-Nothing -Server 'x'`, "The term 'Get-Nothing' is not recognized")
	say(0, `Get-Nothing; 'on'`, "not recognized", "on")
	say(1, `'a' | Out-Null -Fly`, "matches parameter name 'Fly'")
	say(1, `Get-Content -Path 'NONE.CSV' -ErrorAction Stop; 'on'`, "does not exist")
	b.run(1, "powershell -File x.ps1", "not -File")
}
