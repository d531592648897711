// Package importers turns files of other tools into inventories: one file for each format.
//
// An importer reads records as a stream and fills rows of one kind of inventory, in the kind's units. Each row keeps where it was read (file, digest of the
// file, number of the record), under which licence, what it is a record of (scope) and what its energy covers (boundary). What a record lacks stays
// missing: no importer fills a gap with an assumption that the file does not make, and what a format itself implies stands in the row's assumption.
//
// Nothing is dropped in silence. Every record that was read is used or left out with a reason, and the numbers add up; a value that cannot stand in its
// column is left out and listed; columns that were not read are named. A name of hardware is looked up in the registry of package names: one that may
// mean several devices is left missing and told with the candidates, unless whoever imports has chosen (Options.Choose), and then the row says so.
package importers

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// Format is a kind of file that can be imported.
type Format struct {
	Name  string   // as it is typed
	Title string   // whose file it is
	Doc   string   // which files, what is read of them, what is left out and why
	Kinds []string // of inventory that it can give; the first where none is asked for. A mapping says its own: none
	Needs []string // what the files do not say and whoever imports must: "mapping", or columns such as "licence"
	With  []Extra  // what is left out unless it is asked for

	read func(*job)
}

// Extra is a sort of records that an importer leaves out unless it is asked for.
type Extra struct{ Name, Doc string }

// File is a file to import.
type File struct {
	Name   string // as problems name it
	R      io.ReaderAt
	Size   int64
	Digest string // sha256: and 64 hexadecimal digits
}

// Options are what files do not say of themselves. The zero value says nothing.
type Options struct {
	Kind   string            // of inventory; empty: the first that the format gives
	Set    map[string]string // column of the kind to what stands in it where the file says nothing
	Choose map[string]string // text as a file prints it to the id that is meant, of names that may mean several
	With   []string          // names of Extra that are asked for
	// Mapping says what the columns mean, of the format mapped: its name and text.
	Mapping     string
	MappingText []byte
}

// formats lists every format, in the order of the alphabet. To add one, write its file and add its line here.
func formats() []Format {
	return []Format{
		azureLLM,
		boamps,
		boaviztaPCF,
		co2Inference,
		codecarbon,
		epochClusters,
		epochHardware,
		epochModels,
		mapped,
		mlEnergy,
		mlperfInference,
		mlperfTraining,
		modelCard,
	}
}

// Formats lists the formats that can be imported, in the order of the alphabet.
func Formats() []Format { return formats() }

// Find returns a format by its name.
func Find(name string) (Format, bool) {
	all := formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}

// Sink takes what an importer reads.
type Sink interface {
	// Begin fixes the kind of the rows and the columns that they may fill, ahead of the first row.
	Begin(k *datasets.Kind, columns []datasets.Field) error
	// Rows takes the next rows, which are the sink's until Rows returns.
	Rows(*Batch) error
	// Left takes what is not used, with the reason.
	Left(Left)
}

// Left is a part of a file that was not used.
type Left struct {
	foreign.Left
	Part Part
}

// Part is what was left out.
type Part string

const (
	Record Part = "record" // none of it was used
	Value  Part = "value"  // the record was used without it
	Column Part = "column" // of the whole file
)

// Report says what became of files. Records are Used + Left.
type Report struct {
	Format string       `json:"format"`
	Kind   string       `json:"kind"`
	Files  []FileReport `json:"files"`
	Rows   int64        `json:"rows"` // of the inventory
	Values int64        `json:"values_left_out"`
	Names  []NameReport `json:"names,omitempty"`
	// ShareAlike are the licences of rows that ask to share alike, in the order in which they were met.
	ShareAlike []LicenceReport `json:"share_alike,omitempty"`
	// Registries are the versions of the registries of names.
	Registries map[string]string `json:"registries"`
}

// FileReport says what became of the records of a file.
type FileReport struct {
	Name    string   `json:"name"`
	Digest  string   `json:"digest"`
	Records int64    `json:"records"`
	Used    int64    `json:"used"`
	Left    int64    `json:"left_out"`
	Why     []Reason `json:"why,omitempty"`              // of records, the most frequent first
	Columns []string `json:"columns_not_read,omitempty"` // in the order of the file
}

// LicenceReport is how many rows are under a licence.
type LicenceReport struct {
	Licence string `json:"licence"`
	Rows    int64  `json:"rows"`
}

// Reason is why records were left out, and how many.
type Reason struct {
	Why   string `json:"why"`
	Count int64  `json:"count"`
}

// lasting is what is kept of a report within the inventory: bounded, and without what others can find out from the file.
func (r *Report) lasting() *Report {
	out := *r
	out.Names, out.ShareAlike = nil, nil
	for _, n := range r.Names {
		if n.Chosen && len(out.Names) < maxReasons {
			out.Names = append(out.Names, n)
		}
	}
	out.Files = slices.Clone(r.Files[:min(len(r.Files), maxReasons)])
	for i := range out.Files {
		out.Files[i].Why, out.Files[i].Columns = nil, nil
	}
	return &out
}

// Import reads files of a format. Problems go to probs with their places; rows that were read before one are delivered.
func Import(f Format, files []File, o Options, to Sink, probs *diag.List) *Report {
	if f.read == nil {
		panic("importers: a format without a reader")
	}
	kind := o.kind(f, probs)
	if kind == nil && len(f.Kinds) > 0 {
		return nil
	}
	d := &delivery{format: f, options: o, to: to, report: &Report{Format: f.Name, Registries: versions()}, names: map[nameKey]*NameReport{}, chosen: map[nameKey]bool{}, ids: map[string]int{}, met: map[xxh3.Uint128]diag.Place{}, probs: probs}
	if kind != nil && !d.begin(kind) {
		d.end()
		return nil
	}
	for _, file := range files {
		if d.failed != nil || probs.Full() {
			break
		}
		j := &job{File: file, delivery: d, reasons: map[string]int64{}}
		f.read(j)
		j.end()
		if d.kind != nil && !d.begun {
			break // what is wrong is so for every file
		}
	}
	d.end()
	return d.report
}

// kind is the kind of inventory that is asked for; nil, with the problem told, where the format does not give it.
func (o *Options) kind(f Format, probs *diag.List) *datasets.Kind {
	if len(f.Kinds) == 0 {
		return nil
	}
	name := o.Kind
	if name == "" {
		name = f.Kinds[0]
	}
	if !slices.Contains(f.Kinds, name) {
		probs.Add(diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("the format %s gives no inventory of the kind %q", f.Name, name), Hint: "it gives " + strings.Join(f.Kinds, ", ")})
		return nil
	}
	k, ok := datasets.KindByName(name)
	if !ok {
		panic("importers: no kind " + name)
	}
	return k
}
