package scratch

import (
	"os"
	"testing"
)

func TestAScratchFileLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("text"), 100); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4)
	if _, err := f.ReadAt(b, 100); err != nil || string(b) != "text" {
		t.Errorf("read %q, %v", b, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v was left", left)
	}
}

func TestAFolderThatIsNotThereIsAnError(t *testing.T) {
	if _, err := Create(t.TempDir() + "/nowhere"); err == nil {
		t.Error("a file in a folder that is not there")
	}
}
