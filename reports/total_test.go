package reports

import (
	"math"
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

func TestReportOfTwoMethodsIsRefused(t *testing.T) {
	e := example()
	e.Impacts[7].Method = "other@1"
	var b strings.Builder
	if err := Write(&b, e); err == nil || !strings.Contains(err.Error(), "a report is of one method") || b.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, b.Len())
	}
}
