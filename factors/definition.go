package factors

import (
	"fmt"
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
	Factors []factorEntry  `doc:"factors"` // of a pack that is laid over others: those that it adds
	Tables  []tableEntry   `doc:"tables"`  // absent: every CSV file beside, with all columns
	Series  []seriesEntry  `doc:"series"`
	Derived []derivedEntry `doc:"derived"`
	Accept  []acceptEntry  `doc:"accepted"`
	At      *document.Node `doc:"@"`

	Correlations []correlationEntry `doc:"correlations"`
	Rank         []string           `doc:"rank"` // see Pack.Rank
}

// tableEntry describes a CSV file.
type tableEntry struct {
	File     string            `doc:"file,required"`
	Title    string            `doc:"title"`
	Licence  string            `doc:"licence,required"`
	Doc      string            `doc:"doc"`
	Constant map[string]string `doc:"constant"` // columns that the file does not have, with the value of all of its rows
	At       *document.Node    `doc:"@"`
}

// seriesEntry names a publication whose values may stand beside those of others.
type seriesEntry struct {
	Name  string         `doc:"name,required"`
	Title string         `doc:"title,required"`
	Why   string         `doc:"why,required"`
	At    *document.Node `doc:"@"`
}

// acceptEntry accepts findings of Lint. Empty fields fit anything.
type acceptEntry struct {
	Lint       string         `doc:"lint,required"`
	Table      string         `doc:"table"`
	Factor     string         `doc:"factor"`
	Category   string         `doc:"category"`
	Region     string         `doc:"region"`
	Technology string         `doc:"technology"`
	Series     string         `doc:"series"`
	Reason     string         `doc:"reason,required"`
	At         *document.Node `doc:"@"`
}

// factorEntry defines a factor.
type factorEntry struct {
	Name  string         `doc:"name,required"`
	Title string         `doc:"title,required"`
	Per   string         `doc:"per,required"`
	Unit  string         `doc:"unit"` // of a factor without categories
	Keys  []string       `doc:"keys"`
	Min   *float64       `doc:"min"` // likewise, in its unit
	Max   *float64       `doc:"max"`
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
	seriesName  = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,63}$`)
	packVersion = regexp.MustCompile(`^[0-9][0-9A-Za-z.-]{0,31}$`)
	factorName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	tableName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.csv$`)
	fullDate    = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)
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
	l.layer.Ref, l.layer.Status = f.Pack+"@"+f.Version, f.Status
	if !l.layer.Overlay {
		p.Name, p.Version, p.Status, p.Date, p.Title, p.Doc = f.Pack, f.Version, f.Status, f.Date, f.Title, f.Doc
		if len(f.Factors) == 0 {
			missing := root.Problem(diag.MissingKey, "the pack defines no factor")
			missing.Hint = "factors: a list of {name, title, per, keys}; a pack that lies over another one is checked with it: " + l.overlayCheck()
			l.probs.Add(missing)
		}
	}
	for _, e := range f.Factors {
		l.define(e)
	}
	for _, e := range f.Series {
		l.rankSeries(e)
	}
	for _, e := range f.Derived {
		l.defineDerived(e)
	}
	l.described = nil
	for _, e := range f.Tables {
		l.describe(e)
	}
	l.listed = f.Tables != nil
	for _, e := range f.Accept {
		l.accept(e)
	}
	for _, e := range f.Correlations {
		l.correlate(e)
	}
	l.rank(root.Get("rank"), f.Rank)
	return true
}

// rank checks the order of factors that a layer states, which comes before that of the layers below.
func (l *loader) rank(n *document.Node, names []string) {
	for i, name := range names {
		if _, ok := l.pack.Definition(name); !ok {
			p := n.Items[i].Problem(diag.UnknownName, "the pack defines no factor %q", name)
			p.Hint = meant(name, l.factorNames())
			l.probs.Add(p)
		} else if slices.Contains(names[:i], name) {
			l.probs.Add(n.Items[i].Problem(diag.DuplicateName, "the factor %s is ranked twice", name))
		}
	}
	l.pack.Rank = append(slices.Clone(names), slices.DeleteFunc(l.pack.Rank, func(name string) bool { return slices.Contains(names, name) })...)
}

// describe checks what pack.yaml says of a table.
func (l *loader) describe(e tableEntry) {
	if e.At == nil || e.At.Kind != document.Map || e.File == "" {
		return // said already
	}
	if !tableName.MatchString(e.File) {
		l.probs.Add(e.At.Get("file").Problem(diag.BadValue, "a table is a file beside pack.yaml whose name ends in .csv, found %q", e.File))
		return
	}
	for i := range l.described {
		if l.described[i].File == e.File {
			l.probs.Add(e.At.Get("file").Problem(diag.DuplicateName, "the table %s is described twice", e.File))
			return
		}
	}
	var constant []document.Field
	if n := e.At.Get("constant"); n != nil {
		constant = n.Fields
	}
	for _, f := range constant {
		if !slices.Contains(columnNames, f.Key) {
			p := e.At.ProblemAt(f.Place, diag.UnknownColumn, "a factor table has no column %q", f.Key)
			p.Hint = meant(f.Key, columnNames)
			l.probs.Add(p)
		} else if f.Key == columnNames[colLicence] {
			l.probs.Add(e.At.ProblemAt(f.Place, diag.BadValue, "the licence of a table stands beside its file, not in constant"))
		}
	}
	l.described = append(l.described, e)
}

// rankSeries adds a series to the order of preference, behind those of its own layer and before those of layers beneath.
func (l *loader) rankSeries(e seriesEntry) {
	if e.At == nil || e.At.Kind != document.Map || e.Name == "" {
		return
	}
	if !seriesName.MatchString(e.Name) {
		l.probs.Add(e.At.Get("name").Problem(diag.BadValue, "a series has a lower-case name such as owid-ember, found %q", e.Name))
		return
	}
	p := l.pack
	for i := range p.Series {
		if p.Series[i].Name == e.Name {
			if i < l.ranked {
				l.probs.Add(e.At.Get("name").Problem(diag.DuplicateName, "the series %s stands twice", e.Name))
				return
			}
			p.Series = slices.Delete(p.Series, i, i+1) // the upper layer's place counts
			break
		}
	}
	p.Series = slices.Insert(p.Series, l.ranked, Series{e.Name, e.Title, e.Why})
	l.ranked++
}

// accept adds an accepted finding.
func (l *loader) accept(e acceptEntry) {
	if e.At == nil || e.At.Kind != document.Map || e.Lint == "" {
		return
	}
	if !slices.Contains(LintNames(), e.Lint) {
		p := e.At.Get("lint").Problem(diag.UnknownName, "there is no lint %q", e.Lint)
		p.Hint = meant(e.Lint, LintNames())
		l.probs.Add(p)
		return
	}
	if strings.TrimSpace(e.Reason) == "" && e.At.Get("reason") != nil {
		l.probs.Add(e.At.Get("reason").Problem(diag.MissingValue, "a finding is accepted with a reason"))
	}
	l.pack.Accepted = append(l.pack.Accepted, Accepted{Lint: e.Lint, Table: e.Table, Factor: e.Factor, Category: e.Category, Region: e.Region,
		Technology: e.Technology, Series: e.Series, Reason: e.Reason, Place: e.At.Place})
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
	beneath, again := l.pack.Definition(e.Name)
	if again && l.defined[e.Name] {
		l.probs.Add(e.At.Get("name").Problem(diag.DuplicateName, "the factor %s is defined twice", e.Name))
		return
	}
	if !again && len(l.pack.Definitions) >= maxFactors {
		l.probs.Add(e.At.Problem(diag.TooLarge, "packs define at most %d factors", maxFactors))
		return
	}
	l.defined[e.Name] = true
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
	l.bounds(&e, &d)
	if again {
		l.sameBounds(&e, &d, beneath)
		if d.perKnown && beneath.perKnown && !beneath.same(&d) {
			p := e.At.Get("name").Problem(diag.UnitMismatch, "%s is %s here, %s in the pack beneath", d.Name, d.meaning(), beneath.meaning())
			p.Hint = "leave the definition out: that of the pack beneath holds"
			l.probs.Add(p)
		}
		return
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
	d := derivation{place: e.At.Place, selects: Select(e.Select), table: &Table{File: packFileName, shown: e.At.Place.File, column: e.At.Place.Col, Layer: len(l.pack.Layers) - 1}}
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
	l.categories(e.At, e.Categories)
	if d.factor == nil || d.mix == nil || d.per == nil {
		return
	}
	for i, c := range e.Categories {
		switch again := l.derivedBefore(d, c); {
		case again == nil:
			d.categories = append(d.categories, c)
		case again.table.Layer == d.table.Layer:
			l.probs.Add(e.At.Get("categories").Items[i].Problem(diag.DuplicateName, "%s %s is derived twice, also at %s", d.factor.Name, c, again.place))
		} // what a layer beneath derives is derived from the rows of this one too
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

func (l *loader) noFactor(name string) *fault {
	hint := meant(name, l.factorNames())
	if len(l.pack.Definitions) == 0 && !l.layer.Overlay {
		hint = "a pack that lies over another one is checked with it: " + l.overlayCheck()
	}
	return &fault{diag.UnknownName, fmt.Sprintf("pack.yaml defines no factor %q", name), hint}
}

// overlayCheck is the command that checks the layer as one that lies over another pack.
func (l *loader) overlayCheck() string { return "ailca factors lint PACK@VERSION " + l.layer.Path }

// derivedBefore is a derivation read before that gives the same rows of a category, or nil.
func (l *loader) derivedBefore(d derivation, category string) *derivation {
	for i := range l.derived {
		if o := &l.derived[i]; o.factor == d.factor && o.mix == d.mix && o.per == d.per && o.selects == d.selects && slices.Contains(o.categories, category) {
			return o
		}
	}
	return nil
}

func (l *loader) factorNames() []string {
	out := make([]string, len(l.pack.Definitions))
	for i, d := range l.pack.Definitions {
		out[i] = d.Name
	}
	return out
}

func list(keys []string) string {
	if len(keys) == 0 {
		return "nothing"
	}
	return strings.Join(keys, ", ")
}

// categories checks those that an entry lists.
func (l *loader) categories(entry *document.Node, names []string) {
	for i, c := range names {
		n := entry.Get("categories").Items[i]
		if _, ok := lca.Words().Category(c); !ok {
			p := n.Problem(diag.UnknownName, "unknown category %q", c)
			p.Hint = meant(c, lca.Words().CategoryNames())
			l.probs.Add(p)
		} else if slices.Contains(names[:i], c) {
			l.probs.Add(n.Problem(diag.DuplicateName, "the category %s is given twice", c))
		}
	}
}
