package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/shelf"
)

// Course is how a driver goes through the years, for all or for one of what it is told apart by.
type Course struct {
	Key     string         // region, task or category; empty: all, or all others
	Form    string         // value, series, growth, s_curve, expr or hold
	Points  []Point        // of a series
	Between string         // of a series
	Before  string         // likewise
	After   string         // likewise
	Rates   []Point        // of growth: from which year on
	Start   float64        // of growth
	Curve   *Curve         // of an s_curve
	Expr    *document.Node // of an expr
	Number  float64        // of a value
	started bool           // start is stated

	at    *document.Node
	first int // year of the scenario that states it: growth begins there, also in a scenario that rests on this one and begins later
}

// Point is the value of a year.
type Point struct {
	Year  int
	Value float64
	at    *document.Node
}

// Curve is a logistic curve: a tenth of the way from one level to the other is gone half its width before the middle, nine tenths half its width after.
type Curve struct {
	From   float64        `doc:"from,required"`
	To     float64        `doc:"to,required"`
	Middle float64        `doc:"middle,required"` // year
	Width  float64        `doc:"width,required"`  // years
	At     *document.Node `doc:"@"`
}

// forms are the ways to give a driver's course; each driver has one of them.
var forms = []string{"value", "series", "growth", "s_curve", "expr"}

// besides are keys that say more of a series or of growth.
var besides = []string{"between", "before", "after", "start"}

// Words of series.
var betweens, ends = []string{"growth", "linear", "step", "none"}, []string{"none", "hold", "growth"}

const (
	otherwise = "otherwise" // the key of all others
	hold      = "hold"      // nothing is said: what is multiplied stays as it is in the base year
	yearName  = "year"
)

// drivers reads a map of drivers or terms.
func (l *loader) drivers(n *document.Node, what string) []Driver {
	if n == nil || n.Kind == document.Null {
		return nil
	}
	if n.Kind != document.Map {
		l.bad(n, diag.BadType, "", "expected a map of %ss, found %s", what, n.Kind)
		return nil
	}
	if len(n.Fields) > maxDrivers { // too many names for formulas, too
		l.bad(n, diag.TooLarge, "", "%d %ss; at most %d are taken", len(n.Fields), what, maxDrivers)
		return nil
	}
	var out []Driver
	for _, f := range n.Fields {
		if l.probs.Full() {
			break
		}
		if !driverName.MatchString(f.Key) {
			p := n.ProblemAt(f.Place, diag.BadValue, "%q is not a name of a %s", f.Key, what)
			p.Hint = "write lower-case letters, digits and underscores, a letter first"
			l.probs.Add(p)
			continue
		}
		if slices.Contains(languageWords, f.Key) {
			l.probs.Add(n.ProblemAt(f.Place, diag.DuplicateName, "%s is a word of formulas and names no %s", f.Key, what))
			continue
		}
		def, known := DefinitionOf(f.Key)
		if what == "driver" && !known {
			p := n.ProblemAt(f.Place, diag.UnknownName, "there is no driver %q", f.Key)
			p.Why = "a driver acts on impacts, and nothing says on which this one does"
			p.Hint = "what only formulas read stands under terms; drivers: " + strings.Join(definitionNames(), ", ")
			if near := diag.Nearest(f.Key, definitionNames()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			l.probs.Add(p)
			continue
		}
		if f.Value.Kind == document.Null {
			switch {
			case l.lost:
			case l.base == nil:
				l.probs.Add(n.ProblemAt(f.Place, diag.MissingValue, "%s has no value", f.Key))
			case !slices.ContainsFunc(map[string][]Driver{"driver": l.base.Drivers, "term": l.base.Terms}[what], func(d Driver) bool { return d.Name == f.Key }):
				l.probs.Add(n.ProblemAt(f.Place, diag.UnknownName, "%s has no %s %s to take away", l.base.Ref(), what, f.Key))
			}
			continue // taken away
		}
		if d, ok := l.driver(f.Key, def, f.Value); ok {
			out = append(out, d)
		}
	}
	return out
}

// driver reads one.
func (l *loader) driver(name string, def *Definition, n *document.Node) (Driver, bool) {
	before := l.probs.Count(diag.Error)
	d := Driver{Name: name, Definition: def, at: n, From: l.s.Ref()}
	var raw struct {
		Title        string         `doc:"title"`
		Unit         string         `doc:"unit"`
		Basis        string         `doc:"basis,required"`
		Source       string         `doc:"source"`
		Doc          string         `doc:"doc"`
		By           string         `doc:"by"`
		Of           *document.Node `doc:"of"`
		Distribution string         `doc:"distribution"`
		Value        *document.Node `doc:"value"`
		Series       *document.Node `doc:"series"`
		Between      string         `doc:"between"`
		Before       string         `doc:"before"`
		After        string         `doc:"after"`
		Growth       *document.Node `doc:"growth"`
		Start        *document.Node `doc:"start"`
		SCurve       *document.Node `doc:"s_curve"`
		Expr         *document.Node `doc:"expr"`
	}
	document.Decode(n, &raw, l.probs)
	d.Title, d.Basis, d.Source, d.Doc, d.By = raw.Title, raw.Basis, raw.Source, raw.Doc, raw.By
	if n.Kind != document.Map {
		return d, false
	}
	if at := n.Get("basis"); at != nil && at.Kind == document.Scalar && !slices.Contains(Bases, d.Basis) {
		l.bad(at, diag.UnknownName, "one of "+strings.Join(Bases, ", "), "%q says nothing of what the values rest on", d.Basis)
	}
	if strings.TrimSpace(d.Source) == "" && slices.Contains(Bases, d.Basis) && d.Basis != "derived" {
		l.bad(n, diag.MissingValue, "source: says where the values stand; of an assumption, why it is made", "%s needs a source", name)
	}
	l.unit(&d, raw.Unit)
	if d.By != "" {
		of := Dimensions
		if def != nil {
			of = def.By
		}
		if !slices.Contains(of, d.By) {
			hint := "it has one course for all"
			if len(of) > 0 {
				hint = "by: " + strings.Join(of, ", or by: ")
			}
			l.bad(n.Get("by"), diag.UnknownName, hint, "%s is not told apart by %q", name, d.By)
			return d, false
		}
	}
	if raw.Distribution != "" {
		at := n.Get("distribution")
		x, err := dist.Parse(raw.Distribution)
		if err == nil {
			const what = "a distribution multiplies the value of the last year"
			if m, ok := x.Median(); x.Family() == dist.Fixed {
				err = errors.New("a fixed number is no distribution")
			} else if !ok {
				err = errors.New(what + ": its median is 1, and that of this one cannot be told")
			} else if math.Abs(m-1) > 0.005 {
				err = fmt.Errorf(what+": its median is 1, not %s", short(m))
			} else if !(x.Quantile(1e-12) > 0) {
				err = errors.New(what + ": it is above 0")
			}
		}
		if err != nil {
			l.bad(at, diag.BadDistribution, "for example lognormal(1, 1.5)", "%v", err)
		}
		d.Distribution, d.DistText = &x, raw.Distribution
	}
	switch {
	case d.By == "" && raw.Of != nil:
		l.bad(n.Get("of"), diag.MissingKey, "by: region, for example", "of: has courses, and nothing says what they are told apart by")
	case d.By == "":
		if c, ok := l.course(&d, "", n); ok {
			d.Values = []Course{c}
		}
	case raw.Of == nil || raw.Of.Kind != document.Map || len(raw.Of.Fields) == 0:
		l.bad(n, diag.MissingKey, "of: {USA: {...}, otherwise: {...}}", "%s is told apart by %s, and of: says no course", name, d.By)
	default:
		for _, f := range n.Fields {
			if slices.Contains(forms, f.Key) || slices.Contains(besides, f.Key) {
				p := n.ProblemAt(f.Place, diag.UnknownKey, "%s is told apart by %s: %s: belongs to one of its courses", name, d.By, f.Key)
				p.Hint = "move it below of:, as otherwise: for all others"
				l.probs.Add(p)
			}
		}
		l.courses(&d, raw.Of)
	}
	return d, l.probs.Count(diag.Error) == before
}

// unit checks a driver's unit against that of its definition.
func (l *loader) unit(d *Driver, text string) {
	if text == "" && d.Definition != nil {
		text = d.Definition.Unit
	}
	if text == "" {
		text = "1"
	}
	u, err := unit.Parse(text)
	if err != nil {
		l.bad(d.at.Get("unit"), diag.BadUnit, "", "%v", err)
		return
	}
	d.Unit, d.UnitText = u, text
	if d.Definition != nil && !u.Compatible(d.Definition.unit) {
		p := d.at.Get("unit").Problem(diag.UnitMismatch, "%s is due in %s, not in %s", d.Name, d.Definition.Unit, text)
		p.Why = fmt.Sprintf("%s is %s; %s is %s", d.Definition.Unit, d.Definition.unit.Dimension(), text, u.Dimension())
		l.probs.Add(p)
	}
}

// courses reads those of what a driver is told apart by.
func (l *loader) courses(d *Driver, n *document.Node) {
	if len(n.Fields) > maxKeys {
		l.bad(n, diag.TooLarge, "", "%d courses; at most %d are taken", len(n.Fields), maxKeys)
		return
	}
	for _, f := range n.Fields {
		key := f.Key
		at := n.ProblemAt(f.Place, diag.UnknownName, "")
		switch {
		case key == otherwise:
			key = ""
		default:
			if at.Message, at.Hint = l.wrongKey(d.By, key); at.Message != "" {
				l.probs.Add(at)
				continue
			}
		}
		if f.Value.Kind == document.Scalar && f.Value.Text == hold {
			d.Values = append(d.Values, Course{Key: key, Form: hold, at: f.Value})
			continue
		}
		if c, ok := l.course(d, key, f.Value); ok {
			d.Values = append(d.Values, c)
		}
	}
}

// wrongKey says what is wrong with a key of a dimension; empty where nothing is.
func (l *loader) wrongKey(by, key string) (message, hint string) {
	meant := func(near, otherwise string) string {
		if near != "" {
			return "did you mean " + near + "?"
		}
		return otherwise
	}
	switch by {
	case "region":
		if _, ok := names.Regions().Lookup(key); ok || slices.Contains(l.groupNames(), key) || l.lost && shelf.IsName(key) {
			return "", ""
		}
		near := diag.Nearest(key, l.groupNames())
		if near == "" {
			near = names.Regions().Nearest(key)
		}
		return fmt.Sprintf("unknown region %q", key), meant(near, "a code of ailca regions, such as USA, or a region that the scenario makes under regions:")
	case "kind":
		if !slices.Contains(kindNames(), key) {
			return fmt.Sprintf("no driver acts on a kind %q", key), meant(diag.Nearest(key, kindNames()), "one of "+strings.Join(kindNames(), ", "))
		}
	case "category":
		if _, ok := lca.Words().Category(key); !ok {
			return fmt.Sprintf("there is no category %q", key), meant(diag.Nearest(key, lca.Words().CategoryNames()), "one of "+strings.Join(lca.Words().CategoryNames(), ", "))
		}
	case "task":
		if !taskName.MatchString(key) {
			return fmt.Sprintf("%q is no task class", key), "as deployments write them, such as text_generation"
		}
	}
	return "", ""
}

func (l *loader) groupNames() []string {
	var out []string
	for _, g := range l.s.Regions {
		out = append(out, g.Name)
	}
	return out
}

// course reads how a driver goes through the years.
func (l *loader) course(d *Driver, key string, n *document.Node) (Course, bool) {
	before := l.probs.Count(diag.Error)
	c := Course{Key: key, at: n, first: l.s.From}
	var given []string
	for _, f := range forms {
		if n.Get(f) != nil {
			given = append(given, f)
		}
	}
	if n.Kind != document.Map || len(given) != 1 {
		message := d.Name
		if key != "" {
			message += " of " + key
		}
		if len(given) > 1 {
			message += " has several courses: " + strings.Join(given, ", ")
		} else {
			message += " has no course"
		}
		l.bad(n, diag.MissingKey, "one of value: 3, series: {2024: 1, 2030: 2}, growth: 12 %, s_curve: {...}, expr: a formula", "%s", message)
		return c, false
	}
	c.Form = given[0]
	at := n.Get(c.Form)
	allowed := map[string][]string{"series": {"between", "before", "after"}, "growth": {"start"}}[c.Form]
	for _, f := range n.Fields {
		if key != "" || d.By != "" { // a course of one key has nothing but its form
			if f.Key != c.Form && !slices.Contains(allowed, f.Key) {
				l.probs.Add(n.ProblemAt(f.Place, diag.UnknownKey, "unknown key %q of a course given by %s", f.Key, c.Form))
			}
		} else if slices.Contains(besides, f.Key) && !slices.Contains(allowed, f.Key) {
			l.probs.Add(n.ProblemAt(f.Place, diag.UnknownKey, "%s says nothing of a course given by %s", f.Key, c.Form))
		}
	}
	switch c.Form {
	case "value":
		c.Number = l.number(at)
	case "series":
		l.series(d, &c, n, at)
	case "growth":
		l.growth(&c, n, at)
	case "s_curve":
		c.Curve = &Curve{}
		document.Decode(at, c.Curve, l.probs)
		if at.Get("width") != nil && !(c.Curve.Width > 0) {
			l.bad(at.Get("width"), diag.OutOfRange, "", "an S-curve takes time: its width is above 0 years")
		}
	case "expr":
		if at.Kind != document.Scalar {
			l.bad(at, diag.BadType, "", "expected a formula, found %s", at.Kind)
		}
		c.Expr = at
	}
	return c, l.probs.Count(diag.Error) == before
}

// number reads a number.
func (l *loader) number(n *document.Node) float64 {
	var v float64
	document.Decode(n, &v, l.probs)
	return v
}

// rate reads a rate: 0.12 or 12 %.
func (l *loader) rate(n *document.Node) float64 {
	v, ok := percentage(n)
	if !ok {
		l.bad(n, diag.BadType, "write 12 % or 0.12", "expected a rate of growth a year")
		return 0
	}
	if v <= -1 {
		l.bad(n, diag.OutOfRange, "a decline by a half every year is -50 %", "growth of %s a year leaves nothing, or less", n.Text)
	}
	return v
}

// percentage reads 0.12 or 12 %.
func percentage(n *document.Node) (v float64, ok bool) {
	text, percent := strings.CutSuffix(strings.TrimSpace(n.Text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if percent {
		v /= 100
	}
	return v, n.Kind == document.Scalar && err == nil && v-v == 0
}

// years reads a map of values by year.
func (l *loader) years(n *document.Node, example string, value func(*document.Node) float64) []Point {
	if n.Kind != document.Map || len(n.Fields) == 0 {
		l.bad(n, diag.BadType, example, "expected values by year")
		return nil
	}
	var out []Point
	for _, f := range n.Fields {
		y, err := strconv.Atoi(f.Key)
		if err != nil || y < firstYear || y > lastYear {
			l.probs.Add(n.ProblemAt(f.Place, diag.OutOfRange, "%q is no year from %d to %d", f.Key, firstYear, lastYear))
			continue
		}
		out = append(out, Point{y, value(f.Value), f.Value})
	}
	slices.SortStableFunc(out, func(a, b Point) int { return a.Year - b.Year })
	return out
}

func (l *loader) series(d *Driver, c *Course, n, at *document.Node) {
	c.Points = l.years(at, "for example {2024: 415, 2030: 945}", l.number)
	word := func(key string, of []string, fallback string) string {
		w := n.Get(key)
		if w == nil {
			return fallback
		}
		if w.Kind != document.Scalar {
			if d.By != "" { // else told already
				l.bad(w, diag.BadType, "", "expected a text, found %s", w.Kind)
			}
		} else if !slices.Contains(of, w.Text) {
			l.bad(w, diag.UnknownName, "one of "+strings.Join(of, ", "), "unknown word %q", w.Text)
		}
		return w.Text
	}
	before := l.probs.Count(diag.Error)
	c.Between, c.Before, c.After = word("between", betweens, "none"), word("before", ends, "none"), word("after", ends, "none")
	if len(c.Points) == 0 || l.probs.Count(diag.Error) > before {
		return
	}
	if c.Between == "growth" || c.Before == "growth" || c.After == "growth" {
		for _, p := range c.Points {
			if _, err := strconv.ParseFloat(p.at.Text, 64); err == nil && !(p.Value > 0) {
				l.bad(p.at, diag.OutOfRange, "between: linear", "what grows at a constant rate is above 0")
			}
		}
	}
	if (c.Before == "growth" || c.After == "growth") && len(c.Points) < 2 {
		l.bad(at, diag.MissingValue, "", "a rate of growth needs two years")
	}
	if !l.dated {
		return
	}
	if lacking := c.lacking(l.s.From, l.s.To); len(lacking) > 0 {
		first, last := c.Points[0].Year, c.Points[len(c.Points)-1].Year
		var ways []string
		if lacking[0] < first {
			ways = append(ways, "before: hold")
		}
		if slices.ContainsFunc(lacking, func(y int) bool { return first < y && y < last }) {
			ways = append(ways, "between: growth")
		}
		if lacking[len(lacking)-1] > last {
			ways = append(ways, map[bool]string{true: "after: growth", false: "after: hold"}[len(c.Points) > 1])
		}
		p := at.Problem(diag.MissingValue, "the series has no value of %s, which the scenario covers (%d to %d)", listed(lacking), l.s.From, l.s.To)
		p.Hint = "add the years, or say how it goes on: " + strings.Join(ways, ", ")
		l.probs.Add(p)
	}
}

// lacking are the years of which a course gives no value; formulas and hold lack none.
func (c *Course) lacking(from, to int) []int {
	var out []int
	for y := from; y <= to; y++ {
		if _, ok := c.value(y); !ok && c.Form != "expr" && c.Form != hold {
			out = append(out, y)
		}
	}
	return out
}

// listed writes years, of many the first five.
func listed(years []int) string {
	var shown []string
	for _, y := range years[:min(len(years), 5)] {
		shown = append(shown, strconv.Itoa(y))
	}
	text := strings.Join(shown, ", ")
	if more := len(years) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (l *loader) growth(c *Course, n, at *document.Node) {
	c.Start = 1
	if s := n.Get("start"); s != nil {
		c.started = true
		c.Start = l.number(s)
	}
	if at.Kind == document.Scalar {
		c.Rates = []Point{{firstYear, l.rate(at), at}}
		return
	}
	c.Rates = l.years(at, "a rate such as 12 %, or rates by the year from which they hold: {2025: 40 %, 2028: 20 %}", l.rate)
	if l.dated && len(c.Rates) > 0 && c.Rates[0].Year > l.s.From+1 {
		l.bad(at, diag.MissingValue, fmt.Sprintf("say the rate from %d on", l.s.From+1), "no rate leads from %d to %d", l.s.From, l.s.From+1)
	}
}

func (c *Course) point(year int) (float64, bool) {
	for _, p := range c.Points {
		if p.Year == year {
			return p.Value, true
		}
	}
	return 0, false
}

// value is that of a year; formulas and hold have none of their own, and growth has none before its first year.
func (c *Course) value(year int) (float64, bool) {
	switch c.Form {
	case "value":
		return c.Number, true
	case "series":
		return c.between(year)
	case "growth":
		v := c.Start
		for y := c.first + 1; y <= year; y++ {
			rate := 0.0
			for _, r := range c.Rates {
				if r.Year <= y {
					rate = r.Value
				}
			}
			v = float64(v * (1 + rate))
		}
		return v, year >= c.first
	case "s_curve":
		k := c.Curve
		steep := float64(2*elementary.Ln(9)) / k.Width
		return k.From + float64((k.To-k.From)/(1+elementary.Exp(-float64(steep*(float64(year)-k.Middle))))), true
	}
	return 0, false
}

// between is a year's value of a series: at its points exactly these.
func (c *Course) between(year int) (float64, bool) {
	if v, ok := c.point(year); ok {
		return v, true
	}
	at := slices.IndexFunc(c.Points, func(p Point) bool { return p.Year > year }) // the next point
	n := len(c.Points)
	how, a, b := c.Between, 0, 0
	switch {
	case at < 0:
		how, a, b = c.After, max(n-2, 0), n-1
	case at == 0:
		how, a, b = c.Before, 0, min(1, n-1)
	default:
		a, b = at-1, at
	}
	p, q := c.Points[a], c.Points[b]
	switch {
	case how == hold && at < 0:
		return q.Value, true
	case how == hold || how == "step":
		return p.Value, true
	case how == "linear":
		return p.Value + float64(float64((q.Value-p.Value)*float64(year-p.Year))/float64(q.Year-p.Year)), true
	case how == "growth":
		return float64(p.Value * elementary.Pow(q.Value/p.Value, float64(year-p.Year)/float64(q.Year-p.Year))), true
	}
	return 0, false
}
