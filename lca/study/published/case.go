// Package published reads case files: calculations that somebody published, with their inputs and the numbers that came out.
//
// A case is an inventory of a few rows, the factors that the publication used and no others, the method that it followed, and what is expected: numbers as
// printed, each with the tolerance of its print and its class (see Classes). Package study runs it as it runs any study. A case may come from a stranger: its
// file is bounded, reading it runs nothing, and all problems are told at once, each at its place.
//
// Every *.yaml file of this folder is a case of the program. A new case is a file:
//
//	case: patterson-2021                 # the name of the file
//	title: Training of large models, by operations and by days
//	source: "Patterson et al. 2021, arXiv 2104.10350, table 4"
//	url: https://arxiv.org/abs/2104.10350
//	method: patterson@2021               # name@version, or a path that starts with ./
//	choices: {boundary: it}              # optional: choices of the method
//	year: 2020                           # of rows that do not say when they were, and of the results that are looked at
//	licence: cited figures               # optional, of rows and factors
//	released: "2021-04"                  # optional, when the source was published; the year where it is left out
//	tables:                              # rows by kind; a value may carry a unit, a bare number is in the column's
//	  hardware: [{hardware_id: v100, peak_flops: 125 TFLOP/s}]
//	  training_runs: [{run_id: gpt-3, flop: 314 ZFLOP, mfu: 0.1968, hardware_id: v100, device_power: 330 W, power_boundary: it, pue: 1.10, region: USA}]
//	factors:                             # the case's pack: these and no others. A key (region, technology, year) that is left out holds for all
//	  - {factor: electricity, category: climate_change, region: USA, value: 0.429, unit: kg CO2e/kWh, source: table 4}
//	expect:
//	  - {id: B4, what: energy, of: {item: gpt-3, category: final_energy}, value: 1287 MWh, within: 0.3 %, class: exact}
//
// What is expected is one of:
//   - of: cells of the impact table, summed: {item: ID or a list, category: ..., kind, stage (one or a list), perspective, accounting, share_of, year}. The
//     perspective is service, the accounting location, share_of total and the year the case's where they are left out; none of them is ever summed over;
//   - of: {item, category, per: FUNCTIONAL UNIT}: the intensity of one row;
//   - of: {item, quantity: NAME}: a quantity of the method for one row, on a ladder with its rung, such as run_energy.it;
//   - ratio: [ID, ID]: what came out for an expectation of the file over another.
//
// Any of the first three may name another method, of: {item: ID, category: ..., method: other@1}: the same rows and factors, so that a ratio tells what a
// revision changes.
//
// It is expected to be value, or less_than. within is relative (0.3 %) or absolute (0.5 g CO2e). A recomputation also says recomputed: what comes out in place
// of what was printed.
//
// Columns that a kind requires and a row leaves out get the case's source and licence, quality reported, scope volume, phase whole, class accelerator, and the
// row's id as name or model. A source that a factor or a number states goes before the case's; one that begins with table, section, figure, page, appendix or
// equation is a place in it. A factor is named as in the pack, or as the method calls its use of it (residual_mix), and is of the kind of figure that the method
// asks for there unless flow, point, scope or margin say otherwise. What the publication gives no factor or input for is refused by the method and left out.
package published

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Case is a case file. It is immutable.
type Case struct {
	Name, Title, Doc string
	Source, URL      string
	Licence          string
	Released         string
	Method           string // name@version, or a path relative to the file's folder
	Year             int
	Expect           []Expectation

	file    string
	choices []document.Field
	tables  []table
	factors []factor
	root    *document.Node
	method  *document.Node // that names the method, where it is not the case's own
}

// table is the rows of a kind.
type table struct {
	kind *datasets.Kind
	rows []*document.Node
}

// factor is a factor's value as the file states it.
type factor struct {
	Factor     string         `doc:"factor,required"`
	Category   string         `doc:"category"`
	Region     string         `doc:"region"`
	Technology string         `doc:"technology"`
	Year       int            `doc:"year"`
	Value      float64        `doc:"value,required"`
	Unit       string         `doc:"unit,required"`
	Boundary   string         `doc:"boundary"`
	Flow       string         `doc:"flow"`
	Point      string         `doc:"point"`
	Scope      string         `doc:"scope"`
	Margin     string         `doc:"margin"`
	Spread     string         `doc:"distribution"`
	Quality    string         `doc:"class"`
	Source     string         `doc:"source"`
	URL        string         `doc:"url"`
	Note       string         `doc:"note"`
	At         *document.Node `doc:"@"`
}

// Bounds of a case file.
const (
	maxRows    = 1000 // of one table
	maxFactors = 1000
	maxExpect  = 500
)

// nameForm is that of a study and of a pack, both of which a case names.
var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)

// Load reads a case file. All problems go to probs; where there are any the case is nil, or of use only to look for more of them.
func Load(name string, text []byte, probs *diag.List) *Case {
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	for _, other := range []string{"study", "kinds", "pack"} {
		if root.Get("case") == nil && root.Get(other) != nil {
			p := root.Problem(diag.Usage, "this is no case file: it has no case, but %s", other)
			p.Hint = "case: NAME, with tables, factors and what is expected"
			probs.Add(p)
			return nil
		}
	}
	var raw struct {
		Case     string           `doc:"case,required"`
		Title    string           `doc:"title,required"`
		Doc      string           `doc:"doc"`
		Source   string           `doc:"source,required"`
		URL      string           `doc:"url"`
		Licence  string           `doc:"licence"`
		Released string           `doc:"released"`
		Method   string           `doc:"method,required"`
		Choices  *document.Node   `doc:"choices"`
		Year     int              `doc:"year,required"`
		Tables   *document.Node   `doc:"tables,required"`
		Factors  []factor         `doc:"factors"`
		Expect   []*document.Node `doc:"expect,required"`
	}
	document.Decode(root, &raw, probs)
	if root.Kind != document.Map {
		return nil
	}
	c := &Case{Name: raw.Case, Title: raw.Title, Doc: raw.Doc, Source: raw.Source, URL: raw.URL, Licence: raw.Licence, Released: raw.Released, Method: raw.Method, Year: raw.Year,
		file: name, root: root}
	l := loader{Case: c, probs: probs}
	if c.Licence == "" {
		c.Licence = "cited figures"
	}
	if raw.Case != "" && !nameForm.MatchString(raw.Case) {
		l.bad(root.Get("case"), diag.BadValue, "%q cannot name a case: use lower-case letters, digits and hyphens, a letter first", excerpt(raw.Case))
	}
	for _, text := range []struct{ key, value string }{{"title", raw.Title}, {"source", raw.Source}, {"method", raw.Method}} {
		if n := root.Get(text.key); n != nil && n.Kind == document.Scalar && strings.TrimSpace(text.value) == "" {
			l.bad(n, diag.MissingValue, "the %s is empty", text.key)
		}
	}
	if root.Get("year") != nil && raw.Year != 0 && (raw.Year < 1970 || raw.Year > 2200) {
		l.bad(root.Get("year"), diag.OutOfRange, "the year %d is outside 1970 to 2200", raw.Year)
		c.Year = 2000 // not told again of every row
	}
	if c.Released == "" {
		c.Released = strconv.Itoa(c.Year)
	} else if !factors.IsDate(c.Released) {
		l.bad(root.Get("released"), diag.BadValue, "released is a date such as 2021, 2021-04 or 2021-04-21, found %q", excerpt(c.Released))
	}
	if c.URL != "" && !strings.HasPrefix(c.URL, "https://") && !strings.HasPrefix(c.URL, "http://") {
		l.bad(root.Get("url"), diag.BadValue, "url is not a web address: %q", excerpt(c.URL))
	}
	l.readChoices(raw.Choices)
	l.readTables(raw.Tables)
	l.readFactors(raw.Factors)
	l.readExpectations(raw.Expect)
	return c
}

// loader reads the parts of a case.
type loader struct {
	*Case
	probs *diag.List
}

func (l *loader) bad(n *document.Node, code diag.Code, format string, args ...any) {
	l.probs.Add(n.Problem(code, format, args...))
}

// near adds a problem with the name that was meant.
func (l *loader) near(p diag.Problem, name string, known []string) {
	p.Hint = "one of " + strings.Join(known, ", ")
	if near := diag.Nearest(name, known); near != "" {
		p.Hint = "did you mean " + near + "?"
	}
	l.probs.Add(p)
}

func (l *loader) readChoices(n *document.Node) {
	if n == nil || n.Kind == document.Null {
		return
	}
	if n.Kind != document.Map {
		l.bad(n, diag.BadType, "expected a map from the method's choices to options, found %s", n.Kind)
		return
	}
	for _, f := range n.Fields {
		if f.Value.Kind != document.Scalar {
			l.bad(f.Value, diag.BadType, "expected the name of an option, found %s", f.Value.Kind)
		}
	}
	l.choices = n.Fields
}

func (l *loader) readTables(n *document.Node) {
	if n == nil {
		return // which is told
	}
	if n.Kind != document.Map {
		l.bad(n, diag.BadType, "expected a map from kinds to rows, found %s", n.Kind)
		return
	}
	activities := false
	for _, f := range n.Fields {
		kind, ok := datasets.KindByName(f.Key)
		if !ok {
			l.near(n.ProblemAt(f.Place, diag.UnknownName, "there is no kind of inventory named %q", excerpt(f.Key)), f.Key, datasets.KindNames())
			continue
		}
		activities = activities || kind.Activity
		t := table{kind: kind}
		switch {
		case f.Value.Kind != document.List:
			l.bad(f.Value, diag.BadType, "expected a list of rows, found %s", f.Value.Kind)
			continue
		case len(f.Value.Items) == 0:
			l.bad(f.Value, diag.MissingValue, "%s has no rows", f.Key)
		case len(f.Value.Items) > maxRows:
			l.bad(f.Value, diag.TooLarge, "a case has at most %d rows of a kind, not %d", maxRows, len(f.Value.Items))
			continue
		}
		for _, row := range f.Value.Items {
			if row.Kind != document.Map {
				l.bad(row, diag.BadType, "expected a map of values by column, found %s", row.Kind)
				continue
			}
			t.rows = append(t.rows, row)
		}
		l.tables = append(l.tables, t)
	}
	if !activities && len(l.tables) == len(n.Fields) {
		l.bad(n, diag.MissingKey, "the case has no rows of activities: fleet, training_runs or deployments")
	}
}

func (l *loader) readFactors(list []factor) {
	if len(list) > maxFactors {
		l.bad(l.root.Get("factors"), diag.TooLarge, "a case has at most %d factors, not %d", maxFactors, len(list))
		return
	}
	var categories []string
	for _, c := range lca.Words().Categories {
		categories = append(categories, c.Name)
	}
	for i := range list {
		f := &list[i]
		if f.At == nil || f.At.Kind != document.Map {
			continue // which is told
		}
		if f.Category != "" && !slices.Contains(categories, f.Category) {
			l.near(f.At.Get("category").Problem(diag.UnknownName, "unknown category %q", excerpt(f.Category)), f.Category, categories)
		}
		if qualities := lca.Names(lca.Words().Qualities); f.Quality != "" && !slices.Contains(qualities, f.Quality) {
			l.near(f.At.Get("class").Problem(diag.UnknownName, "unknown quality class %q", excerpt(f.Quality)), f.Quality, qualities)
		}
		whole := true // else it is told what is missing
		for _, key := range []string{"factor", "value", "unit"} {
			n := f.At.Get(key)
			whole = whole && n != nil && n.Kind == document.Scalar
		}
		if whole {
			l.factors = append(l.factors, *f)
		}
	}
}

// MethodFile is where a method is read that the case names by its path; empty for name@version.
func (c *Case) MethodFile() string {
	if !strings.ContainsAny(c.Method, `/\`) && path.Ext(c.Method) != ".yaml" {
		return ""
	}
	at := filepath.FromSlash(c.Method)
	if !filepath.IsAbs(at) {
		at = filepath.Join(filepath.Dir(filepath.FromSlash(c.file)), at)
	}
	return at
}

// At is the value of a key of the file, or the whole.
func (c *Case) At(key string) *document.Node {
	if n := c.root.Get(key); n != nil {
		return n
	}
	return c.root
}

// Kinds are those that the case has rows of, in the order of the file.
func (c *Case) Kinds() []string {
	var out []string
	for _, t := range c.tables {
		out = append(out, t.kind.Name)
	}
	return out
}

// items are the ids of a table's rows.
func (t *table) items() []string {
	var out []string
	for _, row := range t.rows {
		if id := row.Get(t.kind.ID); id != nil && id.Kind == document.Scalar {
			out = append(out, id.Text)
		}
	}
	return out
}

// place begins a source that is a place in another one.
var place = regexp.MustCompile(`^(table|section|figure|page|appendix|equation)s?\b`)

// cite is the source of a number: its own, or the case's.
func (c *Case) cite(own string) string {
	switch {
	case own == "":
		return c.Source
	case place.MatchString(own):
		return c.Source + ", " + own
	}
	return own
}

// excerpt cuts a long text of a file.
func excerpt(text string) string { return diag.Excerpt(text, 60) }
