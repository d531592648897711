package engine

import (
	"errors"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// addWay adds the amounts of rows of one way.
func (l *lane) addWay(b *column.Batch, of numbers, w *way, rows []int32) error {
	p := &l.patterns
	add := &p.adding
	add.File, add.First, add.At, add.Values = int32(b.File), b.First, rows, add.Values[:0]
	add.Groups, add.Shapes = grow(add.Groups, len(rows)), grow(add.Shapes, len(rows))
	for k, i := range rows {
		add.Groups[k], add.Shapes[k] = l.groupOf[l.groups.at(i)], p.shape[of.at(i)]
	}
	if l.cells.Spread {
		add.Row = grow(add.Row, len(rows))
		for k, i := range rows {
			add.Row[k] = l.contents.of[i]
		}
	}
	l.load(b, w, rows)
	for _, f := range w.formulas {
		each, _ := l.evaluator.Formula(f)
		each = each[:len(rows)]
		if !summable(each) {
			return l.refusedIn(b)
		}
		add.Values = append(add.Values, each)
	}
	l.cells.AddRows(add)
	return nil
}

// summable reports whether a sum takes each of the amounts.
func summable(amounts []float64) bool {
	for _, v := range amounts {
		if !(math.Abs(v) < 1<<63) {
			return false
		}
	}
	return true
}

// load hands the numbers of rows to the evaluator.
func (l *lane) load(b *column.Batch, w *way, rows []int32) {
	q := &l.patterns
	for _, at := range w.inputs {
		if len(rows) == b.Rows {
			q.inputs[at] = b.Columns[at]
			continue
		}
		m := &q.memory[at]
		m.Floats = grow(m.Floats, len(rows))
		from, to := b.Columns[at].Floats, m.Floats
		for k, i := range rows {
			to[k] = from[i]
		}
		q.inputs[at].Floats = to
	}
	l.evaluator.Load(q.inputs, w.inputs, len(rows))
}

// refusedIn finds, of an amount that no sum takes, the row that an evaluation row by row meets first.
func (l *lane) refusedIn(b *column.Batch) error {
	if err := l.generally(b, nil); err != nil {
		return err
	}
	return errors.New("engine: an amount was refused, but not where the rules are applied row by row")
}
