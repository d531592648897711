package study

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/rules"
)

// tracedRow is an input row with what it adds to a sum.
type tracedRow struct {
	terms   []tracedTerm // of the rule's normal form that fall into the sum, one as a rule
	size    float64      // of what they come to together
	content []byte       // its values, see encodeRow
	file    int
	row     int64
	values  *rules.Explained // the rule's formula with the row's values
}

// tracedTerm is one amount.
type tracedTerm struct {
	coefficient, share float64
	term               int              // of the rule's normal form
	parts              *rules.Explained // what the coefficient comes from; nil where that cannot be told
}

func (t tracedTerm) amount() float64 { return float64(t.coefficient * t.share) }

// amountOf is what terms of a row add together.
func amountOf(terms []tracedTerm) float64 {
	if len(terms) == 1 {
		return terms[0].amount()
	}
	var s exact.Sum
	for _, t := range terms {
		s.Add(t.amount())
	}
	return s.Float64()
}

// amount is what the row adds.
func (r *tracedRow) amount() float64 { return amountOf(r.terms) }

// compareTraced puts the larger row first, and of rows that add as much the one whose content comes first: where a row stands in its file matters only
// between rows alike in everything that rules and people see.
func compareTraced(a, b *tracedRow) int {
	return cmp.Or(cmp.Compare(b.size, a.size), bytes.Compare(a.content, b.content), cmp.Compare(a.file, b.file), cmp.Compare(a.row, b.row))
}

// plainSource is an inventory that has been checked.
type plainSource struct{ source }

func (s plainSource) Open(_ context.Context, part int, columns []string) (engine.Reader, error) {
	return s.Inventory.Open(part, columns)
}

// rows reads the rows of the groups whose sums are shown once more.
func (t *figureTree) rows(ctx context.Context) error {
	for i := range t.p.kinds {
		var sums []*rowSum
		for _, s := range t.sums {
			if s.inventory == i {
				sums = append(sums, s)
			}
		}
		if len(sums) == 0 {
			continue
		}
		if err := t.traceKind(ctx, i, sums); err != nil {
			return err
		}
	}
	return nil
}

// also are columns that people look for in a row, beside those that rules read.
func (k *kindPlan) also() []string {
	out := []string{k.kind.ID}
	for _, c := range k.kind.Columns {
		if slices.Contains([]string{"source", "source_url", "licence", "quality"}, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// sumKey finds a sum by what the engine tells of an amount.
type sumKey struct {
	group int
	units string
	key   amounts.Key
}

func (t *figureTree) traceKind(ctx context.Context, inventory int, sums []*rowSum) error {
	k := t.p.kinds[inventory]
	inv := t.p.inventory(k, t.f.run)
	inv.Source = plainSource{source{k.inventory, k}}
	groups, by := map[string]int{}, map[sumKey]int{}
	for i, s := range sums {
		name := namesKey(s.names)
		if _, ok := groups[name]; !ok {
			groups[name] = len(groups)
		}
		by[sumKey{groups[name], s.units, s.key}] = i
	}
	var mu sync.Mutex
	var workers []*rowTracer
	err := engine.Trace(ctx, &inv, t.f.run.space, engine.Tracing{Jobs: t.f.run.options.Jobs, Columns: k.also(),
		Wanted: func(names []string) (int, bool) { g, ok := groups[namesKey(names)]; return g, ok },
		Visitor: func() func(e *engine.Entering) error {
			w := &rowTracer{by: by, sums: make([]tracedSum, len(sums))}
			for i := range w.sums {
				w.sums[i].largest = ranking[tracedRow]{most: t.top, compare: compareTraced}
			}
			mu.Lock()
			workers = append(workers, w)
			mu.Unlock()
			return w.visit
		}})
	if err != nil {
		return err
	}
	for i, s := range sums {
		all := ranking[tracedRow]{most: t.top, compare: compareTraced}
		for _, w := range workers {
			if err := s.traced.AddGrid(&w.sums[i].sum); err != nil {
				return err
			}
			s.read += w.sums[i].rows
			for _, r := range w.sums[i].largest.kept {
				all.add(r)
			}
		}
		if (s.traced != s.sum || s.read != s.rows) && len(k.others) == 0 {
			return fmt.Errorf("explain: the rows add up to %v, and the scan found %v", s.traced.Float64(), s.sum.Float64())
		}
		s.shown = all.kept
		if err := t.evaluate(k, s, inv.TraceColumns(k.also())); err != nil {
			return err
		}
	}
	return nil
}

// namesKey is a text that tells lists of names apart.
func namesKey(names []string) string {
	var b []byte
	for _, n := range names {
		b = append(binary.AppendUvarint(b, uint64(len(n))), n...)
	}
	return string(b)
}

// rowTracer is a worker's visit.
type rowTracer struct {
	by      map[sumKey]int
	sums    []tracedSum
	waiting []waitingRow // what the current row adds, by sum
	batch   *column.Batch
	at      int
	file    int
	row     int64
}

type tracedSum struct {
	sum     exact.Grid
	rows    int64
	largest ranking[tracedRow]
}

type waitingRow struct {
	sum   int
	terms []tracedTerm
}

func (w *rowTracer) visit(e *engine.Entering) error {
	if e == nil {
		w.done()
		return nil
	}
	if e.Row != w.row || e.File != w.file {
		w.done()
		w.batch, w.at, w.file, w.row = e.Batch, e.At, e.File, e.Row
	}
	i, ok := w.by[sumKey{e.Group, e.Units, e.Key}]
	if !ok {
		return nil
	}
	if err := w.sums[i].sum.Add(e.Amount()); err != nil {
		return err
	}
	at := slices.IndexFunc(w.waiting, func(x waitingRow) bool { return x.sum == i })
	if at < 0 {
		if at = len(w.waiting); at < cap(w.waiting) {
			w.waiting = w.waiting[:at+1] // with the memory of terms before
			w.waiting[at].sum, w.waiting[at].terms = i, w.waiting[at].terms[:0]
		} else {
			w.waiting = append(w.waiting, waitingRow{sum: i})
		}
	}
	w.waiting[at].terms = append(w.waiting[at].terms, tracedTerm{coefficient: e.Coefficient, share: e.Share, term: e.Term})
	return nil
}

// done takes the row that has ended among the largest of its sums. Its values are copied only where it may be one of them.
func (w *rowTracer) done() {
	for i := range w.waiting {
		x := &w.waiting[i]
		s := &w.sums[x.sum]
		s.rows++
		size := math.Abs(amountOf(x.terms))
		if n := len(s.largest.kept); n == s.largest.most && size < s.largest.kept[n-1].size {
			continue
		}
		s.largest.add(tracedRow{terms: slices.Clone(x.terms), size: size, content: encodeRow(w.batch.Columns, w.at), file: w.file, row: w.row})
	}
	w.waiting, w.row = w.waiting[:0], 0
}

// evaluate has the rules explain what they make of the rows that are shown.
func (t *figureTree) evaluate(k *kindPlan, s *rowSum, columns []string) error {
	types := make([]column.Type, len(columns))
	for c, name := range columns {
		types[c] = k.typeOf(name)
	}
	encoded := make([]sampledRow, len(s.shown))
	for i := range s.shown {
		encoded[i].content = s.shown[i].content
	}
	b := decodeRows(encoded, types)
	own := *b
	own.Columns = b.Columns[:len(k.program.Columns())]
	r := k.program.NewRunner(t.f.run.space, t.p)
	r.Start()
	if err := r.Evaluate(&own); err != nil {
		return err
	}
	for i := range s.shown {
		row, flow := &s.shown[i], int(s.key.Flow)-k.first
		row.values = k.program.Explain(r, flow, i)
		for t := range row.terms {
			row.terms[t].parts = k.program.ExplainCoefficient(r, flow, row.terms[t].term, i)
		}
	}
	return nil
}

// word is a row's text in one of the columns that it was read with, empty where it has none.
func (r *tracedRow) word(k *kindPlan, columns []string, name string) string {
	at := slices.Index(columns, name)
	if at < 0 {
		return ""
	}
	types := make([]column.Type, len(columns))
	for c, name := range columns {
		types[c] = k.typeOf(name)
	}
	c := &decodeRows([]sampledRow{{content: r.content}}, types).Columns[at]
	if c.Type != column.String || !c.Valid.Get(0) {
		return ""
	}
	return c.Dict.Values[c.Codes[0]]
}
