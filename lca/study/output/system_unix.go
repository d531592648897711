//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package output

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// lock marks a folder as one whose run is alive, by an advisory lock on the folder itself: it follows the folder through a rename,
// is gone with the process, and leaves nothing in the result. unlock may be called twice and is never nil.
func lock(path string) (unlock func(), s state) {
	folder, err := os.Open(path)
	if err != nil {
		return func() {}, unknown
	}
	unlock = func() { folder.Close() }
	for {
		err = unix.Flock(int(folder.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return unlock, held
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EWOULDBLOCK):
			folder.Close()
			return unlock, busy
		}
		folder.Close()
		return unlock, unknown // some network file systems lock no folders
	}
}

// seize is lock for a folder that another run made.
func seize(path string) (unlock func(), s state) { return lock(path) }

// unmark removes what the lock left inside the folder, before it is published.
func unmark(func()) {}

// syncFolder brings a folder's entries to the disk, where the file system can.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
