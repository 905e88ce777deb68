#!/bin/bash
# The demo: from nothing to a lab of two servers, back to a checkpoint, and to nothing again. It narrates what it does.
set -euo pipefail
cd "$(dirname "$0")/.."

lab=labs/demo
instance=(-f "$lab" ${DEMO_NAME:+--name "$DEMO_NAME"})
began=$SECONDS

say() { printf '\n== %s\n' "$*" | fold -s -w 100 >&2; }
clock() { printf '   (%d:%02d so far)\n' $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)) >&2; }

# run shows a command as one would type it, and does it.
run() {
	local word
	printf '\n$ bin/doublehop' >&2
	for word in "$@"; do
		if [[ $word =~ ^[a-zA-Z0-9_./:=@-]+$ ]]; then printf ' %s' "$word"; else printf " '%s'" "$word"; fi
	done >&2
	printf '\n' >&2
	"${doublehop[@]}" "$@"
}

failed() {
	printf '\nThe demo stopped here. What was built is kept: "make demo" goes on, and this clears it away:\n' >&2
	printf '  bin/doublehop destroy %s -y\n' "${instance[*]}" >&2
}
trap failed ERR

say "This host: packages, libvirt and QEMU, /dev/kvm. What is there already is left as it is."
e2e/prepare-host

say "The program, and the stand-in discs: a small Linux with Wine that behaves as Windows Setup and Exchange Setup do."
make -s build &
build=$!
e2e/discs.sh
wait "$build"
clock

# A person who is not in the group libvirt yet runs the program with sudo.
doublehop=(bin/doublehop)
if [ "$(id -u)" != 0 ] && ! virsh -q -c qemu:///system version >/dev/null 2>&1; then
	doublehop=(sudo -E bin/doublehop)
fi

say "Is the host ready, and is the lab right? Neither needs a machine."
run doctor "$lab"
run validate "$lab"

say "What would be done, and why."
run plan "${instance[@]}"

say "Build it: blank disks, Windows Setup from the disc, a domain controller, ForestPrep, DomainPrep, Exchange." \
	"After each stage the whole lab has a checkpoint. Ctrl-C is fine at any moment: the same command goes on."
run up "${instance[@]}" -y
clock

say "What exists now, and that nothing leads out of its network."
run status "${instance[@]}"
run verify "${instance[@]}"

say "Break something inside a guest; there is no network to it, the command goes by a disc and a serial line."
run exec "${instance[@]}" dc01 'echo this should not be here>C:\BROKEN.TXT'
run exec "${instance[@]}" dc01 'type C:\BROKEN.TXT'

say "Take the whole lab back to its checkpoint, and look again."
run revert "${instance[@]}" -y
run exec "${instance[@]}" dc01 'if exist C:\BROKEN.TXT (echo still there) else (echo gone)' | tee build/demo.out
grep -q '^gone' build/demo.out || {
	echo "The file outlived the revert." >&2
	false
}
clock

say "Away with it. The checkpoints stay, so that the next up only starts the machines."
run destroy "${instance[@]}" -y
clock

cat >&2 <<END

Done. What to look at next:
  $lab/                 the lab file that this was
  labs/exchange-2003/        one for discs of your own
  docs/tutorial/first-lab.md the same, step by step, to do yourself
  docs/README.md             all documentation
  bin/doublehop logs -f $lab   what happened in the last run
To forget the checkpoints and the copies of the discs too:
  bin/doublehop destroy -f $lab --checkpoints -y && bin/doublehop prune --media
END
