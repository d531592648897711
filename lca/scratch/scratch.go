// Package scratch holds what does not fit in memory in files that leave nothing behind, whatever happens to the program.
package scratch

import (
	"fmt"
	"os"
)

// File is a temporary file, open for reading and writing. Where the system keeps open files that have no name, it has none from the start and is gone with
// the process; elsewhere Close removes it.
type File struct {
	*os.File
	named bool
}

// Create makes a file in a folder, or in the system's for temporary files where dir is empty.
func Create(dir string) (*File, error) {
	f, err := os.CreateTemp(dir, "ailca-*.tmp")
	if err != nil {
		return nil, fmt.Errorf("room for what does not fit in memory: %w", err)
	}
	return &File{File: f, named: os.Remove(f.Name()) != nil}, nil
}

// Close closes the file and removes it.
func (f *File) Close() error {
	err := f.File.Close()
	if f.named {
		if e := os.Remove(f.Name()); err == nil {
			err = e
		}
	}
	return err
}
