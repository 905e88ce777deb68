package main

import (
	"os"
	"syscall"
)

// memory is the largest resident set of a process that ended, in bytes; Linux
// counts it in KiB.
func memory(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}
