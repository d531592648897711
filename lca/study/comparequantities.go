package study

import (
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// ComparedQuantity is what both methods compute under one name of the rows of B, with its factors and catalogues: means over the rows for which both do, and how the values of
// single rows relate. Nil: no row has a value in both, or one is 0.
type ComparedQuantity struct {
	Kind       string   `json:"kind"`
	Name       string   `json:"name"`
	Unit       string   `json:"unit"`
	A          *float64 `json:"a"`
	B          *float64 `json:"b"`
	Ratio      *float64 `json:"ratio"`       // B / A
	LeastRatio *float64 `json:"least_ratio"` // of a row
	MostRatio  *float64 `json:"most_ratio"`
	Rows       int      `json:"rows"` // that have a value under both methods
	OnlyA      int      `json:"only_a"`
	OnlyB      int      `json:"only_b"`
}

// maxCompared bounds the rows of an inventory of which quantities are compared.
const maxCompared = 100_000

// quantities compares what the two methods compute on the way.
func (c *comparing) quantities(out *Comparison) error {
	if len(c.mixture.Items()) == 0 {
		return nil
	}
	b := c.ends[1]
	for _, k := range b.plan.kinds {
		if k.inventory.TotalRows() > maxCompared {
			c.notes = append(c.notes, fmt.Sprintf("quantities of %s are not compared: more than %d rows", k.kind.Name, maxCompared))
			continue
		}
		names, units := c.sharedQuantities(k.kind.Name)
		if len(names) == 0 {
			continue
		}
		var plans [2]*plan
		var readings [2]*rules.Readings
		for side := range 2 {
			p, err := c.assemble(c.ends[side].plan.method, b, 1, b.plan.catalogued, b.study)
			if err == nil {
				var probs diag.List
				plans[side] = p
				readings[side] = rules.CompileReadings(p.method, schemaOf(k.kind, p.references(&probs)), p, names, &probs)
			}
		}
		if readings[0] == nil || readings[1] == nil {
			c.notes = append(c.notes, fmt.Sprintf("quantities of %s are not compared: the rules of A do not go with the factors of B", k.kind.Name))
			continue
		}
		list, err := c.compareQuantities(k, names, units, plans, readings)
		if err != nil {
			return err
		}
		out.Quantities = append(out.Quantities, list...)
	}
	return nil
}

// sharedQuantities are those that both methods have of a kind in one dimension, with the later one's unit.
func (c *comparing) sharedQuantities(kind string) (names []*document.Node, units []string) {
	was := c.ends[0].plan.method.QuantitiesOf(kind)
	for _, now := range c.ends[1].plan.method.QuantitiesOf(kind) {
		i := slices.IndexFunc(was, func(q rules.Quantity) bool { return q.Name == now.Name })
		if i < 0 || now.Ladder != "" || was[i].Ladder != "" {
			continue
		}
		if _, same := unit.Factor(was[i].Unit, now.Unit); same {
			names = append(names, &document.Node{Kind: document.Scalar, Text: now.Name, Place: now.Node.Place})
			units = append(units, now.UnitText)
		}
	}
	return names, units
}

func (c *comparing) compareQuantities(k *kindPlan, names []*document.Node, units []string, plans [2]*plan, readings [2]*rules.Readings) ([]ComparedQuantity, error) {
	type sums struct {
		sum         [2]exact.Sum
		only        [2]int
		rows        int
		ratios      int
		least, most float64
		differs     bool
	}
	all := make([]sums, len(names))
	var tables [2]*column.Table
	for side, r := range readings {
		t, err := tableOf(k.inventory, r.Columns())
		if err != nil {
			return nil, err
		}
		tables[side] = t
	}
	for at := 0; at < tables[0].Rows; at += column.BatchRows {
		n := min(column.BatchRows, tables[0].Rows-at)
		for side, r := range readings {
			reader := &tableReader{table: tables[side], at: at}
			for i := range tables[side].Data {
				reader.columns, reader.absent = append(reader.columns, &tables[side].Data[i]), append(reader.absent, false)
			}
			var b column.Batch
			if _, err := reader.Next(&b); err != nil {
				return nil, err
			}
			if err := r.Evaluate(&b, plans[side]); err != nil {
				return nil, err
			}
		}
		for i := range names {
			s := &all[i]
			to, _ := unit.Parse(units[i])
			for row := range n {
				var values [2]float64
				var has [2]bool
				for side, r := range readings {
					v, _, ok := r.Value(i, row)
					f, _ := unit.Factor(r.Unit(i), to)
					values[side], has[side] = float64(v*f), ok
				}
				switch {
				case has[0] && has[1]:
					s.rows++
					s.sum[0].Add(values[0])
					s.sum[1].Add(values[1])
					s.differs = s.differs || values[0] != values[1]
					if ratio := values[1] / values[0]; ratio-ratio == 0 {
						if s.ratios++; s.ratios == 1 {
							s.least, s.most = ratio, ratio
						}
						s.least, s.most = min(s.least, ratio), max(s.most, ratio)
					}
				case has[0]:
					s.only[0]++
				case has[1]:
					s.only[1]++
				}
			}
		}
	}
	var out []ComparedQuantity
	for i := range names {
		s := &all[i]
		if !s.differs && s.only == [2]int{} {
			continue
		}
		q := ComparedQuantity{Kind: k.kind.Name, Name: names[i].Text, Unit: units[i], Rows: s.rows, OnlyA: s.only[0], OnlyB: s.only[1]}
		if s.rows > 0 {
			a, b := s.sum[0].Float64()/float64(s.rows), s.sum[1].Float64()/float64(s.rows)
			q.A, q.B = &a, &b
			if ratio := b / a; !math.IsNaN(ratio - ratio) {
				q.Ratio, q.LeastRatio, q.MostRatio = &ratio, &s.least, &s.most
			}
		}
		out = append(out, q)
	}
	return out, nil
}

// tableOf holds columns of an inventory in memory; one that the kind does not have is missing in every row.
func tableOf(inv *datasets.Inventory, columns []string) (*column.Table, error) {
	var known []string
	for _, name := range columns {
		if _, has := inv.Kind().Column(name); has {
			known = append(known, name)
		}
	}
	t, err := inv.Table(known)
	if err != nil {
		return nil, err
	}
	out := &column.Table{Names: columns, Rows: t.Rows}
	for _, name := range columns {
		if c, ok := t.Lookup(name); ok {
			out.Data = append(out.Data, *c)
			continue
		}
		out.Data = append(out.Data, column.Column{Floats: make([]float64, t.Rows), Valid: column.NewBitmap(t.Rows)})
	}
	return out, nil
}
