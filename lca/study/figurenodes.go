package study

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/trace"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// tree makes the tree of what was found.
func (t *figureTree) tree() *trace.Tree {
	first := &t.picked.shown[0]
	out := &trace.Tree{Format: lca.TraceFormat, Study: t.p.study.Name, Method: t.p.method.Ref(), Pack: t.p.pack.Ref(), Category: first.Category, Unit: first.Unit, Selection: []trace.Detail{}}
	for _, c := range t.picked.where {
		out.Selection = append(out.Selection, trace.Detail{Name: c.column, Value: c.word})
	}
	var cells []*trace.Node
	for _, c := range t.cells {
		cells = append(cells, t.cellNode(c))
	}
	out.Figure = (&trace.Node{Kind: trace.Figure, Label: t.title(), Unit: first.Unit, Operation: trace.Sum, Count: t.picked.count, Children: cells}).Is(t.picked.sum.Float64())
	if n := t.picked.count - int64(len(cells)); n > 0 {
		rest := trace.Remaining(trace.Rest, "the rest: "+diag.Plural(n, "cell"), &t.picked.rest)
		rest.Count, rest.Unit = n, first.Unit
		out.Figure.Children = append(out.Figure.Children, rest)
	}
	out.Notes = t.notes()
	return out
}

// title names the figure by what its selection fixes.
func (t *figureTree) title() string {
	var words []string
	for _, c := range t.picked.where {
		words = append(words, c.word)
	}
	first, last := t.picked.years[0], t.picked.years[len(t.picked.years)-1]
	switch {
	case t.picked.where.on("year") != nil:
	case first == last:
		words = append(words, strconv.Itoa(first))
	default:
		words = append(words, fmt.Sprintf("cumulative %d to %d", first, last))
	}
	for _, c := range []string{"perspective", "accounting"} {
		if t.picked.where.on(c) == nil {
			words = append(words, impactWord(&t.picked.shown[0], c))
		}
	}
	return strings.Join(words, " · ")
}

func (t *figureTree) cellNode(c *figureCell) *trace.Node {
	var words []string
	for _, column := range cellColumns[:len(cellColumns)-2] { // quality is a detail, and the category the figure's
		word := impactWord(&c.row, column)
		if word != "" && (column != "share_of" || word != lca.Words().ShareOf[0].Name) {
			words = append(words, word)
		}
	}
	n := (&trace.Node{Kind: trace.Cell, Label: strings.Join(words, " · "), Unit: c.row.Unit, Operation: trace.Sum, Count: c.count}).Is(c.row.Value)
	for _, column := range cellColumns {
		n.Detail(column, impactWord(&c.row, column))
	}
	for i := range c.parts.kept {
		n.Children = append(n.Children, t.contributionNode(&c.parts.kept[i], c.row.Unit))
	}
	if more := c.count - int64(len(c.parts.kept)); more > 0 {
		rest := trace.Remaining(trace.Rest, "the rest: "+diag.Plural(more, "contribution"), &c.rest)
		rest.Count, rest.Unit = more, c.row.Unit
		n.Children = append(n.Children, rest)
	}
	return n
}

func (t *figureTree) contributionNode(x *contribution, of string) *trace.Node {
	f := x.part.scope.flow
	amount := t.amountNode(x)
	n := (&trace.Node{Kind: trace.Contribution, Label: "rule " + f.rules.Kind + "/" + f.rule.Name, Unit: of, Operation: trace.Same, Children: []*trace.Node{amount}, Place: trace.At(f.spec.Place)}).Is(x.value)
	n.Detail("quality", lca.Words().Qualities[x.class].Name)
	for i, name := range x.rows.names[groupColumns:] {
		if column := t.p.kinds[x.rows.inventory].groups[groupColumns+i]; name != "" {
			n.Detail(column, name)
		}
	}
	n.Detail("counts", t.counted(x))
	if x.part.found != nil {
		n.Operation = trace.Product
		to, _ := t.p.pack.Unit(x.part.found.Row.Factor, x.part.found.Row.Category)
		n.Children = append(n.Children, t.factorNode(f.rule.Factor, x.part.found, x.part.factor, t.p.toCategory(x.part.found.Row), to.String()))
	}
	return n
}

// counted names the functional units that a contribution's rows count.
func (t *figureTree) counted(x *contribution) string {
	var out []string
	at := 0
	for i := range t.p.kinds[x.rows.inventory].program.Flows {
		u := t.p.kinds[x.rows.inventory].program.Flows[i].Unit
		if u == nil {
			continue
		}
		if at < len(x.rows.units) && x.rows.units[at] == '1' {
			out = append(out, u.Name)
		}
		at++
	}
	return strings.Join(out, ", ")
}

// amountNode is what the factor is multiplied by: the sum of the rows, times what is uncertain and shared by them.
func (t *figureTree) amountNode(x *contribution) *trace.Node {
	f := x.part.scope.flow
	monomials := &t.a.space.Monomials
	measure, err := unit.Parse(f.spec.Measure)
	known := err == nil
	var symbols []*trace.Node
	for _, sign := range []int32{1, -1} {
		for _, p := range monomials.Powers(x.mono) {
			s := monomials.At(p.Symbol)
			if s.Mark || p.Exponent*sign <= 0 {
				continue
			}
			n, of, ok := t.symbolNode(&s)
			if n.Exponent = int(p.Exponent); n.Exponent == 1 {
				n.Exponent = 0
			}
			known, measure = known && ok, measure.Div(of.Pow(int(p.Exponent)))
			symbols = append(symbols, n)
		}
	}
	of := ""
	if known && measure.Valid() {
		of = shownUnit(measure.String())
	}
	rows := t.rowsNode(x, of)
	rows.Label += before(symbols)
	n := (&trace.Node{Kind: trace.Amount, Label: strings.Join(strings.Fields(f.spec.Subject), " "), Unit: shownUnit(f.spec.Measure), Operation: trace.Same, Children: []*trace.Node{rows}, Place: rows.Place}).Is(x.amount)
	switch {
	case len(symbols) == 0:
	case len(symbols) == 1 && symbols[0].Exponent == 0:
		n.Operation, n.Children = trace.Product, append(n.Children, symbols[0])
	default:
		by := (&trace.Node{Kind: trace.Uncertain, Label: "what the rows are multiplied by", Operation: trace.Product, Children: symbols}).Is(monomials.Value(x.mono))
		n.Operation, n.Children = trace.Product, append(n.Children, by)
	}
	return n
}

// before says what a sum of rows is without: what is uncertain multiplies it once, whatever the number of rows.
func before(symbols []*trace.Node) string {
	const most = 3
	var names []string
	for i, n := range symbols {
		if i == most {
			names = append(names, "…")
			break
		}
		sign := "× "
		if n.Exponent < 0 {
			sign = "/ "
		}
		names = append(names, sign+n.Label)
	}
	if names == nil {
		return ""
	}
	return ", before " + strings.Join(names, " ")
}

// symbolNode is something uncertain with its unit; ok is false where that is not known.
func (t *figureTree) symbolNode(s *amounts.Symbol) (n *trace.Node, of unit.Unit, ok bool) {
	switch ref := s.Ref.(type) {
	case rules.Parameter:
		return parameterNode(&ref), ref.Unit, true
	case factors.Found:
		to, _ := t.p.pack.Unit(ref.Row.Factor, "")
		f, _ := unit.Factor(ref.Row.Unit, to)
		return t.factorNode(ref.Row.Factor, &ref, s.Value, f, to.String()), to, true
	case *rules.Derived:
		n = (&trace.Node{Kind: trace.Operation, Label: ref.Text, Operation: "formula of parameters", Formula: ref.Text}).Is(s.Value)
		for _, p := range ref.Parameters {
			n.Children = append(n.Children, parameterNode(&t.p.method.Parameters[p]))
		}
		return n, unit.One, false
	}
	return (&trace.Node{Kind: trace.Constant, Label: s.Name}).Is(s.Value), unit.One, false
}

func parameterNode(p *rules.Parameter) *trace.Node {
	n := (&trace.Node{Kind: trace.Parameter, Label: p.Name, Unit: shownUnit(p.UnitText), Place: trace.At(p.Place)}).Is(p.Value)
	n.Detail("distribution", p.Distribution.String())
	n.Detail("quality", lca.Words().Qualities[p.Class].Name)
	n.Detail("source", oneLine(p.Source))
	return n
}

// factorNode is a row of a factor table: value in the unit that it is used in, which is times the row's own.
func (t *figureTree) factorNode(name string, found *factors.Found, value, times float64, of string) *trace.Node {
	r := found.Row
	words := []string{name}
	for _, w := range []string{found.Taken.Region, found.Taken.Technology} {
		if w != "" {
			words = append(words, w)
		}
	}
	if found.Taken.Year != 0 {
		words = append(words, strconv.Itoa(found.Taken.Year))
	}
	n := (&trace.Node{Kind: trace.Factor, Label: strings.Join(words, " "), Unit: shownUnit(of), Place: trace.At(r.Place())}).Is(value)
	if times != 1 {
		own := (&trace.Node{Kind: trace.Factor, Label: "as the row states it", Unit: r.UnitText}).Is(r.Value)
		by := (&trace.Node{Kind: trace.Conversion, Label: r.UnitText + " to " + of}).Is(times)
		n.Operation, n.Children = trace.Product, []*trace.Node{own, by}
	}
	if name != r.Factor {
		n.Detail("factor", r.Factor)
	}
	n.Detail("asked", askedFor(found))
	n.Detail("fallback", strings.Join(found.Steps(), ", "))
	n.Detail("valid", validity(r))
	n.Detail("boundary", r.Boundary)
	n.Detail("quality", r.Quality)
	n.Detail("distribution", r.Distribution.String())
	n.Detail("source", oneLine(r.Source))
	n.Detail("released", r.Released)
	n.Detail("licence", r.Licence)
	n.Detail("url", r.URL)
	if len(t.p.pack.Layers) > 1 {
		n.Detail("pack", t.p.pack.Layer(r).Ref)
	}
	for _, id := range r.Derived {
		n.Detail("derived from", t.p.pack.Rows[id].String())
	}
	return n
}

// askedFor says what a factor was looked for by, where that is not what was found.
func askedFor(f *factors.Found) string {
	if f.Exact() {
		return ""
	}
	var out []string
	for _, w := range []string{f.Asked.Region, f.Asked.Technology} {
		if w != "" {
			out = append(out, w)
		}
	}
	if f.Asked.Year != 0 {
		out = append(out, strconv.Itoa(f.Asked.Year))
	}
	return strings.Join(out, " ")
}

func validity(r *factors.Row) string {
	switch {
	case r.From == 0:
		return ""
	case r.From == r.To:
		return strconv.Itoa(r.From)
	}
	return fmt.Sprintf("%d to %d", r.From, r.To)
}

// shownUnit leaves the unit of pure numbers out.
func shownUnit(text string) string {
	if text == "1" {
		return ""
	}
	return text
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// rowsNode is the sum of what rows state.
func (t *figureTree) rowsNode(x *contribution, of string) *trace.Node {
	s, k := x.rows, t.p.kinds[x.rows.inventory]
	n := (&trace.Node{Kind: trace.Rows, Label: diag.Plural(s.rows, "row") + " of " + k.kind.Name, Unit: of, Operation: trace.Sum, Count: s.rows}).Is(s.sum.Float64())
	n.Place = trace.At(t.formulaPlace(s))
	inv := t.p.inventory(k, t.f.run)
	columns := inv.TraceColumns(k.also())
	var left exact.Sum
	trace.AddGrid(&left, s.sum)
	for i := range s.shown {
		r := &s.shown[i]
		for _, term := range r.terms {
			left.Add(-term.amount())
		}
		n.Children = append(n.Children, t.rowNode(k, s, r, columns, of))
	}
	switch more := s.rows - int64(len(s.shown)); {
	case more > 0:
		rest := trace.Remaining(trace.Rest, "the rest: "+diag.Plural(more, "row"), &left)
		rest.Count, rest.Unit = more, of
		if others := s.rows - s.read; others > 0 {
			rest.Detail("of amounts tables", diag.Plural(others, "row")+" that other runs have read")
		}
		n.Children = append(n.Children, rest)
	case left.Float64() != 0:
		lost := trace.Remaining(trace.Rounding, "what numbers lose as they enter the sum", &left)
		lost.Unit = of
		n.Children = append(n.Children, lost)
	}
	return n
}

func (t *figureTree) rowNode(k *kindPlan, s *rowSum, r *tracedRow, columns []string, of string) *trace.Node {
	file := k.files()[r.file]
	label := r.word(k, columns, k.kind.ID)
	if label == "" {
		label = fmt.Sprintf("row %d", r.row)
	}
	n := (&trace.Node{Kind: trace.Row, Label: label, Unit: of, Place: &trace.Place{File: file, Row: r.row}}).Is(r.amount())
	n.Detail("quality", lca.Words().Qualities[r.values.Class].Name)
	for _, name := range k.also()[1:] {
		if name != "quality" {
			n.Detail(name, oneLine(r.word(k, columns, name)))
		}
	}
	formula := t.formulaNode(k, r)
	terms := make([]*trace.Node, len(r.terms))
	for i := range r.terms {
		terms[i] = t.termNode(k, &r.terms[i], s.key.Year, of)
	}
	if len(terms) == 1 {
		n.Operation, n.Children = trace.Same, terms
	} else { // which enter the sum of the rows each
		var all exact.Sum
		for i := range r.terms {
			all.Add(r.terms[i].amount())
		}
		n.Operation, n.Children, n.Remainder = trace.Sum, terms, trace.Remaining(trace.Row, "", &all).Remainder
	}
	if len(terms) == 1 && len(t.a.space.Monomials.Powers(s.key.Mono)) == 0 && formula.Value != nil && *formula.Value == r.terms[0].coefficient {
		coefficient := terms[0] // with nothing uncertain it is what the formula comes to
		if r.terms[0].share != 1 {
			coefficient = coefficient.Children[0]
		}
		coefficient.Operation, coefficient.Children = trace.Same, []*trace.Node{formula}
		return n
	}
	n.Explained = []*trace.Node{formula}
	return n
}

// termNode is an amount of a row: its coefficient, times its share of the year.
func (t *figureTree) termNode(k *kindPlan, term *tracedTerm, year int32, of string) *trace.Node {
	n := (&trace.Node{Kind: trace.Coefficient, Label: "coefficient", Unit: of}).Is(term.coefficient)
	if term.parts != nil {
		n.Operation, n.Children = trace.Same, []*trace.Node{t.explainedNode(k, term.parts)}
	}
	if term.share == 1 {
		return n
	}
	share := (&trace.Node{Kind: trace.Share, Label: fmt.Sprintf("days in %d of the row's days", year)}).Is(term.share)
	return (&trace.Node{Kind: trace.Coefficient, Label: "part of the year", Unit: of, Operation: trace.Product, Children: []*trace.Node{n, share}}).Is(term.amount())
}

// notes gathers what is to be said of the figure.
func (t *figureTree) notes() []trace.Note {
	out := []trace.Note{}
	if names := t.picked.sameUnder; len(names) > 1 {
		out = append(out, trace.Note{Type: "accounting", Text: "the figure is the same under the accountings " + strings.Join(names, " and ") + "; shown is " + names[0]})
	}
	type fallback struct {
		way   way
		value float64
	}
	var all []fallback
	for w, sum := range t.ways {
		all = append(all, fallback{w, sum.Float64()})
	}
	slices.SortFunc(all, func(a, b fallback) int {
		return cmp.Or(cmp.Compare(b.value, a.value), strings.Compare(a.way.entry, b.way.entry), strings.Compare(a.way.factor, b.way.factor), strings.Compare(a.way.detail, b.way.detail))
	})
	whole := t.picked.sum.Float64()
	for _, f := range all {
		text := f.way.factor + ": " + f.way.detail
		if whole != 0 {
			text += fmt.Sprintf(", for %.3g %% of the figure", 100*(f.value/whole))
		}
		out = append(out, trace.Note{Type: f.way.entry, Text: text})
	}
	var gaps []gapNote
	for g := range t.gaps {
		gaps = append(gaps, g)
	}
	slices.SortFunc(gaps, func(a, b gapNote) int {
		return cmp.Or(cmp.Compare(a.gap.At.Place.Line, b.gap.At.Place.Line), cmp.Compare(a.gap.At.Place.Col, b.gap.At.Place.Col), strings.Compare(a.rule, b.rule))
	})
	for _, g := range gaps {
		n := t.gaps[g]
		out = append(out, trace.Note{Type: entryGap, Text: fmt.Sprintf("rule %s: %s without a value, not in the figure: %s", g.rule, diag.Plural(n.rows, "row"), oneLine(g.gap.Reason)), Place: trace.At(n.place())})
	}
	return append(out, t.cutOffs()...)
}

// cutOffs are what the method leaves out of figures such as this one.
func (t *figureTree) cutOffs() (out []trace.Note) {
	for _, c := range t.p.method.CutOffs {
		text := c.Name + ": " + oneLine(c.Reason)
		if e := c.Estimate; e != nil {
			if e.Category != t.picked.shown[0].Category || t.picked.where.on("stage") != nil && t.picked.where.on("stage").word != e.Stage {
				continue
			}
			text += fmt.Sprintf("; estimated as %v of %s: %s", e.Share, e.Stage, oneLine(e.Source))
		}
		out = append(out, trace.Note{Type: entryCutOff, Text: text, Place: trace.At(c.At.Place)})
	}
	return out
}
