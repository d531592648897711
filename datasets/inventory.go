package datasets

import (
	"fmt"
	"io"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// File is a file of an inventory. R stays open as long as the inventory is used.
type File struct {
	Name string // as messages and results show it
	R    io.ReaderAt
	Size int64
}

// Inventory is the rows of one kind in one or more files, in the order given. It is safe for concurrent use.
type Inventory struct {
	kind  *Kind
	files []*inventoryFile
	parts []part
	rows  int64
}

// inventoryFile ties a file to its kind's columns.
type inventoryFile struct {
	File
	table   *parquet.File
	columns []int     // of each column of the kind the column in the file, -1 for none
	factors []float64 // of each column of the kind what its values are multiplied by
}

// part is a row group of a file: what one worker reads at a time.
type part struct {
	file, group int
	rows        int64
}

// OpenInventory opens files and checks their schemas: every column known, none missing that is required, types and units that can be
// read. All problems go to probs; the inventory is nil where there are errors.
func OpenInventory(kind *Kind, files []File, probs *diag.List) *Inventory {
	before := probs.Count(diag.Error)
	inv := &Inventory{kind: kind}
	for i, file := range files {
		table, err := parquet.Open(file.Name, file.R, file.Size)
		if err != nil {
			probs.AddError(err, diag.BadParquet, diag.Place{File: file.Name})
			continue
		}
		f := &inventoryFile{File: file, table: table}
		f.bind(kind, probs)
		inv.files = append(inv.files, f)
		for g := range table.RowGroups() {
			if rows := table.RowGroupRows(g); rows > 0 {
				inv.parts = append(inv.parts, part{file: i, group: g, rows: rows})
			}
		}
		inv.rows += table.Rows()
	}
	if inv.rows > maxPlace && len(inv.files) > 0 {
		probs.Errorf(diag.TooLarge, diag.Place{File: inv.files[0].Name}, "the files have %d rows; at most %d are read", inv.rows, maxPlace)
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return inv
}

// bind finds the kind's columns in the file.
func (f *inventoryFile) bind(kind *Kind, probs *diag.List) {
	f.metadata(kind, probs)
	for _, c := range f.table.Columns() {
		if _, known := kind.Column(c.Name); known {
			continue
		}
		p := diag.Problem{Code: diag.UnknownColumn, Place: diag.Place{File: f.Name, Column: c.Name},
			Message: fmt.Sprintf("%s has no column %s", kind.Name, quote(c.Name)),
			Why:     "a column that nothing reads could hold what a result depends on"}
		if near := diag.Nearest(c.Name, kind.Names()); near != "" && f.table.Column(near) < 0 {
			p.Hint = fmt.Sprintf("did you mean %s?", near)
		} else {
			p.Hint = "columns: ailca datasets schema " + kind.Name
		}
		probs.Add(p)
	}
	for _, field := range kind.Columns {
		at := diag.Place{File: f.Name, Column: field.Name}
		i := f.table.Column(field.Name)
		factor := 1.0
		switch {
		case i >= 0:
			if p, ok := f.table.Check(i, field.Type); !ok {
				probs.Add(p)
			} else if p := convert(field.Field, f.table.Columns()[i].Unit, &factor); p != nil {
				probs.Add(p.at(at))
			}
		case field.Required:
			probs.Add(diag.Problem{Code: diag.MissingColumn, Place: at, Message: fmt.Sprintf("the column %q is missing; %s needs it", field.Name, kind.Name), Hint: field.Doc})
		}
		f.columns = append(f.columns, i)
		f.factors = append(f.factors, factor)
	}
}

// metadata refuses keys of ours that mean nothing: a unit under a misspelt one would be taken for the canonical unit.
func (f *inventoryFile) metadata(kind *Kind, probs *diag.List) {
	for _, m := range f.table.Metadata() {
		if !strings.HasPrefix(m.Key, "ailca.") || m.Key == parquet.FormatKey || m.Key == KindKey || m.Key == ImportKey {
			continue
		}
		name, isUnit := strings.CutPrefix(m.Key, parquet.UnitKey(""))
		if _, known := kind.Column(name); isUnit && known {
			continue
		}
		p := diag.Problem{Code: diag.UnknownKey, Place: diag.Place{File: f.Name}, Message: fmt.Sprintf("the file's metadata has the unknown key %s", quote(m.Key)),
			Hint: "units are stated under " + parquet.UnitKey("COLUMN")}
		if near := diag.Nearest(name, kind.Names()); isUnit && near != "" {
			p.Hint = "did you mean " + parquet.UnitKey(near) + "?"
		}
		probs.Add(p)
	}
}

// convert finds what a column in a stated unit is multiplied by.
func convert(field lca.Field, stated string, factor *float64) *fault {
	if stated == "" || stated == field.Unit {
		return nil
	}
	if field.Unit == "" {
		return &fault{diag.UnitMismatch, fmt.Sprintf("the file states the unit %s; %s has none", quote(stated), field.Name), ""}
	}
	from, err := unit.Parse(stated)
	if err != nil {
		return &fault{diag.BadUnit, fmt.Sprintf("the file's unit of %s cannot be read: %v", field.Name, err), "the canonical unit is " + field.Unit}
	}
	to, err := unit.Parse(field.Unit)
	if err != nil {
		return &fault{diag.BadUnit, err.Error(), ""}
	}
	f, ok := unit.Factor(from, to)
	if !ok {
		return &fault{diag.UnitMismatch, fmt.Sprintf("%s is in %s; it cannot be converted to %s", field.Name, stated, field.Unit), ""}
	}
	if field.Type == lca.Integer && f != 1 {
		return &fault{diag.UnitMismatch, fmt.Sprintf("%s is a whole number of %s; it is not converted from %s", field.Name, field.Unit, stated), ""}
	}
	*factor = f
	return nil
}

// Kind is what the inventory holds.
func (inv *Inventory) Kind() *Kind { return inv.kind }

// Files lists the files' names. Batch.File is an index into it.
func (inv *Inventory) Files() []string {
	out := make([]string, len(inv.files))
	for i, f := range inv.files {
		out[i] = f.Name
	}
	return out
}

// Has reports whether any file has a column.
func (inv *Inventory) Has(name string) bool {
	for _, f := range inv.files {
		if f.table.Column(name) >= 0 {
			return true
		}
	}
	return false
}

// Parts counts what can be read at the same time. Parts stand in the order of the files and of the rows in them.
func (inv *Inventory) Parts() int { return len(inv.parts) }

// Rows counts the rows of a part.
func (inv *Inventory) Rows(part int) int64 { return inv.parts[part].rows }

// TotalRows counts the rows of all parts.
func (inv *Inventory) TotalRows() int64 { return inv.rows }
