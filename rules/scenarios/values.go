package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Values are what the drivers and terms of a scenario come to, by year and by what they are told apart by.
type Values struct {
	from, to int
	keys     [4][]string          // of each of Dimensions: what some driver tells apart; the first is empty and stands for all others
	places   *places              // regions are told apart by their chains of keys
	columns  map[string][]value   // by name: year by year for each combination of keys
	courses  map[string][]*Course // by name: that which is taken for each key of what the driver is told apart by; nil where it says nothing
}

// value is that of a driver in a year.
type value struct {
	v     float64
	state state
}

// state says whether a scenario says anything of a driver.
type state uint8

const (
	missing state = iota // it says nothing, though it says something elsewhere
	held                 // it says that it says nothing
	given
)

// maxCells bounds values: years times combinations of keys times drivers and terms.
const maxCells = 1_000_000

// evaluate computes all values of drivers; nil where there are problems, which are told.
func (l *loader) evaluate(all []Driver) *Values {
	before := l.probs.Count(diag.Error)
	s := l.s
	v := &Values{from: s.From, to: s.To, columns: map[string][]value{}, courses: map[string][]*Course{}}
	for dim, name := range Dimensions {
		v.keys[dim] = []string{""}
		for i := range all {
			for _, c := range all[i].Values {
				if all[i].By == name && !slices.Contains(v.keys[dim], c.Key) {
					v.keys[dim] = append(v.keys[dim], c.Key)
				}
			}
		}
		slices.Sort(v.keys[dim])
	}
	v.places = newPlaces(s.Regions, v.keys[0][1:])
	if n := v.combinations() * v.years() * len(all); n > maxCells {
		p := l.root.Problem(diag.TooLarge, "%d values of all drivers and terms, by year, region, task, category and kind; at most %d are taken", n, maxCells)
		p.Hint = "fewer regions, tasks and terms, or fewer years"
		l.probs.Add(p)
		return nil
	}
	for i := range all {
		d := &all[i]
		v.courses[d.Name] = v.taken(d)
		v.columns[d.Name] = v.own(d)
	}
	l.formulas(v, all)
	if l.probs.Count(diag.Error) > before {
		return nil
	}
	for i := range all {
		l.bounds(v, &all[i])
	}
	if l.probs.Count(diag.Error) > before {
		return nil
	}
	return v
}

// size is how many keys of a dimension are told apart.
func (v *Values) size(dim int) int {
	if dim == 0 {
		return len(v.places.chains)
	}
	return len(v.keys[dim])
}

func (v *Values) combinations() int {
	n := 1
	for dim := range v.keys {
		n *= v.size(dim)
	}
	return n
}

func (v *Values) years() int { return v.to - v.from + 1 }

// combination takes a number apart into places of keys, of regions into the number of their chain.
func (v *Values) combination(n int) (at [4]int) {
	for dim := range at {
		at[dim] = n % v.size(dim)
		n /= v.size(dim)
	}
	return at
}

// taken are the courses that a driver takes for each key of what it is told apart by.
func (v *Values) taken(d *Driver) []*Course {
	if d.By == "" {
		return []*Course{&d.Values[0]}
	}
	find := func(key string) *Course {
		if i := slices.IndexFunc(d.Values, func(c Course) bool { return c.Key == key }); i >= 0 {
			return &d.Values[i]
		}
		return nil
	}
	dim := slices.Index(Dimensions, d.By)
	out := make([]*Course, v.size(dim))
	for at := range out {
		near := v.keys[dim]
		if dim == 0 {
			near = v.places.chains[at]
		} else {
			near = near[at : at+1]
		}
		for _, key := range append(slices.Clone(near), "") {
			if out[at] = find(key); out[at] != nil {
				break
			}
		}
	}
	return out
}

// course is that which a driver takes for a combination of keys; nil where it says nothing.
func (v *Values) course(d *Driver, n int) *Course {
	if d.By == "" {
		return v.courses[d.Name][0]
	}
	return v.courses[d.Name][v.combination(n)[slices.Index(Dimensions, d.By)]]
}

// own are the values of a driver's courses but for formulas, in the unit of its definition.
func (v *Values) own(d *Driver) []value {
	out := make([]value, v.combinations()*v.years())
	num, den := 1.0, 1.0
	if d.Definition != nil {
		num, den, _ = unit.Ratio(d.Unit, d.Definition.unit) // checked before
	}
	for n := range v.combinations() {
		c := v.course(d, n)
		if c == nil || c.Form == "expr" {
			continue
		}
		for y := range v.years() {
			to := &out[n*v.years()+y]
			if c.Form == hold {
				to.state = held
			} else if x, ok := c.value(v.from + y); ok {
				*to = value{float64(x*num) / den, given}
			}
		}
	}
	return out
}

// Measured is the unit that values are in: that of the definition, or of a term its own.
func (d *Driver) Measured() string {
	if d.Definition != nil {
		return d.Definition.Unit
	}
	return d.UnitText
}

// bounds refuses values that no driver can have, once for each course.
func (l *loader) bounds(v *Values, d *Driver) {
	told := map[*Course]bool{}
	for n, x := range v.columns[d.Name] {
		if x.state != given {
			continue
		}
		message, code := "", diag.OutOfRange
		switch def := d.Definition; {
		case math.IsInf(x.v, 0):
			message, code = "is infinite", diag.NotFinite
		case math.IsNaN(x.v):
			message, code = "is no number", diag.NotFinite
		case def == nil:
		case def.Min != nil && x.v < *def.Min:
			message = fmt.Sprintf("is %v, below %v", short(x.v), *def.Min)
		case def.Max != nil && x.v > *def.Max:
			message = fmt.Sprintf("is %v, above %v", short(x.v), *def.Max)
		}
		if message == "" {
			continue
		}
		c := v.course(d, n/v.years())
		if told[c] {
			continue
		}
		told[c] = true
		year := v.from + n%v.years()
		p := c.place(year).Problem(code, "%s%s in %d %s", d.Name, v.words(n/v.years()), year, message)
		switch {
		case code == diag.NotFinite && c.Form == "expr":
			p.Why = "a formula divides by 0, takes the logarithm or a root of what has none, or goes beyond all numbers"
		case d.Definition != nil:
			p.Why = d.Definition.Title
			if unit := d.Measured(); unit != "1" {
				p.Why += ", in " + unit
			}
		}
		l.tell(p)
	}
}

// tell adds a problem of values. What this scenario brings about in one that it rests on is told where it says that it does: the other file is sound.
func (l *loader) tell(p diag.Problem) {
	if at := l.root.Get("based_on"); at != nil && p.Place.File != l.root.Place.File {
		moved := at.Problem(p.Code, "%s: %s", p.Place, p.Message)
		moved.Why, moved.Hint = "with what this scenario puts in its place or takes away, a driver of the other no longer works out", p.Hint
		p = moved
	}
	l.probs.Add(p)
}

// words names the keys of a combination: " of USA, text_generation".
func (v *Values) words(n int) string {
	var out []string
	for dim, at := range v.combination(n) {
		word := v.keys[dim][min(at, len(v.keys[dim])-1)]
		if dim == 0 {
			if word = ""; at > 0 && len(v.places.chains[at]) > 0 {
				word = v.places.chains[at][0]
			}
		}
		if word != "" {
			out = append(out, word)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " of " + strings.Join(out, ", ")
}

// place is where a course says what it is in a year.
func (c *Course) place(year int) *document.Node {
	at := c.at.Get(c.Form)
	for _, p := range c.Points {
		if p.Year == year {
			at = p.at
		}
	}
	for _, r := range c.Rates {
		if r.Year <= year && year > c.first {
			at = r.at
		}
	}
	return at
}

// short writes a number for a message.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// Asked is what a value is asked for: empty words stand for all.
type Asked struct{ Region, Task, Category, Kind string }

// Answer says what a scenario says of a driver in a year.
type Answer struct {
	Value float64 // in the unit of the definition
	Given bool    // false: nothing is said
	Held  bool    // the scenario says that it says nothing, and what the driver acts on stays as it is
}

// Value is what a driver or a term comes to. ok is false of a name that the scenario does not have, and of a year that it does not cover.
func (s *Scenario) Value(name string, of Asked, year int) (a Answer, ok bool) {
	v := s.values
	column := v.columns[name]
	if column == nil || year < v.from || year > v.to {
		return Answer{}, false
	}
	x := column[v.number(of)*v.years()+year-v.from]
	return Answer{x.v, x.state == given, x.state == held}, true
}

// number is that of the combination of keys that fits what is asked.
func (v *Values) number(of Asked) int {
	n := 0
	for dim, at := range slices.Backward([]int{v.places.at(of.Region), max(slices.Index(v.keys[1], of.Task), 0), max(slices.Index(v.keys[2], of.Category), 0), max(slices.Index(v.keys[3], of.Kind), 0)}) {
		n = n*v.size(dim) + at
	}
	return n
}

// Keys are what a driver or a term is told apart by: first all together, then each key by which it comes to other values than without it; of a region, than what the region is part of.
func (s *Scenario) Keys(name string) []Asked {
	v := s.values
	column := v.columns[name]
	if column == nil {
		return nil
	}
	years := v.years()
	same := func(a, b Asked) bool {
		x, y := v.number(a), v.number(b)
		return slices.Equal(column[x*years:(x+1)*years], column[y*years:(y+1)*years])
	}
	out := []Asked{{}}
	add := func(of, within Asked) {
		if !same(of, within) {
			out = append(out, of)
		}
	}
	for _, region := range v.keys[0] {
		within := Asked{}
		if chain := v.places.chain(region); len(chain) > 1 {
			within.Region = chain[1]
		}
		add(Asked{Region: region}, within)
	}
	for _, task := range v.keys[1] {
		add(Asked{Task: task}, Asked{})
	}
	for _, category := range v.keys[2] {
		add(Asked{Category: category}, Asked{})
	}
	for _, kind := range v.keys[3] {
		add(Asked{Kind: kind}, Asked{})
	}
	return out
}

// ByRole finds the driver that has a role.
func (s *Scenario) ByRole(role string) (*Driver, bool) {
	for i := range s.Drivers {
		if s.Drivers[i].Definition.Role == role {
			return &s.Drivers[i], true
		}
	}
	return nil, false
}
