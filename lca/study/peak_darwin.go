package study

import "syscall"

// peakMemory is the most bytes that the process had in memory, 0 where that is not known.
func peakMemory() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Maxrss
}
