package scenarios

import (
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Every role has its driver, and every driver says what it acts on or which role it has.
func TestEveryDriverDoesSomething(t *testing.T) {
	var met []string
	for _, d := range Definitions() {
		if len(d.Acts)+len(d.Devices) == 0 && d.Role == "" {
			t.Errorf("%s acts on nothing", d.Name)
		}
		if d.Role != "" {
			met = append(met, d.Role)
		}
		if strings.TrimSpace(d.Doc) == "" || d.Variable == "" {
			t.Errorf("%s has no doc, or no name where scenarios are exchanged", d.Name)
		}
		for _, a := range slices.Concat(d.Acts, d.Devices) {
			if a.Exponent() == 0 {
				t.Errorf("%s acts with the power 0", d.Name)
			}
		}
	}
	for _, role := range roles {
		if !slices.Contains(met, role) {
			t.Errorf("no driver has the role %s", role)
		}
	}
}

// Words in drivers.yaml that nothing knows would act on nothing: they are told.
func TestUnknownWordsOfDriversAreTold(t *testing.T) {
	const text = `drivers:
  - {name: a, title: A, unit: "1", doc: d, by: [planet]}
  - {name: a, title: A, unit: kWatt, doc: d, acts: [{stages: [making], perspectives: [all], categories: [noise]}]}
  - {name: b, title: B, unit: "1", doc: d, role: sector, value: 3}
  - {name: c, title: C, unit: "1", doc: d, role: sector}
  - {name: d, title: D, unit: "1", doc: d, role: heating}
`
	var probs diag.List
	parseDefinitions("d.yaml", []byte(text), &probs)
	var got []string
	for _, p := range probs.Problems() {
		line, _, _ := strings.Cut(p.String(), "\n")
		got = append(got, line)
	}
	want := []string{
		`d.yaml:2:5: no driver is told apart by "planet" [unknown-name]`,
		"d.yaml:3:5: unit \"kWatt\": unknown unit kWatt; `ailca units` lists those that are known [bad-unit]",
		`d.yaml:3:5: unknown word "making" [unknown-name]`,
		`d.yaml:3:5: unknown word "all" [unknown-name]`,
		`d.yaml:3:5: unknown word "noise" [unknown-name]`,
		`d.yaml:3:5: a stands twice [duplicate-name]`,
		`d.yaml:4:5: the value of b needs a source [missing-value]`,
		`d.yaml:5:50: the role sector has two drivers [duplicate-name]`,
		`d.yaml:6:50: no driver has the role "heating" [unknown-name]`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
