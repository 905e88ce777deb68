#!/bin/sh
# Run a Windows program in the stand-in's own Wine on this host, without a virtual machine.
#
#   wine.sh MACHINE PROGRAM [ARGUMENT...]     run it and return its exit code
#   wine.sh MACHINE -k                        end everything that runs in MACHINE
#   wine.sh MACHINE -w                        wait until nothing runs in MACHINE
#
# MACHINE is a folder that stands for one Windows machine; it is made on first use:
#   MACHINE/prefix/drive_c      its C:
#   MACHINE/a d e f g h         where present, its drives A: D: E: F: G: H:
#   MACHINE/com1                where present, its COM1: a file, or a link to a /dev/pts entry
#
# Wine's background processes keep standard output open after the program has ended: redirect it to a file, never
# to a pipe that is read to its end, and finish each MACHINE with -k.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
built=${STANDIN_BUILD:-$here/../../build/standin}

if [ "${1:-}" != --inside ]; then
	[ $# -ge 2 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }
	[ -d "$built/wine-root" ] || { echo "wine.sh: no Wine in $built: run e2e/standin/build.sh wine" >&2; exit 1; }
	built=$(cd "$built" && pwd)
	mkdir -p "$1"
	machine=$(cd "$1" && pwd)
	shift
	if [ -d "$built/wine-prefix" ]; then # not yet there when build.sh makes it
		[ -d "$machine/prefix" ] || cp -a "$built/wine-prefix" "$machine/prefix"
		for drive in a d e f g h; do
			rm -f "$machine/prefix/dosdevices/$drive:"
			[ ! -e "$machine/$drive" ] || ln -s "../../$drive" "$machine/prefix/dosdevices/$drive:"
		done
		ln -sfn /machine/com1 "$machine/prefix/dosdevices/com1"
	fi
	map=
	[ "$(id -u)" = 0 ] || map=--map-root-user
	exec unshare $map --mount --propagation private "$0" --inside "$built/wine-root" "$machine" "$@"
fi

root=$2 machine=$3
shift 3
mkdir -p "$root/machine"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$machine" "$root/machine"
program=wine
case $1 in -k | -w) program=wineserver ;; esac
exec chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/lib/wine:/usr/bin WINEPREFIX=/machine/prefix \
	WINEDEBUG="${WINEDEBUG:--all}" WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=d' \
	sh -c 'cd /machine/prefix/drive_c 2>/dev/null || cd /; exec "$@"' sh "$program" "$@"
