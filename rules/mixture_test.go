package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func mixtureOf(t *testing.T, was, now string) *Mixture {
	t.Helper()
	var probs diag.List
	x := NewMixture(Embedded(was, &probs), Embedded(now, &probs))
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return x
}

func names(items []MixedItem) (out []string) {
	for _, i := range items {
		out = append(out, i.Name)
	}
	return out
}

func TestAFitsParametersArePartOfItsChange(t *testing.T) {
	x := mixtureOf(t, "ecologits@0.8", "ecologits@0.9")
	at := slices.Index(names(x.Items()), "deployments quantity energy_per_token")
	if at < 0 {
		t.Fatalf("energy_per_token is no change: %q", names(x.Items()))
	}
	var parts, with []string
	for _, c := range x.Items()[at].Changes {
		parts = append(parts, c.Name)
	}
	for _, c := range x.Items()[at].With {
		with = append(with, c.Name)
	}
	if want := []string{"energy_per_token", "energy_slope", "energy_intercept"}; !slices.Equal(parts, want) {
		t.Errorf("it consists of %q, not of %q", parts, want)
	}
	if want := []string{"energy_batch", "batch_size"}; !slices.Equal(with, want) {
		t.Errorf("it brings %q, not %q", with, want)
	}
	// server_power is read by server_energy alone, default_quantisation by weight_bits, which did not change.
	if !slices.Contains(names(x.Items()), "parameter default_quantisation") || slices.Contains(names(x.Items()), "parameter server_power") {
		t.Errorf("changes: %q", names(x.Items()))
	}
}

func TestImpactsDependOnWhatTheyReadAlone(t *testing.T) {
	x := mixtureOf(t, "ecologits@0.8", "ecologits@0.9")
	var behind []string
	for _, i := range x.Behind("deployments", "manufacturing_primary_energy") {
		behind = append(behind, strings.TrimPrefix(x.Items()[i].Name, "deployments "))
	}
	want := []string{"parameter default_quantisation", "parameter server_primary_energy", "quantity gpus", "quantity time_per_token", "quantity life_share"}
	if !slices.Equal(behind, want) {
		t.Errorf("%q, not %q", behind, want)
	}
}

// What a method between two says is what the earlier one says where nothing is made now, and what the later one says where all is.
func TestTheEndsOfAMixtureAreTheMethods(t *testing.T) {
	for _, pair := range [][2]string{{"ecologits@0.8", "ecologits@0.9"}, {"ecologits@0.9", "ecologits@0.9.4"}, {"observatory@1.0.0", "observatory@1.1.0"}, {"observatory@1.1.0", "observatory@1.0.0"}, {"codecarbon@2.2.3", "codecarbon@3.0"}} {
		x := mixtureOf(t, pair[0], pair[1])
		for end, m := range []*Method{x.was, x.now} {
			var probs diag.List
			mixed := x.Method(func(int) bool { return end == 1 }, &probs)
			if err := probs.Err(); err != nil {
				t.Fatalf("%v: %v", pair, err)
			}
			for _, change := range Compare(m, mixed).Changes {
				// What only the other one has stands in both, save for impacts, and does nothing.
				stands := change.What == Added && slices.Contains(effects, change.Section) && change.Section != "impacts"
				inert := change.Words || !slices.Contains(effects, change.Section) && change.Name != "categories"
				if !stands && !inert {
					t.Errorf("%v, end %d: %s %s %s", pair, end, change.Section, change.Name, change.What)
				}
			}
		}
	}
}

func TestEachChangeOfTheEmbeddedRevisionsGoesAlone(t *testing.T) {
	for _, pair := range [][2]string{{"ecologits@0.8", "ecologits@0.9"}, {"observatory@1.0.0", "observatory@1.1.0"}} {
		x := mixtureOf(t, pair[0], pair[1])
		for i := range x.Items() {
			for _, alone := range []bool{true, false} {
				var probs diag.List
				if m := x.Method(func(k int) bool { return (k == i) == alone }, &probs); m == nil || probs.Err() != nil {
					t.Errorf("%v: %s: %v", pair, x.Items()[i].Name, probs.Err())
				}
			}
		}
	}
}

func TestMergedChangesAreMadeTogether(t *testing.T) {
	x := mixtureOf(t, "ecologits@0.8", "ecologits@0.9")
	before := len(x.Items())
	at := slices.Index(names(x.Items()), "factor electricity") // which the impact water_off_site reads
	if !x.Merge(at) || len(x.Items()) >= before {
		t.Errorf("%d changes, %d before", len(x.Items()), before)
	}
	if x.MergeAll(); len(x.Items()) != 1 || x.Items()[0].Name != "categories and 14 others" {
		t.Errorf("left: %q", names(x.Items()))
	}
	if got := x.Behind("deployments", "electricity"); !slices.Equal(got, []int{0}) {
		t.Errorf("electricity depends on %v", got)
	}
}

// What stands under one name in both files, but as another sort of thing or for other kinds, is a change: of the two one alone stands.
func TestANameThatMovedIsAChange(t *testing.T) {
	const head = "method: m\nversion: \"1\"\nstatus: draft\ndate: \"2025-01-01\"\ntitle: A test\ncategories: [climate_change]\n"
	const kind = "kinds:\n  training_runs:\n%QUANTITIES    impacts:\n      - {name: final_energy, perspective: service, stage: training, category: final_energy, value: energy * extra}\n"
	of := func(text, quantities string) *Method {
		var probs diag.List
		m := Load("m.yaml", []byte(head+text+strings.Replace(kind, "%QUANTITIES", quantities, 1)), &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		return m
	}
	parameter := of("parameters:\n  extra: {value: 1.5, unit: \"1\", distribution: fixed, source: made up}\n", "")
	quantity := of("", "    quantities:\n      extra: {unit: \"1\", expr: 1.7}\n")
	common := of("common:\n  quantities:\n    extra: {unit: \"1\", expr: 1.1}\n", "")
	for _, pair := range [][2]*Method{{parameter, quantity}, {quantity, parameter}, {common, quantity}, {quantity, common}} {
		x := NewMixture(pair[0], pair[1])
		if len(x.Items()) != 1 {
			t.Fatalf("changes: %q", names(x.Items()))
		}
		if behind := x.Behind("training_runs", "final_energy"); !slices.Equal(behind, []int{0}) {
			t.Errorf("final_energy depends on %v", behind)
		}
		for end := range pair {
			var probs diag.List
			m := x.Method(func(int) bool { return end == 1 }, &probs)
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			if c := Compare(pair[end], m); c.Differs() {
				t.Errorf("end %d: %+v", end, c.Changes)
			}
		}
	}
}
