package study

import (
	"bytes"
	"os"
	"strconv"
)

// peakMemory is the most bytes that the process had in memory, 0 where that is not known. Linux's getrusage does not serve: it counts what ran in the
// process before this program did.
func peakMemory() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte(" kB\n"))
	kib, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}
