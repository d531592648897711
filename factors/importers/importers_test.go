package importers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// published opens a file as its source published it. Such files are not part of the project: they are looked for in AILCA_OPENDATA, else beside the
// checkout.
func published(t *testing.T, name string) File {
	t.Helper()
	folder := os.Getenv("AILCA_OPENDATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "opendata")
	}
	f, err := os.Open(filepath.Join(folder, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the published file is not at hand: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return File{Name: filepath.Base(name), Text: f}
}

// text is a file with a content.
func text(name, content string) File { return File{Name: name, Text: strings.NewReader(content)} }

// collected is a Sink that keeps everything.
type collected struct {
	tables map[string]*Table
	rows   map[string][]Row // by table
	left   []foreign.Left
}

func (c *collected) Row(_ diag.Place, t *Table, r Row) {
	if c.tables == nil {
		c.tables, c.rows = map[string]*Table{}, map[string][]Row{}
	}
	if c.tables[t.Name] == nil {
		c.tables[t.Name] = t
	}
	c.rows[t.Name] = append(c.rows[t.Name], r)
}

func (c *collected) Left(l foreign.Left) { c.left = append(c.left, l) }

// find returns the rows of a table that fit all fields that a pattern has.
func (c *collected) find(table string, like Row) []Row {
	var out []Row
	for _, r := range c.rows[table] {
		if (like.Factor == "" || like.Factor == r.Factor) && (like.Category == "" || like.Category == r.Category) && (like.Region == "" || like.Region == r.Region) &&
			(like.Technology == "" || like.Technology == r.Technology) && (like.From == 0 || like.From == r.From) {
			out = append(out, r)
		}
	}
	return out
}

// imported reads files of a format and fails the test where there are problems.
func imported(t *testing.T, format string, o Options, files ...File) *collected {
	t.Helper()
	var probs diag.List
	got := importedWith(t, format, o, &probs, files...)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

func importedWith(t *testing.T, format string, o Options, probs *diag.List, files ...File) *collected {
	t.Helper()
	f, ok := Find(format)
	if !ok {
		t.Fatalf("there is no format %s", format)
	}
	var got collected
	Import(f, files, o, &got, probs)
	return &got
}

// expectProblems fails the test unless each text stands in a problem of its own, and there are no others.
func expectProblems(t *testing.T, probs *diag.List, texts ...string) {
	t.Helper()
	all := probs.Problems()
	if len(all) != len(texts) {
		t.Errorf("%d problems, expected %d", len(all), len(texts))
	}
	for i, p := range all {
		if i < len(texts) && !strings.Contains(p.String(), texts[i]) {
			t.Errorf("problem %d is %s\nexpected %s", i, p, texts[i])
		}
	}
}
