package study

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // studies of tests are small: most of what the run time would collect is garbage of the study before
	}
	dir, err := os.MkdirTemp("", "ailca-study-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	sharedDir = dir
	code := m.Run()
	if said := sharedChanged(); said != "" && code == 0 {
		fmt.Fprintln(os.Stderr, said)
		code = 1
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// sharedDir is where the results lie that tests share; each is computed once, when a test first asks for it.
var sharedDir string

// shared is a result that several tests read, and none changes.
type shared struct {
	folder string
	sum    *Summary
	digest string
}

// madeEdition is what sharedEdition made; nil where no test has asked.
var madeEdition *shared

// sharedEdition is the result of the embedded edition as it stands.
var sharedEdition = sync.OnceValues(func() (*shared, error) {
	var probs diag.List
	s := EmbeddedEdition(&probs)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	sum, err := Run(context.Background(), s, Options{Out: sharedDir})
	if err != nil {
		return nil, err
	}
	digest, err := digestOfFolder(sum.Folder)
	madeEdition = &shared{sum.Folder, sum, digest}
	return madeEdition, err
})

// sharedChanged says that a test has changed what all read.
func sharedChanged() string {
	if x := madeEdition; x != nil {
		if now, err := digestOfFolder(x.folder); err != nil || now != x.digest {
			return "a test has changed the result folder of the open edition, which tests share: such a test asks for ownEdition"
		}
	}
	return ""
}

// digestOfFolder is one of names and contents of all files of a folder.
func digestOfFolder(folder string) (string, error) {
	h, files := sha256.New(), os.DirFS(folder)
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		fmt.Fprintf(h, "%q %d\n", name, len(text))
		h.Write(text)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

// openEdition is the result folder of the embedded edition, which all tests share: it is for reading. A test that changes it asks for ownEdition.
func openEdition(t *testing.T) (folder string, sum *Summary) {
	t.Helper()
	x, err := sharedEdition()
	if err != nil {
		t.Fatal(err)
	}
	return x.folder, x.sum
}

// ownEdition is a copy of that folder.
func ownEdition(t *testing.T) string {
	t.Helper()
	folder, _ := openEdition(t)
	own := t.TempDir()
	if err := os.CopyFS(own, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	return own
}
