package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestWhatNoResultDependsOnIsWarnedOf(t *testing.T) {
	sound := strings.Replace(soundMethod, "FORMULA", "(energy + limit) * losses", 1)
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"nothing": {"", "", nil},
		"a parameter": {"parameters:\n", "parameters:\n  spare: {value: 1, unit: \"1\", distribution: fixed, source: made up}\n",
			[]string{"m.yaml:12:3: no formula names the parameter spare [unused-name]"}},
		"a factor": {"factors:\n", "factors:\n  pue: {}\n", []string{"m.yaml:15:3: no impact or lookup uses the factor pue [unused-name]"}},
		"a ladder": {"ladders:\n", "ladders:\n  other: {steps: [{from: a, to: b, times: load}]}\n", []string{"m.yaml:17:3: no quantity stands on the ladder other [unused-name]"}},
		"a quantity and what it alone uses": {"    quantities:\n", "      free: {factor: losses, region: region}\n    quantities:\n      idle: {unit: kWh, expr: energy * free}\n", []string{
			"m.yaml:25:13: no impact, functional unit or other quantity that one of them needs uses the lookup free [unused-name]",
			"m.yaml:27:13: no impact, functional unit or other quantity that one of them needs uses the quantity idle [unused-name]"}},
		"a shared quantity": {"kinds:\n", "common:\n  quantities:\n    idle: {unit: kWh, expr: nonsense}\nkinds:\n", []string{
			"m.yaml:23:11: no kind uses the quantity idle, so that its formulas were not checked [unused-name]"}},
		"a grading column": {"energy_basis: {of: [energy]", "energy_bases: {of: [energi]", []string{
			"m.yaml:10:19: no kind has a column energy_bases: it grades nothing [unused-name]",
			"m.yaml:10:25: no kind has a column energi that could be graded [unused-name]"}},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			m := Load("m.yaml", []byte(strings.Replace(sound, c.old, c.new, 1)), &probs)
			p := Compile(m, runsSchema(), parsePack(t, errorPack), nil, &probs)
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			Unused(m, []*Program{p}, &probs)
			var got []string
			for _, p := range probs.Problems() {
				line, _, _ := strings.Cut(p.String(), "\n")
				got = append(got, strings.Replace(line, "warning: ", "", 1))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(c.want, "\n     "))
			}
		})
	}
}
