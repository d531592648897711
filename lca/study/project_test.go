package study

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet/parquettest"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"

	"pgregory.net/rapid"
)

// sizing says into how many files and row groups rows are cut; the zero one is one file of one.
type sizing struct{ files, groupRows int }

// projectStudy is a study of 2024 of rows of several kinds, by the observatory's method of which a catalogue is nearly complete. what is more of its text: a gap, for example.
func projectStudy(t testing.TB, what string, rows map[string][]logRow, cut sizing) *Study {
	t.Helper()
	content := map[string][]byte{}
	var inventories []string
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		kind, _ := datasets.KindByName(name)
		var names []string
		for i := range max(cut.files, 1) {
			n := max(cut.files, 1)
			some := rows[name][i*len(rows[name])/n : (i+1)*len(rows[name])/n]
			file := fmt.Sprintf("%s-%d.parquet", name, i)
			names = append(names, file)
			content[file] = parquettest.Write(t, kind.Fields(), logTable(kind.Fields(), some), max(cut.groupRows, 1))
		}
		inventories = append(inventories, name+": ["+strings.Join(names, ", ")+"]")
	}
	text := "study: projected\nyear: 2024\ninventories: {" + strings.Join(inventories, ", ") + "}\n"
	for _, kind := range []string{"deployments", "training_runs", "fleet"} {
		if rows[kind] != nil && !strings.Contains(what, "accept_overlaps") {
			if !strings.Contains(text, "accept_overlaps") {
				text += "accept_overlaps:\n"
			}
			text += "  - {kind: " + kind + ", rows: [\"*\"], reason: rows of a test are made up}\n"
		}
	}
	for _, line := range []string{"method: observatory@1.1.0", "pack: open@2025.2", "draws: 0"} {
		if key, _, _ := strings.Cut(line, ":"); !strings.Contains("\n"+what, "\n"+key+":") {
			text += line + "\n"
		}
	}
	var probs diag.List
	s := parse("study.yaml", []byte(text+what), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return held(s, content)
}

// gapsOfTest are those of the open edition's factors that rows of these tests meet.
const gapsOfTest = `accept_gaps:
  - {factor: electricity, reason: a test}
  - {factor: residual_mix, reason: a test}
  - {factor: generation, reason: a test}
  - {factor: embodied, reason: a test}
  - {factor: end_of_life, reason: a test}
  - {factor: transport, reason: a test}
  - {kind: deployments, reason: a test}
  - {kind: training_runs, reason: a test}
`

// scenarioOf loads a scenario of 2024 to 2040. drivers is the text below drivers:, in lines or as one map.
func scenarioOf(t testing.TB, name, drivers string) *scenarios.Scenario {
	t.Helper()
	return scenarioText(t, scenarioHead(name, 2024, 2040)+"drivers: {"+drivers+"}\n")
}

func scenarioHead(name string, from, to int) string {
	return fmt.Sprintf("scenario: %s\nversion: \"1\"\nstatus: draft\ndate: \"2026-01-01\"\ntitle: A scenario of a test\nof: nothing\nsource: made up\nlicence: CC0-1.0\nfrom: %d\nto: %d\n", name, from, to)
}

func scenarioText(t testing.TB, text string) *scenarios.Scenario {
	t.Helper()
	var probs diag.List
	s := scenarios.Load("scenario.yaml", []byte(text), nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// steps is a driver that has one value in 2024 and another from 2025 on.
func steps(name string, first, then float64) string {
	return fmt.Sprintf("%s: {basis: assumption, source: made up, series: {2024: %v, 2025: %v}, after: hold}", name, first, then)
}

func frozen(t testing.TB) *scenarios.Scenario {
	t.Helper()
	var probs diag.List
	s := LoadScenario("frozen", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

func projected(t testing.TB, s *Study, to int, o Options, of ...*scenarios.Scenario) *Projection {
	t.Helper()
	p, err := Project(context.Background(), s, ProjectOptions{Options: o, Scenarios: of, To: to})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// projectErr is why a projection is refused.
func projectErr(t testing.TB, s *Study, to int, of ...*scenarios.Scenario) string {
	t.Helper()
	p, err := Project(context.Background(), s, ProjectOptions{Scenarios: of, To: to})
	if err == nil {
		p.Close()
		t.Fatal("it is projected")
	}
	return err.Error()
}

// impactRows are the rows of a projection, in their order.
func impactRows(t testing.TB, p *Projection) []lca.Impact {
	t.Helper()
	var out []lca.Impact
	if err := p.x.impacts.each(func(row *lca.Impact, _ uint32) error { out = append(out, *row); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// without takes from a row what tells it apart from that of another scenario or year, and its value.
func without(row lca.Impact) lca.Impact {
	row.Scenario, row.Year, row.Value, row.P05, row.P50, row.P95 = "", 0, 0, nil, nil, nil
	return row
}

// caseRows are the values of a scenario's year.
func caseRows(t testing.TB, p *Projection, scenario string, year int, keep func(*lca.Impact) bool) map[lca.Impact]float64 {
	t.Helper()
	out := map[lca.Impact]float64{}
	for _, row := range impactRows(t, p) {
		if row.Scenario == scenario && row.Year == year && (keep == nil || keep(&row)) {
			out[without(row)] = row.Value
		}
	}
	return out
}

func rowText(r lca.Impact) string {
	return fmt.Sprint(r.Perspective, " ", r.Accounting, " ", r.Category, " ", r.Stage, " ", r.Kind, " ", r.Region, " ", r.Quality, " ", r.ShareOf)
}

// sameRows tells where two cases differ.
func sameRows(t testing.TB, what string, got, want map[lca.Impact]float64) {
	t.Helper()
	for k, v := range want {
		if g, ok := got[k]; !ok || g != v {
			t.Errorf("%s: %s is %v (%v), want %v", what, rowText(k), g, ok, v)
		}
	}
	for k, v := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s: %s is %v, and there is none", what, rowText(k), v)
		}
	}
}

// usedRow is a row of a service or a training run at one place, of which the energy at the facility is known.
func usedRow(kind, id, region string, hours float64, more logRow) logRow {
	row := logRow{"model_id": id, "organisation": "o", "hardware_id": "nvidia-h100-sxm5-80gb", "device_hours": hours, "energy": hours * 1.1, "energy_boundary": "facility", "energy_basis": "metered",
		"wue": 0.0, "pue": 1.25, "year": 2024.0, "scope": "volume", "source": "a test", "licence": "CC0-1.0", "quality": "reported"}
	if region != "" {
		row["region"], row["region_basis"] = region, "published"
	}
	row["deployment_id"] = id
	if kind == "training_runs" {
		delete(row, "deployment_id")
		row["run_id"], row["phase"] = id, "pretraining"
	} else {
		row["task"], row["requests"], row["latency"], row["data_transferred"] = "text_generation", 3600.0, 10.0, 1000.0
	}
	maps.Copy(row, more)
	return row
}

// everyUse has rows of both kinds of use, each region for another kind of electricity: of the grid in France, under contracts in Germany, made on site in Sweden, and of no grid where no region is
// stated, where alone water is used on site.
func everyUse() map[string][]logRow {
	out := map[string][]logRow{"hardware": openHardware()}
	for _, kind := range []string{"deployments", "training_runs"} {
		out[kind] = []logRow{
			usedRow(kind, kind+"-grid", "FRA", 1024, nil),
			usedRow(kind, kind+"-grid-2", "FRA", 512, logRow{"hardware_id": "nvidia-a100-sxm4-80gb"}),
			usedRow(kind, kind+"-contracts", "DEU", 1024, logRow{"contract_share": 1.0, "contract_factor": 0.02}),
			usedRow(kind, kind+"-on-site", "SWE", 1024, logRow{"onsite_supply": 1e6, "onsite_technology": "gas"}),
			usedRow(kind, kind+"-nowhere", "", 1536, logRow{"wue": 1.5}),
		}
	}
	return out
}

// openHardware are devices of the open edition's catalogue; the second has no mass.
func openHardware() []logRow {
	return []logRow{
		{"hardware_id": "nvidia-h100-sxm5-80gb", "name": "H100", "class": "accelerator", "rated_power": 700.0, "peak_flops": 9.894e14, "flops_precision": "bf16", "memory": 80.0, "die_area": 814.0, "mass": 3.0,
			"lifetime": 4.0, "host_id": "generic-ai-server-8gpu", "devices_per_server": 8.0, "source": "a test", "licence": "CC0-1.0", "quality": "reported"},
		{"hardware_id": "nvidia-a100-sxm4-80gb", "name": "A100", "class": "accelerator", "rated_power": 400.0, "peak_flops": 3.12e14, "flops_precision": "bf16", "memory": 80.0, "die_area": 826.0,
			"lifetime": 4.0, "host_id": "generic-ai-server-8gpu", "devices_per_server": 8.0, "source": "a test", "licence": "CC0-1.0", "quality": "reported"},
		{"hardware_id": "generic-ai-server-8gpu", "name": "host", "class": "server", "source": "a test", "licence": "CC0-1.0", "quality": "reported"},
	}
}

// stationaryFleet ships as many devices each year, long enough for those of the first year to be gone.
func stationaryFleet(years int) []logRow {
	var out []logRow
	for y := 2024 - years; y <= 2024; y++ {
		row := devices(fmt.Sprint("of-", y), "o", 1024, fmt.Sprintf("%d-01-01", y), "")
		row["count_basis"] = "shipped"
		out = append(out, row)
	}
	return out
}

// workedMethod has a device's burden spread over four years where it serves, and in the year of making where it is counted as a device.
const workedMethod = `method: worked
version: "1"
status: draft
date: "2026-01-01"
title: A worked example
categories: [climate_change]
parameters:
  default_lifetime: {value: 4, unit: a, distribution: fixed, source: made up}
factors: {electricity: {}, embodied: {}}
common:
  quantities:
    service_life: {unit: a, expr: default_lifetime}
    use_share: {unit: "1", expr: device_hours / service_life}
    facility_energy: {unit: kWh, expr: energy * pue}
kinds:
  deployments:
    impacts:
      - {name: electricity, perspective: service, stage: inference, amount: facility_energy, factor: electricity, region: region}
      - {name: final_energy, perspective: service, stage: inference, category: final_energy, value: facility_energy}
      - {name: manufacturing, perspective: service, stage: manufacturing, amount: use_share, factor: embodied, technology: hardware_id}
    functional_units:
      - {name: device hour, unit: h, count: device_hours, class: [task]}
  fleet:
    impacts:
      - {name: manufacturing, perspective: fleet, stage: manufacturing, time: in_service, amount: count, factor: embodied, technology: hardware_id}
      - {name: e_waste, perspective: fleet, stage: end_of_life, time: retired, when: retired != nil, category: e_waste, value: count * hardware.mass}
`

const workedPack = `pack: worked
version: "1"
status: draft
date: "2026-01-01"
title: Factors of a worked example
doc: Made up.
factors:
  - {name: electricity, title: Electricity, per: kWh, keys: [region, year], doc: made up}
  - {name: embodied, title: Manufacture, per: "1", keys: [technology], doc: made up}
`

const workedFactors = `factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,source,url,released,licence,note
electricity,climate_change,FRA,,,,0.05,kg CO2e/kWh,fixed,,production,generation,life_cycle,average,reported,made up,,2025,CC0-1.0,
electricity,climate_change,DEU,,,,0.4,kg CO2e/kWh,fixed,,production,generation,life_cycle,average,reported,made up,,2025,CC0-1.0,
embodied,climate_change,,a,,,100,kg CO2e,fixed,accelerator,,,,,reported,made up,,2025,CC0-1.0,
embodied,climate_change,,b,,,200,kg CO2e,fixed,accelerator,,,,,reported,made up,,2025,CC0-1.0,
`

// workedStudy is a study by the method and the pack of the worked example, or by another method.
func workedStudy(t testing.TB, method, what string, rows map[string][]logRow) *Study {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"method.yaml": method, "pack/pack.yaml": workedPack, "pack/factors.csv": workedFactors} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	rows["hardware"] = []logRow{}
	for name, mass := range map[string]float64{"a": 2, "b": 4} {
		rows["hardware"] = append(rows["hardware"], logRow{"hardware_id": name, "name": name, "class": "accelerator", "mass": mass, "source": "a test", "licence": "CC0-1.0", "quality": "reported"})
	}
	return projectStudy(t, "method: "+filepath.Join(dir, "method.yaml")+"\npack: "+filepath.Join(dir, "pack")+"\n"+what, rows, sizing{})
}

// shippedRow is devices that were shipped in a year, as many as count.
func shippedRow(hardware, region string, count float64, year int) logRow {
	row := devices(fmt.Sprint(hardware, region, year), "o", count, fmt.Sprintf("%d-07-01", year), "")
	row["hardware_id"], row["region"], row["count_basis"] = hardware, region, "shipped"
	return row
}

// workedRows: 35,040 h in France with 1,000 kWh at a PUE of 1.2, on devices of the type a; 1,000 devices of the type a shipped in 2022 and 1,000 of the type b in 2024.
func workedRows() map[string][]logRow {
	return map[string][]logRow{
		"deployments": {{"deployment_id": "d", "model_id": "m", "organisation": "o", "hardware_id": "a", "region": "FRA", "device_hours": 35040.0, "energy": 1000.0, "energy_boundary": "it", "energy_basis": "metered",
			"pue": 1.2, "task": "chat", "year": 2024.0, "scope": "volume", "source": "a test", "licence": "CC0-1.0", "quality": "reported"}},
		"fleet": {shippedRow("a", "FRA", 1000, 2022), shippedRow("b", "FRA", 1000, 2024)},
	}
}

// A worked example. Work grows by 10 % a year and devices do 1.25 times as much for a joule from 2025 on, so that relative to 2024 there is 1.1 / 1.25 = 0.88 of it in 2025, 1.21 / 1.25 = 0.968
// in 2026 and 1.331 / 1.25 = 1.0648 in 2027, of energy and of devices.
//
// Service perspective. Final energy is 1,000 kWh x 1.2 = 1,200 kWh, and with a PUE of 1.1 from 2025 on 1,200 x 0.88 x 1.1 / 1.2 = 968 kWh, 1,064.8 and 1,171.28 kWh. Of it 0.05 kg/kWh is 60 kg; with 0.04 kg/kWh in
// 2025 and 0.03 kg/kWh later 38.72 kg, 31.944 and 35.1384 kg. The fall of Germany's grid changes nothing. 35,040 h are one device's four years, 100 kg; over five years from 2026 on
// 100 x 0.88 = 88 kg, 100 x 0.968 x 4/5 = 77.44 and 85.184 kg.
//
// Fleet. With a mean of 4 years and the shape 3 the scale is 4 / Γ(4/3) = 4.479386 years, and of a year's devices S(1) = 0.98893553, S(2) = 0.91483723, S(3) = 0.74051768, S(4) = 0.49062610 and S(5) = 0.24888422 are
// left at the end of the years after. At the end of 2024 there are 1000 S(2) + 1000 = 1914.83723.
//
//	2025: 1000 S(3) + 1000 S(1) = 1729.45320 are left, 185.38403 left use. Needed are 0.88 x 1914.83723 = 1685.05676: none is shipped, 44.39644 are idle.
//	      What left use: 174.31955 of 2 kg and 11.06447 of 4 kg, 392.89700 kg.
//	2026: 1000 S(4) + 1000 S(2) = 1405.46334 are left, 323.98987 left use. Needed are 0.968 x 1914.83723 = 1853.56244: 448.09911 are shipped, of the type b, whose making is 200 kg each, 89,619.82115 kg.
//	      249.89158 of 2 kg and 74.09829 of 4 kg are 796.17633 kg.
//	2027: those shipped in 2026 last 5 years in the mean, of which S(1) = 0.99431961 are left: 1000 S(5) + 1000 S(3) + 448.09911 x 0.99431961 = 1434.95563, and 418.60681 left use. Needed are 2038.91868:
//	      603.96306 are shipped, 120,792.61145 kg. 241.74188 of 2 kg, 174.31955 of 4 kg and 2.54538 of 4 kg are 1,190.94349 kg.
//
// In 2024 itself 1,000 devices of the type b were made, 200,000 kg, and of the type a 1000 (S(1) - S(2)) = 74.09829 left use, 148.19659 kg. Of what leaves use 22.3 % is collected.
func TestProjectionWorkedExample(t *testing.T) {
	sc := scenarioText(t, scenarioHead("worked", 2024, 2030)+`drivers:
  volume: {basis: assumption, source: made up, growth: 10 %}
`+"  "+steps("hardware_efficiency", 1, 1.25)+"\n  "+steps("pue", 1.2, 1.1)+`
  grid_intensity:
    basis: assumption
    source: made up
    by: region
    of: {FRA: {series: {2024: 0.05, 2025: 0.04, 2026: 0.03}, after: hold}, DEU: {growth: -50 %}}
  lifetime: {basis: assumption, source: made up, series: {2024: 4, 2025: 4, 2026: 5}, after: hold}
`)
	p := projected(t, workedStudy(t, workedMethod, "", workedRows()), 2027, Options{}, sc)
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 2e-8*math.Abs(want) { // a quantum of 2^-20 devices is 2e-9 of 448
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	for i, want := range [][6]float64{ // final energy, electricity and making of services; making of the fleet, e-waste, total of the fleet's climate change
		{1200, 60, 100, 200_000, 148.19658929},
		{968, 38.72, 88, 0, 392.89700130},
		{1064.8, 31.944, 77.44, 89_619.82115254, 796.17632868},
		{1171.28, 35.1384, 85.184, 120_792.61145384, 1190.94348934},
	} {
		year := 2024 + i
		rows := caseRows(t, p, "worked", year, func(r *lca.Impact) bool { return r.Accounting == "market" })
		value := func(category, stage, perspective string) (sum float64) {
			for k, v := range rows {
				if k.Category == category && k.Stage == stage && k.Perspective == perspective {
					sum += v
				}
			}
			return sum
		}
		what := func(s string) string { return fmt.Sprint(year, " ", s) }
		near(what("final energy"), value("final_energy", "inference", "service"), want[0])
		near(what("electricity"), value("climate_change", "inference", "service"), want[1])
		near(what("making, services"), value("climate_change", "manufacturing", "service"), want[2])
		near(what("making, fleet"), value("climate_change", "manufacturing", "fleet"), want[3])
		near(what("e-waste"), value("e_waste", "end_of_life", "fleet"), want[4])
		total, _ := p.Total("worked", "climate_change", "service", "location", year)
		near(what("total"), total.Value, want[1]+want[2])
	}
	type year struct{ opening, shipments, retirements, stock, idle, age, waste float64 }
	for i, want := range []year{
		{stock: 1914.83723220, age: 2 * 914.83723220 / 1914.83723220, waste: 148.19658929},
		{opening: 1914.83723220, retirements: 185.38402750, stock: 1729.45320470, idle: 44.39644037, age: (3*740.51767785 + 988.93552685) / 1729.45320470, waste: 392.89700130},
		{opening: 1729.45320470, shipments: 448.09910576, retirements: 323.98986969, stock: 1853.56244077, age: (4*490.62610281 + 2*914.83723220) / 1853.56244077, waste: 796.17632868},
		{opening: 1853.56244077, shipments: 603.96305727, retirements: 418.60681319, stock: 2038.91868485, age: 1.91843250, waste: 1190.94348934},
	} {
		f := &p.Fleet[i]
		of := func(v *float64) float64 {
			if v == nil {
				return 0
			}
			return *v
		}
		if f.Year != 2024+i || f.Region != "FRA" || (f.Shipments == nil) != (i == 0) {
			t.Fatalf("%+v", f)
		}
		for _, x := range []struct {
			what      string
			got, want float64
		}{{"opening", of(f.Opening), want.opening}, {"shipments", of(f.Shipments), want.shipments}, {"retirements", of(f.Retirements), want.retirements}, {"stock", f.Stock, want.stock}, {"idle", of(f.Idle), want.idle},
			{"mean age", of(f.MeanAge), want.age}, {"retired mass", of(f.RetiredMass), want.waste}, {"e-waste", of(f.EWaste), want.waste}, {"collected", of(f.Collected), 0.223 * want.waste}, {"reused", of(f.Reused), 0}} {
			near(fmt.Sprint(f.Year, " ", x.what), x.got, x.want)
		}
	}
}

// With nothing that changes, services and a fleet that ships as much as leaves use come to the same in every year, to the bit: every row and every total. 1,021 devices of 3 kg leave uneven fractions.
// Where types are mixed what is shipped later is one cohort of all of them, of which whole quanta are left: so it is the same but for these there.
func TestProjectionFrozenIsStationary(t *testing.T) {
	rows := everyUse()
	for y := 2000; y <= 2024; y++ {
		rows["fleet"] = append(rows["fleet"], shippedRow("nvidia-h100-sxm5-80gb", "FRA", 1021, y), shippedRow("nvidia-a100-sxm4-80gb", "DEU", 77.75, y),
			shippedRow("nvidia-a100-sxm4-80gb", "USA", 77.75, y), shippedRow("nvidia-h100-sxm5-80gb", "USA", 333, y))
	}
	for _, draws := range []string{"", "draws: 100\n"} {
		p := projected(t, projectStudy(t, draws+gapsOfTest, rows, sizing{}), 2032, Options{}, frozen(t))
		base := caseRows(t, p, "frozen", 2024, nil)
		kinds := map[string]int{}
		for r := range base {
			kinds[r.Perspective+" "+r.Stage]++
		}
		if len(base) < 200 || kinds["fleet manufacturing"] == 0 || kinds["fleet end_of_life"] == 0 || kinds["service transport"] == 0 {
			t.Fatalf("%d rows: %v", len(base), kinds)
		}
		mixed := func(r *lca.Impact) bool { return r.Perspective == "fleet" && r.Region == "USA" }
		for y := 2025; y <= 2032; y++ {
			rows := caseRows(t, p, "frozen", y, nil)
			if len(rows) != len(base) {
				t.Errorf("%d: %d rows, in the base year %d", y, len(rows), len(base))
			}
			for r, v := range rows {
				if want := base[r]; v != want && (!mixed(&r) || math.Abs(v-want) > 5e-8*want) {
					t.Errorf("%d: %s is %v, in the base year %v", y, rowText(r), v, want)
				}
			}
		}
		for _, x := range p.Totals {
			first, ok := p.Total("frozen", x.Category, x.Perspective, x.Accounting, 2024)
			within := 0.0
			if x.Perspective == "fleet" {
				within = 5e-8
			}
			near := func(a, b float64) bool { return math.Abs(a-b) <= within*b }
			if !ok || !near(x.Value, first.Value) || first.Complete != x.Complete {
				t.Errorf("%+v, in the base year %+v", x, first)
			}
			if draws != "" && x.Perspective == "service" && (*x.P05 != *first.P05 || *x.P50 != *first.P50 || *x.P95 != *first.P95) {
				t.Errorf("%d %s %s: %v to %v, in the base year %v to %v", x.Year, x.Perspective, x.Category, *x.P05, *x.P95, *first.P05, *first.P95)
			}
		}
		for i, f := range p.Fleet {
			if f.Opening == nil || f.Region == "USA" {
				continue
			}
			if *f.Opening != f.Stock || *f.Shipments != *f.Retirements || *f.MeanAge != *p.Fleet[i-1].MeanAge || *f.EWaste != *p.Fleet[i-1].EWaste {
				t.Errorf("%+v", f)
			}
		}
	}
}

// The open edition under frozen drivers: services are the same in every year, and what a run of the study by region and hardware has of them; what is made and thrown away follows the devices.
func TestProjectionOfTheOpenEdition(t *testing.T) {
	var probs diag.List
	load := func() *Study {
		s := EmbeddedEdition(&probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		s.Sampling.Draws = 0
		return s
	}
	p := projected(t, load(), 2030, Options{}, frozen(t))
	service := func(r *lca.Impact) bool { return r.Perspective == "service" }
	base := caseRows(t, p, "frozen", 2024, service)
	if len(base) < 80 {
		t.Fatalf("%d rows", len(base))
	}
	for y := 2025; y <= 2030; y++ {
		sameRows(t, fmt.Sprint(y), caseRows(t, p, "frozen", y, service), base)
	}
	// A run's cells are rounded once each, of a region one for each type of device: added up they may differ from the region's in the last bit, and are the same where there is one type.
	s := load()
	s.GroupBy = []string{"region", "hardware"}
	run, err := Run(context.Background(), s, Options{Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	parts := map[lca.Impact][]float64{}
	for _, r := range rowsOf[lca.Impact](t, run.Folder, "impacts.parquet") {
		if r.Year == 2024 && service(&r) {
			r.Hardware = ""
			parts[without(r)] = append(parts[without(r)], r.Value)
		}
	}
	single := 0
	for k, v := range base {
		sum := exact.Total(parts[k])
		if sum != v && (len(parts[k]) == 1 || math.Abs(sum-v) > 1e-15*v) {
			t.Errorf("%s is %v, a run has %v in %d parts", rowText(k), v, sum, len(parts[k]))
		}
		if len(parts[k]) == 1 {
			single++
		}
	}
	if len(parts) != len(base) || single < 50 {
		t.Errorf("%d rows, of which %d of one type of device, and a run has %d", len(base), single, len(parts))
	}
	// Manufacturing per device shipped is that of the latest devices of the region, and none where nothing is shipped.
	shipped := map[string]map[int]float64{}
	for _, f := range p.Fleet {
		if f.Shipments != nil {
			if shipped[f.Region] == nil {
				shipped[f.Region] = map[int]float64{}
			}
			shipped[f.Region][f.Year] = *f.Shipments
			if *f.Opening+*f.Shipments-*f.Retirements != f.Stock || *f.Idle != 0 || f.Stock != *f.Opening {
				t.Errorf("%+v", f)
			}
		}
	}
	each := map[string]float64{}
	for _, r := range impactRows(t, p) {
		if r.Perspective != "fleet" || r.Stage != "manufacturing" || r.Category != "climate_change" || r.Year == 2024 {
			continue
		}
		k := r.Region + r.Quality + r.Accounting
		per := r.Value / shipped[r.Region][r.Year]
		if each[k] == 0 {
			each[k] = per
		}
		if math.Abs(per-each[k]) > 1e-13*per {
			t.Errorf("%d %s: %v for each device shipped, and %v in another year", r.Year, r.Region, per, each[k])
		}
	}
	if len(each) < 10 {
		t.Errorf("%d regions make devices", len(each))
	}
}

// driverOf is a driver of a metamorphic test: what it is in 2024 and, twice or half as much, in 2025; and which rows of everyUse it multiplies by 2 to which power. All else stays.
type driverCase struct {
	first, then float64
	power       func(*lca.Impact) int
}

func isOperation(r *lca.Impact) bool { return r.Stage == "inference" || r.Stage == "training" }

func isServed(r *lca.Impact) bool { return r.Perspective == "service" }

// driverCases has one for each driver that acts on impacts.
func driverCases() map[string]driverCase {
	when := func(power int, is func(*lca.Impact) bool) func(*lca.Impact) int {
		return func(r *lca.Impact) int {
			if is(r) {
				return power
			}
			return 0
		}
	}
	deployments := func(r *lca.Impact) bool { return isServed(r) && r.Kind == "deployments" }
	devices := func(r *lca.Impact) bool { return isServed(r) && !isOperation(r) }
	ofGrid := func(category string) func(*lca.Impact) bool { // Sweden's is made on site; contracts cover Germany's
		return func(r *lca.Impact) bool {
			return isServed(r) && isOperation(r) && r.Category == category && (r.Region == "FRA" || r.Region == "DEU" && r.Accounting == "location" || r.Region == "DEU" && category != "climate_change" || r.Region == "SWE" && r.ShareOf == "option")
		}
	}
	return map[string]driverCase{
		"volume":                  {1, 2, when(1, deployments)},
		"tokens_per_request":      {3, 6, when(1, deployments)},
		"model_size":              {1, 0.5, when(-1, deployments)},
		"training_compute":        {1, 2, when(1, func(r *lca.Impact) bool { return isServed(r) && r.Kind == "training_runs" })},
		"electricity_demand":      {1, 2, when(1, isServed)},
		"published_index":         {1, 2, when(1, deployments)},
		"hardware_efficiency":     {1, 2, when(-1, isServed)},
		"new_hardware_efficiency": {1, 2, when(-1, isServed)}, // without a fleet all devices are new
		"software_efficiency":     {1, 0.5, when(1, isServed)},
		"device_power":            {1, 2, when(-1, devices)},
		"utilisation":             {0.25, 0.5, when(-1, devices)},
		"embodied":                {1, 0.5, when(-1, func(r *lca.Impact) bool { return r.Stage == "manufacturing" })},
		// all that is made of the facility's energy: neither water on site, which is that of IT equipment, nor networks and users' devices
		"pue": {1.25, 2.5, when(1, func(r *lca.Impact) bool {
			return isServed(r) && isOperation(r) && !(r.Region == "" && r.Category == "water_consumption") && !(r.ShareOf == "option" && r.Kind == "deployments")
		})},
		"wue": {1.5, 3, when(1, func(r *lca.Impact) bool {
			return isServed(r) && isOperation(r) && r.Region == "" && r.Category == "water_consumption"
		})},
		"grid_intensity": {1, 0.5, when(-1, ofGrid("climate_change"))},
		"grid_water":     {1, 2, when(1, ofGrid("water_consumption"))},
		"lifetime":       {4, 8, when(-1, devices)},
	}
}

// Of each driver that acts on impacts, twice as much of it in a year changes just the rows that it acts on, by just that ratio.
func TestProjectionDriversActOnTheirRowsAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	s := projectStudy(t, gapsOfTest, everyUse(), sizing{})
	list := []*scenarios.Scenario{frozen(t)}
	cases := driverCases()
	for _, d := range scenarios.Definitions() {
		if c, ok := cases[d.Name]; ok {
			list = append(list, scenarioOf(t, strings.ReplaceAll(d.Name, "_", "-"), steps(d.Name, c.first, c.then)))
		} else if len(d.Acts) > 0 {
			t.Errorf("no case is of the driver %s", d.Name)
		}
	}
	p := projected(t, s, 2026, Options{}, list...)
	base := caseRows(t, p, "frozen", 2024, nil)
	for name, c := range cases {
		acted, left := 0, 0
		want := map[lca.Impact]float64{}
		for r, v := range base {
			power := c.power(&r)
			want[r] = math.Ldexp(v, power)
			if power != 0 && v != 0 {
				acted++
			} else {
				left++
			}
		}
		sc := strings.ReplaceAll(name, "_", "-")
		sameRows(t, name+" in the base year", caseRows(t, p, sc, 2024, nil), base)
		for _, year := range []int{2025, 2026} {
			sameRows(t, fmt.Sprint(name, " in ", year), caseRows(t, p, sc, year, nil), want)
		}
		if acted == 0 || left == 0 && !slices.Contains([]string{"electricity_demand", "hardware_efficiency", "new_hardware_efficiency", "software_efficiency"}, name) {
			t.Errorf("%s acts on %d rows and leaves %d", name, acted, left)
		}
	}
	if n := notes(p, "acts on nothing"); len(n) > 0 {
		t.Error(n)
	}
}

// A driver that is told apart acts on what it is told apart by.
func TestProjectionDriversToldApart(t *testing.T) {
	s := projectStudy(t, gapsOfTest, everyUse(), sizing{})
	apart := func(driver, by, key string) string {
		return fmt.Sprintf("%s: {basis: assumption, source: made up, by: %s, of: {%s: {series: {2024: 1, 2025: 2}, after: hold}, otherwise: {value: 1}}}", driver, by, key)
	}
	cases := []struct {
		driver, by, key string
		acts            func(*lca.Impact) bool
	}{
		{"volume", "region", "FRA", func(r *lca.Impact) bool { return r.Kind == "deployments" && r.Region == "FRA" }},
		{"volume", "region", "EUR", func(r *lca.Impact) bool { return r.Kind == "deployments" && r.Region != "" }},
		{"volume", "region", "WOR", func(r *lca.Impact) bool { return r.Kind == "deployments" }},
		{"volume", "task", "text_generation", func(r *lca.Impact) bool { return r.Kind == "deployments" }},
		{"volume", "task", "image_generation", func(r *lca.Impact) bool { return false }},
		{"electricity_demand", "task", "text_generation", func(r *lca.Impact) bool { return r.Kind == "deployments" }},
		{"published_index", "category", "water_consumption", func(r *lca.Impact) bool { return r.Category == "water_consumption" && r.Kind == "deployments" }},
		{"embodied", "category", "abiotic_depletion", func(r *lca.Impact) bool { return r.Stage == "manufacturing" && r.Category == "abiotic_depletion" }},
	}
	list := []*scenarios.Scenario{frozen(t)}
	for i, c := range cases {
		list = append(list, scenarioOf(t, fmt.Sprint("s", i), apart(c.driver, c.by, c.key)))
	}
	list = append(list, scenarioOf(t, "kinds", "software_efficiency: {basis: assumption, source: made up, by: kind, of: {training_runs: {series: {2024: 1, 2025: 0.5}, after: hold}, otherwise: {value: 1}}}"))
	p := projected(t, s, 2025, Options{}, list...)
	base := caseRows(t, p, "frozen", 2024, nil)
	check := func(name, what string, acts func(*lca.Impact) bool) {
		t.Helper()
		want := map[lca.Impact]float64{}
		for r, v := range base {
			if want[r] = v; acts(&r) {
				want[r] = 2 * v
			}
		}
		sameRows(t, what, caseRows(t, p, name, 2025, nil), want)
	}
	for i, c := range cases {
		check(fmt.Sprint("s", i), c.driver+" of "+c.key, c.acts)
	}
	check("kinds", "software_efficiency of training_runs", func(r *lca.Impact) bool { return r.Kind == "training_runs" })
}

// Devices follow the drivers that say how many are needed, weighed by the device hours of what they act on: here as many of deployments as of training runs. Others change none.
func TestProjectionDevicesFollowTheirNeed(t *testing.T) {
	rows := everyUse()
	installed := devices("f", "o", 4096, "2024-01-01", "")
	rows["fleet"] = []logRow{installed}
	list := []*scenarios.Scenario{frozen(t)}
	cases := driverCases()
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		list = append(list, scenarioOf(t, strings.ReplaceAll(name, "_", "-"), steps(name, c.first, c.then)+", lifetime_shape: {basis: assumption, source: made up, value: 3}"))
	}
	p := projected(t, projectStudy(t, gapsOfTest, rows, sizing{}), 2025, Options{}, list...)
	needed := map[string]float64{"volume": 1.5, "tokens_per_request": 1.5, "model_size": 0.75, "training_compute": 1.5, "electricity_demand": 2, "published_index": 1.5, "hardware_efficiency": 0.5, "software_efficiency": 2,
		"device_power": 0.5, "utilisation": 0.5}
	for _, f := range p.Fleet {
		if f.Year != 2025 || f.Scenario == "new-hardware-efficiency" { // whose need is one of work, see TestProjectionDevicesKeepTheirEfficiency
			continue
		}
		ratio := needed[strings.ReplaceAll(f.Scenario, "-", "_")]
		if ratio == 0 {
			ratio = 1
		}
		if got := f.Stock - *f.Idle; got != 4096*ratio {
			t.Errorf("%s: %v devices are needed, want %v", f.Scenario, got, 4096*ratio)
		}
	}
}

// Totals are their rows' exact sums, and those of the stages add up to them.
func TestProjectionTotalsAreTheSumsOfRows(t *testing.T) {
	rows := everyUse()
	rows["fleet"] = stationaryFleet(10)
	p := projected(t, projectStudy(t, gapsOfTest, rows, sizing{}), 2028, Options{}, frozen(t), scenarioOf(t, "grows", "volume: {basis: assumption, source: made up, growth: 17 %}"))
	values, stages := map[string][]float64{}, map[string]map[string]*exact.Sum{}
	for _, r := range impactRows(t, p) {
		if r.ShareOf != "total" {
			continue
		}
		k := fmt.Sprint(r.Scenario, r.Category, r.Unit, r.Year, r.Perspective, r.Accounting)
		values[k] = append(values[k], r.Value)
		if stages[k] == nil {
			stages[k] = map[string]*exact.Sum{}
		}
		if stages[k][r.Stage] == nil {
			stages[k][r.Stage] = &exact.Sum{}
		}
		stages[k][r.Stage].Add(r.Value)
	}
	if len(p.Totals) != len(values) || len(values) < 100 {
		t.Errorf("%d totals of %d sums", len(p.Totals), len(values))
	}
	for _, x := range p.Totals {
		k := fmt.Sprint(x.Scenario, x.Category, x.Unit, x.Year, x.Perspective, x.Accounting)
		all := &exact.Sum{}
		for _, s := range stages[k] {
			all.Merge(s)
		}
		if want := exact.Total(values[k]); x.Value != want || all.Float64() != want {
			t.Errorf("%s is %v, the rows add up to %v and the stages to %v", k, x.Value, want, all.Float64())
		}
		if x.Value == 0 && x.Perspective == "service" {
			t.Errorf("%s is 0", k)
		}
	}
}

// changing are scenarios that differ in everything that a fleet goes by.
func changing(t testing.TB) []*scenarios.Scenario {
	return []*scenarios.Scenario{
		frozen(t),
		scenarioOf(t, "grows", "volume: {basis: assumption, source: made up, growth: 17 %}, "+steps("lifetime", 4, 5.5)),
		scenarioOf(t, "shapes", "lifetime_shape: {basis: assumption, source: made up, value: 1.5}, "+steps("reuse", 0.1, 0.3)+", "+steps("hardware_efficiency", 1, 1.3)),
		scenarioOf(t, "ships", "shipments: {basis: assumption, source: made up, growth: 5 %}, "+steps("pue", 1.3, 1.1)+", embodied: {basis: assumption, source: made up, growth: -3 %}"),
	}
}

// A scenario or a year more changes nothing of the others; the order of scenarios is but that of the rows.
func TestProjectionCasesDoNotTouchEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	rows := everyUse()
	rows["fleet"] = append(stationaryFleet(12), devices("i", "o", 500, "2021-05-05", ""), devices("r", "o", 50, "2020-05-05", "2026-01-01"))
	for _, draws := range []string{"", "draws: 100\n"} {
		s := projectStudy(t, draws+gapsOfTest, rows, sizing{})
		list := changing(t)
		all := projected(t, s, 2029, Options{}, list...)
		of := func(p *Projection, name string, to int) (rows []lca.Impact, totals []ProjectedTotal, fleet []lca.FleetFlow) {
			for _, r := range impactRows(t, p) {
				if r.Scenario == name && r.Year <= to {
					rows = append(rows, r)
				}
			}
			for _, x := range p.Totals {
				if x.Scenario == name && x.Year <= to {
					totals = append(totals, x)
				}
			}
			for _, f := range p.Fleet {
				if f.Scenario == name && f.Year <= to {
					fleet = append(fleet, f)
				}
			}
			return rows, totals, fleet
		}
		same := func(what string, p *Projection, name string, to int) {
			t.Helper()
			gotRows, gotTotals, gotFleet := of(p, name, to)
			rows, totals, fleet := of(all, name, to)
			if !reflect.DeepEqual(gotRows, rows) || len(rows) == 0 {
				t.Errorf("%s: rows of %s differ", what, name)
			}
			if !reflect.DeepEqual(gotTotals, totals) {
				t.Errorf("%s: totals of %s differ", what, name)
			}
			if !reflect.DeepEqual(gotFleet, fleet) {
				t.Errorf("%s: the fleet of %s differs", what, name)
			}
		}
		for _, sc := range list {
			same("alone", projected(t, s, 2029, Options{}, sc), sc.Name, 2029)
			same("fewer years", projected(t, s, 2026, Options{}, sc), sc.Name, 2026)
		}
		back := slices.Clone(list)
		slices.Reverse(back)
		turned := projected(t, s, 2029, Options{}, back...)
		for i, sc := range back {
			same("the other way round", turned, sc.Name, 2029)
			if turned.Names[i] != sc.Name {
				t.Errorf("%s is at the place of %s", turned.Names[i], sc.Name)
			}
		}
	}
}

// cutRows are rows at random of everything, of which many come to one cell.
func cutRows(n int) map[string][]logRow {
	r := rand.New(rand.NewPCG(3, 4))
	of := func(words ...string) string { return words[r.IntN(len(words))] }
	hardware := []string{"nvidia-h100-sxm5-80gb", "nvidia-a100-sxm4-80gb"}
	out := map[string][]logRow{"hardware": openHardware()}
	for i := range n {
		for _, kind := range []string{"deployments", "training_runs"} {
			row := usedRow(kind, fmt.Sprint(kind, i), of("FRA", "DEU", "USA"), r.Float64()*1000, logRow{"hardware_id": of(hardware...), "quality": of("measured", "reported", "modelled"), "source": of("one", "two", "three")})
			if r.IntN(3) == 0 {
				delete(row, "pue")
				row["energy_boundary"] = "device"
			}
			if kind == "deployments" {
				row["task"] = of("text_generation", "image_generation", "other")
			}
			out[kind] = append(out[kind], row)
		}
		row := devices(fmt.Sprint("f", i), "o", 1+100*r.Float64(), fmt.Sprintf("%d-%02d-01", 2015+r.IntN(10), 1+r.IntN(12)), of("", "", "2024-12-31", "2027-02-02"))
		row["hardware_id"], row["region"], row["count_basis"] = of(hardware...), of("FRA", "USA"), of("shipped", "installed")
		out["fleet"] = append(out["fleet"], row)
	}
	return out
}

// Neither workers nor the order of rows, their cut into files and row groups, or how much memory may be taken change a bit.
func TestProjectionDoesNotDependOnHowTheWorkIsCut(t *testing.T) {
	rows := cutRows(120)
	shuffled := map[string][]logRow{}
	r := rand.New(rand.NewPCG(5, 6))
	for kind, list := range rows {
		shuffled[kind] = slices.Clone(list)
		r.Shuffle(len(list), func(i, j int) { shuffled[kind][i], shuffled[kind][j] = shuffled[kind][j], shuffled[kind][i] })
	}
	for _, draws := range []string{"", "draws: 100\n"} {
		result := func(rows map[string][]logRow, cut sizing, o Options) (out []any) {
			what := draws + gapsOfTest
			p := projected(t, projectStudy(t, what, rows, cut), 2027, o, changing(t)...)
			return []any{impactRows(t, p), p.Totals, p.Fleet, p.Intervals, p.Drivers, p.Sectors}
		}
		want := result(rows, sizing{1, 1000}, Options{Jobs: 1})
		for name, c := range map[string]struct {
			rows map[string][]logRow
			cut  sizing
			o    Options
		}{
			"four workers":        {rows, sizing{1, 7}, Options{Jobs: 4}},
			"rows in another way": {shuffled, sizing{1, 1000}, Options{Jobs: 1}},
			"two files":           {rows, sizing{2, 50}, Options{Jobs: 1}},
			"little memory":       {rows, sizing{1, 20}, Options{Jobs: 1, Memory: 100_000, Scratch: t.TempDir()}},
			"all of it":           {shuffled, sizing{2, 9}, Options{Jobs: 4, Memory: 100_000, Scratch: t.TempDir()}},
		} {
			for i, got := range result(c.rows, c.cut, c.o) {
				if !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%s%s: %T differ", draws, name, got)
				}
			}
		}
	}
}

// A fleet at random: what stands at the end of a year is what stood at its beginning, and what came less what left, and of what leaves each gram is reused, collected or not, to the bit.
func TestProjectionFleetHoldsToTheBit(t *testing.T) {
	tb := t
	rapid.Check(t, func(t *rapid.T) {
		var fleet []logRow
		for i := range rapid.IntRange(1, 12).Draw(t, "rows") {
			year := rapid.IntRange(2008, 2026).Draw(t, "year")
			retired := ""
			if rapid.IntRange(0, 3).Draw(t, "is retired") == 0 {
				retired = fmt.Sprintf("%d-12-31", year+rapid.IntRange(0, 9).Draw(t, "years"))
			}
			row := devices(fmt.Sprint("f", i), "o", rapid.Float64Range(0, 1e5).Draw(t, "count"), fmt.Sprintf("%d-06-01", year), retired)
			row["hardware_id"], row["region"] = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "hardware"), rapid.SampledFrom([]string{"FRA", "DEU"}).Draw(t, "region")
			row["count_basis"] = rapid.SampledFrom([]string{"shipped", "installed", "planned"}).Draw(t, "basis")
			fleet = append(fleet, row)
		}
		rows := map[string][]logRow{"fleet": fleet, "deployments": workedRows()["deployments"]}
		share := func(name string) float64 { return rapid.Float64Range(0, 1).Draw(t, name) }
		sc := scenarioOf(tb, "random", fmt.Sprintf("volume: {basis: assumption, source: made up, growth: %v}, ", rapid.Float64Range(-0.5, 0.8).Draw(t, "growth"))+
			steps("reuse", share("reuse"), share("reuse"))+", "+steps("collection", share("collection"), share("collection"))+
			fmt.Sprintf(", lifetime_shape: {basis: assumption, source: made up, value: %v}", rapid.Float64Range(1, 9).Draw(t, "shape")))
		p, err := Project(context.Background(), workedStudy(tb, workedMethod, "", rows), ProjectOptions{Scenarios: []*scenarios.Scenario{sc}, To: 2030})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		stock := map[string]float64{}
		waste := map[string]float64{}
		for _, r := range impactRows(tb, p) {
			if r.Category == "e_waste" && r.Accounting == "location" {
				waste[fmt.Sprint(r.Year, r.Region)] += r.Value
			}
		}
		for _, f := range p.Fleet {
			if f.Opening != nil && (*f.Opening != stock[f.Region] || *f.Opening+*f.Shipments-*f.Retirements != f.Stock || *f.Shipments < 0 || *f.Retirements < 0 || *f.Idle > f.Stock) {
				t.Fatalf("%s %d: %v + %v - %v = %v, after %v, of which %v is idle", f.Region, f.Year, *f.Opening, *f.Shipments, *f.Retirements, f.Stock, stock[f.Region], *f.Idle)
			}
			stock[f.Region] = f.Stock
			if f.RetiredMass == nil {
				continue
			}
			if *f.Reused+*f.Collected+*f.Uncollected != *f.RetiredMass || *f.Collected+*f.Uncollected != *f.EWaste {
				t.Fatalf("%s %d: %v reused, %v collected and %v not, of %v; waste %v", f.Region, f.Year, *f.Reused, *f.Collected, *f.Uncollected, *f.RetiredMass, *f.EWaste)
			}
			if w := waste[fmt.Sprint(f.Year, f.Region)]; math.Abs(w-*f.EWaste) > 3e-6+1e-12*w {
				t.Fatalf("%s %d: the impact of waste is %v, that of the table %v", f.Region, f.Year, w, *f.EWaste)
			}
		}
	})
}
