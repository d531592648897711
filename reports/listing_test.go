package reports

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// intensityTable is one of n entries in a first comparison class, whose values are 1 to n in no order, and of two entries in each of some more classes.
func intensityTable(n, more int) []lca.Intensity {
	var out []lca.Intensity
	add := func(class string, i int, value float64) {
		for _, accounting := range []string{"location", "market"} {
			out = append(out, lca.Intensity{Study: "s", Year: 2025, Category: "climate_change", Unit: "kg CO2e/request", Perspective: "service", Accounting: accounting,
				Kind: "deployments", Scope: "volume", FunctionalUnit: "request", ComparisonClass: class, Item: fmt.Sprintf("item-%06d", i), Impact: value, Units: 1,
				Value: value, Quality: "reported", Complete: true, Method: "m@1", Pack: "p@1"})
		}
	}
	for i := range n {
		add("a chat", i, float64(1+i*7919%n)) // 7919 is prime: each value once
	}
	for k := range more {
		add(fmt.Sprintf("class %03d", k), 0, 1)
		add(fmt.Sprintf("class %03d", k), 1, 2)
	}
	return out
}

func entriesOf(table []lca.Intensity) *Entries {
	e := &Entries{}
	for i := range table {
		row := table[i] // Add must not keep it
		e.Add(&row)
		row = lca.Intensity{}
	}
	return e
}

func TestASmallTableIsListedWhole(t *testing.T) {
	table := intensityTable(listedRows/2, 0)
	rows, ok := entriesOf(table).Whole()
	if !ok || len(rows) != len(table) || rows[len(rows)-1] != table[len(table)-1] {
		t.Errorf("%d of %d rows, whole: %t", len(rows), len(table), ok)
	}
	if _, ok := entriesOf(append(table, table[0])).Whole(); ok {
		t.Error("a larger table is listed whole")
	}
}

func TestOfALargeTableTheLargestEntriesAreListedAndAllAreCounted(t *testing.T) {
	const n, more = 10_000, 40
	p, err := newPage(&Edition{Study: "s", Year: 2025, Method: "m@1", Pack: "p@1", Listed: entriesOf(intensityTable(n, more))})
	if err != nil {
		t.Fatal(err)
	}
	kinds := p.Kinds()
	if len(kinds) != 1 || len(kinds[0].Classes) != listedClasses {
		t.Fatalf("%d kinds, the first of %d classes", len(kinds), len(kinds[0].Classes))
	}
	if want := "11 more comparison classes with 22 entries in all stand"; !strings.Contains(kinds[0].Unlisted, want) {
		t.Errorf("not listed: %q, want %q", kinds[0].Unlisted, want)
	}
	c := kinds[0].Classes[0]
	if c.Name != "a chat" || c.Count != n || len(c.Entries) != listedEntries {
		t.Fatalf("the class %s has %d entries, %d listed", c.Name, c.Count, len(c.Entries))
	}
	for i, e := range c.Entries {
		if v := e.value("climate_change", "location"); v == nil || *v != float64(n-i) {
			t.Fatalf("entry %d has the value %v, want %d", i, v, n-i)
		}
	}
	if first, last := c.figured[0], c.figured[len(c.figured)-1]; *first.value("climate_change", "market") != n || *last.value("climate_change", "market") != 1 {
		t.Error("the figure lacks the largest or the smallest entry")
	}
	f, err := p.ClassFigure(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"10,000 entries", "1.00\u00a0kg", "10.0\u00a0t"} {
		if !strings.Contains(f.Title, want) {
			t.Errorf("the figure's title is %q, want %q in it", f.Title, want)
		}
	}
	if want := "The 150 largest of 10,000 entries"; !strings.Contains(f.Table.Note, want) {
		t.Errorf("the table says %q, want %q", f.Table.Note, want)
	}
}

func TestTheReportOfALargeTableIsSmall(t *testing.T) {
	e := example()
	e.Listed, e.Intensities = entriesOf(intensityTable(60_000, 0)), nil
	var b strings.Builder
	if err := Write(&b, e); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 1<<20 {
		t.Errorf("%d bytes", b.Len())
	}
	if !strings.Contains(b.String(), "60,000 entries") {
		t.Error("the entries are not counted")
	}
}

// No view reads the impact table's rows: a report of totals alone is the same.
func TestAReportNeedsTheTotalsOfATableAlone(t *testing.T) {
	var want, got strings.Builder
	e := example()
	if err := Write(&want, e); err != nil {
		t.Fatal(err)
	}
	e.Totals, e.Impacts = totalsOf(e.Impacts, e.Year), nil
	if err := Write(&got, e); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Error("the reports differ")
	}
}
