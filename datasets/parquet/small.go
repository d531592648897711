package parquet

import (
	"bytes"
	"fmt"
	"io"

	"github.com/xitongsys/parquet-go-source/buffer"
	small "github.com/xitongsys/parquet-go/parquet"
	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/writer"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// WriteSmall writes a small table, such as an inventory typed by hand, through a second implementation of the format. Columns are
// found by the fields' names; one that the table lacks is all missing. It holds the whole table in memory twice.
func WriteSmall(w io.Writer, fields []lca.Field, table *column.Table, meta []KeyValue) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("parquet: writing a small table: %v", p)
		}
	}()
	tags := make([]string, len(fields))
	columns := make([]*column.Column, len(fields))
	for i, f := range fields {
		tags[i] = smallTag(f)
		columns[i], _ = table.Lookup(f.Name)
	}
	var buf bytes.Buffer // what the library cannot write to the end must not look like a file
	pw, err := writer.NewCSVWriterFromWriter(tags, &buf, 1)
	if err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	by := createdBy + " small"
	pw.Footer.CreatedBy = &by
	for _, m := range withUnits(fields, meta) {
		value := m.Value
		pw.Footer.KeyValueMetadata = append(pw.Footer.KeyValueMetadata, &small.KeyValue{Key: m.Key, Value: &value})
	}
	for row := range table.Rows {
		rec := make([]any, len(fields))
		for i, f := range fields {
			if rec[i], err = smallValue(f, columns[i], row); err != nil {
				return fmt.Errorf("parquet: row %d column %s: %w", row+1, f.Name, err)
			}
		}
		if err := pw.Write(rec); err != nil {
			return fmt.Errorf("parquet: row %d: %w", row+1, err)
		}
	}
	if err := pw.WriteStop(); err != nil {
		return fmt.Errorf("parquet: %w", err)
	}
	_, err = w.Write(buf.Bytes())
	return err
}

// smallTag describes a field in the library's words.
func smallTag(f lca.Field) string {
	kind := map[lca.FieldType]string{
		lca.Number:  "type=DOUBLE",
		lca.Integer: "type=INT64, convertedtype=INT_64",
		lca.Text:    "type=BYTE_ARRAY, convertedtype=UTF8, encoding=PLAIN",
		lca.Date:    "type=INT32, convertedtype=DATE",
		lca.Boolean: "type=BOOLEAN",
	}[f.Type]
	repetition := "OPTIONAL"
	if f.Required {
		repetition = "REQUIRED"
	}
	return fmt.Sprintf("name=%s, %s, repetitiontype=%s", f.Name, kind, repetition)
}

// smallValue is a value as the library takes it, nil for a missing one.
func smallValue(f lca.Field, c *column.Column, row int) (any, error) {
	if c == nil || !c.Valid.Get(row) {
		if f.Required {
			return nil, errRequired
		}
		return nil, nil
	}
	switch f.Type {
	case lca.Text:
		return c.Dict.Values[c.Codes[row]], nil
	case lca.Boolean:
		return c.Bools[row], nil
	}
	v := c.Floats[row]
	if err := writable(f.Type, v); err != nil {
		return nil, err
	}
	switch f.Type {
	case lca.Integer:
		return int64(v), nil
	case lca.Date:
		return int32(v), nil
	}
	return v, nil
}

// ReadSmall reads a whole file through the second implementation. It must only be given bytes that this package wrote: that
// implementation believes everything that a file says.
func ReadSmall(file []byte, fields []lca.Field) (table *column.Table, err error) {
	defer func() {
		if p := recover(); p != nil {
			table, err = nil, fmt.Errorf("parquet: reading a small table: %v", p)
		}
	}()
	r, err := reader.NewParquetColumnReader(buffer.NewBufferFileFromBytes(file), 1)
	if err != nil {
		return nil, fmt.Errorf("parquet: %w", err)
	}
	defer r.ReadStop()
	rows := int(r.GetNumRows())
	b := NewBuilder(fields)
	columns := make([][]any, len(fields))
	for i, f := range fields {
		values, _, _, err := r.ReadColumnByIndex(int64(i), int64(rows))
		if err != nil || len(values) != rows {
			return nil, fmt.Errorf("parquet: column %s: %d of %d rows: %v", f.Name, len(values), rows, err)
		}
		columns[i] = values
	}
	for row := range rows {
		for i := range fields {
			switch v := columns[i][row].(type) {
			case nil:
				b.Missing(i)
			case float64:
				b.Number(i, v)
			case int64:
				b.Number(i, float64(v))
			case int32:
				b.Number(i, float64(v))
			case string:
				b.Text(i, v)
			case bool:
				b.Truth(i, v)
			}
		}
	}
	return b.Table(), nil
}
