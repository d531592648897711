package factors

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// update rewrites what testdata expects; read the difference before committing it.
var update = flag.Bool("update", false, "rewrite what the archives of testdata expect")

// eachArchive calls f for the archives of a folder of testdata. An archive holds the files of a pack and, under "want", what f must return for it. What
// stands under over/ lies over the pack: a pack where there is a pack.yaml, else each CSV file by itself.
func eachArchive(t *testing.T, folder string, f func(t *testing.T, layers []At) (got string)) {
	archives, err := filepath.Glob("testdata/" + folder + "/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fsys := fstest.MapFS{"p": &fstest.MapFile{Mode: os.ModeDir | 0o755}}
			layers := []At{{fsys, "p", "p"}}
			want := -1
			for i, f := range a.Files {
				switch file := (&fstest.MapFile{Data: f.Data}); {
				case f.Name == "want":
					want = i
				case strings.HasPrefix(f.Name, "over/"):
					fsys[f.Name] = file
				default:
					fsys["p/"+f.Name] = file
				}
			}
			if want < 0 {
				t.Fatal("the archive wants nothing")
			}
			if _, folder := fsys["over/pack.yaml"]; folder {
				layers = append(layers, At{fsys, "over", "over"})
			} else {
				for _, name := range slices.Sorted(maps.Keys(fsys)) {
					if strings.HasPrefix(name, "over/") {
						layers = append(layers, At{fsys, name, name})
					}
				}
			}
			switch got := f(t, layers); {
			case got == string(a.Files[want].Data):
			case *update:
				a.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			default:
				t.Errorf("got\n%s\nwant\n%s", got, a.Files[want].Data)
			}
		})
	}
}

// TestProblems loads the packs of testdata/problems: each archive wants the problems that it must give, in full.
func TestProblems(t *testing.T) {
	eachArchive(t, "problems", func(t *testing.T, layers []At) string {
		var probs diag.List
		Stack(layers, Options{}, &probs)
		got := listed(&probs)
		if exit := diag.Exit(probs.Err()); strings.Contains(got, "[unit-mismatch]") && exit != 3 {
			t.Errorf("the exit code is %d, want 3", exit)
		}
		return got
	})
}

// listed are all problems in full.
func listed(probs *diag.List) string {
	var out strings.Builder
	for _, p := range probs.Problems() {
		fmt.Fprintln(&out, p)
	}
	return out.String()
}

func TestAPackIsReadWhole(t *testing.T) {
	p := small(t)
	if p.Ref() != "small@1" || p.Status != "draft" || p.Title == "" || p.Date != "2026-01-31" {
		t.Errorf("the pack is %s, %s, %q", p.Ref(), p.Status, p.Title)
	}
	for i, r := range p.Rows {
		if int(r.ID) != i {
			t.Errorf("row %d has the ID %d", i, r.ID)
		}
	}
	if got := fmt.Sprint(p.Categories("electricity")); got != "[climate_change primary_energy water_consumption]" {
		t.Errorf("electricity holds %s", got)
	}
	if got := p.Categories("pue"); len(got) != 0 {
		t.Errorf("pue holds %s", got)
	}
	for _, tc := range [][3]string{{"electricity", "climate_change", "kg CO2e/kWh"}, {"embodied", "climate_change", "kg CO2e"}, {"electricity_mix", "", "1"}} {
		if u, ok := p.Unit(tc[0], tc[1]); !ok || u.String() != tc[2] {
			t.Errorf("the unit of %s %s is %s, %v; want %s", tc[0], tc[1], u, ok, tc[2])
		}
	}
	if _, ok := p.Unit("electricity", "noise"); ok {
		t.Error("an unknown category has a unit")
	}
	if at := p.Rows[0].Place().String(); at != "small/devices.csv:2:1" {
		t.Errorf("the first row stands at %s", at)
	}
	if d, ok := p.Definition("pue"); !ok || !d.Keyed("year") || d.Keyed("region") || d.Place.String() != "small/pack.yaml:12:5" {
		t.Errorf("pue is defined as %+v", d)
	}
}

func TestByteOrderMarkAndWindowsLineEndsMakeNoDifference(t *testing.T) {
	fsys := files(t, "testdata/small")
	text := fsys["small/mix.csv"].Data
	fsys["small/mix.csv"].Data = append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...)
	p, probs := loadFrom(fsys, "small")
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	plain := small(t)
	if len(p.Rows) != len(plain.Rows) {
		t.Fatalf("%d rows, %d without", len(p.Rows), len(plain.Rows))
	}
	for i := range p.Rows {
		if a, b := written(&p.Rows[i]), written(&plain.Rows[i]); a != b {
			t.Errorf("row %d is %s, without %s", i, a, b)
		}
	}
	if p.Digest == plain.Digest {
		t.Error("other bytes have the same digest")
	}
}

func TestTheDigestIsOverNamesAndBytes(t *testing.T) {
	plain := small(t).Digest
	if again := small(t).Digest; again != plain || !strings.HasPrefix(plain, "sha256:") || len(plain) != 7+64 {
		t.Errorf("digests %s and %s", plain, again)
	}
	renamed := files(t, "testdata/small")
	renamed["small/zz.csv"] = renamed["small/mix.csv"]
	delete(renamed, "small/mix.csv")
	beside := files(t, "testdata/small")
	beside["small/README.md"] = &fstest.MapFile{Data: []byte("x")}
	if p, _ := loadFrom(renamed, "small"); p.Digest == plain {
		t.Error("another name has the same digest")
	}
	if p, _ := loadFrom(beside, "small"); p.Digest != plain {
		t.Error("a file that is no table of the pack changes its digest")
	}
}

func TestTheLimitsHold(t *testing.T) {
	for name, tc := range map[string]struct {
		lim  limits
		want string
	}{
		"a file":  {limits{1000, 1 << 20, 9, 99}, "small/devices.csv: the file is too large: at most 1000 bytes a file and 1048576 in all are read [too-large]"},
		"a pack":  {limits{1 << 20, 2500, 9, 99}, "small/electricity.csv: the file is too large: at most 1048576 bytes a file and 2500 in all are read [too-large]"},
		"files":   {limits{1 << 20, 1 << 20, 2, 99}, "small: the folder holds 4 CSV files; at most 2 are read [too-large]"},
		"records": {limits{1 << 20, 1 << 20, 9, 9}, "small/electricity.csv:4:1: the pack holds more than 9 rows [too-large]"},
	} {
		var probs diag.List
		load([]At{{files(t, "testdata/small"), "small", "small"}}, Options{}, tc.lim, &probs)
		if got := headlines(&probs); len(got) == 0 || got[0] != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestAFolderThatIsNoPackIsNil(t *testing.T) {
	for name, tc := range map[string]struct {
		fsys fstest.MapFS
		want string
	}{
		"nothing":     {fstest.MapFS{}, "p: the folder of a factor pack cannot be read: file does not exist [not-found]"},
		"no pack":     {fstest.MapFS{"p/a.csv": {}}, "p: the folder holds no pack.yaml [not-found]"},
		"an anchor":   {fstest.MapFS{"p/pack.yaml": {Data: []byte("[")}}, "p/pack.yaml:1:1: not readable as YAML [syntax]"},
		"not a map":   {fstest.MapFS{"p/pack.yaml": {Data: []byte("- a\n")}}, "expected a map with pack, version"},
		"out of here": {fstest.MapFS{"p/pack.yaml/x": {}}, "p: the folder holds no pack.yaml [not-found]"},
	} {
		p, probs := loadFrom(tc.fsys, "p")
		if got := headlines(probs); p != nil || len(got) == 0 || !strings.Contains(got[0], tc.want) {
			t.Errorf("%s: got %v %q, want %q", name, p, got, tc.want)
		}
	}
	if p, probs := loadFrom(fstest.MapFS{"p/pack.yaml": {}}, "../p"); p != nil || probs.Err() == nil {
		t.Error("a path that leads outside was read")
	}
}

func TestEmbeddedPacksAreFoundByNameAndVersion(t *testing.T) {
	var probs diag.List
	if p := Embedded("open@1999", &probs); p != nil || probs.Problems()[0].Code != diag.NotFound {
		t.Errorf("got %v, %v", p, headlines(&probs))
	}
}
