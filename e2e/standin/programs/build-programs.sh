#!/bin/sh
# Build the stand-in programs: build-programs.sh OUT
#   OUT/system32/   programs and wbem\wbemdisp.dll for C:\WINDOWS\system32     OUT/support/netdom.exe  for SUPPORT.CAB
#   OUT/adprep/     adprep.exe and adprep32.exe for the Windows discs
#   OUT/later/      programs for system32 of Windows 2008 and later
#   OUT/winnt32.exe  for I386 of the Windows discs
#   OUT/standind    the daemon (Linux i386, static)      OUT/exchange-*.iso  and exchange2003-standin.iso
#   OUT/overrides.txt  those of system32/ that Wine has too: "native,builtin" in HKCU\Software\Wine\DllOverrides
# Wants i686-w64-mingw32-gcc, go and xorriso. It writes nothing outside OUT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build-programs.sh OUT}
mkdir -p "$out"
out=$(cd "$out" && pwd)
SOURCE_DATE_EPOCH=1064880000 # 2003-09-30: the same bytes on every build
export SOURCE_DATE_EPOCH

rm -rf "$out/system32" "$out/support" "$out/adprep" "$out/later"
mkdir -p "$out/system32/wbem" "$out/support" "$out/adprep" "$out/later"
i686-w64-mingw32-gcc -Os -s -Wall -Wextra -Wl,--no-insert-timestamp -o "$out/shim.exe" "$here/shim/shim.c"
for name in net.exe net1.exe sc.exe shutdown.exe wmic.exe dcpromo.exe ldifde.exe netsh.exe mode.com expand.exe sysocmgr.exe winmgmt.exe ntdsutil.exe sync.exe attack.exe; do
	cp "$out/shim.exe" "$out/system32/$name"
done
i686-w64-mingw32-gcc -Os -s -Wall -Wextra -Wl,--no-insert-timestamp -o "$out/system32/find.exe" "$here/shim/find.c"
i686-w64-mingw32-gcc -shared -Os -s -Wall -Wextra -Wl,--no-insert-timestamp -Wl,--kill-at -o "$out/system32/wbem/wbemdisp.dll" \
	"$here/shim/wbemdisp.c" -lole32 -loleaut32 -luuid
cp "$out/shim.exe" "$out/support/netdom.exe"
for name in adprep.exe adprep32.exe; do
	cp "$out/shim.exe" "$out/adprep/$name"
done
cp "$out/shim.exe" "$out/winnt32.exe"
for name in powershell.exe servermanagercmd.exe msiexec.exe; do
	cp "$out/shim.exe" "$out/later/$name"
done
printf '%s\n' expand.exe find.exe msiexec.exe net.exe netsh.exe powershell.exe sc.exe shutdown.exe wbemdisp wmic.exe >"$out/overrides.txt"

(cd "$here" && CGO_ENABLED=0 GOOS=linux GOARCH=386 GO386=softfloat \
	go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$out/standind" ./standind)

# versioned RELEASE VERSION FILE links a program with a version resource: programs of Exchange are told by theirs. Those
# of Exchange 2000 and 2003 show a wizard, with the shim beside them; others are the shim.
versioned() {
	printf '1 VERSIONINFO\nFILEVERSION %s\nPRODUCTVERSION %s\nBEGIN\nEND\n' "$(echo "$2" | tr . ,)" "$(echo "$2" | tr . ,)" |
		i686-w64-mingw32-windres -O coff -o "$out/version.o"
	case $1 in
	exchange-2000* | exchange-2003*)
		year=$(echo "$1" | cut -c 10-13)
		i686-w64-mingw32-gcc -Os -s -Wall -Wextra -mwindows "-DYEAR=$year" -Wl,--no-insert-timestamp -o "$3" "$here/shim/wizard.c" "$out/version.o"
		cp "$out/shim.exe" "$(echo "$3" | sed 's/E*\.EXE$/COR.EXE/')"
		;;
	*) i686-w64-mingw32-gcc -Os -s -Wall -Wextra -Wl,--no-insert-timestamp -o "$3" "$here/shim/shim.c" "$out/version.o" ;;
	esac
	rm "$out/version.o"
}

said='This is a stand-in made for testing Doublehop. It is not Microsoft Exchange and holds no file of it.'

# disc RELEASE VERSION LABEL FILE... makes FILE.iso of the files and folders (with a slash at the end) that a disc of a release has.
disc() {
	release=$1 version=$2 label=$3 tree=$out/disc
	shift 3
	rm -rf "$tree"
	mkdir -p "$tree"
	printf '%s\r\n' "$release" >"$tree/EXCHANGE.ID"
	printf '%s\r\n' "$said" >"$tree/README.TXT"
	for file in "$@"; do
		mkdir -p "$tree/$(dirname "$file/.")"
		case $file in
		*/) printf '%s\r\n' "$said" >"$tree/${file}README.TXT" ;;
		*.EXE | *.COM | *.MSP) rmdir "$tree/$file" && versioned "$release" "$version" "$tree/$file" ;;
		*) rmdir "$tree/$file" && printf '%s\r\n' "$said" >"$tree/$file" ;;
		esac
	done
	find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	rm -f "$out/$release.iso"
	xorriso -as mkisofs -quiet -iso-level 2 -relaxed-filenames -V "$label" -sysid '' -publisher 'DOUBLEHOP STAND-IN' \
		-o "$out/$release.iso" "$tree" 2>"$out/xorriso.log" || { cat "$out/xorriso.log" >&2; exit 1; }
	rm -rf "$tree" "$out/xorriso.log"
}

setup=SETUP/I386
early="$setup/EXCHANGE/ $setup/EXCHANGE/BIN/ ADC/I386/ SUPPORT/UTILS/I386/ DOCS/"
recent='SETUP.EXE SETUP.COM SETUP/SERVERROLES/ SETUP/SERVERROLES/COMMON/EXSETUP.EXE'
# shellcheck disable=SC2086 # lists of files
{
	disc exchange-2000 6.0.4417.5 EXCH2000_SI "$setup/SETUP.EXE" $early
	disc exchange-2000-sp3 6.0.6249.4 EXCH2000SP3_SI "$setup/UPDATE.EXE" $early
	disc exchange-2003 6.5.6944.69 EXCH2003_SI "$setup/SETUP.EXE" EXDEPLOY/ $early
	disc exchange-2003-sp2 6.5.7638.1 EXCH2003SP2_SI "$setup/SETUP.EXE" "$setup/UPDATE.EXE" EXDEPLOY/ $early
	disc exchange-2010-sp3 14.3.123.4 EXCH2010SP3_SI $recent
	disc exchange-2013-cu23 15.0.1497.2 EXCH2013CU23_SI $recent
	disc exchange-2016-cu23 15.1.2507.6 EXCH2016CU23_SI $recent
	disc exchange-2010-sp3-ru8 14.3.224.2 EXCH2010RU8_SI EXCHANGE2010-KB2986475-X64-EN.MSP
	disc exchange-2010-sp3-ru11 14.3.266.2 EXCH2010RU11_SI EXCHANGE2010-KB3078674-X64-EN.MSP
}
ln -f "$out/exchange-2003.iso" "$out/exchange2003-standin.iso"
rm -f "$out/shim.exe"
