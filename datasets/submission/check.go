package submission

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// maxConfidential bounds the rows of a kind in a submission with confidential ones: they are summed in memory.
const maxConfidential = 1_000_000

// check looks at the values of all tables, and at what only their words together can tell. Only a cancelled context is an error.
func check(ctx context.Context, tables []*Table, f *Form, o Options, probs *diag.List) error {
	known, err := catalogues(tables)
	if err != nil {
		return err
	}
	corrected, hidden := map[string]bool{}, map[string]bool{}
	var kinds []*kindCheck
	for _, kind := range datasets.Kinds() {
		c := &kindCheck{kind: kind, form: f, options: o, corrected: corrected, hidden: hidden, probs: probs}
		for _, t := range tables {
			if t.Kind == kind {
				c.tables = append(c.tables, t)
				c.files = append(c.files, t.file)
			}
		}
		if c.tables == nil {
			continue
		}
		if err := c.check(ctx, known); err != nil {
			return err
		}
		kinds = append(kinds, c)
	}
	for _, c := range kinds {
		if err := c.exposed(ctx); err != nil {
			return err
		}
	}
	for _, id := range f.Corrects {
		if !corrected[id] {
			p := f.problem("corrects", diag.UnknownReference, "corrects: no row of the submission has the id %q", id)
			p.Hint = "a correction is a row with the id of the one that it puts right, and all of its values"
			probs.Add(p)
		}
	}
	return ctx.Err()
}

// catalogues are the ids that rows may refer to in the catalogues: those of the open edition and of the submission itself.
func catalogues(tables []*Table) (map[string]*datasets.IDs, error) {
	edition, err := datasets.OpenEdition()
	if err != nil {
		return nil, err
	}
	out := map[string]*datasets.IDs{}
	for _, kind := range datasets.Kinds() {
		if kind.Activity {
			continue
		}
		var names []string
		add := func(file datasets.File) {
			var ignored diag.List // is told when the table itself is checked
			if inv := datasets.OpenInventory(kind, []datasets.File{file}, &ignored); inv != nil {
				if ids, err := inv.IDs(); err == nil {
					names = append(names, ids.Names()...)
				}
			}
		}
		if content, ok := edition[kind.Name]; ok {
			add(datasets.File{Name: kind.Name, R: bytes.NewReader(content), Size: int64(len(content))})
		}
		for _, t := range tables {
			if t.Kind == kind {
				add(t.file)
			}
		}
		out[kind.Name] = datasets.NewIDs(names...)
	}
	return out, nil
}

// kindCheck checks the tables of one kind.
type kindCheck struct {
	kind         *datasets.Kind
	tables       []*Table
	files        []datasets.File
	form         *Form
	options      Options
	corrected    map[string]bool // ids that the form corrects and that were met
	confidential map[string]bool // ids
	hidden       map[string]bool // digests of the files of confidential rows, of whatever kind, in small letters
	licences     map[string]diag.Place
	inv          *datasets.Inventory // nil where its rows were not looked at
	probs        *diag.List
}

func (c *kindCheck) check(ctx context.Context, known map[string]*datasets.IDs) error {
	inv := datasets.OpenInventory(c.kind, c.files, c.probs)
	if inv == nil {
		return nil
	}
	var found diag.List
	if err := inv.Check(ctx, datasets.CheckOptions{Jobs: c.options.Jobs, Catalogue: known, Suspect: true}, &found); err != nil {
		return err
	}
	c.soften(&found)
	if found.Count(diag.Error) > 0 && c.probs.Count(diag.Error) > 0 {
		return nil // what does not decode is not looked at again
	}
	rows, confidential, err := c.words(ctx, inv)
	if err != nil {
		return err
	}
	for i, t := range c.tables {
		t.counted(rows[i], confidential[i], c.probs)
		if rows[i] == 0 {
			c.probs.Errorf(diag.MissingValue, diag.Place{File: t.file.Name}, "the table has no row")
		}
	}
	c.judge(rows)
	c.inv = inv
	return nil
}

// soften takes over what a check has found. A reference that resolves to nothing here may resolve in the dataset that the submission is merged into. Rows
// that look as if they counted something twice refuse no submission, which is no total: the study that counts them is refused until somebody has said how
// they belong together.
func (c *kindCheck) soften(found *diag.List) {
	kept := 0
	for _, p := range found.Problems() {
		if p.Severity == diag.Error {
			kept++
		}
		if p.Severity == diag.Error && p.Code == diag.UnknownReference {
			p.Severity = diag.Warning
			p.Why = "neither the submission nor the open edition has it: it must be in the dataset that this is merged into"
		}
		if p.Code == diag.Overlap || p.Code == diag.SuspectedTwin {
			p.Severity = max(p.Severity, diag.Warning)
		}
		c.probs.Add(p)
	}
	if more := found.Count(diag.Error) - kept; more > 0 {
		c.probs.Errorf(diag.TooLarge, diag.Place{File: c.files[0].Name}, "%s more were found", diag.Plural(more, "problem"))
	}
}

// words gathers what the columns say that concern the submission as a whole.
func (c *kindCheck) words(ctx context.Context, inv *datasets.Inventory) (rows, confidential []int64, err error) {
	rows, confidential = make([]int64, len(c.files)), make([]int64, len(c.files))
	c.confidential, c.licences = map[string]bool{}, map[string]diag.Place{}
	corrects := map[string]bool{}
	for _, id := range c.form.Corrects {
		corrects[id] = true
	}
	m := c.kind.Merge
	err = each(ctx, inv, []string{c.kind.ID, m.Licence, m.Confidential.Column, m.Digest}, func(b *column.Batch, i int) {
		rows[b.File]++
		id, hasID := word(&b.Columns[0], i)
		if hasID && corrects[id] {
			c.corrected[id] = true
		}
		if licence, ok := word(&b.Columns[1], i); ok && len(c.licences) < 1000 {
			if _, seen := c.licences[licence]; !seen {
				c.licences[licence] = diag.Place{File: c.files[b.File].Name, Row: b.First + int64(i), Column: m.Licence}
			}
		}
		if text, ok := word(&b.Columns[2], i); ok && text == m.Confidential.Word {
			confidential[b.File]++
			if hasID && len(c.confidential) <= maxConfidential {
				c.confidential[id] = true
			}
			if digest, ok := word(&b.Columns[3], i); ok && len(c.hidden) <= maxConfidential {
				c.hidden[strings.ToLower(digest)] = true
			}
		}
	})
	return rows, confidential, err
}

// judge looks at the words of all rows.
func (c *kindCheck) judge(rows []int64) {
	for _, id := range slices.Sorted(maps.Keys(c.licences)) {
		if l, ok := licence.Named(id); ok && l.Forbids() {
			c.probs.Add(diag.Problem{Code: diag.Refused, Place: c.licences[id], Message: fmt.Sprintf("rows are under %s (%s), which does not let others pass them on freely", l.ID, l.Name),
				Hint: "leave these rows out, or take the figures from a source under an open licence"})
		}
	}
	var all, confidential int64
	for i, t := range c.tables {
		all += rows[i]
		confidential += t.Confidential
	}
	at := diag.Place{File: c.files[0].Name, Column: c.kind.Merge.Confidential.Column}
	switch {
	case confidential == 0:
	case c.kind.Sums == nil:
		c.probs.Add(diag.Problem{Code: diag.BadValue, Place: at, Message: fmt.Sprintf("rows of %s cannot be confidential: they describe things, and there is nothing in them to add up", c.kind.Name), Hint: "leave these rows out"})
	case all > maxConfidential:
		c.probs.Errorf(diag.TooLarge, at, "the tables of %s have %s, some of them confidential; at most %s are summed", c.kind.Name, diag.Plural(all, "row"), diag.Grouped(maxConfidential))
	}
}

// exposed refuses public rows that name confidential ones, or the file of one: whoever reads them would learn of these. The first row of each file is told.
func (c *kindCheck) exposed(ctx context.Context) error {
	if c.inv == nil || len(c.confidential)+len(c.hidden) == 0 {
		return nil
	}
	m := c.kind.Merge
	columns := []string{m.Confidential.Column, m.Digest}
	for _, f := range c.kind.Columns {
		if f.Type == lca.Text && f.Name != c.kind.ID && f.Name != m.Digest && f.Values == nil && f.Registry == "" && (f.References == "" || f.References == c.kind.Name) && c.inv.Has(f.Name) {
			columns = append(columns, f.Name)
		}
	}
	told := map[string]bool{}
	return each(ctx, c.inv, columns, func(b *column.Batch, i int) {
		if text, ok := word(&b.Columns[0], i); ok && text == m.Confidential.Word {
			return
		}
		at := diag.Place{File: c.files[b.File].Name, Row: b.First + int64(i)}
		if text, ok := word(&b.Columns[1], i); ok {
			if digest := strings.ToLower(text); c.hidden[digest] && !told[digest] {
				told[digest] = true
				at.Column = m.Digest
				c.probs.Add(diag.Problem{Code: diag.BadValue, Place: at, Message: "a public row has the digest of a file from which a confidential row was read, too",
					Why: "who knows the rest of that file finds what is confidential in it by trying until the digest fits", Hint: fmt.Sprintf("leave %s empty in all public rows from that file, or make these confidential too", m.Digest)})
			}
		}
		for k := 2; k < len(columns); k++ {
			if text, ok := word(&b.Columns[k], i); ok && c.confidential[text] && !c.probs.Full() {
				at.Column = columns[k]
				c.probs.Add(diag.Problem{Code: diag.BadValue, Place: at,
					Message: fmt.Sprintf("a public row names the row %q, which is confidential", text), Why: "that row is published only within a sum, and nobody is to learn of it", Hint: "make this row confidential too, or take the name out"})
			}
		}
	})
}

// each visits every row of an inventory.
func each(ctx context.Context, inv *datasets.Inventory, columns []string, visit func(b *column.Batch, row int)) error {
	for part := range inv.Parts() {
		r, err := inv.Open(part, columns)
		if err != nil {
			return err
		}
		err = column.Each(ctx, r, func(b *column.Batch) error {
			for i := range b.Rows {
				visit(b, i)
			}
			return nil
		})
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// word is the text of a row.
func word(c *column.Column, row int) (string, bool) {
	if !c.Valid.Get(row) {
		return "", false
	}
	return c.Dict.Values[c.Codes[row]], true
}
