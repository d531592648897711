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

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/reports"
)

// historyOf reads a folder of editions.
func historyOf(t *testing.T, folder string) ([]*Edition, []Published) {
	t.Helper()
	var probs diag.List
	editions, totals, err := History(context.Background(), folder, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	return editions, totals
}

func TestAHistoryStatesWhatEachEditionPublished(t *testing.T) {
	out := t.TempDir()
	dir := t.TempDir()
	file := ownStudy(t, dir)
	text := read(t, filepath.Dir(file), filepath.Base(file))
	summaries := map[string]*Summary{}
	for _, e := range []struct{ name, edition, value string }{{"tenth", "2025.10", "25"}, {"ninth", "2025.9", "20"}, {"eleventh", "2025.11", "25"}} {
		changed := bytes.Replace(text, []byte("study: own\n"), []byte("study: "+e.name+"\nedition: \""+e.edition+"\"\n"), 1)
		if err := os.WriteFile(file, changed, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "over", "mine.csv"), bytes.Replace(read(t, "testdata/bundle", "mine.csv"), []byte(",20,"), []byte(","+e.value+","), 1), 0o666); err != nil {
			t.Fatal(err)
		}
		var probs diag.List
		s := LoadFile(context.Background(), file, &probs)
		sum, err := Run(context.Background(), s, Options{Out: filepath.Join(out, "deeper")})
		if err != nil {
			t.Fatal(err)
		}
		summaries[e.name] = sum
	}
	editions, totals := historyOf(t, out)
	var order []string
	for _, e := range editions {
		order = append(order, e.Text+" "+e.Study)
	}
	if !slices.Equal(order, []string{"2025.9 ninth", "2025.10 tenth", "2025.11 eleventh"}) {
		t.Errorf("the editions are %q", order)
	}
	stated := 0
	var carbon []string
	for i := range totals {
		p := &totals[i]
		for _, r := range summaries[p.Edition.Study].Rows { // of the study's year
			if r.Category != p.Category || r.Year != p.Year || r.Perspective != p.Perspective || r.Accounting != p.Accounting {
				continue
			}
			stated++
			if r.Value != *p.Value || r.Unit != p.Unit || r.Complete != p.Complete || *r.P05 != *p.P05 || *r.P95 != *p.P95 {
				t.Errorf("the run says %+v, the history %+v", r, p)
			}
		}
		if p.Category == "climate_change" && p.Accounting == "location" {
			change := "none"
			if p.Change != nil {
				change = fmt.Sprintf("%v, %.4v %%", *p.Change, *p.Percent)
			}
			carbon = append(carbon, p.Edition.Study+" "+p.Status+" "+change)
		}
	}
	if stated < 3*len(summaries["ninth"].Rows) {
		t.Errorf("the history states %d totals of the runs", stated)
	}
	// 1000 kWh at 20, then 25 g, and 3000 at 400 g.
	if want := []string{"ninth first published none", "tenth restated 5, 0.4098 %", "eleventh unchanged 0, 0 %"}; !slices.Equal(carbon, want) {
		t.Errorf("the carbon footprint is %q", carbon)
	}

	// A table that is another one than its run wrote is refused.
	rewrite(t, filepath.Join(out, "deeper", "tenth", "impacts.parquet"), func(text []byte) []byte { text[len(text)/2] ^= 1; return text })
	var probs diag.List
	if _, totals, _ := History(context.Background(), out, &probs); totals != nil || probs.Err() == nil || !strings.Contains(probs.Err().Error(), "tenth/impacts.parquet: the file is not the one that the run wrote") {
		t.Errorf("it says %v", probs.Err())
	}
	// So is what has a run.json and is no result, and a folder without any.
	if err := os.RemoveAll(filepath.Join(out, "deeper")); err != nil {
		t.Fatal(err)
	}
	probs = diag.List{}
	if _, _, err := History(context.Background(), out, &probs); err != nil || !strings.Contains(fmt.Sprint(probs.Err()), "no result of a run lies here or below") {
		t.Errorf("it says %v, %v", err, probs.Err())
	}
	if err := os.WriteFile(filepath.Join(out, "run.json"), []byte("{}"), 0o666); err != nil {
		t.Fatal(err)
	}
	probs = diag.List{}
	if _, _, err := History(context.Background(), out, &probs); err != nil || !strings.Contains(fmt.Sprint(probs.Err()), "the record has format 0") {
		t.Errorf("it says %v, %v", err, probs.Err())
	}
}

// Where there is nothing to compare with, there is no change, and not one of 0 %.
func TestWithoutAnEditionBeforeThereIsNoChange(t *testing.T) {
	water := historyKey{category: "water_consumption", year: 2024, perspective: "service", accounting: "location"}
	edition := func(text, unit string, values ...float64) *Edition {
		e := &Edition{Text: text, values: map[historyKey]float64{}, units: map[historyKey]string{}}
		for _, v := range values {
			e.values[water], e.units[water] = v, unit
		}
		return e
	}
	editions := []*Edition{edition("1", ""), edition("2", "m3", 0), edition("3", "m3", 4), edition("4", ""), edition("5", "m3", 4), edition("6", "L", 4000), edition("7", "L", 4000)}
	var got []string
	for _, p := range besideEachOther(editions) {
		text := p.Edition.Text + " " + p.Status
		for _, v := range []*float64{p.Value, p.Change, p.Percent} {
			if v == nil {
				text += " null"
			} else {
				text += fmt.Sprint(" ", *v)
			}
		}
		got = append(got, text)
	}
	want := []string{"2 first published 0 null null", "3 restated 4 4 null", "4 not stated null null null", "5 restated 4 null null", "6 restated 4000 null null", "7 unchanged 4000 0 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestNumbersInTheNamesOfEditionsStandByTheirValue(t *testing.T) {
	sorted := []string{"", "9", "10", "2024", "2025", "2025 b", "2025-1", "2025.1", "2025.1 draft", "2025.02", "2025.2", "2025.10", "autumn 9", "autumn 10", "spring"}
	for i, a := range sorted {
		for k, b := range sorted {
			if got := compareNatural(a, b); (got < 0) != (i < k) || (got > 0) != (i > k) {
				t.Errorf("%q and %q compare as %d", a, b, got)
			}
		}
	}
}

// A table of several studies or methods, or of others than its run.json names, has no totals.
func TestAnEditionIsOfOneStudyAndMethod(t *testing.T) {
	cell := historyCell{Study: "a", Scenario: "s", Year: 2024, Category: "climate_change", Unit: "kg CO2e", Perspective: "service", Accounting: "location", ShareOf: "total", Value: 1, Method: "m@1", Pack: "p@1"}
	for _, c := range []struct {
		change func(c *historyCell)
		says   string
	}{
		{func(c *historyCell) { c.Study = "b" }, "of several studies"},
		{func(c *historyCell) { c.Pack = "p@2" }, "of several studies, methods or packs"},
		{func(c *historyCell) { c.Year, c.Method = 2023, "m@2" }, `of the study "a" and the method "m@2", run.json names a and m@1`},
	} {
		e := &Edition{Study: "a", Method: "m@1", at: map[historyKey]reports.Selection{}, units: map[historyKey]string{}}
		if err := e.impact(&cell); err != nil {
			t.Fatal(err)
		}
		other := cell
		c.change(&other)
		if err := e.impact(&other); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("it says %v", err)
		}
	}
}
