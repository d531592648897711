// Package importers turns tables that others publish into factor packs: one file for each format.
//
// An importer reads rows as a stream and writes the rows of a factor table in the source's own figures and unit: no number is converted, and so
// none is rounded. It says which kind of figure each is (for electricity flow, point, scope and margin), gives each row a source, a release
// date and a licence, and lists what it could not use with the reason. What a row lacks stays absent.
//
// A table has one licence. A table whose licence asks to share alike becomes a pack of its own and is never part of another's file.
package importers

import (
	"bytes"
	"io"
	"slices"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// Format is a kind of file that can be imported.
type Format struct {
	Name  string // as it is typed
	Title string // whose file it is
	Doc   string // which files, what is read of them, what is left out and why
	// Needs lists the options that the files do not say themselves, of "released", "year" and "mapping". An importer may find one out all the same, as
	// a year from a file's name.
	Needs []string

	read func(*job)
}

// Options are what a file does not say of itself. Zero values are not given.
type Options struct {
	Released string // when the file was published: 2025, 2025-03 or 2025-03-14
	Year     int    // that the values hold for
	Mapping  *File  // of the format mapped: what the columns mean
}

// File is a file to import.
type File struct {
	Name string // as problems name it
	Text io.Reader
}

// formats lists every format, in the order of the alphabet. To add one, write its file and add its line here.
func formats() []Format {
	return []Format{
		azureRegions,
		boaviztaPCF,
		cambium,
		ccf,
		codecarbon,
		ecologits,
		electricityMaps,
		googleRegions,
		greenAlgorithms,
		mapped,
		owid,
	}
}

// Formats lists the formats that can be imported, in the order of the alphabet.
func Formats() []Format { return formats() }

// Find returns a format by its name.
func Find(name string) (Format, bool) {
	i := slices.IndexFunc(formats(), func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return formats()[i], true
}

// Row is a row of a factor table as it is written. Empty fields are absent.
type Row struct {
	Factor, Category, Region, Technology string
	From, To                             int    // calendar years, both included; 0: any year
	Value                                string // a decimal number as the source writes it
	Unit, Distribution, Boundary         string
	Flow, Point, Scope, Margin           string
	Quality                              string
	Source, URL, Released                string // of a table whose rows name their own
	Note                                 string
}

// Table describes the rows of one table: what it says of the source holds for all of them.
type Table struct {
	Name     string // of the CSV file, without .csv
	Title    string
	Series   string // of the publication that the values are one release of, such as owid-ember
	Source   string // citation in words; {released} is replaced by the date
	URL      string
	Released string // of this file
	Licence  string // SPDX identifier
	Doc      string // the choices that an importer made

	OwnSources bool // rows name their own source, address and release date; the table's hold where a row has none
}

// dated is the table as it was published on a date.
func (t Table) dated(date string) *Table {
	t.Released = date
	return &t
}

// Sink takes what an importer reads.
type Sink interface {
	// Row takes a row of a table, and where it was read. The first row of a table fixes its description.
	Row(at diag.Place, t *Table, r Row)
	// Left takes what is not used, with the reason.
	Left(foreign.Left)
}

// Import reads files of a format. Problems go to probs with their places; rows that were read before one are delivered.
func Import(f Format, files []File, o Options, to Sink, probs *diag.List) {
	if !o.check(probs) {
		return
	}
	var mapping []byte
	if o.Mapping != nil {
		text, err := io.ReadAll(io.LimitReader(o.Mapping.Text, document.MaxBytes+1))
		if err != nil {
			probs.Errorf(diag.NotFound, diag.Place{File: o.Mapping.Name}, "the mapping cannot be read: %v", err)
			return
		}
		mapping = text
	}
	d := &delivery{to: to, factors: map[string]bool{}}
	for _, file := range files {
		if o.Mapping != nil {
			o.Mapping = &File{Name: o.Mapping.Name, Text: bytes.NewReader(mapping)} // each file reads it from its start
		}
		f.read(&job{File: file, Options: o, delivery: d, probs: probs})
	}
}

// check refuses a date or year that no row can have.
func (o *Options) check(probs *diag.List) bool {
	ok := true
	if o.Released != "" && !factors.IsDate(o.Released) {
		probs.Errorf(diag.Usage, diag.Place{}, "the date of publication is such as 2025, 2025-03 or 2025-03-14, not %q", o.Released)
		ok = false
	}
	if o.Year != 0 && !isYear(o.Year) {
		probs.Errorf(diag.Usage, diag.Place{}, "the year that values hold for is from %d to %d, not %d", firstYear, lastYear, o.Year)
		ok = false
	}
	return ok
}
