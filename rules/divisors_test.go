package rules

import (
	"strings"
	"testing"
)

// What is divided by must not reach 0; what else reaches it may.
func TestDivisorsThatStayAwayFrom0(t *testing.T) {
	for name, c := range map[string]struct{ value, distribution, formula string }{
		"a lognormal":                          {"0.5", "lognormal(0.5, 4)", "energy / load"},
		"a normal that is far from 0":          {"0.5", "normal(0.5, 0.1)", "energy / load"},
		"one that is cut far from its mean":    {"0.5", "truncated_normal(0.5, 0.1, 0, 1)", "energy / load"},
		"a bound above 0":                      {"0.5", `uniform(0, 1)", min: 0.001, class: "modelled`, "energy / load"},
		"a factor":                             {"0.5", "uniform(0, 1)", "energy * load"},
		"what cancels":                         {"0.5", "uniform(0, 1)", "energy * load ** 2 / load"},
		"what is divided by and by that again": {"0.5", "uniform(0, 1)", "energy / (1 / load)"},
		"a sum":                                {"0.5", "uniform(0, 1)", "energy / (1 + load)"},
		"inside a function":                    {"0.5", "uniform(0, 1)", "energy / max(load, 0.1)"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(soundMethod, "FORMULA", c.formula, 1)
			text = strings.Replace(text, `value: 0.5, unit: "1", distribution: "uniform(0.4, 0.6)"`, `value: `+c.value+`, unit: "1", distribution: "`+c.distribution+`"`, 1)
			if strings.Contains(c.formula, "max(") {
				text = strings.Replace(text, c.formula, `"`+c.formula+`"`, 1)
			}
			for _, p := range problemsOf(t, text) {
				t.Error(p)
			}
		})
	}
}
