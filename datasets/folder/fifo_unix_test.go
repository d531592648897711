//go:build unix

package folder

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestAPipeInTheLastMomentIsNotWaitedFor(t *testing.T) {
	dir := made(t, map[string]string{"a.txt": "first"})
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	f := &Folder{Name: "dir", looked: func(name string) {
		os.Remove(filepath.Join(dir, name))
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o666); err != nil {
			t.Error(err)
		}
	}}
	done := make(chan string, 1)
	go func() {
		var probs diag.List
		f.openFile(root, "a.txt", &probs)
		done <- probs.Err().Error()
	}()
	select {
	case problems := <-done:
		if !strings.Contains(problems, "the file was replaced while it was opened") {
			t.Error(problems)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("opening hangs")
	}
}

func TestANamedPipeIsRefusedAndNotWaitedFor(t *testing.T) {
	for _, name := range []string{"a.txt", Sums} {
		dir := made(t, map[string]string{"a.txt": "first"})
		os.Remove(filepath.Join(dir, name))
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o666); err != nil {
			t.Skip(err)
		}
		done := make(chan string, 1)
		go func() {
			_, problems := opened(t, dir)
			done <- problems
		}()
		select {
		case problems := <-done:
			if !strings.Contains(problems, "dir/"+name+": this is no regular file [refused-construct]") {
				t.Errorf("%s: %s", name, problems)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("opening a folder whose %s is a named pipe hangs", name)
		}
	}
}
