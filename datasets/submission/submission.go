// Package submission makes and opens submissions: folders in which somebody hands in data for the open database.
//
// A submission is a folder whose files lie side by side: inventories as Parquet, submission.yaml with who hands them in, under which licence, how they
// were measured and with which right, a README rendered from that, and SHA256SUMS. It is written whole or not at all, and only where neither the
// data nor what is said of them has an error; warnings are recorded in it. The same files and the same words give the same bytes.
//
// Open checks a submission that came from somebody else: nothing in it is believed because it was checked when it was written.
package submission

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Names of the files of a submission beside its inventories.
const (
	FormFile   = "submission.yaml"
	ReadmeFile = "README.md"
)

// Format is the number of the format of a submission.
const Format = "1"

// Options say what a check may rely on.
type Options struct {
	Jobs int    // workers; 0 for one a processor
	Kind string // of files that do not tell theirs; "" for none
}

// Submission is an open submission. Close closes its files.
type Submission struct {
	*Form
	Folder *folder.Folder
	Tables []*Table // in order of their files' names
}

// Table is an inventory of a submission.
type Table struct {
	File         string // its name in the submission
	Kind         *datasets.Kind
	Rows         int64
	Confidential int64  // rows that are published only within sums
	SHA256       string // in hexadecimal digits; empty until it is written
	From         string // the name of the CSV file that it was made from; "" for none
	file         datasets.File
}

// Open opens a submission and checks all of it: digests, files, what is said of the data, and every value. Problems go to probs; the submission is nil where
// there are errors. Only a cancelled context is an error.
func Open(ctx context.Context, path string, o Options, probs *diag.List) (*Submission, error) {
	before := probs.Count(diag.Error)
	f, err := folder.Open(ctx, path, probs)
	if f == nil {
		return nil, err
	}
	s := &Submission{Folder: f}
	if err := s.open(ctx, o, probs); err != nil || probs.Count(diag.Error) > before {
		f.Close()
		return nil, err
	}
	return s, nil
}

// Close closes the files.
func (s *Submission) Close() {
	if s != nil {
		s.Folder.Close()
	}
}

// Inventory opens the tables of a kind as one inventory; nil where there is none.
func (s *Submission) Inventory(kind *datasets.Kind, probs *diag.List) *datasets.Inventory {
	var files []datasets.File
	for _, t := range s.Tables {
		if t.Kind == kind {
			files = append(files, t.file)
		}
	}
	if files == nil {
		return nil
	}
	return datasets.OpenInventory(kind, files, probs)
}

func (s *Submission) open(ctx context.Context, o Options, probs *diag.List) error {
	before := probs.Count(diag.Error)
	file, ok := s.Folder.File(FormFile)
	if !ok {
		probs.Errorf(diag.MissingFile, diag.Place{File: s.Folder.Name + "/" + FormFile}, "the file is missing: this is no submission")
		return nil
	}
	text, err := file.Text()
	if err != nil {
		probs.Errorf(diag.MissingFile, diag.Place{File: file.Shown}, "the file cannot be read: %v", err)
		return nil
	}
	root := document.Parse(file.Shown, text, probs)
	if root == nil {
		return nil
	}
	var written writtenFile
	said, made := split(root)
	document.Decode(made, &written, probs)
	s.Form = decodeForm(said, probs)
	if written.Submission != Format && root.Get("submission") != nil {
		probs.Add(root.Get("submission").Problem(diag.BadValue, "this is format %s of submissions; format %s is read", strconv.Quote(written.Submission), Format))
	}
	s.Form.check(o, probs)
	for _, t := range written.Tables {
		s.table(t, probs)
	}
	for _, file := range s.Folder.Files() {
		if file.Base != FormFile && file.Base != ReadmeFile && !slices.ContainsFunc(s.Tables, func(t *Table) bool { return t.File == file.Base }) {
			probs.Add(diag.Problem{Code: diag.Refused, Place: diag.Place{File: file.Shown}, Message: "the file is no table of the submission, and nothing reads it", Hint: "remove it, or make the submission again with it"})
		}
	}
	if len(written.Tables) == 0 {
		probs.Add(root.Problem(diag.MissingValue, "the submission has no table"))
	}
	if len(s.Tables) < len(written.Tables) {
		return nil
	}
	if err := check(ctx, s.Tables, s.Form, o, probs); err != nil || probs.Count(diag.Error) > before {
		return err
	}
	s.readme(written.Warnings, probs)
	return nil
}

// readme sets the README against the one that the form and the tables give: what a person reads is what is merged.
func (s *Submission) readme(warnings []string, probs *diag.List) {
	file, ok := s.Folder.File(ReadmeFile)
	if !ok {
		probs.Errorf(diag.MissingFile, diag.Place{File: s.Folder.Name + "/" + ReadmeFile}, "the file is missing: a submission has one")
		return
	}
	want := (&Draft{Form: s.Form, Tables: s.Tables, warnings: warnings}).readme()
	text, err := io.ReadAll(io.NewSectionReader(file, 0, int64(len(want))+1))
	if err != nil {
		probs.Errorf(diag.MissingFile, diag.Place{File: file.Shown}, "the file cannot be read: %v", err)
		return
	}
	if bytes.Equal(text, want) {
		return
	}
	same := 0
	for same < min(len(text), len(want)) && text[same] == want[same] {
		same++
	}
	probs.Add(diag.Problem{Code: diag.BadValue, Place: diag.Place{File: file.Shown, Line: bytes.Count(want[:same], []byte("\n")) + 1}, Message: "the README is not the one that " + FormFile + " and the tables give, from this line on",
		Why: "people read the one, and the other is merged", Hint: "whoever hands it in makes it again: ailca contribute"})
}

// table finds the file of a table.
func (s *Submission) table(w writtenTable, probs *diag.List) {
	at := w.At
	kind, known := datasets.KindByName(w.Kind)
	file, there := s.Folder.File(w.File)
	switch {
	case !known:
		p := at.Problem(diag.UnknownName, "no kind %q", w.Kind)
		p.Hint = "kinds: " + strings.Join(datasets.KindNames(), ", ")
		probs.Add(p)
	case !there || w.File == FormFile || w.File == ReadmeFile:
		probs.Add(at.Problem(diag.MissingFile, "the submission holds no table %q", w.File))
	case slices.ContainsFunc(s.Tables, func(t *Table) bool { return t.File == w.File }):
		probs.Add(at.Problem(diag.DuplicateName, "the table %s stands twice", w.File))
	case file.SHA256 != w.SHA256:
		probs.Add(at.Problem(diag.DigestMismatch, "the digest of %s is not the one that %s lists", w.File, folder.Sums))
	default:
		s.Tables = append(s.Tables, &Table{File: w.File, Kind: kind, Rows: w.Rows, Confidential: w.Confidential, SHA256: w.SHA256, From: w.From,
			file: datasets.File{Name: file.Shown, R: file, Size: file.Size}})
	}
}

// writtenFile is what submission.yaml has beside what the contributor said.
type writtenFile struct {
	Submission string         `doc:"submission,required"`
	Tables     []writtenTable `doc:"tables,required"`
	Warnings   []string       `doc:"warnings"`
}

// split parts submission.yaml into what the contributor said and what was written beside it.
func split(root *document.Node) (said, made *document.Node) {
	a, b := *root, *root
	a.Fields, b.Fields = nil, nil
	for _, f := range root.Fields {
		switch f.Key {
		case "submission", "tables", "warnings":
			b.Fields = append(b.Fields, f)
		default:
			a.Fields = append(a.Fields, f)
		}
	}
	return &a, &b
}

type writtenTable struct {
	At           *document.Node `doc:"@"`
	File         string         `doc:"file,required"`
	Kind         string         `doc:"kind,required"`
	Rows         int64          `doc:"rows,required"`
	Confidential int64          `doc:"confidential,required"`
	SHA256       string         `doc:"sha256,required"`
	From         string         `doc:"from"`
}

// counted sets the rows of a table against what is said of it.
func (t *Table) counted(rows, confidential int64, probs *diag.List) {
	if t.SHA256 != "" && (t.Rows != rows || t.Confidential != confidential) {
		probs.Add(diag.Problem{Code: diag.BadValue, Place: diag.Place{File: t.file.Name},
			Message: fmt.Sprintf("the table has %s, %s of them confidential; %s says %s and %s", diag.Plural(rows, "row"), diag.Grouped(confidential), FormFile, diag.Grouped(t.Rows), diag.Grouped(t.Confidential))})
	}
	t.Rows, t.Confidential = rows, confidential
}
