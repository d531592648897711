package study

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/study/published"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Case is a published case, ready to be run by each method that gives something it expects.
type Case struct {
	*published.Case
	parts []*casePart
}

// casePart is the part of a case that is one method's.
type casePart struct {
	*published.Case
	method *rules.Method // with the options that the case takes
	files  *published.Files
}

// LoadCase loads a published case: one of the program by its name, or a file. All problems go to probs; the result is nil where there are any.
func LoadCase(ref string, probs *diag.List) *Case {
	refuse := func(code diag.Code, message, hint string) *Case {
		probs.Add(diag.Problem{Code: code, Place: diag.Place{File: filepath.ToSlash(ref)}, Message: message, Hint: hint})
		return nil
	}
	info, err := os.Stat(ref)
	switch {
	case slices.Contains(published.Names(), ref), err != nil && !isPath(ref):
		name, text := published.Embedded(ref, probs)
		if text == nil {
			return nil
		}
		return ReadCase(name, text, probs)
	case err == nil && info.IsDir():
		return refuse(diag.NotFound, "is a folder; a case is a file", "name the file in it")
	}
	text, err := readBounded(ref)
	switch {
	case err != nil:
		return refuse(diag.NotFound, cause(err), "")
	case isParquet(text):
		return refuse(diag.Usage, "this is a Parquet file, not a case", "")
	}
	return ReadCase(filepath.ToSlash(ref), text, probs)
}

// ReadCase is LoadCase of a text; name is that of its file, beside which a method stands that the case names by its path.
func ReadCase(name string, text []byte, probs *diag.List) *Case {
	before := probs.Count(diag.Error)
	c := &Case{Case: published.Load(name, text, probs)}
	if c.Case == nil {
		return nil
	}
	for _, one := range c.ByMethod() {
		part := &casePart{Case: one}
		part.open(probs)
		c.parts = append(c.parts, part)
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return c
}

// CaseOptions are how a case is run.
type CaseOptions struct {
	Jobs  int
	Write string // folder under which <case>/ keeps the study, its inventories and its pack; empty: none is kept
}

// Run runs a published case as any study is run: from files, by the engine, and compares the impact table, the intensities and quantities of rows with what is
// expected, in the order of the case. Problems of the case are returned as a *diag.Invalid, at their places in its file. What does not come out as it says goes
// to failures.
func (c *Case) Run(ctx context.Context, o CaseOptions, failures *diag.List) ([]published.Result, error) {
	results, methods := map[string]*measured{}, map[string]string{}
	for _, part := range c.parts {
		r := caseRun{casePart: part}
		if err := r.do(ctx, o); err != nil {
			return nil, err
		}
		maps.Copy(results, r.results)
		methods[part.Method] = part.method.Ref()
	}
	return c.judge(results, methods, failures), nil
}

// do runs the case.
func (r *caseRun) do(ctx context.Context, o CaseOptions) error {
	folder, done, err := caseFolder(r.Name, o.Write)
	if err != nil {
		return err
	}
	defer done()
	if err := r.write(folder); err != nil {
		return err
	}
	if err := r.run(ctx, folder, o.Jobs); err != nil {
		return err
	}
	if o.Write == "" {
		return nil
	}
	r.files.Accept(r.accepted)
	return r.write(folder)
}

// caseFolder makes the folder that a case is run in. done removes it where it is not to be kept.
func caseFolder(name, under string) (folder string, done func(), err error) {
	if under == "" {
		folder, err = os.MkdirTemp("", "ailca-case-*")
		return folder, func() { os.RemoveAll(folder) }, err
	}
	folder = filepath.Join(under, name)
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
		var probs diag.List
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: filepath.ToSlash(folder)}, Message: "the folder is not empty", Hint: "name a new folder"})
		return "", nil, probs.Err()
	}
	return folder, func() {}, os.MkdirAll(folder, 0o777)
}

// caseRun is a case on its way.
type caseRun struct {
	*casePart
	study   *Study
	results map[string]*measured // by expectation
}

// measured gathers what an expectation is of.
type measured struct {
	cells []lca.Impact
	met   []string // their items and stages
	found int      // intensities
	got   published.Measured
}

// casePack is the pack whose definitions of factors hold for cases.
var casePack = sync.OnceValues(func() (*factors.Pack, error) {
	var probs diag.List
	pack := LoadPack("", &probs)
	return pack, probs.Err()
})

// open loads the method and makes the case's files.
func (c *casePart) open(probs *diag.List) {
	defined, err := casePack()
	if err != nil {
		probs.AddError(err, diag.BadValue, diag.Place{})
		return
	}
	text := c.loadMethod(probs)
	if choices := c.At("choices"); c.method != nil && choices != c.At("") {
		c.method = c.method.With(choices, probs)
	}
	c.files = c.Files(c.method, text, defined, probs)
}

// loadMethod loads the method and returns the text of one that is not embedded.
func (c *casePart) loadMethod(probs *diag.List) []byte {
	at := c.MethodAt()
	if file := c.MethodFile(); file != "" {
		text, err := readBounded(file)
		if err != nil {
			probs.Add(at.Problem(diag.MissingFile, "the method %s: %s", c.Method, cause(err)))
			return nil
		}
		c.method = rules.Load(filepath.ToSlash(file), text, probs)
		return text
	}
	known := rules.EmbeddedNames()
	switch {
	case slices.Contains(known, c.Method):
		c.method = rules.Embedded(c.Method, probs)
	case c.Method != "": // else it is told
		p := at.Problem(diag.UnknownName, "no method %q is embedded", c.Method)
		p.Hint = "embedded: " + strings.Join(known, ", ") + "; a path starts with ./"
		if near := diag.Nearest(c.Method, known); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
	}
	return nil
}

// write writes the case's files.
func (r *caseRun) write(folder string) error {
	for name, content := range r.files.Content {
		at := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			return fmt.Errorf("writing the case %s: %w", r.Name, err)
		}
		if err := os.WriteFile(at, content, 0o666); err != nil {
			return fmt.Errorf("writing the case %s: %w", r.Name, err)
		}
	}
	return nil
}

// run computes the study and reads off what the expectations are of.
func (r *caseRun) run(ctx context.Context, folder string, jobs int) error {
	var probs diag.List
	r.study = LoadFile(ctx, filepath.Join(folder, published.StudyFile), &probs)
	if err := r.told(folder, probs.Err()); err != nil {
		return err
	}
	run := &runState{space: &amounts.Space{}, options: Options{Jobs: jobs}}
	p, err := r.study.compiled(ctx, jobs, &probs)
	defer p.close()
	if err == nil && probs.Count(diag.Error) > 0 {
		err = p.check(ctx, true, jobs, &probs)
	}
	if err == nil {
		err = probs.Err()
	}
	if err := r.told(folder, err); err != nil {
		return err
	}
	var asked diag.List
	readings := r.readings(p, &asked)
	res, err := p.compute(ctx, run, &probs)
	if err == nil {
		defer res.close()
	}
	var invalid *diag.Invalid
	if err = r.told(folder, err); errors.As(err, &invalid) {
		asked.Merge(&invalid.List)
	} else if err != nil {
		return err
	}
	if err := asked.Err(); err != nil {
		return err
	}
	r.results = map[string]*measured{}
	if err := r.cells(res); err != nil {
		return err
	}
	if err := r.ratios(res); err != nil {
		return err
	}
	for _, reading := range readings {
		if err := reading.read(p, r); err != nil {
			return err
		}
	}
	return nil
}

// told gives an error's problems their places in the case's file.
func (r *caseRun) told(folder string, err error) error {
	var invalid *diag.Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	var out diag.List
	root := filepath.ToSlash(folder) + "/"
	for _, p := range invalid.List.Problems() {
		if p.Severity != diag.Error {
			continue
		}
		within, inside := strings.CutPrefix(p.Place.File, root)
		p.Message, p.Why, p.Hint = strings.ReplaceAll(p.Message, root, ""), strings.ReplaceAll(p.Why, root, ""), strings.ReplaceAll(p.Hint, root, "")
		if inside || p.Place.File == "" {
			p = r.files.Place(p, within)
		}
		out.Add(p)
	}
	return out.Err()
}

// cells adds up the cells of the impact table that each expectation is of.
func (r *caseRun) cells(res *result) error {
	each := func(visit func(e *published.Expectation, m *measured)) {
		for i := range r.Expect {
			if e := &r.Expect[i]; e.Of != nil && e.Of.Quantity == nil && e.Of.Per == "" {
				if r.results[e.ID] == nil {
					r.results[e.ID] = &measured{}
				}
				visit(e, r.results[e.ID])
			}
		}
	}
	err := res.impacts.each(func(row *lca.Impact, _ uint32) error {
		each(func(e *published.Expectation, m *measured) {
			s := e.Of
			if row.Category == s.Category && row.Perspective == s.Perspective && row.Accounting == s.Accounting && row.ShareOf == s.ShareOf && row.Year == s.Year &&
				slices.Contains(s.Items, row.Item) && (s.Kind == "" || row.Kind == s.Kind) && (len(s.Stages) == 0 || slices.Contains(s.Stages, row.Stage)) {
				m.cells = append(m.cells, *row)
				m.met = append(m.met, row.Item, row.Stage)
			}
		})
		return nil
	})
	each(func(e *published.Expectation, m *measured) {
		for _, asked := range slices.Concat(e.Of.Items, e.Of.Stages) { // a sum without one of them would be of something else
			if len(m.cells) == 0 || !slices.Contains(m.met, asked) {
				m.got.Why = "the impact table has no cell of " + asked + r.refused(res, e.Of.Category)
				return
			}
		}
		category, _ := lca.Words().Category(e.Of.Category)
		if sum, err := reports.Sum(m.cells); err != nil {
			m.got.Why = err.Error()
		} else {
			m.got = measuredOf(sum, unit.MustParse(category.Unit))
		}
	})
	return err
}

// refused names what the case gives no value for in a category.
func (r *caseRun) refused(res *result, category string) string {
	var out []string
	for _, h := range res.holes.sorted() {
		if h.category != category {
			continue
		}
		text := "an input of " + h.impact
		if h.factor != "" {
			text = "the factor " + h.factor + in(" in ", h.region) + in(" of ", h.technology) + years(h.from, h.to)
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; the case gives no value for " + strings.Join(out, ", ")
}

// ratios finds the intensities that expectations are of.
func (r *caseRun) ratios(res *result) error {
	units := map[string]bool{}
	err := res.intensities.each(func(row *lca.Intensity, _ uint32) error {
		units[row.FunctionalUnit] = true
		for i := range r.Expect {
			e := &r.Expect[i]
			s := e.Of
			if s == nil || s.Per == "" || row.FunctionalUnit != s.Per || row.Category != s.Category || row.Perspective != s.Perspective || row.Accounting != s.Accounting ||
				!slices.Contains(s.Items, row.Item) || s.Kind != "" && row.Kind != s.Kind {
				continue
			}
			m := r.results[e.ID]
			if m == nil {
				m = &measured{}
				r.results[e.ID] = m
			}
			if m.found++; m.found > 1 {
				m.got = published.Measured{Why: "the intensity table has several rows of it: say of which kind it is"}
				continue
			}
			m.got = r.intensity(row, e)
		}
		return nil
	})
	for i := range r.Expect {
		if e := &r.Expect[i]; e.Of != nil && e.Of.Per != "" && r.results[e.ID] == nil {
			why := "the intensity table has no row of it" + r.refused(res, e.Of.Category)
			if !units[e.Of.Per] {
				why = "no intensity is per " + e.Of.Per
			}
			r.results[e.ID] = &measured{got: published.Measured{Why: why}}
		}
	}
	return err
}

// intensity is a row's value, in the category's unit where the expectation is stated so, else per functional unit.
func (r *caseRun) intensity(row *lca.Intensity, e *published.Expectation) published.Measured {
	category, _ := lca.Words().Category(row.Category)
	due := unit.MustParse(category.Unit)
	stated := e.Value
	if stated == nil {
		stated = e.LessThan
	}
	if !stated.Unit.Compatible(due) {
		for _, k := range r.method.Kinds {
			for _, u := range k.Units {
				if per, err := unit.Parse(u.Unit); err == nil && k.Kind == row.Kind && u.Name == row.FunctionalUnit {
					due = due.Div(per)
				}
			}
		}
	}
	m := measuredOf(row.Impact, due)
	if units := new(big.Rat).SetFloat64(row.Units); m.Value != nil && units != nil && units.Sign() > 0 {
		m.Value.Quo(m.Value, units)
	}
	return m
}

func measuredOf(v float64, u unit.Unit) published.Measured {
	return published.Measured{Value: new(big.Rat).SetFloat64(v), Unit: u} // of a finite number
}

// caseReadings are the quantities that are expected of rows of a kind.
type caseReadings struct {
	kind     *kindPlan
	expected []*published.Expectation
	compiled *rules.Readings
}

// readings compiles the quantities that expectations are of.
func (r *caseRun) readings(p *plan, probs *diag.List) []*caseReadings {
	var out []*caseReadings
	tables := p.references(probs)
	for _, k := range p.kinds {
		one := &caseReadings{kind: k}
		var names []*document.Node
		for i := range r.Expect {
			e := &r.Expect[i]
			if e.Of != nil && e.Of.Quantity != nil && (e.Of.Kind == "" || e.Of.Kind == k.kind.Name) && hasItem(k.inventory, e.Of.Items[0]) {
				one.expected, names = append(one.expected, e), append(names, e.Of.Quantity)
			}
		}
		if len(names) == 0 {
			continue
		}
		if one.compiled = rules.CompileReadings(p.method, schemaOf(k.kind, tables), p, names, probs); one.compiled != nil {
			out = append(out, one)
		}
	}
	return out
}

func hasItem(inv *datasets.Inventory, item string) bool {
	t, err := inv.Table([]string{inv.Kind().ID})
	return err == nil && rowOfItem(t, inv.Kind().ID, item) >= 0
}

func rowOfItem(t *column.Table, id, item string) int {
	x := texts{t}
	for row := range t.Rows {
		if x.word(id, row) == item {
			return row
		}
	}
	return -1
}

// read evaluates the quantities of all rows.
func (c *caseReadings) read(p *plan, r *caseRun) error {
	known := c.kind.kind.Names()
	columns := c.compiled.Columns()
	var names []string
	for _, name := range columns {
		if slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	t, err := c.kind.inventory.Table(append(names, c.kind.kind.ID))
	if err != nil {
		return err
	}
	b := column.Batch{Rows: t.Rows, First: 1}
	for _, name := range columns {
		if col, ok := t.Lookup(name); ok {
			b.Columns = append(b.Columns, *col)
		} else {
			b.Columns = append(b.Columns, column.Column{Type: column.Float, Floats: make([]float64, t.Rows), Valid: column.NewBitmap(t.Rows)})
		}
	}
	if err := c.compiled.Evaluate(&b, p); err != nil {
		return err
	}
	for i, e := range c.expected {
		m := &measured{}
		r.results[e.ID] = m
		v, why, ok := c.compiled.Value(i, rowOfItem(t, c.kind.kind.ID, e.Of.Items[0]))
		switch {
		case !ok:
			m.got.Why = why
		case v-v != 0:
			m.got.Why = fmt.Sprintf("it is %v", v)
		default:
			m.got = measuredOf(v, c.compiled.Unit(i))
		}
	}
	return nil
}

// accepted reports whether the run needed a gap.
func (r *caseRun) accepted(g published.Gap) bool {
	return slices.ContainsFunc(r.study.Gaps, func(x Gap) bool { return x.used && x.Factor == g.Factor && x.Kind == g.Kind && x.Impact == g.Impact })
}

// judge compares what was measured, by expectation, with what is expected; refs are the methods that gave it, by the names that the case gives them.
func (c *Case) judge(results map[string]*measured, refs map[string]string, failures *diag.List) []published.Result {
	got := func(id string) published.Measured {
		if m := results[id]; m != nil {
			return m.got
		}
		return published.Measured{Why: "no row of the case gives it"}
	}
	var out []published.Result
	for i := range c.Expect {
		e := &c.Expect[i]
		m := published.Measured{}
		if e.Of == nil {
			m = published.Quotient(got(e.Ratio[0]), got(e.Ratio[1]))
		} else {
			m = got(e.ID)
		}
		result := c.Judge(e, m, failures)
		if ref, ok := refs[c.MethodOf(e)]; ok {
			result.Method = ref // with the options that the case takes
		}
		out = append(out, result)
	}
	return out
}
