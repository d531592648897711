package rules

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
)

// withUncertainty is the sound method with a block of uncertainty.
func withUncertainty(t *testing.T, block string) *Method {
	t.Helper()
	text := strings.Replace(soundMethod, "FORMULA", "energy", 1)
	text = strings.Replace(text, "    energy_basis: {of: [energy], words: {metered: measured}}\n", `    energy_basis: {of: [energy], words: {metered: measured, estimated: modelled}}
    region_basis: {of: [region], words: {assumed: defaulted}}
`, 1)
	text = strings.Replace(text, "factors:\n", block+"factors:\n", 1)
	var probs diag.List
	m := Load("m.yaml", []byte(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(probs.Problems())
	}
	return m
}

func TestTheErrorOfARowGoesByItsOwnClass(t *testing.T) {
	m := withUncertainty(t, `uncertainty:
  rank: [losses, load, electricity]
  inventory:
    shared_by: region
    basis: [energy_basis]
    classes:
      modelled: {gsd2: 1.5, shared: 0.8, source: made up}
      defaulted: {gsd2: 2, shared: 0.9, source: made up}
    pedigree: {basic: 0.0006, shared: 0.5, source: made up}
`)
	u := m.Uncertainty
	if !slices.Equal(u.Rank, []string{"losses", "load", "electricity"}) || u.Inventory.SharedBy != "region" || *u.Inventory.Pedigree != (PedigreeError{0.0006, 0.5, "made up"}) {
		t.Errorf("%+v %+v", u, u.Inventory)
	}
	var columns []string
	for _, g := range m.RowGrades() {
		columns = append(columns, g.Column)
	}
	if !slices.Equal(columns, []string{"quality", "energy_basis"}) {
		t.Errorf("rows are graded by %q", columns)
	}
	for _, c := range []struct{ column, word, class string }{
		{"quality", "measured", "measured"}, {"quality", "reported", "reported"}, {"quality", "guessed", "defaulted"},
		{"energy_basis", "metered", "measured"}, {"energy_basis", "estimated", "modelled"}, {"energy_basis", "measured", "defaulted"},
	} {
		g := m.RowGrades()[slices.Index(columns, c.column)]
		if got := lca.Words().Qualities[g.Class(c.word)].Name; got != c.class {
			t.Errorf("%s %q: %s, want %s", c.column, c.word, got, c.class)
		}
	}
	e := u.Inventory
	if e.Class(uint8(class("measured"))).LogVariance() != 0 {
		t.Error("a class that is not named has an error")
	}
	// 95 % of a normal logarithm lie within 2 standard deviations, so that gsd2 is exp(2 σ).
	if got, want := e.Class(uint8(class("defaulted"))).LogVariance(), math.Pow(math.Log(2)/2, 2); math.Abs(got-want) > 1e-15 {
		t.Errorf("the variance of gsd2 2 is %v, want %v", got, want)
	}
}

func TestAMethodWithoutTheBlockTakesRowsAsExact(t *testing.T) {
	m := withUncertainty(t, "")
	if m.Uncertainty != nil {
		t.Fatalf("%+v", m.Uncertainty)
	}
	var none *RowErrors
	if none.Class(3).LogVariance() != 0 {
		t.Error("rows have an error")
	}
	if len(m.RowGrades()) != 3 {
		t.Errorf("without the block all columns grade: %v", m.RowGrades())
	}
}

func TestAColumnByWhichErrorsAreShared(t *testing.T) {
	const spread = "classes: {defaulted: {gsd2: 2, shared: 1, source: made up}}}}\nfactors:\n"
	number := lca.Field{Name: "site", Type: lca.Number}
	for name, c := range map[string]struct {
		column  string
		columns map[string][]lca.Field
		want    string
	}{
		"that both kinds have":           {"phase", map[string][]lca.Field{"runs": {text("phase")}, "fleet": {text("phase")}}, ""},
		"that is a slip":                 {"phas", map[string][]lca.Field{"runs": {text("phase")}, "fleet": {text("phase")}}, "m.yaml:14:38: no kind of the method has a column phas: all rows of a class would share one error [unknown-name]\ndid you mean phase?"},
		"that is like none":              {"laboratory", map[string][]lca.Field{"runs": {text("phase")}}, "m.yaml:14:38: no kind of the method has a column laboratory: all rows of a class would share one error [unknown-name]\nshared_by: source"},
		"that holds numbers":             {"site", map[string][]lca.Field{"runs": {number, text("phase")}}, "m.yaml:14:38: the column site holds no text: all rows of a class would share one error [bad-type]\nshared_by: source"},
		"that one kind has, not another": {"phase", map[string][]lca.Field{"runs": {text("phase")}, "fleet": {text("region")}}, "m.yaml:14:38: warning: fleet has no text column phase: all its rows of a class share one error [missing-column]\nshared_by: a text column that all kinds have, such as source"},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			sound := strings.Replace(soundMethod, "FORMULA", "energy", 1)
			m := Load("m.yaml", []byte(strings.Replace(sound, "factors:\n", "uncertainty: {inventory: {shared_by: "+c.column+", "+spread, 1)), &probs)
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			m.CheckSharedBy(c.columns, []string{"fleet", "runs"}[2-len(c.columns):], &probs)
			got := ""
			for _, p := range probs.Problems() {
				got += firstLines([]diag.Problem{p})[0] + "\n" + p.Hint
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func text(name string) lca.Field { return lca.Field{Name: name, Type: lca.Text} }

func TestAMethodIsCheckedForTheColumnByWhichErrorsAreShared(t *testing.T) {
	text := strings.Replace(soundMethod, "FORMULA", "energy", 1)
	text = strings.Replace(text, "factors:\n", "uncertainty: {inventory: {shared_by: regions, classes: {defaulted: {gsd2: 2, shared: 1, source: made up}}}}\nfactors:\n", 1)
	var probs diag.List
	m := Load("m.yaml", []byte(text), &probs)
	program := Compile(m, wrongSchema(t), parsePack(t, errorPack), nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(probs.Problems())
	}
	Unused(m, []*Program{program}, &probs)
	if got := strings.Join(firstLines(probs.Problems()), "\n"); !strings.Contains(got, `m.yaml:14:38: no kind of the method has a column regions: all rows of a class would share one error [unknown-name]`) {
		t.Error(got)
	}
}

// The figures of the embedded methods are those that their sources say: gsd2 = exp(2 √variance) of the scores in the source.
func TestTheSpreadsOfTheObservatoryAreThoseOfTheirPedigree(t *testing.T) {
	want := map[string]float64{"measured": 0.0006 + 0.0006, "reported": 0.0006 + 0.002 + 0.0006, "modelled": 0.0006 + 0.008 + 0.04, "defaulted": 0.0006 + 0.04 + 0.008 + 0.12}
	for _, ref := range []string{"observatory@1.0.0", "observatory@1.1.0"} {
		var probs diag.List
		m := Embedded(ref, &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		for i, q := range lca.Words().Qualities {
			e := m.Uncertainty.Inventory.Classes[i]
			if gsd2 := math.Exp(2 * math.Sqrt(want[q.Name])); math.Abs(e.GSD2-gsd2) > 0.0006 {
				t.Errorf("%s: %s has gsd2 %v, its scores give %.4f", ref, q.Name, e.GSD2, gsd2)
			}
			if i > 0 && e.GSD2 < m.Uncertainty.Inventory.Classes[i-1].GSD2 {
				t.Errorf("%s: %s is narrower than a better class", ref, q.Name)
			}
		}
	}
}

// Whatever an embedded method draws lies within what the quantity can be; a parameter without a distribution says why in its source.
func TestParametersOfTheObservatoryKeepTheirBounds(t *testing.T) {
	for _, ref := range []string{"observatory@1.0.0", "observatory@1.1.0"} {
		var probs diag.List
		m := Embedded(ref, &probs)
		for _, p := range m.Parameters {
			lo, hi := p.Bounds()
			if p.Distribution.Family() == dist.Fixed {
				reason := false
				for _, words := range []string{"without a spread", "constant of mathematics", "exact", "held at its value"} {
					reason = reason || strings.Contains(p.Source, words)
				}
				if !reason {
					t.Errorf("%s: %s has no distribution, and its source does not say why: %s", ref, p.Name, p.Source)
				}
				continue
			}
			if least, most := p.Distribution.Quantile(0.001), p.Distribution.Quantile(0.999); least < lo-1e-9 || most > hi+1e-9 || least < 0 {
				t.Errorf("%s: %s reaches from %v to %v, beyond %v to %v", ref, p.Name, least, most, lo, hi)
			}
		}
	}
}
