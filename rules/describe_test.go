package rules

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func described(t *testing.T, method string) *Description {
	t.Helper()
	var probs diag.List
	pack := parsePack(t, errorPack)
	m := Load("m.yaml", []byte(method), &probs)
	p := Compile(m, runsSchema(), pack, nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return Describe(m, []*Program{p}, pack)
}

// describedRule describes the sound method with parameters without and with a distribution, and a quantity tested.
func describedRule(t *testing.T, tested string) QuantityText {
	t.Helper()
	method := strings.Replace(strings.Replace(soundMethod, "FORMULA", "energy", 1), "tested: {unit: kWh, expr: energy}", "tested: "+tested, 1)
	for _, q := range described(t, method).Kinds[0].Quantities {
		if q.Name == "tested" {
			return q
		}
	}
	t.Fatal("there is no quantity tested")
	return QuantityText{}
}

func TestNormalFormsAreDescribed(t *testing.T) {
	for _, c := range []struct{ name, expr, normal, why string }{
		{"a coefficient alone", "device_hours * power", "device_hours · power / 1000", ""},
		{"a symbol alone", "limit", "limit", ""},
		{"a product", "device_hours * power * load * losses", "device_hours · power / 1000 × load × losses", ""},
		{"powers", "energy * load ** 2 / losses", "energy × load^2 / losses", ""},
		{"a quotient of a number", "q(1, \"kWh\") / load", "q(1, \"kWh\") / load", ""},
		{"a sum", "(energy + limit) * (load - losses)", "energy × load - energy × losses + limit × load - limit × losses", ""},
		{"a sum of the row in a product", "(energy + energy) * load", "(energy + energy) × load", ""},
		{"cases", `phase == "x" ? energy * load : energy`, `energy × load if phase == "x"; energy if phase != "x"`, ""},
		{"a symbol made of others", "energy * exp(-load)", "energy × exp(-load)", ""},
		{"what has none", "max(energy * load, energy)", "", "max of something uncertain is not a product"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q := describedRule(t, "{unit: kWh, expr: '"+c.expr+"'}")
			if got := q.Tiers[0]; got.Normal != c.normal || got.Why != c.why {
				t.Errorf("%s is described as %q, why %q", c.expr, got.Normal, got.Why)
			}
		})
	}
}

func TestADescriptionNamesWhatIsUsedAndWhereANormalFormFails(t *testing.T) {
	method := strings.Replace(strings.Replace(soundMethod, "FORMULA", "energy", 1), "tested: {unit: kWh, expr: energy}",
		"tested: {unit: kWh, tiers: [{expr: energy}, {when: metered, expr: 'max(inner, limit)', class: modelled}]}\n      inner: {unit: kWh, expr: device_hours * hardware.rated_power * losses}", 1)
	d := described(t, method)
	k := d.Kinds[0]
	order := map[string]int{}
	for i, q := range k.Quantities {
		order[q.Name] = i
	}
	if order["inner"] > order["tested"] {
		t.Errorf("tested stands before what it uses: %v", order)
	}
	var uses []string
	for _, u := range k.Quantities[order["tested"]].Uses {
		uses = append(uses, u.What+" "+u.Name)
	}
	if got := strings.Join(uses, ", "); got != "column energy, column metered, quantity inner, parameter limit" {
		t.Errorf("tested uses %s", got)
	}
	for _, r := range k.Impacts {
		if r.Name == "use" && r.Why != "tested, tier 2: max of something uncertain is not a product" {
			t.Errorf("the impact's normal form: %q, why %q", r.Normal, r.Why)
		}
	}
	first, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	second, _ := json.Marshal(described(t, method))
	if string(first) != string(second) || strings.Contains(string(first), "null") {
		t.Errorf("the description differs from run to run, or has a null: %s", first)
	}
}

func TestDescribingAddsNothingToAProgram(t *testing.T) {
	var probs diag.List
	pack := parsePack(t, errorPack)
	m := Load("m.yaml", []byte(strings.Replace(soundMethod, "FORMULA", "energy * exp(-load)", 1)), &probs)
	p := Compile(m, runsSchema(), pack, nil, &probs)
	slots, derived, parts := len(p.slots), len(p.derived), p.builder.Len()
	Describe(m, []*Program{p}, pack)
	if len(p.slots) != slots || len(p.derived) != derived || p.builder.Len() != parts {
		t.Errorf("%d slots, %d derived, %d parts became %d, %d, %d", slots, derived, parts, len(p.slots), len(p.derived), p.builder.Len())
	}
}
