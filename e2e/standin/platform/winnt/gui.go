package winnt

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/platform/inf"
	"github.com/doublehop/doublehop/e2e/standin/platform/release"
)

// session is the graphical part of Setup: each page takes its answers from the file.
type session struct {
	*inf.File
	release release.Release
	answers Answers
}

// stop is the page, and why Setup stands there.
func stop(title, text, because string, args ...any) *Question {
	return &Question{title, text, fmt.Sprintf(because, args...)}
}

func (s *session) regional() *Question {
	if !s.Is("GuiUnattended", "OEMSkipRegional", "1") {
		return stop("Regional and Language Options", "You can customize Windows for different regions and languages.",
			"[GuiUnattended] OEMSkipRegional is not 1.")
	}
	return nil
}

func (s *session) personal() *Question {
	if s.answers.Owner, _ = s.Value("UserData", "FullName"); s.answers.Owner == "" {
		return stop("Personalize Your Software", "Type your full name and the name of your company or organization.",
			"[UserData] FullName is missing.")
	}
	return nil
}

// keyForm is a product key's: 24 letters and digits that cannot be mistaken for one another.
var keyForm = regexp.MustCompile(`^([BCDFGHJKMPQRTVWXY2346789]{5}-){4}[BCDFGHJKMPQRTVWXY2346789]{5}$`)

// StandInKey reports whether a product key is one of the stand-in's own. These
// repeat one group five times: no key that Microsoft ever printed is among them,
// and any other key is refused.
func StandInKey(key string) bool {
	return keyForm.MatchString(key) && key == strings.Repeat(key[:5]+"-", 4)+key[:5]
}

func (s *session) key() *Question {
	const title, text = "Your Product Key", "Type the Product Key in the spaces below: _____ - _____ - _____ - _____ - _____"
	name := "ProductKey"
	if s.release.Is2000() { // the name was another before Windows XP
		name = "ProductID"
	}
	key, ok := s.Value("UserData", name)
	switch {
	case !ok || key == "":
		return stop(title, text, "The unattended answer file has no %s in [UserData].", name)
	case !keyForm.MatchString(key):
		return stop(title, text, "The unattended answer file contains an invalid product ID: the key is not five groups of five.")
	case !StandInKey(key):
		return stop(title, text, "The unattended answer file contains an invalid product ID. "+
			"This stand-in takes only keys that repeat one group five times.")
	}
	digest := sha256.Sum256([]byte(key))
	s.answers.KeyDigest = hex.EncodeToString(digest[:])
	return nil
}

func (s *session) licensing() *Question {
	const title, text = "Licensing Modes", "Select the licensing mode you want to use: Per server or Per Device or Per User."
	mode, _ := s.Value("LicenseFilePrintData", "AutoMode")
	users, _ := s.Value("LicenseFilePrintData", "AutoUsers")
	number, err := strconv.Atoi(users)
	switch {
	case strings.EqualFold(mode, "PerSeat"):
		return nil
	case !strings.EqualFold(mode, "PerServer"):
		return stop(title, text, "[LicenseFilePrintData] AutoMode is neither PerServer nor PerSeat.")
	case err != nil || number < 1 || number > 9999:
		return stop(title, text, "[LicenseFilePrintData] AutoUsers is not 1 to 9999.")
	}
	return nil
}

var computerForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?$`)

func (s *session) name() *Question {
	const title, text = "Computer Name and Administrator Password",
		"You must provide a name and an Administrator password for your computer."
	a := &s.answers
	name, _ := s.Value("UserData", "ComputerName")
	if name == "*" {
		name = "STANDIN"
	}
	password, ok := s.Value("GuiUnattended", "AdminPassword")
	switch {
	case !computerForm.MatchString(name):
		return stop(title, text, "[UserData] ComputerName %q is not 1 to 15 letters, digits and hyphens.", name)
	case strings.Trim(name, "0123456789") == "":
		return stop(title, text, "[UserData] ComputerName %q is a number.", name)
	case !ok || password == "":
		return stop(title, text, "[GuiUnattended] AdminPassword is missing.")
	case len(password) > 127:
		return stop(title, text, "[GuiUnattended] AdminPassword is longer than 127 characters.")
	case s.Is("GuiUnattended", "EncryptedAdminPassword", "Yes"):
		return stop(title, text, "[GuiUnattended] EncryptedAdminPassword=Yes: the stand-in cannot read an encrypted password.")
	}
	a.Computer = strings.ToUpper(name)
	if password != "*" { // a star is the empty password, with which there is no autologon (KB221477)
		a.Password = password
	}
	return s.autologon()
}

func (s *session) autologon() *Question {
	if !s.Is("GuiUnattended", "AutoLogon", "Yes") || s.answers.Password == "" {
		return nil
	}
	s.answers.Autologon = 1
	count, ok := s.Value("GuiUnattended", "AutoLogonCount")
	if !ok {
		return nil
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 {
		return stop("Computer Name and Administrator Password", "The unattended answer file is not valid.",
			"[GuiUnattended] AutoLogonCount %q is not a number.", count)
	}
	s.answers.Autologon = n
	return nil
}

func (s *session) date() *Question {
	zone, _ := s.Value("GuiUnattended", "TimeZone")
	if n, err := strconv.Atoi(zone); err != nil || n < 0 || n > 999 {
		return stop("Date and Time Settings", "Set the correct date and time for your Windows computer.",
			"[GuiUnattended] TimeZone is not the number of a time zone.")
	}
	return nil
}

func (s *session) workgroup() *Question {
	s.answers.Workgroup, _ = s.Value("Identification", "JoinWorkgroup")
	if s.answers.Workgroup == "" {
		return stop("Workgroup or Computer Domain", "Do you want this computer to be a member of a domain?",
			"[Identification] JoinWorkgroup is missing; the stand-in cannot join a domain during Setup.")
	}
	return nil
}

func (s *session) components() *Question {
	for _, line := range s.Lines("Components") {
		switch strings.ToLower(line.Values[0]) {
		case "on":
			s.answers.Components = append(s.answers.Components, strings.ToLower(line.Key))
		case "off":
		default:
			return stop("Windows Components", "You can add or remove components of Windows.",
				"[Components] %s is neither On nor Off.", line.Key)
		}
	}
	// TechNet cc755697: the networking components are installed only with netoc.
	if s.Is("NetOptionalComponents", "DNS", "1") && s.Is("Components", "netoc", "On") {
		s.answers.Components = append(s.answers.Components, "dns")
	}
	return nil
}

func (s *session) runOnce() *Question {
	for _, line := range s.Lines("GuiRunOnce") {
		command := line.Values[0]
		if len(line.Values) > 1 || command == "" || len(command) > 260 {
			return stop("Windows Setup", "The unattended answer file is not valid.",
				"[GuiRunOnce] line %d is not one quoted command of at most 260 characters.", line.Number)
		}
		s.answers.RunOnce = append(s.answers.RunOnce, command)
	}
	return nil
}

// ComputerName reports whether Windows takes a name for a computer: 1 to 15 letters, digits and hyphens, not digits alone.
func ComputerName(name string) bool {
	return computerForm.MatchString(name) && strings.Trim(name, "0123456789") != ""
}
