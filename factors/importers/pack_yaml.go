package importers

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/document"
)

var notInName = regexp.MustCompile(`[^a-z0-9-]+`)

// maxName is how many characters a pack's name has at most.
const maxName = 64

// describe is pack.yaml.
func (w *PackWriter) describe(f Format, from string) ([]byte, error) {
	newest := w.tables[0].Released
	for _, t := range w.tables {
		if lastDay(t.Released) > lastDay(newest) {
			newest = t.Released
		}
	}
	if date(newest) == "" {
		return nil, fmt.Errorf("the table %s does not say when it was published", w.tables[0].Name)
	}
	name := strings.TrimLeft(notInName.ReplaceAllString(strings.ToLower(w.name), "-"), "-0123456789")
	name = cmp.Or(name[:min(len(name), maxName)], f.Name)
	title := f.Title
	if len(w.tables) == 1 {
		title = w.tables[0].Title
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "pack: %s\nversion: %s\nstatus: draft\ndate: %s\ntitle: %s\n", document.Quote(name), document.Quote(newest), document.Quote(lastDay(newest)), document.Quote(title))
	fmt.Fprintf(&b, "doc: %s\n", document.Quote(from+" "+strings.Join(strings.Fields(f.Doc), " ")))
	if err := w.defineFactors(&b); err != nil {
		return nil, err
	}
	w.describeTables(&b)
	w.rankSeries(&b)
	return b.Bytes(), nil
}

// defineFactors defines those that rows name.
func (w *PackWriter) defineFactors(b *bytes.Buffer) error {
	b.WriteString("factors:\n")
	var used []string
	for _, t := range w.tables {
		for _, name := range t.factors {
			if !slices.Contains(used, name) {
				used = append(used, name)
			}
		}
	}
	for _, name := range used {
		d := definitionOf(name)
		if d == nil {
			var err error
			if d, err = w.infer(name); err != nil {
				return err
			}
		}
		fmt.Fprintf(b, "  - {name: %s, title: %s, per: %s", document.Quote(d.name), document.Quote(d.title), document.Quote(d.per))
		if d.unit != "" {
			fmt.Fprintf(b, ", unit: %s", document.Quote(d.unit))
		}
		fmt.Fprintf(b, ", keys: [%s]}\n", strings.Join(d.keys, ", "))
	}
	return nil
}

// infer is the definition of a factor that nobody knows, such as one that a mapping names: that of its first row. What a burden is per cannot be told
// from its rows.
func (w *PackWriter) infer(name string) (*defined, error) {
	i := slices.IndexFunc(w.tables, func(t *packTable) bool { _, ok := t.first[name]; return ok })
	t := w.tables[i]
	r := t.first[name]
	if r.Category != "" {
		return nil, fmt.Errorf("no pack of the program defines the factor %s, and a burden needs a definition: what it is per", name)
	}
	d := &defined{name: name, title: t.Title, per: "1", unit: r.Unit}
	for _, k := range []struct {
		name string
		has  bool
	}{{"region", r.Region != ""}, {"year", r.From != 0}, {"technology", r.Technology != ""}} {
		if k.has {
			d.keys = append(d.keys, k.name)
		}
	}
	return d, nil
}

func (w *PackWriter) describeTables(b *bytes.Buffer) {
	b.WriteString("tables:\n")
	for _, t := range w.tables {
		fmt.Fprintf(b, "  - file: %s\n    title: %s\n    licence: %s\n", document.Quote(t.Name+".csv"), document.Quote(t.Title), document.Quote(t.Licence))
		if t.Doc != "" {
			fmt.Fprintf(b, "    doc: %s\n", document.Quote(t.Doc))
		}
		constants := [][2]string{{"series", t.Series}}
		if !t.OwnSources {
			constants = append(constants, [2]string{"released", t.Released}, [2]string{"source", t.citation()}, [2]string{"url", t.URL})
		}
		b.WriteString("    constant:\n")
		for _, c := range constants {
			if c[1] != "" {
				fmt.Fprintf(b, "      %s: %s\n", c[0], document.Quote(c[1]))
			}
		}
	}
}

// rankSeries puts the tables' series in an order of preference.
func (w *PackWriter) rankSeries(b *bytes.Buffer) {
	var ranked []string
	for _, t := range w.tables {
		if t.Series == "" || slices.Contains(ranked, t.Series) {
			continue
		}
		if len(ranked) == 0 {
			b.WriteString("series:\n")
		}
		ranked = append(ranked, t.Series)
		fmt.Fprintf(b, "  - {name: %s, title: %s, why: %s}\n", document.Quote(t.Series), document.Quote(t.Title), document.Quote("in the order in which the tables were imported"))
	}
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
