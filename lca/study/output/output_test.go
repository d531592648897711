package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// write makes a file of a folder.
func write(f *Folder, name, text string) error {
	w, err := f.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, text); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

// publish writes a whole small result in which every file says the same generation.
func publish(target, generation string) error {
	f, err := Begin(target)
	if err != nil {
		return err
	}
	defer f.Discard()
	for _, name := range files {
		if err := write(f, name, strings.Repeat(generation+"\n", 2000)); err != nil {
			return err
		}
	}
	return f.Commit()
}

var files = []string{"impacts.parquet", "data/ledger.csv", "data/deep/figure.svg", Marker}

// generation reads a published result; it fails the test where the files are not those of one whole generation.
func generation(t *testing.T, target string) string {
	t.Helper()
	found := ""
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(target, filepath.FromSlash(name)))
		if err != nil {
			t.Fatalf("incomplete result: %v", err)
		}
		g, _, _ := strings.Cut(string(text), "\n")
		if string(text) != strings.Repeat(g+"\n", 2000) {
			t.Fatalf("%s is not whole", name)
		}
		if found != "" && g != found {
			t.Fatalf("%s is of generation %s, others of %s", name, g, found)
		}
		found = g
	}
	return found
}

// alone fails the test where anything but the named entries stands in a folder.
func alone(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, expected %q", got, names)
	}
}

// ways are the two ways of replacing a former result.
func ways(t *testing.T, test func(t *testing.T, begin func(string) (*Folder, error))) {
	t.Run("by exchange where the system has it", func(t *testing.T) { test(t, Begin) })
	t.Run("by two renames", func(t *testing.T) {
		test(t, func(target string) (*Folder, error) {
			f, err := Begin(target)
			if err == nil {
				f.swap = func(string, string) error { return errNoSwap }
			}
			return f, err
		})
	})
}

func TestAResultAppearsWholeAndReplacesTheFormer(t *testing.T) {
	ways(t, func(t *testing.T, begin func(string) (*Folder, error)) {
		parent := t.TempDir()
		target := filepath.Join(parent, "out", "study")
		for _, g := range []string{"first", "second", "third"} {
			f, err := begin(target)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range files {
				if err := write(f, name, strings.Repeat(g+"\n", 2000)); err != nil {
					t.Fatal(err)
				}
			}
			if g == "second" {
				if err := write(f, "only-second.txt", "x"); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.Commit(); err != nil {
				t.Fatal(err)
			}
			f.Discard()
			if got := generation(t, target); got != g {
				t.Fatalf("published %s, found %s", g, got)
			}
			alone(t, filepath.Dir(target), "study")
		}
		if exists(filepath.Join(target, "only-second.txt")) {
			t.Error("a file of the former result is left in the new one")
		}
	})
}

func TestDiscardLeavesNothing(t *testing.T) {
	parent := t.TempDir()
	f, err := Begin(filepath.Join(parent, "study"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Create("left-open"); err != nil {
		t.Fatal(err)
	}
	f.Discard()
	f.Discard()
	alone(t, parent)
	if _, err := f.Create("later"); err == nil {
		t.Error("a discarded folder takes files")
	}
	if err := f.Commit(); err == nil {
		t.Error("a discarded folder is published")
	}
}

func TestWhatAilcaDidNotWriteIsKept(t *testing.T) {
	link := func(target string) error { return os.Symlink(t.TempDir(), target) }
	cases := map[string]func(target string) error{
		"a folder of other files": func(target string) error {
			return errors.Join(os.Mkdir(target, 0o777), os.WriteFile(filepath.Join(target, "thesis.tex"), nil, 0o666))
		},
		"a file":          func(target string) error { return os.WriteFile(target, []byte("mine"), 0o666) },
		"a symbolic link": link,
		"a folder whose run.json is a folder": func(target string) error {
			return os.MkdirAll(filepath.Join(target, Marker), 0o777)
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			target := filepath.Join(parent, "study")
			early, err := Begin(target) // before it was there: Commit must look again
			if err != nil {
				t.Fatal(err)
			}
			if err := write(early, Marker, "{}"); err != nil {
				t.Fatal(err)
			}
			if err := make(target); err != nil {
				t.Skip(err)
			}
			before, err := os.Lstat(target)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Begin(target)
			for _, err := range []error{err, early.Commit()} {
				var invalid *diag.Invalid
				if !errors.As(err, &invalid) || diag.Exit(err) != 2 || invalid.List.Problems()[0].Hint == "" {
					t.Fatalf("expected a usage problem with a hint, got %v", err)
				}
			}
			after, err := os.Lstat(target)
			if err != nil || !os.SameFile(before, after) {
				t.Fatalf("the target was touched: %v", err)
			}
			alone(t, parent, "study")
		})
	}
}

func TestAnEmptyFolderIsFilled(t *testing.T) {
	ways(t, func(t *testing.T, begin func(string) (*Folder, error)) {
		parent := t.TempDir()
		target := filepath.Join(parent, "study")
		if err := os.Mkdir(target, 0o777); err != nil {
			t.Fatal(err)
		}
		f, err := begin(target)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(write(f, Marker, "{}"), f.Commit()); err != nil {
			t.Fatal(err)
		}
		alone(t, parent, "study")
		alone(t, target, Marker)
	})
}

func TestNoNameLeavesTheFolder(t *testing.T) {
	parent := t.TempDir()
	f, err := Begin(filepath.Join(parent, "study"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Discard()
	for _, name := range []string{"", ".", "..", "../x", "a/../../x", "a/..", "/etc/x", "a//b", "a/", "./a", `a\b`, `..\x`, "C:x", "a:stream",
		"a\x00b", "a\nb", ".alive", "a/.hidden", "dot.", "space ", "what?"} {
		if w, err := f.Create(name); err == nil {
			w.Close()
			t.Errorf("%q is accepted", name)
		}
	}
	// A link planted in the folder while the run goes on leads no write outside.
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(f.temp, "data")); err == nil {
		if w, err := f.Create("data/x"); err == nil {
			w.Close()
			t.Error("a planted link is followed")
		}
		alone(t, outside)
	}
	if _, err := Begin(filepath.Join(parent, "..")); err == nil {
		t.Error("a target without a name is accepted")
	}
	alone(t, parent, filepath.Base(f.temp))
}

func TestCommitRefusesAnUnfinishedFolder(t *testing.T) {
	for name, spoil := range map[string]func(f *Folder) error{
		"a file is open": func(f *Folder) error { _, err := f.Create("open"); return err },
		"a name is used twice": func(f *Folder) error {
			if err := write(f, "twice", ""); err != nil {
				return err
			}
			if write(f, "twice", "") == nil {
				return errors.New("a file is written over")
			}
			return nil
		},
		"a write failed and nobody looked": func(f *Folder) error {
			w, err := f.Create("closed")
			if err != nil {
				return err
			}
			w.Close()
			if _, err := w.Write([]byte("x")); err == nil {
				return errors.New("a closed file takes bytes")
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			f, err := Begin(filepath.Join(parent, "study"))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(write(f, Marker, "{}"), spoil(f)); err != nil {
				t.Fatal(err)
			}
			if f.Commit() == nil {
				t.Error("it is published")
			}
			alone(t, parent)
		})
	}
}

func TestRunsOfOneTargetAtOnce(t *testing.T) {
	ways(t, func(t *testing.T, begin func(string) (*Folder, error)) {
		parent := t.TempDir()
		target := filepath.Join(parent, "study")
		var runs sync.WaitGroup
		fails := make(chan error, 1000)
		for worker := range 6 {
			runs.Go(func() {
				for round := range 8 {
					f, err := begin(target)
					if err != nil {
						fails <- err
						return
					}
					g := fmt.Sprintf("worker %d round %d", worker, round)
					for _, name := range files {
						if err := write(f, name, strings.Repeat(g+"\n", 2000)); err != nil {
							fails <- err
						}
					}
					if err := f.Commit(); err != nil {
						fails <- err
					}
				}
			})
		}
		runs.Wait()
		close(fails)
		for err := range fails {
			t.Error(err)
		}
		generation(t, target)
		if f, err := Begin(target); err != nil {
			t.Error(err)
		} else {
			f.Discard()
		}
		alone(t, parent, "study")
	})
}

func TestOtherNamesAreNotSwept(t *testing.T) {
	parent := t.TempDir()
	keep := []string{".study.UPPER.partial", ".study.x.y.partial", ".study..partial", ".study.abc.part", "study.abc.partial", ".study2.abc.partial"}
	for _, name := range keep {
		if err := os.Mkdir(filepath.Join(parent, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(parent, ".study.abc.partial"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Begin(filepath.Join(parent, "study"))
	if err != nil {
		t.Fatal(err)
	}
	f.Discard()
	for _, name := range append(keep, ".study.abc.partial") {
		if !exists(filepath.Join(parent, name)) {
			t.Errorf("%s is gone", name)
		}
	}
}

func TestAFolderWhereNobodyMayWriteIsToldWithAHint(t *testing.T) {
	for _, cause := range []error{syscall.EACCES, syscall.EROFS} {
		err := unmade("ro/p", fmt.Errorf("making: %w", &fs.PathError{Op: "mkdir", Path: "ro/.p.1.partial", Err: cause}))
		if want := "ro/p: the folder cannot be made: nothing may be written to ro [usage]\n   name a folder elsewhere, or let yourself write there"; err.Error() != want || diag.Exit(err) != 2 {
			t.Errorf("%v: %v", cause, err)
		}
	}
	if full := unmade("p", syscall.ENOSPC); full != syscall.ENOSPC {
		t.Errorf("a full disk is %v", full)
	}
}
