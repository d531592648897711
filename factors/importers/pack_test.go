package importers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// written closes a writer and loads what it wrote.
func written(t testing.TB, w *PackWriter, to folder, from string) *factors.Pack {
	t.Helper()
	if err := w.Close(owid, from); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	p := w.Load(to, "pack", &probs)
	if err := probs.Err(); err != nil {
		t.Fatalf("%v\n%s", err, to.MapFS["pack.yaml"].Data)
	}
	return p
}

// plainTable and plainRow are as short as a table and a row of it may be.
var (
	plainTable = Table{Name: "t", Title: "T", Source: "S of {released}", URL: "https://a", Released: "2024-02", Licence: "CC0-1.0"}
	plainRow   = Row{Factor: "x_y", Technology: "a", Value: "1.50", Unit: "kg", Distribution: "fixed", Quality: "reported"}
)

// The bytes of a small pack.
func TestAPackIsWritten(t *testing.T) {
	to := folder{fstest.MapFS{}}
	w := NewPackWriter("Ours 2024", to.create)
	table := plainTable
	table.Series, table.Doc = "our-series", "Choices: none."
	r := plainRow
	r.From, r.To, r.Note = 2020, 2021, `so "called", here`
	w.Row(diag.Place{File: "a.csv", Line: 7}, &table, r)
	w.Left(foreign.Left{Place: diag.Place{File: "a.csv", Line: 8}, What: "b", Why: "no value"})
	p := written(t, w, to, "From a.csv.")
	for name, want := range map[string]string{
		"t.csv":        "factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,note\nx_y,,,a,2020,2021,1.50,kg,fixed,,,,,,reported,\"so \"\"called\"\", here\"\n",
		"left-out.tsv": "place\twhat\twhy\na.csv:8\tb\tno value\n",
		"pack.yaml": `pack: "ours-2024"
version: "2024-02"
status: draft
date: "2024-02-29"
title: "T"
doc: "From a.csv. ` + strings.Join(strings.Fields(owid.Doc), " ") + `"
factors:
  - {name: "x_y", title: "T", per: "1", unit: "kg", keys: [year, technology]}
tables:
  - file: "t.csv"
    title: "T"
    licence: "CC0-1.0"
    doc: "Choices: none."
    constant:
      series: "our-series"
      released: "2024-02"
      source: "S of 2024-02"
      url: "https://a"
series:
  - {name: "our-series", title: "T", why: "in the order in which the tables were imported"}
`} {
		if got := string(to.MapFS[name].Data); got != want {
			t.Errorf("%s is\n%s\nexpected\n%s", name, got, want)
		}
	}
	if w.Rows() != 1 || w.LeftOut() != 1 || len(w.Tables()) != 1 || w.Tables()[0] != (TableCount{"t", "CC0-1.0", 1}) || p.Ref() != "ours-2024@2024-02" {
		t.Errorf("%d rows, %d left, %+v, %s", w.Rows(), w.LeftOut(), w.Tables(), p.Ref())
	}
}

// Whatever a title, a citation, a file or a folder is called, pack.yaml says it, or a space for what YAML cannot.
func TestTextsSurviveYAML(t *testing.T) {
	for text, want := range map[string]string{
		`"quoted" and \back\`: "", "a: b # c": "", "- a": "", "{a}": "", "*a &b !c %d @e `f`": "", "null": "", "true": "", "1e3": "", "Übersicht 电力": "", "line\nline": "", "<a> & b": "", "a\u2028b": "", "'": "",
		"a\x00b\x1b\x7f\u0085c": "a b   c", "\ufeffa": " a", "\xffa": "\ufffda",
	} {
		if want == "" {
			want = text
		}
		to := folder{fstest.MapFS{}}
		w := NewPackWriter(text, to.create)
		table := plainTable
		table.Title, table.Doc = text, text
		w.Row(diag.Place{}, &table, plainRow)
		p := written(t, w, to, text)
		if p.Title != want || p.Tables[0].Title != want || p.Tables[0].Doc != want || !strings.HasPrefix(p.Doc, want) {
			t.Errorf("%q became %q, %q, %q", text, p.Title, p.Tables[0].Title, p.Doc)
		}
	}
	for name, want := range map[string]string{"": "owid", "2024": "owid", "电力": "owid", "../x": "x", "true": "true", strings.Repeat("a", 100): strings.Repeat("a", 64)} {
		to := folder{fstest.MapFS{}}
		w := NewPackWriter(name, to.create)
		w.Row(diag.Place{}, &plainTable, plainRow)
		if p := written(t, w, to, ""); p.Name != want {
			t.Errorf("the folder %q gives the pack %q, expected %q", name, p.Name, want)
		}
	}
}

// What a row does not say of its source the table does, field by field.
func TestRowsOfATableMayNameTheirOwnSources(t *testing.T) {
	to := folder{fstest.MapFS{}}
	w := NewPackWriter("a", to.create)
	table := plainTable
	table.OwnSources = true
	for i, own := range []Row{{}, {Source: "Report of b"}, {URL: "https://c"}, {Released: "2019-05-01"}} {
		r := plainRow
		r.Technology, r.Source, r.URL, r.Released = fmt.Sprint("t", i), own.Source, own.URL, own.Released
		w.Row(diag.Place{}, &table, r)
	}
	want := []string{"S of 2024-02 https://a 2024-02", "Report of b https://a 2024-02", "S of 2024-02 https://c 2024-02", "S of 2024-02 https://a 2019-05-01"}
	for i, r := range written(t, w, to, "").Rows {
		if got := r.Source + " " + r.URL + " " + r.Released; got != want[i] {
			t.Errorf("row %d is %s, expected %s", i, got, want[i])
		}
	}
}

func TestAPackOfNothingIsNone(t *testing.T) {
	to := folder{fstest.MapFS{}}
	if err := NewPackWriter("a", to.create).Close(owid, ""); err == nil || to.MapFS["pack.yaml"] != nil {
		t.Errorf("%v", err)
	}
}

func TestAPackIsRefusedWhereItCannotBeLoaded(t *testing.T) {
	burden, dateless, outside := plainRow, plainTable, plainTable
	burden.Category, dateless.Released, outside.Name = "climate_change", "", "../t"
	for name, fill := range map[string]func(w *PackWriter){
		"a burden needs a definition":           func(w *PackWriter) { w.Row(diag.Place{}, &plainTable, burden) },
		"does not say when it was published":    func(w *PackWriter) { w.Row(diag.Place{}, &dateless, plainRow) },
		`a table cannot be called "../t"`:       func(w *PackWriter) { w.Row(diag.Place{}, &outside, plainRow) },
		"a pack has at most 200 tables":         func(w *PackWriter) { many(w, func(i int, t *Table, _ *Row) { t.Name = fmt.Sprint("t", i) }) },
		"the table t has more than 200 factors": func(w *PackWriter) { many(w, func(i int, _ *Table, r *Row) { r.Factor = fmt.Sprint("f", i) }) },
	} {
		to := folder{fstest.MapFS{}}
		w := NewPackWriter("a", to.create)
		fill(w)
		if err := w.Close(owid, ""); err == nil || !strings.Contains(err.Error(), name) || to.MapFS["pack.yaml"] != nil {
			t.Errorf("expected %s, got %v", name, err)
		}
	}
}

type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) Close() error                { return nil }

func TestATableIsNoLargerThanOneThatIsRead(t *testing.T) {
	w := NewPackWriter("a", func(string) (io.WriteCloser, error) { return nowhere{}, nil })
	r := plainRow
	r.Note = strings.Repeat("x", 1<<20)
	for range 300 {
		w.Row(diag.Place{}, &plainTable, r)
	}
	if err := w.Close(owid, ""); err == nil || !strings.Contains(err.Error(), "the table t is larger than the 256 MiB") || w.Rows() > 258 {
		t.Errorf("%v after %d rows", err, w.Rows())
	}
}

// What a pack cannot hold is told once, at the first row that is too many.
func TestRowsEndWhereAPackDoes(t *testing.T) {
	var got collected
	var probs diag.List
	j := &job{delivery: &delivery{to: &got, rows: maxRows - 1, factors: map[string]bool{}}, probs: &probs}
	for line := range 5 {
		j.row(diag.Place{File: "a.csv", Line: line + 2}, &plainTable, plainRow)
	}
	expectProblems(t, &probs, "a.csv: a pack holds at most 2000000 rows: those from line 3 on are not read")
	if len(got.rows["t"]) != 1 {
		t.Errorf("%d rows", len(got.rows["t"]))
	}
}

// many writes 300 rows.
func many(w *PackWriter, change func(i int, t *Table, r *Row)) {
	for i := range 300 {
		table, r := plainTable, plainRow
		change(i, &table, &r)
		w.Row(diag.Place{}, &table, r)
	}
}

// A disk that fails stops the pack with its own error, the first, and is not asked again.
func TestAPackThatCannotBeWrittenSaysWhy(t *testing.T) {
	asked := 0
	w := NewPackWriter("a", func(string) (io.WriteCloser, error) { asked++; return nil, errors.New("the disk is full") })
	for range 3 {
		w.Row(diag.Place{}, &plainTable, plainRow)
		w.Left(foreign.Left{What: "a", Why: "b"})
	}
	if err := w.Close(owid, ""); err == nil || err.Error() != "the disk is full" || asked != 1 {
		t.Errorf("%v after %d files", err, asked)
	}
}

// What is written is what is loaded: every row, in its order, to the digit.
func TestRowsThatAreWrittenAreRowsThatAreLoaded(t *testing.T) {
	regions := []string{"FRA", "DEU", "US-CA", "gcp:us-east1", "WOR"}
	rapid.Check(t, func(t *rapid.T) {
		to := folder{fstest.MapFS{}}
		w := NewPackWriter("a", to.create)
		table := plainTable
		table.OwnSources = rapid.Bool().Draw(t, "own sources")
		table.Title, table.Source, table.Doc = oneLine(t, "title"), "S"+oneLine(t, "source"), oneLine(t, "doc")
		var rows []Row
		for i := range rapid.IntRange(1, 20).Draw(t, "rows") {
			value := rapid.Float64Range(0, 1e300).Draw(t, "value")
			r := Row{Factor: "electricity", Category: "climate_change", Region: rapid.SampledFrom(regions).Draw(t, "region"), From: 1900 + 5*i, To: 1900 + 5*i, Value: fmt.Sprint(value), Unit: "g CO2e/kWh",
				Distribution: about(fmt.Sprint(value), "pedigree(2,1,1,1,2)"), Flow: rapid.SampledFrom([]string{"", "production", "consumption"}).Draw(t, "flow"), Quality: "modelled", Note: oneLine(t, "note")}
			if rapid.Bool().Draw(t, "a share") {
				r = Row{Factor: "electricity_mix", Region: r.Region, Technology: "t" + strings.TrimSpace(oneLine(t, "technology")), From: r.From, To: r.From + 3, Value: r.Value, Unit: "%", Distribution: "fixed", Quality: "reported"}
			}
			if table.OwnSources {
				r.Source, r.URL, r.Released = "C"+oneLine(t, "cited"), "https://b", rapid.SampledFrom([]string{"", "2019", "2020-02-29"}).Draw(t, "released")
			}
			rows = append(rows, r)
			w.Row(diag.Place{File: "a.csv", Line: i}, &table, r)
		}
		if err := w.Close(owid, ""); err != nil {
			t.Fatal(err)
		}
		var probs diag.List
		p := w.Load(to, "pack", &probs)
		if probs.Err() != nil || len(p.Rows) != len(rows) || p.Tables[0].Title != table.Title || p.Tables[0].Doc != table.Doc {
			t.Fatalf("%v: %d rows of %d, %+v", probs.Err(), len(p.Rows), len(rows), p.Tables[0])
		}
		for i := range p.Rows {
			have, want := &p.Rows[i], rows[i]
			if !table.OwnSources {
				want.Source, want.URL, want.Released = table.citation(), table.URL, table.Released
			} else if want.Released == "" {
				want.Released = table.Released
			}
			got := Row{Factor: have.Factor, Category: have.Category, Region: have.Region, Technology: have.Technology, From: have.From, To: have.To, Value: fmt.Sprint(have.Value), Unit: have.UnitText,
				Distribution: want.Distribution, Flow: have.Flow, Point: have.Point, Scope: have.Scope, Margin: have.Margin, Quality: have.Quality, Source: have.Source, URL: have.URL, Released: have.Released, Note: have.Note}
			want.Note = foreign.Shown(want.Note)
			if got != want || have.Licence != table.Licence {
				t.Fatalf("row %d\nread    %+v\nwritten %+v", i, got, want)
			}
		}
	})
}

// oneLine draws a text as an importer delivers it: in one line.
func oneLine(t *rapid.T, label string) string { return foreign.Plain(rapid.String().Draw(t, label)) }

// A row's lines in the table may be several; its place is its own all the same.
func TestAProblemOfARowIsToldWhereItWasRead(t *testing.T) {
	to := folder{fstest.MapFS{}}
	w := NewPackWriter("a", to.create)
	for i, technology := range []string{"a", "b", "a"} {
		r := plainRow
		r.Technology, r.Note = technology, "one\ntwo"
		w.Row(diag.Place{File: fmt.Sprint("f", i), Line: 10 + i, Col: 3}, &plainTable, r)
	}
	if err := w.Close(owid, ""); err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	w.Load(to, "pack", &probs)
	expectProblems(t, &probs, "f2:12:3: x_y a for any year stands also at f0:10:3 for any year")
}

// Every table of an importer is named like the others, and its licence is one that the registry has and that allows to pass the table on.
func TestTablesHaveALicenceOfTheRegistry(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	described := regexp.MustCompile(`Table\{Name: "([^"]*)".*Licence: "([^"]*)"`)
	found := 0
	for _, name := range sources {
		content, err := os.ReadFile(name)
		if err != nil || strings.HasSuffix(name, "_test.go") {
			continue
		}
		tables := described.FindAllStringSubmatch(string(content), -1)
		if n := strings.Count(string(content), "Table{Name: \""); n != len(tables) {
			t.Errorf("%s describes %d tables, of which %d with a licence in the line of the name", name, n, len(tables))
		}
		for _, m := range tables {
			found++
			if l, ok := factors.LicenceNamed(m[2]); !ok || l.Redistribute == "no" {
				t.Errorf("%s: the table %s is under %q: %+v", name, m[1], m[2], l)
			}
			if !regexp.MustCompile(`^[a-z][a-z_]*$`).MatchString(m[1]) {
				t.Errorf("%s: the table %s is not named with underscores", name, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("%d tables", found)
	}
}
