// Package scenarios reads scenarios: what drives the impact of AI, year by year, as others published it or as somebody assumes it.
//
// # Drivers
//
// A driver is a quantity by year, such as the activity of deployments, the PUE or the electricity of all data centres, for all the world or by region, task class or
// impact category. Which drivers there are, in which unit, between which bounds, and what each acts on, is data: drivers.yaml. A scenario gives values, as
//
//   - value: a constant;
//   - series: values of single years, with what lies between them (growth at a constant rate, linear, step, none) and after or before them (hold, growth, none);
//   - growth: a rate, or rates from a year on, of what is start in the first year;
//   - s_curve: a logistic curve between two levels;
//   - expr: a formula of year, other drivers and terms, in the language of methods (package rules), whose units are checked.
//
// Each says what it rests on: published, derived (arithmetic on what was published), fitted, or an assumption. Terms are quantities that only formulas of the scenario read.
//
// Drivers act by the ratio of their value to that of the base year: a driver that a scenario does not name stays as it is. A scenario may rest on another and put
// drivers of its own in the place of that one's.
//
// # What is published
//
// Under published: a scenario lists what its source prints of it, which the values must come to: points of a series exactly, computed indices within a tolerance. A number that an
// input was chosen to meet is fitted, and no check.
package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/shelf"
)

// Scenario is a scenario with all its values. It is immutable.
type Scenario struct {
	Name         string
	Version      string
	Status       string // draft or released
	Date         string
	Title        string
	Doc          string
	Of           string                       // what its numbers are of: whoever cites a ratio cites this
	Translations map[string]shelf.Translation // of title and of, by language
	Source       string
	URL          string
	Licence      string
	From, To     int    // years, both included
	BasedOn      string // name@version; empty: it stands alone
	Regions      []Group
	Drivers      []Driver // own and those of the scenario that it rests on, sorted by name
	Terms        []Driver // likewise
	Published    []Published
	Digest       string // SHA-256 of the file, and of those that it rests on
	Files        []File // the file, and those that it rests on which are not part of the program; empty of an embedded scenario

	values *Values
	root   *document.Node
}

// File is a scenario's file.
type File struct {
	Path string // as it is named: of the first one by whoever loads it, of others by based_on
	Text []byte
}

// Ref is name@version.
func (s *Scenario) Ref() string { return s.Name + "@" + s.Version }

// Group is a region of a scenario that no registry has, such as Asia without China: regions that are part of a member, save those that the driver names nearer.
type Group struct {
	Name    string
	Title   string         `doc:"title,required"`
	Members []string       `doc:"members,required"`
	At      *document.Node `doc:"@"`
}

// Driver is a driver or a term as a scenario gives it.
type Driver struct {
	Name         string
	Definition   *Definition // nil of a term
	Title        string
	Unit         unit.Unit
	UnitText     string
	Basis        string // see Bases
	Doc          string
	Source       string
	By           string   // region, task, category; empty: one value for all
	Values       []Course // one, or one for each of what it is told apart by
	Distribution *dist.Dist
	DistText     string
	From         string // the scenario that states it

	at *document.Node
}

// Place is where the driver stands.
func (d *Driver) Place() diag.Place { return d.at.Place }

// Bases are what a driver may rest on, from the surest to the least sure.
var Bases = []string{"published", "derived", "fitted", "assumption"}

var (
	taskName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)
	driverName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
)

// languageWords are the words of formulas, which name neither drivers nor terms.
var languageWords = []string{"true", "false", "nil", "and", "or", "not", "in", "let", "if", "else", "matches", "contains", "choice", "q",
	"min", "max", "abs", "ceil", "floor", "round", "sqrt", "exp", "ln", "log2", "pow", "ceil_pow2"}

// Bounds of a scenario: far more than a person writes.
const (
	firstYear, lastYear = 1970, 2200
	maxDrivers          = 300
	maxKeys             = 300
	maxGroups           = 100
	maxDepth            = 8 // scenarios that rest on each other
)

// loader reads one file.
type loader struct {
	s     *Scenario
	root  *document.Node
	probs *diag.List
	base  *Scenario
	lost  bool // it rests on one that cannot be had
	dated bool // its first and last year are known
}

func (l *loader) bad(n *document.Node, code diag.Code, hint, format string, args ...any) {
	p := n.Problem(code, format, args...)
	p.Hint = hint
	l.probs.Add(p)
}

// load reads a scenario; find finds the one that it rests on. All problems go to probs; nil where there are any.
func load(name string, text []byte, digest string, find func(ref string, at *document.Node) *Scenario, probs *diag.List) *Scenario {
	before := probs.Count(diag.Error)
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	if what := otherFile(root); what != "" {
		p := root.Problem(diag.Usage, "this is %s, not a scenario", what)
		p.Hint = "a scenario begins with scenario: NAME; ailca scenarios template prints one"
		probs.Add(p)
		return nil
	}
	var raw struct {
		Scenario     string                       `doc:"scenario,required"`
		Version      string                       `doc:"version,required"`
		Status       string                       `doc:"status,required"`
		Date         string                       `doc:"date,required"`
		Title        string                       `doc:"title,required"`
		Translations map[string]shelf.Translation `doc:"translations"`
		Doc          string                       `doc:"doc"`
		Of           string                       `doc:"of,required"`
		Source       string                       `doc:"source,required"`
		URL          string                       `doc:"url"`
		Licence      string                       `doc:"licence"`
		From         int                          `doc:"from,required"`
		To           int                          `doc:"to,required"`
		BasedOn      string                       `doc:"based_on"`
		Regions      *document.Node               `doc:"regions"`
		Drivers      *document.Node               `doc:"drivers"`
		Terms        *document.Node               `doc:"terms"`
		Published    []Published                  `doc:"published"`
	}
	document.Decode(root, &raw, probs)
	s := &Scenario{Name: raw.Scenario, Version: raw.Version, Status: raw.Status, Date: raw.Date, Title: raw.Title, Doc: raw.Doc, Of: raw.Of, Translations: raw.Translations, Source: raw.Source, URL: raw.URL,
		Licence: raw.Licence, From: raw.From, To: raw.To, BasedOn: raw.BasedOn, Published: raw.Published, Digest: digest, root: root}
	l := &loader{s: s, root: root, probs: probs}
	l.head()
	if at := root.Get("based_on"); at != nil && at.Kind == document.Scalar {
		if l.base = find(s.BasedOn, at); l.base != nil {
			s.Digest = digestOf([]byte(digest + l.base.Digest))
			s.Regions = slices.Clone(l.base.Regions)
		}
		l.lost = l.base == nil
	}
	l.groups(raw.Regions)
	s.Drivers = l.drivers(raw.Drivers, "driver")
	s.Terms = l.drivers(raw.Terms, "term")
	if l.base != nil {
		s.Drivers = l.inherited(s.Drivers, l.base.Drivers, raw.Drivers)
		s.Terms = l.inherited(s.Terms, l.base.Terms, raw.Terms)
	}
	if len(s.Terms) > maxDrivers {
		l.bad(root, diag.TooLarge, "", "%d terms, those of %s included; at most %d are taken", len(s.Terms), s.BasedOn, maxDrivers)
	}
	byName := func(a, b Driver) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(s.Drivers, byName)
	slices.SortFunc(s.Terms, byName)
	l.distinct()
	l.publishedForm()
	if probs.Count(diag.Error) > before {
		l.checkRest()
		return nil
	}
	if s.values = l.evaluate(slices.Concat(s.Drivers, s.Terms)); s.values == nil {
		return nil
	}
	l.checkPublished()
	l.lint()
	if probs.Count(diag.Error) > before {
		return nil
	}
	return s
}

// otherFile says what a file is that is no scenario; empty where it may be one.
func otherFile(root *document.Node) string {
	if root.Get("scenario") != nil {
		return ""
	}
	for _, x := range []struct{ key, what string }{{"kinds", "a method"}, {"study", "a study, or the record of a run"}, {"pack", "the definition of a factor pack"}, {"inventories", "a study"}} {
		if root.Get(x.key) != nil {
			return x.what
		}
	}
	return ""
}

func (l *loader) head() {
	s, root := l.s, l.root
	is := func(key string) *document.Node {
		if n := root.Get(key); n != nil && n.Kind == document.Scalar {
			return n
		}
		return nil
	}
	shelf.Head(root, "scenario", []string{"of", "source", "title"}, l.probs)
	shelf.Translations(root, []string{"title", "of"}, l.probs)
	l.dated = true
	for _, x := range []struct {
		key  string
		year int
	}{{"from", s.From}, {"to", s.To}} {
		n := is(x.key)
		within := firstYear <= x.year && x.year <= lastYear
		l.dated = l.dated && n != nil && within
		if n == nil || within {
			continue
		}
		if _, err := strconv.Atoi(n.Text); err == nil { // else told already
			l.bad(n, diag.OutOfRange, "", "the year %d is outside %d to %d", x.year, firstYear, lastYear)
		}
	}
	if n := is("to"); l.dated && s.To <= s.From {
		l.bad(n, diag.OutOfRange, "", "a scenario that begins in %d cannot end in %d", s.From, s.To)
		l.dated = false
	}
}

// groups reads the scenario's own regions.
func (l *loader) groups(n *document.Node) {
	if n == nil || n.Kind == document.Null {
		return
	}
	if n.Kind != document.Map {
		l.bad(n, diag.BadType, "", "expected a map of regions, found %s", n.Kind)
		return
	}
	if len(n.Fields)+len(l.s.Regions) > maxGroups {
		l.bad(n, diag.TooLarge, "", "%d regions of the scenario's own, those of the one that it rests on included; at most %d are taken", len(n.Fields)+len(l.s.Regions), maxGroups)
		return
	}
	for _, f := range n.Fields {
		g := Group{}
		document.Decode(f.Value, &g, l.probs)
		g.Name = f.Key
		if !shelf.IsName(g.Name) || g.Name == otherwise {
			l.probs.Add(n.ProblemAt(f.Place, diag.BadValue, "%q is no name of a region: lower-case letters, digits and -", g.Name))
		}
		if at := g.At.Get("members"); at != nil && len(g.Members) == 0 && at.Kind != document.Scalar && at.Kind != document.Map {
			l.bad(at, diag.MissingValue, "members: [SWE, NOR, DNK]", "the region %s has no members", g.Name)
		}
		for i, m := range g.Members {
			at := g.At.Get("members").Items[i]
			if _, ok := names.Regions().Lookup(m); ok || at.Kind != document.Scalar {
				continue
			}
			hint := "a code of ailca regions, such as USA"
			if near := names.Regions().Nearest(m); near != "" {
				hint = "did you mean " + near + "?"
			}
			l.bad(at, diag.UnknownName, hint, "unknown region %q", m)
		}
		if i := slices.IndexFunc(l.s.Regions, func(o Group) bool { return o.Name == g.Name }); i >= 0 {
			l.s.Regions[i] = g
			continue
		}
		l.s.Regions = append(l.s.Regions, g)
	}
}

// inherited adds what the scenario below has and this one does not name.
func (l *loader) inherited(own, base []Driver, n *document.Node) []Driver {
	for _, d := range base {
		if n.Get(d.Name) != nil {
			continue // replaced, or taken away by naming nothing
		}
		own = append(own, d)
		for i := range d.Values {
			l.covered(&d, &d.Values[i])
		}
	}
	return own
}

// covered refuses years that the scenario below does not have, where what it says of a driver does not go on.
func (l *loader) covered(d *Driver, c *Course) {
	if !l.dated {
		return
	}
	if lacking := c.lacking(l.s.From, l.s.To); len(lacking) > 0 {
		at := l.root.Get("to")
		if lacking[0] < l.base.From {
			at = l.root.Get("from")
		}
		p := at.Problem(diag.MissingValue, "%s has no value of %s in %s", l.base.Ref(), d.Name, listed(lacking))
		p.Why = fmt.Sprintf("it covers %d to %d, and this scenario, which rests on it, %d to %d", l.base.From, l.base.To, l.s.From, l.s.To)
		p.Hint = "cover no more years, or give " + d.Name + " a course here"
		l.probs.Add(p)
	}
}

// distinct refuses a name that means two things.
func (l *loader) distinct() {
	for _, t := range l.s.Terms {
		if _, ok := DefinitionOf(t.Name); ok {
			l.bad(t.at, diag.DuplicateName, "give the term another name, or move it to drivers", "the term %s is named as a driver is", t.Name)
		}
		if t.Name == yearName {
			l.bad(t.at, diag.DuplicateName, "", "year is the calendar year")
		}
	}
}

// Get finds a driver or a term.
func (s *Scenario) Get(name string) (*Driver, bool) {
	for _, list := range [][]Driver{s.Drivers, s.Terms} {
		for i := range list {
			if list[i].Name == name {
				return &list[i], true
			}
		}
	}
	return nil, false
}

// Problem makes a problem of the scenario as a whole, at its years.
func (s *Scenario) Problem(code diag.Code, format string, args ...any) diag.Problem {
	at := s.root
	if n := s.root.Get("to"); n != nil {
		at = n
	}
	return at.Problem(code, format, args...)
}

// DriverProblem makes a problem of a driver at its place.
func (s *Scenario) DriverProblem(d *Driver, code diag.Code, format string, args ...any) diag.Problem {
	return d.at.Problem(code, format, args...)
}
