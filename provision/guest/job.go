package guest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Then is what the runner does with the machine when JOB.CMD ended well.
type Then string

// What follows a job that ended well.
const (
	// ThenNone goes on with PROOF.CMD at once, unless JOB.CMD asked for a
	// restart with [ExitReboot].
	ThenNone Then = "none"
	// ThenReboot restarts the machine before PROOF.CMD.
	ThenReboot Then = "reboot"
	// ThenPowerOff turns the machine off after the report.
	ThenPowerOff Then = "poweroff"
)

// Resume is what the runner makes of a boot in the middle of JOB.CMD.
type Resume string

// What a boot in the middle of JOB.CMD means.
const (
	// ResumeRun starts JOB.CMD again, with DHPASS one higher.
	ResumeRun Resume = "run"
	// ResumeProof takes the boot as the end of the job: for programs that
	// restart the machine themselves, such as dcpromo and winnt32.
	ResumeProof Resume = "proof"
)

// ExitReboot is the exit code with which JOB.CMD says "done, restart needed",
// as Windows' own installers do (ERROR_SUCCESS_REBOOT_REQUIRED).
const ExitReboot = 3010

// Names of files in the root of a job disc.
const (
	// Marker is the file by which the runner knows a job disc.
	Marker = "DHJOB.TXT"
	// Script is the work. A job without one only gathers proofs.
	Script = "JOB.CMD"
	// ProofScript gathers facts into files NAME.TXT under %DHPROOF%.
	ProofScript = "PROOF.CMD"
)

// Job is a piece of work for one guest.
type Job struct {
	// ID is 1 to 32 of A-Z, 0-9 and "-", with no "-" in front. A guest does
	// the work of an ID once.
	ID     string
	Then   Then
	Resume Resume
	// Files are [Script], [ProofScript] and whatever they need. Those in the
	// root are copied to C:\DH\JOB; those in folders stay on the disc.
	Files []File
}

var idShape = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,31}$`)

// Check says what is wrong with the job's own words. The names and sizes of
// its files are judged by whoever makes the disc.
func (j Job) Check() error {
	if !idShape.MatchString(j.ID) {
		return fmt.Errorf("job id %q: want 1 to 32 of A-Z, 0-9 and -", j.ID)
	}
	if !slices.Contains([]Then{"", ThenNone, ThenReboot, ThenPowerOff}, j.Then) {
		return fmt.Errorf("job %s: unknown end %q", j.ID, j.Then)
	}
	if !slices.Contains([]Resume{"", ResumeRun, ResumeProof}, j.Resume) {
		return fmt.Errorf("job %s: unknown resume %q", j.ID, j.Resume)
	}
	for _, f := range j.Files {
		if strings.EqualFold(f.Path, Marker) {
			return fmt.Errorf("job %s: %s is made by the disc, not by the job", j.ID, Marker)
		}
	}
	return nil
}

// Disc is what stands on the job's disc when it is put into the drive. ask is
// 8 lower-case hex digits and new for each time a disc is put in, so that an
// answer can be told from the answer to an earlier question.
func (j Job) Disc(ask string) []File {
	then, resume := j.Then, j.Resume
	if then == "" {
		then = ThenNone
	}
	if resume == "" {
		resume = ResumeRun
	}
	root := 0
	for _, f := range j.Files {
		if !strings.Contains(f.Path, "/") {
			root++
		}
	}
	// "end" tells the runner that it has read the whole file, and "files" that
	// it has copied the whole root: reads fail for a moment after a disc change.
	marker := fmt.Sprintf("id=%s\nask=%s\nthen=%s\nresume=%s\nfiles=%d\nend=%s\n",
		j.ID, ask, then, resume, root, j.ID)
	return append([]File{Text(Marker, marker)}, j.Files...)
}

// PowerOff is a job that shuts the machine down in order and turns it off. It
// needs no script, so it is the same for every system.
func PowerOff(_ labs.OS, id string) Job {
	return Job{ID: id, Then: ThenPowerOff, Resume: ResumeProof}
}
