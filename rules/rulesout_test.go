package rules

import (
	"math"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// filterOver is a program with nothing but a filter over the columns of a schema.
func filterOver(t testing.TB, text string, schema *Schema) *Program {
	t.Helper()
	p := oracleProgram(schema)
	p.filter = compileText(t, text, p, schema)
	return p
}

// boundsOf are the bounds of a column's rows; ok is false where a file has none.
func boundsOf(c *column.Column, rows int) (b Bounds, ok bool) {
	b = Bounds{Min: math.Inf(1), Max: math.Inf(-1)}
	has := 0
	for i := range rows {
		if !c.Valid.Get(i) {
			b.Missing++
			continue
		}
		has++
		switch c.Type {
		case column.Float:
			b.Min, b.Max = min(b.Min, c.Floats[i]), max(b.Max, c.Floats[i])
		case column.String:
			text := c.Dict.Values[c.Codes[i]]
			if has == 1 || text < b.MinText {
				b.MinText = text
			}
			b.MaxText = max(b.MaxText, text)
		}
	}
	if has == 0 {
		return Bounds{Missing: b.Missing, Empty: true}, true
	}
	return b, c.Type != column.Bool && (c.Type != column.Float || b.Min-b.Min == 0 && b.Max-b.Max == 0)
}

// weakened makes bounds as poor as files have them: texts cut short, missing values not counted, wider than need be, or not there at all.
func (g *generator) weakened(b Bounds, ok bool) (Bounds, bool) {
	switch g.IntN(8) {
	case 0:
		b.Missing = -1
		if b.Empty {
			return Bounds{}, false
		}
	case 1:
		b.MinText, b.MaxText = b.MinText[:len(b.MinText)/2], b.MaxText[:len(b.MaxText)/2]+"\xff"
		b.Min, b.Max = b.Min-1, b.Max+math.Abs(b.Max)
		ok = ok && b.Max-b.Max == 0
	case 2:
		return Bounds{}, false
	}
	return b, ok
}

// Whatever the filter, the rows and the bounds: of a group that is ruled out the filter keeps no row.
func TestNoGroupIsRuledOutOfWhichTheFilterKeepsARow(t *testing.T) {
	schema := oracleSchema()
	empty, ruledOut := 0, 0
	for seed := range uint64(4000) {
		g := newGenerator(seed)
		text := g.flag(1 + int(seed%4))
		p := filterOver(t, text, schema)
		machine := vector.NewMachine(p.builder)
		for range 8 {
			rows := 1 + g.IntN(5)
			columns := g.columns(schema, rows, []string{"", "one", "two", "three", "else"})
			for _, c := range columns { // what is not finite is refused when it is read
				for i, v := range c.Floats {
					if v-v != 0 {
						c.Floats[i] = 0
					}
				}
			}
			out := p.RulesOut(func(name string) (Bounds, bool) {
				for i, f := range schema.Fields {
					if f.Name == name {
						return g.weakened(boundsOf(&columns[i], rows))
					}
				}
				t.Fatalf("no column %s", name)
				return Bounds{}, false
			})
			machine.Forget()
			machine.Load(columns, rows)
			kept := column.NewBitmap(rows)
			kept.Fill(rows)
			machine.Eval(p.filter).True(kept)
			switch {
			case kept[0] == 0:
				empty++
				if out {
					ruledOut++
				}
			case out:
				t.Fatalf("%s\nkeeps rows %b of %d, yet they are ruled out", text, kept[0], rows)
			}
		}
	}
	if empty < 1000 || 3*ruledOut < empty {
		t.Errorf("of %d groups without a row that is kept only %d are ruled out", empty, ruledOut)
	}
}

func TestWhatBoundsRuleOut(t *testing.T) {
	schema := &Schema{Kind: "rows", Fields: []lca.Field{{Name: "region", Type: lca.Text}, {Name: "year", Type: lca.Integer}, {Name: "energy", Type: lca.Number, Unit: "kWh"},
		{Name: "hours", Type: lca.Number, Unit: "h"}, {Name: "power", Type: lca.Number, Unit: "W"}, {Name: "metered", Type: lca.Boolean}, {Name: "never", Type: lca.Text}, {Name: "note", Type: lca.Text}}}
	group := map[string]Bounds{
		"region": {MinText: "DEU", MaxText: "FRA"},
		"year":   {Min: 2021, Max: 2022, Missing: 3},
		"energy": {Min: 10, Max: 20, Missing: -1},
		"hours":  {Min: 1, Max: 2},
		"power":  {Min: 300, Max: 700},
		"never":  {Empty: true, Missing: 9},
	}
	for text, want := range map[string]bool{
		`region == "FRA"`:                  false,
		`region == "USA"`:                  true,
		`region == "ESP"`:                  false, // between the bounds, whether it is there or not
		`region != "USA"`:                  false,
		`region in ["CHN", "USA"]`:         true,
		`region in ["CHN", "DEU"]`:         false,
		`region not in ["CHN", "USA"]`:     false,
		`year >= 2023`:                     true,
		`year >= 2022`:                     false,
		`year < 2021`:                      true,
		`not (year >= 2021)`:               true, // also for rows without a year: the condition has no value
		`year == nil`:                      false,
		`region == nil`:                    true,
		`never == nil`:                     false,
		`never != nil`:                     true,
		`never == "x"`:                     true,
		`never != "x"`:                     true,
		`(never ?? "x") == "y"`:            true,
		`(year ?? 2025) == 2025`:           false,
		`(year ?? 2025) == 2024`:           false, // the bounds span the years between
		`(year ?? 2025) > 2025`:            true,
		`region == "USA" and year == 2022`: true,
		`region == "FRA" and year >= 2023`: true,
		`region == "USA" or year == 2022`:  false,
		`region == "USA" or year == 2023`:  true,
		`energy > q(1, "MWh")`:             true,
		`energy > q(0.015, "MWh")`:         false,
		`hours * power > q(2, "kWh")`:      true,
		`hours * power > q(1, "kWh")`:      false,
		`energy / hours < q(5, "kW")`:      true,
		`exp(hours / q(1, "h")) < 0`:       false, // not looked into
		`metered`:                          false,
		`metered and region == "USA"`:      true,
		`note == "x"`:                      false, // nothing is known of it
		`(year >= 2023 ? region == "FRA" : region == "USA")`:            true,
		`(region == "FRA" ? year == 2022 : year == 2030)`:               false,
		`max(hours, q(3, "h")) > q(3, "h")`:                             true,
		`abs(hours - q(4, "h")) < q(2, "h")`:                            true,
		`abs(hours - q(1.8, "h")) > q(0.5, "h")`:                        false,
		`not (energy * 1e307 - energy * 1e307 <= q(1e308, "kWh") * 10)`: false, // NaN where both overflow
		`(hours - q(4, "h")) * power > -q(0.7, "kWh")`:                  false,
		`power * (hours - q(4, "h")) > -q(0.7, "kWh")`:                  false,
		`(hours - q(4, "h")) * power < -q(2, "kWh")`:                    false,
		`power * (hours - q(4, "h")) < -q(2, "kWh")`:                    false,
		`power * (hours - q(4, "h")) > -q(0.5, "kWh")`:                  true,
		`false`: true,
		`true`:  false,
	} {
		p := filterOver(t, text, schema)
		if got := p.RulesOut(func(name string) (Bounds, bool) { b, ok := group[name]; return b, ok }); got != want {
			t.Errorf("%s: ruled out %t, want %t", text, got, want)
		}
	}
	if (&Program{}).RulesOut(nil) {
		t.Error("a group is ruled out though nothing is filtered")
	}
}
