package publish

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// maxSources bounds the sources that a table lists; rows of others are counted.
const maxSources = 500

// table is an inventory on its way into a package.
type table struct {
	inv     *datasets.Inventory
	fields  []lca.Field // the columns that are published: those that a row fills, and those that every row must
	empty   []string    // columns of the kind that no row fills
	sources []source    // in the order of their first row
	more    int64       // rows of sources that are not listed
	// licences with their rows, the most frequent first
	licences []counted
	newest   float64 // date in a row, in days since 1970
	files    []File  // as written: Parquet, CSV
}

// source is where rows come from.
type source struct {
	title, url, licence string
	rows                int64
}

type counted struct {
	word string
	rows int64
}

// survey reads all rows once and finds what is to be known ahead of writing them. Rows that may not be published go to probs.
func (t *table) survey(ctx context.Context, probs *diag.List) error {
	kind := t.inv.Kind()
	names := slices.DeleteFunc(kind.Names(), func(name string) bool { return !t.inv.Has(name) })
	s := &survey{t: t, probs: probs, filled: make([]bool, len(names)), at: map[[3]string]int{}, licences: map[string]int64{},
		source: slices.Index(names, kind.Merge.Source), url: slices.Index(names, "url"), licence: slices.Index(names, kind.Merge.Licence), confidential: slices.Index(names, kind.Merge.Confidential.Column)}
	for _, name := range names {
		f, _ := kind.Column(name)
		s.fields = append(s.fields, f.Field)
	}
	for part := range t.inv.Parts() {
		if err := s.part(ctx, part, names); err != nil {
			return err
		}
	}
	for _, f := range kind.Columns {
		i := slices.Index(names, f.Name)
		if f.Required || i >= 0 && s.filled[i] {
			t.fields = append(t.fields, f.Field)
		} else {
			t.empty = append(t.empty, f.Name)
		}
	}
	for word, rows := range s.licences {
		t.licences = append(t.licences, counted{word, rows})
	}
	slices.SortFunc(t.licences, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.rows, a.rows), cmp.Compare(a.word, b.word))
	})
	return nil
}

// What is held of the sources of a part before they are counted, and of licences: more than the registry knows, so that rows under one that is not
// counted are refused for others that are.
const (
	maxHeld     = 1 << 16
	maxLicences = 1000
)

// survey is a table's survey under way.
type survey struct {
	t        *table
	probs    *diag.List
	fields   []lca.Field
	filled   []bool
	at       map[[3]string]int // of a source its place among the table's
	licences map[string]int64
	// columns, -1 for none
	source, url, licence, confidential int
}

func (s *survey) part(ctx context.Context, part int, names []string) error {
	r, err := s.t.inv.Open(part, names)
	if err != nil {
		return err
	}
	defer r.Close()
	var b column.Batch
	var order [][3]int32 // sources in the order of their first row; codes keep their meaning for the part
	rows := map[[3]int32]int64{}
	add := func() {
		for _, key := range order {
			var text [3]string
			for i, at := range []int{s.source, s.url, s.licence} {
				if key[i] >= 0 {
					text[i] = b.Columns[at].Dict.Values[key[i]]
				}
			}
			s.add(text, rows[key])
		}
		order = order[:0]
		clear(rows)
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := r.Next(&b)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		s.values(&b)
		for row := range b.Rows {
			key := [3]int32{code(&b, s.source, row), code(&b, s.url, row), code(&b, s.licence, row)}
			if rows[key]++; rows[key] == 1 {
				order = append(order, key)
			}
		}
		if len(order) > maxHeld {
			add()
		}
	}
	add()
	return nil
}

// add counts rows of a source.
func (s *survey) add(text [3]string, rows int64) {
	if _, ok := s.licences[text[2]]; ok || len(s.licences) < maxLicences {
		s.licences[text[2]] += rows
	}
	at, ok := s.at[text]
	switch {
	case ok:
	case len(s.t.sources) == maxSources:
		s.t.more += rows
		return
	default:
		at = len(s.t.sources)
		s.at[text] = at
		s.t.sources = append(s.t.sources, source{title: text[0], url: text[1], licence: text[2]})
	}
	s.t.sources[at].rows += rows
}

// values looks at what a batch's columns hold.
func (s *survey) values(b *column.Batch) {
	place := func(row int, name string) diag.Place {
		return diag.Place{File: s.t.inv.Files()[b.File], Row: b.First + int64(row), Column: name}
	}
	for i, f := range s.fields {
		c := &b.Columns[i]
		s.filled[i] = s.filled[i] || c.Valid == nil || c.Valid.Count() > 0
		if f.Type != lca.Date {
			continue
		}
		for row, v := range c.Floats {
			if !c.Valid.Get(row) {
				continue
			}
			if v != math.Floor(v) {
				s.probs.Add(diag.Problem{Code: diag.BadValue, Place: place(row, f.Name), Message: fmt.Sprintf("%s is an instant; a package holds days", f.Name),
					Hint: "write the column as a DATE"})
			}
			s.t.newest = max(s.t.newest, v)
		}
	}
	if s.confidential < 0 {
		return
	}
	c, mark := &b.Columns[s.confidential], s.t.inv.Kind().Merge.Confidential
	for row := range b.Rows {
		if c.Valid.Get(row) && c.Dict.Values[c.Codes[row]] == mark.Word {
			s.probs.Add(diag.Problem{Code: diag.Confidential, Place: place(row, mark.Column), Message: "the row may be published only within a sum over rows of several contributors",
				Why: "its contributor has marked it " + mark.Column + " = " + mark.Word, Hint: "publish the sum in its place, or leave the row out"})
		}
	}
}

// code is the code of a row's text, -1 where there is none.
func code(b *column.Batch, at, row int) int32 {
	if at < 0 || !b.Columns[at].Valid.Get(row) {
		return -1
	}
	return b.Columns[at].Codes[row]
}

// licensed says what the rows' licences ask of the package.
func (t *table) licensed(own string, probs *diag.List) {
	at := diag.Place{File: t.inv.Files()[0], Column: t.inv.Kind().Merge.Licence}
	for _, l := range t.licences {
		of, ok := licence.Named(l.word)
		rows := fmt.Sprintf("%d rows of %s are", l.rows, t.inv.Kind().Name)
		if l.rows == 1 {
			rows = "1 row of " + t.inv.Kind().Name + " is"
		}
		switch {
		case l.word == own:
		case !ok:
			probs.Add(diag.Problem{Code: diag.NoLicence, Place: at, Message: fmt.Sprintf("%s under %s, which the registry of licences does not know", rows, shown(l.word)),
				Why: "whether they may be passed on is not known, so that they cannot be published", Hint: "write its SPDX identifier, such as CC-BY-4.0, or cited figures"})
		case of.Forbids():
			probs.Add(diag.Problem{Code: diag.LicenceForbids, Place: at, Message: fmt.Sprintf("%s under %s, which does not let everyone pass the data on", rows, l.word),
				Hint: "leave the rows out, or publish them apart under that very licence where it allows it"})
		case of.ShareAlike():
			probs.Add(diag.Problem{Severity: diag.Warning, Code: diag.ShareAlike, Place: at, Message: fmt.Sprintf("%s under %s, which asks to share alike; the package is under %s", rows, l.word, own),
				Hint: "publish the package under " + l.word + ", or those rows in a package of their own"})
		}
	}
}
