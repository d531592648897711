// Package publish writes inventories as a data package that anyone can read and verify: each table as Parquet and as CSV, a Frictionless
// descriptor (datapackage.json), RO-Crate metadata, CITATION.cff, a README and SHA256SUMS. The same inventories and metadata give the same
// bytes: no clock, no machine and no order of a map is in them.
package publish

import (
	"context"
	"io"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Files of a package beside its tables, which lie under data/.
const (
	DescriptorFile = "datapackage.json"
	CrateFile      = "ro-crate-metadata.json"
	CitationFile   = "CITATION.cff"
	ReadmeFile     = "README.md"
	SumsFile       = folder.Sums
	Folder         = "data"
)

// Format is the number of the packages' format; it stands in the descriptor.
const Format = 1

// Options are what a package is written with.
type Options struct {
	Jobs int // workers of the check; 0 for one a processor
}

// Package is what was written.
type Package struct {
	Descriptor *Descriptor
	Sum        string // SHA-256 of SHA256SUMS in hexadecimal: it stands for the whole package
}

// Write writes a package of inventories of different kinds, each file with what create makes of its name. Nothing is to be kept of what was written where
// it returns an error, which is a *diag.Invalid for what is wrong with the inventories. Warnings go to probs. The metadata must be complete.
//
// Refused are inventories in which a check finds an error, rows that may only be published within a sum, and rows under a licence that is not known or forbids to pass
// them on, unless it is the package's own. Memory does not grow with the rows.
func Write(ctx context.Context, m *Metadata, inventories []*datasets.Inventory, o Options, create func(name string) (io.WriteCloser, error), probs *diag.List) (*Package, error) {
	catalogue := map[string]*datasets.IDs{}
	for _, inv := range inventories {
		if !inv.Kind().Activity {
			ids, err := inv.IDs()
			if err != nil {
				return nil, err
			}
			catalogue[inv.Kind().Name] = ids
		}
	}
	var tables []*table
	for _, inv := range inventories {
		if err := inv.Check(ctx, datasets.CheckOptions{Jobs: o.Jobs, Catalogue: catalogue}, probs); err != nil {
			return nil, err
		}
		if err := probs.Err(); err != nil {
			return nil, err // what follows reads values that are sound
		}
		t := &table{inv: inv}
		if err := t.survey(ctx, probs); err != nil {
			return nil, err
		}
		t.licensed(m.Licence, probs)
		tables = append(tables, t)
	}
	m.dated(tables, probs)
	if err := probs.Err(); err != nil {
		return nil, err
	}
	w := &writer{ctx: ctx, Writer: folder.Writer{Create: create}}
	for _, t := range tables {
		if err := t.write(w); err != nil {
			return nil, err
		}
	}
	return w.describe(m, tables)
}

// describe writes what describes the tables, each file after those that it names digests of.
func (w *writer) describe(m *Metadata, tables []*table) (*Package, error) {
	d := descriptor(m, tables)
	if err := w.json(DescriptorFile, d); err != nil {
		return nil, err
	}
	if err := w.text(ReadmeFile, func(out io.Writer) error { return readme(out, d) }); err != nil {
		return nil, err
	}
	if err := w.text(CitationFile, func(out io.Writer) error { return citation(m).Write(out) }); err != nil {
		return nil, err
	}
	if err := w.json(CrateFile, crate(m, d, w.files)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return &Package{Descriptor: d, Sum: w.Digest()}, nil
}

// dated takes the newest date in a row for the day of a package that names none.
func (m *Metadata) dated(tables []*table, probs *diag.List) {
	if m.Created != "" {
		return
	}
	newest := 0.0
	for _, t := range tables {
		newest = max(newest, t.newest)
	}
	if newest == 0 {
		probs.Add(diag.Problem{Code: diag.Usage, Message: "the day of the package is not known: no row has a date", Hint: "--created YYYY-MM-DD"})
		return
	}
	m.Created = datasets.DateText(newest)
}
