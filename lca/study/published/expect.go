package published

import (
	"math/big"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Class says what it means that a number comes out.
type Class string

const (
	Exact         Class = "exact"         // formula and all inputs are published: it comes out within the rounding of the print
	Derived       Class = "derived"       // from other numbers of the same publication, by a ratio for example
	Partial       Class = "partial"       // an input is not published, and was worked back from this or another number
	Fitted        Class = "fitted"        // an input was chosen so that it comes out
	Recomputation Class = "recomputation" // it does not come out: the published inputs give another number, which the case states
)

// Classes are all of them, as files name them.
var Classes = []Class{Exact, Derived, Partial, Fitted, Recomputation}

// Expectation is a published number and what it is a number of: cells of the impact table, an intensity, a quantity of a row, or a ratio.
type Expectation struct {
	ID    string
	What  string
	Note  string
	Class Class

	Of    *Selection // nil of a ratio
	Ratio [2]string  // ids of two other expectations

	Value      *Figure // as published; nil where LessThan is given
	LessThan   *Figure
	Recomputed *Figure // of a recomputation: what comes out in its place
	Within     string  // as written; empty where LessThan is given

	Source string // of this number
	At     *document.Node

	relative *big.Rat // of Within, one of these
	absolute *Figure
}

// Selection is what a number is a number of. Everything but items and stages is one thing: totals are not to be added over perspectives, accountings,
// alternatives and years.
type Selection struct {
	Items                            []string
	Kind                             string   // empty: any
	Category                         string   // empty where Quantity is given
	Stages                           []string // empty: all
	Perspective, Accounting, ShareOf string
	Year                             int
	Per                              string         // a functional unit; empty for cells of the impact table
	Quantity                         *document.Node // its name, with the rung; nil for cells and intensities
	Method                           string         // another one than the case's; empty: that
	At                               *document.Node
}

func (l *loader) readExpectations(list []*document.Node) {
	if n := l.root.Get("expect"); n != nil && n.Kind == document.List && len(list) == 0 {
		l.bad(n, diag.MissingValue, "nothing is expected of the case")
	}
	if len(list) > maxExpect {
		l.bad(l.root.Get("expect"), diag.TooLarge, "a case expects at most %d numbers, not %d", maxExpect, len(list))
		return
	}
	ids := map[string]bool{}
	for _, n := range list {
		e := l.expectation(n)
		if e.ID != "" && ids[e.ID] {
			l.bad(n.Get("id"), diag.DuplicateName, "two expectations are called %q", excerpt(e.ID))
		}
		ids[e.ID] = true
		l.Expect = append(l.Expect, e)
	}
	for i := range l.Expect {
		e := &l.Expect[i]
		for k, id := range e.Ratio {
			if id == "" || e.Of != nil {
				continue
			}
			at := slices.IndexFunc(l.Expect, func(o Expectation) bool { return o.ID == id })
			switch {
			case at < 0:
				var known []string
				for _, o := range l.Expect {
					if o.ID != "" && !slices.Contains(known, o.ID) {
						known = append(known, o.ID)
					}
				}
				l.near(e.At.Get("ratio").Items[k].Problem(diag.UnknownName, "no expectation of this file is called %q", excerpt(id)), id, known)
			case l.Expect[at].Of == nil:
				l.bad(e.At.Get("ratio").Items[k], diag.BadValue, "%s is a ratio itself: a ratio is of two numbers that are read off results", excerpt(id))
			}
		}
	}
}

func (l *loader) expectation(n *document.Node) Expectation {
	var raw struct {
		ID         string         `doc:"id,required"`
		What       string         `doc:"what,required"`
		Of         *document.Node `doc:"of"`
		Ratio      []string       `doc:"ratio"`
		Value      *document.Node `doc:"value"`
		LessThan   *document.Node `doc:"less_than"`
		Recomputed *document.Node `doc:"recomputed"`
		Within     string         `doc:"within"`
		Class      string         `doc:"class,required"`
		Note       string         `doc:"note"`
		Source     string         `doc:"source"`
	}
	document.Decode(n, &raw, l.probs)
	e := Expectation{ID: raw.ID, What: raw.What, Note: raw.Note, Class: Class(raw.Class), Source: raw.Source, Within: raw.Within, At: n}
	if n.Kind != document.Map {
		return e
	}
	for _, text := range []struct{ key, value string }{{"id", raw.ID}, {"what", raw.What}} {
		if at := n.Get(text.key); at != nil && strings.TrimSpace(text.value) == "" && at.Kind == document.Scalar {
			l.bad(at, diag.MissingValue, "%s is empty", text.key)
		}
	}
	if at := n.Get("class"); at != nil && !slices.Contains(Classes, e.Class) && at.Kind == document.Scalar {
		var known []string
		for _, c := range Classes {
			known = append(known, string(c))
		}
		l.near(at.Problem(diag.UnknownName, "unknown class %q", excerpt(raw.Class)), raw.Class, known)
	}
	due, known := l.target(&e, raw.Of, raw.Ratio)
	e.Value, e.LessThan, e.Recomputed = l.figure(raw.Value, due, known), l.figure(raw.LessThan, due, known), l.figure(raw.Recomputed, due, known)
	l.tolerance(&e)
	return e
}

// target reads what a number is of, and gives the unit in which it is due, where that is known before the method is.
func (l *loader) target(e *Expectation, of *document.Node, ratio []string) (due unit.Unit, known bool) {
	n := e.At
	switch at := n.Get("ratio"); {
	case of != nil && at != nil:
		l.bad(at, diag.BadValue, "an expectation is of a selection or a ratio, not of both")
	case of != nil:
		return l.selection(e, of)
	case at == nil:
		p := n.Problem(diag.MissingKey, "the expectation does not say what it is of")
		p.Hint = "of: {item: ..., category: ...}, or ratio: [ID, ID]"
		l.probs.Add(p)
	case len(ratio) != 2:
		if at.Kind == document.List {
			l.bad(at, diag.BadValue, "a ratio is of two expectations, not of %d", len(ratio))
		}
	default:
		e.Ratio = [2]string(ratio)
		return unit.One, true
	}
	return due, false
}

// figure reads a published number; known says that it is due in what due measures.
func (l *loader) figure(n *document.Node, due unit.Unit, known bool) *Figure {
	if n == nil {
		return nil
	}
	if n.Kind != document.Scalar {
		l.bad(n, diag.BadType, "expected a value such as 12 kWh, found %s", n.Kind)
		return nil
	}
	f, why := parseFigure(n.Text)
	if why != "" {
		p := n.Problem(diag.BadValue, "%s", why)
		p.Hint = document.NumberHint(excerpt(n.Text))
		if !n.Cut { // which is told
			l.probs.Add(p)
		}
		return nil
	}
	if known && f.Bare && !due.IsDimensionless() {
		p := n.Problem(diag.BadUnit, "the number stands without its unit: %s alone could be of any", f.Text)
		p.Hint = "write " + f.Text + " " + due.String()
		l.probs.Add(p)
		return nil
	}
	if _, ok := f.in(due); known && !ok {
		l.bad(n, diag.UnitMismatch, "%s (%s) cannot be converted to %s (%s)", f.Unit, f.Unit.Dimension(), due, due.Dimension())
		return nil
	}
	return &f
}

// tolerance reads within, and checks which figures stand beside each other.
func (l *loader) tolerance(e *Expectation) {
	n := e.At
	value, less, within, recomputed := n.Get("value"), n.Get("less_than"), n.Get("within"), n.Get("recomputed")
	switch {
	case value == nil && less == nil:
		p := n.Problem(diag.MissingKey, "the published number is missing")
		p.Hint = "value: 1287 MWh, or less_than: 0.001 mg Sbe"
		l.probs.Add(p)
	case value != nil && less != nil:
		l.bad(less, diag.BadValue, "a number is a value or a bound, not both")
	case value != nil && within == nil:
		p := n.Problem(diag.MissingKey, `the key "within" is missing`)
		p.Hint = "the tolerance of the print: within: 0.3 %, or within: 0.5 g CO2e"
		l.probs.Add(p)
	case less != nil && within != nil:
		l.bad(within, diag.BadValue, "a bound has no tolerance")
	}
	switch {
	case e.Class == Recomputation && recomputed == nil:
		p := n.Problem(diag.MissingKey, "a number that does not come out is stated with the one that does")
		p.Hint = "recomputed: 360 kg CO2e"
		l.probs.Add(p)
	case e.Class == Recomputation && less != nil:
		l.bad(less, diag.BadValue, "a recomputation is of a value, not of a bound")
	case e.Class != Recomputation && recomputed != nil:
		l.bad(recomputed, diag.BadValue, "recomputed is for the class recomputation, not for %s", excerpt(string(e.Class)))
	}
	if within == nil || within.Kind != document.Scalar {
		return
	}
	f, why := parseFigure(e.Within)
	percent := unit.MustParse("%")
	switch {
	case why != "":
		l.bad(within, diag.BadValue, "%s", why)
	case f.Bare:
		p := within.Problem(diag.BadUnit, "a tolerance is relative, in per cent, or has the unit of the value")
		p.Hint = "within: 0.3 %, or within: 0.5 g CO2e"
		l.probs.Add(p)
	case f.Number.Sign() < 0:
		l.bad(within, diag.OutOfRange, "a tolerance is not negative")
	case f.Unit.Equal(percent):
		e.relative, _ = f.in(unit.One)
		if e.relative.Cmp(big.NewRat(1, 1)) >= 0 {
			l.bad(within, diag.OutOfRange, "a relative tolerance is less than 100 %%, not %s", f.Text)
		}
		if e.Value != nil && e.Value.Number.Sign() == 0 {
			l.bad(within, diag.BadValue, "nothing is relative to 0: state the tolerance in the unit of the value")
		}
	case e.Value != nil && !f.Unit.Compatible(e.Value.Unit):
		l.bad(within, diag.UnitMismatch, "%s (%s) is no tolerance of %s (%s)", f.Unit, f.Unit.Dimension(), e.Value.Unit, e.Value.Unit.Dimension())
	default:
		e.absolute = &f
	}
}

// selection reads what cells, intensity or quantity a number is of. Of an intensity the unit is known with the method alone.
func (l *loader) selection(e *Expectation, n *document.Node) (due unit.Unit, known bool) {
	var raw struct {
		Item        *document.Node `doc:"item,required"`
		Kind        *document.Node `doc:"kind"`
		Category    *document.Node `doc:"category"`
		Stage       *document.Node `doc:"stage"`
		Perspective *document.Node `doc:"perspective"`
		Accounting  *document.Node `doc:"accounting"`
		ShareOf     *document.Node `doc:"share_of"`
		Year        *document.Node `doc:"year"`
		Per         *document.Node `doc:"per"`
		Quantity    *document.Node `doc:"quantity"`
		Method      *document.Node `doc:"method"`
	}
	document.Decode(n, &raw, l.probs)
	words := lca.Words()
	var categories, kinds []string
	for _, c := range words.Categories {
		categories = append(categories, c.Name)
	}
	for _, t := range l.tables {
		kinds = append(kinds, t.kind.Name)
	}
	s := &Selection{Items: l.words(raw.Item, "item", nil), Kind: l.one(raw.Kind, "kind", kinds, ""), Category: l.one(raw.Category, "category", categories, ""),
		Stages: l.words(raw.Stage, "stage", lca.Names(words.Stages)), Perspective: l.one(raw.Perspective, "perspective", lca.Names(words.Perspectives), "service"),
		Accounting: l.one(raw.Accounting, "accounting", lca.Names(words.Accountings), "location"), ShareOf: l.one(raw.ShareOf, "share_of", lca.Names(words.ShareOf), "total"),
		Per: l.one(raw.Per, "per", nil, ""), Year: l.Year, Quantity: raw.Quantity, Method: l.one(raw.Method, "method", nil, ""), At: n}
	if raw.Year != nil {
		l.one(raw.Year, "year", nil, "")
		if raw.Year.Kind == document.Scalar {
			document.Decode(raw.Year, &s.Year, l.probs)
		}
	}
	e.Of = s
	l.known(s, raw.Item)
	if raw.Quantity == nil && raw.Category == nil && n.Kind == document.Map {
		p := n.Problem(diag.MissingKey, `the key "category" is missing`)
		p.Hint = "category: one of " + strings.Join(categories, ", ") + "; or quantity: NAME, of one row"
		l.probs.Add(p)
	}
	if raw.Quantity != nil {
		l.one(raw.Quantity, "quantity", nil, "")
		for _, not := range []*document.Node{raw.Category, raw.Stage, raw.Perspective, raw.Accounting, raw.ShareOf, raw.Year, raw.Per} {
			if not != nil {
				l.bad(not, diag.BadValue, "a quantity is of a row: it has no category, stage, perspective, accounting, share, year or functional unit")
			}
		}
		if len(s.Items) > 1 {
			l.bad(raw.Item, diag.BadValue, "a quantity is of one row, not of %d", len(s.Items))
		}
		return due, false
	}
	if raw.Per != nil {
		if len(s.Items) > 1 {
			l.bad(raw.Item, diag.BadValue, "an intensity is of one row, not of %d", len(s.Items))
		}
		for _, not := range []*document.Node{raw.Stage, raw.ShareOf} {
			if not != nil {
				l.bad(not, diag.BadValue, "intensities tell no stages and alternatives apart")
			}
		}
		return due, false
	}
	c, known := words.Category(s.Category)
	if known {
		due, known = unit.MustParse(c.Unit), true
	}
	return due, known
}

// one reads a word; a list is refused, for what it names is not to be added.
func (l *loader) one(n *document.Node, key string, known []string, absent string) string {
	switch {
	case n == nil:
		return absent
	case n.Kind == document.List:
		p := n.Problem(diag.BadValue, "an expectation is of one %s: sums over several would add what is not to be added", key)
		p.Hint = "an expectation for each"
		l.probs.Add(p)
		return absent
	case n.Kind != document.Scalar || n.Text == "":
		l.bad(n, diag.BadType, "expected one %s, found %s", key, n.Kind)
		return absent
	}
	if known != nil && !slices.Contains(known, n.Text) {
		l.near(n.Problem(diag.UnknownName, "unknown %s %q", key, excerpt(n.Text)), n.Text, known)
		return absent
	}
	return n.Text
}

// words reads a word or a list of words.
func (l *loader) words(n *document.Node, key string, known []string) []string {
	switch {
	case n == nil:
		return nil
	case n.Kind == document.Scalar:
		return []string{l.one(n, key, known, "")}
	case n.Kind != document.List || len(n.Items) == 0:
		l.bad(n, diag.BadType, "expected one %s or a list, found %s", key, n.Kind)
		return nil
	}
	var out []string
	for _, item := range n.Items {
		word := l.one(item, key, known, "")
		if word != "" && slices.Contains(out, word) {
			l.bad(item, diag.DuplicateName, "%q stands twice: it would be added once", excerpt(word))
		}
		out = append(out, word)
	}
	return out
}

// known refuses items that are no rows of the case, and those of several kinds.
func (l *loader) known(s *Selection, n *document.Node) {
	for i, item := range s.Items {
		var all []string
		of := 0
		for k := range l.tables {
			t := &l.tables[k]
			if !t.kind.Activity || s.Kind != "" && t.kind.Name != s.Kind {
				continue
			}
			ids := t.items()
			all = append(all, ids...)
			if slices.Contains(ids, item) {
				of++
			}
		}
		at := n
		if n.Kind == document.List {
			at = n.Items[i]
		}
		switch {
		case item == "":
		case of == 0:
			l.near(at.Problem(diag.UnknownName, "no row of the case is called %q", excerpt(item)), item, all)
		case of > 1:
			p := at.Problem(diag.BadValue, "rows of several kinds are called %q", excerpt(item))
			p.Hint = "say which: kind: ..."
			l.probs.Add(p)
		}
	}
}
