package winnt

import (
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/platform/inf"
	"github.com/doublehop/doublehop/e2e/standin/platform/release"
)

// textPages are the pages of the text mode in their order.
func textPages(of release.Release) []page {
	const title, press = "Welcome to Setup.", "To set up Windows now, press ENTER."
	return []page{
		{Question{title, press, "A:\\WINNT.SIF has no [Data] section: Setup ignores the file."}, has("Data")},
		{Question{title, press, "[Data] UnattendedInstall is not Yes."}, is("Data", "UnattendedInstall", "Yes")},
		{Question{title, press, "A:\\WINNT.SIF has no [Unattended] section: Setup ignores the file."}, has("Unattended")},
		{
			Question{title, press, "[Unattended] UnattendMode is not FullUnattended or DefaultHide."},
			is("Unattended", "UnattendMode", "FullUnattended", "DefaultHide"),
		},
		{Question{
			"Setup cannot find a set of local source files.", "To quit Setup, press F3.",
			"[Data] MsDosInitiated is not 0: Setup started from CD has no local sources.",
		}, is("Data", "MsDosInitiated", "0", "No")},
		{
			Question{"Windows Licensing Agreement", "F8=I agree  ESC=I do not agree", "[Unattended] OemSkipEula is not Yes."},
			is("Unattended", "OemSkipEula", "Yes"),
		},
		{Question{
			"Setup could not find the $OEM$ folder on the CD.", "To quit Setup, press F3.",
			"[Unattended] OemPreinstall is not No, and this CD has no $OEM$ folder.",
		}, isOrAbsent("OemPreinstall", "No")},
		{Question{
			"The following list shows the existing partitions and unpartitioned space.",
			"To set up Windows on the selected item, press ENTER.", "[Data] AutoPartition is not 1.",
		}, is("Data", "AutoPartition", "1")},
		{
			Question{
				"The following list shows the existing partitions and unpartitioned space.",
				"To set up Windows on the selected item, press ENTER.", "[Unattended] Repartition is neither Yes nor No.",
			},
			isOrAbsent("Repartition", "Yes", "No"),
		},
		{
			Question{
				"The partition you selected is unformatted.", "Format the partition using the NTFS file system.",
				"[Unattended] FileSystem is neither ConvertNTFS, LeaveAlone nor *.",
			},
			isOrAbsent("FileSystem", "ConvertNTFS", "LeaveAlone", "*"),
		},
		{
			Question{
				"Setup installs Windows files onto your hard disk.", "Location: \\",
				"[Unattended] TargetPath is not " + of.Folder + ", the only folder the stand-in knows.",
			},
			isOrAbsent("TargetPath", of.Folder, "*"),
		},
	}
}

// Repartition reports whether an answer file lets Setup erase a disk that has partitions.
func Repartition(text []byte) bool {
	f, err := inf.Parse(text)
	return err == nil && f.Is("Unattended", "Repartition", "Yes")
}

func has(section string) func(*inf.File) bool {
	return func(f *inf.File) bool { return f.Has(section) }
}

func is(section, key string, wanted ...string) func(*inf.File) bool {
	return func(f *inf.File) bool {
		value, ok := f.Value(section, key)
		return ok && slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, value) })
	}
}

// isOrAbsent is is for a key of [Unattended] that has a default.
func isOrAbsent(key string, wanted ...string) func(*inf.File) bool {
	return func(f *inf.File) bool {
		_, ok := f.Value("Unattended", key)
		return !ok || is("Unattended", key, wanted...)(f)
	}
}
