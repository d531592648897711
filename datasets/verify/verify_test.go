package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/datasets/parquet/second"
	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The test's own binary is the second implementation's process.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "second" {
		os.Exit(second.Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
	}
	if len(os.Args) > 1 && os.Args[1] == "dies" {
		panic("as a hostile file makes it")
	}
	os.Exit(m.Run())
}

func options() Options {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return Options{Second: []string{self, "second"}}
}

// published is the open edition as a package, by the names of its files.
var published = sync.OnceValues(func() (map[string]*bytes.Buffer, error) {
	edition, err := datasets.OpenEdition()
	if err != nil {
		return nil, err
	}
	var probs diag.List
	var inventories []*datasets.Inventory
	for _, k := range datasets.Kinds() {
		if b, ok := edition[k.Name]; ok {
			inventories = append(inventories, datasets.OpenInventory(k, []datasets.File{{Name: k.Name, R: bytes.NewReader(b), Size: int64(len(b))}}, &probs))
		}
	}
	m := &publish.Metadata{Name: "open", Version: "1.0.0", Licence: "CC-BY-4.0", Contributors: []publish.Contributor{publish.ParseContributor("Observatory")}}
	m.Complete(&probs)
	files := map[string]*bytes.Buffer{}
	_, err = publish.Write(context.Background(), m, inventories, publish.Options{}, func(name string) (io.WriteCloser, error) {
		files[name] = &bytes.Buffer{}
		return closer{files[name]}, nil
	}, &probs)
	return files, err
})

type closer struct{ io.Writer }

func (closer) Close() error { return nil }

// open is a folder with that package.
func open(t testing.TB) string {
	t.Helper()
	files, err := published()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "open")
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, text.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// findings verifies a package and returns what was found, a line each, and the report.
func findings(t testing.TB, dir string, o Options) (string, *Report) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // what hangs fails
	defer cancel()
	var probs diag.List
	report, err := Package(ctx, dir, o, &probs)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range probs.Problems() {
		p.Place.File = strings.TrimPrefix(p.Place.File, filepath.ToSlash(dir)+"/")
		out = append(out, p.String())
	}
	return strings.Join(out, "\n"), report
}

func TestWhatWasPublishedIsVerified(t *testing.T) {
	got, report := findings(t, open(t), options())
	if got != "" {
		t.Fatalf("found:\n%s", got)
	}
	if report.Files != 12 || len(report.Tables) != 4 || len(report.Sum) != 64 {
		t.Errorf("report %+v", report)
	}
	for _, table := range report.Tables {
		if !table.Second || !table.CSV || table.Rows == 0 {
			t.Errorf("%+v was not compared", table)
		}
	}
}

// One bit that is another one is found, wherever it is. The digests find it ahead of everything else: no file is looked into.
func TestOneFlippedBitInAnyFileIsFound(t *testing.T) {
	dir := open(t)
	random := rand.New(rand.NewPCG(1, 2))
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		bits := []int{0, 8*len(text) - 1}
		for range 4 {
			bits = append(bits, random.IntN(8*len(text)))
		}
		if name == publish.SumsFile {
			for range 40 {
				bits = append(bits, random.IntN(8*len(text)))
			}
		}
		for _, bit := range bits {
			bad := bytes.Clone(text)
			bad[bit/8] ^= 1 << (bit % 8)
			if err := os.WriteFile(path, bad, 0o666); err != nil {
				return err
			}
			got, _ := findings(t, dir, Options{}) // to be quick without the second implementation: it is not what finds a flipped bit
			found := false
			for line := range strings.SplitSeq(got, "\n") {
				found = found || strings.Contains(line, "[") && !strings.Contains(line, "[second-reader]")
			}
			if !found {
				t.Errorf("%s: bit %d of byte %d was flipped and not found", name, bit%8, bit/8)
			}
		}
		return os.WriteFile(path, text, 0o666)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// reseal writes digests anew after a change, as somebody would who wants to deceive.
func reseal(t testing.TB, dir string) {
	t.Helper()
	files := map[string]string{}
	var d map[string]any
	digest := func(name string) (string, int) {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:]), len(text)
	}
	rewrite := func(name string, change func(d map[string]any)) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		d = nil
		if json.Unmarshal(text, &d) != nil {
			return // broken on purpose
		}
		change(d)
		text, _ = json.Marshal(d)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(publish.DescriptorFile, func(d map[string]any) {
		for _, r := range d["resources"].([]any) {
			r := r.(map[string]any)
			sum, n := digest(r["path"].(string))
			r["hash"], r["bytes"] = "sha256:"+sum, n
		}
	})
	rewrite(publish.CrateFile, func(d map[string]any) {
		for _, e := range d["@graph"].([]any) {
			if e := e.(map[string]any); e["@type"] == "File" {
				sum, n := digest(e["@id"].(string))
				e["sha256"], e["contentSize"] = sum, fmt.Sprint(n)
			}
		}
	})
	filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && entry.Name() != publish.SumsFile {
			name, _ := filepath.Rel(dir, path)
			sum, _ := digest(filepath.ToSlash(name))
			files[filepath.ToSlash(name)] = sum
		}
		return nil
	})
	if err := os.WriteFile(filepath.Join(dir, publish.SumsFile), folder.List(files), 0o666); err != nil {
		t.Fatal(err)
	}
}

// replace changes a text in a file of the package.
func replace(t testing.TB, dir, name, old, with string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s does not hold %q: %v", name, old, err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(old), []byte(with), 1), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestWhoChangesDigestsTooIsFoundByWhatTheFilesSay(t *testing.T) {
	csvRow := "\nnvidia-h100-sxm5-80gb,"
	for name, tc := range map[string]struct {
		change func(dir string)
		want   string
	}{
		"a number of the CSV file": {func(dir string) { replace(t, dir, "data/hardware.csv", ",700,", ",701,") },
			`data/hardware.csv:2:75 column rated_power: the CSV file says "701", row 1 of the Parquet file "700" [tables-differ]`},
		"a text of the CSV file": {func(dir string) { replace(t, dir, "data/hardware.csv", csvRow, "\nx,") },
			`data/hardware.csv:2:1 column hardware_id: the CSV file says "x", row 1 of the Parquet file "nvidia-h100-sxm5-80gb" [tables-differ]`},
		"a row too many in the CSV file": {func(dir string) {
			f, _ := os.OpenFile(filepath.Join(dir, "data/hardware.csv"), os.O_APPEND|os.O_WRONLY, 0)
			io.WriteString(f, "x,,,,,,,,,,,,,,,,,,,\n")
			f.Close()
		}, "the CSV file has more rows than the Parquet file, which has 48 [tables-differ]"},
		"the header of the CSV file": {func(dir string) { replace(t, dir, "data/hardware.csv", "rated_power", "power") }, "data/hardware.csv:1: column 6 is not rated_power [missing-column]"},
		"a quote in the CSV file":    {func(dir string) { replace(t, dir, "data/hardware.csv", csvRow, "\n\"") }, "[syntax]"},
		"the number of rows":         {func(dir string) { replace(t, dir, "datapackage.json", `"rows": 48`, `"rows": 47`) }, "the CSV and the Parquet file of hardware are said to have different rows or columns [tables-differ]"},
		"a unit":                     {func(dir string) { replace(t, dir, "datapackage.json", `"unit": "kWh"`, `"unit": "MWh"`) }, "are said to have different rows or columns [tables-differ]"},
		"a key that leads nowhere": {func(dir string) {
			replace(t, dir, "datapackage.json", `"resource": "hardware"`, `"resource": "hardwear"`)
		}, "leads nowhere [unknown-reference]"},
		"a format of the future": {func(dir string) { replace(t, dir, "datapackage.json", `"ailcaFormat": 1`, `"ailcaFormat": 2`) }, "the package's format is 2; this version reads 1 [bad-value]"},
		"the title in the crate": {func(dir string) {
			replace(t, dir, "ro-crate-metadata.json", `"version": "1.0.0"`, `"version": "2.0.0"`)
		}, "the title or the version is not that of datapackage.json [tables-differ]"},
		"a table that is another Parquet": {func(dir string) {
			text, _ := os.ReadFile(filepath.Join(dir, "data/fleet.parquet"))
			os.WriteFile(filepath.Join(dir, "data/hardware.parquet"), text, 0o666)
		}, `data/hardware.parquet: the file is one of "fleet", the descriptor says "hardware" [tables-differ]`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := open(t)
			tc.change(dir)
			reseal(t, dir)
			if got, _ := findings(t, dir, Options{}); !strings.Contains(got, tc.want) {
				t.Errorf("found:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

func TestWhatDoesNotBelongToAPackageIsTold(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(dir string)
		want   string
	}{
		"a file that is missing":        {func(dir string) { os.Remove(filepath.Join(dir, "README.md")) }, "README.md: the file is missing [missing-file]"},
		"an empty folder":               {func(dir string) { os.MkdirAll(filepath.Join(dir, "data", "more", "deep"), 0o777) }, "data/more/deep: the folder does not belong to the package: no file lies in it [unlisted-file]"},
		"a file that is not listed":     {func(dir string) { os.WriteFile(filepath.Join(dir, "data", "notes.txt"), nil, 0o666) }, "data/notes.txt: the file does not belong to the package: SHA256SUMS does not list it [unlisted-file]"},
		"a hidden file":                 {func(dir string) { os.WriteFile(filepath.Join(dir, ".hidden"), nil, 0o666) }, ".hidden: the file does not belong to the package"},
		"a file that nothing describes": {func(dir string) { os.WriteFile(filepath.Join(dir, "data", "notes.txt"), nil, 0o666); reseal(t, dir) }, "data/notes.txt: the file does not belong to the package: datapackage.json does not describe it [unlisted-file]"},
		"no list of digests":            {func(dir string) { os.Remove(filepath.Join(dir, "SHA256SUMS")) }, "SHA256SUMS: the file is missing: what the package should be is not known [missing-file]"},
		"a list of digests in capitals": {func(dir string) {
			text, _ := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
			os.WriteFile(filepath.Join(dir, "SHA256SUMS"), append(bytes.ToUpper(text[:64]), text[64:]...), 0o666)
		}, "[digest-mismatch]"},
		"a list of digests that leads out": {func(dir string) {
			text, _ := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
			os.WriteFile(filepath.Join(dir, "SHA256SUMS"), append([]byte(strings.Repeat("0", 64)+"  ../../etc/passwd\n"), text...), 0o666)
		}, `SHA256SUMS:1: "../../etc/passwd": the path leads out of the package [refused-construct]`},
		"a list of digests in another order": {func(dir string) {
			text, _ := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
			first, rest, _ := bytes.Cut(text, []byte("\n"))
			os.WriteFile(filepath.Join(dir, "SHA256SUMS"), append(append(rest, first...), '\n'), 0o666)
		}, "the lines are not in the order of the paths"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := open(t)
			tc.change(dir)
			if got, _ := findings(t, dir, Options{}); !strings.Contains(got, tc.want) {
				t.Errorf("found:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// What a stranger may write into a descriptor is a finding: it opens no file outside of the package, takes no memory to speak of, and does not end the program.
func TestHostileDescriptorsAreFindings(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(text string) string
		want   string
	}{
		"a path that leads out":   {func(s string) string { return strings.ReplaceAll(s, "data/fleet.csv", "../../etc/passwd") }, `path "../../etc/passwd": the path leads out of the package [refused-construct]`},
		"a path that is absolute": {func(s string) string { return strings.ReplaceAll(s, "data/fleet.csv", "/etc/passwd") }, `path "/etc/passwd": the path is absolute [refused-construct]`},
		"a path of Windows":       {func(s string) string { return strings.ReplaceAll(s, "data/fleet.csv", `c:\\x`) }, `the path is absolute [refused-construct]`},
		"a path with a NUL byte":  {func(s string) string { return strings.ReplaceAll(s, "data/fleet.csv", `data\u0000fleet.csv`) }, `the path is not one with slashes inside the package [refused-construct]`},
		"a raw NUL byte":          {func(s string) string { return strings.Replace(s, "open", "o\x00pen", 1) }, "not readable as JSON"},
		"a file listed twice":     {func(s string) string { return strings.ReplaceAll(s, "data/fleet.csv", "data/hardware.csv") }, "is empty or stands twice [duplicate-name]"},
		"a key that stands twice": {func(s string) string {
			return strings.Replace(s, `"name": "open"`, `"name": "open", "Name": "other"`, 1)
		}, `datapackage.json:5: the key "Name" stands twice: programs differ in which of its values counts [syntax]`},
		"a key that Go takes for another": {func(s string) string {
			return strings.Replace(s, `"resources": [`, `"reſources": [], "resources": [`, 1)
		}, `the key "resources" stands twice: programs differ`},
		"values in each other": {func(string) string { return strings.Repeat(`{"a":[`, 500_000) }, "values are nested deeper than 64 [syntax]"},
		"another shape":        {func(string) string { return `{"resources": {"a": 1}}` }, "not as it should be"},
		"a list":               {func(string) string { return `[]` }, "not as it should be"},
		"nothing":              {func(string) string { return "" }, "the file is empty [syntax]"},
		"two values":           {func(s string) string { return s + "{}" }, "text follows the end of the outermost brackets [syntax]"},
		"no UTF-8":             {func(s string) string { return strings.Replace(s, "open", "o\xffpen", 1) }, "the file is not UTF-8 text [syntax]"},
		"a huge text":          {func(string) string { return `{"a": "` + strings.Repeat("x", maxJSON) + `"}` }, "at most 33554432 are read [too-large]"},
		"a type of the future": {func(s string) string { return strings.Replace(s, `"type": "number"`, `"type": "numeral"`, 1) }, `no type "numeral" [bad-type]`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := open(t)
			path := filepath.Join(dir, publish.DescriptorFile)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(tc.change(string(text))), 0o666); err != nil {
				t.Fatal(err)
			}
			seal(t, dir)
			if got, _ := findings(t, dir, Options{}); !strings.Contains(got, tc.want) {
				t.Errorf("found:\n%.3000s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// seal writes SHA256SUMS anew and nothing else.
func seal(t testing.TB, dir string) {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"CITATION.cff", "README.md", "datapackage.json", "ro-crate-metadata.json", "data/deployments.csv", "data/deployments.parquet", "data/fleet.csv", "data/fleet.parquet",
		"data/hardware.csv", "data/hardware.parquet", "data/training_runs.csv", "data/training_runs.parquet"} {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		files[name] = hex.EncodeToString(sum[:])
	}
	if err := os.WriteFile(filepath.Join(dir, publish.SumsFile), folder.List(files), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatChangesWhileItIsReadIsTold(t *testing.T) {
	dir := open(t)
	var o Options
	o.opened = func(name string) {
		if name == "data/fleet.csv" {
			if err := os.Chtimes(filepath.Join(dir, "data", "fleet.csv"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
				t.Error(err)
			}
		}
	}
	if got, _ := findings(t, dir, o); !strings.Contains(got, "data/fleet.csv: the file was changed while it was verified [changed-while-read]") {
		t.Errorf("found:\n%s", got)
	}
	dir = open(t)
	o.opened = func(name string) {
		if path := filepath.Join(dir, "data", "fleet.csv"); name == "README.md" { // put in its place between the listing and the opening
			text, err := os.ReadFile(path)
			if err == nil {
				err = os.Remove(path)
			}
			if err == nil {
				err = os.WriteFile(path, text, 0o666)
			}
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, "data", "other"), nil, 0o666) // takes an inode that became free
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	if got, _ := findings(t, dir, o); !strings.Contains(got, "data/fleet.csv: ") || !strings.Contains(got, "[changed-while-read]") {
		t.Errorf("another file in its place: found:\n%s", got)
	}
}

func TestTheDeathOfTheSecondImplementationIsAFinding(t *testing.T) {
	o := options()
	o.Second[1] = "dies"
	got, report := findings(t, open(t), o)
	if !strings.Contains(got, "data/fleet.parquet: the second implementation died (exit status 2): panic: as a hostile file makes it") || report.Tables[0].Second {
		t.Errorf("found:\n%s", got)
	}
}

// A page that claims a gigabyte is refused by the first implementation; the second one is not started on it.
func TestAPageThatClaimsAGigabyteIsRefusedAheadOfTheSecondImplementation(t *testing.T) {
	dir := open(t)
	path := filepath.Join(dir, "data", "fleet.parquet")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A page's header opens with the type of the page (field 1) and its size (field 2), as a zigzag number of variable length, behind the magic.
	if !bytes.Equal(text[:5], []byte("PAR1\x15")) || text[6] != 0x15 {
		t.Fatalf("the file begins with % x", text[:8])
	}
	end := 7
	for text[end]&0x80 != 0 {
		end++
	}
	gigabyte := []byte{0x80, 0x80, 0x80, 0x80, 0x08}
	bad := append(append(bytes.Clone(text[:7]), gigabyte...), text[end+1:]...)
	// What the header is longer now is taken from behind it: the page's bytes are never asked for.
	grown := len(bad) - len(text)
	bad = append(bad[:200], bad[200+grown:]...)
	if err := os.WriteFile(path, bad, 0o666); err != nil {
		t.Fatal(err)
	}
	reseal(t, dir)
	o := options()
	o.Second[1] = "dies"
	got, _ := findings(t, dir, o)
	if !strings.Contains(got, "data/fleet.parquet column fleet_id: the column cannot be read") || strings.Contains(got, "data/fleet.parquet: the second implementation") {
		t.Errorf("found:\n%s", got)
	}
}

func FuzzCheckJSON(f *testing.F) {
	f.Add([]byte(`{"a": [1, {"b": null}], "A": 2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, wrong := checkJSON(text); wrong == "" && !json.Valid(text) {
			t.Errorf("%q is taken for JSON", text)
		}
	})
}
