package study

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// driverActs is what the drivers of a scenario do.
type driverActs struct {
	scenario *scenarios.Scenario
	flows    [][]driverAct // of each flow of the run
	devices  [][]driverAct // of each kind: on the number of devices that it needs
}

// driverAct is a driver that acts, with its power.
type driverAct struct {
	driver     *scenarios.Driver
	categories []string // that it acts on; nil: all
	power      int
}

// actsOf says which drivers act on which rules.
func (x *projecting) actsOf(s *scenarios.Scenario) driverActs {
	out := driverActs{scenario: s, flows: make([][]driverAct, len(x.flows)), devices: make([][]driverAct, len(x.p.kinds))}
	for i := range s.Drivers {
		d := &s.Drivers[i]
		for _, a := range d.Definition.Acts {
			for n := range x.flows {
				if f := &x.flows[n]; !f.unit && x.actsOn(&a, f, n) {
					out.flows[n] = append(out.flows[n], driverAct{d, a.Categories, a.Exponent()})
				}
			}
		}
		for _, a := range d.Definition.Devices {
			for n, k := range x.p.kinds {
				if among(a.Kinds, k.kind.Name) {
					out.devices[n] = append(out.devices[n], driverAct{d, nil, a.Exponent()})
				}
			}
		}
	}
	return out
}

// among reports whether a word is one of a list; an empty list has all.
func among(list []string, word string) bool { return len(list) == 0 || slices.Contains(list, word) }

// actsOn reports whether an act is on a rule, but for its categories.
func (x *projecting) actsOn(a *scenarios.Act, f *flow, at int) bool {
	k := x.p.kinds[f.kind]
	if !among(a.Kinds, k.kind.Name) || !among(a.Stages, f.rule.Stage) || !among(a.Perspectives, f.rule.Perspective) || !among(a.Factors, f.rule.Factor) {
		return false
	}
	if len(a.Reads) == 0 {
		return true
	}
	reads := k.program.Reads(at - k.first)
	return slices.ContainsFunc(a.Reads, func(q string) bool { return slices.Contains(reads, q) })
}

// factorAt is what the drivers' product depends on.
type factorAt struct {
	flow         int32
	category     uint8
	region, task string
}

// driversOf is what the drivers multiply contributions of a rule by, in each case.
func (x *projecting) driversOf(f *flow, category uint8, region, task string) []float64 {
	k := factorAt{f.at, category, region, task}
	if out := x.factors[k]; out != nil {
		return out
	}
	k.region, k.task = strings.Clone(region), strings.Clone(task)
	name := lca.Words().Categories[category].Name
	out := make([]float64, 0, x.cases())
	for i := range x.acts {
		for _, a := range x.acts[i].flows[f.at] {
			if among(a.categories, name) {
				x.acted[x.acts[i].scenario.Ref()+" "+a.driver.Name] = true
			}
		}
		out = append(out, x.product(&x.acts[i], x.acts[i].flows[f.at], scenarios.Asked{Region: k.region, Task: k.task, Category: name, Kind: x.p.kinds[f.kind].kind.Name})...)
	}
	x.factors[k] = out
	return out
}

// product multiplies the ratios of drivers to the base year, year by year.
func (x *projecting) product(of *driverActs, acts []driverAct, asked scenarios.Asked) []float64 {
	out := make([]float64, len(x.years))
	for i := range out {
		out[i] = 1
	}
	for _, a := range acts {
		if asked.Category != "" && !among(a.categories, asked.Category) {
			continue
		}
		for i, r := range x.ratios(of.scenario, a.driver, asked) {
			if r == 0 && a.power < 0 {
				x.tell(of.scenario, a.driver, fmt.Sprintf("%s of %s is 0 in %d, and impacts are divided by it", a.driver.Name, of.scenario.Ref(), x.years[i]), "stay above 0")
				r = 1
			}
			for range a.power {
				out[i] = float64(out[i] * r)
			}
			for range -a.power {
				out[i] /= r
			}
			if out[i]-out[i] != 0 {
				x.tell(of.scenario, a.driver, fmt.Sprintf("with %s of %s in %d what drivers multiply is beyond all numbers", a.driver.Name, of.scenario.Ref(), x.years[i]), "look at its course and at those of the others")
				out[i] = 1
			}
		}
	}
	return out
}

// ratios are a driver's values over that of the base year.
func (x *projecting) ratios(s *scenarios.Scenario, d *scenarios.Driver, asked scenarios.Asked) []float64 {
	if d.Definition.Role == scenarios.RoleCohorts {
		return x.renewed(s, d, asked.Region)
	}
	out := make([]float64, len(x.years))
	first, _ := s.Value(d.Name, asked, x.years[0])
	for i, y := range x.years {
		out[i] = 1
		v, _ := s.Value(d.Name, asked, y)
		switch {
		case v.Held || first.Held:
			x.holds(s, d, asked)
		case !v.Given || !first.Given:
			x.tell(s, d, fmt.Sprintf("%s says nothing of %s for %s", s.Ref(), d.Name, toldApart(d, asked)), "name it, or otherwise: hold, which keeps what it acts on as it is in the base year")
		case first.Value == 0:
			of := ""
			if d.By != "" {
				of = " for " + toldApart(d, asked)
			}
			x.tell(s, d, fmt.Sprintf("%s of %s is 0 in the base year %d%s, and nothing is a multiple of that", d.Name, s.Ref(), x.years[0], of), "begin above 0")
		default:
			out[i] = v.Value / first.Value
		}
	}
	return out
}

// toldApart is the word of what is asked by which a driver is told apart.
func toldApart(d *scenarios.Driver, a scenarios.Asked) string {
	word := map[string]string{"region": a.Region, "task": a.Task, "category": a.Category, "kind": a.Kind}[d.By]
	switch {
	case word != "":
		return word
	case d.By == "":
		return "anything"
	}
	return "rows without a " + d.By
}

// tell reports a problem of a driver once.
func (x *projecting) tell(s *scenarios.Scenario, d *scenarios.Driver, message, hint string) {
	if x.told[message] {
		return
	}
	x.told[message] = true
	p := s.DriverProblem(d, diag.MissingValue, "%s", message)
	p.Hint = hint
	x.problems.Add(p)
}

// holds remembers of what a driver of a scenario says nothing.
func (x *projecting) holds(s *scenarios.Scenario, d *scenarios.Driver, asked scenarios.Asked) {
	of := d.Name + " of " + s.Ref()
	if x.held[of] == nil {
		x.held[of] = map[string]bool{}
	}
	word := map[string]string{"task": asked.Task, "category": asked.Category, "kind": asked.Kind}[d.By]
	x.held[of][cmp.Or(word, asked.Region, "the world")] = true
}

// silent notes of what drivers say nothing.
func (x *projecting) silent() {
	for _, of := range slices.Sorted(maps.Keys(x.held)) {
		words := slices.Sorted(maps.Keys(x.held[of]))
		shown := words[:min(len(words), 8)]
		text := strings.Join(shown, ", ")
		if n := len(words) - len(shown); n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
		x.problems.Add(diag.Problem{Code: diag.UnusedName, Severity: diag.Note, Message: fmt.Sprintf("%s says nothing of %s: what it acts on there stays as in the base year", of, text)})
	}
}

// idle warns of drivers that act on nothing, though they act on something in other studies.
func (x *projecting) idle() {
	for _, s := range x.o.Scenarios {
		for i := range s.Drivers {
			d := &s.Drivers[i]
			if len(d.Definition.Acts) == 0 || x.acted[s.Ref()+" "+d.Name] {
				continue
			}
			p := s.DriverProblem(d, diag.UnusedName, "the driver %s of %s acts on nothing in this study", d.Name, s.Ref())
			p.Severity = diag.Warning
			p.Why = "no row of the base year is of a rule that it acts on, see ailca scenarios drivers"
			x.problems.Add(p)
		}
	}
}

// need is how many devices are needed in each year of a scenario, relative to the base year: the mean over what is documented, by its device hours, with the drivers of a region.
func (x *projecting) need(of *driverActs, region string) []float64 {
	sum, all := make([]float64, len(x.years)), 0.0
	add := func(kind int, task string, weight float64) {
		all += weight
		for _, a := range of.devices[kind] {
			x.acted[of.scenario.Ref()+" "+a.driver.Name] = true
		}
		for i, r := range x.product(of, of.devices[kind], scenarios.Asked{Region: region, Task: task, Kind: x.p.kinds[kind].kind.Name}) {
			sum[i] += float64(weight * r)
		}
	}
	for _, k := range sortedWeights(x.weights) {
		add(k.kind, k.task, x.weights[k])
	}
	if all == 0 { // no hours are documented: all kinds of which something is documented count alike
		for kind := range of.devices {
			if len(of.devices[kind]) > 0 && (x.active[kind] || len(x.active) == 0) {
				add(kind, "", 1)
			}
		}
	}
	for i := range sum {
		if all == 0 {
			sum[i] = 1
		} else {
			sum[i] /= all
		}
	}
	sum[0] = 1
	return sum
}

// sortedWeights are the keys in an order that names give.
func sortedWeights(of map[weightKey]float64) []weightKey {
	var out []weightKey
	for k := range of {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b weightKey) int {
		if a.kind != b.kind {
			return a.kind - b.kind
		}
		return strings.Compare(a.region+"\x00"+a.task, b.region+"\x00"+b.task)
	})
	return out
}
