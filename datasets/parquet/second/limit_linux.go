package second

import (
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// limitMemory has the system refuse this process more address space than it has now and so many bytes: an allocation beyond ends it. What Go has reserved without
// using it counts, hence the sum.
func limitMemory(memory int64) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return // watch is left
	}
	pages, _, _ := bytes.Cut(text, []byte(" "))
	n, err := strconv.ParseInt(string(pages), 10, 64)
	if err != nil {
		return
	}
	limit := uint64(n*int64(os.Getpagesize()) + memory)
	unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: limit, Max: limit})
}
