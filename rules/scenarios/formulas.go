package scenarios

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

const (
	kindName = "scenario"
	// Columns of which formulas cannot speak: no driver is named in capitals.
	courseOf = "COURSE_" // which of its courses a driver takes
	givenOf  = "GIVEN_"  // what its course comes to where that is no formula
)

// noFactors is a pack without factors.
type noFactors struct{}

func (noFactors) FactorUnit(string) (per, value unit.Unit, keys []string, ok bool) { return }
func (noFactors) FactorValue(rules.FactorUse, string, string, int) (v rules.FactorValue, ok bool) {
	return
}

// written is a text of the program's own at the place of a node.
func written(at *document.Node, text string) *document.Node {
	n := *at
	n.Kind, n.Text, n.Items, n.Fields = document.Scalar, text, nil, nil
	return &n
}

// formulas are the courses that are formulas, compiled.
type formulas struct {
	*rules.Readings
	columns map[string]func(n int) (float64, bool) // what they read, by name: the value of a year and combination, where there is one
	of      []*Driver
}

// compile compiles the formulas of drivers; nil where there are none, or problems, which are told.
func (l *loader) compile(v *Values, all []Driver) *formulas {
	schema := &rules.Schema{Kind: kindName, Fields: []lca.Field{{Name: yearName, Type: lca.Number}}}
	columns := map[string]func(n int) (float64, bool){yearName: func(n int) (float64, bool) { return float64(v.from + n%v.years()), true }}
	var quantities []rules.Quantity
	var asked []*document.Node
	var of []*Driver
	for i := range all {
		d := &all[i]
		own := v.columns[d.Name]
		ownValue := func(n int) (float64, bool) { return own[n].v, own[n].state == given }
		if !d.computed() {
			schema.Fields = append(schema.Fields, lca.Field{Name: d.Name, Type: lca.Number, Unit: d.Measured()})
			columns[d.Name] = ownValue
			continue
		}
		u, _ := unit.Parse(d.Measured()) // checked before
		q := rules.Quantity{Name: d.Name, Unit: u, UnitText: d.Measured(), Node: d.at}
		if d.By == "" {
			q.Tiers = []rules.Tier{{Expr: d.Values[0].Expr, At: d.at}}
		} else {
			schema.Fields = append(schema.Fields, lca.Field{Name: courseOf + d.Name, Type: lca.Number}, lca.Field{Name: givenOf + d.Name, Type: lca.Number, Unit: d.Measured()})
			columns[givenOf+d.Name] = ownValue
			columns[courseOf+d.Name] = func(n int) (float64, bool) {
				c := v.course(d, n/v.years())
				return float64(slices.IndexFunc(d.Values, func(o Course) bool { return c != nil && o.Key == c.Key })), c != nil
			}
			for k, c := range d.Values {
				if c.Form == "expr" {
					q.Tiers = append(q.Tiers, rules.Tier{When: written(c.at, courseOf+d.Name+" == "+strconv.Itoa(k)), Expr: c.Expr, At: c.at})
				}
			}
			q.Tiers = append(q.Tiers, rules.Tier{Expr: written(d.at, givenOf+d.Name), At: d.at})
		}
		quantities = append(quantities, q)
		asked = append(asked, written(d.at, d.Name))
		of = append(of, d)
	}
	if len(asked) == 0 {
		return nil
	}
	for _, d := range of {
		for _, c := range d.Values {
			for _, name := range c.reads() {
				if columns[name] != nil && (strings.HasPrefix(name, courseOf) || strings.HasPrefix(name, givenOf)) {
					l.tell(c.Expr.Problem(diag.UnknownName, "unknown name %q: it is no driver or term of the scenario, and not year", name))
				}
			}
		}
	}
	readings := l.readings(schema, quantities, asked)
	if readings == nil {
		return nil
	}
	return &formulas{readings, columns, of}
}

// formulas computes the courses that are formulas, after those that they read.
func (l *loader) formulas(v *Values, all []Driver) {
	readings := l.compile(v, all)
	if readings == nil {
		return
	}
	const rows = 256 // of a batch
	total := v.combinations() * v.years()
	for from := 0; from < total; from += rows {
		b := &column.Batch{Rows: min(rows, total-from)}
		for _, name := range readings.Columns() {
			c := column.Column{Type: column.Float, Floats: make([]float64, b.Rows), Valid: column.NewBitmap(b.Rows)}
			if read := readings.columns[name]; read != nil {
				for row := range b.Rows {
					if x, ok := read(from + row); ok {
						c.Floats[row] = x
						c.Valid.Set(row)
					}
				}
			}
			b.Columns = append(b.Columns, c)
		}
		if err := readings.Evaluate(b, noFactors{}); err != nil {
			l.bad(l.root, diag.NotFinite, "", "the formulas cannot be computed: %v", err)
			return
		}
		for i, d := range readings.of {
			for row := range b.Rows {
				n := from + row
				if c := v.course(d, n/v.years()); c == nil || c.Form != "expr" {
					continue
				}
				if x, _, ok := readings.Value(i, row); ok {
					v.columns[d.Name][n] = value{x, given}
				}
			}
		}
	}
	v.hold(readings.of, total)
}

// checkRest tells what else is wrong with a scenario that has problems: with values, and with formulas save those that read what the problems are about.
func (l *loader) checkRest() {
	all := slices.Concat(l.s.Drivers, slices.DeleteFunc(slices.Clone(l.s.Terms), func(d Driver) bool {
		_, driver := DefinitionOf(d.Name)
		return driver || d.Name == yearName
	}))
	if l.dated {
		l.evaluate(slices.DeleteFunc(slices.Clone(all), func(d Driver) bool { return d.computed() }))
	}
	for left := -1; left != len(all); {
		left = len(all)
		has := map[string]bool{}
		for _, d := range all {
			has[d.Name] = true
		}
		all = slices.DeleteFunc(all, func(d Driver) bool {
			return slices.ContainsFunc(d.Values, func(c Course) bool {
				return slices.ContainsFunc(c.reads(), func(name string) bool { return !has[name] && l.told(name) })
			})
		})
	}
	l.compile(&Values{}, all)
}

// computed reports whether some course of a driver is a formula.
func (d *Driver) computed() bool {
	return slices.ContainsFunc(d.Values, func(c Course) bool { return c.Form == "expr" })
}

// reads are the names in a formula.
func (c *Course) reads() []string {
	if c.Form != "expr" {
		return nil
	}
	return anyName.FindAllString(quotedText.ReplaceAllString(c.Expr.Text, ""), -1)
}

// readings compiles formulas. Its problems speak of drivers and terms.
func (l *loader) readings(schema *rules.Schema, quantities []rules.Quantity, asked []*document.Node) *rules.Readings {
	var probs diag.List
	readings := rules.CompileReadings(rules.Formulas(l.root.Place.File, l.root, kindName, quantities), schema, noFactors{}, asked, &probs)
	for _, p := range probs.Problems() {
		if unknownName.FindString(p.Message) == "" && (strings.Contains(p.Hint, courseOf) || strings.Contains(p.Hint, givenOf)) {
			p.Hint = "" // which speaks of columns that formulas cannot name
		}
		if m := unknownName.FindStringSubmatch(p.Message); m != nil {
			p.Message = "unknown name " + m[1] + ": it is no driver or term of the scenario, and not year"
			if name, _ := strconv.Unquote(m[1]); p.Hint == "" || strings.Contains(p.Hint, courseOf) || strings.Contains(p.Hint, givenOf) {
				p.Hint = ""
				if _, ok := DefinitionOf(name); ok {
					p.Hint = "the scenario gives " + name + " no course: name it under drivers"
				}
			}
		}
		if p.Place.Line == 0 {
			p.Place = l.root.Place
		}
		l.tell(p)
	}
	return readings
}

var (
	unknownName = regexp.MustCompile(`^unknown name (".*"): it is no column`)
	quotedText  = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	anyName     = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
)

// hold says of each formula without a value that reads what is held, itself or through others, that it is held too.
func (v *Values) hold(formulas []*Driver, total int) {
	reads := map[*Course][]string{}
	byName := map[string]*Driver{}
	for _, d := range formulas {
		byName[d.Name] = d
		for i := range d.Values {
			c := &d.Values[i]
			for _, name := range c.reads() {
				if v.columns[name] != nil && !slices.Contains(reads[c], name) {
					reads[c] = append(reads[c], name)
				}
			}
		}
	}
	seen := map[string]int{} // the last place of each that was settled, from 1
	var settle func(name string, n int) bool
	settle = func(name string, n int) bool {
		x := &v.columns[name][n]
		d := byName[name]
		if x.state != missing || d == nil || seen[name] == n+1 {
			return x.state == held
		}
		seen[name] = n + 1
		c := v.course(d, n/v.years())
		if slices.ContainsFunc(reads[c], func(read string) bool { return settle(read, n) }) {
			x.state = held
		}
		return x.state == held
	}
	for n := range total {
		for _, d := range formulas {
			settle(d.Name, n)
		}
	}
}
