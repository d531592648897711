package rules

import (
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// A formula is named where a row's numbers may decide what becomes of it, and only there.
func TestDecisionsByNumbersAreNamed(t *testing.T) {
	for formula, want := range map[string]bool{
		"energy * 2":         false,
		"energy ?? limit":    false,
		"max(energy, limit)": false,
		"load * energy":      false,
		"hardware.rated_power * device_hours * load":        false,
		`region == "FRA" ? energy : limit`:                  false,
		`count == nil ? energy : energy * count`:            false,
		`count > 2 ? energy : limit`:                        true,
		`(count > 2 ? energy : limit) + energy`:             true,
		`region == "FRA" && count > 2 ? energy : limit`:     true,
		`region == "nowhere" && count > 2 ? limit : energy`: true, // some other row may be there
	} {
		var probs diag.List
		schema := runsSchema()
		m := Load("m.yaml", []byte(withFormula(formula)), &probs)
		if m == nil {
			t.Fatalf("%s: %v", formula, probs.Err())
		}
		p := Compile(m, schema, parsePack(t, errorPack+"losses region=FRA = 1.5 measured"), nil, &probs)
		if err := probs.Err(); err != nil {
			t.Fatalf("%s: %v", formula, err)
		}
		if got := p.ByNumbers(); (len(got) > 0) != want {
			t.Errorf("%s: decided by numbers: %q", formula, got)
		}
	}
}

// Of the observatory's method, rows for which no decision by numbers is named all have formulas.
func TestRowsWithoutDecisionsByNumbersHaveFormulas(t *testing.T) {
	p, schema, pack := observatoryProgram(t, "deployments")
	names := p.ByNumbers()
	if !slices.Contains(names, "contracted_energy") || slices.Contains(names, "facility_energy") || slices.Contains(names, "electricity") {
		t.Errorf("decided by numbers: %q", names)
	}
	b := randomRuns(schema, p.Columns(), 200, 0.3)
	for _, name := range []string{"onsite_supply", "contract_share", "contract_energy", "contract_factor"} {
		if at := slices.Index(p.Columns(), name); at >= 0 {
			clear(b.Columns[at].Valid)
		}
	}
	if told := checkPatterns(t, p, schema, pack, b); told != b.Rows {
		t.Errorf("formulas for %d of %d patterns", told, b.Rows)
	}
}
