#!/bin/bash
# Build the stand-in discs. Usage: build.sh [TARGET] [FOLDER]
#
#   TARGET  discs (default): both discs; wine: only what wine.sh needs; clean: forget everything that was built
#   FOLDER  where to build, default build/standin at the root of the repository
#
# Each stage is skipped when what it is made from is what it was made from last time (FOLDER/keys), so a second run takes no
# time and an edited program costs seconds. REFRESH=1 asks the Debian mirror for newer packages.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
target=${1:-discs}
out=${2:-$here/../../build/standin}
mkdir -p "$out/keys"
out=$(cd "$out" && pwd)

GUEST_RELEASE=trixie    # Wine 10: its cmd gives right results where Wine 8's does not
KERNEL_RELEASE=bookworm # the last Debian release with a kernel for i686

for part in debs wine guest kernel platform; do
	# shellcheck source=/dev/null
	. "$here/build/$part.sh"
done

say() { printf 'stand-in: %s\n' "$*" >&2; }

# listed KIND prints the packages of one kind.
listed() { sed -n "s/^$1 //p" "$here/packages.txt"; }

# stage NAME INPUT... -- COMMAND runs COMMAND unless NAME was last made from the same INPUTs (files, folders or words).
stage() {
	local name=$1 inputs=() key
	shift
	while [ "$1" != -- ]; do
		inputs+=("$1")
		shift
	done
	shift
	key=$(digest "${inputs[@]}")
	if [ "$(cat "$out/keys/$name" 2>/dev/null)" = "$key" ]; then
		return
	fi
	say "$name"
	rm -f "$out/keys/$name"
	local began=$SECONDS
	"$@"
	say "$name took $((SECONDS - began)) s"
	printf '%s\n' "$key" >"$out/keys/$name"
}

# digest prints one digest over files (their contents), folders (every file in them but tests) and plain words.
digest() {
	local input
	for input in "$@"; do
		if [ -d "$input" ]; then
			(cd "$input" && find . -type f ! -name '*_test.go' ! -path '*/testdata/*' -print0 | LC_ALL=C sort -z | xargs -0r sha256sum)
		elif [ -f "$input" ]; then
			sha256sum <"$input"
		else
			printf '%s\n' "$input"
		fi
	done | sha256sum | cut -c1-64
}

wine() {
	stage debs "$here/packages.txt" "$here/build/debs.sh" "$GUEST_RELEASE" "$KERNEL_RELEASE" "${REFRESH:+$(date +%s)}" -- fetch_debs
	stage wine-root "$out/keys/debs" "$here/build/wine.sh" -- make_wine_root
	stage wine-prefix "$out/keys/wine-root" "$here/build/wine.sh" -- make_wine_prefix
}

discs() {
	wine
	stage guest-wine "$out/keys/wine-prefix" "$here/build/guest.sh" "$here/guest-files.txt" -- make_guest_wine
	stage kernel "$out/keys/debs" "$here/build/kernel.sh" "$here/kernel" -- make_kernel
	stage platform-programs "$here/platform" "$here/build/platform.sh" "$out/keys/kernel" -- make_platform_programs
	stage programs "$here/programs" "$here/../../go.mod" -- "$here/programs/build-programs.sh" "$out/programs"
	stage guest-image "$out/keys/guest-wine" "$out/keys/platform-programs" "$out/keys/programs" "$here/build/platform.sh" -- make_guest_image
	stage windows-cds "$out/keys/guest-image" "$here/cd" "$here/build/platform.sh" -- make_windows_cds
	ln -f "$out"/programs/*.iso "$out/"
}

case $target in
wine) wine ;;
discs) discs ;;
clean) rm -rf "$out" ;;
*)
	say "no such target: $target"
	exit 2
	;;
esac
