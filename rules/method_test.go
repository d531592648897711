package rules

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestARowWithoutPeriodNeedsATimeOfItsOwn(t *testing.T) {
	schema := runsSchema()
	schema.From, schema.Year = "", ""
	var probs diag.List
	m := Load("m.yaml", []byte(strings.Replace(soundMethod, "FORMULA", "energy", 1)), &probs)
	Compile(m, schema, parsePack(t, errorPack), nil, &probs)
	var got []string
	for _, p := range probs.Problems() {
		got = append(got, p.Message)
	}
	want := []string{"rows of runs have no period: the impact use must say its time", "rows of runs have no period: the impact heat must say its time",
		"rows of runs have no period: nothing can be counted for a year"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}
