//go:build unix

package verify

import "syscall"

const nonBlocking = syscall.O_NONBLOCK
