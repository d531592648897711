package rules

import (
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// parseTable reads CSV whose heads are a name and a unit or type.
func parseTable(t *testing.T, text string) ([]lca.Field, *column.Table) {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	table := &column.Table{Rows: len(records) - 1}
	var fields []lca.Field
	for at, head := range records[0] {
		name, kind, _ := strings.Cut(head, " ")
		f := lca.Field{Name: name}
		c := column.Column{Valid: column.NewBitmap(table.Rows)}
		if typ, ok := lca.ParseFieldType(kind); ok {
			f.Type = typ
		} else if kind == "text" {
			f.Type = lca.Text
		} else {
			f.Unit = kind
		}
		if kind == "text" {
			f.Type, f.Unit = lca.Text, ""
		}
		switch f.Type {
		case lca.Text:
			c.Type, c.Dict, c.Codes = column.String, &column.Dict{}, make([]int32, table.Rows)
		case lca.Boolean:
			c.Type, c.Bools = column.Bool, make([]bool, table.Rows)
		default:
			c.Floats = make([]float64, table.Rows)
		}
		codes := map[string]int32{}
		for row, record := range records[1:] {
			cell := record[at]
			if cell == "" {
				continue
			}
			c.Valid.Set(row)
			switch f.Type {
			case lca.Text:
				if _, ok := codes[cell]; !ok {
					codes[cell] = int32(len(codes))
					c.Dict.Values = append(c.Dict.Values, cell)
				}
				c.Codes[row] = codes[cell]
			case lca.Boolean:
				c.Bools[row] = cell == "true"
			case lca.Date:
				day, err := time.Parse("2006-01-02", cell)
				if err != nil {
					t.Fatal(err)
				}
				c.Floats[row] = float64(day.Unix() / 86400)
			default:
				if c.Floats[row], err = strconv.ParseFloat(cell, 64); err != nil {
					t.Fatal(err)
				}
			}
		}
		fields = append(fields, f)
		table.Names = append(table.Names, name)
		table.Data = append(table.Data, c)
	}
	return fields, table
}

// batchOf cuts rows out of a table as a reader would: no more of a dictionary than has been read so far.
func batchOf(table *column.Table, names []string, from, to int) *column.Batch {
	b := &column.Batch{Rows: to - from, First: int64(from + 1)}
	for _, name := range names {
		c, _ := table.Lookup(name)
		out := column.Column{Type: c.Type}
		switch c.Type {
		case column.Float:
			out.Floats = c.Floats[from:to]
		case column.Bool:
			out.Bools = c.Bools[from:to]
		case column.String:
			out.Codes = c.Codes[from:to]
			seen := 0
			for row := range to {
				if c.Valid.Get(row) {
					seen = max(seen, int(c.Codes[row])+1)
				}
			}
			out.Dict = &column.Dict{Values: c.Dict.Values[:seen]}
		}
		valid := column.NewBitmap(b.Rows)
		for row := range b.Rows {
			if c.Valid.Get(from + row) {
				valid.Set(row)
			}
		}
		if valid.Count() < b.Rows {
			out.Valid = valid
		}
		b.Columns = append(b.Columns, out)
	}
	return b
}

// fakePack is a factor pack without a file.
type fakePack struct {
	units  map[string]fakeFactor
	values map[string]FactorValue
}

type fakeFactor struct {
	per, value unit.Unit
	keys       []string
}

func (p fakePack) FactorUnit(name string) (per, value unit.Unit, keys []string, ok bool) {
	f, ok := p.units[name]
	return f.per, f.value, f.keys, ok
}

func (p fakePack) FactorValue(use FactorUse, region, technology string, year int) (FactorValue, bool) {
	v, ok := p.values[fmt.Sprintf("%s region=%s technology=%s year=%d", use.Factor, region, technology, year)]
	return v, ok
}

func parsePack(t testing.TB, text string) fakePack {
	t.Helper()
	p := fakePack{map[string]fakeFactor{}, map[string]FactorValue{}}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "factor":
			f := fakeFactor{per: unit.MustParse(words[3]), value: unit.MustParse(words[5])}
			if len(words) > 6 {
				f.keys = words[7:]
			}
			p.units[words[1]] = f
		default:
			key := map[string]string{"year": "0"}
			at := 1
			for ; words[at] != "="; at++ {
				name, value, _ := strings.Cut(words[at], "=")
				key[name] = value
			}
			number, err := strconv.ParseFloat(words[at+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			p.values[fmt.Sprintf("%s region=%s technology=%s year=%s", words[0], key["region"], key["technology"], key["year"])] =
				FactorValue{Value: number, Class: class(words[at+2]), Name: strings.Join(words[:at], " ")}
		}
	}
	return p
}

// sameBits compares numbers by their bits; any NaN equals any other.
func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}
