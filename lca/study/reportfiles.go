package study

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io"

	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/reports"
)

// workbookFile holds the tables of a report for a spreadsheet.
const workbookFile = "tables.xlsx"

// tableFiles are what a report's folder has beside its pages, but for its record: tables in each form, and what describes them to people and to programs. left says which of them there is not, and why.
func tableFiles(e *reports.Edition, tables []reports.TableFile) (files []resultFile, left string, err error) {
	var index, workbook bytes.Buffer
	list := csv.NewWriter(&index)
	list.Write([]string{"file", "table"}) // a buffer takes it
	for _, t := range tables {
		files = append(files, resultFile{t.Path(), content(t.CSV)})
		list.Write([]string{t.Path(), t.Caption})
	}
	list.Flush()
	files = append(files, resultFile{"tables.csv", content(index.Bytes())})
	var many *reports.TooManyCells
	if err := reports.WriteWorkbook(&workbook, e, tables); errors.As(err, &many) {
		left = workbookFile + " is left out: " + many.Error()
	} else if err != nil {
		return nil, "", err
	} else {
		files = append(files, resultFile{workbookFile, content(workbook.Bytes())})
	}
	return append(files, resultFile{publish.DescriptorFile, func(w io.Writer) error { return writeJSON(w, tablesDescriptor(e, tables)) }},
		resultFile{publish.CitationFile, reportCitation(e).Write}), left, nil
}

// tablesDescriptor is the tables of a report as a data package (Frictionless): what each column holds, under which licence, and the sources that all rests on.
func tablesDescriptor(e *reports.Edition, tables []reports.TableFile) *publish.Descriptor {
	d := &publish.Descriptor{Schema: publish.DescriptorSchema, Profile: "tabular-data-package", Name: e.Study + "-report", ID: e.RunID, Title: cmp.Or(e.Title, e.Study), Description: e.Goal, Version: e.Edition}
	if e.Licence != "" {
		d.Licenses = []publish.LicenseItem{publish.License(e.Licence, 0)}
	}
	at := map[[3]string]int{} // the same source of several tables is one
	for _, s := range e.Sources {
		key := [3]string{s.Source, s.URL, s.Licence}
		i, met := at[key]
		if !met && s.Source != "" {
			item := publish.SourceItem{Title: s.Source, License: s.Licence}
			item.At(s.URL)
			i, at[key] = len(d.Sources), len(d.Sources)
			d.Sources = append(d.Sources, item)
		}
		if s.Source != "" {
			d.Sources[i].Rows += int64(s.Rows)
		}
	}
	for _, t := range tables {
		schema := publish.TableSchema{MissingValues: []string{""}}
		for _, f := range t.Fields() {
			field := publish.SchemaField{Name: f.Name, Title: f.Title, Type: "string", Unit: f.Unit}
			if f.Number {
				field.Type = "number"
			}
			schema.Fields = append(schema.Fields, field)
		}
		d.Resources = append(d.Resources, publish.CSVResource(t.ID, t.Caption, t.Path(), int64(len(t.CSV)), sha256Of(t.CSV), int64(t.Rows()), reports.TextRule, schema))
	}
	return d
}

// reportCitation is how a report is cited. An edition names no author and no day.
func reportCitation(e *reports.Edition) *publish.Citation {
	c := &publish.Citation{Message: "If you use this report or its tables, please cite it as below, and the sources that its register names.", Title: cmp.Or(e.Title, e.Study), Version: e.Edition,
		Abstract: e.Goal, Licence: e.Licence, Authors: []publish.Contributor{{Name: "The authors of the study " + e.Study}}}
	if e.RunID != "" {
		c.Identifiers = []publish.Identifier{{Value: e.RunID, Description: "The run of ailca: a digest of all that determines the results."}}
	}
	return c
}
