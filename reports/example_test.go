package reports

import (
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// example is an edition with everything that a report can show. All its names and figures are invented, as its titles say.
func example() *Edition {
	e := &Edition{
		Study: "example-2025", Title: "Documented impacts of example activities", Edition: "2025", Year: 2025, Status: "draft",
		Goal:      "Shows what a report of the observatory looks like, with invented activities. Its figures describe nothing that exists.",
		ScopeText: "Training runs and deployments that the example's inventory names, from the manufacture of the hardware to its end of life.",
		Method:    "observatory@1.0.0", MethodTitle: "Attributional screening of AI activities", MethodStatus: "draft",
		Pack: "open@2025.1", PackTitle: "Open factors", PackStatus: "draft", Software: "ailca 0.1.0", RunID: "5f0c9ab1d2e3", Licence: "CC BY 4.0",
		Gaps:       []Statement{{"abiotic_depletion_of_electricity", "No table of this category could be read under an open licence."}},
		CutOffs:    []Statement{{"network_equipment", "Its share per device is not known; estimated at under 2% of manufacturing."}},
		Exclusions: []string{"User devices and access networks", "Construction of buildings", "Staff travel and offices"},
		Reproduce:  []string{"go install github.com/ai-impact-observatory/ailca/cmd/ailca@v0.1.0", "ailca init example-2025", "ailca run example-2025/study.yaml"},
		Parameters: []Parameter{
			{"default_pue", 1.28, "1", "triangular(1.08, 1.28, 1.6)", "Invented for the example"},
			{"load_factor", 0.8, "1", "uniform(0.6, 1)", "Invented for the example"},
			{"default_lifetime", 4, "a", "", "Invented for the example"},
		},
		Cases: []Case{
			{"example-cards", "E3", "energy by another method", "12 MWh", "12.6 MWh", "+5.0 %", "10 %", "fitted, within its tolerance", "fitted", "other@1", "Example model card (2025)", "invented"},
			{"example-cards", "E1", "energy of one run", "1287 MWh", "1287.06 MWh", "+0.0046 %", "0.3 %", "pass", "exact", "observatory@1.0.0", "Example model card (2025), <table> 4", ""},
			{"example-cards", "E2", "its greenhouse gases", "340 kg CO2e", "360.116 kg CO2e", "+5.9 %", "1 %", "does not reproduce", "recomputation", "observatory@1.0.0", "Example & Sample (2025)", ""},
			{"example-cards", "E4", "less than a bound", "less than 1 MWh", "0.5 MWh", "", "", "pass", "exact", "other@1", "Example model card (2025)", ""},
		},
		Sources: []Source{
			{"training_runs", "Example model cards (2025)", "https://example.org/cards", "CC-BY-4.0", 14},
			{"deployments", "Example benchmark (2025)", "https://example.org/benchmark?a=1&b=2", "cited figures", 8},
			{"electricity.csv", "Example grid statistics (2025)", "", "CC0-1.0", 412},
		},
	}
	e.Factors = []FactorAge{{"electricity", 2016, 2}, {"electricity", 2017, 1}, {"electricity", 2024, 9}, {"electricity", 2025, 3}, {"embodied", 0, 4}, {"pue", 2025, 1}}
	for i := range 18 {
		addRun(e, i)
	}
	for i := range 8 {
		addDeployment(e, i)
	}
	addLedger(e)
	addLevers(e)
	return e
}

// addLevers adds levers: one takes a tenth of each total, one half of what is left and adds water, one is excluded by it, one is not known to do what, one does nothing, and two stand apart: one by marginal factors, and
// one of which the pack has no factors.
func addLevers(e *Edition) {
	e.Levers = []Lever{
		{Ref: "fewer@1", Status: "released", Title: "Run fewer of the examples", Area: "use", Conditions: "Examples that nobody reads.", Rebound: "More may be written.", Source: "Invented for the example", Given: []LeverNumber{{"part", 0.1, "1", "Our own count"}}},
		{Ref: "rivers@1", Status: "released", Title: "Cool the examples with a river", Area: "facility", Conditions: "A river.", Rebound: "The river becomes warm.", Source: "Invented (2025)", URL: "https://example.org/river"},
		{Ref: "lakes@1", Status: "released", Title: "Cool the examples with a lake", Area: "facility", Conditions: "A lake.", Rebound: "The lake becomes warm.", Source: "Invented (2025)", URL: "javascript:alert(1)", Off: "rivers@1"},
		{Ref: "moon@1", Status: "released", Title: "Move the examples to the Moon", Area: "siting", Conditions: "A rocket.", Rebound: "None is known.", Source: "Invented (2025)", Lacks: []string{"electricity MOO abiotic_depletion"}},
		{Ref: "wish@1", Status: "released", Title: "Wish for <better> & \"smaller\" examples", Area: "use", Conditions: "Hope.", Rebound: "Disappointment.", Source: "Invented (2025)", Why: "it changes nothing of what is documented in 2025"},
		{Ref: "margin@1", Status: "released", Title: "Move the examples to a clean grid, by marginal factors", Area: "siting", Conditions: "A cable.", Rebound: "Others move away.", Source: "Invented (2025)", Apart: "consequential", Lacks: []string{"electricity (marginal) water_consumption"}},
		{Ref: "night@1", Status: "released", Title: "Run the examples at night", Area: "siting", Conditions: "Sleep.", Rebound: "Dreams.", Source: "Invented (2025)", Apart: "attributional", Lacks: []string{"electricity_shifted_load"}},
	}
	base := map[lca.LeverEffect]float64{}
	var order []lca.LeverEffect
	for _, x := range e.Impacts {
		k := lca.LeverEffect{Study: x.Study, Year: x.Year, Category: x.Category, Unit: x.Unit, Perspective: x.Perspective, Accounting: x.Accounting, Method: x.Method, Pack: x.Pack}
		if x.Year != e.Year || x.ShareOf != "total" {
			continue
		}
		if _, ok := base[k]; !ok {
			order = append(order, k)
		}
		base[k] += x.Value
	}
	add := func(k lca.LeverEffect, position int, ref string, difference, added float64, known, applied bool) {
		k.Position, k.Lever, k.Base, k.Complete = position, ref, base[lca.LeverEffect{Study: k.Study, Year: k.Year, Category: k.Category, Unit: k.Unit, Perspective: k.Perspective, Accounting: k.Accounting, Method: k.Method, Pack: k.Pack}], true
		of := func(v float64) (value, low, high *float64) {
			value, low, high = new(float64), new(float64), new(float64)
			*value, *low, *high = v*k.Base, v*k.Base-0.02*k.Base, v*k.Base+0.01*k.Base
			if v == 0 {
				*low, *high = 0, 0
			}
			return
		}
		if known {
			k.Difference, k.P05, k.P95 = of(difference)
		}
		if known && applied {
			k.Added, k.AddedP05, k.AddedP95 = of(added)
		}
		e.Effects = append(e.Effects, k)
	}
	for _, k := range order {
		river, known := -0.5, k.Category != "abiotic_depletion"
		if k.Category == "water_consumption" {
			river = 0.6
		}
		add(k, 1, "fewer@1", -0.1, -0.1, true, true)
		add(k, 2, "rivers@1", river, 0.9*river, true, true)
		add(k, 3, "lakes@1", river/2, 0, true, false)
		add(k, 4, "moon@1", 0, 0, known, true)
		add(k, 5, "wish@1", 0, 0, true, true)
		if k.Category == "climate_change" && k.Accounting == "location" {
			of := k
			of.Apart = "consequential"
			add(of, 6, "margin@1", 0.3, 0, true, false)
		}
		add(k, 0, "", -0.1+0.9*river, -0.1+0.9*river, known, true)
	}
}

// size spreads the examples over three decades.
func size(i int) float64 {
	return []float64{1, 3.2, 0.4, 12, 0.09, 47, 7.7, 0.021, 160, 2.4}[i%10] * (1 + float64(i)/7)
}

func qualityOf(i int) string {
	return []string{"modelled", "reported", "modelled", "measured", "defaulted"}[i%5]
}

// burdens are an amount of electricity in the stages and categories that it has impacts in: MWh, grid kg/kWh.
func burdens(mwh, grid float64, stage string) []lca.Impact {
	kwh := mwh * 1000
	cells := []lca.Impact{
		{Stage: stage, Category: "climate_change", Unit: "kg CO2e", Value: kwh * grid},
		{Stage: stage, Category: "primary_energy", Unit: "MJ", Value: kwh * 8.7},
		{Stage: stage, Category: "water_consumption", Unit: "m3", Value: kwh * 0.0019},
		{Stage: stage, Category: "final_energy", Unit: "kWh", Value: kwh},
		{Stage: "manufacturing", Category: "climate_change", Unit: "kg CO2e", Value: kwh * 0.031},
		{Stage: "manufacturing", Category: "abiotic_depletion", Unit: "kg Sbe", Value: kwh * 2.3e-6},
		{Stage: "manufacturing", Category: "primary_energy", Unit: "MJ", Value: kwh * 0.41},
		{Stage: "transport", Category: "climate_change", Unit: "kg CO2e", Value: kwh * 0.0012},
		{Stage: "end_of_life", Category: "climate_change", Unit: "kg CO2e", Value: kwh * 0.00031},
		{Stage: "end_of_life", Category: "e_waste", Unit: "kg", Value: kwh * 0.0004},
	}
	return cells
}

// add puts an activity's cells under both accountings, and its intensity where it has a comparison class.
func add(e *Edition, it Item, mwh, grid float64, stage string, units float64, unit string) {
	for _, accounting := range []string{"location", "market"} {
		g := grid
		if accounting == "market" && len(it.Item)%2 == 0 {
			g = grid * 0.62
		}
		sums := map[string]float64{}
		var order []lca.Impact
		for _, c := range burdens(mwh, g, stage) {
			if sums[c.Category] == 0 {
				order = append(order, c)
			}
			sums[c.Category] += c.Value
			c.Study, c.Year, c.Perspective, c.Accounting, c.ShareOf = e.Study, it.Years[0], "service", accounting, "total"
			c.Kind, c.Item, c.Model, c.Organisation, c.Region, c.Hardware, c.Quality, c.Method, c.Pack = it.Kind, it.Item, it.Model, it.Organisation, it.Region, it.Hardware, it.Quality, e.Method, e.Pack
			if it.Scope == "volume" {
				e.Impacts = append(e.Impacts, c)
			}
			if it.Scope == "volume" && c.Stage == "manufacturing" {
				c.Perspective, c.Value, c.Quality = "fleet", c.Value*6.5, "defaulted"
				e.Impacts = append(e.Impacts, c)
			}
		}
		for _, c := range order {
			e.Intensities = append(e.Intensities, lca.Intensity{
				Study: e.Study, Year: it.Years[0], Category: c.Category, Unit: c.Unit + "/" + unit, Perspective: "service", Accounting: accounting, Kind: it.Kind,
				Scope: it.Scope, FunctionalUnit: unit, ComparisonClass: it.ComparisonClass, Item: it.Item, Model: it.Model, Impact: sums[c.Category],
				Units: units, Value: sums[c.Category] / units, Quality: it.Quality, Complete: c.Category != "abiotic_depletion" && (c.Category != "climate_change" || it.Quality != "defaulted"), Method: e.Method, Pack: e.Pack,
			})
		}
	}
	e.Items = append(e.Items, it)
}

var birds = strings.Fields("heron kestrel plover avocet merlin curlew dunlin osprey wigeon siskin brambling redstart goldcrest whimbrel turnstone fieldfare nuthatch bittern")

func addRun(e *Edition, i int) {
	name := birds[i%len(birds)] + "-" + strconv.Itoa(1+i*7) + "b"
	it := Item{Kind: "training_runs", Item: name + "/pretraining", Model: name, Organisation: []string{"Example Lab", "Sample Institute", "Model Company"}[i%3],
		Region: []string{"USA", "FRA", "WOR", "SWE"}[i%4], Hardware: []string{"accelerator-80gb", "accelerator-40gb"}[i%2], Years: []int{2020 + (i*5)%6},
		Scope: "volume", Quality: qualityOf(i), ComparisonClass: "pretraining of one model, facility boundary", Source: "Example model card of " + name, URL: "https://example.org/cards/" + name, Licence: "CC-BY-4.0"}
	if i%4 == 2 {
		it.Assumption = "Region not stated; the world's average grid stands in."
	}
	if i%6 == 5 {
		it.ComparisonClass = "fine-tuning, facility boundary"
	}
	add(e, it, 240*size(i), []float64{0.38, 0.056, 0.48, 0.021}[i%4], "training", 1, "run")
}

func addDeployment(e *Edition, i int) {
	name := birds[(i*3)%len(birds)]
	it := Item{Kind: "deployments", Item: name + "-chat", Model: name, Organisation: "Example Lab", Region: "USA", Hardware: "accelerator-80gb", Years: []int{2024 + i%2},
		Scope: []string{"intensity", "volume"}[i%2], Quality: qualityOf(i + 1), ComparisonClass: "text chat, one request, facility boundary", Source: "Example benchmark", URL: "https://example.org/benchmark", Licence: "cited figures"}
	add(e, it, 31*size(i), 0.38, "inference", 9e7/(1+float64(i*i)*0.3), "request")
}

// addValues tells of the totals of the edition's year what they were calculated from.
func addValues(e *Edition) {
	at, totals := map[lca.Entry]int{}, map[lca.Entry]float64{}
	for _, x := range e.Impacts {
		if x.Year != e.Year {
			continue
		}
		k := lca.Entry{Study: e.Study, Type: "value", Year: x.Year, Perspective: x.Perspective, Accounting: x.Accounting, Category: x.Category, Unit: x.Unit}
		totals[k] += x.Value
		k.Kind, k.Subject, k.Class = x.Kind, x.Stage, x.Quality
		if _, ok := at[k]; !ok {
			at[k] = len(e.Ledger)
			e.Ledger = append(e.Ledger, k)
			e.Ledger[at[k]].Value = new(float64)
		}
		*e.Ledger[at[k]].Value += x.Value
		e.Ledger[at[k]].Rows++
	}
	for k, i := range at {
		k.Kind, k.Subject, k.Class = "", "", ""
		share := *e.Ledger[i].Value / totals[k]
		e.Ledger[i].Share = &share
	}
}

func addLedger(e *Edition) {
	f := func(v float64) *float64 { return &v }
	for i, q := range []string{"facility_energy", "device_time", "service_life"} {
		for _, k := range []string{"training_runs", "deployments"} {
			n := map[string]int64{"training_runs": 18, "deployments": 8}[k]
			left := n
			for j, class := range []string{"measured", "reported", "modelled", "defaulted"} {
				part := min(left, (n*int64((i+j)%4+1))/9)
				e.Ledger = append(e.Ledger, lca.Entry{Study: e.Study, Type: "rows", Kind: k, Subject: q, Class: class, Rows: part})
				left -= part
			}
			e.Ledger = append(e.Ledger, lca.Entry{Study: e.Study, Type: "rows", Kind: k, Subject: q, Class: []string{"absent", "outside_total", "outside_total"}[i], Rows: left})
		}
	}
	for _, accounting := range []string{"location", "market"} {
		e.Ledger = append(e.Ledger,
			lca.Entry{Study: e.Study, Type: "fallback", Year: 2025, Perspective: "service", Accounting: accounting, Kind: "training_runs", Subject: "electricity",
				Category: "climate_change", Unit: "kg CO2e", Detail: "year 2025 -> 2024, region FRA -> WOR", Rows: 3, Value: f(412300), Share: f(0.083)},
			lca.Entry{Study: e.Study, Type: "coverage", Year: 2025, Perspective: "service", Accounting: accounting, Category: "abiotic_depletion", Share: f(0.23)})
	}
	addValues(e)
	e.Ledger = append(e.Ledger,
		lca.Entry{Study: e.Study, Type: "gap", Kind: "training_runs", Subject: "electricity", Category: "abiotic_depletion", Class: "refused", Detail: "no factor", Rows: 18},
		lca.Entry{Study: e.Study, Type: "cut_off", Kind: "training_runs", Subject: "network_equipment", Category: "climate_change", Unit: "kg CO2e", Detail: "no figure per device"})
}
