// Package stats says what an inventory holds: column by column how much is missing, how many values there are, how they lie, and which are frequent.
//
// Rows are streamed, and what is held does not grow with them: up to a limit figures are exact, beyond it they are estimates with a stated error, and say so.
// Which of the two a figure is, and the figure, depend on the rows alone: not on their order, nor on how they are cut into files and row groups.
package stats

import (
	"context"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Stats are those of one inventory.
type Stats struct {
	Kind    string   `json:"kind"`
	Files   int      `json:"files"`
	Rows    int64    `json:"rows"`
	Columns []Column `json:"columns"` // those that a file has, in the order of the kind
}

// Column are the figures of a column. Numbers are in the canonical unit, dates are written YYYY-MM-DD.
type Column struct {
	Name          string   `json:"column"`
	Type          string   `json:"type"`
	Unit          string   `json:"unit,omitempty"`
	Missing       int64    `json:"missing"`
	MissingShare  float64  `json:"missing_share"` // of the rows; 0 without rows
	Distinct      int64    `json:"distinct"`
	DistinctExact bool     `json:"distinct_exact"` // else an estimate, within about 1 %
	Numbers       *Numbers `json:"numbers,omitempty"`
	Top           []Count  `json:"top,omitempty"`               // the most frequent texts and truth values
	Spark         string   `json:"spark,omitempty"`             // how numbers lie between the least and the greatest, in eighths
	SparkLog      bool     `json:"spark_logarithmic,omitempty"` // its twelfths are ratios, not differences
}

// Numbers are the figures of a column of numbers or dates. A quantile is the least value that so large a part of the values does not exceed.
type Numbers struct {
	Min            Value  `json:"min"`
	P05            Value  `json:"p05"`
	P25            Value  `json:"p25"`
	Median         Value  `json:"median"`
	P75            Value  `json:"p75"`
	P95            Value  `json:"p95"`
	Max            Value  `json:"max"`
	Mean           *Value `json:"mean,omitempty"`  // nil where the sum leaves the range of float64
	QuantilesExact bool   `json:"quantiles_exact"` // else within 0.4 % of the number, or of dates a 65,536th of their range
}

// Count is a value and the rows that have it.
type Count struct {
	Value string `json:"value"` // cut where it is long
	Rows  int64  `json:"rows"`
}

// Breakdown are columns whose frequent values are listed at more length: where rows come from, and what they are.
var Breakdown = []string{"source", "licence", "quality", "scope"}

const (
	shortTop = 5
	longTop  = 20
)

// Of reads an inventory.
func Of(ctx context.Context, inv *datasets.Inventory) (*Stats, error) {
	out := &Stats{Kind: inv.Kind().Name, Files: len(inv.Files()), Rows: inv.TotalRows(), Columns: []Column{}}
	var fields []lca.Field
	var all []*gauge
	for _, f := range inv.Kind().Columns {
		if inv.Has(f.Name) {
			fields = append(fields, f.Field)
			all = append(all, &gauge{field: f.Field, id: f.Name == inv.Kind().ID, numbers: spread{dates: f.Type == lca.Date}})
		}
	}
	if err := each(ctx, inv, all, (*gauge).add, (*gauge).endPart); err != nil {
		return nil, err
	}
	// Frequent texts of columns that have too many are counted again: which are candidates depends on the order of the rows, their counts do not.
	again := slices.DeleteFunc(slices.Clone(all), func(g *gauge) bool { return !g.texts.pruned })
	for _, g := range again {
		g.texts.restart()
	}
	if len(again) > 0 {
		if err := each(ctx, inv, again, (*gauge).recount, (*gauge).endRecount); err != nil {
			return nil, err
		}
	}
	for i, g := range all {
		out.Columns = append(out.Columns, g.column(fields[i], out.Rows))
	}
	return out, nil
}

// each reads the columns of gauges part by part, ids as digests: nobody asks for the most frequent of them.
func each(ctx context.Context, inv *datasets.Inventory, gauges []*gauge, add func(*gauge, *column.Column, int), end func(*gauge)) error {
	var names, ids []string
	var plain []*gauge
	var id *gauge
	for _, g := range gauges {
		if g.id {
			id, ids = g, []string{g.field.Name}
		} else {
			plain, names = append(plain, g), append(names, g.field.Name)
		}
	}
	for part := range inv.Parts() {
		if len(plain) > 0 {
			r, err := inv.Open(part, names)
			if err != nil {
				return err
			}
			if err := drain(ctx, r, plain, add); err != nil {
				return err
			}
		}
		if id != nil {
			r, err := inv.OpenDigested(part, ids)
			if err != nil {
				return err
			}
			if err := drain(ctx, r, []*gauge{id}, add); err != nil {
				return err
			}
		}
		for _, g := range gauges {
			end(g)
		}
	}
	return nil
}

func drain(ctx context.Context, r datasets.Reader, gauges []*gauge, add func(*gauge, *column.Column, int)) error {
	defer r.Close()
	return column.Each(ctx, r, func(b *column.Batch) error {
		for i, g := range gauges {
			add(g, &b.Columns[i], b.Rows)
		}
		return nil
	})
}

// gauge gathers the figures of one column.
type gauge struct {
	field    lca.Field
	id       bool
	missing  int64
	distinct distinct
	numbers  spread
	sum      exact.Sum
	truths   [2]int64
	texts    frequent
	codes    []int64 // rows of each code of the part that is being read
	dict     *column.Dict
}

// add takes the rows of a batch.
func (g *gauge) add(c *column.Column, rows int) {
	for row := range rows {
		if !c.Valid.Get(row) {
			g.missing++
			continue
		}
		switch c.Type {
		case column.String:
			g.code(c, row)
		case column.Digested:
			g.distinct.add(c.Digests[row].Hi)
		case column.Bool:
			if c.Bools[row] {
				g.truths[1]++
			} else {
				g.truths[0]++
			}
		default:
			v := c.Floats[row]
			g.distinct.add(hashOf(v))
			g.numbers.add(v)
			g.sum.Add(v)
		}
	}
}

// code counts a row of a text. Codes keep their meaning for a part.
func (g *gauge) code(c *column.Column, row int) {
	g.dict = c.Dict
	for n := len(c.Dict.Values) - len(g.codes); n > 0; n-- {
		g.codes = append(g.codes, 0)
	}
	g.codes[c.Codes[row]]++
}

// endPart takes the texts of a part, each with its rows.
func (g *gauge) endPart() {
	for code, rows := range g.codes {
		if rows > 0 {
			d := column.DigestOf(g.dict.Values[code])
			g.distinct.add(d.Hi)
			g.texts.add(d, g.dict.Values[code], rows)
		}
	}
	g.codes, g.dict = g.codes[:0], nil
}

// recount counts candidates alone.
func (g *gauge) recount(c *column.Column, rows int) {
	for row := range rows {
		if c.Valid.Get(row) {
			g.code(c, row)
		}
	}
}

func (g *gauge) endRecount() {
	for code, rows := range g.codes {
		if rows > 0 {
			g.texts.count(column.DigestOf(g.dict.Values[code]), rows)
		}
	}
	g.codes, g.dict = g.codes[:0], nil
}

// column is what was gathered.
func (g *gauge) column(f lca.Field, rows int64) Column {
	out := Column{Name: f.Name, Type: f.Type.String(), Unit: f.Unit, Missing: g.missing}
	if rows > 0 {
		out.MissingShare = float64(g.missing) / float64(rows)
	}
	out.Distinct, out.DistinctExact = g.distinct.count()
	present := rows - g.missing
	top := shortTop
	if slices.Contains(Breakdown, f.Name) {
		top = longTop
	}
	switch {
	case f.Type == lca.Boolean:
		for i, n := range g.truths {
			if n > 0 {
				out.Distinct++
				out.Top = append(out.Top, Count{[]string{"false", "true"}[i], n})
			}
		}
		slices.SortStableFunc(out.Top, byRows)
	case f.Type == lca.Text && !g.id:
		out.Top = g.texts.top(present, top)
	case f.Type != lca.Text && present > 0:
		v := func(x float64) Value { return Value{f.Type, x} }
		q := g.numbers.quantiles(0.05, 0.25, 0.5, 0.75, 0.95)
		out.Numbers = &Numbers{Min: v(g.numbers.min), P05: v(q[0]), P25: v(q[1]), Median: v(q[2]), P75: v(q[3]), P95: v(q[4]), Max: v(g.numbers.max), QuantilesExact: g.numbers.exactly()}
		if mean := g.sum.Float64() / float64(present); !math.IsInf(mean, 0) {
			value := v(mean)
			out.Numbers.Mean = &value
		}
		if out.Spark = g.numbers.spark(); out.Spark != "" {
			out.SparkLog = g.numbers.byRatios()
		}
	}
	return out
}
