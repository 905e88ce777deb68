#!/bin/bash
# How fast it is: the Go benchmarks, then one run beside virsh and qemu-img, as ratios.
set -euo pipefail
cd "$(dirname "$0")/.."

export PREPARED=/run/doublehop/prepared-bench
trap 'e2e/prepare-host stop' EXIT

e2e/prepare-host
e2e/discs.sh
go=$(command -v go || cat build/go)

"$go" test -tags libvirt_dlopen -run '^$' -bench . -benchmem ./... | grep -v -e '^?' -e 'no test files' -e '^PASS$'
echo
"$go" run -tags libvirt_dlopen ./e2e/bench "$@"
