package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Check is what came of one thing that an example expects.
type Check struct {
	Name     string // of the quantity, impact or functional unit; of an impact with its category
	Expected string // as written: "1287 MWh", "missing", "reported", "tier 2"
	Got      string
	Off      string // relative difference of two values, in per cent; empty where there are not two
	Within   string // the tolerance, in per cent, or that the values must be equal; empty likewise
	OK       bool

	share float64 // Off as a share of the expected value, where it is not met
}

// outcome is what a run gives for a flow in a category.
type outcome struct {
	has   bool
	value float64 // in the expectation's due unit
	class int
	tier  int    // from 1, of a quantity
	why   string // there is none
}

// Run compiles the method for the example, evaluates its row and compares. What differs from the expectation is a problem at its place. The
// method must compile without errors.
func (t *Trial) Run(probs *diag.List) []Check {
	before := probs.Count(diag.Error)
	t.program = Compile(t.m, t.schema, t.units, nil, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	space := &amounts.Space{}
	r := t.program.NewRunner(space, t)
	r.Start()
	err := r.Evaluate(t.batch())
	var out []Check
	for _, x := range t.expected {
		var got outcome
		if err != nil {
			got.why = err.Error()
		} else {
			got = t.outcome(r, space, &x)
		}
		check, message := t.compare(&x, got)
		out = append(out, check)
		if !check.OK {
			p := x.at.Problem(diag.ExampleFailed, "%s", message)
			p.Why = fmt.Sprintf("example %q", excerpt(t.Example.Name))
			if p.Hint = wider(check.share); t.Example.printed {
				p.Hint = ""
			}
			probs.Add(p)
		}
	}
	return out
}

// Parts is the number of parts of all formulas that the last Run compiled: what it cost.
func (t *Trial) Parts() int {
	if t.program == nil {
		return 0
	}
	return t.program.builder.Len()
}

// outcome gathers what a flow gives.
func (t *Trial) outcome(r *Runner, space *amounts.Space, x *expectation) outcome {
	f, rule := r.Flow(x.flow), &t.program.Flows[x.flow]
	switch {
	case slices.Contains(f.Missing, 0):
		what := "its amount cannot be computed from the row"
		if rule.Unit != nil {
			what = "it cannot be computed from the row"
		}
		if lacking := r.Lacking(x.flow, 0); lacking != "" {
			what = lacking
		}
		return outcome{why: what}
	case !slices.Contains(f.Rows, 0):
		return outcome{why: "the impact does not apply to the row: its when is not true"}
	}
	out := outcome{has: true, class: int(f.Class[0])}
	for i := range f.Terms {
		term := &f.Terms[i]
		if !term.Present.Get(0) {
			continue
		}
		monomial := term.Monomial
		if term.Monomials != nil {
			monomial = term.Monomials[0]
		}
		out.value += float64(term.Coefficient[0] * space.Monomials.Value(monomial))
	}
	if x.quantity != "" {
		out.tier = 1
		if g := r.Quantity(slices.Index(t.program.Quantities(), x.quantity)); g != nil && g.Tier != nil {
			out.tier += int(g.Tier[0])
		}
	}
	if rule.Impact != nil && rule.Impact.Factor != "" {
		key := keysOf(space, f.Lookup)
		var day float64
		if f.Time != nil {
			day = f.Time[0]
		}
		if why := t.held(rule, x, space, f, day); why != "" {
			return outcome{why: why}
		}
		return t.multiplied(rule, x, out, key, day)
	}
	if rule.Impact != nil && len(rule.Impact.Unless) > 0 {
		var day float64
		if f.Time != nil {
			day = f.Time[0]
		}
		if why := t.held(rule, x, space, f, day); why != "" {
			return outcome{why: why}
		}
	}
	return out
}

// held says which factor's row drops an impact; empty where none does.
func (t *Trial) held(rule *FlowRule, x *expectation, space *amounts.Space, f *engine.Flow, day float64) string {
	if len(rule.Impact.Unless) == 0 {
		return ""
	}
	keys := keysOf(space, f.Unless)
	years, _ := t.years(rule, day)
	for i := range rule.Impact.Unless {
		u, technology := &rule.Impact.Unless[i], keys[UnlessKey(i)]
		held, ok := t.find(u.Factor, x.category, "", technology, years[0])
		switch {
		case !ok || !u.Holds(held.Boundary):
		case u.For != "":
			return fmt.Sprintf("%s of %s has a row: that of %s", u.Factor, technology, u.For)
		case len(u.Boundary) == 0:
			return fmt.Sprintf("%s of %s has a row", u.Factor, technology)
		default:
			return fmt.Sprintf("%s of %s holds it within its boundary, %s", u.Factor, technology, held.Boundary)
		}
	}
	return ""
}

// keysOf gives the region and the technology that a row's factor is found by.
func keysOf(space *amounts.Space, ids []int32) (names [2]string) {
	if len(ids) == 0 {
		return names
	}
	for i, id := range space.Tuples.Tuple(ids[0]) {
		if i < len(names) {
			names[i] = space.Names.Name(id)
		}
	}
	return names
}

// multiplied multiplies an amount by the example's factor in a category, of each year of the row's period by the share of its days.
func (t *Trial) multiplied(rule *FlowRule, x *expectation, out outcome, key [2]string, day float64) outcome {
	amount := out.value
	out.value = 0
	years, shares := t.years(rule, day)
	for i, year := range years {
		f, ok := t.find(rule.Impact.Factor, x.category, key[0], key[1], year)
		if !ok {
			why := fmt.Sprintf("the example has no %s for %s%s", rule.Impact.Factor, x.category, sought(t.foundBy(rule.Impact.Factor), key, year))
			return outcome{why: why}
		}
		out.value += float64(float64(amount*shares[i]) * f.value)
		out.class = max(out.class, f.class)
	}
	return out
}

// foundBy is what a factor's values are found by: of region, technology and year.
func (t *Trial) foundBy(factor string) []string {
	_, _, keys, _ := t.units.FactorUnit(factor)
	return keys
}

// sought says what a factor was looked for by.
func sought(keys []string, key [2]string, year int) string {
	var by []string
	for _, k := range keys {
		switch {
		case k == "region" && key[0] != "":
			by = append(by, k+" "+key[0])
		case k == "technology" && key[1] != "":
			by = append(by, k+" "+key[1])
		case k == "year" && year != 0:
			by = append(by, k+" "+strconv.Itoa(year))
		}
	}
	if len(by) == 0 {
		return ""
	}
	return " (" + strings.Join(by, ", ") + ")"
}

// years are those that an amount falls in, with its shares: of a factor found by year those of the row's period or of the rule's own date. A row
// without a period is of no year.
func (t *Trial) years(rule *FlowRule, day float64) (years []int, shares []float64) {
	whole := []float64{1}
	switch {
	case !slices.Contains(t.foundBy(rule.Impact.Factor), "year"):
		return []int{0}, whole
	case rule.HasTime:
		return []int{amounts.YearOf(day)}, whole
	}
	from, to, year := t.row[t.schema.From], t.row[t.schema.To], t.row[t.schema.Year]
	p, ok := amounts.PeriodOf(from.number, from.has, to.number, to.has, year.number, year.has)
	if !ok {
		return []int{0}, whole
	}
	for y := p.First(); y <= p.Last(); y++ {
		years, shares = append(years, y), append(shares, p.Share(y))
	}
	return years, shares
}

// compare tells whether an outcome is the expected one, and if not, how it differs.
func (t *Trial) compare(x *expectation, got outcome) (c Check, message string) {
	c.Name = x.name
	if x.category != "" && len(t.categories(x)) > 1 {
		c.Name += " " + x.category
	}
	why := ""
	if !got.has {
		c.Got = "missing"
		why = ": " + got.why
	}
	switch {
	case x.tier > 0:
		c.Expected = fmt.Sprintf("tier %d", x.tier)
		if got.has {
			c.Got = fmt.Sprintf("tier %d", got.tier)
		}
		c.OK = got.has && got.tier == x.tier
	case x.class >= 0:
		names := lca.Names(lca.Words().Qualities)
		c.Expected = names[x.class]
		if got.has {
			c.Got = names[got.class]
		}
		c.OK = got.has && got.class == x.class
	case x.missing:
		c.Expected = "missing"
		if c.OK = !got.has; !c.OK {
			c.Got = x.text(got.value, true)
		}
	default:
		c.Expected = x.written()
		c.Within = tolerance(t.Example)
		if !got.has {
			break
		}
		difference := math.Abs(got.value - x.value)
		c.OK = difference <= t.allowed(x)
		c.Got = x.text(got.value, !c.OK || t.Example.printed)
		c.Off = percent(difference / math.Abs(x.value))
		if !c.OK {
			c.share = difference / math.Abs(x.value)
		}
	}
	if c.OK {
		return c, ""
	}
	expected := c.Expected
	if x.missing {
		expected = "no value"
	}
	message = fmt.Sprintf("expected %s of %s, got %s", expected, c.Name, c.Got)
	if c.Off != "" {
		within := "within " + c.Within
		if t.Example.printed || t.Example.within == defaultWithin {
			within = "expected " + c.Within
		}
		message += fmt.Sprintf(" (%s off; %s)", c.Off, within)
	}
	return c, message + why
}

// allowed is by how much a value may differ from the expected one.
func (t *Trial) allowed(x *expectation) float64 {
	if !t.Example.printed {
		return float64(t.Example.within * math.Abs(x.value))
	}
	number, _, _ := strings.Cut(strings.TrimSpace(x.at.Text), " ")
	f, _ := unit.Factor(x.given, x.due)                     // it has been converted
	return float64(float64(halfDigit(number)*f) * 1.000001) // what is halfway may be rounded either way
}

func (t *Trial) categories(x *expectation) []string {
	if r := t.program.Flows[x.flow].Impact; r != nil && r.Value == nil {
		return r.Categories
	}
	return nil
}

// written is an expected value as it stands in the file, with its unit.
func (x *expectation) written() string {
	text := strings.TrimSpace(x.at.Text)
	if strings.Contains(text, " ") {
		return text
	}
	return text + x.unit()
}

func (x *expectation) unit() string {
	if x.given.Equal(unit.One) {
		return ""
	}
	return " " + show(x.given)
}

// text writes a value in the unit in which it is expected: with six digits, or with all that it has, so that it can be written as what is expected.
func (x *expectation) text(v float64, whole bool) string {
	if f, ok := unit.Factor(x.due, x.given); ok {
		v = float64(v * f)
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprint(v)
	}
	if !whole {
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64) // of a finite number
	}
	return numberText(v) + x.unit()
}

// tolerance writes a relative tolerance in per cent.
func tolerance(e *Example) string {
	share := e.within
	switch {
	case e.printed:
		return "to the last digit"
	case share == defaultWithin:
		return "exactly, to 1e-9"
	}
	p, _ := strconv.ParseFloat(strconv.FormatFloat(float64(share*100), 'g', 12, 64), 64) // of a number from 0 to 100
	return numberText(p) + " %"
}

// wider names the next round tolerance that a difference is within, where one of so much makes sense: published figures are rounded.
func wider(share float64) string {
	const most = 0.1
	if !(share > 0 && share <= most) {
		return ""
	}
	for power := -8; ; power++ {
		for _, digit := range []string{"1", "2", "5"} {
			text := digit + "e" + strconv.Itoa(power)
			if p, _ := strconv.ParseFloat(text, 64); p/100 >= share {
				return "a wider tolerance: within: " + numberText(p) + " %"
			}
		}
	}
}

// percent writes a share with two significant digits; what rounding alone makes is 0.
func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return ""
	}
	p := float64(share * 100)
	if p < 1e-9 {
		return "0 %"
	}
	if p >= 1 && p < 100 {
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(p, 'g', 2, 64), 64)
	if err != nil {
		return ""
	}
	return numberText(rounded) + " %"
}
