package study

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// leverOf is a lever of a test. sets is the text of its list, rest more lines.
func leverOf(t testing.TB, name, sets, rest string) *levers.Lever {
	t.Helper()
	var probs diag.List
	text := "lever: " + name + "\nversion: \"1\"\nstatus: draft\ndate: \"2026-01-01\"\ntitle: " + name + "\narea: use\nconditions: a test\nrebound: none\nsource: made up\n" + rest + "set:\n"
	for line := range strings.Lines(sets) {
		text += "  - {" + strings.TrimSpace(line) + "}\n"
	}
	l := levers.Load(name+".yaml", []byte(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return l
}

func levered(t testing.TB, s *Study, o Options, list ...*levers.Lever) *LeverResults {
	t.Helper()
	r, err := s.ComputeLevers(context.Background(), LeverOptions{Options: o, Levers: list})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// effect is what a lever does to a total; the empty lever is all together.
func (r *LeverResults) effect(t testing.TB, lever, category string) *lca.LeverEffect {
	t.Helper()
	for i := range r.Effects {
		if e := &r.Effects[i]; (e.Lever == lever+"@1" || e.Lever == lever && lever == "") && e.Category == category && e.Perspective == "service" && e.Accounting == "location" {
			return e
		}
	}
	t.Fatalf("there is no %s of %q", category, lever)
	return nil
}

// A worked example: 1,000 kWh in France at a PUE of 1.2, 35,040 h on a device of 100 kg that serves four years. Electricity is 1,200 kWh x 0.05 kg/kWh = 60 kg, and the hours are one device, 100 kg.
//
// A PUE of 1.1 alone is 1,100 kWh and 55 kg: 5 kg less. Half of the hours alone are half of the device: 50 kg less. Germany alone, at 0.4 kg/kWh, is 480 kg: 420 kg more. On top of the PUE of 1.1 it adds 440 - 55 = 385 kg,
// and all three come to -5 - 50 + 385 = 330 kg more. A lifetime of 8 years, on top of half of the hours, takes half of the 50 kg that are left.
func TestLeversWorkedExample(t *testing.T) {
	s := workedStudy(t, workedMethod, "", workedRows())
	r := levered(t, s, Options{},
		leverOf(t, "cooling", "name: pue, when: pue > 1.1, expr: '1.1'", ""),
		leverOf(t, "hours", "name: device_hours, expr: device_hours / 2", ""),
		leverOf(t, "germany", `name: region, when: region == "FRA", expr: '"DEU"'`, ""),
		leverOf(t, "life", "name: default_lifetime, expr: default_lifetime * 2", ""))
	for _, c := range []struct {
		lever, category   string
		difference, added float64
	}{
		{"cooling", "climate_change", -5, -5}, {"cooling", "final_energy", -100, -100}, {"hours", "climate_change", -50, -50}, {"hours", "final_energy", 0, 0},
		{"germany", "climate_change", 420, 385}, {"germany", "final_energy", 0, 0}, {"life", "climate_change", -50, -25}, {"", "climate_change", 305, 305}, {"", "final_energy", -100, -100},
	} {
		e := r.effect(t, c.lever, c.category)
		base := map[string]float64{"climate_change": 160, "final_energy": 1200}[c.category]
		if math.Abs(e.Base-base) > 1e-9 || math.Abs(*e.Difference-c.difference) > 1e-9 || e.Added == nil || math.Abs(*e.Added-c.added) > 1e-9 || e.P05 != nil || !e.Complete {
			t.Errorf("%s, %s: of %v %v, added %v; want of %v %v, added %v", c.lever, c.category, e.Base, e.Difference, e.Added, base, c.difference, c.added)
		}
	}
	if germany := r.Levers[2]; !slices.Equal(germany.Up, []string{"climate_change"}) || germany.Down != nil {
		t.Errorf("%+v", germany)
	}
}

// A lever that sets what rows say is the same as rows that say it, to the bit: the difference is that of two studies.
func TestALeverIsAnInventoryOfWhichRowsAreChanged(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	rows := cutRows(20)
	for name, c := range map[string]struct {
		sets   string
		change func(row logRow)
	}{
		"region": {`name: region, when: region != "USA", expr: '"SWE"'`, func(row logRow) { row["region"] = map[bool]string{true: "USA", false: "SWE"}[row["region"] == "USA"] }},
		"pue and hours": {"name: pue, expr: '1.5'\nname: device_hours, when: 'pue < 1.3 and device_hours > q(500, \"h\")', expr: device_hours / 4", func(row logRow) {
			was, _ := row["pue"].(float64)
			row["pue"] = 1.5 // of rows that said none too; the other condition reads what was said
			if was < 1.3 && was > 0 && row["device_hours"].(float64) > 500 {
				row["device_hours"] = row["device_hours"].(float64) / 4
			}
		}},
		"one kind": {"name: energy, kinds: [deployments], expr: energy * 0.5", func(row logRow) {
			if row["deployment_id"] != nil {
				row["energy"] = row["energy"].(float64) * 0.5
			}
		}},
		"a word": {`name: energy_boundary, expr: '"facility"'`, func(row logRow) { row["energy_boundary"] = "facility" }},
	} {
		changed := map[string][]logRow{"hardware": rows["hardware"]}
		for _, kind := range []string{"deployments", "training_runs"} {
			for _, row := range rows[kind] {
				row = maps.Clone(row)
				c.change(row)
				changed[kind] = append(changed[kind], row)
			}
		}
		as := func(rows map[string][]logRow) map[string]float64 {
			out := map[string]float64{}
			own := maps.Clone(rows)
			delete(own, "fleet")
			for _, e := range levered(t, projectStudy(t, gapsOfTest, own, sizing{}), Options{}, leverOf(t, "nothing", "name: energy, expr: energy", "")).Effects {
				if *e.Difference != 0 {
					t.Errorf("an energy that is itself changes %v", e)
				}
				out[e.Category+e.Accounting] = e.Base
			}
			return out
		}
		was, now := as(rows), as(changed)
		own := maps.Clone(rows)
		delete(own, "fleet")
		moved := 0
		for _, e := range levered(t, projectStudy(t, gapsOfTest, own, sizing{}), Options{}, leverOf(t, "of-test", c.sets, "")).Effects {
			k := e.Category + e.Accounting
			if e.Base != was[k] || *e.Difference != now[k]-was[k] {
				t.Errorf("%s: %s is %v and changes by %v; of rows so changed %v and %v", name, k, e.Base, e.Difference, was[k], now[k]-was[k])
			}
			if *e.Difference != 0 {
				moved++
			}
		}
		if moved == 0 {
			t.Errorf("%s changes nothing", name)
		}
	}
}

// Cases are drawn from the same numbers: four fifths of the energy are four fifths of it in every draw, and what a lever leaves as it is differs by 0 in every draw.
func TestLeversDrawCasesTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	s := projectStudy(t, "draws: 400\n"+gapsOfTest, cutRows(50), sizing{})
	r := levered(t, s, Options{}, leverOf(t, "nothing", "name: pue, expr: pue", ""), leverOf(t, "fifth", "name: run_energy, expr: run_energy * 0.8", ""))
	none := levered(t, s, Options{}, leverOf(t, "all", "name: run_energy, expr: run_energy * 0", ""))
	varied := 0
	for i := range r.Effects {
		e := &r.Effects[i]
		if e.Lever == "nothing@1" && (*e.Difference != 0 || *e.P05 != 0 || *e.P95 != 0) {
			t.Errorf("nothing changes %s by %v (%v to %v)", e.Category, e.Difference, *e.P05, *e.P95)
		}
		if e.Lever != "fifth@1" || e.Perspective != "service" {
			continue
		}
		at := slices.IndexFunc(none.Effects, func(x lca.LeverEffect) bool {
			return x.Lever == "all@1" && x.Category == e.Category && x.Accounting == e.Accounting && x.Perspective == e.Perspective
		})
		all := none.Effects[at]
		near := func(a, b, within float64) bool { return math.Abs(a-b) <= within*math.Abs(*all.Difference) }
		// errors of small rows are drawn together for a total, which leaves a rest of about 1e-4
		if !near(*e.Difference, *all.Difference/5, 1e-12) || !near(*e.P05, *all.P05/5, 3e-4) || !near(*e.P95, *all.P95/5, 3e-4) {
			t.Errorf("%s: %v (%v, %v), a fifth of all energy is of %v (%v, %v)", e.Category, e.Difference, *e.P05, *e.P95, all.Difference, *all.P05, *all.P95)
		}
		if *e.P05 < *e.P95 {
			varied++
		}
	}
	if varied < 4 {
		t.Errorf("%d totals vary", varied)
	}
}

// A lever's own numbers are drawn: twice to half as much of what it takes away.
func TestALeversParametersAreDrawn(t *testing.T) {
	parameters := "parameters:\n  part: {value: 0.1, unit: \"1\", distribution: \"uniform(0.05, 0.15)\", source: made up}\n"
	s := workedStudy(t, workedMethod, "draws: 4000\n", workedRows())
	e := levered(t, s, Options{}, leverOf(t, "part", "name: facility_energy, expr: facility_energy * (1 - part)", parameters)).effect(t, "part", "final_energy")
	// measured energy is off by itself, too: 7.2 % in its geometric standard deviation's square
	if math.Abs(*e.Difference+120) > 1e-9 || math.Abs(*e.P05+1200*0.145) > 15 || math.Abs(*e.P95+1200*0.055) > 8 {
		t.Errorf("%v, from %v to %v", e.Difference, *e.P05, *e.P95)
	}
}

// What levers do together does not depend on their order where they set different names, and is in any case the sum of what each adds.
func TestLeversAddUp(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	list := []*levers.Lever{leverOf(t, "a", "name: pue, expr: '1.05'", ""), leverOf(t, "b", `name: region, expr: '"SWE"'`, ""), leverOf(t, "c", "name: run_energy, when: site_pue > 1.2, expr: run_energy / 2", ""),
		leverOf(t, "d", "name: service_life, expr: service_life * 1.5", ""), leverOf(t, "e", "name: electricity_location, kinds: [hardware], expr: '1'", "")}[:4]
	s := projectStudy(t, gapsOfTest, cutRows(40), sizing{})
	want := map[string]float64{}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}} {
		var own []*levers.Lever
		for _, i := range order {
			own = append(own, list[i])
		}
		r := levered(t, s, Options{}, own...)
		sums := map[string]float64{}
		for _, e := range r.Effects {
			k := e.Category + e.Perspective + e.Accounting
			if e.Lever != "" {
				sums[k] += *e.Added
				continue
			}
			if math.Abs(sums[k]-*e.Difference) > 1e-12*math.Abs(e.Base) {
				t.Errorf("%v: %s: what levers add is %v, together they change %v", order, k, sums[k], e.Difference)
			}
			if w, ok := want[k]; ok && w != *e.Difference {
				t.Errorf("%v: %s changes by %v together, in another order by %v", order, k, e.Difference, w)
			}
			want[k] = *e.Difference
		}
	}
}

// Which rows a study keeps, no lever changes: a filter reads what rows say.
func TestALeverChangesNoFilter(t *testing.T) {
	rows := workedRows()
	rows["deployments"] = append(rows["deployments"], maps.Clone(rows["deployments"][0]))
	rows["deployments"][1]["deployment_id"], rows["deployments"][1]["region"] = "e", "DEU"
	s := workedStudy(t, workedMethod, "where: {deployments: 'region == \"FRA\"'}\n", rows)
	e := levered(t, s, Options{}, leverOf(t, "germany", `name: region, expr: '"DEU"'`, "")).effect(t, "germany", "climate_change")
	if math.Abs(e.Base-160) > 1e-9 || math.Abs(*e.Difference-420) > 1e-9 {
		t.Errorf("%+v", e)
	}
}

// Of a quantity that stands on a ladder a lever is a multiple at each rung; a lookup may be overridden, too.
func TestALeverOfALadderAndOfALookup(t *testing.T) {
	rows := everyUse()
	delete(rows, "training_runs")
	s := projectStudy(t, gapsOfTest, rows, sizing{})
	r := levered(t, s, Options{}, leverOf(t, "less", "name: run_energy, expr: run_energy * 0.75", ""), leverOf(t, "lost", "name: losses, expr: losses * 2", ""), leverOf(t, "rung", "name: facility_energy, expr: run_energy.it", ""))
	for category, part := range map[string]float64{"final_energy": 0.25} {
		if e := r.effect(t, "less", category); math.Abs(*e.Difference+part*e.Base) > 1e-12*e.Base {
			t.Errorf("%s: %+v", category, e)
		}
	}
	if e := r.effect(t, "lost", "climate_change"); *e.Difference <= 0 {
		t.Errorf("%+v", e)
	}
	// rows state the facility's energy at a PUE of 1.25
	if e := r.effect(t, "rung", "final_energy"); math.Abs(*e.Difference+0.2*e.Base) > 1e-9*e.Base || math.Abs(*e.Added+0.75*0.2*e.Base) > 1e-9*e.Base {
		t.Errorf("%+v", e)
	}
}

func TestLeversOfOneNameFollowEachOther(t *testing.T) {
	half, fewer := leverOf(t, "half", "name: energy, expr: energy / 2", ""), leverOf(t, "fewer", `name: energy, when: 'energy > q(500, "kWh")', expr: 'energy - q(100, "kWh")'`, "")
	s := workedStudy(t, workedMethod, "", workedRows())
	for _, c := range []struct {
		order []*levers.Lever
		want  float64
	}{{[]*levers.Lever{half, fewer}, -600}, {[]*levers.Lever{fewer, half}, -660}} { // 1,000 / 2 is not above 500; (1,000 - 100) / 2 is 450; at a PUE of 1.2
		if e := levered(t, s, Options{}, c.order...).effect(t, "", "final_energy"); math.Abs(*e.Difference-c.want) > 1e-9 {
			t.Errorf("%s first: %v, want %v", c.order[0].Name, e.Difference, c.want)
		}
	}
}

func TestALeverThatIsExcludedIsComputedAlone(t *testing.T) {
	s := workedStudy(t, workedMethod, "", workedRows())
	r := levered(t, s, Options{}, leverOf(t, "a", "name: pue, expr: '1.1'", "excludes: [b]\n"), leverOf(t, "b", "name: pue, expr: '1'", ""), leverOf(t, "c", "name: energy, expr: energy / 2", ""))
	if r.Levers[1].Off != "a@1" || r.effect(t, "b", "final_energy").Added != nil || r.effect(t, "b", "final_energy").Difference == nil {
		t.Errorf("%+v, %+v", r.Levers[1], r.effect(t, "b", "final_energy"))
	}
	if got := *r.effect(t, "", "final_energy").Difference; got != -650 {
		t.Errorf("together %v", got)
	}
}

// Of a place of which the pack lacks a factor it is not known what a lever does: nothing is saved by not knowing.
func TestALeverThatLacksAFactor(t *testing.T) {
	r := levered(t, workedStudy(t, workedMethod, "", workedRows()), Options{}, leverOf(t, "sweden", `name: region, expr: '"SWE"'`, ""), leverOf(t, "half", "name: energy, expr: energy / 2", ""))
	if e := r.effect(t, "sweden", "climate_change"); e.Difference != nil || e.Added != nil || e.Base != 160 {
		t.Errorf("%+v", e)
	}
	if e := r.effect(t, "sweden", "final_energy"); *e.Difference != 0 {
		t.Errorf("%+v", e)
	}
	if x := r.Levers[0]; !slices.Equal(x.Lacks, []string{"electricity SWE climate_change"}) || x.Why != "" || x.Down != nil {
		t.Errorf("%+v", x)
	}
	if e := r.effect(t, "half", "climate_change"); *e.Difference != -30 || e.Added != nil {
		t.Errorf("%+v", e)
	}
	if r.effect(t, "", "climate_change").Difference != nil || *r.effect(t, "", "final_energy").Difference != -600 {
		t.Error("all together are known")
	}
}

// Of a total it is not known what a lever does where other rows lack in it than without the lever, be they as many; rows of other years, and what is in no total, make nothing unknown.
func TestALeverUnderGaps(t *testing.T) {
	row := func(id, region string, year, energy float64) logRow {
		out := maps.Clone(workedRows()["deployments"][0])
		out["deployment_id"], out["region"], out["year"], out["energy"] = id, region, year, energy
		return out
	}
	const gap = "accept_gaps: [{factor: electricity, reason: a test}]\n" // the pack knows no electricity of Sweden
	swap := leverOf(t, "swap", "name: region, when: region == \"FRA\", expr: '\"SWE\"'\nname: region, when: region == \"SWE\", expr: '\"FRA\"'", "")
	half := leverOf(t, "half", "name: region, when: region == \"DEU\", expr: '\"SWE\"'\nname: energy, expr: energy / 2", "")
	option := strings.Replace(workedMethod, "      - {name: final_energy, p", "      - {name: opt, perspective: service, stage: inference, share_of: option, amount: use_share, factor: embodied, technology: task}\n      - {name: final_energy, p", 1)
	tasks := leverOf(t, "tasks", "name: task, expr: '\"zzz\"'\nname: energy, expr: energy / 2", "")
	known := row("d", "FRA", 2024, 1000)
	known["task"] = "a"
	for name, c := range map[string]struct {
		method string
		rows   []logRow
		lever  *levers.Lever
		want   float64 // NaN: not known
	}{
		"another year's row is known instead": {workedMethod, []logRow{row("d", "FRA", 2024, 1000), row("old", "SWE", 2022, 1000)}, swap, math.NaN()},
		"another row of the year is, instead": {workedMethod, []logRow{row("d", "FRA", 2024, 1000), row("e", "SWE", 2024, 10)}, swap, math.NaN()},
		"another year's row becomes unknown":  {workedMethod, []logRow{row("d", "FRA", 2024, 1000), row("old", "DEU", 2022, 1000)}, half, -30},
		"what is in no total becomes unknown": {option, []logRow{known}, tasks, -30},
	} {
		rows := workedRows()
		rows["deployments"] = c.rows
		e := levered(t, workedStudy(t, c.method, gap, rows), Options{}, c.lever).effect(t, c.lever.Name, "climate_change")
		if (e.Difference == nil) != (c.want != c.want) || e.Difference != nil && math.Abs(*e.Difference-c.want) > 1e-9 {
			t.Errorf("%s: %+v, want %v", name, e, c.want)
		}
	}
}

// A lever that does nothing excludes no other.
func TestALeverThatDoesNothingExcludesNone(t *testing.T) {
	s := workedStudy(t, workedMethod, "", workedRows())
	r := levered(t, s, Options{}, leverOf(t, "a", "name: pue, when: pue > 2, expr: '1.1'", "excludes: [b]\n"), leverOf(t, "b", "name: pue, expr: '1.05'", ""))
	if !r.Levers[0].Still || r.Levers[1].Off != "" || math.Abs(*r.effect(t, "", "final_energy").Difference+150) > 1e-9 {
		t.Errorf("%+v, together %v", r.Levers, *r.effect(t, "", "final_energy").Difference)
	}
}

func TestWrongLeversAreToldWhereTheyStand(t *testing.T) {
	s := workedStudy(t, workedMethod, "", workedRows())
	for sets, want := range map[string]string{
		"name: puee, kinds: [deployments], expr: '1'":                          `x.yaml:11:12: the method worked@1 has no "puee" for deployments [unknown-name]`,
		"name: puee, expr: '1'":                                                `x.yaml:11:12: no inventory of the study has "puee"`,
		"name: pue, expr: energy":                                              "the quantity pue is due in 1, but its formula yields kWh",
		"name: pue, expr: puee":                                                `x.yaml:11:23: unknown name "puee"`,
		"name: pue, when: energy, expr: '1'":                                   "when must be true or false, not a number",
		`name: region, expr: '"ATLANTIS"'`:                                     "ATLANTIS",
		"name: region, expr: '1'":                                              "region is a text, and the formula yields a number",
		`name: hardware_id, expr: '"a"'`:                                       "hardware_id of deployments cannot be overridden: it says which row of hardware is meant",
		"name: year, kinds: [deployments], expr: '2030'":                       "year of deployments cannot be overridden: it is when the row took place",
		"name: pue, expr: '0.9'":                                               "pue is 0.9; it cannot be below 1 [out-of-range]",
		"name: pue, when: pue > 1, expr: 'energy > q(5, \"kWh\") ? 0.8 : pue'": "pue is 0.8; it cannot be below 1",
		`name: energy_boundary, expr: 'pue > 1.5 ? "facility" : "rack"'`:       "sets nothing that the method worked@1 reads",

		"name: latency, kinds: [deployments], expr: latency * nothing": `unknown name "nothing"`, // no rule reads it
		"name: energy, expr: energy\nname: enrgy, expr: energy / 2":    `x.yaml:12:12: no inventory of the study has "enrgy"`,
	} {
		_, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{leverOf(t, "x", sets, "")}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", sets, err, want)
		}
		r, err := s.ComputeLevers(context.Background(), LeverOptions{Lenient: true, Levers: []*levers.Lever{leverOf(t, "x", sets, ""), leverOf(t, "half", "name: energy, expr: energy / 2", "")}})
		if err != nil || r.Levers[0].Why == "" || *r.effect(t, "", "final_energy").Difference != -600 {
			t.Errorf("%s: %v, %+v", sets, err, r)
		}
	}
}

// A lever's formulas read all names as they are without it, and with all other levers: what it sets counts once, whatever leads to what, and the order of levers that set different names is nothing.
//
// 1,000 kWh of IT energy at a PUE of 1.2 are 1,200 kWh.
func TestWhatALeversFormulasRead(t *testing.T) {
	s := workedStudy(t, workedMethod, "", workedRows())
	cool := leverOf(t, "cool", "name: pue, when: pue > 1.1, expr: '1.1'", "")
	for name, c := range map[string]struct {
		list []*levers.Lever
		want float64 // kWh that all together change
	}{
		"a condition reads what the lever itself changes": {[]*levers.Lever{leverOf(t, "x", "name: pue, expr: '1.1'\nname: energy, when: pue > 1.1, expr: energy / 2", "")}, 500*1.1 - 1200},
		"in any order": {[]*levers.Lever{leverOf(t, "x", "name: energy, when: pue > 1.1, expr: energy / 2\nname: pue, expr: '1.1'", "")}, 500*1.1 - 1200},
		"a quantity and what it leads back to count once":                          {[]*levers.Lever{leverOf(t, "x", "name: energy, expr: energy * 0.8\nname: facility_energy, expr: facility_energy * 0.8", "")}, -240},
		"two names read each other":                                                {[]*levers.Lever{leverOf(t, "x", "name: facility_energy, expr: energy\nname: energy, expr: facility_energy", "")}, -200},
		"another lever's condition sees it":                                        {[]*levers.Lever{cool, leverOf(t, "x", "name: energy, when: pue > 1.1, expr: energy / 2", "")}, 1100 - 1200},
		"and sees it in whatever order":                                            {[]*levers.Lever{leverOf(t, "x", "name: energy, when: pue > 1.1, expr: energy / 2", ""), cool}, 1100 - 1200},
		"what is multiplied follows what another lever does to what it is made of": {[]*levers.Lever{leverOf(t, "x", "name: facility_energy, expr: facility_energy / 2", ""), cool}, 550 - 1200},
		"the first condition that holds":                                           {[]*levers.Lever{leverOf(t, "x", "name: energy, when: 'energy > q(2000, \"kWh\")', expr: energy / 8\nname: energy, when: pue > 1, expr: energy / 2\nname: energy, expr: energy / 4", "")}, -600},
	} {
		if e := levered(t, s, Options{}, c.list...).effect(t, "", "final_energy"); math.Abs(*e.Difference-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, *e.Difference, c.want)
		}
	}
	for i, word := range []string{"DEU", "SWE"} { // the first word whose condition holds
		r := levered(t, s, Options{Jobs: 1}, leverOf(t, "x", "name: region, when: pue > 1."+[]string{"1", "3"}[i]+", expr: '\"DEU\"'\nname: region, expr: '\"SWE\"'", ""))
		if e := r.effect(t, "x", "climate_change"); (e.Difference == nil) != (word == "SWE") {
			t.Errorf("%s: %+v", word, e)
		}
	}
}

// Of a quantity on a ladder a lever is read where rows state it, and the steps are those with all levers: three quarters of the IT energy at a PUE of 1 instead of 1.25.
func TestALeverOfALadderClimbsWithAllLevers(t *testing.T) {
	row := usedRow("deployments", "d", "FRA", 1000, logRow{"energy": 1000.0, "energy_boundary": "it"})
	s := projectStudy(t, gapsOfTest, map[string][]logRow{"hardware": openHardware(), "deployments": {row}}, sizing{})
	for _, list := range [][]*levers.Lever{
		{leverOf(t, "both", "name: run_energy, expr: run_energy * 0.75\nname: site_pue, expr: '1'", "")},
		{leverOf(t, "less", "name: run_energy, expr: run_energy * 0.75", ""), leverOf(t, "cool", "name: site_pue, expr: '1'", "")},
	} {
		if e := levered(t, s, Options{}, list...).effect(t, "", "final_energy"); e.Base != 1250 || math.Abs(*e.Difference+500) > 1e-9 {
			t.Errorf("%v changes by %v, want 750 kWh instead of 1250", e.Base, *e.Difference)
		}
	}
	for sets, want := range map[string]string{
		`name: run_energy, expr: 'q(5, "kWh")'`:                                                          "what it becomes is to be a multiple of run_energy",
		`name: run_energy, expr: 'max(run_energy - q(500, "kWh"), run_energy * 0)'`:                      "what it becomes is to be a multiple of run_energy",
		`name: run_energy, expr: 'run_energy * (run_energy / q(1, "kWh"))'`:                              "what it becomes is to be a multiple of run_energy",
		"name: run_energy, when: pue > 5, expr: run_energy * 1\nname: run_energy, expr: 'q(5, \"kWh\")'": "what it becomes is to be a multiple of run_energy",
		`name: run_energy, when: 'run_energy > q(1100, "kWh")', expr: run_energy * 0.5`:                  "run_energy is known at several boundaries: a condition says at which it is read",
		"name: default_pue, expr: '0.5'":                                                                 "default_pue is 0.5; it cannot be below 1",
	} {
		_, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{leverOf(t, "x", sets, "")}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", sets, err, want)
		}
	}
	// the condition holds of what there is without the lever, 1,250 kWh: half of 1,000 kWh at the PUE that the lever sets
	x := leverOf(t, "x", "name: site_pue, expr: '1.05'\nname: run_energy, when: 'run_energy.facility > q(1100, \"kWh\")', expr: 'pue > 1 ? run_energy * 0.5 : run_energy'", "")
	if e := levered(t, s, Options{}, x).effect(t, "x", "final_energy"); math.Abs(*e.Difference+725) > 1e-9 {
		t.Errorf("%v, want 500 x 1.05 - 1250", *e.Difference)
	}
}

// The embedded levers by hand, of 1,000 h on an H100 (service life four years) in France that answers with a million tokens: 1,000 kWh of IT energy, metered there or as 1,250 kWh for the facility, at a PUE
// of 1.25 and 0.5 L/kWh. What is made follows a device's hours over its life, water is that on site and that of power stations.
func TestEmbeddedLeversByHand(t *testing.T) {
	const it, pue, wue = 1000.0, 1.25, 0.5
	token := func(batch float64) float64 {
		return 1.1665273170451914e-6*math.Exp(-0.011205921025579175*batch)*24 + 4.052928146734005e-5
	}
	fuller := token(64) / token(8)
	study := func(boundary string, wue float64) *Study {
		energy := it
		if boundary == "facility" {
			energy *= pue
		}
		row := usedRow("deployments", "d", "FRA", 1000, logRow{"energy": energy, "energy_boundary": boundary, "pue": pue, "wue": wue, "output_tokens": 1e6, "parameters_active": 24e9, "batch": 8.0})
		return projectStudy(t, gapsOfTest, map[string][]logRow{"hardware": openHardware(), "deployments": {row}}, sizing{})
	}
	for name, want := range map[string]struct{ energy, onSite, hours float64 }{ // kWh, L, and share of what it was
		"shorter-outputs":     {1250 * 0.8, 500 * 0.8, 0.8},
		"eight-bit-weights":   {1250 / 1.2, 500 / 1.2, 1 / 1.2},
		"less-idle":           {1250 * (1 - 0.0909*0.5), 500 * (1 - 0.0909*0.5), 1},
		"longer-life":         {1250, 500, 4.0 / 6},
		"evaporative-cooling": {1090, 1150, 1}, // a PUE of 1.09 and 1.15 L/kWh: less energy, more water on site
		"dry-cooling":         {1160, 90, 1},   // 1.16 and 0.09 L/kWh
		"cleaner-grid":        {1250, 500, 1},
		"smaller-models":      {1250 * 0.5, 500 * 0.5, 0.5},
		"repeated-answers":    {1250 * 0.9, 500 * 0.9, 0.9},
		// 24e9 parameters: 64 requests at a time take 5.4195e-5 Wh a token and 0.055722 s, eight take 6.6125e-5 Wh and 0.038253 s
		"fuller-batches": {1250 * fuller, 500 * fuller, (6.785088094353663e-4*24 + 3.119310311688259e-4*64 + 1.9473717579473387e-2) / (6.785088094353663e-4*24 + 3.119310311688259e-4*8 + 1.9473717579473387e-2) * 8 / 64},
	} {
		var probs diag.List
		l := levers.Embedded(name, &probs)
		for _, boundary := range []string{"it", "facility"} {
			r, dry := levered(t, study(boundary, wue), Options{}, l), levered(t, study(boundary, 0), Options{}, leverOf(t, "none", "name: run_energy, expr: run_energy * 0", ""))
			effect := func(r *LeverResults, category string) *lca.LeverEffect {
				at := slices.IndexFunc(r.Effects, func(e lca.LeverEffect) bool {
					return e.Category == category && e.Perspective == "service" && e.Accounting == "location"
				})
				return &r.Effects[at]
			}
			near := func(what string, got, want float64) {
				if math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
					t.Errorf("%s, metered at %s: %s is %v, want %v", name, boundary, what, got, want)
				}
			}
			energy, water, climate := effect(r, "final_energy"), effect(r, "water_consumption"), effect(r, "climate_change")
			stations := effect(dry, "water_consumption").Base
			electricity := -*effect(dry, "climate_change").Difference // that lever does without any energy
			making := climate.Base - electricity
			near("energy as it is", energy.Base, 1250)
			near("energy", energy.Base+*energy.Difference, want.energy)
			near("litres on site as they are", 1000*(water.Base-stations), 500)
			if name == "cleaner-grid" {
				if *climate.Difference >= 0 {
					t.Errorf("Sweden's grid changes %v by %v", climate.Base, *climate.Difference)
				}
			} else {
				building := 0.0
				if name == "longer-life" { // a device takes its place in it for as long as it serves: 109 kg each, over four years
					building = 109 * 1000.0 / 35040
				}
				near("climate change", climate.Base+*climate.Difference, electricity*want.energy/1250+(making-building)*want.hours+building)
				near("litres on site", 1000*(water.Base+*water.Difference-stations*want.energy/1250), want.onSite)
			}
		}
	}
}

// Neither workers nor the order of rows, their cut or memory change a bit.
func TestLeversDoNotDependOnHowTheWorkIsCut(t *testing.T) {
	rows := cutRows(40)
	for i, row := range rows["deployments"] {
		row["output_tokens"], row["parameters_active"], row["batch"] = float64(1000*i), 7e9, float64(1+i%70)
	}
	shuffled := map[string][]logRow{}
	r := rand.New(rand.NewPCG(5, 6))
	for kind, list := range rows {
		shuffled[kind] = slices.Clone(list)
		r.Shuffle(len(list), func(i, j int) { shuffled[kind][i], shuffled[kind][j] = shuffled[kind][j], shuffled[kind][i] })
	}
	const given = "draws: 100\noverlays: [testdata/marginal]\nchoices: {end_of_life: fifty_fifty}\nlever_parameters: {reuse: {reused: {value: 0.3, source: made up}}, recycling: {collected: {value: 0.9, source: made up}}}\n"
	var probs diag.List
	list := levers.All(&probs)
	var want []lca.LeverEffect
	for i, c := range []struct {
		rows map[string][]logRow
		cut  sizing
		o    Options
	}{{rows, sizing{1, 1000}, Options{Jobs: 1}}, {rows, sizing{1, 7}, Options{Jobs: 4}}, {shuffled, sizing{1, 1000}, Options{Jobs: 1}}, {shuffled, sizing{2, 9}, Options{Jobs: 4, Memory: 100_000, Scratch: t.TempDir()}}} {
		got := levered(t, projectStudy(t, given+gapsOfTest, c.rows, c.cut), c.o, list...).Effects
		if i == 0 {
			want = got
		} else if !reflect.DeepEqual(got, want) {
			t.Errorf("%d: effects differ", i)
		}
	}
	for _, l := range list {
		if l.Name == "cleaner-hours" { // the packs have no factors of hours
			continue
		}
		if !slices.ContainsFunc(want, func(e lca.LeverEffect) bool { return e.Lever == l.Ref() && *e.Difference < 0 }) {
			t.Errorf("%s changes nothing of rows of every kind", l.Ref())
		}
	}
}

// All embedded levers are computed of the open edition, by either of the observatory's methods with the pack that is made for it. What each of them says is stated here: nothing of the year to act upon, a number or
// a factor that there is none of, or a lever before it that excludes it; of all others a total becomes smaller.
func TestEmbeddedLeversOfTheOpenEdition(t *testing.T) {
	const still = "it changes nothing of what is documented in 2024"
	why := map[string]string{ // no deployment enters a total of 2024
		"shorter-outputs": still, "repeated-answers": still, "eight-bit-weights": still, "smaller-models": still, "fuller-batches": still, "less-idle": still,
	}
	for lever, asked := range map[string]string{"reuse": "reused", "recycling": "collected"} {
		why[lever] = "the study does not give " + asked + ", which is left to it (lever_parameters)"
	}
	off := map[string]string{"evaporative-cooling": "dry-cooling@1.0.0"}
	lacks := map[string]string{ // factors that may be passed on were found nowhere
		"cleaner-grid-marginal": "electricity (operational, marginal) climate_change, electricity (marginal) primary_energy, electricity (marginal) water_consumption",
		"cleaner-hours":         "electricity_flat_load, electricity_shifted_load",
	}
	for _, by := range []struct{ method, pack string }{{"observatory@1.0.0", "open@2025.1"}, {"observatory@1.1.0", "open@2025.2"}} {
		var probs diag.List
		s := EmbeddedEdition(&probs)
		s.Sampling.Draws, s.Method, s.Pack = 0, by.method, by.pack
		r, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: levers.All(&probs), Lenient: true})
		if err != nil {
			t.Errorf("%s: %v", by.method, err)
			continue
		}
		for _, x := range r.Levers {
			name := x.Lever.Name
			if x.Why != why[name] || x.Off != off[name] || strings.Join(x.Lacks, ", ") != lacks[name] || (x.Why+lacks[name] == "") != (len(x.Down) > 0) {
				t.Errorf("%s: %s says %q, off for %q, lacks %q and makes smaller %v; want %q, %q, %q", by.method, name, x.Why, x.Off, x.Lacks, x.Down, why[name], off[name], lacks[name])
			}
		}
		if e := r.Effects[len(r.Effects)-1]; e.Lever != "" || e.Title != "all together" {
			t.Errorf("%s: the last row is %+v", by.method, e)
		}
	}
}

// No action takes away more than there is, and no kind is one that there is not.
func TestLeversThatCannotBe(t *testing.T) {
	s := workedStudy(t, workedMethod, "", workedRows())
	_, err := s.ComputeLevers(context.Background(), LeverOptions{Lenient: true, Levers: []*levers.Lever{leverOf(t, "all-and-more", `name: energy, expr: 'energy * 0 - q(1, "kWh")'`, "")}})
	if err == nil || !strings.Contains(err.Error(), "all-and-more.yaml:1:8: with all-and-more@1 the climate_change of 2024 is 99.94 kg CO2e") && !strings.Contains(err.Error(), "final_energy of 2024 is -1.2 kWh, below 0 [negative-total]") {
		t.Errorf("%v", err)
	}
	var probs diag.List
	if ofKinds(leverOf(t, "typo", "name: energy, kinds: [deployment], expr: energy", ""), &probs) || !strings.Contains(probs.Err().Error(), "did you mean deployments?") {
		t.Errorf("%v", probs.Err())
	}
}

// Levers that read what each of the others sets make as many formulas as there are sets of them: beyond a limit that is told, and soon.
func TestLeversThatLeanOnEachOther(t *testing.T) {
	s := workedStudy(t, workedMethod, "", workedRows())
	var list []*levers.Lever
	for i := range 24 {
		name := []string{"energy", "pue", "device_hours", "facility_energy", "use_share", "service_life"}[i%6]
		list = append(list, leverOf(t, fmt.Sprint("l", i), "name: "+name+`, expr: '`+name+` * (1.001 + 0 * (energy / q(1, "kWh") + pue + device_hours / q(1, "h") + facility_energy / q(1, "kWh") + use_share + service_life / q(1, "a")))'`, ""))
	}
	for _, l := range levered(t, s, Options{}, list[:3]...).Levers {
		if l.Why != "" {
			t.Errorf("%s changes nothing", l.Lever.Ref())
		}
	}
	if _, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: list}); err == nil || !strings.Contains(err.Error(), "[too-large]") {
		t.Errorf("%v", err)
	}
}
