package study

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/reports/iamc"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// What scenarios are exchanged as: the IAMC format. Variables of impacts begin with the words that say what they are the sum of, so that nobody takes them for the footprint of AI.

// iamcRoot is what all variables of impacts begin with.
const iamcRoot = "Documented AI Activities"

// exchange gathers an IAMC table with the names that it uses.
type exchange struct {
	p         *Projection
	table     iamc.Table
	sums      map[iamcKey]*exact.Sum
	order     []iamcKey
	variables map[string]iamc.Variable
	regions   map[string]iamc.Region
	apart     map[[2]string]bool // scenarios and drivers that are told apart by something else than regions
}

type iamcKey struct {
	series iamc.Series
	year   int
}

// iamc are the files of the projection in the IAMC format.
func (p *Projection) iamc(ctx context.Context) ([]resultFile, error) {
	e := &exchange{p: p, sums: map[iamcKey]*exact.Sum{}, variables: map[string]iamc.Variable{}, regions: map[string]iamc.Region{}, apart: map[[2]string]bool{}}
	if err := p.Impacts(func(row *lca.Impact) error { return cmp.Or(ctx.Err(), e.impact(row)) }); err != nil {
		return nil, err
	}
	for i := range p.Fleet {
		e.fleet(&p.Fleet[i])
	}
	for i := range p.Sectors {
		e.sector(&p.Sectors[i])
	}
	for i := range p.Drivers {
		if r := &p.Drivers[i]; r.Task+r.Category+r.Kind != "" {
			e.apart[[2]string{r.Scenario, r.Driver}] = true
		}
	}
	for i := range p.Drivers {
		e.driver(&p.Drivers[i])
	}
	for _, k := range e.order {
		e.table.Add(k.series, k.year, e.sums[k].Float64())
	}
	variables, regions := make([]iamc.Variable, 0, len(e.variables)), make([]iamc.Region, 0, len(e.regions))
	for _, v := range e.variables {
		variables = append(variables, v)
	}
	for _, r := range e.regions {
		regions = append(regions, r)
	}
	slices.SortFunc(variables, func(a, b iamc.Variable) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(regions, func(a, b iamc.Region) int {
		return cmp.Or(strings.Compare(a.Hierarchy, b.Hierarchy), strings.Compare(a.Name, b.Name))
	})
	var workbook []resultFile
	if rows, years := len(e.table.Rows()), len(e.table.Years()); (rows+1)*(years+5) <= iamc.MostCells {
		workbook = []resultFile{{"iamc/scenarios.xlsx", e.table.WriteXLSX}}
	} else {
		p.Notes.Add(diag.Problem{Code: diag.TooLarge, Severity: diag.Note, Message: fmt.Sprintf("iamc/scenarios.xlsx is left out: %d series of %d years are more than a workbook takes; the CSV files have them", rows, years)})
	}
	return append(workbook, []resultFile{
		{"iamc/scenarios.csv", e.table.WriteWide}, {"iamc/scenarios-long.csv", e.table.WriteLong},
		{"iamc/variables.yaml", func(w io.Writer) error { return iamc.WriteCodelist(w, variables) }}, {"iamc/regions.yaml", func(w io.Writer) error { return iamc.WriteRegions(w, regions) }},
	}...), nil
}

// model is what made the numbers.
func (e *exchange) model() string { return "ailca " + e.p.Method() }

// region names a region, and lists it.
func (e *exchange) region(code string) string {
	r := iamc.Region{Name: "World", Hierarchy: "Common"}
	switch found, ok := names.Regions().Lookup(code); {
	case code == "":
	case code == names.World:
		r = iamc.Region{Name: "Place Unknown", Hierarchy: "Documented", Description: "activities of which no country is known"}
	case ok:
		r = iamc.Region{Name: iamcName(found.Name), Hierarchy: "Countries and Parts"}
		if found.Kind == "country" {
			r.ISO3 = []string{found.Code}
		}
	default:
		r = iamc.Region{Name: iamcName(code), Hierarchy: "Regions of Scenarios"}
	}
	e.regions[r.Name] = r
	return r.Name
}

// iamcName takes out of a name what the format's readers take for something else.
func iamcName(name string) string {
	for _, pair := range [][2]string{{"|", "/"}, {":", ","}, {";", ","}, {`"`, "'"}, {"{", "("}, {"}", ")"}, {"*", ""}, {`\`, "/"}} {
		name = strings.ReplaceAll(name, pair[0], pair[1])
	}
	return strings.TrimSpace(name)
}

// add adds a value to a series of a variable.
func (e *exchange) add(scenario, region, variable, unit, doc string, year int, value float64) {
	if unit == "1" {
		unit = ""
	}
	k := iamcKey{iamc.Series{Model: e.model(), Scenario: iamcName(scenario), Region: region, Variable: variable, Unit: unit}, year}
	if e.sums[k] == nil {
		e.sums[k] = &exact.Sum{}
		e.order = append(e.order, k)
		e.variables[variable] = iamc.Variable{Name: variable, Unit: unit, Description: iamcName(doc)}
	}
	e.sums[k].Add(value)
}

// impact adds a row of the impact table to the totals that it is part of, of its region and of all.
func (e *exchange) impact(row *lca.Impact) error {
	w := lca.Words()
	if row.ShareOf != w.ShareOf[0].Name {
		return nil
	}
	category, _ := w.Category(row.Category)
	title := func(terms []lca.Term, name string) string {
		for _, t := range terms {
			if t.Name == name {
				return capitals(t.Title)
			}
		}
		return capitals(name)
	}
	total := strings.Join([]string{iamcRoot, capitals(iamcName(category.Title)), title(w.Perspectives, row.Perspective), title(w.Accountings, row.Accounting)}, "|")
	stage := title(w.Stages, row.Stage)
	doc := fmt.Sprintf("%s, %s, %s, over documented activities, no estimate of all AI", category.Indicator, row.Perspective, row.Accounting)
	for _, region := range []string{e.region(""), e.region(cmp.Or(row.Region, names.World))} {
		e.add(row.Scenario, region, total, row.Unit+"/yr", doc, row.Year, row.Value)
		e.add(row.Scenario, region, total+"|"+stage, row.Unit+"/yr", doc+", of "+row.Stage, row.Year, row.Value)
	}
	return nil
}

// capitals writes the words of a variable with capitals, as the format's readers expect.
func capitals(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if !slices.Contains([]string{"and", "of", "the", "in", "for"}, w) {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, " ")
}

func (e *exchange) fleet(row *lca.FleetFlow) {
	for _, x := range []struct {
		name, unit, doc string
		value           *float64
	}{
		{"Stock", "devices", "devices in service at the end of the year", &row.Stock},
		{"Shipments", "devices/yr", "devices put into service in the year", row.Shipments},
		{"Retirements", "devices/yr", "devices that leave use in the year", row.Retirements},
		{"Idle", "devices", "devices in service that are not needed", row.Idle},
		{"Retired Mass", "kg/yr", "mass of devices that leave use", row.RetiredMass},
		{"Retired Mass|Reused", "kg/yr", "used again", row.Reused},
		{"Retired Mass|E-Waste", "kg/yr", "not used again", row.EWaste},
		{"Retired Mass|E-Waste|Collected", "kg/yr", "collected for recycling", row.Collected},
		{"Retired Mass|E-Waste|Uncollected", "kg/yr", "not collected for recycling", row.Uncollected},
	} {
		if x.value == nil {
			continue
		}
		for _, region := range []string{e.region(""), e.region(cmp.Or(row.Region, names.World))} {
			e.add(row.Scenario, region, iamcRoot+"|Fleet|"+x.name, x.unit, x.doc, row.Year, *x.value)
		}
	}
}

func (e *exchange) sector(row *lca.Sector) {
	region := e.place(row.Scenario, row.Region, row.Title)
	for _, x := range []struct {
		variable, doc string
		value         *float64
	}{{"Final Energy|Data Centres", "electricity of the sector that the scenario is of, from above", row.Sector}, {"Final Energy|AI", "electricity of AI, from above: of the sector by a share, or as the source has it", row.AI}} {
		if x.value != nil {
			e.add(row.Scenario, region, x.variable, "TWh/yr", x.doc, row.Year, *x.value)
		}
	}
}

// place names a region of a scenario: of its own with the scenario's name, for another scenario may call another place so.
func (e *exchange) place(scenario, code, title string) string {
	switch _, ok := names.Regions().Lookup(code); {
	case code == "" || code == names.World:
		return e.region("")
	case ok:
		return e.region(code)
	}
	name := iamcName(title + " (" + scenario + ")")
	if taken, ok := e.regions[name]; ok && taken.Description != code {
		name = iamcName(code + " (" + scenario + ")")
	}
	e.regions[name] = iamc.Region{Name: name, Hierarchy: "Regions of Scenarios", Description: code}
	return name
}

// driver adds a driver of the scenario, by region; terms, and drivers told apart by anything else, stand in drivers.parquet alone.
func (e *exchange) driver(row *lca.DriverValue) {
	def, ok := scenarios.DefinitionOf(row.Driver)
	if !ok || row.Value == nil || e.apart[[2]string{row.Scenario, row.Driver}] || def.Role == scenarios.RoleSector || def.Role == scenarios.RoleAI {
		return
	}
	s := e.p.Scenarios[slices.Index(e.p.Names, row.Scenario)]
	e.add(row.Scenario, e.place(row.Scenario, row.Region, s.RegionTitle(row.Region)), "Driver|"+def.Variable, strings.ReplaceAll(def.Unit, "/a", "/yr"), def.Title, row.Year, *row.Value)
}
