package study

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// Quantiles of frozen years are those of the base year; those of twice as much are twice those, to the bit, as every draw is one and the same in all cases.
func TestProjectionDrawsArePaired(t *testing.T) {
	rows := cutRows(40)
	for _, sampling := range []string{"random", "latin_hypercube", "sobol"} {
		s := projectStudy(t, "draws: 256\nsampling: "+sampling+"\n"+gapsOfTest, rows, sizing{})
		p := projected(t, s, 2026, Options{}, frozen(t), scenarioOf(t, "twice", steps("electricity_demand", 1, 2)))
		drawn := 0
		for _, x := range p.Totals {
			if x.Perspective != "service" {
				continue
			}
			first, _ := p.Total("frozen", x.Category, x.Perspective, x.Accounting, 2024)
			by := 1.0
			if x.Scenario == "twice" && x.Year > 2024 {
				by = 2
			}
			if x.Value != by*first.Value || *x.P05 != by**first.P05 || *x.P50 != by**first.P50 || *x.P95 != by**first.P95 {
				t.Errorf("%s: %s %d %s is %v (%v, %v, %v), in the base year %v (%v, %v, %v)", sampling, x.Scenario, x.Year, x.Category, x.Value, *x.P05, *x.P50, *x.P95, first.Value, *first.P05, *first.P50, *first.P95)
			}
			if *first.P05 < *first.P95 {
				drawn++
			}
		}
		if drawn < 50 {
			t.Errorf("%s: %d totals vary", sampling, drawn)
		}
	}
}

// A driver's distribution is of what the scenario says: it grows with the years, and what the scenario leaves as it is is as sure as in the base year.
func TestProjectionDriversThatAreUncertain(t *testing.T) {
	uncertain := func(of string) *scenarios.Scenario {
		return scenarioOf(t, "uncertain", "volume: {basis: assumption, source: made up, distribution: 'lognormal(1, 2)', by: region, of: {"+of+"}}")
	}
	width := func(p *Projection, year int) float64 {
		x, _ := p.Total("uncertain", "final_energy", "service", "location", year)
		return *x.P95 / *x.P05
	}
	p := projected(t, workedStudy(t, workedMethod, "draws: 2000\n", workedRows()), 2026, Options{}, uncertain("FRA: {growth: 5 %}"))
	// 2 is the square of the geometric standard deviation, of which the ends are 2 x 1.645 / 1.96 apart in the logarithm; half of it in the year before
	for year, want := range map[int]float64{2024: 1, 2025: math.Pow(2, 1.645/1.96), 2026: math.Pow(2, 2*1.645/1.96)} {
		if got := width(p, year); math.Abs(got/want-1) > 0.08 {
			t.Errorf("%d: the ends are %v apart, want %v", year, got, want)
		}
	}
	p = projected(t, workedStudy(t, workedMethod, "draws: 100\n", workedRows()), 2026, Options{}, uncertain("USA: {growth: 5 %}, otherwise: hold"))
	if got := width(p, 2026); got != 1 {
		t.Errorf("of what is left as it is the ends are %v apart", got)
	}
}

// runIntervals are the totals of the service perspective that a run of a study draws, by category and accounting.
func runIntervals(t *testing.T, s *Study) map[string]lca.Interval {
	t.Helper()
	out := map[string]lca.Interval{}
	for _, x := range readRows[lca.Interval](t, ran(t, s, Options{}), "intervals.parquet") {
		if x.By == "total" && x.Year == 2024 && x.Perspective == "service" {
			out[x.Category+x.Accounting] = x
		}
	}
	return out
}

// A projection draws what a run of the study by region and hardware draws, parameters and factors the very same. Errors of single rows are drawn under the name of their result group, which is a region's
// in a projection: so the ends of intervals differ by what so many draws leave open.
func TestProjectionDrawsWhatARunDraws(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	for _, what := range []string{"", "where: {deployments: 'task == \"text_generation\"'}\n"} {
		s := projectStudy(t, "draws: 1000\n"+what+gapsOfTest, cutRows(100), sizing{})
		p := projected(t, s, 2025, Options{}, frozen(t))
		s.GroupBy = []string{"region", "hardware"}
		compareIntervals(t, p, runIntervals(t, s), 0.02)
	}
}

// So of rules without normal form, whose rows are redrawn.
func TestProjectionRedrawsWhatARunRedraws(t *testing.T) {
	if testing.Short() {
		t.Skip("it draws for long what package montecarlo draws under the race detector itself")
	}
	rows := map[string][]logRow{"hardware": openHardware()}
	for i, r := range bentRows(300) {
		row := serving(i, "a report", "measured", r.energy)
		row["device_hours"], row["year"], row["region"] = r.hours, 2024.0, []string{"FRA", "DEU"}[i%2]
		row["hardware_id"] = []string{"nvidia-h100-sxm5-80gb", "nvidia-a100-sxm4-80gb"}[i/3%2]
		rows["deployments"] = append(rows["deployments"], row)
	}
	s := withMethod(t, projectStudy(t, "pack: open@2025.1\ndraws: 1000\n", rows, sizing{}), bentMethod)
	p := projected(t, s, 2025, Options{}, frozen(t))
	s.GroupBy = []string{"region", "hardware"}
	compareIntervals(t, p, runIntervals(t, s), 0.02)
}

func compareIntervals(t *testing.T, p *Projection, run map[string]lca.Interval, within float64) {
	t.Helper()
	met := 0
	for _, x := range p.Totals {
		if x.Perspective != "service" {
			continue
		}
		r := run[x.Category+x.Accounting]
		near := func(a, b float64) bool { return math.Abs(a-b) <= (within+1e-12)*math.Abs(b) }
		if math.Abs(x.Value-r.Value) > 1e-15*r.Value || !near(*x.P05, r.P05) || !near(*x.P50, r.P50) || !near(*x.P95, r.P95) {
			t.Errorf("%d %s %s is %v (%v, %v, %v), in a run %v (%v, %v, %v)", x.Year, x.Category, x.Accounting, x.Value, *x.P05, *x.P50, *x.P95, r.Value, r.P05, r.P50, r.P95)
		}
		if r.P05 < r.P95 {
			met++
		}
	}
	if met < 4 {
		t.Errorf("%d totals vary", met)
	}
}

// The devices' own rows err, too, and those of their waste by the errors of their kind, whatever place it has among the kinds.
func TestProjectionDrawsWaste(t *testing.T) {
	width := func(kinds ...string) float64 {
		all := cutRows(1)
		rows := map[string][]logRow{"hardware": all["hardware"], "fleet": stationaryFleet(12)}
		for _, k := range kinds {
			rows[k] = all[k]
		}
		for _, r := range rows["fleet"] {
			r["quality"] = "modelled"
		}
		p := projected(t, projectStudy(t, "draws: 500\n"+gapsOfTest, rows, sizing{}), 2026, Options{}, frozen(t))
		x, _ := p.Total("frozen", "e_waste", "fleet", "location", 2026)
		return *x.P95 / *x.P05
	}
	alone, beside := width(), width("deployments", "training_runs")
	if alone < 1.1 || alone != beside {
		t.Errorf("the ends of the interval of waste are %v apart, and %v beside other kinds", alone, beside)
	}
}

// Projections that cannot be made are refused with what is wrong and what to do.
func TestProjectionRefusals(t *testing.T) {
	rows := workedRows()
	study := func(what string) *Study { return workedStudy(t, workedMethod, what, rows) }
	of := func(drivers string) []string {
		return []string{scenarioHead("s", 2024, 2030) + "drivers: {" + drivers + "}\n"}
	}
	text := func(s string) string { return strings.TrimSpace(s) }
	for _, c := range []struct {
		name      string
		s         *Study
		to        int
		scenarios []string
		want      string
	}{
		{"the scenario ends before the last year", study(""), 2031, of(""), `
scenario.yaml:10:5: the scenario s@1 does not reach from 2024 to 2031: it ends in 2030 [out-of-range]
 | to: 2030
 |     ^ project fewer years (--to), or write a scenario that rests on it (based_on) and says how it goes on`},
		{"the scenario begins after the study", study(""), 2028, []string{scenarioHead("s", 2025, 2027)}, `
scenario.yaml:10:5: the scenario s@1 does not reach from 2024 to 2028: it begins in 2025, and the study is of 2024; it ends in 2027 [out-of-range]
 | to: 2027
 |     ^ project fewer years (--to), or write a scenario that rests on it (based_on) and says how it goes on`},
		{"the last year is the study's", study(""), 2024, of(""), `
study.yaml:2:7: the study is of 2024: it cannot be projected to 2024 [out-of-range]
 | year: 2024
 |       ^`},
		{"the study adds up amounts", study("amounts: [x.parquet]\n"), 2025, of(""), `
study.yaml:10:10: amounts tables do not hold the days of a fleet: a study that adds them up cannot be projected [bad-value]
 | amounts: [x.parquet]
 |          ^`},
		{"nothing is said of a region", study(""), 2025, of("pue: {basis: assumption, source: made up, by: region, of: {USA: {value: 1.2}}}"), `
scenario.yaml:11:16: s@1 says nothing of pue for FRA [missing-value]
 | drivers: {pue: {basis: assumption, source: made up, by: region, of: {USA: {value: 1.2}}}}
 |                ^ name it, or otherwise: hold, which keeps what it acts on as it is in the base year`},
		{"nothing is a multiple of 0", study(""), 2025, of("volume: {basis: assumption, source: made up, series: {2024: 0, 2025: 5}, after: hold}"), `
scenario.yaml:11:19: volume of s@1 is 0 in the base year 2024, and nothing is a multiple of that [missing-value]
 | drivers: {volume: {basis: assumption, source: made up, series: {2024: 0, 2025: 5}, after: hold}}
 |                   ^ begin above 0
`},
		{"nor are shipments", study(""), 2025, of("shipments: {basis: assumption, source: made up, series: {2024: 0, 2025: 5}, after: hold}"), `
scenario.yaml:11:22: shipments of s@1 is 0 in the base year 2024, and nothing is a multiple of that [missing-value]
 | drivers: {shipments: {basis: assumption, source: made up, series: {2024: 0, 2025: 5}, after: hold}}
 |                      ^ begin above 0`},
		{"nothing is said of a region's shipments", study(""), 2025, of("shipments: {basis: assumption, source: made up, by: region, of: {USA: {value: 1.2}}}"), `
scenario.yaml:11:22: s@1 says nothing of shipments for FRA [missing-value]
 | drivers: {shipments: {basis: assumption, source: made up, by: region, of: {USA: {value: 1.2}}}}
 |                      ^ name it, or otherwise: hold, which keeps what it acts on as it is in the base year`},
		{"the method says of no service life", workedStudy(t, strings.ReplaceAll(workedMethod, "service_life", "life_time"), "", workedRows()), 2025, of(""), `
study.yaml:8:9: the method worked@1 has no quantity service_life for fleet: nothing says how long devices last [unknown-name]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "the study adds up amounts" {
				defer func() { c.s.Amounts = nil }()
			}
			sc := scenarioText(t, c.scenarios[0])
			got := projectErr(t, c.s, c.to, sc)
			if !strings.HasPrefix(got, text(c.want)) {
				t.Errorf("got\n%s\nwant\n%s", got, text(c.want))
			}
		})
	}
}

// notes are those that hold a text.
func notes(p *Projection, of string) (out []string) {
	for _, n := range p.Notes.Problems() {
		if strings.Contains(n.String(), of) {
			out = append(out, n.String())
		}
	}
	return out
}

// What a projection leaves as it is, leaves out and does not use is told.
func TestProjectionNotes(t *testing.T) {
	rows := workedRows()
	d := rows["deployments"][0]
	other := logRow{}
	for k, v := range d {
		other[k] = v
	}
	other["deployment_id"], other["region"] = "e", "DEU"
	rows["deployments"] = append(rows["deployments"], other)
	rows["fleet"] = append(rows["fleet"], shippedRow("a", "FRA", 10, 2025), shippedRow("b", "DEU", 10, 2026))
	p := projected(t, workedStudy(t, workedMethod, "", rows), 2026, Options{},
		scenarioOf(t, "silent", "grid_intensity: {basis: assumption, source: made up, by: region, of: {FRA: {growth: -5 %}, otherwise: hold}}, training_compute: {basis: assumption, source: made up, growth: 5 %}"))
	for _, want := range []string{
		"grid_intensity of silent@1 says nothing of DEU: what it acts on there stays as in the base year",
		"2 rows of fleet came into service after 2024: what is put into service in later years follows the scenario, and these rows are left out",
		"the driver training_compute of silent@1 acts on nothing in this study",
	} {
		if n := notes(p, want); len(n) != 1 {
			t.Errorf("%q is told %d times: %q", want, len(n), notes(p, ""))
		}
	}
	germany := func(year int) float64 {
		for k, v := range caseRows(t, p, "silent", year, nil) {
			if k.Region == "DEU" && k.Category == "climate_change" && k.Stage == "inference" {
				return v
			}
		}
		return 0
	}
	if germany(2024) != 480 || germany(2026) != 480 {
		t.Errorf("Germany's electricity is %v and then %v", germany(2024), germany(2026))
	}
	for _, f := range p.Fleet {
		if f.Region == "DEU" {
			t.Errorf("%+v", f)
		}
	}
}

// Of devices whose mass nobody knows, no waste is known once they leave: that is a gap of the projection, though none of the study's year.
func TestProjectionGapsOfWhatLeavesUse(t *testing.T) {
	row := devices("a", "o", 100, "2022-01-01", "")
	row["hardware_id"] = "nvidia-a100-sxm4-80gb"
	rows := map[string][]logRow{"hardware": openHardware(), "fleet": {row, devices("h", "o", 100, "2022-01-01", "")}}
	study := func(more string) *Study {
		return projectStudy(t, "method: observatory@1.0.0\npack: open@2025.1\naccept_gaps:\n  - {factor: embodied, reason: a test}\n  - {factor: transport, reason: a test}\n  - {factor: end_of_life, reason: a test}\n"+more, rows, sizing{})
	}
	err := projectErr(t, study("  - {kind: fleet, impact: end_of_life, reason: a test}\n"), 2027, frozen(t))
	for _, want := range []string{
		"fleet-0.parquet row 1: the rule e_waste needs count * hardware.mass, which cannot be computed for this row (fleet_id a) [missing-amount]",
		"it counts once the devices leave use, in a later year (rule at methods/observatory/1.0.0.yaml:",
		"supply the inputs, or accept the gap in the study: {kind: fleet, impact: e_waste, reason: ...}",
	} {
		if !strings.Contains(err, want) {
			t.Errorf("got %s\nwant %s", err, want)
		}
	}
	p := projected(t, study("  - {kind: fleet, impact: e_waste, reason: a test}\n  - {kind: fleet, impact: end_of_life, reason: a test}\n"), 2027, Options{}, frozen(t))
	for year := 2025; year <= 2027; year++ {
		if x, ok := p.Total("frozen", "e_waste", "fleet", "location", year); !ok || x.Complete || !(x.Value > 0) {
			t.Errorf("%d: %+v", year, x)
		}
	}
	if n := notes(p, "no row needs this gap"); len(n) > 0 {
		t.Errorf("a gap that is needed is said not to be: %q", n)
	}
}

// A part that is refused in another year than the study's leaves no total incomplete.
func TestProjectionIsAsCompleteAsItsYears(t *testing.T) {
	rows := map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "now", "FRA", 10, nil), usedRow("deployments", "then", "ATA", 10, logRow{"year": 2020.0})}}
	p := projected(t, projectStudy(t, gapsOfTest, rows, sizing{}), 2025, Options{}, frozen(t))
	for _, year := range []int{2024, 2025} {
		if x, ok := p.Total("frozen", "climate_change", "service", "location", year); !ok || !x.Complete {
			t.Errorf("%+v", x)
		}
		if x, ok := p.Total("frozen", "abiotic_depletion", "service", "location", year); !ok || x.Complete {
			t.Errorf("%+v", x)
		}
	}
}

// wasteOf is e-waste and making of a fleet by year.
func wasteOf(p *Projection, category string) (out []float64) {
	for y := p.Base; y <= p.To; y++ {
		x, _ := p.Total(p.Names[0], category, "fleet", "location", y)
		out = append(out, x.Value)
	}
	return out
}

// A fleet all of whose devices leave in a year that is stated is replaced by devices that last as long as the method says.
func TestProjectionOfAFleetWhoseRetirementIsKnown(t *testing.T) {
	retires := shippedRow("a", "FRA", 100, 2022)
	retires["retired"] = day("2025-06-30")
	p := projected(t, workedStudy(t, workedMethod, "", map[string][]logRow{"fleet": {retires}}), 2026, Options{}, frozen(t))
	if got := wasteOf(p, "e_waste"); got[0] != 0 || got[1] != 200 || math.Abs(got[2]-100*(1-0.98893553)*2) > 1e-5 {
		t.Errorf("e-waste is %v", got)
	}
	if f := p.Fleet[1]; *f.Retirements != 100 || *f.Shipments != 100 {
		t.Errorf("%+v", f)
	}
}

// Devices keep the efficiency with which they came. Half of 100 devices leave in 2025, and from 2025 on new ones do twice as much for a joule: 25 of these do what the 50 did, and 75 devices
// do 100, 4/3 each. Energy is 3/4 of what it was, in France, where the devices are, and in Germany, of which no devices are documented.
func TestProjectionDevicesKeepTheirEfficiency(t *testing.T) {
	leave, stay := shippedRow("a", "FRA", 50, 2022), shippedRow("a", "FRA", 50, 2023)
	leave["retired"], stay["retired"] = day("2025-06-30"), day("2031-06-30")
	rows := workedRows()
	rows["fleet"] = []logRow{leave, stay}
	other := maps.Clone(rows["deployments"][0])
	other["deployment_id"], other["region"] = "e", "DEU"
	rows["deployments"] = append(rows["deployments"], other)
	p := projected(t, workedStudy(t, workedMethod, "", rows), 2025, Options{}, scenarioOf(t, "renewed", steps("new_hardware_efficiency", 1, 2)))
	if f := p.Fleet[1]; *f.Retirements != 50 || *f.Shipments != 25 || f.Stock != 75 || *f.Idle != 0 {
		t.Errorf("%+v", f)
	}
	first, _ := p.Total("renewed", "final_energy", "service", "location", 2024)
	then, _ := p.Total("renewed", "final_energy", "service", "location", 2025)
	if first.Value != 2400 || math.Abs(then.Value-1800) > 1e-9 {
		t.Errorf("%v kWh and %v kWh, want 2,400 and 1,800", first.Value, then.Value)
	}
	list, err := p.Decompose(ProjectedAt{"renewed", 2024}, ProjectedAt{"renewed", 2025})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Category == "final_energy" && (len(d.Parts) != 1 || d.Parts[0].Driver != "new_hardware_efficiency" || d.Parts[0].Value+d.Rest != d.Difference) {
			t.Errorf("%+v", d)
		}
	}
}

// A method that counts nothing of devices but what they leave behind still counts that.
func TestProjectionOfWasteAlone(t *testing.T) {
	i := strings.Index(workedMethod, "      - {name: manufacturing, perspective: fleet")
	j := i + strings.Index(workedMethod[i:], "\n") + 1
	alone := workedMethod[:i] + workedMethod[j:]
	rows := map[string][]logRow{"fleet": {shippedRow("a", "FRA", 1000, 2022), shippedRow("b", "FRA", 1000, 2024), shippedRow("b", "DEU", 500, 2023)}}
	of := func(method string) []lca.Impact {
		p := projected(t, workedStudy(t, method, "", rows), 2027, Options{}, frozen(t))
		return slices.DeleteFunc(impactRows(t, p), func(r lca.Impact) bool { return r.Category != "e_waste" })
	}
	got, want := of(alone), of(workedMethod)
	if fmt.Sprint(got) != fmt.Sprint(want) || len(want) == 0 {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

// What a study keeps of its rows it keeps by what stands in them, not by what a projection takes them to be.
func TestProjectionKeepsRowsByTheirOwnColumns(t *testing.T) {
	rows := map[string][]logRow{"fleet": {shippedRow("a", "FRA", 1000, 2022), shippedRow("b", "FRA", 1000, 2024)}}
	plain := projected(t, workedStudy(t, workedMethod, "", rows), 2026, Options{}, frozen(t))
	filtered := projected(t, workedStudy(t, workedMethod, "where: {fleet: retired == nil}\n", rows), 2026, Options{}, frozen(t))
	if got, want := wasteOf(filtered, "e_waste"), wasteOf(plain, "e_waste"); !slices.Equal(got, want) || want[1] == 0 {
		t.Errorf("e-waste is %v, want %v", got, want)
	}
}

// Shipments that a scenario gives are followed, whatever is needed, and those of which it says nothing stay as they are.
func TestProjectionFollowsShipments(t *testing.T) {
	rows := map[string][]logRow{"deployments": workedRows()["deployments"], "fleet": {shippedRow("a", "FRA", 1000, 2024), shippedRow("b", "DEU", 500, 2024)}}
	p := projected(t, workedStudy(t, workedMethod, "", rows), 2026, Options{},
		scenarioOf(t, "ships", "volume: {basis: assumption, source: made up, growth: 50 %}, shipments: {basis: assumption, source: made up, by: region, of: {FRA: {series: {2024: 2, 2025: 3, 2026: 5}, after: hold}, otherwise: hold}}"))
	want := map[string][]float64{"FRA": {1500, 2500}, "DEU": {500, 500}}
	for _, f := range p.Fleet {
		if f.Shipments != nil && *f.Shipments != want[f.Region][f.Year-2025] {
			t.Errorf("%d %s: %v are shipped", f.Year, f.Region, *f.Shipments)
		}
	}
	if got := wasteOf(p, "climate_change"); got[1] != 1500*100+500*200 || got[2] != 2500*100+500*200 {
		t.Errorf("making is %v", got)
	}
}

// What is below a quantum of a device is none: what comes later is as the latest devices that count.
func TestProjectionDoesNotTakeAFractionForDevices(t *testing.T) {
	rows := map[string][]logRow{"deployments": workedRows()["deployments"], "fleet": {shippedRow("a", "FRA", 1000, 2022), shippedRow("b", "FRA", 1.5e-305, 2024)}}
	p := projected(t, workedStudy(t, workedMethod, "", rows), 2026, Options{}, scenarioOf(t, "grows", "volume: {basis: assumption, source: made up, growth: 50 %}"))
	shipped := 0.0
	for _, f := range p.Fleet {
		if f.Year == 2026 {
			shipped = *f.Shipments
		}
	}
	if got := wasteOf(p, "climate_change")[2]; shipped < 500 || got != shipped*100 {
		t.Errorf("making %v devices of a is %v, want 100 kg each", shipped, got)
	}
}

// What is reused is no waste, and no part of its treatment.
func TestProjectionReuse(t *testing.T) {
	rows := map[string][]logRow{"hardware": openHardware(), "fleet": stationaryFleet(10)}
	p := projected(t, projectStudy(t, gapsOfTest, rows, sizing{}), 2026, Options{}, frozen(t), scenarioOf(t, "reuses", steps("reuse", 0, 0.5)), scenarioOf(t, "all", steps("reuse", 0, 1)))
	for _, category := range []string{"e_waste", "climate_change"} {
		for r, v := range caseRows(t, p, "frozen", 2025, func(r *lca.Impact) bool { return r.Category == category && r.Stage == "end_of_life" }) {
			if got := caseRows(t, p, "reuses", 2025, nil)[r]; got != v/2 {
				t.Errorf("%s: of %v there are %v where half of it is reused", category, v, got)
			}
			if got, ok := caseRows(t, p, "all", 2025, nil)[r]; got != 0 || !ok {
				t.Errorf("%s: there are %v where all is reused", category, got)
			}
		}
	}
	retired := map[string]float64{}
	for _, f := range p.Fleet {
		if f.Year != 2025 {
			continue
		}
		if f.RetiredMass == nil {
			t.Errorf("%s: nothing is said of the mass that leaves use", f.Scenario)
			continue
		}
		retired[f.Scenario] = *f.RetiredMass
		if f.Scenario == "reuses" && math.Abs(*f.Reused-*f.RetiredMass/2) > 1e-6 {
			t.Errorf("%v of %v are reused", *f.Reused, *f.RetiredMass)
		}
	}
	if retired["frozen"] < 3071 || retired["reuses"] != retired["frozen"] || retired["all"] != retired["frozen"] {
		t.Errorf("the mass that leaves use is %v", retired)
	}
}

// A study without devices in service is projected without them.
func TestProjectionWithoutAFleet(t *testing.T) {
	rows := workedRows()
	delete(rows, "fleet")
	p := projected(t, workedStudy(t, workedMethod, "", rows), 2026, Options{}, frozen(t))
	if len(p.Fleet) != 0 || len(p.Totals) == 0 {
		t.Errorf("%d years of a fleet, %d totals", len(p.Fleet), len(p.Totals))
	}
}

func TestProjectionIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var probs diag.List
	sc := LoadScenario("frozen", &probs)
	if p, err := Project(ctx, workedStudy(t, workedMethod, "", workedRows()), ProjectOptions{Scenarios: []*scenarios.Scenario{sc}, To: 2026}); err == nil {
		p.Close()
		t.Error("it is projected")
	}
}

// Where it is not sure how many devices are needed, totals of the fleet have no interval in later years, and those of services have one.
func TestProjectionTellsNoIntervalOfAFleetThatIsNotDrawn(t *testing.T) {
	p := projected(t, workedStudy(t, workedMethod, "draws: 100\n", workedRows()), 2025, Options{}, frozen(t),
		scenarioOf(t, "unsure", `volume: {basis: assumption, source: made up, growth: 10 %, distribution: "lognormal(1, 2)"}`))
	for _, x := range p.Totals {
		if has := x.P05 != nil; has != (x.Scenario == "frozen" || x.Perspective == "service" || x.Year == 2024) {
			t.Errorf("%s %s %d has an interval: %t", x.Scenario, x.Perspective, x.Year, has)
		}
	}
	for _, x := range p.Intervals {
		if x.Scenario == "unsure" && x.Perspective == "fleet" && x.Year == 2025 {
			t.Errorf("%+v", x)
		}
	}
}

// A driver that comes to 0 is the cause of all that goes.
func TestProjectionDecomposesWhatComesToNothing(t *testing.T) {
	p := projected(t, workedStudy(t, workedMethod, "", workedRows()), 2025, Options{},
		scenarioOf(t, "nothing", "embodied: {basis: assumption, source: made up, series: {2024: 1, 2025: 0}, after: hold}, volume: {basis: assumption, source: made up, growth: 10 %}"))
	list, err := p.Decompose(ProjectedAt{"nothing", 2024}, ProjectedAt{"nothing", 2025})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		if d.Category == "climate_change" && d.Perspective == "fleet" && (d.A != 200000 || d.B != 0 || len(d.Parts) != 1 || d.Parts[0].Driver != "embodied" || d.Parts[0].Value != -200000) {
			t.Errorf("%+v", d)
		}
	}
}

// Of a driver that is told apart the total without its change is that of each region without its own change; and a target is told as a multiple alone.
func TestProjectionAsksOfDriversToldApart(t *testing.T) {
	rows := workedRows()
	other := maps.Clone(rows["deployments"][0])
	other["deployment_id"], other["region"] = "e", "DEU"
	rows["deployments"] = append(rows["deployments"], other)
	p := projected(t, workedStudy(t, workedMethod, "", rows), 2025, Options{},
		scenarioOf(t, "apart", "volume: {basis: assumption, source: made up, by: region, of: {FRA: {growth: 900 %}, otherwise: {growth: 100 %}}}"))
	base, _ := p.Total("apart", "final_energy", "service", "location", 2024)
	swings := p.Swings("apart", "final_energy", "location")
	if base.Value != 2400 || len(swings) != 1 || swings[0].Low.Total != 2400 || swings[0].Center != 1200*10+1200*2 || swings[0].Low.Text != "2024" {
		t.Errorf("%v, %+v", base.Value, swings)
	}
	for _, together := range [][]string{{"volume"}, {"volume", "volume"}} {
		answers, err := p.Ask(Target{"final_energy", "location", 2025, -0.5}, together)
		if err != nil || len(answers) != 1 || len(answers[0].Drivers) != 1 || math.Abs(answers[0].Times[0]-1.0/12) > 1e-12 || answers[0].Has[0] == answers[0].Has[0] || answers[0].Needed[0] == answers[0].Needed[0] {
			t.Errorf("%v %+v", err, answers)
		}
	}
	if _, err := p.Ask(Target{"final_energy", "location", 2030, -0.5}, nil); err == nil {
		t.Error("a year that is not projected was asked of")
	}
}

// A scenario's own region is no other region of the same title, and a sum of none.
func TestProjectionExchangesRegionsOfScenariosByThemselves(t *testing.T) {
	s := scenarioText(t, scenarioHead("own", 2024, 2030)+`regions: {nordics: {title: World, members: [SWE]}, us2: {title: France, members: [USA]}}
drivers:
  sector_electricity: {basis: assumption, source: made up, by: region, of: {WOR: {value: 415}, FRA: {value: 10}, nordics: {value: 7}, us2: {value: 1000}}}
`)
	p := projected(t, workedStudy(t, workedMethod, "", workedRows()), 2025, Options{}, s)
	files, err := p.iamc(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, f := range files {
		if f.name == "iamc/scenarios.csv" {
			if err := f.write(&text); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, want := range []string{",World,Final Energy|Data Centres,TWh/yr,415,415\n", ",France,Final Energy|Data Centres,TWh/yr,10,10\n", ",World (own),Final Energy|Data Centres,TWh/yr,7,7\n", ",France (own),Final Energy|Data Centres,TWh/yr,1000,1000\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
}

// A study whose year has no rows is refused at its year.
func TestProjectionOfNothing(t *testing.T) {
	rows := workedRows()
	rows["deployments"][0]["year"] = 2023.0
	delete(rows, "fleet")
	if got := projectErr(t, workedStudy(t, workedMethod, "", rows), 2025, frozen(t)); !strings.Contains(got, "no row of 2024 enters a total: there is nothing to project [no-total]") {
		t.Error(got)
	}
}
