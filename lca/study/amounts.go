package study

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// amountsFile is the file form of a run's amounts table.
const amountsFile = "amounts.parquet"

// Keys of the table's metadata beside those of every result table.
const (
	amountsBasisKey = "ailca.amounts.basis" // what tables must have in common to be added up, see amountsBasis
	amountsPartKey  = "ailca.amounts.part"  // what this one holds, see amountsPart
)

// amountsBasis is what the amounts of two runs must have in common to mean the same.
type amountsBasis struct {
	ResultsVersion int               `json:"results_version"`
	Method         string            `json:"method"`      // digest
	Pack           string            `json:"factor_pack"` // digest
	GroupBy        []string          `json:"group_by"`
	Where          map[string]string `json:"where"`
	Catalogues     []FileRecord      `json:"catalogues"` // tables that rows refer to: of these, kind and digest

	Split map[string][]string `json:"split,omitempty"` // by kind: what splits its cells, see kindPlan.splits; their words stand last in comparison
}

// amountsPart says of which rows a table holds the amounts.
type amountsPart struct {
	Inputs []FileRecord             `json:"inputs"`               // of activities, in the order of kinds
	Counts map[string]engine.Counts `json:"counts"`               // by kind
	Shared map[string]int64         `json:"shared_out,omitempty"` // by kind: rows that state what is shared out, see refuseShared
	Spread bool                     `json:"spread,omitempty"`     // cells have squares and largest
}

// basis is that of the study's own amounts. digests are those of the inputs.
func (p *plan) basis(digests []FileRecord) amountsBasis {
	b := amountsBasis{ResultsVersion: lca.ResultsVersion, Method: p.method.Digest, Pack: p.pack.Digest, GroupBy: slices.Clone(p.study.GroupBy), Where: map[string]string{}}
	slices.Sort(b.GroupBy)
	for kind, n := range p.study.Where {
		b.Where[kind] = n.Text
	}
	for _, k := range p.kinds {
		if split := k.splits(); len(split) > 0 {
			if b.Split == nil {
				b.Split = map[string][]string{}
			}
			b.Split[k.kind.Name] = split
		}
	}
	for _, d := range digests {
		if inv := p.tables[d.Kind]; inv != nil && !inv.Kind().Activity {
			b.Catalogues = append(b.Catalogues, FileRecord{Kind: d.Kind, SHA256: d.SHA256})
		}
	}
	return b
}

// writeAmounts writes the amounts of a scan.
func (p *plan) writeAmounts(scan *engine.Result, space *amounts.Space, rec *Record) func(io.Writer) error {
	return func(w io.Writer) error {
		part := amountsPart{Counts: map[string]engine.Counts{}, Spread: p.spread}
		for _, d := range rec.Inputs {
			if inv := p.tables[d.Kind]; inv != nil && inv.Kind().Activity {
				part.Inputs = append(part.Inputs, d)
			}
		}
		for _, partial := range p.partials {
			part.Inputs = append(part.Inputs, partial.part.Inputs...)
		}
		for i, k := range p.kinds {
			part.Counts[k.kind.Name] = scan.Counts[i]
			if k.stated > 0 {
				if part.Shared == nil {
					part.Shared = map[string]int64{}
				}
				part.Shared[k.kind.Name] = k.stated
			}
		}
		meta := p.meta("amounts", lca.AmountsFormat)
		for _, m := range []struct {
			key   string
			value any
		}{{amountsBasisKey, p.basis(rec.Inputs)}, {amountsPartKey, part}} {
			text, err := json.Marshal(m.value)
			if err != nil {
				return err
			}
			meta = append(meta, parquet.KeyValue{Key: m.key, Value: string(text)})
		}
		t, err := newTableWriter[lca.Amount](w, parquet.GroupRows, meta)
		if err != nil {
			return err
		}
		x := amountWriter{p: p, space: space, table: t, monomials: map[int32]string{}, lookups: map[int32]string{}}
		if err := scan.Groups(x.group); err != nil {
			return err
		}
		return t.close()
	}
}

// amountWriter writes groups of amounts as rows.
type amountWriter struct {
	p         *plan
	space     *amounts.Space
	table     *tableWriter
	monomials map[int32]string // as they are written
	lookups   map[int32]string
}

func (x *amountWriter) group(g *amounts.Group) error {
	k := x.p.kinds[g.Inventory]
	comparison, err := json.Marshal(g.Names[groupColumns:])
	if err != nil {
		return err
	}
	for i := range g.Cells {
		key, c := &g.Cells[i].Key, &g.Cells[i].Cell
		rule := &x.p.flows[key.Flow]
		t := x.table
		t.text(0, k.kind.Name)
		t.text(1, rule.Name)
		t.number(2, float64(int(key.Flow)-k.first))
		t.text(3, rule.Measure)
		t.text(4, key.Status.String())
		t.number(5, float64(key.Year))
		t.text(6, lca.Words().Qualities[key.Class].Name)
		t.text(7, g.Units)
		for n := range groupColumns {
			t.text(8+n, g.Names[n])
		}
		t.text(13, string(comparison))
		t.text(14, x.lookup(key.Lookup))
		t.text(15, x.lookup(key.Unless))
		t.text(16, x.monomial(key.Mono))
		t.number(17, c.Sum.Float64())
		sum, err := c.Sum.MarshalBinary()
		if err != nil {
			return err
		}
		t.text(18, hex.EncodeToString(sum))
		t.number(19, float64(c.Rows))
		t.number(20, float64(c.Whole))
		t.number(21, float64(c.First.File))
		t.number(22, float64(c.First.Row))
		if err := x.spread(c.Spread); err != nil {
			return err
		}
		if err := t.done(); err != nil {
			return err
		}
	}
	return nil
}

// spread writes how a cell's amounts are spread, nil where that is not kept.
func (x *amountWriter) spread(s *amounts.Spread) error {
	if s == nil {
		x.table.text(23, "")
		x.table.text(24, "")
		x.table.text(25, "")
		return nil
	}
	squares, err := s.Squares.MarshalBinary()
	if err != nil {
		return err
	}
	x.table.text(23, hex.EncodeToString(squares))
	x.table.text(24, jsonText(s.Largest))
	rows := make([]string, len(s.Rows))
	for i, r := range s.Rows {
		rows[i] = strconv.FormatUint(r, 16)
	}
	x.table.text(25, jsonText(rows))
	return nil
}

// lookup is a tuple's names as a JSON list, null for none of them; empty where there is no tuple.
func (x *amountWriter) lookup(id int32) string {
	text, ok := x.lookups[id]
	if !ok {
		if tuple := x.space.Tuples.Tuple(id); tuple != nil {
			names := make([]*string, len(tuple))
			for i, n := range tuple {
				if n != amounts.None {
					name := x.space.Names.Name(n)
					names[i] = &name
				}
			}
			text = jsonText(names)
		}
		x.lookups[id] = text
	}
	return text
}

// monomial is a product's symbols and exponents as a JSON list; empty for what cannot be computed.
func (x *amountWriter) monomial(id int32) string {
	if id == amounts.Refused {
		return ""
	}
	text, ok := x.monomials[id]
	if !ok {
		powers := [][2]any{}
		for _, q := range x.space.Monomials.Powers(id) {
			powers = append(powers, [2]any{x.space.Monomials.At(q.Symbol).Name, q.Exponent})
		}
		text = jsonText(powers)
		x.monomials[id] = text
	}
	return text
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers alone
	}
	return string(text)
}
