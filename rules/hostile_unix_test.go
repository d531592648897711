//go:build unix

package rules

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
)

// fence ends a child that takes ten times what it may, so that it takes nobody else's time and memory.
func fence() {
	for resource, most := range map[int]uint64{syscall.RLIMIT_AS: 2 << 30, syscall.RLIMIT_CPU: 10} {
		syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most})
	}
}

// peakKiB is the greatest memory that this process had so far, in KiB; 0 where the system does not tell. It is read by the process itself:
// what a parent is told of its child includes the parent's own at the time of the fork.
func peakKiB() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, found := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(after)
	if !found || len(fields) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(string(fields[0]))
	return n
}
