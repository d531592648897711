package factors

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"
)

const miniature = `pack: mini
version: "1"
status: draft
date: "2026-01-31"
title: A pack with random rows
factors:
  - {name: electricity, title: Electricity, per: kWh, keys: [region, year]}
  - {name: embodied, title: Devices, per: "1", keys: [technology]}
`

const minimix = `pack: minimix
version: "1"
status: draft
date: "2026-01-31"
title: A pack with a mix
factors:
  - {name: electricity, title: Electricity, per: kWh, keys: [region, year]}
  - {name: mix, title: Mix, per: kWh, unit: "1", keys: [region, year, technology]}
  - {name: generation, title: Generation, per: kWh, keys: [technology]}
derived:
  - {factor: electricity, categories: [climate_change], mix: mix, per_technology: generation}
`

// line is a row of a random pack.
type line struct {
	factor, category, region, technology string
	from, to                             int
	value                                int
}

func (r line) String() string {
	years, unit := ",", "kg CO2e"
	if r.from > 0 {
		years = fmt.Sprintf("%d,%d", r.from, r.to)
	}
	switch {
	case r.category == "primary_energy":
		unit = "MJ"
	case r.factor == "electricity":
		unit = "kg CO2e/kWh"
	}
	if r.category == "primary_energy" && r.factor == "electricity" {
		unit = "MJ/kWh"
	}
	return fmt.Sprintf("%s,%s,%s,%s,%s,%d,%s,fixed,,,,,,reported,S,,2026,CC0-1.0,", r.factor, r.category, r.region, r.technology, years, r.value, unit)
}

// related reports whether a row can have a part in the answer to a key: it is of the same factor and category.
func (r line) related(k Key) bool { return r.factor == k.Factor && r.category == k.Category }

func (r line) clashes(o line) bool {
	return r.factor == o.factor && r.category == o.category && r.region == o.region && r.technology == o.technology && r.from <= o.to && o.from <= r.to
}

func drawLine(t *rapid.T) line {
	r := line{factor: rapid.SampledFrom([]string{"electricity", "embodied"}).Draw(t, "factor"),
		category: rapid.SampledFrom([]string{"climate_change", "primary_energy"}).Draw(t, "category"), value: rapid.IntRange(4, 4000).Draw(t, "value")}
	if r.factor == "embodied" {
		r.technology = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "technology")
		return r
	}
	r.region = rapid.SampledFrom([]string{"FRA", "DEU", "EUR", "USA", "WOR"}).Draw(t, "region")
	r.from = rapid.IntRange(2015, 2025).Draw(t, "from")
	r.to = r.from + rapid.IntRange(0, 3).Draw(t, "years")
	return r
}

func pack(t *rapid.T, lines []line) *Pack {
	text := strings.Join(columnNames[:colSeries], ",") + "\n"
	for _, r := range lines {
		text += r.String() + "\n"
	}
	p, probs := loadFrom(fstest.MapFS{"p/pack.yaml": {Data: []byte(miniature)}, "p/rows.csv": {Data: []byte(text)}}, "p")
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

func drawKey(t *rapid.T) Key {
	return Key{Factor: rapid.SampledFrom([]string{"electricity", "embodied"}).Draw(t, "asked factor"),
		Category:   rapid.SampledFrom([]string{"climate_change", "primary_energy"}).Draw(t, "asked category"),
		Region:     rapid.SampledFrom([]string{"FRA", "DEU", "USA"}).Draw(t, "asked region"),
		Technology: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "asked technology"),
		Year:       rapid.IntRange(2013, 2030).Draw(t, "asked year")}
}

func drawPolicy(t *rapid.T) Policy {
	all := rapid.Permutation([]Step{{Kind: NearestYear, Max: 3}, {Kind: ParentRegion}, {Kind: WorldRegion}, {Kind: OtherTechnology, To: "c"}}).Draw(t, "steps")
	pol, err := NewPolicy(all[:rapid.IntRange(0, len(all)).Draw(t, "declared")]...)
	if err != nil {
		t.Fatal(err)
	}
	return pol
}

func drawLines(t *rapid.T) []line {
	var out []line
	for range rapid.IntRange(1, 12).Draw(t, "rows") {
		if r := drawLine(t); !slices.ContainsFunc(out, r.clashes) {
			out = append(out, r)
		}
	}
	return out
}

// outcome is what a lookup says, without the row's number.
func outcome(p *Pack, k Key, pol Policy) string {
	f, err := p.Resolve(k, Select{}, pol)
	if err != nil {
		return "absent"
	}
	return fmt.Sprint(f.Row.Value, f.Row.Region, f.Row.Technology, f.Row.From, f.Row.To, f.Steps())
}

func TestAnUnrelatedRowNeverChangesAResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines, k, pol := drawLines(t), drawKey(t), drawPolicy(t)
		want := outcome(pack(t, lines), k, pol)
		more := slices.Clone(lines)
		for range 4 {
			if r := drawLine(t); !r.related(k) && !slices.ContainsFunc(more, r.clashes) {
				more = slices.Insert(more, rapid.IntRange(0, len(more)).Draw(t, "where"), r)
			}
		}
		if got := outcome(pack(t, more), k, pol); got != want {
			t.Fatalf("%v: %s with unrelated rows, %s without", k, got, want)
		}
	})
}

func TestTheOrderOfRowsNeverChangesAResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines, k, pol := drawLines(t), drawKey(t), drawPolicy(t)
		shuffled := rapid.Permutation(lines).Draw(t, "order")
		if a, b := outcome(pack(t, lines), k, pol), outcome(pack(t, shuffled), k, pol); a != b {
			t.Fatalf("%v: %s in one order, %s in another", k, a, b)
		}
	})
}

// A row that was found exactly is the one that the key names; a row that was found by fallbacks is found exactly under the key that
// the steps lead to.
func TestTheStepsLeadToTheRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, k, pol := pack(t, drawLines(t)), drawKey(t), drawPolicy(t)
		f, err := p.Resolve(k, Select{}, pol)
		if err != nil {
			return
		}
		again, err := p.Resolve(f.Taken, Select{}, Policy{})
		if err != nil || again.Row != f.Row || !again.Exact() {
			t.Fatalf("%v was found as %v, which is %v, %v", k, f.Taken, again, err)
		}
		if exact, err := p.Resolve(k, Select{}, Policy{}); (err == nil) != f.Exact() || err == nil && exact.Row != f.Row {
			t.Fatalf("%v has an exact row and another was taken: %v", k, f)
		}
	})
}
