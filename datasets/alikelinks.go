package datasets

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// alikeLinks sets the rows of all parts against each other that may be one thing, or count something twice. It holds a bounded part of them.
type alikeLinks struct {
	exact, twins idTable
	spans        spanTable
	pairs        []pair
	held         [overlapping]int // how many there were of each likeness, of which maxPairs are held
}

// likeness says how two rows are alike.
type likeness uint8

const (
	sameVolume likeness = iota // in all but the id, and both enter totals
	sameOther                  // in all but the id
	twin                       // in what tells one thing from another
	overlapping
)

// pair is two rows that are alike, in the order in which they stand.
type pair struct {
	likeness likeness
	a, b     place
	from, to int32 // days that both cover
}

// maxPairs bounds the pairs of one likeness that are told.
const maxPairs = 1000

func newAlikeLinks(most int, rows int64) alikeLinks {
	return alikeLinks{exact: newIDTable(most, rows), twins: newIDTable(most, rows), spans: spanTable{m: map[column.Digest][]stretch{}, most: most}}
}

func (l *alikeLinks) add(p pair) {
	if l.held[p.likeness]++; l.held[p.likeness] <= maxPairs {
		l.pairs = append(l.pairs, p)
	}
}

// merge adds rows of the part that is being merged.
func (l *alikeLinks) merge(g *likenesses) {
	if g.size() == 0 {
		return
	}
	same := map[place]bool{} // rows that are told already
	for i, rows := range [][]idSlot{g.volumes, g.exact} {
		for _, e := range rows {
			if old, twice := l.exact.put(e); twice {
				same[e.place()] = true
				l.add(pair{likeness: sameVolume + likeness(i), a: old, b: e.place()})
			}
		}
	}
	for _, e := range g.twins {
		if old, twice := l.twins.put(e); twice && old != e.place() && !same[e.place()] {
			same[e.place()] = true // by another amount, too
			l.add(pair{likeness: twin, a: old, b: e.place()})
		}
	}
	for _, s := range g.spans {
		l.spans.put(s)
	}
}

// spanTable holds the periods of rows by what they are of and, once it holds too many, only those of an ever higher class.
type spanTable struct {
	m          map[column.Digest][]stretch
	held, most int
	class      class
	crowded    int // rows beyond maxSpans
}

// maxSpans bounds the rows of one thing that are set against each other.
const maxSpans = 256

func (t *spanTable) put(s keyedSpan) {
	if !t.class.covers(s.key) {
		return
	}
	if len(t.m[s.key]) >= maxSpans {
		t.crowded++
		return
	}
	t.m[s.key] = append(t.m[s.key], s.stretch)
	for t.held++; t.held > t.most && t.class < lastClass; {
		t.class++
		for k, spans := range t.m {
			if !t.class.covers(k) {
				t.held -= len(spans)
				delete(t.m, k)
			}
		}
	}
}

// overlaps visits the pairs of rows whose periods have more than a day in common, in the order of the rows.
func (t *spanTable) overlaps(visit func(p pair)) {
	var found []pair
	for _, spans := range t.m {
		sort.Slice(spans, func(i, j int) bool {
			return cmp.Or(cmp.Compare(spans[i].from, spans[j].from), cmp.Compare(spans[i].row, spans[j].row)) < 0
		})
		for i := range spans {
			for j := i + 1; j < len(spans) && spans[j].from < spans[i].to; j++ {
				a, b := &spans[i], &spans[j]
				if to := min(a.to, b.to); to > b.from && !a.isApart(b) {
					found = append(found, pair{overlapping, min(a.row, b.row), max(a.row, b.row), b.from, to})
				}
			}
		}
		if len(found) > 4*maxPairs*maxSpans {
			found = earliest(found)
		}
	}
	for _, p := range earliest(found) {
		visit(p)
	}
}

// earliest are the first of some pairs, in order of the later row.
func earliest(pairs []pair) []pair {
	slices.SortFunc(pairs, func(p, q pair) int { return cmp.Or(cmp.Compare(p.b, q.b), cmp.Compare(p.a, q.a)) })
	return pairs[:min(len(pairs), 4*maxPairs)]
}

// isApart reports whether two rows say that they are of different things.
func (s *stretch) isApart(other *stretch) bool {
	for i, x := range s.apart {
		if y := other.apart[i]; x != 0 && y != 0 && x != y {
			return true
		}
	}
	return false
}

// suspicions tells of the pairs of rows that are alike and that nobody has accepted. It reads the ids and assumptions of these rows.
func (c *Checking) suspicions(ctx context.Context) error {
	if !c.opt.Suspect {
		return nil
	}
	l := &c.links.alike
	told := map[[2]place]bool{}
	for _, p := range l.pairs {
		told[[2]place{p.a, p.b}] = true
	}
	overlaps := 0
	l.spans.overlaps(func(p pair) {
		if !told[[2]place{p.a, p.b}] && overlaps < maxPairs {
			l.pairs = append(l.pairs, p)
			overlaps++
		}
	})
	texts, err := c.texts(ctx, l.pairs)
	if err != nil {
		return err
	}
	for _, p := range l.pairs {
		if a, b := texts[p.a], texts[p.b]; p.likeness == sameVolume || !c.accepted(a, b) {
			c.probs.Add(c.links.alikeProblem(p, a, b))
		}
	}
	for likeness, n := range l.held {
		c.probs.Omit(severities[likeness], max(0, n-maxPairs))
	}
	if t := max(l.exact.class, l.twins.class, l.spans.class); t > 0 || l.spans.crowded > 0 {
		c.probs.Add(diag.Problem{Code: diag.SuspectedTwin, Severity: diag.Note, Place: diag.Place{File: c.inv.files[0].Name},
			Message: fmt.Sprintf("rows that are alike were looked for in one of %d of the rows, and among at most %d rows of one thing", uint64(1)<<min(t, lastClass-1), maxSpans),
			Why:     "memory does not grow with the rows"})
	}
	return nil
}

// rowTexts is what a person calls a row, and what the row says of itself.
type rowTexts struct{ id, assumption string }

// texts reads those of the rows of some pairs.
func (c *Checking) texts(ctx context.Context, pairs []pair) (map[place]rowTexts, error) {
	var rows []place
	for _, p := range pairs {
		rows = append(rows, p.a, p.b)
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	out := map[place]rowTexts{}
	columns := []string{c.inv.kind.ID}
	if _, ok := c.inv.kind.Column("assumption"); ok {
		columns = append(columns, "assumption")
	}
	end := place(0)
	for part, p := range c.inv.parts {
		if end += place(p.rows); len(rows) == 0 || rows[0] > end {
			continue
		}
		if err := c.readTexts(ctx, part, columns, c.links.before[p.file], &rows, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readTexts reads those of a part, which it takes from the front of rows. What cannot be read was told.
func (c *Checking) readTexts(ctx context.Context, part int, columns []string, before int64, rows *[]place, out map[place]rowTexts) error {
	r, err := c.inv.Open(part, columns)
	if err != nil {
		return nil
	}
	defer r.Close()
	var b column.Batch
	for len(*rows) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err := r.Next(&b); err != nil || !more {
			return nil
		}
		for len(*rows) > 0 {
			row := int64((*rows)[0]) - before - b.First
			if row < 0 || row >= int64(b.Rows) {
				break
			}
			t := rowTexts{id: textAt(&b.Columns[0], int(row))}
			if len(b.Columns) > 1 {
				t.assumption = textAt(&b.Columns[1], int(row))
			}
			out[(*rows)[0]] = t
			*rows = (*rows)[1:]
		}
	}
	return nil
}

func textAt(c *column.Column, row int) string {
	if c.Dict == nil || !c.Valid.Get(row) {
		return ""
	}
	return c.Dict.Values[c.Codes[row]]
}

// accepted reports whether the study, or the assumption of one of two rows, says that they are different things: an assumption does by naming the other.
func (c *Checking) accepted(a, b rowTexts) bool {
	for _, x := range c.opt.Accept {
		if slices.Contains(x.Rows, a.id) && slices.Contains(x.Rows, b.id) {
			if x.Used != nil {
				x.Used.Store(true)
			}
			return true
		}
	}
	return mentions(a.assumption, b.id) || mentions(b.assumption, a.id)
}

// mentions reports whether an id stands in a text as a word.
func mentions(text, id string) bool {
	const of = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	for from := 0; id != ""; {
		at := strings.Index(text[from:], id)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(id)
		if (at == 0 || !strings.Contains(of, text[at-1:at])) && (end == len(text) || !strings.Contains(of, text[end:end+1])) {
			return true
		}
		from = at + 1
	}
	return false
}

// severities are those of likenesses.
var severities = [...]diag.Severity{sameVolume: diag.Error, sameOther: diag.Warning, twin: diag.Warning, overlapping: diag.Warning}

// alikeProblem is what is said of a pair, at its later row.
func (l *links) alikeProblem(p pair, a, b rowTexts) diag.Problem {
	first := l.at(p.a, "")
	earlier := fmt.Sprintf("%s (row %d of %s)", quote(a.id), first.Row, first.File)
	out := diag.Problem{Severity: severities[p.likeness], Place: l.at(p.b, l.inv.kind.ID)}
	accept := fmt.Sprintf("if both are real, name %s in the row's assumption and say why, or accept_overlaps in the study; else alternative_to or part_of says how they belong together", quote(a.id))
	switch p.likeness {
	case sameVolume, sameOther:
		out.Code = diag.DuplicateRow
		out.Message = fmt.Sprintf("%s is %s under another id: all other columns are the same", quote(b.id), earlier)
		out.Why, out.Hint = "a total would count it twice", "remove one of the two"
		if p.likeness == sameOther {
			out.Why = "a statistic would count it twice"
		}
	case twin:
		out.Code = diag.SuspectedTwin
		out.Message = fmt.Sprintf("%s looks like %s under another name: the same %s", quote(b.id), earlier, strings.Join(slices.Concat(l.inv.kind.Twins.Need, l.inv.kind.Twins.Same, []string{"amount", "time"}), ", "))
		out.Why, out.Hint = "the same activity counted twice would double its impact", accept
	case overlapping:
		out.Code = diag.Overlap
		until := " on"
		if p.to != farDay {
			until = " to " + dateText(float64(p.to))
		}
		out.Message = fmt.Sprintf("%s overlaps %s: the same %s, and both cover %s%s", quote(b.id), earlier, strings.Join(l.inv.kind.Overlaps.Need, ", "), dateText(float64(p.from)), until)
		out.Why, out.Hint = "what both rows count would enter a total twice", accept
	}
	return out
}
