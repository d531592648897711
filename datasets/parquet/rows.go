package parquet

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Result tables are slices of structs whose fields are tagged `col:"name"`. A string stands in a column of text, empty as a missing
// value; a float64, bool, int or int64 always has a value; a *float64 that is nil is missing. A column of text that is tagged `col:"name,rare"` stands in a table only where some row has a text in it.

// rowField ties a struct's field to a column.
type rowField struct {
	index int
	field lca.Field
	rare  bool // left out where no row has a text in it
}

// rowFields lists the columns of a row type.
func rowFields(t reflect.Type) ([]rowField, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("parquet: rows of %s", t)
	}
	var out []rowField
	for i := range t.NumField() {
		name, ok := t.Field(i).Tag.Lookup("col")
		if !ok {
			continue
		}
		name, rare := strings.CutSuffix(name, ",rare")
		f := lca.Field{Name: name, Required: true}
		switch ft := t.Field(i).Type; {
		case ft.Kind() == reflect.String:
			f.Type, f.Required = lca.Text, false
		case ft.Kind() == reflect.Float64:
		case ft.Kind() == reflect.Int || ft.Kind() == reflect.Int64:
			f.Type = lca.Integer
		case ft.Kind() == reflect.Bool:
			f.Type = lca.Boolean
		case ft.Kind() == reflect.Pointer && ft.Elem().Kind() == reflect.Float64:
			f.Required = false
		default:
			return nil, fmt.Errorf("parquet: a column of %s", ft)
		}
		if rare && f.Type != lca.Text {
			return nil, fmt.Errorf("parquet: a rare column of %s", t.Field(i).Type)
		}
		out = append(out, rowField{i, f, rare})
	}
	return out, nil
}

// Fields lists the columns of a row type in the order of its fields.
func Fields[T any]() ([]lca.Field, error) {
	cols, err := rowFields(reflect.TypeFor[T]())
	fields := make([]lca.Field, len(cols))
	for i, c := range cols {
		fields[i] = c.field
	}
	return fields, err
}

// WriteRows writes rows as a table, in their order.
func WriteRows[T any](w io.Writer, rows []T, meta []KeyValue) error {
	cols, err := rowFields(reflect.TypeFor[T]())
	if err != nil {
		return err
	}
	cols = slices.DeleteFunc(cols, func(c rowField) bool {
		return c.rare && !slices.ContainsFunc(rows, func(row T) bool { return reflect.ValueOf(&row).Elem().Field(c.index).Len() > 0 })
	})
	fields := make([]lca.Field, len(cols))
	for i, c := range cols {
		fields[i] = c.field
	}
	out, err := Create(w, fields, meta)
	if err != nil {
		return err
	}
	for len(rows) > 0 {
		n := min(len(rows), BatchRows)
		b := NewBuilder(fields)
		for i := range rows[:n] {
			v := reflect.ValueOf(&rows[i]).Elem()
			for k, c := range cols {
				addCell(b, k, v.Field(c.index))
			}
		}
		t := b.Table()
		if err := out.Write(&column.Batch{Rows: t.Rows, Columns: t.Data}); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return out.Close()
}

func addCell(b *Builder, i int, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.Len() == 0 {
			b.Missing(i)
		} else {
			b.Text(i, v.String())
		}
	case reflect.Float64:
		b.Number(i, v.Float())
	case reflect.Int, reflect.Int64:
		b.Number(i, float64(v.Int()))
	case reflect.Bool:
		b.Truth(i, v.Bool())
	case reflect.Pointer:
		if v.IsNil() {
			b.Missing(i)
		} else {
			b.Number(i, v.Elem().Float())
		}
	}
}

// ReadRows reads a table that WriteRows wrote, whatever the order of its columns. A column that the file lacks and that is not rare, or a missing value
// where T needs one, is a *diag.Invalid; columns that T does not have are left out. At most limit rows are read, more are an error.
func ReadRows[T any](f *File, limit int64) ([]T, error) {
	if f.Rows() > limit {
		return nil, invalid(diag.TooLarge, diag.Place{File: f.Name()}, "the table has %d rows; at most %d are read", f.Rows(), limit)
	}
	var rows []T
	err := EachRow(f, func(row *T) error {
		rows = append(rows, *row)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// EachRow visits the rows of a table as ReadRows reads it, one after the other, in memory that does not grow with them. A row is good until visit returns, whose error ends the
// reading.
func EachRow[T any](f *File, visit func(row *T) error) error {
	cols, err := rowFields(reflect.TypeFor[T]())
	if err != nil {
		return err
	}
	var probs diag.List
	var at []int
	var types []lca.FieldType
	cols = slices.DeleteFunc(cols, func(c rowField) bool { return c.rare && f.Column(c.field.Name) < 0 })
	for _, c := range cols {
		i := f.Column(c.field.Name)
		if i < 0 {
			probs.Errorf(diag.MissingColumn, diag.Place{File: f.Name()}, "the column %q is missing", c.field.Name)
			continue
		}
		at, types = append(at, i), append(types, c.field.Type)
	}
	if err := probs.Err(); err != nil {
		return err
	}
	var row, none T
	v := reflect.ValueOf(&row).Elem()
	group := func(g int) error {
		r, err := f.ReadAs(g, at, types)
		if err != nil {
			return err
		}
		defer r.Close()
		var b column.Batch
		for {
			if more, err := r.Next(&b); err != nil || !more {
				return err
			}
			for i := range b.Rows {
				row = none
				for k, c := range cols {
					col := &b.Columns[k]
					if !col.Valid.Get(i) {
						if c.field.Required {
							return invalid(diag.MissingValue, diag.Place{File: f.Name(), Row: b.First + int64(i), Column: c.field.Name}, "the value is missing")
						}
						continue
					}
					setCell(v.Field(c.index), col, i)
				}
				if err := visit(&row); err != nil {
					return err
				}
			}
		}
	}
	for g := range f.RowGroups() {
		if err := group(g); err != nil {
			return err
		}
	}
	return nil
}

func setCell(v reflect.Value, c *column.Column, row int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(c.Dict.Values[c.Codes[row]])
	case reflect.Float64:
		v.SetFloat(c.Floats[row])
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(c.Floats[row]))
	case reflect.Bool:
		v.SetBool(c.Bools[row])
	case reflect.Pointer:
		f := c.Floats[row]
		v.Set(reflect.ValueOf(&f))
	}
}
