// Package projectdoc writes a projection as a page for people: how large under each scenario and how sure, what drives it, which assumption matters most, what the fleet does, and how what is
// documented stands to what others have for the whole sector.
package projectdoc

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/reports"
)

// mostFans are how many totals have figures of their own; the tables have all.
const mostFans = 6

// Of documents a projection. runID names it.
func Of(p *study.Projection, runID string) (*reports.Document, error) {
	d := &reports.Document{Kicker: "Projection", Title: fmt.Sprintf("%s, %d to %d", p.Title(), p.Base, p.To)}
	d.Lead = []reports.Text{reports.Words(fmt.Sprintf("What the documented activities of %d would come to in later years, if what drives them became what each scenario says. These are no forecasts, and the sum of documented activities is not the footprint of AI: how it stands to figures of the whole sector is told below.", p.Base))}
	d.Facts = []reports.Fact{{Name: "Method", Value: reports.In(reports.Code, p.Method())}, {Name: "Factor pack", Value: reports.In(reports.Code, p.Pack())}, {Name: "Run", Value: reports.In(reports.Code, runID)},
		{Name: "Drawn", Value: reports.Words(p.Sampling())}}
	list := &reports.Sheet{Key: "scenarios/table", Caption: "Each with what its numbers are of: whoever cites a ratio says this, too", Columns: []string{"Scenario", "What it is", "Its numbers are of", "Source", "Status"}}
	for i, s := range p.Scenarios {
		list.Rows = append(list.Rows, []reports.Cell{words(p.Names[i]), {reports.Words(s.Title), reports.In(reports.Quiet, s.Ref())}, words(s.Of), words(s.Source), words(s.Status)})
	}
	d.Parts = append(d.Parts, &reports.Part{Key: "scenarios", Heading: reports.Words("Scenarios"), Blocks: []reports.Block{{Sheet: list}}})
	if notes := p.Notes.Problems(); len(notes) > 0 {
		list := &reports.List{}
		for _, n := range notes {
			list.Items = append(list.Items, words(n.Message))
		}
		d.Parts = append(d.Parts, &reports.Part{Key: "notes", Heading: reports.Words("To be known first"), Blocks: []reports.Block{{List: list}}})
	}
	d.Parts = append(d.Parts, fans(p))
	changes, err := decomposed(p)
	if err != nil {
		return nil, err
	}
	d.Parts = append(d.Parts, changes)
	for _, part := range []*reports.Part{tornados(p), fleet(p), sectors(p), statements(p), drivers(p), manner()} {
		if part != nil {
			d.Parts = append(d.Parts, part)
		}
	}
	return d, nil
}

func words(text string) reports.Cell { return reports.Cell{reports.Words(text)} }

func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}

// totalAt names a total of all scenarios and years.
type totalAt struct{ category, perspective, accounting, unit string }

// totals are those that there are, in the order of the vocabulary; what does not depend on the accounting stands once.
func totals(p *study.Projection) (out []totalAt) {
	same := func(a, b totalAt) bool {
		for _, name := range p.Names {
			for y := p.Base; y <= p.To; y++ {
				x, okX := p.Total(name, a.category, a.perspective, a.accounting, y)
				z, okZ := p.Total(name, b.category, b.perspective, b.accounting, y)
				if okX != okZ || x.Value != z.Value {
					return false
				}
			}
		}
		return true
	}
	w := lca.Words()
	for _, c := range w.Categories {
		for _, perspective := range w.Perspectives {
			for _, accounting := range w.Accountings {
				t := totalAt{c.Name, perspective.Name, accounting.Name, c.Unit}
				if !slices.ContainsFunc(p.Totals, func(x study.ProjectedTotal) bool {
					return x.Category == t.category && x.Perspective == t.perspective && x.Accounting == t.accounting
				}) || slices.ContainsFunc(out, func(o totalAt) bool {
					return o.category == t.category && o.perspective == t.perspective && same(o, t)
				}) {
					continue
				}
				out = append(out, t)
			}
		}
	}
	return out
}

func (t *totalAt) key() string { return t.category + "/" + t.perspective + "/" + t.accounting }

func (t *totalAt) named() string {
	w := lca.Words()
	return fmt.Sprintf("%s, %s, %s", lca.Words().CategoryTitle(t.category), strings.ToLower(lca.Title(w.Perspectives, t.perspective)), strings.ToLower(lca.Title(w.Accountings, t.accounting)))
}

// fans has a figure for each total, the first ones open.
func fans(p *study.Projection) *reports.Part {
	part := &reports.Part{Key: "outlook", Heading: reports.Words("How large, and how sure")}
	var rest []reports.Block
	for i, t := range totals(p) {
		b := reports.Block{Drawn: fan(p, &t)}
		if i < mostFans {
			part.Blocks = append(part.Blocks, b)
		} else {
			rest = append(rest, b)
		}
	}
	if len(rest) > 0 {
		part.Blocks = append(part.Blocks, reports.Block{Folded: &reports.Folded{Summary: "Other totals", Blocks: rest}})
	}
	return part
}

func fan(p *study.Projection, t *totalAt) *reports.Drawn {
	figure := &reports.Fan{Unit: t.unit, Line: "Value"}
	complete := true
	for i, name := range p.Names {
		s := reports.Scenario{Title: name}
		for y := p.Base; y <= p.To; y++ {
			x, ok := p.Total(name, t.category, t.perspective, t.accounting, y)
			if !ok {
				continue
			}
			complete = complete && x.Complete
			s.Years = append(s.Years, reports.Projected{Year: y, Value: x.Value, P05: x.P05, P25: x.P25, P75: x.P75, P95: x.P95})
			if i == 0 && y == p.Base {
				figure.Base = &reports.Baseline{Year: y, Value: x.Value}
			}
		}
		figure.Scenarios = append(figure.Scenarios, s)
	}
	d := &reports.Drawn{Key: "outlook/" + t.key(), Figure: figure, Note: figure.Note(), Source: p.Method() + ", " + p.Pack(),
		Question: fmt.Sprintf("%s: how large to %d under each scenario, and how sure?", t.named(), p.To), Title: finding(p, t), Sheet: figure.Sheet("outlook/"+t.key()+"/table", t.named())}
	if !complete {
		d.Note += " A part is refused under an accepted gap: the totals are incomplete."
	}
	return d
}

// finding says what the least and the most of the scenarios come to.
func finding(p *study.Projection, t *totalAt) string {
	type end struct {
		name  string
		value float64
	}
	var ends []end
	base, _ := p.Total(p.Names[0], t.category, t.perspective, t.accounting, p.Base)
	for _, name := range p.Names {
		if x, ok := p.Total(name, t.category, t.perspective, t.accounting, p.To); ok {
			ends = append(ends, end{name, x.Value})
		}
	}
	if len(ends) == 0 {
		return t.named() + ": nothing is known"
	}
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.value, b.value) })
	low, high := ends[0], ends[len(ends)-1]
	ratio := func(v float64) string {
		if base.Value == 0 {
			return ""
		}
		texts, _ := reports.Printed("", v/base.Value)
		return fmt.Sprintf(", %s times %d", texts[0], p.Base)
	}
	texts, unit := reports.Printed(t.unit, low.value, high.value)
	if low.name == high.name || low.value == high.value {
		return fmt.Sprintf("%s: %s %s in %d%s", t.named(), texts[1], unit, p.To, ratio(high.value))
	}
	return fmt.Sprintf("%s: %s %s in %d under %s%s, to %s under %s%s", t.named(), texts[0], unit, p.To, low.name, ratio(low.value), texts[1], high.name, ratio(high.value))
}

// decomposed has what drives the change of each scenario from the base year to the last.
func decomposed(p *study.Projection) (*reports.Part, error) {
	part := &reports.Part{Key: "drivers", Heading: reports.Words("What drives it")}
	for _, name := range p.Names {
		list, err := p.Decompose(study.ProjectedAt{Scenario: name, Year: p.Base}, study.ProjectedAt{Scenario: name, Year: p.To})
		if err != nil {
			return nil, err
		}
		var blocks []reports.Block
		for i := range list {
			c := &list[i]
			if c.Accounting != lca.Words().Accountings[0].Name || len(c.Parts) == 0 || c.Difference == 0 {
				continue
			}
			blocks = append(blocks, reports.Block{Drawn: waterfall(p, name, c)})
		}
		if len(blocks) == 0 {
			part.Blocks = append(part.Blocks, reports.Block{Prose: reports.Words(name + ": nothing changes.")})
			continue
		}
		part.Blocks = append(part.Blocks, blocks[0])
		if len(blocks) > 1 {
			part.Blocks = append(part.Blocks, reports.Block{Folded: &reports.Folded{Summary: "Other totals of " + name, Blocks: blocks[1:]}})
		}
	}
	return part, nil
}

func waterfall(p *study.Projection, name string, c *study.Decomposition) *reports.Drawn {
	key := "drivers/" + name + "/" + c.Category + "/" + c.Perspective
	figure := &reports.Waterfall{Unit: c.Unit, From: reports.Level{Label: strconv.Itoa(c.From.Year), Value: c.A}, To: reports.Level{Label: strconv.Itoa(c.To.Year), Value: c.B}}
	sheet := &reports.Sheet{Key: key + "/table", Caption: fmt.Sprintf("%s, %s, under %s: parts of the change, in %s", lca.Words().CategoryTitle(c.Category), c.Perspective, name, c.Unit), Columns: []string{"Driver", "Part", "Share of the change"}}
	for _, x := range c.Parts {
		figure.Steps = append(figure.Steps, reports.Change{Label: x.Title, Value: x.Value})
		sheet.Rows = append(sheet.Rows, []reports.Cell{words(x.Title), words(number(x.Value)), words(fmt.Sprintf("%.1f %%", 100*x.Value/math.Abs(c.Difference)))})
	}
	if c.Rest != 0 {
		sheet.Rows = append(sheet.Rows, []reports.Cell{words("Rounding"), words(number(c.Rest)), words("")})
	}
	texts, unit := reports.Printed(c.Unit, c.A, c.B)
	return &reports.Drawn{Key: key, Figure: figure, Sheet: sheet, Source: p.Method() + ", " + p.Pack(),
		Title:    fmt.Sprintf("%s, %s: %s to %s %s under %s; most of it by %s", lca.Words().CategoryTitle(c.Category), c.Perspective, texts[0], texts[1], unit, name, lower(c.Parts[0].Title)),
		Question: fmt.Sprintf("What leads from %d to %d?", c.From.Year, c.To.Year),
		Note:     "Each bar is what a driver does, by the logarithmic mean Divisia index (LMDI-I); bars add up to the change without a rest but for rounding."}
}

func lower(title string) string {
	if len(title) > 1 && title[1] >= 'a' && title[1] <= 'z' {
		return strings.ToLower(title[:1]) + title[1:]
	}
	return title
}

// tornados has two for each scenario, of its first category: drivers as they were in the base year, and drivers with a distribution.
func tornados(p *study.Projection) *reports.Part {
	part := &reports.Part{Key: "assumptions", Heading: reports.Words("Which assumption matters most")}
	w := lca.Words()
	for _, name := range p.Names {
		swings := p.Swings(name, w.Categories[0].Name, w.Accountings[0].Name)
		for _, drawn := range []bool{false, true} {
			var own []study.Swing
			for _, s := range swings {
				if s.Drawn == drawn {
					own = append(own, s)
				}
			}
			if len(own) > 0 {
				part.Blocks = append(part.Blocks, reports.Block{Drawn: tornado(p, name, own, drawn)})
			}
		}
	}
	if len(part.Blocks) == 0 {
		return nil
	}
	return part
}

func tornado(p *study.Projection, name string, swings []study.Swing, drawn bool) *reports.Drawn {
	figure := &reports.Tornado{Unit: swings[0].Unit, Center: reports.Level{Label: name, Value: swings[0].Center}}
	for _, s := range swings {
		figure.Drivers = append(figure.Drivers, reports.Driver{Label: s.Title, Low: reports.Setting{Text: s.Low.Text, Result: s.Low.Total}, High: reports.Setting{Text: s.High.Text, Result: s.High.Total}})
	}
	key := "assumptions/" + name
	driver, _ := figure.Largest()
	caption := fmt.Sprintf("%s, with each driver as in %d", name, p.Base)
	d := &reports.Drawn{Key: key, Figure: figure, Source: p.Method() + ", " + p.Pack(),
		Title:    fmt.Sprintf("%s in %d under %s: without a change of one driver it would differ most by %s", lca.Words().CategoryTitle(swings[0].Category), p.To, name, lower(driver)),
		Question: fmt.Sprintf("What does the total come to where one driver stays as in %d, and all others are as the scenario has them?", p.Base), Note: figure.Note()}
	if drawn {
		d.Key += "/spread"
		caption = name + ", with each driver at either end of its spread"
		d.Title = fmt.Sprintf("%s in %d under %s: of the drivers with a stated spread, %s moves it most", lca.Words().CategoryTitle(swings[0].Category), p.To, name, lower(driver))
		d.Question = "What does the total come to where one driver is at the 5th or the 95th percentile of its distribution? Drivers without one are not here, however unsure they are."
	}
	d.Sheet = figure.Sheet(d.Key+"/table", caption)
	return d
}

// fleet has stock and flow of all regions together.
func fleet(p *study.Projection) *reports.Part {
	if len(p.Fleet) == 0 {
		return nil
	}
	part := &reports.Part{Key: "fleet", Heading: reports.Words("Devices in service")}
	part.Blocks = append(part.Blocks, reports.Block{Prose: reports.Words("Stock at the end of a year is that of the year before, more what was put into service, less what left use. Devices leave by Weibull distributed service lives; what is needed follows what the drivers ask of devices. A device that is put into service later is taken to be as those that came last in its region, with their mean service life. What is documented of " + strconv.Itoa(p.Base) + " may be a year of building up: what then is put into service in a frozen scenario replaces what leaves, and is less.")})
	sheet := &reports.Sheet{Key: "fleet/table", Caption: "Devices, all regions", Columns: []string{"Scenario", "Year", "Put into service", "Left use", "In service", "Not needed", "E-waste", "of it collected"}}
	for _, name := range p.Names {
		for y := p.Base; y <= p.To; y++ {
			var sum [6]float64
			var has [6]bool
			for i := range p.Fleet {
				r := &p.Fleet[i]
				if r.Scenario != name || r.Year != y {
					continue
				}
				made := r.Shipments
				if y == p.Base {
					made = r.Documented
				}
				for n, v := range []*float64{made, r.Retirements, &r.Stock, r.Idle, r.EWaste, r.Collected} {
					if v != nil {
						sum[n] += *v
						has[n] = true
					}
				}
			}
			row := []reports.Cell{words(name), words(strconv.Itoa(y))}
			for n, v := range sum {
				text := ""
				switch {
				case !has[n]:
				case n < 4:
					text = devices(v)
				default:
					texts, unit := reports.Printed("kg", v)
					text = texts[0] + " " + unit
				}
				row = append(row, words(text))
			}
			sheet.Rows = append(sheet.Rows, row)
		}
	}
	part.Blocks = append(part.Blocks, reports.Block{Sheet: sheet})
	return part
}

// devices is a number of devices in whole ones, in groups of three digits.
func devices(v float64) string {
	text := strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// sectors sets what is documented beside what others have for the whole.
func sectors(p *study.Projection) *reports.Part {
	if len(p.Sectors) == 0 {
		return nil
	}
	part := &reports.Part{Key: "sectors", Heading: reports.Words("Beside the whole sector")}
	part.Blocks = append(part.Blocks, reports.Block{Prose: reports.Words("From above: electricity of all data centres and of AI, as the scenario has them. From below: final energy of what is documented. The gap is what is not documented, or counted otherwise. Coverage stays the same where documented activities follow the same drivers as the sector does.")})
	sheet := &reports.Sheet{Key: "sectors/table", Caption: fmt.Sprintf("TWh in %d and %d", p.Base, p.To), Columns: []string{"Scenario", "Region", "Year", "Sector", "AI", "Documented", "Gap", "Coverage"}}
	for i := range p.Sectors {
		r := &p.Sectors[i]
		if r.Year != p.Base && r.Year != p.To {
			continue
		}
		ai, coverage := words(optional(r.AI)), ""
		if r.Share != nil {
			ai = append(ai, reports.In(reports.Quiet, fmt.Sprintf("%.3g %% of it", 100**r.Share)))
		}
		if r.Coverage != nil {
			coverage = fmt.Sprintf("%.2g %%", 100**r.Coverage)
		}
		sheet.Rows = append(sheet.Rows, []reports.Cell{words(r.Scenario), words(r.Title), words(strconv.Itoa(r.Year)), words(optional(r.Sector)), ai, words(optional(r.Documented)), words(optional(r.Gap)), words(coverage)})
	}
	part.Blocks = append(part.Blocks, reports.Block{Sheet: sheet})
	if s := scaled(p); s != nil {
		part.Blocks = append(part.Blocks, reports.Block{Folded: &reports.Folded{Summary: "Scaled to the sector: an estimate of another kind", Blocks: []reports.Block{
			{Prose: reports.Words(fmt.Sprintf("What documented activities would come to if all of AI's electricity in the world, as the scenario has it in %d, were used as theirs is: the total over their coverage of that year. It is as sure as the scenario's figures and as documented activities are like all others, which nobody knows.", p.Base))}, {Sheet: s}}}})
	}
	return part
}

// scaled has the totals of the base year and the last, scaled to the sector.
func scaled(p *study.Projection) *reports.Sheet {
	sheet := &reports.Sheet{Key: "scaled/table", Caption: fmt.Sprintf("Scaled to AI in the world, %d and %d", p.Base, p.To), Columns: []string{"Scenario", "Category", "Accounting", "Year", "Documented", "Scaled", "Unit", "Factor"}}
	for i := range p.Scaled {
		r := &p.Scaled[i]
		if r.Year != p.Base && r.Year != p.To {
			continue
		}
		sheet.Rows = append(sheet.Rows, []reports.Cell{words(r.Scenario), words(lca.Words().CategoryTitle(r.Category)), words(lca.Title(lca.Words().Accountings, r.Accounting)), words(strconv.Itoa(r.Year)), words(number(r.Documented)), words(number(r.Scaled)), words(r.Unit), words(number(r.Factor))})
	}
	if len(sheet.Rows) == 0 {
		return nil
	}
	return sheet
}

// statements are what sources print of their scenarios.
func statements(p *study.Projection) *reports.Part {
	sheet := &reports.Sheet{Key: "published/table", Caption: "What is published, and what the drivers come to", Columns: []string{"Scenario", "What", "Published", "Computed", "Within", "Class"}}
	for i, s := range p.Scenarios {
		for _, o := range s.Outcomes() {
			sheet.Rows = append(sheet.Rows, []reports.Cell{words(p.Names[i]), words(o.What), words(strings.TrimSpace(number(o.Value) + " " + o.Unit)), words(number(o.Computed)), words(cmp.Or(o.Within, "exactly")), words(o.Class)})
		}
	}
	if len(sheet.Rows) == 0 {
		return nil
	}
	return &reports.Part{Key: "published", Heading: reports.Words("What sources print of it"), Blocks: []reports.Block{
		{Prose: reports.Words("A ratio is of what the table of scenarios says that its numbers are of, and of nothing else. Exact, derived and check are computed from other numbers and tested; input, reading (off a chart) and bound are what a driver states itself, and fitted is what an input was chosen for: these check nothing.")}, {Sheet: sheet}}}
}

// drivers has what the scenarios assume.
func drivers(p *study.Projection) *reports.Part {
	part := &reports.Part{Key: "assumed", Heading: reports.Words("What is assumed")}
	for i, s := range p.Scenarios {
		sheet := &reports.Sheet{Key: "assumed/" + p.Names[i], Caption: s.Title, Columns: []string{"Driver", "Of", strconv.Itoa(p.Base), strconv.Itoa(p.To), "Unit", "Rests on"}}
		for k := range p.Drivers {
			r := &p.Drivers[k]
			if r.Scenario != p.Names[i] || r.Year != p.Base {
				continue
			}
			last := slices.IndexFunc(p.Drivers[k:], func(o lca.DriverValue) bool { return o.Year == p.To })
			title, doc := r.Driver, ""
			if d, ok := s.Get(r.Driver); ok {
				if doc = d.Doc; d.Definition != nil {
					title = d.Definition.Title
				}
			}
			of := strings.Join(slices.DeleteFunc([]string{s.RegionTitle(r.Region), r.Task, r.Category, r.Kind}, func(t string) bool { return t == "" }), ", ")
			if r.Value == nil && p.Drivers[k+last].Value == nil {
				continue
			}
			driver := words(title)
			for _, text := range []string{doc, r.Source, spread(r.Distribution)} {
				if text != "" {
					driver = append(driver, reports.In(reports.Quiet, text))
				}
			}
			sheet.Rows = append(sheet.Rows, []reports.Cell{driver, words(of), words(optional(r.Value)), words(optional(p.Drivers[k+last].Value)), words(r.Unit), words(r.Basis)})
		}
		if len(sheet.Rows) == 0 {
			part.Blocks = append(part.Blocks, reports.Block{Prose: reports.Words(strings.TrimSpace(p.Names[i] + ": " + cmp.Or(s.Doc, "no driver changes.")))})
			continue
		}
		part.Blocks = append(part.Blocks, reports.Block{Prose: reports.Words(strings.TrimSpace(p.Names[i] + ": " + cmp.Or(s.Doc, s.Title)))}, reports.Block{Sheet: sheet})
	}
	return part
}

func spread(distribution string) string {
	if distribution == "" {
		return ""
	}
	return "Spread of the last year's value, relative to it: " + distribution + "."
}

func manner() *reports.Part {
	list := &reports.List{}
	for _, text := range []string{
		"The rows of the base year are scanned once. In each later year a contribution is multiplied by what the drivers that act on it have become since the base year; a driver that a scenario does not name stays as it is.",
		"Use, and burdens spread over service life, follow the drivers. What is made and what leaves use follow the fleet's stock and flow, in their own year.",
		"Bands are of parameters, factors, rows and drivers with a distribution, within one scenario. Totals of the fleet have none where a driver with a distribution says how many devices are needed: what is put into service is not drawn. Scenarios are not likely or unlikely, and no band holds two of them.",
		"The same draws serve all scenarios and years, so that these differ by their drivers alone.",
		"What was put into service after the base year by the inventory is left out: what the scenario asks for stands in its place.",
	} {
		list.Items = append(list.Items, words(text))
	}
	return &reports.Part{Key: "manner", Heading: reports.Words("How this is computed"), Blocks: []reports.Block{{List: list}}}
}
