#!/bin/bash
# Every test, real libvirt and QEMU included; cleans up after itself. Usage: test.sh [PACKAGE or flag of go test ...],
# default ./...; TAGS are its build tags.
set -euo pipefail
cd "$(dirname "$0")/.."

# What this run starts is its own to end; what was running stays.
export PREPARED=/run/doublehop/prepared-test
trap 'e2e/prepare-host stop' EXIT

e2e/prepare-host
e2e/discs.sh
go=$(command -v go || cat build/go)

# objects lists what libvirt holds of ours.
objects() {
	virsh -q -c qemu:///system list --all --name
	virsh -q -c qemu:///system net-list --all --name
	virsh -q -c qemu:///system nwfilter-list | awk '{print $2}'
}
ours() { objects | grep -E '^dh' | sort -u || true; }

before=$(ours)
code=0
E2E_STRICT=1 "$go" test -tags "${TAGS:-libvirt_dlopen}" -timeout 60m "${@:-./...}" || code=$?
left=$(comm -13 <(printf '%s\n' "$before") <(ours))
if [ -n "$left" ]; then
	printf 'test: these were left behind:\n%s\n' "$left" >&2
	code=1
fi
exit "$code"
