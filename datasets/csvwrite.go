package datasets

import (
	"encoding/csv"
	"io"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// WriteCSV writes a table of a kind as FromCSV reads it: all of the kind's columns, a missing value as an empty cell, numbers with as
// many digits as bring back the same float64.
func WriteCSV(w io.Writer, k *Kind, table *column.Table) error {
	c := csv.NewWriter(w)
	if err := c.Write(k.Names()); err != nil {
		return err
	}
	columns := make([]*column.Column, len(k.Columns))
	for i, f := range k.Columns {
		columns[i], _ = table.Lookup(f.Name)
	}
	record := make([]string, len(k.Columns))
	for row := range table.Rows {
		for i, f := range k.Columns {
			record[i] = cellText(f.Type, columns[i], row)
		}
		if err := c.Write(record); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func cellText(t lca.FieldType, c *column.Column, row int) string {
	if c == nil || !c.Valid.Get(row) {
		return ""
	}
	switch t {
	case lca.Text:
		return c.Dict.Values[c.Codes[row]]
	case lca.Boolean:
		return strconv.FormatBool(c.Bools[row])
	case lca.Date:
		return dateText(c.Floats[row])
	}
	return strconv.FormatFloat(c.Floats[row], 'g', -1, 64)
}
