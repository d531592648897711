package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

// listing is a small table that is printed whole. Its columns are named in snake case; cells are strings, bools, ints, float64s, figures, rounded and absent ones.
type listing struct {
	columns []string
	rows    [][]any
}

func (l *listing) add(cells ...any) { l.rows = append(l.rows, cells) }

// formatFlag adds --format to a command that prints a listing.
func formatFlag(cmd *cobra.Command) func() string {
	return choice(cmd, "format", "FORMAT", "how to print", "table", "json", "csv")
}

// write prints the listing as a table for people, which rounds numbers to four digits, or as JSON or CSV, which do not.
func (l *listing) write(w io.Writer, format string) error {
	var b bytes.Buffer
	var err error
	switch format {
	case "json":
		err = l.json(&b)
	case "csv":
		err = l.csv(&b)
	default:
		l.table(&b)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

func (l *listing) table(b io.StringWriter) {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "  "
	t.SetStyle(style)
	t.SuppressTrailingSpaces()
	header := make(table.Row, len(l.columns))
	for i, c := range l.columns {
		header[i] = c
	}
	t.AppendHeader(header)
	for _, cells := range l.rows {
		row := make(table.Row, len(cells))
		for i, cell := range cells {
			row[i] = tableCell(l.columns[i], cell)
		}
		t.AppendRow(row)
	}
	configs := make([]table.ColumnConfig, 0, len(l.columns))
	if len(l.rows) > 0 {
		for i, cell := range l.rows[0] {
			switch cell.(type) {
			case int, int64, float64, figure, rounded, absent:
				configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
			}
		}
	}
	t.SetColumnConfigs(configs)
	b.WriteString(t.Render() + "\n")
}

// json writes a list of objects, their keys in the order of the columns.
func (l *listing) json(b *bytes.Buffer) error {
	b.WriteByte('[')
	for i, cells := range l.rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  {")
		for j, cell := range cells {
			if j > 0 {
				b.WriteString(", ")
			}
			var value bytes.Buffer
			encoder := json.NewEncoder(&value)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(cell); err != nil {
				return fmt.Errorf("writing %s: %w", l.columns[j], err)
			}
			fmt.Fprintf(b, "%q: %s", l.columns[j], bytes.TrimSpace(value.Bytes()))
		}
		b.WriteByte('}')
	}
	if len(l.rows) > 0 {
		b.WriteByte('\n')
	}
	b.WriteString("]\n")
	return nil
}

func (l *listing) csv(b *bytes.Buffer) error {
	w := csv.NewWriter(b)
	w.Write(l.columns)
	for _, cells := range l.rows {
		line := make([]string, len(cells))
		for i, cell := range cells {
			if f, ok := cell.(float64); ok {
				line[i] = strconv.FormatFloat(f, 'g', -1, 64)
			} else {
				line[i] = fmt.Sprint(cell)
			}
		}
		w.Write(line)
	}
	w.Flush()
	return w.Error()
}
