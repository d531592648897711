package importers

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// PackWriter writes what an importer reads as a factor pack: a CSV file for each table as rows come, then pack.yaml and a list of what was left out.
type PackWriter struct {
	name   string
	create func(name string) (io.WriteCloser, error)

	tables []*packTable
	left   *csv.Writer
	closer io.Closer
	count  int
	err    error // the first
}

type packTable struct {
	*Table
	out     *csv.Writer
	closer  io.Closer
	rows    int
	factors []string
	first   map[string]Row // of each factor
}

// LeftFile is the name of the file that lists what was left out: the place, what it was, and why; fields are separated by tabs.
const LeftFile = "left-out.tsv"

// NewPackWriter writes a pack of a name into files that create makes.
func NewPackWriter(name string, create func(name string) (io.WriteCloser, error)) *PackWriter {
	return &PackWriter{name: name, create: create}
}

// rowColumns are the columns that rows fill; those of the table as a whole stand in pack.yaml.
var rowColumns = []string{"factor", "category", "region", "technology", "valid_from", "valid_to", "value", "unit", "distribution", "boundary", "flow", "point", "scope",
	"margin", "quality", "note"}

// Row implements Sink.
func (w *PackWriter) Row(t *Table, r Row) {
	table := w.table(t)
	if table == nil {
		return
	}
	if !slices.Contains(table.factors, r.Factor) {
		table.factors = append(table.factors, r.Factor)
		table.first[r.Factor] = r
	}
	table.rows++
	record := []string{r.Factor, r.Category, r.Region, r.Technology, yearText(r.From), yearText(r.To), r.Value, r.Unit, r.Distribution, r.Boundary, r.Flow, r.Point, r.Scope,
		r.Margin, r.Quality, strings.TrimSpace(r.Note)}
	if t.OwnSources {
		source, url := r.Source, r.URL
		if source == "" {
			source, url = t.citation(), t.URL
		}
		record = append(record, strings.TrimSpace(source), url, cmp.Or(r.Released, t.Released))
	}
	table.out.Write(record)
}

// citation is the source with its date.
func (t *Table) citation() string { return strings.ReplaceAll(t.Source, "{released}", t.Released) }

func yearText(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}

// table is the file of a table; it is made for the first row.
func (w *PackWriter) table(t *Table) *packTable {
	for _, have := range w.tables {
		if have.Name == t.Name {
			return have
		}
	}
	f, err := w.create(t.Name + ".csv")
	if err != nil {
		w.fail(err)
		return nil
	}
	table := &packTable{Table: t, out: csv.NewWriter(f), closer: f, first: map[string]Row{}}
	columns := rowColumns
	if t.OwnSources {
		columns = append(slices.Clone(columns), "source", "url", "released")
	}
	table.out.Write(columns)
	w.tables = append(w.tables, table)
	return table
}

// Left implements Sink.
func (w *PackWriter) Left(l foreign.Left) {
	w.count++
	if w.left == nil {
		f, err := w.create(LeftFile)
		if err != nil {
			w.fail(err)
			return
		}
		w.left, w.closer = csv.NewWriter(f), f
		w.left.Comma = '\t'
		w.left.Write([]string{"place", "what", "why"})
	}
	w.left.Write([]string{l.Place.String(), l.What, l.Why})
}

func (w *PackWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// Rows is how many rows were written, LeftOut how much was left out.
func (w *PackWriter) Rows() int {
	n := 0
	for _, t := range w.tables {
		n += t.rows
	}
	return n
}

// LeftOut is how many records were left out.
func (w *PackWriter) LeftOut() int { return w.count }

// Tables lists the tables' names, licences and numbers of rows, in the order in which they were begun.
func (w *PackWriter) Tables() (out []TableCount) {
	for _, t := range w.tables {
		out = append(out, TableCount{t.Name, t.Licence, t.rows})
	}
	return out
}

// TableCount says how much of a table was written.
type TableCount struct {
	Name, Licence string
	Rows          int
}

// Defined is what pack.yaml says of a factor.
type Defined struct {
	Name, Title, Per, Unit string // Unit of a factor without categories
	Keys                   []string
}

// DefinedBy are the definitions of a pack.
func DefinedBy(p *factors.Pack) (out []Defined) {
	for i := range p.Definitions {
		d := &p.Definitions[i]
		out = append(out, Defined{d.Name, d.Title, d.PerText(), d.UnitText(), d.Keys})
	}
	return out
}

// others are the factors that importers read and the open pack does not hold.
var others = []Defined{
	{"renewable_share", "Renewable share of the electricity consumed", "1", "1", []string{"region", "year"}},
	{"carbon_free_share", "Carbon-free share of the electricity consumed", "1", "1", []string{"region", "year"}},
	{"provider_carbon_free_share", "Carbon-free share of a provider's region, contracts included", "1", "1", []string{"region", "year"}},
	{"provider_renewable_share", "Renewable share that a provider states for a region, contracts included", "1", "1", []string{"region", "year"}},
	{"device_end_of_life", "End of life of a device", "1", "", []string{"technology"}},
	{"vcpu_power_idle", "Power of an idle vCPU", "1", "W", []string{"technology"}},
	{"vcpu_power_full", "Power of a vCPU at full load", "1", "W", []string{"technology"}},
}

// Close writes pack.yaml. Factors are defined as in defined, else as this package knows them; the pack holds those that its rows name. from says
// what was imported, for who reads the pack.
func (w *PackWriter) Close(f Format, defined []Defined, from string) error {
	for _, t := range w.tables {
		t.out.Flush()
		w.fail2(t.out.Error(), t.closer.Close())
	}
	if w.left != nil {
		w.left.Flush()
		w.fail2(w.left.Error(), w.closer.Close())
	}
	if w.err != nil {
		return w.err
	}
	text, err := w.describe(f, append(slices.Clone(defined), others...), from)
	if err != nil {
		return err
	}
	out, err := w.create("pack.yaml")
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	w.fail2(err, out.Close())
	return w.err
}

func (w *PackWriter) fail2(errs ...error) {
	for _, err := range errs {
		if err != nil {
			w.fail(err)
		}
	}
}

var noName = regexp.MustCompile(`[^a-z0-9-]+`)

// describe is pack.yaml.
func (w *PackWriter) describe(f Format, defined []Defined, from string) ([]byte, error) {
	var b bytes.Buffer
	newest := ""
	for _, t := range w.tables {
		newest = max(newest, t.Released)
	}
	name := strings.TrimLeft(noName.ReplaceAllString(strings.ToLower(w.name), "-"), "-0123456789")
	if name == "" {
		name = f.Name
	}
	title := f.Title
	if len(w.tables) == 1 {
		title = w.tables[0].Title
	}
	fmt.Fprintf(&b, "pack: %s\nversion: %s\nstatus: draft\ndate: %s\ntitle: %s\n", name, quote(newest), quote(lastDay(newest)), quote(title))
	fmt.Fprintf(&b, "doc: %s\n", quote(from+" "+strings.Join(strings.Fields(f.Doc), " ")))
	b.WriteString("factors:\n")
	var used []string
	for _, t := range w.tables {
		for _, name := range t.factors {
			if !slices.Contains(used, name) {
				used = append(used, name)
			}
		}
	}
	for i := range defined {
		d := &defined[i]
		at := slices.Index(used, d.Name)
		if at < 0 {
			continue
		}
		used = slices.Delete(used, at, at+1)
		fmt.Fprintf(&b, "  - {name: %s, title: %s, per: %s", d.Name, quote(d.Title), quote(d.Per))
		if d.Unit != "" {
			fmt.Fprintf(&b, ", unit: %s", quote(d.Unit))
		}
		fmt.Fprintf(&b, ", keys: [%s]}\n", strings.Join(d.Keys, ", "))
	}
	for _, name := range used {
		if err := w.define(&b, name); err != nil {
			return nil, err
		}
	}
	b.WriteString("tables:\n")
	for _, t := range w.tables {
		fmt.Fprintf(&b, "  - file: %s\n    title: %s\n    licence: %s\n", t.Name+".csv", quote(t.Title), quote(t.Licence))
		if t.Doc != "" {
			fmt.Fprintf(&b, "    doc: %s\n", quote(strings.Join(strings.Fields(t.Doc), " ")))
		}
		b.WriteString("    constant:\n")
		for _, c := range [][2]string{{"series", t.Series}, {"released", t.Released}, {"source", t.citation()}, {"url", t.URL}} {
			if c[1] != "" && !(t.OwnSources && c[0] != "series") {
				fmt.Fprintf(&b, "      %s: %s\n", c[0], quote(c[1]))
			}
		}
	}
	var series []*packTable
	for _, t := range w.tables {
		if t.Series != "" && !slices.ContainsFunc(series, func(o *packTable) bool { return o.Series == t.Series }) {
			series = append(series, t)
		}
	}
	if len(series) > 0 {
		b.WriteString("series:\n")
		for _, t := range series {
			fmt.Fprintf(&b, "  - {name: %s, title: %s, why: %s}\n", t.Series, quote(t.Title), quote("in the order in which the tables were imported"))
		}
	}
	return b.Bytes(), nil
}

// define writes the definition of a factor that nobody knows, such as one that a mapping names: that of its first row. What a burden is per cannot be told from
// its rows.
func (w *PackWriter) define(b *bytes.Buffer, name string) error {
	for _, t := range w.tables {
		r, ok := t.first[name]
		if !ok {
			continue
		}
		if r.Category != "" {
			return fmt.Errorf("no embedded pack defines the factor %s, and a burden needs a definition: what it is per", name)
		}
		var keys []string
		for _, k := range []struct {
			name string
			has  bool
		}{{"region", r.Region != ""}, {"year", r.From != 0}, {"technology", r.Technology != ""}} {
			if k.has {
				keys = append(keys, k.name)
			}
		}
		fmt.Fprintf(b, "  - {name: %s, title: %s, per: \"1\", unit: %s, keys: [%s]}\n", name, quote(t.Title), quote(r.Unit), strings.Join(keys, ", "))
		return nil
	}
	return nil
}

// quote writes a text as YAML does in double quotes, which is as JSON does.
func quote(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(text) // of a string it cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

// lastDay is the last day that a date may mean: of 2025-02 the 28th.
func lastDay(date string) string {
	switch strings.Count(date, "-") {
	case 0:
		return date + "-12-31"
	case 1:
		if month, err := time.Parse("2006-01", date); err == nil {
			return month.AddDate(0, 1, -1).Format(time.DateOnly)
		}
	}
	return date
}
