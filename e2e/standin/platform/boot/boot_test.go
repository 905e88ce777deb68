package main_test

import (
	"os"
	"strings"
	"testing"
)

// startCommand is what the first logon runs: it says so on COM1 and has every later logon say so.
const startCommand = `@echo off
>C:\AGAIN.CMD echo @echo off
>>C:\AGAIN.CMD echo echo again on %COMPUTERNAME% as %USERNAME%^>COM1
>>C:\AGAIN.CMD echo if exist C:\STOP.TXT shutdown -s -t 0 -f
reg add HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run /v Again /d "cmd /c C:\AGAIN.CMD" /f
ipconfig >nul
echo first on %COMPUTERNAME% as %USERNAME%>COM1
`

func answerFile(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/winnt.sif")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestABlankDiskBecomesAMachineThatLogsOn(t *testing.T) {
	t.Parallel()
	needsQEMU(t)
	folder := t.TempDir()
	m := start(t, folder, floppy(t, folder, map[string]string{"WINNT.SIF": answerFile(t), "START.CMD": startCommand})...)
	m.hears("first on DC01 as Administrator")
	m.hears("again on DC01 as Administrator")
	m.tell(`{"execute":"system_powerdown"}`)
	m.off()

	m = start(t, folder)
	m.hears("again on DC01 as Administrator")
	m.pull() // as a killed host does

	m = start(t, folder)
	m.hears("again on DC01 as Administrator")
}

func TestSetupWaitsAtThePageThatTheFileDoesNotAnswer(t *testing.T) {
	t.Parallel()
	needsQEMU(t)
	for name, c := range map[string]struct{ from, to, page string }{
		"a key that is not the stand-in's": {"DHQ2K-DHQ2K\"", "DHQ2K-DHQ3K\"", "Your Product Key"},
		"no licensing section":             {"[LicenseFilePrintData]\nAutoMode=PerServer\nAutoUsers=5\n", "", "Licensing Modes"},
		"no section that means unattended": {"[Unattended]\n", "[Attended]\n", "Welcome to Setup."},
	} {
		folder := t.TempDir() // of the outer test: a longer name would not do for a socket
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(answerFile(t), c.from, c.to, 1)
			m := start(t, folder, floppy(t, folder, map[string]string{"WINNT.SIF": changed, "START.CMD": startCommand})...)
			m.shows(c.page)
			if !strings.Contains(m.screen(), "NOT Windows") {
				t.Errorf("the screen does not say what it is:\n%s", m.screen())
			}
		})
	}
}
