package study

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet/parquettest"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
)

// checkRows reads rows of a kind from a CSV file of testdata/checks.
func checkRows(t *testing.T, kind *datasets.Kind) *column.Table {
	t.Helper()
	name := filepath.Join("testdata", "checks", kind.Name+".csv")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	table := datasets.FromCSV(kind, name, bytes.NewReader(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return table
}

// A row's id in testdata/checks says which check finds it, "pue_exactly_1.yes", or just does not, "pue_exactly_1.no". Each check about single rows has
// one of both for each of its kinds.
func TestEachCheckFindsWhatItShouldAndNoMore(t *testing.T) {
	tables, err := (&inspector{}).catalogues(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range datasets.Kinds() {
		table := checkRows(t, kind)
		var probs diag.List
		p := rules.CompileChecks(rules.EmbeddedChecks(), schemaOf(kind, tables), lists(), &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		batch := column.Batch{Rows: table.Rows, First: 1}
		for _, name := range p.Columns() {
			c, ok := table.Lookup(name)
			if !ok {
				t.Fatalf("no column %s", name)
			}
			batch.Columns = append(batch.Columns, *c)
		}
		ids, _ := table.Lookup(kind.ID)
		id := func(row int) string { return ids.Dict.Values[ids.Codes[row]] }
		found := map[string]bool{}
		p.NewRunner().Evaluate(&batch, func(check, row int, message func() string) {
			found[p.Checks()[check].Name+" "+id(row)] = true
			if text := message(); strings.ContainsAny(text, "{}") || strings.Contains(text, "unknown") || strings.Contains(text, "NaN") {
				t.Errorf("%s of %s says %q", p.Checks()[check].Name, id(row), text)
			}
		})
		for _, c := range p.Checks() {
			if c.Counts != "" {
				continue // see TestBoundariesAreCountedOverAllRows
			}
			yes, no := 0, 0
			for row := range table.Rows {
				name, rest, _ := strings.Cut(id(row), ".")
				if name != c.Name {
					continue
				}
				want := strings.HasPrefix(rest, "yes")
				if want {
					yes++
				} else {
					no++
				}
				if got := found[c.Name+" "+id(row)]; got != want {
					t.Errorf("%s: %s is found: %v", kind.Name, id(row), got)
				}
			}
			if yes == 0 || no == 0 {
				t.Errorf("%s: %d rows show what %s finds, %d what it just does not", kind.Name, yes, c.Name, no)
			}
		}
		for row := range table.Rows {
			name, _, _ := strings.Cut(id(row), ".")
			if !slices.ContainsFunc(p.Checks(), func(c *rules.Suspicion) bool { return c.Name == name }) {
				t.Errorf("%s: no check %q", kind.Name, name)
			}
		}
	}
}

// inspected writes rows as a Parquet file and tells what validating it finds, with --quality its rating too.
func inspected(t *testing.T, kind, text string, jobs int) (*diag.List, []Rated) {
	t.Helper()
	k, ok := datasets.KindByName(kind)
	if !ok {
		t.Fatal(kind)
	}
	var probs diag.List
	table := datasets.FromCSV(k, kind+".csv", strings.NewReader(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), kind+".parquet")
	var b bytes.Buffer
	if err := datasets.WriteInventory(&b, k, table); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	var found diag.List
	rated := Validate(context.Background(), []string{name}, Options{Jobs: jobs, Quality: true}, &found)
	return &found, rated
}

func TestBoundariesAreCountedOverAllRows(t *testing.T) {
	const head = "run_id,model_id,organisation,phase,energy,energy_boundary,pue,region,year,scope,source,licence,quality\n"
	row := func(id, boundary, pue, scope string) string {
		return fmt.Sprintf("%s,m%s,o,pretraining,1,%s,%s,FRA,2024,%s,s,CC0-1.0,reported\n", id, id, boundary, pue, scope)
	}
	for _, c := range []struct{ name, rows, want string }{
		{"one boundary", row("a", "it", "", "volume") + row("b", "it", "", "volume"), ""},
		{"two boundaries, one row without PUE", row("a", "facility", "", "volume") + row("b", "it", "", "volume") + row("c", "it", "1.2", "volume"),
			"energy of rows that enter totals stands at different boundaries (it 2, facility 1), and rows that are short of the facility have no pue of their own: 1"},
		{"two boundaries that PUE brings together", row("a", "facility", "", "volume") + row("b", "it", "1.2", "volume"), ""},
		{"rows that enter no total", row("a", "facility", "", "intensity") + row("b", "it", "", "volume"), ""},
	} {
		found, _ := inspected(t, "training_runs", head+c.rows, 1)
		got := ""
		for _, p := range found.Problems() {
			if p.Code == diag.BoundaryMix {
				got += p.Message
			}
		}
		if got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// What is found, and in which order, does not depend on the workers or on how rows are cut into groups; of one check a hundred are told, all are counted.
func TestFindingsDoNotDependOnWorkersAndGroups(t *testing.T) {
	kind, _ := datasets.KindByName("training_runs")
	var b strings.Builder
	b.WriteString("run_id,model_id,organisation,phase,hardware_id,device_hours,energy,energy_boundary,pue,region,year,scope,source,licence,quality\n")
	boundaries := []string{"device", "node", "it", "facility"}
	for i := range 3000 {
		fmt.Fprintf(&b, "r%d,m%d,o,pretraining,nvidia-h100-sxm5-80gb,%d,%d,%s,%s,FRA,2024,volume,s,CC0-1.0,reported\n", i, i/2, 1+i%7, 1+i%11, boundaries[i%4], []string{"", "1", "1.2"}[i%3])
	}
	var probs diag.List
	table := datasets.FromCSV(kind, "runs.csv", strings.NewReader(b.String()), &probs)
	if table == nil {
		t.Fatal(probs.Err())
	}
	want := ""
	for _, c := range []struct{ groupRows, jobs int }{{3000, 1}, {3000, 4}, {100, 1}, {100, 4}, {37, 8}} {
		name := filepath.Join(t.TempDir(), "runs.parquet")
		if err := os.WriteFile(name, parquettest.Write(t, kind.Fields(), table, c.groupRows), 0o666); err != nil {
			t.Fatal(err)
		}
		var found diag.List
		rated := Validate(context.Background(), []string{name}, Options{Jobs: c.jobs, Kind: "training_runs", Quality: true}, &found)
		got := fmt.Sprintf("%d errors, %d warnings, %d notes, rated %v and %v\n", found.Count(diag.Error), found.Count(diag.Warning), found.Count(diag.Note), rated[0].Rating.Mean(), rated[0].Rating.ILCD())
		for _, p := range found.Problems() {
			p.Place.File = ""
			got += strings.ReplaceAll(p.String(), name, "runs.parquet") + "\n"
		}
		if want == "" {
			want = got
			pue := strings.Count(got, "pue is exactly 1")
			if pue != 100 || found.Count(diag.Warning) < 1000 {
				t.Errorf("%d rows are told of 1000 with a PUE of 1, %d warnings are counted", pue, found.Count(diag.Warning))
			}
		}
		if got != want {
			t.Errorf("%d rows a group, %d workers:\n%.600s\nwant\n%.600s", c.groupRows, c.jobs, got, want)
		}
	}
}

// A rating by hand: of each indicator the first rule that is true, a declared level before all of them.
func TestRowsAreRatedByTheRules(t *testing.T) {
	const head = "run_id,model_id,phase,hardware_id,energy,energy_boundary,energy_basis,pue,region,region_basis,assumption,started,ended,year,scope,source,licence,quality,dq_precision\n"
	_, rated := inspected(t, "training_runs", head+
		// TeR 1, GR 1, TiR 1, C 1, P 1, M 1: mean 1, (6 + 4) / 10 = 1
		"a,m,pretraining,nvidia-h100-sxm5-80gb,300,facility,metered,1.2,FRA,published,,2024-01-01,2024-01-31,,volume,s,CC0-1.0,measured,\n"+
		// TeR 5, GR 5, TiR 2, C 5, P 3 declared, M 5: mean 25 / 6, (25 + 20) / 10 = 4.5
		"b,m,pretraining,,,,,,WOR,published,,,,2024,intensity,s,CC0-1.0,defaulted,3\n"+
		// TeR 2, GR 4, TiR 2, C 4, P 4, M 3: mean 19 / 6, (19 + 16) / 10 = 3.5
		"c,m,pretraining,nvidia-h100-sxm5-80gb,100,device,estimated,,USA,assumed,seat,,,2024,volume,s,CC0-1.0,modelled,\n", 1)
	if len(rated) != 1 || rated[0].Rating.Rows != 3 {
		t.Fatalf("%+v", rated)
	}
	r := rated[0].Rating
	if got, want := r.Mean(), (1+25.0/6+19.0/6)/3; got-want > 1e-15 || want-got > 1e-15 {
		t.Errorf("the mean is %v, want %v", got, want)
	}
	if got, want := r.ILCD(), (1+4.5+3.5)/3; got != want {
		t.Errorf("by the handbook's formula it is %v, want %v", got, want)
	}
	if got := fmt.Sprint(r.Classes); got != "[1 0 0 1 1]" {
		t.Errorf("classes %s: one excellent, one fair, one poor", got)
	}
	geographical := slices.IndexFunc(rules.EmbeddedRatings().Indicators, func(i rules.Indicator) bool { return i.Name == "geographical" })
	if rows, energy := r.Share(geographical, 4, false), r.Share(geographical, 4, true); rows != 1.0/3 || energy != 0.25 {
		t.Errorf("an assumed region has %v of the rows and %v of the energy", rows, energy)
	}
}

// What a power covers is as complete as what an energy does.
func TestPowerIsRatedByWhatItCovers(t *testing.T) {
	completeness := slices.IndexFunc(rules.EmbeddedRatings().Indicators, func(i rules.Indicator) bool { return i.Name == "completeness" })
	for boundary, want := range map[string]int{"facility": 1, "it": 2, "node": 3, "device": 4} {
		_, rated := inspected(t, "training_runs", "run_id,model_id,phase,device_count,wall_time,device_power,power_boundary,scope,source,licence,quality\n"+
			"a,m,pretraining,8,100,900,"+boundary+",volume,s,CC0-1.0,measured\n", 1)
		if len(rated) != 1 || rated[0].Rating.Share(completeness, want, false) != 1 {
			t.Errorf("a power of the boundary %s has the levels %v, want %d", boundary, rated[0].Rating.Levels[completeness], want)
		}
	}
}

func TestTheRatingOfOneRowFollowsBothFormulas(t *testing.T) {
	// Table 8 of the handbook's annex A: TeR 1, GR not applicable, TiR 3, C 2, P 3, M 2 give (1+0+3+2+3+2+3·4) / 9 = 2.56, "basic quality".
	if _, ilcd := rules.RowRating([]int{1, 0, 3, 2, 3, 2}); fmt.Sprintf("%.2f %s", ilcd, rules.EmbeddedRatings().Level(ilcd)) != "2.56 basic quality" {
		t.Errorf("the handbook's example comes to %v, %s", ilcd, rules.EmbeddedRatings().Level(ilcd))
	}
	for mean, want := range map[float64]string{1.5: "excellent", 1.51: "very good", 2: "very good", 3: "good", 4: "fair", 4.1: "poor", 5: "poor"} {
		if got := rules.EmbeddedRatings().Class(mean); got != want {
			t.Errorf("a mean of %v is %s, want %s", mean, got, want)
		}
	}
	for _, c := range []struct {
		levels     []int
		mean, ilcd float64
	}{
		{[]int{1, 1, 1, 1, 1, 1}, 1, 1},
		{[]int{5, 5, 5, 5, 5, 5}, 5, 5},
		{[]int{1, 1, 1, 1, 1, 4}, 1.5, 2.5}, // (9 + 4·4) / 10
		{[]int{2, 0, 2, 2, 2, 2}, 2, 2},     // (10 + 4·2) / 9
	} {
		if mean, ilcd := rules.RowRating(c.levels); mean != c.mean || ilcd != c.ilcd {
			t.Errorf("%v: %v and %v", c.levels, mean, ilcd)
		}
	}
	if mean, _ := rules.RowRating([]int{0, 0}); mean == mean {
		t.Errorf("nothing that applies is rated %v", mean)
	}
}
