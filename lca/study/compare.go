package study

import (
	"cmp"
	"context"
	"math"

	"github.com/ai-impact-observatory/ailca/factors"
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
	Year       int                `json:"year"`  // the headline year
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

// Coverage says which of two assessments lack a part of the total.
func (t *ComparedTotal) Coverage() string {
	a, b := t.A != nil && !t.AComplete, t.B != nil && !t.BComplete
	switch {
	case a && b:
		return "both incomplete"
	case a:
		return "A incomplete"
	case b:
		return "B incomplete"
	}
	return "complete"
}

// Changed reports whether both sides have the total, and it differs by more than rounding.
func (t *ComparedTotal) Changed() bool {
	return t.Difference != nil && tells(*t.Difference, t.A, t.B)
}

// Tells reports whether a part of the total is more than rounding.
func (t *ComparedTotal) Tells(part float64) bool { return tells(part, t.A, t.B) }

// tells reports whether a difference, or a part of it, is more than sums of so large values are rounded by.
func tells(part float64, of ...*float64) bool {
	size := 0.0
	for _, v := range of {
		if v != nil {
			size = max(size, math.Abs(*v))
		}
	}
	return math.Abs(part) > 1e-12*size
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
	// Year is the headline year: 0: that of B, where it has a total that A has as well, else the last year of which both have one.
	Year int
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

	unexplainedCause = "unexplained"
)

var causeTitles = map[string]string{
	inventoryCause: "inventory: rows of activities", catalogueCause: "catalogue: what devices are", factorsCause: "factors", rulesCause: "rules and parameters of the method",
	boundaryCause:                       "boundary: filters and choices of the study",
	softwareCause:                       "software: published otherwise than this program computes it, so by another version, or changed since (ailca verify tells)",
	unexplainedCause:                    "unexplained: a difference that none of the causes makes, which is an error of this program",
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
	c := &comparing{ctx: ctx, o: &o}
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
	c.headline()
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
	year int // the headline year

	unions   []string // causes that differ
	mixture  *rules.Mixture
	colours  []int           // of each of its changes; -1: no impact of these inventories depends on it
	coloured int             // how many colours there are
	methods  []*rules.Method // by mask of colours
	same     bool            // catalogues of both sides are the same
	merged   [2]mergedCatalogues
	packs    [2]*factors.Pack // of both sides, each with the factors that the other alone defines

	totals  numbers[totalKey]
	flows   numbers[flowName]
	columns []int // of groupNames, by which names are told apart

	sampling Sampling
	alikes   *alikeFactors
	undrawn  bool          // draws take too much memory
	drawn    []drawnCorner // by set of unions; nil where nothing is drawn

	sets    []*cornerTotals                 // by set of unions
	inner   []map[int]map[flowTotal]float64 // by set of unions without rules: by mask
	factors factorItems
	rows    *rowItems
	notes   []string
}

// headline chooses the year of which names are told apart.
func (c *comparing) headline() {
	if c.year = c.o.Year; c.year != 0 {
		return
	}
	own, last := false, 0
	for k := range c.ends[1].totals {
		if _, both := c.ends[0].totals[k]; both {
			own = own || int(k.year) == c.ends[1].study.Year
			last = max(last, int(k.year))
		}
	}
	if c.year = c.ends[1].study.Year; !own && last != 0 {
		c.year = last
	}
}

// flowName is an impact of a kind.
type flowName struct{ kind, impact string }

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

// Moved reports whether it differs by more than rounding.
func (n *ComparedName) Moved() bool { return n.Tells(n.Difference()) }

// Tells reports whether a part of the difference is more than rounding.
func (n *ComparedName) Tells(part float64) bool { return tells(part, n.A, n.B) }

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
