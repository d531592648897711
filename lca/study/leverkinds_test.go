package study

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// changes are the rows of a lever's effects.
func (r *LeverResults) changes(lever string) (out []lca.LeverEffect) {
	for _, e := range r.Effects {
		if strings.HasPrefix(e.Lever, lever+"@") {
			out = append(out, e)
		}
	}
	return out
}

const sameRegion = "name: region, expr: region"

// A device that has no figure of its primary energy is counted by its parts. Where a lever has another device stand for it, the parts are dropped: whether it says so of all kinds, or of each by its name.
func TestAFactorOfKindsDropsWhatStoodInForIt(t *testing.T) {
	a100 := logRow{"hardware_id": "nvidia-a100-sxm4-80gb"}
	s := projectStudy(t, gapsOfTest, map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", "FRA", 1000, a100)}, "training_runs": {usedRow("training_runs", "t", "FRA", 1000, a100)}}, sizing{})
	const other = "fallbacks: [{technology: nvidia-h100-sxm5-80gb}]"
	r := levered(t, s, Options{}, leverOf(t, "all", sameRegion, "factors: {embodied: {"+other+"}}\n"),
		leverOf(t, "listed", sameRegion, "factors: {embodied: {kinds: [training_runs, deployments, fleet], "+other+"}}\nexcludes: [all]\n"))
	all, listed := r.changes("all"), r.changes("listed")
	for i, e := range listed {
		if (e.Difference == nil) != (all[i].Difference == nil) {
			t.Errorf("%s is known of one alone", e.Category)
			continue
		} else if e.Difference == nil {
			continue
		}
		nearTo(t, e.Category+" "+e.Perspective+" "+e.Accounting+", of each kind", *e.Difference, *all[i].Difference)
	}
	if len(listed) != len(all) {
		t.Errorf("%d and %d totals", len(listed), len(all))
	}
	if e := r.effectUnder("all", "primary_energy", "location"); e == nil || e.Difference == nil || *e.Difference == 0 {
		t.Errorf("nothing stands for another: %+v", e)
	}
}

// Of two levers of a factor the later one counts, for the kinds that it names or for all: a training run and a service in France use 1,356.5375 kWh each, at 0.02 kg a kWh in cleaner hours and 0.05 kg on average. On top of
// the first, which has the run work in cleaner hours, the second has both work all day.
func TestALaterLeverOfAFactorCounts(t *testing.T) {
	s := projectStudy(t, "overlays: [testdata/hourly]\n"+gapsOfTest, map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", "FRA", 1000, logRow{"energy": 1250.0})},
		"training_runs": {usedRow("training_runs", "t", "FRA", 1000, logRow{"energy": 1250.0})}}, sizing{})
	lever := func(name, use string) *levers.Lever {
		return leverOf(t, name, sameRegion, "factors: {electricity: {"+use+", by_category: {primary_energy: {scope: operational}, water_consumption: {scope: operational}}}}\n")
	}
	clean := lever("clean", "of: electricity_shifted_load, kinds: [training_runs]")
	for name, c := range map[string]struct {
		use           string
		service, runs float64 // kg a kWh
	}{
		"of some kinds": {"of: electricity_flat_load, kinds: [training_runs, deployments]", 0.05, 0.05},
		"of all kinds":  {"of: electricity_flat_load", 0.05, 0.05},
	} {
		later := lever("later", c.use)
		r := levered(t, s, Options{}, clean, later)
		alone := levered(t, s, Options{}, clean).effect(t, "clean", "climate_change")
		e := r.effect(t, "", "climate_change")
		service := levered(t, s, Options{}, leverOf(t, "none", "name: run_energy, kinds: [deployments], expr: run_energy * 0", "")).effect(t, "none", "climate_change") // what the service's electricity is as documented
		want := 1356.5375*c.runs - 1356.5375*0.02 + *alone.Difference + 1356.5375*c.service + *service.Difference
		nearTo(t, name, *e.Difference, want)
	}
	_, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{clean, leverOf(t, "later", sameRegion, "factors: {electricity: {select: {flow: production, point: generation, scope: life_cycle, margin: average}}}\n")}})
	if err == nil || !strings.Contains(err.Error(), "electricity is electricity and electricity_shifted_load, by what is set before") {
		t.Errorf("of which of two it is a use: %v", err)
	}
	if !slices.Contains(levered(t, s, Options{}, clean).Levers[0].Down, "climate_change") {
		t.Error("cleaner hours take nothing away")
	}
}
