package study

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/attribution"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Comparison says what two studies' results differ by, and what that goes back to.
type Comparison struct {
	A          Compared           `json:"a"`
	B          Compared           `json:"b"`
	Causes     []Cause            `json:"causes"` // that differ
	Totals     []ComparedTotal    `json:"totals"`
	Names      []ComparedName     `json:"names"`      // of the headline year, those that differ most first within each column
	Quantities []ComparedQuantity `json:"quantities"` // that the methods compute of every row; where these differ
	Rules      *rules.Comparison  `json:"rules"`      // nil: the methods are the same file
	Notes      []string           `json:"notes"`
	Order      []string           `json:"order"` // in which the causes change; null: the mean over all orders
}

// Compared is one of the two.
type Compared struct {
	Study  string `json:"study"`
	Title  string `json:"title"`
	Method string `json:"method"`
	Pack   string `json:"factor_pack"`
	Year   int    `json:"year"`
}

// Cause is one thing in which the studies differ, with the single items of it that moved a result.
type Cause struct {
	Name  string      `json:"name"`
	Title string      `json:"title"`
	Items []CauseItem `json:"items"`
}

// CauseItem is what of a cause changed. A cause that is not parted has one, with its own name.
type CauseItem struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`        // in words
	Was    string `json:"was,omitempty"` // where it stands in A, file:line
	Now    string `json:"now,omitempty"`
}

// ComparedTotal is a total in both studies. A nil pointer is a total that a study does not have: there is nothing to compare then, and no part.
type ComparedTotal struct {
	Year        int      `json:"year"`
	Category    string   `json:"category"`
	Unit        string   `json:"unit"`
	Perspective string   `json:"perspective"`
	Accounting  string   `json:"accounting"`
	A           *float64 `json:"a"`
	B           *float64 `json:"b"`
	AComplete   bool     `json:"a_complete"` // false: a part was refused under an accepted gap
	BComplete   bool     `json:"b_complete"`
	Difference  *float64 `json:"difference"` // B - A
	P05         *float64 `json:"p05"`        // of the difference; nil where nothing is drawn
	P95         *float64 `json:"p95"`

	Causes []CausePart `json:"causes"` // that have a part which is not 0
	Parts  []Part      `json:"parts"`  // that are not 0; as float64 they add up to the difference, in any order but for rounding, which is last
}

// CausePart is what a cause does to a total: the sum of its parts.
type CausePart struct {
	Cause string   `json:"cause"`
	Value float64  `json:"value"`
	P05   *float64 `json:"p05"` // percentiles of the draws of the part; nil where nothing is drawn. They do not add up
	P95   *float64 `json:"p95"`
}

// WithinNoise reports whether the part may as well be of the other sign.
func (p *CausePart) WithinNoise() bool {
	return p.P05 != nil && *p.P05 < 0 && *p.P95 > 0
}

// Part is what an item of a cause does to a total.
type Part struct {
	Cause string  `json:"cause"`
	Item  string  `json:"item"`
	Value float64 `json:"value"`
}

// ComparedName is the part of a total in which a column has a value, with what each cause does to it.
type ComparedName struct {
	By          string    `json:"by"` // stage, model and so on
	Name        string    `json:"name"`
	Category    string    `json:"category"`
	Perspective string    `json:"perspective"`
	Accounting  string    `json:"accounting"`
	A           *float64  `json:"a"` // nil: nothing is there
	B           *float64  `json:"b"`
	Causes      []float64 `json:"causes"` // parallel to Comparison.Causes; they add up to B - A, nothing counted as 0
}

// roundingCause names what is left of a difference where parts cancel so far that they have no digit for it.
const roundingCause = "rounding"

// CompareOptions of a comparison.
type CompareOptions struct {
	Options
	// Work bounds the rows that are scanned, over all scans, to part causes into items: beyond it a cause stays whole, which is noted. 0: 64 million.
	Work int64
	// Published are the result folders that the studies were opened from, nil where they were not: their totals are compared, and what differs from those computed anew is the part of
	// the software.
	Published [2]*Result
	// Order has causes change one after the other, in the order of their names, those that it does not name last, in place of the mean over all orders. What parts are then depends
	// on it.
	Order []string
}

// CauseNames are the causes that there may be, in their usual order.
func CauseNames() []string {
	return []string{inventoryCause, catalogueCause, factorsCause, rulesCause, boundaryCause}
}

// totalKey is a total.
type totalKey struct {
	year                              int32
	perspective, accounting, category uint8 // places in the vocabulary
}

func (k totalKey) compare(o totalKey) int {
	return cmp.Or(cmp.Compare(k.year, o.year), cmp.Compare(k.category, o.category), cmp.Compare(k.perspective, o.perspective), cmp.Compare(k.accounting, o.accounting))
}

// Causes.
const (
	inventoryCause = "inventory"
	catalogueCause = "catalogue"
	factorsCause   = "factors"
	rulesCause     = "rules"
	boundaryCause  = "boundary"
	softwareCause  = "software"
)

var causeTitles = map[string]string{
	inventoryCause: "inventory: rows of activities", catalogueCause: "catalogue: what devices are", factorsCause: "factors", rulesCause: "rules and parameters of the method",
	boundaryCause: "boundary: filters and choices of the study", softwareCause: "software: the same computed by another version",
	rulesCause + " and " + factorsCause: "rules and factors, which do not go without each other",
}

// Compare runs two studies and says what their totals differ by, and because of what. The difference of a total is parted by the Owen value: what each cause
// does on its way from A to B, averaged over all orders in which the causes may change, and within a cause over all orders of its items (see package attribution).
//
// Problems of the studies are returned as a *diag.Invalid, as a run of them would tell them.
func Compare(ctx context.Context, a, b *Study, o CompareOptions) (*Comparison, error) {
	if o.Work == 0 {
		o.Work = 64 << 20
	}
	c := &comparing{ctx: ctx, o: &o, totalAt: map[totalKey]int{}, flowAt: map[flowName]int{}}
	defer c.close()
	c.sampleBy(&b.Sampling)
	for i, s := range []*Study{a, b} {
		if err := c.open(i, s); err != nil {
			return nil, err
		}
	}
	for i := range c.ends {
		if err := c.end(i); err != nil {
			return nil, err
		}
	}
	if err := c.causes(); err != nil {
		return nil, err
	}
	if err := c.corners(); err != nil {
		return nil, err
	}
	return c.result()
}

// comparing is a comparison that is being made.
type comparing struct {
	ctx  context.Context
	o    *CompareOptions
	ends [2]*endOfComparison

	unions   []string // causes that differ
	mixture  *rules.Mixture
	colours  []int           // of each of its changes; -1: no impact of these inventories depends on it
	coloured int             // how many colours there are
	methods  []*rules.Method // by mask of colours
	same     bool            // catalogues of both sides are the same
	merged   [2]mergedCatalogues
	packs    [2]*factors.Pack // of both sides, each with the factors that the other alone defines

	totals  []totalKey
	totalAt map[totalKey]int
	flows   []flowName
	flowAt  map[flowName]int
	columns []int // of groupNames, by which names are told apart

	sampling Sampling
	alikes   *alikeFactors
	drawn    []drawnCorner // by set of unions; nil where nothing is drawn

	sets    []*cornerTotals         // by set of unions
	inner   []map[int]*cornerTotals // by set of unions without rules: by mask
	factors factorItems
	rows    *rowItems
	notes   []string
}

// flowName is an impact of a kind.
type flowName struct{ kind, impact string }

// endOfComparison is one of the studies, run.
type endOfComparison struct {
	study  *Study
	plan   *plan
	run    *runState
	result *result
	totals map[totalKey]float64              // as published, where a result folder is compared
	anew   map[totalKey]float64              // as computed
	names  []map[string]map[totalKey]float64 // by column of groupNames and, last, stage
}

func (c *comparing) close() {
	for _, e := range c.ends {
		if e == nil {
			continue
		}
		if e.result != nil {
			e.result.close()
		}
		e.plan.close()
	}
}

// open opens a study and compiles its method.
func (c *comparing) open(i int, s *Study) error {
	own := *s
	own.Sampling = c.sampling
	e := &endOfComparison{study: &own, run: &runState{space: &amounts.Space{}, options: c.o.Options}}
	var probs diag.List
	var err error
	e.plan, err = own.compiled(c.ctx, c.o.Jobs, &probs)
	c.ends[i] = e
	if err == nil && probs.Count(diag.Error) > 0 {
		err = e.plan.check(c.ctx, true, c.o.Jobs, &probs)
	}
	if err == nil {
		err = probs.Err()
	}
	if err == nil && len(e.plan.partials) > 0 {
		x := own.at("amounts").Problem(diag.BadValue, "amounts of other runs cannot be compared: what rows they come from is not known")
		x.Hint = "compare studies that name the inventories"
		probs.Add(x)
		err = probs.Err()
	}
	return err
}

// end runs a study.
func (c *comparing) end(i int) (err error) {
	e := c.ends[i]
	own := e.study
	var probs diag.List
	for _, k := range e.plan.kinds {
		k.content = c.content(k.kind)
	}
	e.plan.missed, e.plan.undrawn = &missedLookups{}, true
	if e.result, err = e.plan.compute(c.ctx, e.run, &probs); err != nil {
		return err
	}
	if years := e.result.impacts.years(); own.lastYear && len(years) > 0 {
		own.Year = years[len(years)-1]
	}
	if err := e.computed(); err != nil {
		return err
	}
	e.anew = e.totals
	return e.published(c.o.Published[i])
}

// content are the columns of a kind that both methods read, by which the same row has the same errors under both.
func (c *comparing) content(kind *datasets.Kind) []string {
	out := []string{}
	a, b := c.ends[0].plan.kindOf(kind), c.ends[1].plan.kindOf(kind)
	if a == nil || b == nil {
		return nil
	}
	for _, name := range a.program.Columns() {
		if slices.Contains(b.program.Columns(), name) {
			out = append(out, name)
		}
	}
	return out
}

// published takes a result folder's totals in place of those computed anew.
func (e *endOfComparison) published(r *Result) error {
	if r == nil {
		return nil
	}
	rows, err := r.impacts()
	if err != nil {
		return err
	}
	sums := map[totalKey]*exact.Sum{}
	for i := range rows {
		if k, ok := keyOf(&rows[i]); ok {
			if sums[k] == nil {
				sums[k] = &exact.Sum{}
			}
			sums[k].Add(rows[i].Value)
		}
	}
	e.totals = map[totalKey]float64{}
	for k, s := range sums {
		e.totals[k] = s.Float64()
	}
	return nil
}

// keyOf is the total that a row of the impact table is a part of; false where it is of none, or of words that this version does not know.
func keyOf(r *lca.Impact) (totalKey, bool) {
	words := lca.Words()
	p, a := slices.Index(lca.Names(words.Perspectives), r.Perspective), slices.Index(lca.Names(words.Accountings), r.Accounting)
	c := slices.IndexFunc(words.Categories, func(c lca.Category) bool { return c.Name == r.Category })
	return totalKey{int32(r.Year), uint8(p), uint8(a), uint8(c)}, r.ShareOf == words.ShareOf[0].Name && p >= 0 && a >= 0 && c >= 0
}

// maxPublished bounds the rows of a published impact table that are read.
const maxPublished = 4 << 20

// impacts are the rows of a result folder's impact table.
func (r *Result) impacts() ([]lca.Impact, error) {
	var probs diag.List
	f, size, err := openWithin(r.root, "impacts.parquet")
	if err != nil {
		probs.Errorf(diag.MissingFile, r.at("impacts.parquet"), "the impact table: %s", cause(err))
		return nil, probs.Err()
	}
	defer f.Close()
	table, err := parquet.Open(r.at("impacts.parquet").File, f, size)
	if err != nil {
		return nil, err
	}
	return parquet.ReadRows[lca.Impact](table, maxPublished)
}

// computed adds up the cells that a run publishes.
func (e *endOfComparison) computed() error {
	sums := map[totalKey]*exact.Sum{}
	type nameKey struct {
		column int
		name   string
		totalKey
	}
	names := map[nameKey]*exact.Sum{}
	e.names = make([]map[string]map[totalKey]float64, len(groupNames)+1)
	err := e.result.impacts.each(func(r *lca.Impact, _ uint32) error {
		k, ok := keyOf(r)
		if !ok {
			return nil
		}
		if sums[k] == nil {
			sums[k] = &exact.Sum{}
		}
		sums[k].Add(r.Value)
		for column, name := range [...]string{r.Item, r.Model, r.Organisation, r.Region, r.Hardware, r.Stage} {
			if name == "" {
				continue
			}
			n := nameKey{column, name, k}
			if names[n] == nil {
				if e.names[column] == nil {
					e.names[column] = map[string]map[totalKey]float64{}
				}
				if e.names[column][name] == nil {
					if len(e.names[column]) >= mostNames {
						continue
					}
					e.names[column][name] = map[totalKey]float64{}
				}
				names[n] = &exact.Sum{}
			}
			names[n].Add(r.Value)
		}
		return nil
	})
	e.totals = map[totalKey]float64{}
	for k, s := range sums {
		e.totals[k] = s.Float64()
	}
	for n, s := range names {
		e.names[n.column][n.name][n.totalKey] = s.Float64()
	}
	return err
}

// mostNames is how many names of a column are told apart; a column with more is left out.
const mostNames = 5000

// result gathers all parts.
func (c *comparing) result() (*Comparison, error) {
	words := lca.Words()
	out := &Comparison{Totals: []ComparedTotal{}, Names: []ComparedName{}, Quantities: []ComparedQuantity{}, Causes: []Cause{}, Notes: []string{}}
	for i, e := range c.ends {
		*[]*Compared{&out.A, &out.B}[i] = Compared{Study: e.study.Name, Title: e.study.Title, Method: e.plan.method.Ref(), Pack: e.plan.pack.Ref(), Year: e.study.Year}
	}
	if c.ends[0].plan.method.Digest != c.ends[1].plan.method.Digest {
		out.Rules = rules.Compare(c.ends[0].plan.method, c.ends[1].plan.method)
	}
	leaves := c.leaves()
	slices.SortStableFunc(c.totals, totalKey.compare)
	var keys []totalKey
	for _, e := range c.ends {
		for k := range e.totals {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	slices.SortFunc(keys, totalKey.compare)
	moved := make([]bool, len(leaves))
	for _, k := range keys {
		t := ComparedTotal{Year: int(k.year), Category: words.Categories[k.category].Name, Unit: words.Categories[k.category].Unit,
			Perspective: words.Perspectives[k.perspective].Name, Accounting: words.Accountings[k.accounting].Name, Parts: []Part{}, Causes: []CausePart{}}
		if v, ok := c.ends[0].totals[k]; ok {
			t.A = &v
		}
		if v, ok := c.ends[1].totals[k]; ok {
			t.B = &v
		}
		for i, complete := range []*bool{&t.AComplete, &t.BComplete} {
			*complete = !c.ends[i].result.incomplete[incompleteKey{t.Year, t.Perspective, t.Accounting, t.Category}]
		}
		if t.A != nil && t.B != nil {
			d := *t.B - *t.A
			t.Difference = &d
			c.part(&t, k, d, leaves, moved)
		}
		out.Totals = append(out.Totals, t)
	}
	c.named(out)
	all := c.unions
	if _, ok := c.software(); ok {
		all = append(slices.Clone(all), softwareCause)
	}
	for _, name := range all {
		cause := Cause{Name: name, Title: causeTitles[name], Items: []CauseItem{}}
		for i := range leaves {
			if leaves[i].cause == name && moved[i] {
				cause.Items = append(cause.Items, leaves[i].item)
			}
		}
		out.Causes = append(out.Causes, cause)
	}
	if err := c.quantities(out); err != nil {
		return nil, err
	}
	if len(c.o.Order) > 0 {
		for _, u := range c.inOrder() {
			out.Order = append(out.Order, c.unions[u])
		}
	}
	out.Notes = append(out.Notes, c.notes...)
	return out, nil
}

// leaf is an item of a cause with its part of each total, as it was computed.
type leaf struct {
	cause string
	item  CauseItem
	parts map[totalKey]float64
}

// part makes of the leaves' parts of a total such as add up to its difference.
func (c *comparing) part(t *ComparedTotal, k totalKey, difference float64, leaves []leaf, moved []bool) {
	values := make([]float64, len(leaves))
	for i := range leaves {
		values[i] = leaves[i].parts[k]
	}
	parts, rest := attribution.Parts(difference, values)
	for i, p := range parts {
		if p != 0 {
			t.Parts = append(t.Parts, Part{Cause: leaves[i].cause, Item: leaves[i].item.Name, Value: p})
			moved[i] = true
		}
	}
	if rest != 0 {
		t.Parts = append(t.Parts, Part{Cause: roundingCause, Item: roundingCause, Value: rest})
	}
	intervals := c.intervals(k)
	t.P05, t.P95 = ofUnion(intervals, len(c.unions))
	for i, p := range t.Parts {
		if i == 0 || t.Parts[i-1].Cause != p.Cause {
			t.Causes = append(t.Causes, CausePart{Cause: p.Cause})
			last := &t.Causes[len(t.Causes)-1]
			last.P05, last.P95 = ofUnion(intervals, slices.Index(c.unions, p.Cause))
		}
		t.Causes[len(t.Causes)-1].Value += p.Value
	}
}

// leaves are the items of all causes, in the order of the causes.
func (c *comparing) leaves() []leaf {
	var out []leaf
	for u, name := range c.unions {
		whole := c.union(u)
		var items []leaf
		switch name {
		case rulesCause:
			items = c.ruleItems(u)
		case factorsCause:
			items = c.factors.leaves()
		case inventoryCause:
			items = c.rows.leaves()
		}
		if len(items) == 0 {
			out = append(out, leaf{name, CauseItem{Name: name, Detail: causeTitles[name]}, whole})
			continue
		}
		out = append(out, items...)
		if other, ok := c.remainder(name, whole, items); ok {
			out = append(out, other)
		}
	}
	if software, ok := c.software(); ok {
		out = append(out, software)
	}
	return out
}

// software is what published totals differ by from those computed anew, in B less in A.
func (c *comparing) software() (leaf, bool) {
	out := leaf{softwareCause, CauseItem{Name: softwareCause, Detail: causeTitles[softwareCause]}, map[totalKey]float64{}}
	for side, e := range c.ends {
		for k, v := range e.totals {
			if d := v - e.anew[k]; d != 0 {
				out.parts[k] += float64(d * float64(2*side-1))
			}
		}
	}
	return out, len(out.parts) > 0
}

// remainder is what a cause does beyond its items: where these decide together which way rows take. It is not ok where that is rounding.
func (c *comparing) remainder(name string, whole map[totalKey]float64, items []leaf) (leaf, bool) {
	other := leaf{name, CauseItem{Name: "other " + name, Detail: "what its items do only together with others of " + name}, map[totalKey]float64{}}
	for k, w := range whole {
		sum, size := 0.0, math.Abs(w)
		for i := range items {
			sum += items[i].parts[k]
			size = max(size, math.Abs(items[i].parts[k]))
		}
		for _, e := range c.ends {
			size = max(size, math.Abs(e.totals[k]))
		}
		if math.Abs(w-sum) > 1e-11*size {
			other.parts[k] = w - sum
		}
	}
	return other, len(other.parts) > 0
}

// union gives a cause's part of each total.
func (c *comparing) union(u int) map[totalKey]float64 {
	out := map[totalKey]float64{}
	values := make([]float64, len(c.sets))
	for _, k := range c.totals {
		i := c.totalAt[k]
		for set, m := range c.sets {
			values[set] = m.total(i)
		}
		if p := attribution.Union(u, c.weights(u), values); p != 0 {
			out[k] = p
		}
	}
	return out
}

// weights are those of the sets of other causes by which a cause's part is averaged: of all orders, or the one set that comes before it in the order asked for.
func (c *comparing) weights(union int) []float64 {
	if len(c.o.Order) == 0 {
		return attribution.Coalitions(len(c.unions), union)
	}
	out := make([]float64, 1<<len(c.unions))
	before := 0
	for _, u := range c.inOrder() {
		if u == union {
			out[before] = 1
			break
		}
		before |= 1 << u
	}
	return out
}

// inOrder are the causes that differ in the order asked for.
func (c *comparing) inOrder() (out []int) {
	place := func(u int) int {
		name, _, _ := strings.Cut(c.unions[u], " and ")
		if at := slices.Index(c.o.Order, name); at >= 0 {
			return at
		}
		return len(c.o.Order)
	}
	for u := range c.unions {
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(place(a), place(b)) })
	return out
}

// named tells what the causes do to the parts of the headline year's totals in which a column has a value.
func (c *comparing) named(out *Comparison) {
	words := lca.Words()
	var keys []totalKey
	for k := range c.ends[1].totals {
		if int(k.year) == c.ends[1].study.Year {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, totalKey.compare)
	for column := range c.ends[0].names {
		by := "stage"
		if column < len(groupNames) {
			by = groupNames[column]
			if !slices.Contains(c.columns, column) {
				continue
			}
		}
		var names []string
		for _, e := range c.ends {
			for name := range e.names[column] {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) > mostNames {
			c.notes = append(c.notes, fmt.Sprintf("%d values of %s: they are not told apart", len(names), by))
			continue
		}
		for _, k := range keys {
			var rows []ComparedName
			for _, name := range names {
				r := ComparedName{By: by, Name: name, Category: words.Categories[k.category].Name, Perspective: words.Perspectives[k.perspective].Name, Accounting: words.Accountings[k.accounting].Name}
				for i, p := range []**float64{&r.A, &r.B} {
					if v, ok := c.ends[i].names[column][name][k]; ok {
						*p = &v
					}
				}
				if r.A == nil && r.B == nil {
					continue
				}
				values := make([]float64, len(c.sets))
				for set, m := range c.sets {
					values[set] = m.name(column, name, c.totalAt[k])
				}
				for u := range c.unions {
					r.Causes = append(r.Causes, attribution.Union(u, c.weights(u), values))
				}
				r.Causes, _ = attribution.Parts(r.Difference(), r.Causes)
				rows = append(rows, r)
			}
			slices.SortStableFunc(rows, func(x, y ComparedName) int { return cmp.Compare(math.Abs(y.Difference()), math.Abs(x.Difference())) })
			out.Names = append(out.Names, rows...)
		}
	}
}

// Moved reports whether it differs by more than rounding.
func (n *ComparedName) Moved() bool {
	size := 0.0
	for _, v := range []*float64{n.A, n.B} {
		if v != nil {
			size = max(size, math.Abs(*v))
		}
	}
	return math.Abs(n.Difference()) > 1e-12*size
}

// Difference is B - A, what is not there counted as 0.
func (n *ComparedName) Difference() float64 {
	d := 0.0
	if n.B != nil {
		d = *n.B
	}
	if n.A != nil {
		d -= *n.A
	}
	return d
}

// causes finds in what the studies differ.
func (c *comparing) causes() error {
	a, b := c.ends[0], c.ends[1]
	activities, catalogues, err := c.differentInputs()
	if err != nil {
		return err
	}
	c.mixture = rules.NewMixture(a.plan.method, b.plan.method)
	boundary := choseOtherwise(a.plan.method, b.plan.method)
	for _, e := range c.ends {
		for kind := range e.study.Where {
			boundary = boundary || whereText(a.study, kind) != whereText(b.study, kind)
		}
	}
	for _, u := range []struct {
		name    string
		differs bool
	}{{inventoryCause, activities}, {catalogueCause, catalogues}, {factorsCause, a.plan.pack.Digest != b.plan.pack.Digest || a.study.AsOf != b.study.AsOf},
		{rulesCause, len(c.mixture.Items()) > 0}, {boundaryCause, boundary}} {
		if u.differs {
			c.unions = append(c.unions, u.name)
		}
	}
	for column := range groupNames {
		if slices.Contains(a.study.GroupBy, groupNames[column]) && slices.Contains(b.study.GroupBy, groupNames[column]) {
			c.columns = append(c.columns, column)
		}
	}
	c.same = !catalogues
	for side := range c.packs {
		c.packs[side] = c.ends[side].plan.pack.Completed(c.ends[1-side].plan.pack)
	}
	return nil
}

// choseOtherwise reports whether two methods take different options of a choice that both have.
func choseOtherwise(a, b *rules.Method) bool {
	options := map[string]string{}
	for _, t := range a.Taken() {
		options[t[0]] = t[1]
	}
	return slices.ContainsFunc(b.Taken(), func(t [2]string) bool { option, ok := options[t[0]]; return ok && option != t[1] })
}

func whereText(s *Study, kind string) string {
	if n := s.Where[kind]; n != nil {
		return strings.Join(strings.Fields(n.Text), " ")
	}
	return ""
}

// differentInputs reports whether inventories of activities differ, and catalogues: their files, whatever their names and order.
func (c *comparing) differentInputs() (activities, catalogues bool, err error) {
	byKind := func(p *plan) map[string][]*input {
		out := map[string][]*input{}
		for i := range p.inputs {
			out[p.inputs[i].kind] = append(out[p.inputs[i].kind], &p.inputs[i])
		}
		return out
	}
	a, b := byKind(c.ends[0].plan), byKind(c.ends[1].plan)
	for _, kind := range datasets.Kinds() {
		same, err := sameFiles(c.ctx, a[kind.Name], b[kind.Name])
		if err != nil {
			return false, false, err
		}
		activities = activities || !same && kind.Activity
		catalogues = catalogues || !same && !kind.Activity
	}
	return activities, catalogues, nil
}

// sameFiles reports whether two lists of files have the same contents. Most that differ are told apart without reading them.
func sameFiles(ctx context.Context, a, b []*input) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	left := slices.Clone(b)
	for _, x := range a {
		found := -1
		for i, y := range left {
			same, err := sameContent(ctx, x, y)
			if err != nil {
				return false, err
			}
			if same {
				found = i
				break
			}
		}
		if found < 0 {
			return false, nil
		}
		left = slices.Delete(left, found, found+1)
	}
	return true, nil
}
