package study

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The open edition by a method whose generated_energy has no normal form, with the PUE inside, but the same value: each impact is the same but for rounding, and so is
// what the ledger says of the fallbacks behind it, though no factor is left in the amounts' monomials to be seen there.
func TestAFormulaWithoutNormalFormHidesNoFallback(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long and has no goroutine of its own")
	}
	folder := t.TempDir()
	if err := Init(folder); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	method, err := os.ReadFile("../../rules/methods/observatory/1.0.0.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const normal, whole = "expr: grid_energy * losses\n", "expr: max(grid_energy * losses, 0 * grid_energy)\n"
	text := string(method)
	if strings.Count(text, normal) != 1 {
		t.Fatal("the method computes generated_energy another way")
	}
	ledgers := map[string]map[lca.Entry]float64{}
	for name, expr := range map[string]string{"normal": normal, "whole": whole} {
		write(t, filepath.Join(folder, name+"-method.yaml"), strings.Replace(text, normal, expr, 1))
		study, err := os.ReadFile(filepath.Join(folder, "study.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name+".yaml"), strings.Replace(string(study), "method: observatory@1.0.0", "method: ./"+name+"-method.yaml", 1))
		s := LoadFile(context.Background(), filepath.Join(folder, name+".yaml"), &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		if err := s.Draw(100); err != nil { // the fewest: the ledger is of point values
			t.Fatal(err)
		}
		sum, err := Run(context.Background(), s, Options{Out: filepath.Join(folder, name)})
		if err != nil {
			t.Fatal(err)
		}
		ledgers[name] = map[lca.Entry]float64{}
		for _, e := range ledgerOf(t, sum.Folder) {
			if e.Type == entryFallback || e.Type == entryValue {
				value := *e.Value
				e.Value, e.Share = nil, nil
				ledgers[name][e] = value
			}
		}
	}
	fallbacks := 0
	for e, want := range ledgers["normal"] {
		got, ok := ledgers["whole"][e]
		if !ok || math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%+v\nis %v, of the formula without normal form %v (%t)", e, want, got, ok)
		}
		if e.Type == entryFallback && e.Subject == "pue" {
			fallbacks++
		}
	}
	if len(ledgers["whole"]) != len(ledgers["normal"]) || fallbacks < 5 {
		t.Errorf("%d entries and %d; %d of them fallbacks of pue", len(ledgers["normal"]), len(ledgers["whole"]), fallbacks)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func ledgerOf(t *testing.T, folder string) []lca.Entry {
	return rowsOf[lca.Entry](t, folder, "ledger.parquet")
}
