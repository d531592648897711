package output

import (
	"errors"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/windows"
)

// mark is a file that a run keeps open, shared with nobody, in its temporary folder. The system closes it with the process.
const mark = ".alive"

// lock marks a folder as one whose run is alive. unlock removes the mark, may be called twice and is never nil.
func lock(path string) (unlock func(), s state) { return openMark(path, windows.CREATE_NEW) }

// seize is lock for a folder that another run made. A folder without a mark tells nothing: its run may be about to publish it.
func seize(path string) (unlock func(), s state) { return openMark(path, windows.OPEN_EXISTING) }

func openMark(folder string, how uint32) (unlock func(), s state) {
	path := filepath.Join(folder, mark)
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return func() {}, unknown
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, how, windows.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case err == nil:
		var once sync.Once
		return func() {
			once.Do(func() {
				windows.CloseHandle(handle)
				os.Remove(path)
			})
		}, held
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION), errors.Is(err, windows.ERROR_FILE_EXISTS):
		return func() {}, busy
	}
	return func() {}, unknown
}

// unmark removes what the lock left inside the folder, before it is published.
func unmark(unlock func()) { unlock() }

// syncFolder does nothing: the system writes a folder's entries through its journal and opens no folder for flushing.
func syncFolder(string) error { return nil }
