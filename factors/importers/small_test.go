package importers

import (
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// smallFiles are a file of each format.
var smallFiles = map[string]string{"azure-regions": smallAzure, "ecologits": smallMixes, "electricity-maps": smallZones, "google-regions": smallGoogle}

// What a file does not say and nobody gives is asked for by the name of the flag, and nothing is read.
func TestWhatTheFilesDoNotSayIsAskedFor(t *testing.T) {
	for format, content := range smallFiles {
		var probs diag.List
		got := importedWith(t, format, Options{Year: 2023}, &probs, text("latest", content))
		expectProblems(t, &probs, "give --released DATE")
		f, _ := Find(format)
		if !slices.Contains(f.Needs, "released") || len(got.tables) != 0 {
			t.Errorf("%s: %+v", format, got)
		}
		if !slices.Contains(f.Needs, "year") {
			continue
		}
		probs = diag.List{}
		got = importedWith(t, format, Options{Released: "2025"}, &probs, text("latest", content))
		expectProblems(t, &probs, "give --year YEAR")
		if len(got.tables) != 0 {
			t.Errorf("%s read something: %+v", format, got)
		}
	}
}

// A year that is given counts more than the one in the name.
func TestAYearThatIsGivenOverridesTheName(t *testing.T) {
	for format, content := range smallFiles {
		got := imported(t, format, Options{Released: "2025", Year: 2022}, text("2019.x", content))
		checkRows(t, got)
		n := 0
		for _, rows := range got.rows {
			for _, r := range rows {
				if n++; r.From != 2022 || r.To != 2022 {
					t.Errorf("%s: %+v", format, r)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no rows", format)
		}
	}
}

// A file of another format is refused by naming what it lacks, once and not for each row.
func TestAFileOfAnotherToolIsNamedSo(t *testing.T) {
	expected := map[[2]string][]string{
		{"electricity-maps", "azure-regions"}: {"expected an object of zones, each an object with the keys carbonIntensity"},
		{"azure-regions", "electricity-maps"}: {"expected an array of regions, each an object with the key id"},
		{"ecologits", "google-regions"}:       {`no column "name"`, `no column "gwp"`, `no column "adpe"`, `no column "pe"`, `no column "wue"`},
		{"google-regions", "ecologits"}:       {`no column "Google Cloud Region"`, `no column "Google CFE"`},
		{"electricity-maps", "ecologits"}:     {"expected an object or an array"},
		{"azure-regions", "ecologits"}:        {"expected an object or an array"},
	}
	for pair, texts := range expected {
		var probs diag.List
		got := importedWith(t, pair[0], Options{Released: "2025", Year: 2023}, &probs, text("other", smallFiles[pair[1]]))
		expectProblems(t, &probs, texts...)
		if len(got.tables) != 0 {
			t.Errorf("%v read something", pair)
		}
	}
}

// Nothing that a stranger sends makes an importer panic, and what it delivers can always be a row of a pack.
func FuzzZonesAndRegions(f *testing.F) {
	for _, content := range []string{smallZones, smallGoogle, smallMixes, smallAzure, "", "{", "[[]]", `{"FR":1}`, `{"FR":{"carbonIntensity":{"value":"1e999","unit":"gCO2eq/kWh"}}}`,
		`[{"id":"westeurope","carbon":[],"water":{"wue":{}}}]`, `[{"id":"westeurope","carbon":{"pue":"1,1"}}]`} {
		f.Add(content)
	}
	formats := []string{"electricity-maps", "google-regions", "ecologits", "azure-regions"}
	f.Fuzz(func(t *testing.T, content string) {
		for _, format := range formats {
			var probs diag.List
			checkRows(t, importedWith(t, format, Options{Released: "2025", Year: 2023}, &probs, text("a", content)))
			packed(t, format, Options{Released: "2025", Year: 2023}, new(diag.List), text("a", content))
		}
	})
}
