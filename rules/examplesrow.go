package rules

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// exampleCell is a value of an example's row.
type exampleCell struct {
	has    bool
	text   string
	number float64 // in the column's unit; of a date days since 1970-01-01
	truth  bool
}

// rowReader reads the rows of examples as those of a kind.
type rowReader struct {
	kinds Kinds
	kind  string
	probs *diag.List
}

// row reads a map of values by column; what is absent or null has no value.
func (r *rowReader) row(n *document.Node, fields []lca.Field) map[string]exampleCell {
	out := map[string]exampleCell{}
	if n == nil {
		return out
	}
	if n.Kind != document.Map {
		r.probs.Add(n.Problem(diag.BadType, "expected a map of values by column, found %s", n.Kind))
		return out
	}
	for _, f := range n.Fields {
		at := slices.IndexFunc(fields, func(c lca.Field) bool { return c.Name == f.Key })
		if at < 0 {
			p := n.ProblemAt(f.Place, diag.UnknownColumn, "%s has no column %q", r.kind, f.Key)
			var names []string
			for _, c := range fields {
				names = append(names, c.Name)
			}
			if near := diag.Nearest(f.Key, names); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			r.probs.Add(p)
			continue
		}
		if c, ok := r.cell(f.Value, fields[at]); ok {
			out[f.Key] = c
		}
	}
	return out
}

// cell reads a value; ok is false where it is none or wrong, which is reported.
func (r *rowReader) cell(n *document.Node, f lca.Field) (c exampleCell, ok bool) {
	switch n.Kind {
	case document.Null:
		return c, false
	case document.Scalar:
	default:
		r.probs.Add(n.Problem(diag.BadType, "%s holds a %s, not %s", f.Name, f.Type, n.Kind))
		return c, false
	}
	wrong := func(code diag.Code, format string, args ...any) (exampleCell, bool) {
		p := n.Problem(code, format, args...)
		if f.Type == lca.Number || f.Type == lca.Integer {
			p.Hint = document.NumberHint(excerpt(n.Text))
		}
		if !n.Cut { // told already
			r.probs.Add(p)
		}
		return exampleCell{}, false
	}
	c = exampleCell{has: true, text: n.Text}
	switch f.Type {
	case lca.Text:
	case lca.Boolean:
		if n.Text != "true" && n.Text != "false" {
			return wrong(diag.BadType, "%s is true or false, not %q", f.Name, excerpt(n.Text))
		}
		c.truth = n.Text == "true"
	case lca.Date:
		t, err := time.Parse(time.DateOnly, n.Text)
		if err != nil || t.Year() < 1 {
			return wrong(diag.BadType, "%s is a date such as 2024-03-01, not %q", f.Name, excerpt(n.Text))
		}
		c.number = float64(t.Unix() / 86400)
	default:
		_, _, u := typeOf(f)
		var why string
		if c.number, _, why = measure(n.Text, u); why != "" {
			return wrong(diag.BadValue, "%s: %s", f.Name, why)
		}
		if f.Type == lca.Integer && (c.number != math.Trunc(c.number) || math.Abs(c.number) > 1<<53) {
			return wrong(diag.BadType, "%s is a whole number, not %q", f.Name, excerpt(n.Text))
		}
	}
	if fault := r.kinds.Fault(r.kind, f, c.text, c.number); fault != "" {
		return wrong(diag.BadValue, "%s", fault)
	}
	return c, true
}

// columnOf makes a column of cells.
func columnOf(f lca.Field, cells []exampleCell) column.Column {
	typ, _, _ := typeOf(f)
	c := column.Column{Type: typ, Valid: column.NewBitmap(len(cells))}
	switch typ {
	case column.String:
		c.Codes, c.Dict = make([]int32, len(cells)), &column.Dict{}
	case column.Bool:
		c.Bools = make([]bool, len(cells))
	default:
		c.Floats = make([]float64, len(cells))
	}
	codes := map[string]int32{}
	for i, v := range cells {
		if !v.has {
			continue
		}
		c.Valid.Set(i)
		switch typ {
		case column.String:
			code, known := codes[v.text]
			if !known {
				code = int32(len(codes))
				codes[v.text] = code
				c.Dict.Values = append(c.Dict.Values, v.text)
			}
			c.Codes[i] = code
		case column.Bool:
			c.Bools[i] = v.truth
		default:
			c.Floats[i] = v.number
		}
	}
	return c
}

// tables reads the tables of an example and returns the schema with them; a table that the example does not give has no rows.
func (r *rowReader) tables(e *Example, schema *Schema, row map[string]exampleCell) *Schema {
	out := *schema
	out.References = nil
	if n := e.Tables; n != nil && n.Kind != document.Map {
		r.probs.Add(n.Problem(diag.BadType, "expected a map from tables to rows, found %s", n.Kind))
	}
	var names []string
	for _, ref := range schema.References {
		names = append(names, ref.Name)
		with := *ref
		_, id, _ := r.kinds.Schema(ref.Name)
		with.Table = r.table(e.Tables.Get(ref.Name), &with, id)
		if n := e.Tables.Get(ref.Name); n != nil && with.Table != nil && row[ref.Key].has {
			if _, found := with.Table.Row(row[ref.Key].text); !found {
				r.probs.Add(e.Row.Get(ref.Key).Problem(diag.UnknownReference, "the example's table %s has no row %q", ref.Name, excerpt(row[ref.Key].text)))
			}
		}
		out.References = append(out.References, &with)
	}
	if n := e.Tables; n != nil {
		for _, f := range n.Fields {
			if !slices.Contains(names, f.Key) {
				p := n.ProblemAt(f.Place, diag.UnknownName, "%s refers to no table %q", e.Kind, f.Key)
				if near := diag.Nearest(f.Key, names); near != "" {
					p.Hint = "did you mean " + near + "?"
				}
				r.probs.Add(p)
			}
		}
	}
	return &out
}

func (r *rowReader) table(n *document.Node, ref *Reference, id string) *vector.Reference {
	of := rowReader{kinds: r.kinds, kind: ref.Name, probs: r.probs}
	var rows []map[string]exampleCell
	if n != nil && n.Kind != document.List {
		r.probs.Add(n.Problem(diag.BadType, "expected a list of rows, found %s", n.Kind))
	} else if n != nil {
		ids := map[string]bool{}
		for _, item := range n.Items {
			row := of.row(item, ref.Fields)
			switch key := row[id]; {
			case !key.has:
				r.probs.Add(item.Problem(diag.MissingValue, "a row of %s needs its %s", ref.Name, id))
			case ids[key.text]:
				r.probs.Add(item.Get(id).Problem(diag.DuplicateID, "two rows of %s are called %q", ref.Name, excerpt(key.text)))
			default:
				ids[key.text] = true
				rows = append(rows, row)
			}
		}
	}
	table := &column.Table{Rows: len(rows)}
	for _, f := range ref.Fields {
		cells := make([]exampleCell, len(rows))
		for i, row := range rows {
			cells[i] = row[f.Name]
		}
		table.Names = append(table.Names, f.Name)
		table.Data = append(table.Data, columnOf(f, cells))
	}
	out, err := vector.NewReference(ref.Name, table, id)
	if err != nil {
		r.probs.Add(diag.Problem{Code: diag.BadValue, Place: diag.Place{}, Message: fmt.Sprint(err)})
	}
	return out
}
