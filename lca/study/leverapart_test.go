package study

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

func embeddedLever(t testing.TB, name string) *levers.Lever {
	t.Helper()
	var probs diag.List
	l := levers.Embedded(name, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return l
}

// effectUnder is what a lever does to a total of the service perspective under an accounting; nil where there is none.
func (r *LeverResults) effectUnder(lever, category, accounting string) *lca.LeverEffect {
	at := slices.IndexFunc(r.Effects, func(e lca.LeverEffect) bool {
		return strings.HasPrefix(e.Lever, lever+"@") && e.Category == category && e.Perspective == "service" && e.Accounting == accounting
	})
	if at < 0 {
		return nil
	}
	return &r.Effects[at]
}

// nearTo fails where a figure is not what was worked out by hand.
func nearTo(t testing.TB, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// 1,250 kWh are used in France, where 1.08523 kWh are generated for each that arrives, and 1.06839 in Sweden. By the made-up pack one kWh more has power stations emit 0.4 kg in France and 0.5 kg in
// Sweden, whereas Sweden's average is far below France's: the move takes away by averages, and by margins it adds 1250 x (1.06839 x 0.5 - 1.08523 x 0.4) = 125.12875 kg.
//
// The case that it is set against is the study with marginal factors: 1250 x 1.08523 x 0.4 = 542.615 kg of electricity, and beside it what is made.
func TestRelocationByAverageAndByMarginalFactors(t *testing.T) {
	row := usedRow("deployments", "d", "FRA", 1000, logRow{"energy": 1250.0})
	rows := map[string][]logRow{"hardware": openHardware(), "deployments": {row}}
	move, margin := embeddedLever(t, "cleaner-grid"), embeddedLever(t, "cleaner-grid-marginal")
	r := levered(t, projectStudy(t, "overlays: [testdata/marginal]\n"+gapsOfTest, rows, sizing{}), Options{}, margin, move)

	average := r.effectUnder("cleaner-grid", "climate_change", "location")
	if average.Apart != "" || *average.Difference >= 0 {
		t.Errorf("by averages: %+v", average)
	}
	without := levered(t, projectStudy(t, gapsOfTest, rows, sizing{}), Options{}, leverOf(t, "none", "name: run_energy, expr: run_energy * 0", ""))
	making := without.effect(t, "none", "climate_change").Base + *without.effect(t, "none", "climate_change").Difference
	e := r.effectUnder("cleaner-grid-marginal", "climate_change", "location")
	nearTo(t, "the case with marginal factors", e.Base, 1250*1.08523*0.4+making)
	nearTo(t, "the move", *e.Difference, 125.12875)
	if e.Apart != levers.Consequential || e.Added != nil {
		t.Errorf("it is not apart: %+v", e)
	}
	nearTo(t, "energy", *r.effectUnder("cleaner-grid-marginal", "final_energy", "location").Difference, 0)
	for _, c := range []struct{ category, accounting string }{{"climate_change", "market"}, {"primary_energy", "location"}, {"water_consumption", "location"}} {
		if e := r.effectUnder("cleaner-grid-marginal", c.category, c.accounting); e != nil {
			t.Errorf("%s, %s is not known by margins: %+v", c.category, c.accounting, e)
		}
	}
	if want := []string{"electricity (marginal) primary_energy", "electricity (marginal) water_consumption"}; !slices.Equal(r.Levers[0].Lacks, want) || r.Levers[0].Why != "" {
		t.Errorf("it lacks %q, want %q; %s", r.Levers[0].Lacks, want, r.Levers[0].Why)
	}
	nearTo(t, "all together, without it", *r.effect(t, "", "climate_change").Difference, *average.Difference)
}

// No average stands in for a marginal factor: neither where the pack has none, nor where it has none of one of the places.
func TestAMarginalFactorThatIsNotThereIsNotKnown(t *testing.T) {
	margin := embeddedLever(t, "cleaner-grid-marginal")
	for name, c := range map[string]struct {
		overlay, region string
		lacks           string
	}{
		"the pack has none":             {"", "FRA", "electricity (operational, marginal) climate_change"},
		"the pack has none of Poland":   {"overlays: [testdata/marginal]\n", "POL", "electricity (operational, marginal) climate_change (POL)"},
		"one of two places has a value": {"overlays: [testdata/marginal]\n", "ITA", "electricity (operational, marginal) climate_change (ITA)"},
	} {
		rows := map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", c.region, 1000, nil), usedRow("deployments", "e", "ESP", 1000, nil)}}
		r := levered(t, projectStudy(t, c.overlay+gapsOfTest, rows, sizing{}), Options{}, margin)
		if e := r.effectUnder(margin.Name, "climate_change", "location"); e != nil {
			t.Errorf("%s: %+v", name, e)
		}
		if !slices.Contains(r.Levers[0].Lacks, c.lacks) || r.Levers[0].Why != "" {
			t.Errorf("%s: it lacks %q, want %q; %s", name, r.Levers[0].Lacks, c.lacks, r.Levers[0].Why)
		}
	}
}

// A training run and a service use 1,250 kWh each in France, for which 1.08523 x 1250 = 1356.5375 kWh are generated. By the made-up pack a kWh emits 0.02 kg from midnight to eight, 0.05 kg until four in the
// afternoon and 0.08 kg after: 0.05 kg on average, and 0.02 kg where all is done before eight. Both cases are of hours: 2 x 1356.5375 x 0.05 kg, of which the run's half falls by 1356.5375 x (0.02 - 0.05) = -40.696125 kg.
func TestTrainingInCleanerHours(t *testing.T) {
	rows := map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", "FRA", 1000, logRow{"energy": 1250.0})}, "training_runs": {usedRow("training_runs", "t", "FRA", 1000, logRow{"energy": 1250.0})}}
	hours := embeddedLever(t, "cleaner-hours")
	r := levered(t, projectStudy(t, "overlays: [testdata/hourly]\n"+gapsOfTest, rows, sizing{}), Options{}, hours)
	without := levered(t, projectStudy(t, gapsOfTest, rows, sizing{}), Options{}, leverOf(t, "none", "name: run_energy, expr: run_energy * 0", ""))
	making := without.effect(t, "none", "climate_change").Base + *without.effect(t, "none", "climate_change").Difference
	e := r.effectUnder(hours.Name, "climate_change", "location")
	nearTo(t, "the case of a flat load", e.Base, 2*1356.5375*0.05+making)
	nearTo(t, "cleaner hours", *e.Difference, -40.696125)
	if e.Apart != levers.Attributional || e.Added != nil || len(r.Levers[0].Down) != 1 {
		t.Errorf("%+v, %+v", e, r.Levers[0])
	}
	if e := r.effectUnder(hours.Name, "water_consumption", "location"); e != nil {
		t.Errorf("there is no water by hour: %+v", e)
	}
	r = levered(t, projectStudy(t, gapsOfTest, rows, sizing{}), Options{}, hours)
	if want := []string{"electricity_flat_load", "electricity_shifted_load"}; !slices.Equal(r.Levers[0].Lacks, want) || len(r.Effects) > 0 {
		t.Errorf("without factors of hours it lacks %q, want %q: %+v", r.Levers[0].Lacks, want, r.Effects)
	}
}

// Eight devices of 3 kg each are retired in 2024: 24 kg of waste, of which 3/8 are used on elsewhere: 9 kg less. Their treatment at 1.5062 kg a kg falls as much, 9 x 1.5062 = 13.5558 kg; what was made stays as it is. A
// service that wears out 1,000 of 35,040 hours of a device of 3 kg bears less of its treatment: 3/8 x 3 x 1.5062 x 1000 / 35040 = 0.0483583 kg.
func TestReuseAndRecyclingByHand(t *testing.T) {
	fleet := devices("f", "o", 8, "2020-01-01", "2024-07-01")
	fleet["hardware_id"], fleet["count_basis"] = "nvidia-h100-sxm5-80gb", "installed"
	rows := map[string][]logRow{"hardware": openHardware(), "fleet": {fleet}, "deployments": {usedRow("deployments", "d", "FRA", 1000, nil)}}
	const given = "lever_parameters: {reuse: {reused: {value: 0.375, source: a register}}, recycling: {collected: {value: 0.9, source: a contract}}}\n" // of both, whichever is computed
	of := func(what string, list ...*levers.Lever) func(category, perspective, lever string) float64 {
		r := levered(t, projectStudy(t, given+what+gapsOfTest, rows, sizing{}), Options{}, list...)
		return func(category, perspective, lever string) float64 {
			t.Helper()
			for _, e := range r.Effects {
				if e.Category == category && e.Perspective == perspective && e.Accounting == "location" && strings.HasPrefix(e.Lever, lever+"@") {
					return *e.Difference
				}
			}
			t.Fatalf("no %s of %s", category, lever)
			return 0
		}
	}
	reuse, recycling := embeddedLever(t, "reuse"), embeddedLever(t, "recycling")
	effect := of("", reuse, recycling)
	nearTo(t, "e-waste", effect("e_waste", "fleet", "reuse"), -9)
	nearTo(t, "treatment of the fleet", effect("climate_change", "fleet", "reuse"), -9*1.5062)
	nearTo(t, "treatment of what a service wears out", effect("climate_change", "service", "reuse"), -0.375*3*1.5062*1000/35040)
	nearTo(t, "energy", effect("final_energy", "service", "reuse"), 0)
	// cut-off counts all treatment, whatever is recycled of it
	nearTo(t, "recycling under cut-off", effect("climate_change", "fleet", "recycling"), 0)
	// 50:50 counts 1 - rate/2 of it: 24 x 1.5062 x (0.223 - 0.9) / 2 = -12.2364 kg; the waste weighs what it weighed
	effect = of("choices: {end_of_life: fifty_fifty}\n", recycling)
	nearTo(t, "recycling under 50:50", effect("climate_change", "fleet", "recycling"), 24*1.5062*(0.223-0.9)/2)
	nearTo(t, "e-waste that is recycled", effect("e_waste", "fleet", "recycling"), 0)
}

// An impact may be overridden as a quantity may: by its own bare name, one lever after the other, each reading all else as it is without it.
//
// The worked example's fleet of 2,000 devices ships 100 kg and 200 kg each; 2024's are 1,000 of 200 kg. Half of them, and of that a tenth less.
func TestALeverOfAnImpact(t *testing.T) {
	rows := workedRows()
	s := workedStudy(t, workedMethod, "", rows)
	half, tenth := leverOf(t, "half", "name: manufacturing, kinds: [fleet], expr: manufacturing / 2", ""), leverOf(t, "tenth", "name: manufacturing, kinds: [fleet], when: count > 10, expr: manufacturing * 0.9\nname: count, kinds: [fleet], expr: count * 0.9", "")
	r := levered(t, s, Options{}, half, tenth)
	for _, e := range r.Effects {
		if e.Category != "climate_change" || e.Accounting != "location" {
			continue
		}
		want := map[string]float64{"half@1": -100_000, "tenth@1": -20_000, "": -110_000}[e.Lever]
		if e.Perspective == "service" {
			want = 0 // the deployments' impact of the same name is not of the fleet
		}
		nearTo(t, e.Lever+" on "+e.Perspective, *e.Difference, want)
	}
	for sets, want := range map[string]string{
		"name: manufacturing, kinds: [fleet], expr: count * hardware.mass":   "its formula yields kg",
		"name: manufacturin, kinds: [fleet], expr: count":                    "did you mean manufacturing?",
		"name: e_waste, kinds: [fleet], expr: manufacturing * hardware.mass": `unknown name "manufacturing"`,
	} {
		_, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{leverOf(t, "x", sets, "")}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", sets, err, want)
		}
	}
}

// Numbers that a lever leaves to the study are its own, and those of the file may be replaced.
func TestNumbersOfLeversThatTheStudyGives(t *testing.T) {
	rows := map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", "FRA", 1000, logRow{"energy": 1000.0})}}
	s := projectStudy(t, gapsOfTest, rows, sizing{})
	_, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{embeddedLever(t, "reuse")}})
	if want := "reuse@1.0.0 was not computed: it leaves reused to the study, which does not give it"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	r, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{embeddedLever(t, "reuse"), embeddedLever(t, "repeated-answers")}, Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := "the study does not give reused, which is left to it (lever_parameters)"; r.Levers[0].Why != want {
		t.Errorf("%q, want %q", r.Levers[0].Why, want)
	}
	nearTo(t, "the file's tenth", *r.effectUnder("repeated-answers", "final_energy", "location").Difference, -100)
	var probs diag.List
	list := []*levers.Lever{embeddedLever(t, "reuse"), embeddedLever(t, "repeated-answers")}
	s.Give([]string{"repeated-answers.repeated=0.3"}, list, &probs)
	s.Give([]string{"reuse.reused=0.5", "repeated-answers.repeated = 0.25"}, list, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	r = levered(t, s, Options{}, list...)
	nearTo(t, "a quarter of the answers", *r.effectUnder("repeated-answers", "final_energy", "location").Difference, -250)
	if r.Levers[0].Why != "" {
		t.Error(r.Levers[0].Why)
	}
	for assignment, want := range map[string]string{
		"reuse.reused=1.5":                   "the value 1.5 is beyond min 0 to max 1",
		"reuse.reusd=0.5":                    `reuse@1.0.0 has no parameter "reusd"`,
		"reuse.reused=half":                  `expected a number, found "half"`,
		"reused=0.5":                         `"reused=0.5" gives no number of a lever`,
		"reuze.reused=0.5":                   "did you mean reuse?",
		"recycling.collected=0.5":            "write --levers recycling",
		"reuse.reused=30%":                   "write 0.3, where it is of unit 1",
		".reused=0.5":                        `".reused=0.5" gives no number of a lever`,
		"reuse.=0.5":                         `"reuse.=0.5" gives no number of a lever`,
		"reuse.reused=0.5; reuse.reused=0.5": "reuse.reused is given twice",
		"reuze.reused=half":                  `expected a number, found "half"`,
		"reuse.reusd=half":                   `expected a number, found "half"`,
	} {
		var probs diag.List
		s := projectStudy(t, gapsOfTest, rows, sizing{})
		s.Give(strings.Split(assignment, "; "), list, &probs)
		err := probs.Err()
		if err == nil {
			_, err = s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{embeddedLever(t, "reuse")}})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", assignment, err, want)
		}
	}
}

// What is wrong with the factors of a lever is told at its place in the lever's file.
func TestWrongFactorsOfLeversAreToldWhereTheyStand(t *testing.T) {
	s := projectStudy(t, "overlays: [testdata/hourly]\n"+gapsOfTest, map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", "FRA", 1000, nil)}}, sizing{})
	const set = "name: region, expr: region"
	for factors, want := range map[string]string{
		"factors: {grid_losses: {kinds: [deployments], fallbacks: [{world: true}]}}\n": "grid_losses is read by the lookup losses, which is the same for all kinds: kinds cannot part it",
		"factors: {electricity: {kinds: [deployment], select: {scope: life_cycle}}}\n": "did you mean deployments?",
		"factors: {electricity: {select: {margin: averag}}}\n":                         `x.yaml:10:42: the choice of electricity: unknown margin "averag"`,
		"factors: {electrcity: {select: {margin: average}}}\n":                         "did you mean electricity?",
		"factors: {electricity: {of: electricity_by_hour}}\n":                          `electricity is found by region, year, technology: the key "technology" is missing here`,
	} {
		var probs diag.List
		l := leverOf(t, "x", set, factors)
		ofKinds(l, &probs)
		err := probs.Err()
		if err == nil {
			_, err = s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{l}})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", factors, err, want)
		}
	}
}

// A number that no lever takes would be thought to count.
func TestNumbersThatNoLeverTakesAreRefused(t *testing.T) {
	rows := map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", "FRA", 1000, nil)}}
	for more, want := range map[string]string{
		"lever_parameters: {reuze: {reused: {value: 0.5, source: us}}}\n":                                                        `there is no lever "reuze"`,
		"lever_parameters: {reuse: {reusd: {value: 0.5, source: us}}}\n":                                                         `reuse@1.0.0 has no parameter "reusd"`,
		"levers: [less-idle@1.0.0]\nlever_parameters: {reuse: {reused: {value: 0.5, source: us}}}\n":                             "the study gives numbers of reuse, which is none of its levers [unused-name]",
		"lever_parameters: {reuse: {reused: {value: 0.5, source: us}}}\n":                                                        "",
		"levers: [reuse@1.0.0]\nlever_parameters: {reuse: {reused: {value: 0.5, source: us}}}\n":                                 "",
		"levers: [less-idle@1.0.0]\nlever_parameters: {repeated-answers: {repeated: {value: 0.2, source: us}}}\n":                "",
		"levers: [less-idle@1.0.0]\nlever_parameters: {repeated-answers: {repeated: {value: 0.2, source: us}}, reuse: {x: 1}}\n": "which is none of its levers",
	} {
		s := projectStudy(t, more+gapsOfTest, rows, sizing{})
		_, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{embeddedLever(t, "repeated-answers")}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
		var probs diag.List
		s.OwnLevers(&probs)
		if want != "" && probs.Err() == nil {
			t.Errorf("%s: the study itself does not say it", more)
		}
	}
}
