package datasets

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
)

// schemaColumn is a column as the schema prints it.
type schemaColumn struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Unit       string   `json:"unit,omitempty"`
	Required   bool     `json:"required"`
	Min        *float64 `json:"min,omitempty"`
	Max        *float64 `json:"max,omitempty"`
	Values     []string `json:"values,omitempty"`
	References string   `json:"references,omitempty"`
	Registry   string   `json:"registry,omitempty"`
	With       []string `json:"with,omitempty"` // columns without which a value says nothing
	Doc        string   `json:"doc"`
	Parquet    string   `json:"parquet"` // what it is read from
}

// SchemaFormats lists what WriteSchema writes.
var SchemaFormats = []string{"table", "json", "csv"}

// WriteSchema prints a kind's columns as a table for people, as JSON or as CSV.
func WriteSchema(w io.Writer, k *Kind, format string) error {
	columns := make([]schemaColumn, len(k.Columns))
	for i, f := range k.Columns {
		columns[i] = schemaColumn{f.Name, f.Type.String(), f.Unit, f.Required, f.Min, f.Max, f.Values, f.References, f.Registry, f.With, f.Doc, parquet.Describe(f.Type)}
	}
	switch format {
	case "table":
		return schemaTable(w, k, columns)
	case "json":
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(struct {
			Kind    string         `json:"kind"`
			Title   string         `json:"title"`
			Doc     string         `json:"doc"`
			ID      string         `json:"id"`
			Columns []schemaColumn `json:"columns"`
		}{k.Name, k.Title, k.Doc, k.ID, columns})
	case "csv":
		c := csv.NewWriter(w)
		c.Write([]string{"name", "type", "unit", "required", "allowed", "doc", "parquet"})
		for _, f := range columns {
			c.Write([]string{f.Name, f.Type, f.Unit, strconv.FormatBool(f.Required), f.allowed(), f.Doc, f.Parquet})
		}
		c.Flush()
		return c.Error()
	}
	return fmt.Errorf("datasets: no schema format %q; there are %s", format, strings.Join(SchemaFormats, ", "))
}

func schemaTable(w io.Writer, k *Kind, columns []schemaColumn) error {
	fmt.Fprintf(w, "%s (%s)\n%s\n\n", k.Title, k.Name, k.Doc)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "column\ttype\tunit\trequired\tallowed\tmeaning")
	for _, f := range columns {
		required := ""
		if f.Required {
			required = "yes"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", f.Name, f.Type, f.Unit, required, f.allowed(), f.Doc)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nA column in another unit is converted where the file's key-value metadata states it: %s = UNIT.\n", parquet.UnitKey("COLUMN"))
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\ntype\tread from Parquet\tlogical type\tnote")
	for _, a := range parquet.AcceptedTypes {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", a.Type, a.Physical, a.Logical, a.Note)
	}
	return t.Flush()
}

// allowed is a column's bounds, words or reference in a few characters, and what must stand beside it.
func (c *schemaColumn) allowed() string {
	text := c.bounds()
	if len(c.With) > 0 {
		text = strings.TrimPrefix(text+", with "+strings.Join(c.With, " and "), ", ")
	}
	return text
}

func (c *schemaColumn) bounds() string {
	number := func(v *float64) string { return strconv.FormatFloat(*v, 'g', -1, 64) }
	switch {
	case c.Values != nil:
		return strings.Join(c.Values, " | ")
	case c.References != "":
		return "an id of " + c.References
	case c.Registry != "":
		return "a code of the registry of " + c.Registry
	case c.Min != nil && c.Max != nil:
		return number(c.Min) + " to " + number(c.Max)
	case c.Min != nil:
		return ">= " + number(c.Min)
	case c.Max != nil:
		return "<= " + number(c.Max)
	}
	return ""
}
