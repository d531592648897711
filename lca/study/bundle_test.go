package study

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// ownStudy writes a study that names files of all sorts, none of which lies beside it: a method, a pack, a CSV file laid over it, an inventory by its absolute path, and two by a
// pattern. It returns the study's path.
func ownStudy(t *testing.T, dir string) string {
	t.Helper()
	rows := []logRow{serving(1, "a", "measured", 1000), serving(2, "a", "measured", 3000)}
	rows[1]["region"] = "DEU"
	logs := logFiles(t, logColumns(rows), rows, 2, 1)
	open, err := datasets.OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	method, err := os.ReadFile("../../rules/methods/observatory/1.0.0.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const from = "testdata/bundle"
	files := map[string][]byte{"methods/mine.yaml": method, "catalogue/hardware.parquet": open["hardware"], "logs/a.parquet": logs[0], "logs/b.parquet": logs[1], "over/mine.csv": read(t, from, "mine.csv"),
		"study/pack/pack.yaml": read(t, from, "pack/pack.yaml"), "study/pack/factors.csv": read(t, from, "pack/factors.csv"),
		"study/edition.yaml": bytes.Replace(read(t, from, "edition.yaml"), []byte("HERE"), []byte(filepath.ToSlash(dir)), 1)}
	for name, content := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "study", "edition.yaml")
}

// filesIn lists the files of a folder and of those in it, with slashes.
func filesIn(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestABundleHoldsAllThatARunNeeds(t *testing.T) {
	home := t.TempDir()
	file := ownStudy(t, home)
	bare := ranFile(t, file, Options{})
	folder := ranFile(t, file, Options{Bundle: true})
	want := []string{"bundle/deployments-1.parquet", "bundle/deployments-2.parquet", "bundle/hardware-1.parquet", "bundle/licences.csv", "bundle/method.yaml",
		"bundle/overlay-1/mine.csv", "bundle/pack/factors.csv", "bundle/pack/pack.yaml"}
	var got []string
	for _, name := range filesIn(t, folder) {
		if strings.HasPrefix(name, "bundle/") {
			got = append(got, name)
		} else if name == timingsFile {
			t.Error("a bundle holds timings.json, which no digest stands for")
		} else if name != "run.json" && !bytes.Equal(read(t, folder, name), read(t, bare, name)) {
			t.Errorf("bundling changes %s", name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the bundle holds %q", got)
	}
	if licences := string(read(t, folder, "bundle/licences.csv")); !strings.Contains(licences, "\ndeployments,CC0-1.0,2\n") || !strings.Contains(licences, "\nmine.csv,CC0-1.0,1\n") || !strings.Contains(licences, "\ntest@1,CC0-1.0,4\n") {
		t.Errorf("the licences are\n%s", licences)
	}

	// Moved elsewhere, with nothing left where its study's paths lead, it gives the same bytes.
	moved := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Rename(folder, moved); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(home); err != nil {
		t.Fatal(err)
	}
	sum, err := Run(context.Background(), reopened(t, moved, "").Study, Options{Out: t.TempDir(), Bundle: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range filesIn(t, moved) {
		if !bytes.Equal(read(t, moved, name), read(t, sum.Folder, name)) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestABundleOfTheOpenEditionIsRunFromItself(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	var probs diag.List
	folder := ranBriefly(t, EmbeddedEdition(&probs), Options{Bundle: true})
	r := reopened(t, folder, "")
	if r.Source != "the bundle" || r.Study.bundle == nil {
		t.Errorf("it is run from %s", r.Source)
	}
	sum, err := Run(context.Background(), r.Study, Options{Out: t.TempDir(), Bundle: true})
	if err != nil {
		t.Fatal(err)
	}
	sameFolders(t, folder, sum.Folder)
}

// A bundle comes from a stranger. Whatever its run.json says, with a run_id that fits, the study is not led to a file outside of it.
func TestABundleLeadsNowhereElse(t *testing.T) {
	folder := ranFile(t, ownStudy(t, t.TempDir()), Options{Bundle: true})
	secret := filepath.Join(t.TempDir(), "secret.parquet")
	if err := os.WriteFile(secret, read(t, folder, "bundle/deployments-1.parquet"), 0o666); err != nil {
		t.Fatal(err)
	}
	was := *reopenedRecord(t, folder)
	for _, c := range []struct {
		name   string
		change func(r *Record)
		says   string
	}{
		{"a file at an absolute path", func(r *Record) { r.Bundle[3].File, r.Bundle[3].Files[0].Path = secret, secret }, "is none of a run"},
		{"a file above the folder", func(r *Record) { r.Bundle[3].Files[0].Path = "../secret.parquet" }, "is none of a run"},
		{"a file that is another one of the folder", func(r *Record) { r.Bundle[3].File = "impacts.parquet" }, "should stand as bundle/deployments-1.parquet"},
		{"a path that the study does not write", func(r *Record) { r.Bundle[3].Path = "x" }, "should stand as"},
		{"a method that is missing", func(r *Record) { r.Bundle = r.Bundle[1:] }, "the study names 6 files and packs by paths, and it holds 5"},
		{"a pack whose files lie elsewhere", func(r *Record) { r.Bundle[1].Files[0].Path = "pack.yaml" }, "are not in bundle/pack"},
		{"an input that the study does not name", func(r *Record) { r.Inputs[0].Path = "x" }, "its inputs are others than the study names"},
		{"an input that is another file", func(r *Record) { r.Inputs[0].SHA256 = strings.Repeat("0", 64) }, "is not the file that was assessed"},
	} {
		changed := was
		changed.Bundle, changed.Inputs = nil, slices.Clone(was.Inputs)
		for _, b := range was.Bundle {
			b.Files = slices.Clone(b.Files)
			changed.Bundle = append(changed.Bundle, b)
		}
		c.change(&changed)
		changed.RunID = changed.id()
		if err := os.WriteFile(filepath.Join(folder, "run.json"), []byte(textOf(t, &changed)), 0o666); err != nil {
			t.Fatal(err)
		}
		if said := refusedResult(t, folder, ""); !strings.Contains(said, c.says) {
			t.Errorf("%s: it says %s", c.name, said)
		}
	}
	// Nor by a link that took a file's place.
	if err := os.WriteFile(filepath.Join(folder, "run.json"), []byte(textOf(t, &was)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bundle/deployments-1.parquet", "bundle/method.yaml", "bundle/overlay-1/mine.csv", "bundle/pack/factors.csv"} {
		link := filepath.Join(folder, filepath.FromSlash(name))
		kept := read(t, folder, name)
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(secret, link); err != nil {
			t.Skip(err)
		}
		var probs diag.List
		if r := OpenResult(context.Background(), folder, "", &probs); r != nil {
			if _, err := Run(context.Background(), r.Study, Options{Out: t.TempDir()}); err == nil {
				t.Errorf("%s was followed out of the folder", name)
			}
			r.Close()
		}
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(link, kept, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func reopenedRecord(t *testing.T, folder string) *Record {
	t.Helper()
	return &reopened(t, folder, "").Record
}

// A bundle is replaced by the next run as other result folders are, and holds nobody's own file.
func TestABundleIsReplacedUnlessSomebodyAddedAFile(t *testing.T) {
	file := ownStudy(t, t.TempDir())
	out := t.TempDir()
	folder := ranFile(t, file, Options{Out: out, Bundle: true})
	ranFile(t, file, Options{Out: out})
	if names := filesIn(t, folder); slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, "bundle/") }) {
		t.Errorf("it still holds %q", names)
	}
	ranFile(t, file, Options{Out: out, Bundle: true})
	if err := os.WriteFile(filepath.Join(folder, "bundle", "notes.txt"), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	_, err := Run(context.Background(), LoadFile(context.Background(), file, &probs), Options{Out: out})
	if err == nil || !strings.Contains(err.Error(), "bundle/notes.txt: no run wrote this file") {
		t.Errorf("it says %v", err)
	}
}

// What a study adds up of other runs is bundled too, and what lies over a pack where some of it is embedded.
func TestABundleHoldsAmountsAndOverlaysOfAllSorts(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	home := t.TempDir()
	file := ownStudy(t, home)
	text := string(read(t, filepath.Dir(file), filepath.Base(file)))
	study := func(name, old, with string) string {
		t.Helper()
		changed := strings.NewReplacer("study: own", "study: "+name, old, with, "pack: ./pack", "pack: open@2025.2", "overlays: [../over/mine.csv]", "overlays: [open@2025.1, ../over/mine.csv, ../upper]").Replace(text)
		at := filepath.Join(filepath.Dir(file), name+".yaml")
		if err := os.WriteFile(at, []byte(changed), 0o666); err != nil {
			t.Fatal(err)
		}
		return at
	}
	if err := os.Mkdir(filepath.Join(home, "upper"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"pack.yaml": "pack: upper\nversion: \"1\"\nstatus: draft\ndate: \"2025-03-01\"\ntitle: What stands on top\n",
		"france.csv": strings.Replace(string(read(t, "testdata/bundle", "mine.csv")), ",20,", ",30,", 1)} {
		if err := os.WriteFile(filepath.Join(home, "upper", name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	part := ranFile(t, study("part", "../logs/*.parquet", "../logs/a.parquet"), Options{Amounts: true})
	if err := os.CopyFS(filepath.Join(home, "parts"), os.DirFS(part)); err != nil {
		t.Fatal(err)
	}
	whole := ranFile(t, study("whole", `["../logs/*.parquet"]}`, `["../logs/b.parquet"]}`+"\namounts: [../parts/amounts.parquet]"), Options{Bundle: true})
	if err := os.RemoveAll(home); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bundle/amounts-1/amounts.parquet", "bundle/overlay-2/mine.csv", "bundle/overlay-3/pack.yaml"} {
		if !slices.Contains(filesIn(t, whole), name) {
			t.Errorf("the bundle lacks %s", name)
		}
	}
	if found, wrong, v := verified(t, whole, VerifyOptions{}); found+wrong != "" || v.Equal < 8 {
		t.Errorf("it is found that\n%s\n%s", found, wrong)
	}
}
