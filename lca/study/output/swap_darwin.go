package output

import (
	"errors"

	"golang.org/x/sys/unix"
)

// exchange gives each of two existing files the other's name, in one step. It reports errNoSwap where the file system cannot.
func exchange(a, b string) error {
	err := unix.RenamexNp(a, b, unix.RENAME_SWAP)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) {
		return errNoSwap
	}
	return err
}
