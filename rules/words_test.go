package rules

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// A column whose words are few cannot hold another: comparing it with one is a misspelling that would go unnoticed.
func TestAColumnIsComparedWithItsOwnWords(t *testing.T) {
	schema := runsSchema()
	for i := range schema.Fields {
		if schema.Fields[i].Name == "phase" {
			schema.Fields[i].Values = []string{"pretraining", "finetuning", "failed"}
		}
	}
	for formula, want := range map[string]string{
		`phase == "failed" ? energy : limit`:                         "",
		`phase in ["failed", "finetuning"] ? energy : limit`:         "",
		`phase != region ? energy : limit`:                           "",
		`region == "anywhere" ? energy : limit`:                      "",
		`phase == "Failed" ? energy : limit`:                         `m.yaml:34:20: phase is never "Failed" [unknown-name] did you mean failed?`,
		`"fail" != phase ? energy : limit`:                           `m.yaml:34:11: phase is never "fail" [unknown-name] did you mean failed?`,
		`phase in ["failed", "fine tuning", "x"] ? energy : limit`:   `m.yaml:34:31: phase is never "fine tuning" [unknown-name] did you mean finetuning?`,
		`phase == "development" or metered ? energy : limit`:         `m.yaml:34:20: phase is never "development" [unknown-name] one of pretraining, finetuning, failed`,
		`not (phase == "pretraining" and metered) ? energy : limit`:  "",
		`(phase ?? "development") == "development" ? energy : limit`: "", // what has no word of its own
	} {
		var probs diag.List
		m := Load("m.yaml", []byte(strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+formula, 1)), &probs)
		Compile(m, schema, parsePack(t, errorPack), nil, &probs)
		got := ""
		for _, p := range probs.Problems() {
			line, _, _ := strings.Cut(p.String(), "\n")
			got += line + " " + p.Hint
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", formula, got, want)
		}
	}
}
