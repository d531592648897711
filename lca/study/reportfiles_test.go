package study

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/reports"
)

// saying is an edition that says a text wherever it can.
func saying(text string) *reports.Edition {
	return &reports.Edition{Study: "x", Title: text, Goal: text, Edition: text, Year: 2025, RunID: text, Licence: text,
		Items:      []reports.Item{{Kind: "training_runs", Item: "1", Model: text, Source: text, URL: "https://example.org/" + text, Licence: text, Years: []int{2025}}},
		Parameters: []reports.Parameter{{Name: "pue", Value: 1.25, Unit: "1", Source: text}},
		Cases:      []reports.Case{{Case: text, ID: "1", What: text, Published: text, Computed: text, Result: "pass", Class: "exact", Method: text, Source: text}},
		Sources: []reports.Source{{Table: "training_runs", Source: text, URL: "https://example.org/a", Licence: text, Rows: 2}, {Table: "pue", Source: text, URL: "https://example.org/a", Licence: text, Rows: 3},
			{Table: "pue", Source: "B", URL: "https://example.org/" + text, Licence: "CC0-1.0", Rows: 1}, {Table: "pue", Source: "C", URL: "see page 3", Licence: "CC0-1.0", Rows: 1}}}
}

// filesOf are the files of an edition's report by name.
func filesOf(t testing.TB, e *reports.Edition) (files map[string][]byte, names []string, left string) {
	t.Helper()
	pages, tables, err := pagesOf(e, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, left, err := tableFiles(e, tables)
	if err != nil {
		t.Fatal(err)
	}
	list = append(pageFiles(pages), list...)
	files = map[string][]byte{}
	for _, f := range list {
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			t.Fatal(err)
		}
		if files[f.name] != nil {
			t.Errorf("%s is written twice", f.name)
		}
		files[f.name], names = b.Bytes(), append(names, f.name)
	}
	return files, names, left
}

func TestAReportDescribesItsTablesToPrograms(t *testing.T) {
	e := saying("a text")
	e.Licence = "CC-BY-4.0"
	files, names, left := filesOf(t, e)
	want := []string{"report.en.html", "tables/items-training-runs.csv", "tables/parameters.csv", "tables/cases.csv", "tables/correspondence-items.csv", "tables/register.csv", "tables.csv", "tables.xlsx", "datapackage.json", "CITATION.cff"}
	if !slices.Equal(names, want) || left != "" {
		t.Errorf("the files are %q, left out is %q", names, left)
	}
	var d publish.Descriptor
	if err := json.Unmarshal(files["datapackage.json"], &d); err != nil {
		t.Fatal(err)
	}
	if d.Name != "x-report" || d.Profile != "tabular-data-package" || d.ID != "a text" || d.Version != "a text" || len(d.Licenses) != 1 || d.Licenses[0].Path != "https://creativecommons.org/licenses/by/4.0/" {
		t.Errorf("the package is %+v", d)
	}
	sources := []publish.SourceItem{{Title: "a text", Path: "https://example.org/a", License: "a text", Rows: 5}, {Title: "B", License: "CC0-1.0", Rows: 1}, {Title: "C", License: "CC0-1.0", Rows: 1}}
	if !slices.Equal(d.Sources, sources) {
		t.Errorf("the sources are %+v, want %+v", d.Sources, sources)
	}
	checkResources(t, &d, files)
	var types []string
	for _, r := range d.Resources {
		for _, f := range r.Table.Fields {
			if f.Type == "number" {
				types = append(types, r.Name+"."+f.Name)
			}
		}
	}
	if !slices.Equal(types, []string{"parameters.value", "register.rows"}) {
		t.Errorf("numbers are %q", types)
	}
	for name, text := range files {
		if again, _, _ := filesOf(t, e); !bytes.Equal(again[name], text) {
			t.Errorf("%s differs when it is written again", name)
		}
	}
}

// checkResources compares what the descriptor says of each CSV file with the file.
func checkResources(t *testing.T, d *publish.Descriptor, files map[string][]byte) {
	t.Helper()
	for _, r := range d.Resources {
		text := files[r.Path]
		if r.Bytes != int64(len(text)) || r.Hash != "sha256:"+sha256Of(text) || r.Format != "csv" || r.TextRule != reports.TextRule {
			t.Errorf("%s is described as %+v", r.Path, r)
		}
		records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if r.Rows != int64(len(records)-1) || len(r.Table.Fields) != len(records[0]) || !slices.Equal(r.Table.MissingValues, []string{""}) {
			t.Errorf("%s: %d rows and %d columns are said, the file has %d and %d", r.Path, r.Rows, len(r.Table.Fields), len(records)-1, len(records[0]))
			continue
		}
		for i, f := range r.Table.Fields {
			if f.Name != records[0][i] {
				t.Errorf("%s: column %d is said to be %q, not %q", r.Path, i+1, f.Name, records[0][i])
			}
			for _, record := range records[1:] {
				if _, err := strconv.ParseFloat(record[i], 64); f.Type == "number" && record[i] != "" && err != nil {
					t.Errorf("%s: %s is said to be a number, and holds %q", r.Path, f.Name, record[i])
				}
			}
		}
	}
}

func TestAReportIsCited(t *testing.T) {
	e := &reports.Edition{Study: "observatory-2025", Title: "A title", Goal: "A goal", Edition: "2025", RunID: "5f0c9ab1d2e3", Licence: "CC-BY-4.0"}
	const want = `cff-version: "1.2.0"
message: "If you use this report or its tables, please cite it as below, and the sources that its register names."
type: "dataset"
title: "A title"
version: "2025"
abstract: "A goal"
license: "CC-BY-4.0"
identifiers:
  - type: other
    value: "5f0c9ab1d2e3"
    description: "The run of ailca: a digest of all that determines the results."
authors:
  - name: "The authors of the study observatory-2025"
`
	var b bytes.Buffer
	if err := reportCitation(e).Write(&b); err != nil || b.String() != want {
		t.Errorf("got\n%s%v", &b, err)
	}
	for _, licence := range []string{"", "CC BY 4.0", "LicenseRef-UN", "cited figures", "my own"} {
		e.Licence = licence
		b.Reset()
		if err := reportCitation(e).Write(&b); err != nil || strings.Contains(b.String(), "license") {
			t.Errorf("%q is no SPDX identifier, and stands in\n%s%v", licence, &b, err)
		}
	}
}

// What a stranger wrote into a result folder is a text in all that describes the report.
func TestTextsOfStrangersAreTextsBesideAReport(t *testing.T) {
	for _, text := range []string{`=HYPERLINK("https://example.org/x","y")`, "+1+1", "</script><script>alert(1)</script>", `"`, `\`, "a\nb: [c\n- d", "a\r\n\"}], \"resources\": [{\"path\": \"/etc/passwd\"", "x: y # z", "*a", "!!str", "\u2028", "\xff", "../../a"} {
		files, _, _ := filesOf(t, saying(text))
		want := strings.ToValidUTF8(text, "\uFFFD")
		var d publish.Descriptor
		if err := json.Unmarshal(files["datapackage.json"], &d); err != nil {
			t.Fatal(err)
		}
		if d.Title != want || d.Description != want || d.Version != want || d.ID != want || d.Name != "x-report" || len(d.Sources) != 3 || d.Sources[0].Title != want || d.Licenses[0].Title != want {
			t.Errorf("%q: the package is %+v", text, d)
		}
		checkResources(t, &d, files)
		for _, r := range d.Resources {
			if !strings.HasPrefix(r.Path, "tables/") || strings.Contains(r.Path, "..") {
				t.Errorf("%q: a resource stands at %s", text, r.Path)
			}
		}
		var probs diag.List
		cited := document.Parse("CITATION.cff", files["CITATION.cff"], &probs)
		if err := probs.Err(); err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var keys []string
		for _, f := range cited.Fields {
			keys = append(keys, f.Key)
		}
		if !slices.Equal(keys, []string{"cff-version", "message", "type", "title", "version", "abstract", "identifiers", "authors"}) {
			t.Errorf("%q: CITATION.cff says %q", text, keys)
		}
		// A control character that YAML does not take is a space.
		shown := strings.Map(func(r rune) rune {
			if r == '\r' {
				return ' '
			}
			return r
		}, want)
		if cited.Get("title").Text != shown || cited.Get("identifiers").Items[0].Get("value").Text != shown {
			t.Errorf("%q is read as %q", text, cited.Get("title").Text)
		}
	}
}

func TestAReportOfTooManyCellsHasNoWorkbook(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	e := saying("a text")
	e.Cases = slices.Repeat(e.Cases, 100_000)
	files, names, left := filesOf(t, e)
	if slices.Contains(names, "tables.xlsx") || !strings.HasPrefix(left, "tables.xlsx is left out: 12") || !strings.HasSuffix(left, "cells are more than the 1000000 that a workbook takes; the CSV files have them") {
		t.Errorf("the files are %q, and it says %q", names, left)
	}
	if n := bytes.Count(files["tables/cases.csv"], []byte("\n")); n != 100_001 {
		t.Errorf("the CSV has %d lines", n)
	}
}
