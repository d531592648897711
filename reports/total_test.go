package reports

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func cellOf(change func(*lca.Impact)) lca.Impact {
	i := lca.Impact{Study: "s", Year: 2025, Perspective: "service", Accounting: "location", Method: "m@1", Pack: "p@1", Category: "c", Unit: "kg", ShareOf: "total", Value: 1}
	change(&i)
	return i
}

var fixed = Selection{Study: "s", Year: 2025, Perspective: "service", Accounting: "location", Method: "m@1", Pack: "p@1", Category: "c"}

func TestTotalAddsOnlyWhatTheSelectionFixes(t *testing.T) {
	impacts := []lca.Impact{
		cellOf(func(i *lca.Impact) { i.Value = 1e100 }),
		cellOf(func(i *lca.Impact) {}),
		cellOf(func(i *lca.Impact) { i.Value = -1e100 }),
		cellOf(func(i *lca.Impact) { i.Study = "other" }),
		cellOf(func(i *lca.Impact) { i.Scenario = "high" }),
		cellOf(func(i *lca.Impact) { i.Year = 2024 }),
		cellOf(func(i *lca.Impact) { i.Perspective = "fleet" }),
		cellOf(func(i *lca.Impact) { i.Accounting = "market" }),
		cellOf(func(i *lca.Impact) { i.Method = "m@2" }),
		cellOf(func(i *lca.Impact) { i.Pack = "p@2" }),
		cellOf(func(i *lca.Impact) { i.Category = "d" }),
		cellOf(func(i *lca.Impact) { i.ShareOf = "option" }),
		cellOf(func(i *lca.Impact) { i.ShareOf = "credit" }),
	}
	got, err := Total(impacts, fixed)
	if err != nil || got != 1 { // 1e100 + 1 - 1e100, which a plain sum makes 0
		t.Errorf("got %v, %v, want exactly 1", got, err)
	}
}

func TestTotalIsRefused(t *testing.T) {
	one := []lca.Impact{cellOf(func(*lca.Impact) {})}
	for name, tc := range map[string]struct {
		impacts []lca.Impact
		open    func(*Selection)
		want    string
	}{
		"over studies":      {one, func(s *Selection) { s.Study = "" }, "needs one study"},
		"over years":        {one, func(s *Selection) { s.Year = 0 }, "needs one year"},
		"over perspectives": {one, func(s *Selection) { s.Perspective = "" }, "needs one perspective"},
		"over accountings":  {one, func(s *Selection) { s.Accounting = "" }, "needs one accounting"},
		"over methods":      {one, func(s *Selection) { s.Method = "" }, "needs one method"},
		"over packs":        {one, func(s *Selection) { s.Pack = "" }, "needs one factor_pack"},
		"over categories":   {one, func(s *Selection) { s.Category = "" }, "needs one category"},
		"of nothing":        {one, func(s *Selection) { s.Scenario = "high" }, "no such row"},
		"of two units":      {append(one[:1:1], cellOf(func(i *lca.Impact) { i.Unit = "t" })), func(*Selection) {}, `"kg" and in "t"`},
		"of no number":      {append(one[:1:1], cellOf(func(i *lca.Impact) { i.Value = math.NaN() })), func(*Selection) {}, "NaN"},
		"that overflows": {[]lca.Impact{cellOf(func(i *lca.Impact) { i.Value = math.MaxFloat64 }), cellOf(func(i *lca.Impact) { i.Value = math.MaxFloat64 })},
			func(*Selection) {}, "beyond"},
	} {
		t.Run(name, func(t *testing.T) {
			sel := fixed
			tc.open(&sel)
			_, err := Total(tc.impacts, sel)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("got %v, want an error with %q", err, tc.want)
			}
			if exit := diag.Exit(err); exit != 4 {
				t.Errorf("exit code %d, want 4", exit)
			}
		})
	}
}

// Of rows made at random, those of one total add up exactly, in any order; and whatever is put beside them that differs in a column is refused with the
// name of that column and both of its values.
func TestWhateverMixesIsRefusedAndTheRestAddsExactly(t *testing.T) {
	words := map[string][]string{
		"study": {"s", "t"}, "scenario": {"", "high"}, "year": {"2024", "2025"}, "perspective": {"service", "fleet"}, "accounting": {"location", "market"},
		"share_of": {"total", "option", "credit"}, "method": {"m@1", "m@2"}, "factor_pack": {"p@1", "p@2"}, "category": {"c", "d"}, "unit": {"kg", "MJ"},
	}
	columns := slices.Sorted(maps.Keys(words))
	r := rand.New(rand.NewPCG(3, 4))
	random := func() map[string]string {
		row := map[string]string{}
		for _, c := range columns {
			row[c] = words[c][0]
			if r.IntN(8) == 0 {
				row[c] = words[c][r.IntN(len(words[c]))]
			}
		}
		return row
	}
	impact := func(w map[string]string) lca.Impact {
		year, _ := strconv.Atoi(w["year"])
		return lca.Impact{Study: w["study"], Scenario: w["scenario"], Year: year, Perspective: w["perspective"], Accounting: w["accounting"], ShareOf: w["share_of"], Method: w["method"],
			Pack: w["factor_pack"], Category: w["category"], Unit: w["unit"], Stage: "training", Item: fmt.Sprint(r.IntN(9)), Value: math.Ldexp(r.Float64()-0.5, r.IntN(200)-100)}
	}
	added, refused := 0, 0
	for range 4000 {
		var rows []map[string]string
		var picked []lca.Impact
		exactly := new(big.Float).SetPrec(400)
		for range 1 + r.IntN(4) {
			w := random()
			rows, picked = append(rows, w), append(picked, impact(w))
			exactly.Add(exactly, new(big.Float).SetFloat64(picked[len(picked)-1].Value))
		}
		var differ []string // columns, of the first row that is another one than the first
		for _, w := range rows[1:] {
			for _, c := range columns {
				if w[c] != rows[0][c] || c == "share_of" && w[c] != "total" {
					differ = append(differ, c)
				}
			}
			if differ != nil {
				break
			}
		}
		got, err := Sum(picked)
		if differ == nil {
			added++
			want, _ := exactly.Float64()
			slices.Reverse(picked)
			again, _ := Sum(picked)
			if err != nil || got != want || again != want {
				t.Fatalf("%v of %v: %v, %v, exactly %v", err, rows, got, again, want)
			}
			if sel := selectionOf(&picked[0]); picked[0].ShareOf == "total" {
				if total, err := Total(picked, sel); err != nil || total != want {
					t.Fatalf("the total of %v is %v (%v), the sum %v", rows, total, err, want)
				}
			}
			continue
		}
		refused++
		var invalid *diag.Invalid
		if !errors.As(err, &invalid) || diag.Exit(err) != 4 {
			t.Fatalf("%v are added: %v, %v", rows, got, err)
		}
		var told []string
		for _, p := range invalid.List.Problems() {
			told = append(told, p.Place.Column)
		}
		slices.Sort(told)
		if !slices.Equal(told, differ) {
			t.Fatalf("%v: told of %v, they differ in %v", rows, told, differ)
		}
		// A total of these rows is that of those which the selection fixes, whatever stands beside them.
		if rows[0]["share_of"] == "total" && rows[0]["unit"] == "kg" {
			exactly := new(big.Float).SetPrec(400)
			units := true
			for i := range picked {
				if selectionOf(&picked[i]) == selectionOf(&picked[0]) && picked[i].ShareOf == "total" {
					exactly.Add(exactly, new(big.Float).SetFloat64(picked[i].Value))
					units = units && picked[i].Unit == "kg"
				}
			}
			want, _ := exactly.Float64()
			if total, err := Total(picked, selectionOf(&picked[0])); units && (err != nil || total != want) || !units && err == nil {
				t.Fatalf("the total of the first of %v is %v (%v), not %v", rows, total, err, want)
			}
		}
	}
	if added < 500 || refused < 500 {
		t.Errorf("%d added, %d refused: the test looks at too little", added, refused)
	}
	if _, err := Sum(nil); err == nil {
		t.Error("nothing adds up to a number")
	}
}

func TestReportOfTwoMethodsIsRefused(t *testing.T) {
	e := example()
	e.Impacts[7].Method = "other@1"
	var b strings.Builder
	if err := Write(&b, e); err == nil || !strings.Contains(err.Error(), "a report is of one method") || b.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, b.Len())
	}
}
