//go:build unix

package verify

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestLinksAndPipesAreNotOpened(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(dir string) error
		want   string
	}{
		"a link to a file outside": {func(dir string) error { return os.Symlink(outside, filepath.Join(dir, "data", "x.csv")) }, "data/x.csv: a symbolic link stands in the package [not-a-file]"},
		"a link in a file's place": {func(dir string) error {
			at := filepath.Join(dir, "data", "fleet.csv")
			if err := os.Rename(at, filepath.Join(dir, "fleet.csv")); err != nil {
				return err
			}
			return os.Symlink("../fleet.csv", at)
		}, "data/fleet.csv: a symbolic link stands in the package [not-a-file]"},
		"a link to a folder": {func(dir string) error { return os.Symlink(filepath.Dir(outside), filepath.Join(dir, "more")) }, "more: a symbolic link stands in the package [not-a-file]"},
		"a link to itself":   {func(dir string) error { return os.Symlink("loop", filepath.Join(dir, "loop")) }, "loop: a symbolic link stands in the package [not-a-file]"},
		"a pipe":             {func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666) }, "pipe: a named pipe stands in the package [not-a-file]"},
		"a pipe in a file's place": {func(dir string) error {
			at := filepath.Join(dir, "datapackage.json")
			if err := os.Remove(at); err != nil {
				return err
			}
			return syscall.Mkfifo(at, 0o666)
		}, "datapackage.json: a named pipe stands in the package [not-a-file]"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := open(t)
			if err := tc.change(dir); err != nil {
				t.Fatal(err)
			}
			if got, _ := findings(t, dir, Options{}); !strings.Contains(got, tc.want) {
				t.Errorf("found:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// A pipe that takes a file's place after the listing does not make anybody wait.
func TestAPipeInTheLastMomentDoesNotHang(t *testing.T) {
	dir := open(t)
	var o Options
	o.opened = func(name string) {
		if at := filepath.Join(dir, "data", "fleet.csv"); name == "README.md" {
			if err := os.Remove(at); err != nil {
				t.Error(err)
			}
			if err := syscall.Mkfifo(at, 0o666); err != nil {
				t.Error(err)
			}
		}
	}
	if got, _ := findings(t, dir, o); !strings.Contains(got, "data/fleet.csv: another file took its place while the package was verified [changed-while-read]") {
		t.Errorf("found:\n%s", got)
	}
}
