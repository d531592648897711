package study

import (
	"context"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules"
)

// fleetColumns are the columns of a kind whose rows are devices in service that say how many they are, from when to when, and a text column to be read beside them.
type fleetColumns struct{ count, from, retired, word string }

// fleetRow is a row of devices in service that enters totals. Dates are days since 1970-01-01.
type fleetRow struct {
	organisation, region, hardware, word string
	count, from, retired, life           float64
	hasCount, hasFrom, hasRetired        bool
	hasLife                              bool
	why                                  string // the service life is not known
}

// fleetRows visits the rows of devices that enter totals: real ones, no parts of others, not planned, kept by the study's filter. A row is good until visit returns.
// lives may be nil: then no row has a life.
func (p *plan) fleetRows(ctx context.Context, k *kindPlan, of fleetColumns, lives *rules.Readings, visit func(*fleetRow) error) error {
	kind := k.kind
	words := []string{kind.Groups["organisation"], kind.Groups["hardware"], kind.Roles.Scope, kind.Roles.PartOf, kind.Roles.AlternativeTo, kind.Roles.Planned.Column, kind.Groups["region"], of.word}
	own := append(words, of.count, of.from, of.retired)
	var read []string
	if lives != nil {
		read = lives.Columns()
	}
	asked := slices.Concat(own, read, k.program.Columns())
	columns := slices.DeleteFunc(slices.Clone(asked), func(name string) bool { _, ok := kind.Column(name); return !ok })
	slices.Sort(columns)
	columns = slices.Compact(columns)
	at := make([]int, len(asked))
	for i, name := range asked {
		at[i] = slices.Index(columns, name) // -1: the kind does not have it, and no row has a value
	}
	for part := range k.inventory.Parts() {
		if k.ruledOut != nil && k.ruledOut[part] {
			continue
		}
		in, err := k.inventory.Open(part, columns)
		if err != nil {
			return err
		}
		err = p.fleetPart(ctx, k, in, at, len(own), lives, visit)
		in.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// fleetPart visits the rows of a part. at are the places of the columns that are asked for: own ones first, then those of lives and of the filter.
func (p *plan) fleetPart(ctx context.Context, k *kindPlan, in engine.Reader, at []int, own int, lives *rules.Readings, visit func(*fleetRow) error) error {
	runner := k.program.NewRunner(&amounts.Space{}, p)
	read := 0
	if lives != nil {
		lives.Start()
		read = len(lives.Columns())
	}
	var batch, b column.Batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := in.Next(&batch)
		if err != nil || !more {
			return err
		}
		b = column.Batch{Rows: batch.Rows, First: batch.First, File: batch.File, Columns: b.Columns[:0]}
		for _, i := range at {
			if i >= 0 {
				b.Columns = append(b.Columns, batch.Columns[i])
			} else {
				b.Columns = append(b.Columns, column.Column{Type: column.Float, Floats: make([]float64, batch.Rows), Valid: column.NewBitmap(batch.Rows)})
			}
		}
		some := func(from, to int) *column.Batch {
			return &column.Batch{Columns: b.Columns[from:to], Rows: b.Rows, First: b.First, File: b.File}
		}
		if lives != nil {
			if err := lives.Evaluate(some(own, own+read), p); err != nil {
				return err
			}
		}
		var kept column.Bitmap
		if p.study.Where[k.kind.Name] != nil {
			if err := runner.Evaluate(some(own+read, len(b.Columns))); err != nil {
				return err
			}
			kept = runner.Keep()
		}
		word := func(c, row int) string {
			if col := &b.Columns[c]; col.Dict != nil && col.Valid.Get(row) {
				return col.Dict.Values[col.Codes[row]]
			}
			return ""
		}
		planned := k.kind.Roles.Planned.Word
		for row := range b.Rows {
			if !kept.Get(row) || word(2, row) != "volume" || word(3, row) != "" || word(4, row) != "" || planned != "" && word(5, row) == planned {
				continue
			}
			number := func(c int) (float64, bool) { return b.Columns[c].Floats[row], b.Columns[c].Valid.Get(row) }
			r := fleetRow{organisation: word(0, row), hardware: word(1, row), region: word(6, row), word: word(7, row)}
			r.count, r.hasCount = number(own - 3)
			r.from, r.hasFrom = number(own - 2)
			r.retired, r.hasRetired = number(own - 1)
			if lives != nil {
				r.life, r.why, r.hasLife = lives.Value(0, row)
			}
			if err := visit(&r); err != nil {
				return err
			}
		}
	}
}
