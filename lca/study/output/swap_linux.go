package output

import (
	"errors"

	"golang.org/x/sys/unix"
)

// exchange gives each of two existing files the other's name, in one step. It reports errNoSwap where the kernel (before 3.15) or the
// file system cannot.
func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EPERM) {
		return errNoSwap
	}
	return err
}
