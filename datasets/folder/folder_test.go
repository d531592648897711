package folder

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// made writes a folder with a file and what else is asked for, and returns its path.
func made(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	w := &Writer{Create: func(name string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, name)) }}
	for name, text := range files {
		if err := w.Text(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, dir string) (*Folder, string) {
	t.Helper()
	var probs diag.List
	f, err := Open(context.Background(), dir, &probs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	var all []string
	for _, p := range probs.Problems() {
		all = append(all, strings.ReplaceAll(p.String(), filepath.ToSlash(dir), "dir"))
	}
	return f, strings.Join(all, "\n")
}

func TestAFolderIsWhatItsListSays(t *testing.T) {
	dir := made(t, map[string]string{"a.txt": "first", "b.txt": "second"})
	f, problems := opened(t, dir)
	if f == nil {
		t.Fatal(problems)
	}
	a, ok := f.File("a.txt")
	text, err := a.Text()
	if !ok || err != nil || string(text) != "first" || a.Size != 5 || len(f.Files()) != 2 {
		t.Errorf("%q %v, %d files", text, err, len(f.Files()))
	}

	// The digest stands for the content, not for the order of the list.
	sums, _ := os.ReadFile(filepath.Join(dir, Sums))
	lines := strings.SplitAfter(string(sums), "\n")
	write(t, dir, Sums, lines[1]+strings.Replace(lines[0], "  ", " *", 1))
	if again, problems := opened(t, dir); again == nil || again.Digest != f.Digest {
		t.Errorf("another order gives another digest %s", problems)
	}
	other := made(t, map[string]string{"a.txt": "first", "b.txt": "second!"})
	if g, _ := opened(t, other); g.Digest == f.Digest {
		t.Error("another content gives the same digest")
	}
}

func TestWhatAFolderMayNotHold(t *testing.T) {
	sum := strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"a changed file": {func(t *testing.T, dir string) { write(t, dir, "a.txt", "other") }, "dir/a.txt: the file is not the one that SHA256SUMS lists: its SHA-256 is d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa [digest-mismatch]"},
		"a missing file": {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "a.txt")) }, "dir/a.txt: the file is missing; SHA256SUMS lists it [missing-file]"},
		"an extra file":  {func(t *testing.T, dir string) { write(t, dir, "c.txt", "") }, "dir/c.txt: the file is not in SHA256SUMS [refused-construct]"},
		"a hidden file":  {func(t *testing.T, dir string) { write(t, dir, ".c", "") }, "dir/.c: the file is not in SHA256SUMS [refused-construct]"},
		"a folder":       {func(t *testing.T, dir string) { os.Mkdir(filepath.Join(dir, "c"), 0o777) }, "dir/c: the file is not in SHA256SUMS [refused-construct]"},
		"a folder in place of a file": {func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, "a.txt"))
			os.Mkdir(filepath.Join(dir, "a.txt"), 0o777)
		}, "dir/a.txt: this is a folder [refused-construct]"},
		"a link": {func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, "a.txt"))
			if err := os.Symlink("b.txt", filepath.Join(dir, "a.txt")); err != nil {
				t.Skip(err)
			}
		}, "dir/a.txt: this is a symbolic link [refused-construct]"},
		"a link as the list of digests": {func(t *testing.T, dir string) {
			os.Rename(filepath.Join(dir, Sums), filepath.Join(dir, "sums"))
			if err := os.Symlink("sums", filepath.Join(dir, Sums)); err != nil {
				t.Skip(err)
			}
		}, "dir/SHA256SUMS: this is a symbolic link [refused-construct]"},
		"no list":                {func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, Sums)) }, "dir/SHA256SUMS: there is no such file [missing-file]"},
		"a list that leads up":   {func(t *testing.T, dir string) { write(t, dir, Sums, sum+"  ../a.txt\n") }, `dir/SHA256SUMS:1: "../a.txt" is no name of a file in this folder [refused-construct]`},
		"a list that leads away": {func(t *testing.T, dir string) { write(t, dir, Sums, sum+"  C:\\a.txt\n") }, `is no name of a file in this folder [refused-construct]`},
		"a list with a NUL":      {func(t *testing.T, dir string) { write(t, dir, Sums, sum+"  a\x00.txt\n") }, `dir/SHA256SUMS:1: "a\x00.txt" is no name of a file in this folder`},
		"a list that lists itself": {func(t *testing.T, dir string) {
			write(t, dir, Sums, sum+"  SHA256SUMS\n")
		}, `dir/SHA256SUMS:1: "SHA256SUMS" is no name of a file in this folder`},
		"a file listed twice":   {func(t *testing.T, dir string) { write(t, dir, Sums, sum+"  a.txt\n"+sum+"  a.txt\n") }, "dir/SHA256SUMS:2: a.txt is listed above [duplicate-name]"},
		"a list that is none":   {func(t *testing.T, dir string) { write(t, dir, Sums, "a.txt\n") }, "dir/SHA256SUMS:1: this is no line of a list of digests [syntax]"},
		"a list without an end": {func(t *testing.T, dir string) { write(t, dir, Sums, strings.Repeat("0", 2<<20)) }, "dir/SHA256SUMS: the file has more than 1048576 bytes [too-large]"},
		"files without an end": {func(t *testing.T, dir string) {
			for i := range maxFiles {
				write(t, dir, strings.Repeat("x", i+1), "")
			}
		}, "dir: the folder holds more than 200 files [too-large]"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := made(t, map[string]string{"a.txt": "first", "b.txt": "second"})
			c.spoil(t, dir)
			f, problems := opened(t, dir)
			if f != nil || !strings.Contains(problems, c.want) {
				t.Errorf("got %s\nwant %s", problems, c.want)
			}
		})
	}
}

func TestACancelledContextEndsTheReading(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var probs diag.List
	if f, err := Open(ctx, made(t, map[string]string{"a.txt": "first"}), &probs); f != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestTextsOfOthersAreShownAsTheyAre(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                        "plain",
		"# a heading\n| a cell":        `\# a heading \| a cell`,
		"<script>x</script>":           `\<script\>x\</script\>`,
		"[a link](https://evil.test)":  `\[a link\](https://evil.test)`,
		"![](x) `code` *b* _i_ ~~s~~ ": "\\!\\[\\](x) \\`code\\` \\*b\\* \\_i\\_ \\~\\~s\\~\\~",
		"a\u202eb\x1b[2J":              `a b \[2J`,
	} {
		if got := Markdown(text); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
}
