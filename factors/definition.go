package factors

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

const packFileName = "pack.yaml"

// maxFactors bounds how many factors a pack defines.
const maxFactors = 200

// packFile is pack.yaml.
type packFile struct {
	Pack    string         `doc:"pack,required"`
	Version string         `doc:"version,required"`
	Status  string         `doc:"status,required"`
	Date    string         `doc:"date,required"`
	Title   string         `doc:"title,required"`
	Doc     string         `doc:"doc"`
	Factors []factorEntry  `doc:"factors,required"`
	Derived []derivedEntry `doc:"derived"`
	At      *document.Node `doc:"@"`
}

// factorEntry defines a factor.
type factorEntry struct {
	Name  string         `doc:"name,required"`
	Title string         `doc:"title,required"`
	Per   string         `doc:"per,required"`
	Unit  string         `doc:"unit"` // of a factor without categories
	Keys  []string       `doc:"keys"`
	Doc   string         `doc:"doc"`
	At    *document.Node `doc:"@"`
}

// derivedEntry asks for rows that are computed from others.
type derivedEntry struct {
	Factor        string         `doc:"factor,required"`
	Categories    []string       `doc:"categories,required"`
	Mix           string         `doc:"mix,required"`
	PerTechnology string         `doc:"per_technology,required"`
	Select        selectEntry    `doc:"select"`
	Doc           string         `doc:"doc"` // for who reads the file
	At            *document.Node `doc:"@"`
}

// selectEntry says what kind of electricity figure the derived rows are.
type selectEntry struct {
	Flow   string `doc:"flow"`
	Point  string `doc:"point"`
	Scope  string `doc:"scope"`
	Margin string `doc:"margin"`
}

var (
	packName    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)
	packVersion = regexp.MustCompile(`^[0-9][0-9A-Za-z.-]{0,31}$`)
	factorName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	fullDate    = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
	someDate    = regexp.MustCompile(`^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`)
)

// readDefinitions reads pack.yaml; false where it is not readable at all.
func (l *loader) readDefinitions(file string, text []byte) bool {
	root := document.Parse(file, text, l.probs)
	if root == nil {
		return false
	}
	var f packFile
	document.Decode(root, &f, l.probs)
	if root.Kind != document.Map {
		return false
	}
	for _, c := range []struct {
		key, value string
		form       *regexp.Regexp
		like       string
	}{
		{"pack", f.Pack, packName, "a lower-case name such as open"},
		{"version", f.Version, packVersion, `a version such as "2025.1"`},
		{"date", f.Date, fullDate, "a date such as 2026-01-31"},
		{"status", f.Status, regexp.MustCompile(`^(draft|released)$`), "draft or released"},
	} {
		if n := root.Get(c.key); n != nil && n.Kind == document.Scalar && !c.form.MatchString(c.value) {
			l.probs.Add(n.Problem(diag.BadValue, "expected %s, found %q", c.like, c.value))
		}
	}
	p := l.pack
	p.Name, p.Version, p.Status, p.Date, p.Title, p.Doc = f.Pack, f.Version, f.Status, f.Date, f.Title, f.Doc
	for _, e := range f.Factors {
		l.define(e)
	}
	for _, e := range f.Derived {
		l.defineDerived(e)
	}
	return true
}

// define adds a factor.
func (l *loader) define(e factorEntry) {
	if e.At == nil || e.At.Kind != document.Map || e.Name == "" {
		return // said already
	}
	if !factorName.MatchString(e.Name) {
		l.probs.Add(e.At.Get("name").Problem(diag.BadValue, "a factor's name is lower case with underscores, found %q", e.Name))
		return
	}
	if len(l.pack.Definitions) == maxFactors {
		l.probs.Add(e.At.Problem(diag.TooLarge, "a pack defines at most %d factors", maxFactors))
	}
	if len(l.pack.Definitions) >= maxFactors {
		return
	}
	if _, ok := l.pack.Definition(e.Name); ok {
		l.probs.Add(e.At.Get("name").Problem(diag.DuplicateName, "the factor %s is defined twice", e.Name))
		return
	}
	d := Definition{Name: e.Name, Title: e.Title, Doc: e.Doc, Keys: e.Keys, Place: e.At.Place}
	d.Per, d.perKnown = l.unitAt(e.At.Get("per"), e.Per)
	if e.Unit != "" {
		d.unit, d.unitKnown = l.unitAt(e.At.Get("unit"), e.Unit)
	}
	for i, k := range e.Keys {
		n := e.At.Get("keys").Items[i]
		if slices.Contains(e.Keys[:i], k) {
			l.probs.Add(n.Problem(diag.DuplicateName, "the key %s is given twice", k))
		}
		switch k {
		case "region":
			d.byRegion = true
		case "year":
			d.byYear = true
		case "technology":
			d.byTechnology = true
		default:
			p := n.Problem(diag.UnknownName, "rows cannot be found by %q", k)
			p.Hint = meant(k, keyWords)
			l.probs.Add(p)
		}
	}
	l.pack.byName[d.Name] = len(l.pack.Definitions)
	l.pack.Definitions = append(l.pack.Definitions, d)
}

// unitAt parses a unit at a node; false, reported there, where it is none.
func (l *loader) unitAt(n *document.Node, text string) (unit.Unit, bool) {
	u, err := unit.Parse(text)
	if err != nil && n != nil && n.Kind == document.Scalar {
		l.probs.Add(n.Problem(diag.BadUnit, "%v", err))
	}
	return u, err == nil
}

// defineDerived checks what an entry of derived asks for.
func (l *loader) defineDerived(e derivedEntry) {
	if e.At == nil || e.At.Kind != document.Map {
		return
	}
	d := derivation{place: e.At.Place, selects: Select(e.Select)}
	before := l.probs.Count(diag.Error)
	for _, want := range []struct {
		key, name string
		into      **Definition
	}{{"factor", e.Factor, &d.factor}, {"mix", e.Mix, &d.mix}, {"per_technology", e.PerTechnology, &d.per}} {
		def, ok := l.pack.Definition(want.name)
		if !ok && want.name != "" {
			p := e.At.Get(want.key).Problem(diag.UnknownName, "the pack defines no factor %q", want.name)
			p.Hint = meant(want.name, l.factorNames())
			l.probs.Add(p)
		}
		*want.into = def
	}
	for i, v := range d.selects.values() {
		if v != "" && !slices.Contains(selectors[i].words, v) {
			p := e.At.Get("select").Get(selectors[i].name).Problem(diag.BadValue, "unknown %s %q", selectors[i].name, v)
			p.Hint = meant(v, selectors[i].words)
			l.probs.Add(p)
		}
	}
	for i, c := range e.Categories {
		n := e.At.Get("categories").Items[i]
		if _, ok := lca.Words().Category(c); !ok {
			p := n.Problem(diag.UnknownName, "unknown category %q", c)
			p.Hint = meant(c, categoryNames())
			l.probs.Add(p)
		} else if slices.Contains(e.Categories[:i], c) {
			l.probs.Add(n.Problem(diag.DuplicateName, "the category %s is given twice", c))
		}
	}
	d.categories = e.Categories
	if d.factor == nil || d.mix == nil || d.per == nil {
		return
	}
	refuse := func(key, format string, args ...any) {
		l.probs.Add(e.At.Get(key).Problem(diag.BadValue, format, args...))
	}
	if !d.mix.byTechnology {
		refuse("mix", "%s is not found by technology", d.mix.Name)
	}
	if !d.per.byTechnology {
		refuse("per_technology", "%s is not found by technology", d.per.Name)
	}
	if d.factor.byTechnology || d.factor.byRegion != d.mix.byRegion || d.factor.byYear != d.mix.byYear {
		refuse("factor", "%s is found by %s; a mix found by %s gives values by the same without technology", d.factor.Name, list(d.factor.Keys), list(d.mix.Keys))
	}
	if d.per.byRegion && !d.mix.byRegion || d.per.byYear && !d.mix.byYear {
		refuse("per_technology", "%s is found by %s, which the mix is not", d.per.Name, list(d.per.Keys))
	}
	if d.per.perKnown && d.factor.perKnown && !d.per.Per.Compatible(d.factor.Per) {
		l.probs.Add(e.At.Get("per_technology").Problem(diag.UnitMismatch, "%s is per %s, %s per %s", d.per.Name, d.per.Per, d.factor.Name, d.factor.Per))
	}
	if l.probs.Count(diag.Error) == before {
		l.derived = append(l.derived, d)
	}
}

func (l *loader) factorNames() []string {
	out := make([]string, len(l.pack.Definitions))
	for i, d := range l.pack.Definitions {
		out[i] = d.Name
	}
	return out
}

func categoryNames() []string {
	var out []string
	for _, c := range lca.Words().Categories {
		out = append(out, c.Name)
	}
	return out
}

func list(keys []string) string {
	if len(keys) == 0 {
		return "nothing"
	}
	return strings.Join(keys, ", ")
}
