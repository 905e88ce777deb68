#!/bin/sh
# Build the stand-in programs: build-programs.sh OUT
#   OUT/system32/   programs for C:\WINDOWS\system32     OUT/support/netdom.exe  for SUPPORT.CAB
#   OUT/later/      programs for system32 of Windows 2008 and later
#   OUT/standind    the daemon (Linux i386, static)      OUT/exchange2003-standin.iso
#   OUT/overrides.txt  those of system32/ that Wine has too: "native,builtin" in HKCU\Software\Wine\DllOverrides
# Wants i686-w64-mingw32-gcc, go and xorriso. It writes nothing outside OUT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: build-programs.sh OUT}
mkdir -p "$out"
out=$(cd "$out" && pwd)
SOURCE_DATE_EPOCH=1064880000 # 2003-09-30: the same bytes on every build
export SOURCE_DATE_EPOCH

rm -rf "$out/system32" "$out/support" "$out/later" "$out/disc"
mkdir -p "$out/system32" "$out/support" "$out/later"
i686-w64-mingw32-gcc -Os -s -Wall -Wextra -Wl,--no-insert-timestamp -o "$out/shim.exe" "$here/shim/shim.c"
for name in net.exe net1.exe sc.exe shutdown.exe dcpromo.exe ldifde.exe netsh.exe mode.com expand.exe sysocmgr.exe sync.exe attack.exe; do
	cp "$out/shim.exe" "$out/system32/$name"
done
i686-w64-mingw32-gcc -Os -s -Wall -Wextra -Wl,--no-insert-timestamp -o "$out/system32/find.exe" "$here/shim/find.c"
i686-w64-mingw32-gcc -Os -s -Wall -Wextra -Wl,--no-insert-timestamp -o "$out/system32/standsvc.exe" "$here/shim/service.c"
cp "$out/shim.exe" "$out/support/netdom.exe"
cp "$out/shim.exe" "$out/later/powershell.exe"
printf '%s\n' expand.exe find.exe net.exe netsh.exe powershell.exe sc.exe shutdown.exe >"$out/overrides.txt"

(cd "$here" && CGO_ENABLED=0 GOOS=linux GOARCH=386 GO386=softfloat \
	go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$out/standind" ./standind)

disc=$out/disc
mkdir -p "$disc/SETUP/I386/EXCHANGE/BIN" "$disc/ADC/I386" "$disc/EXDEPLOY" "$disc/SUPPORT/UTILS/I386" "$disc/DOCS"
cp "$out/shim.exe" "$disc/SETUP/I386/SETUP.EXE"
said='This is a stand-in made for testing Doublehop. It is not Microsoft Exchange and holds no file of it.'
for file in README.TXT SETUP/I386/EXCHANGE/README.TXT SETUP/I386/EXCHANGE/BIN/README.TXT ADC/I386/README.TXT EXDEPLOY/EXDEPLOY.TXT SUPPORT/UTILS/I386/README.TXT DOCS/README.TXT; do
	printf '%s\r\n' "$said" >"$disc/$file"
done
find "$disc" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
rm -f "$out/exchange2003-standin.iso"
xorriso -as mkisofs -quiet -iso-level 1 -V EXCH2003_SI -sysid '' -publisher 'DOUBLEHOP STAND-IN' \
	-o "$out/exchange2003-standin.iso" "$disc" 2>"$out/xorriso.log" || { cat "$out/xorriso.log" >&2; exit 1; }
rm -rf "$disc" "$out/xorriso.log" "$out/shim.exe"
