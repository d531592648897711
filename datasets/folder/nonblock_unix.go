//go:build unix

package folder

import "syscall"

// NonBlocking is what a file is opened with, so that a named pipe that took its place does not make anybody wait.
const NonBlocking = syscall.O_NONBLOCK
