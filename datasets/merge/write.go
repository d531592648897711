package merge

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Write writes the version.
func (v *Version) Write(ctx context.Context, create func(name string) (io.WriteCloser, error)) error {
	w := &folder.Writer{Create: create}
	var tables []datasetTable
	var statements []statementRow
	for _, k := range v.kinds {
		rows := k.rows()
		if len(rows) == 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		t := datasetTable{File: k.kind.Name + ".parquet", Kind: k.kind.Name, Rows: int64(len(rows)), Licences: k.licences(rows)}
		var err error
		if t.SHA256, _, err = w.Write(t.File, func(out io.Writer) error { return k.write(ctx, out, rows) }); err != nil {
			return err
		}
		tables = append(tables, t)
		statements = append(statements, k.origins(rows)...)
	}
	_, _, err := w.Write(StatementsFile, func(out io.Writer) error {
		return writeStatements(out, statements)
	})
	if err != nil {
		return err
	}
	if _, _, err := w.Write(ChangesFile, func(out io.Writer) error { return writeChanges(out, v.Changes) }); err != nil {
		return err
	}
	if err := w.Text(ChangelogFile, v.changelog(tables)); err != nil {
		return err
	}
	if err := w.Text(DatasetFile, v.yaml(tables)); err != nil {
		return err
	}
	return w.Close()
}

// rows lists the rows of the version: by id, then those without one in their order.
func (k *kindMerge) rows() []*statement { return slices.Concat(k.named(), k.nameless) }

// write writes a table. A row that says nothing of where it was read from says so now.
func (k *kindMerge) write(ctx context.Context, w io.Writer, rows []*statement) error {
	fields := k.kind.Fields()
	out, err := parquet.Create(w, fields, []parquet.KeyValue{{Key: parquet.FormatKey, Value: datasets.Format}, {Key: datasets.KindKey, Value: k.kind.Name}})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(rows, column.BatchRows) {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := parquet.NewBuilder(fields)
		for _, s := range some {
			traced := k.traced(s)
			for i, f := range fields {
				c := s.cell(i)
				if at := slices.Index(k.at.origin, i); at >= 0 && traced {
					c = s.trace(at)
				}
				if i == k.at.id && s.name != "" {
					c = textCell(s.name)
				}
				add(b, i, f, c)
			}
		}
		t := b.Table()
		if err := out.Write(&column.Batch{Rows: t.Rows, Columns: t.Data}); err != nil {
			return err
		}
	}
	return out.Close()
}

func add(b *parquet.Builder, i int, f lca.Field, c cell) {
	switch {
	case !c.there:
		b.Missing(i)
	case f.Type == lca.Text:
		b.Text(i, c.text)
	case f.Type == lca.Boolean:
		b.Truth(i, c.truth)
	default:
		b.Number(i, c.number)
	}
}

// traced tells a row of a submission that does not say where it was read from: it gets the submission's table for an origin.
func (k *kindMerge) traced(s *statement) bool {
	return s.origin != nil && !s.origin.based && len(k.at.origin) == 3 && !slices.ContainsFunc(k.at.origin, func(i int) bool { return s.cell(i).there })
}

// trace is the file, its digest where it may be told, and the row, in the order of the kind's columns of origin.
func (s *statement) trace(part int) cell {
	digest := s.digest
	if digest != "" {
		digest = "sha256:" + digest
	}
	return [...]cell{textCell(s.file), textCell(digest), {there: true, number: float64(s.number)}}[part]
}

// licences lists those of the rows' sources.
func (k *kindMerge) licences(rows []*statement) []string {
	all := map[string]bool{}
	for _, s := range rows {
		if l := s.text(k.at.licence); l != "" {
			all[l] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// origins says of each row with an id where it came from.
func (k *kindMerge) origins(rows []*statement) []statementRow {
	var out []statementRow
	for _, s := range rows {
		if s.name == "" {
			continue
		}
		r := statementRow{Kind: k.kind.Name, ID: s.name, Stated: s.id, Ruled: s.other != "", Correction: s.corrects}
		if s.origin != nil {
			r.Submission = s.origin.Digest
		}
		if s.since != nil {
			r.Since = s.since.Digest
		}
		out = append(out, r)
	}
	return out
}

// changelog tells people what is new. changes.csv has every row.
func (v *Version) changelog(tables []datasetTable) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# %s %s\n", folder.Markdown(v.Name), v.Version)
	rests := "It rests on no other version."
	if v.BaseVersion != "" {
		rests = fmt.Sprintf("It rests on version %s (sha256 %s), which it leaves as it is.", v.BaseVersion, v.BaseDigest)
	}
	line("%s. %s `changes.csv` says of every row that went in what became of it; `ailca datasets merge --rules` says by which rules.\n", v.Date, rests)
	line("| table | rows | licences |\n|---|---:|---|")
	for _, t := range tables {
		line("| %s | %d | %s |", folder.Markdown(t.File), t.Rows, folder.Markdown(strings.Join(t.Licences, ", ")))
	}
	if v.New > 0 {
		line("\n## New submissions\n")
		for _, o := range v.Origins {
			if !o.based {
				line("- %s, %s, %s: %s (sha256 %s)", o.Date, o.shown(), folder.Markdown(o.Licence), countRows(o.Rows), o.Digest)
			}
		}
	}
	line("\n## Rows\n\n| kind | %s |\n|---|%s", joined(actions, " | "), strings.Repeat("---:|", len(actions)))
	for _, k := range v.kinds {
		counts := map[Action]int64{}
		for _, c := range v.Changes {
			if c.Kind == k.kind.Name {
				counts[c.Action] += c.Rows
				if c.Action == Value {
					counts[Value]++
				}
			}
		}
		if len(counts) == 0 {
			continue
		}
		fmt.Fprintf(&b, "| %s |", folder.Markdown(k.kind.Name))
		for _, a := range actions {
			fmt.Fprintf(&b, " %d |", counts[a])
		}
		b.WriteString("\n")
	}
	for _, part := range []struct {
		title string
		take  func(Change) bool
	}{
		{"Corrections", func(c Change) bool {
			return c.Action == Corrected || c.Action == Value && c.Reason == string(Corrected)
		}},
		{"Conflicts", func(c Change) bool { return c.Action == Conflict || c.Action == Value && c.Reason != string(Corrected) }},
		{"Confidential rows", func(c Change) bool { return c.Action == Aggregated || c.Action == Suppressed || c.Action == Left }},
	} {
		v.list(&b, part.title, part.take)
	}
	if notes := v.Unpublished(); notes != nil {
		line("\n%s", strings.Join(notes, " "))
	}
	return b.Bytes()
}

// Unpublished says, in sentences, that rows which are suppressed stay so in what rests on this version, and what can be done; nil where none are.
func (v *Version) Unpublished() []string {
	var rows int64
	for _, c := range v.Changes {
		if c.Action == Suppressed {
			rows += c.Rows
		}
	}
	if rows == 0 {
		return nil
	}
	notes := []string{countRows(rows) + " suppressed here stays unpublished in every version that rests on this one: no version holds confidential rows, and one on a base sums only what is new."}
	if rows > 1 {
		notes[0] = strings.Replace(notes[0], "stays", "stay", 1)
	}
	without := "To sum confidential rows of several steps, make the version from all submissions at once."
	if v.BaseVersion != "" {
		without = fmt.Sprintf("The base %s shows none of the confidential rows that it suppressed: to sum them with those that are new, make the version from all submissions, without the base.", v.BaseVersion)
	}
	return append(notes, without, "Before you publish it beside another: the difference of two versions that are both made from submissions alone may be somebody's value (complementary disclosure, in the rules of merging).")
}

// listed is how many lines of a sort the changelog has at most.
const listed = 200

// list adds the changes of a sort.
func (v *Version) list(b *bytes.Buffer, title string, take func(Change) bool) {
	n, above := 0, ""
	for _, c := range v.Changes {
		if !take(c) {
			continue
		}
		if n++; n == 1 {
			fmt.Fprintf(b, "\n## %s\n\n", title)
		}
		if n > listed {
			continue
		}
		what := folder.Markdown(c.Kind + " " + c.ID)
		if c.ID == "" {
			what = folder.Markdown(c.Kind) + ", rows without an id"
		}
		if c.Action == Value && what != above { // a line says of which row it speaks
			fmt.Fprintf(b, "- %s:\n", what)
		}
		above = what
		switch c.Action {
		case Value:
			fmt.Fprintf(b, "  - %s: %s → %s (%s)\n", folder.Markdown(c.Column), old(c.Old), old(c.New), folder.Markdown(c.Reason))
		case Corrected:
			fmt.Fprintf(b, "- %s: %s\n", what, folder.Markdown(c.Reason))
		case Conflict:
			fmt.Fprintf(b, "- %s is an alternative to %s: %s\n", what, folder.Markdown(c.OtherID), folder.Markdown(c.Reason))
		case Aggregated:
			fmt.Fprintf(b, "- %s: %s\n", what, folder.Markdown(c.Reason))
		default:
			fmt.Fprintf(b, "- %s: %s %s: %s\n", folder.Markdown(c.Kind), countRows(c.Rows), c.Action, folder.Markdown(c.Reason))
		}
	}
	if n > listed {
		fmt.Fprintf(b, "\nand %d lines more, which changes.csv has\n", n-listed)
	}
}

func countRows(n int64) string { return diag.Plural(n, "row") }

func old(text string) string {
	if text == "" {
		return "(missing)"
	}
	return folder.Markdown(text)
}

// shown names a submission.
func (o *Origin) shown() string {
	if o.hidden {
		return "a contributor who is not named"
	}
	return folder.Markdown(o.Contributor) + ", " + folder.Markdown(o.Title)
}

func joined(actions []Action, between string) string {
	var out []string
	for _, a := range actions {
		out = append(out, string(a))
	}
	return strings.Join(out, between)
}
