package datasets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// alikeLinks sets the rows of all parts against each other that may be one thing, or count something twice. It holds a bounded part of them.
type alikeLinks struct {
	twins idTable
	spans spanTable
	pairs []pair // of twins, as they were found
	found int    // how many
}

// likeness says how two rows are alike.
type likeness uint8

const (
	sameVolume likeness = iota // in all but the id, and both are somebody's and enter totals
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

const (
	maxPairs = 100     // of one likeness that are told: others shall have room beside them
	maxFound = 1 << 16 // that are looked at
)

func newAlikeLinks(most int, rows int64) alikeLinks {
	return alikeLinks{twins: newIDTable(most, 2*rows), spans: spanTable{most: most / 2}}
}

// merge adds rows of the part that is being merged.
func (l *alikeLinks) merge(g *likenesses) {
	const ahead = 32
	last := place(0)
	for ids := g.twins; len(ids) > 0; ids = ids[min(ahead, len(ids)):] {
		next := ids[:min(ahead, len(ids))]
		l.twins.touch(next)
		for _, e := range next {
			old, twice := l.twins.put(e)
			if !twice || old == e.place() || last == e.place() { // by another amount, too
				continue
			}
			last = e.place()
			if l.found++; l.found <= maxFound {
				l.pairs = append(l.pairs, pair{likeness: twin, a: old, b: last})
			}
		}
	}
	for spans := g.spans; len(spans) > 0; spans = spans[min(ahead, len(spans)):] {
		next := spans[:min(ahead, len(spans))]
		l.spans.touch(next)
		for i := range next {
			l.spans.put(&next[i])
		}
	}
}

// suspicions tells of the pairs of rows that are alike and that nobody has accepted. It reads these rows once more.
func (c *Checking) suspicions(ctx context.Context) error {
	if !c.opt.Suspect {
		return nil
	}
	l := &c.links.alike
	if err := c.compare(ctx, l.pairs); err != nil {
		return err
	}
	known := map[place]bool{}
	var count [overlapping]int
	var pairs []pair
	for _, p := range l.pairs {
		if count[p.likeness]++; count[p.likeness] <= maxPairs {
			pairs = append(pairs, p)
		}
	}
	if err := c.tell(ctx, pairs, known); err != nil {
		return err
	}
	for likeness, n := range count {
		c.probs.Omit(severities[likeness], codes[likeness], c.onlyFile(), n-maxPairs)
	}
	overlaps, rows := l.spans.overlaps(known)
	if err := c.tell(ctx, overlaps, known); err != nil {
		return err
	}
	c.probs.Omit(severities[overlapping], codes[overlapping], c.onlyFile(), rows-maxPairs)
	c.probs.Omit(diag.Warning, diag.SuspectedTwin, c.onlyFile(), l.found-maxFound)
	if t := max(l.twins.class, l.spans.class); t > 0 || l.spans.crowded > 0 || l.found > maxFound {
		c.probs.Add(diag.Problem{Code: diag.SuspectedTwin, Severity: diag.Note, Place: diag.Place{File: c.inv.files[0].Name},
			Message: fmt.Sprintf("rows that are alike were looked for in one of %d of the rows, among at most %d rows of one thing, and the first %d were compared in full", uint64(1)<<min(t, lastClass-1), maxSpans, maxFound),
			Why:     "memory does not grow with the rows"})
	}
	return nil
}

// onlyFile is the file of an inventory of one; empty where it has several.
func (c *Checking) onlyFile() string {
	if len(c.inv.files) == 1 {
		return c.inv.files[0].Name
	}
	return ""
}

// tell adds the problems of pairs that nobody has accepted, one for each later row, and notes these rows in known.
func (c *Checking) tell(ctx context.Context, pairs []pair, known map[place]bool) error {
	texts, err := c.texts(ctx, pairs)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if a, b := texts[p.a], texts[p.b]; !known[p.b] && (p.likeness == sameVolume || !c.accepted(a, b)) {
			known[p.b] = true
			c.probs.Add(c.links.alikeProblem(p, a, b))
		}
	}
	return nil
}

// compare finds the pairs that are the same in all but the id. Of rows that look like one and the same earlier row, each is compared with all others.
func (c *Checking) compare(ctx context.Context, pairs []pair) error {
	facts, err := c.facts(ctx, pairs)
	if err != nil {
		return err
	}
	type whole struct {
		earliest place // that the row looks like
		digest   column.Digest
	}
	seen := map[whole]place{}
	for i := range pairs {
		p := &pairs[i]
		if a, ok := facts[p.a]; ok {
			if key := (whole{p.a, a.digest}); seen[key] == 0 {
				seen[key] = p.a
			}
		}
		b, ok := facts[p.b]
		if !ok {
			continue
		}
		key := whole{p.a, b.digest}
		if seen[key] == 0 {
			seen[key] = p.b
			continue
		}
		if p.a, p.likeness = seen[key], sameOther; b.counts {
			p.likeness = sameVolume
		}
	}
	return nil
}

// rowFacts is what a row says in all columns but the id and the origin.
type rowFacts struct {
	digest column.Digest
	counts bool // it enters totals, and says whose it is
}

// facts reads those of the rows of some pairs.
func (c *Checking) facts(ctx context.Context, pairs []pair) (map[place]rowFacts, error) {
	out := map[place]rowFacts{}
	return out, c.eachPart(ctx, pairs, func(part int, rows *[]place) error {
		p := newPartCheck(c, part)
		defer c.release(p.gathered)
		var columns []int
		digests := make([]bool, len(p.columns))
		for i, col := range p.columns {
			columns = append(columns, col.index)
			digests[i] = col.field.Type == lca.Text && col.field.Name != c.inv.kind.Roles.Scope
		}
		r, err := c.inv.open(part, columns, digests)
		if err != nil {
			return nil // was told
		}
		var at []int32
		return c.eachBatch(ctx, part, r, rows, func(b *column.Batch, of []place, first place) {
			for i, col := range p.columns {
				col.look(&b.Columns[i])
			}
			at = at[:0]
			for _, row := range of {
				at = append(at, int32(row-first))
			}
			for i, d := range p.alike.fold(b, at, p.alike.all) {
				out[of[i]] = rowFacts{d, p.alike.isVolume(b, at[i]) && p.alike.isSomebodys(b, at[i])}
			}
		})
	})
}

// eachPart visits the parts that hold rows of some pairs; visit takes these from the front of rows, which are in order.
func (c *Checking) eachPart(ctx context.Context, pairs []pair, visit func(part int, rows *[]place) error) error {
	var rows []place
	for _, p := range pairs {
		rows = append(rows, p.a, p.b)
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	end := place(0)
	for part, p := range c.inv.parts {
		if end += place(p.rows); len(rows) == 0 || rows[0] > end {
			continue
		}
		if err := visit(part, &rows); err != nil {
			return err
		}
		for len(rows) > 0 && rows[0] <= end { // the part could not be read, which was told
			rows = rows[1:]
		}
	}
	return nil
}

// eachBatch visits the batches of a part that hold some of the rows: with these, and with the place of the batch's first row. It closes the reader.
func (c *Checking) eachBatch(ctx context.Context, part int, r Reader, rows *[]place, visit func(b *column.Batch, of []place, first place)) error {
	defer r.Close()
	before := place(c.links.before[c.inv.parts[part].file])
	var b column.Batch
	for len(*rows) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err := r.Next(&b); err != nil || !more {
			return nil
		}
		first := before + place(b.First)
		n := 0
		for n < len(*rows) && (*rows)[n] < first+place(b.Rows) {
			n++
		}
		if n > 0 {
			visit(&b, (*rows)[:n], first)
			*rows = (*rows)[n:]
		}
	}
	return nil
}

// rowTexts is what a person calls a row, and what the row says of itself.
type rowTexts struct{ id, assumption string }

// texts reads those of the rows of some pairs.
func (c *Checking) texts(ctx context.Context, pairs []pair) (map[place]rowTexts, error) {
	out := map[place]rowTexts{}
	columns := []string{c.inv.kind.ID}
	if _, ok := c.inv.kind.Column("assumption"); ok {
		columns = append(columns, "assumption")
	}
	return out, c.eachPart(ctx, pairs, func(part int, rows *[]place) error {
		r, err := c.inv.Open(part, columns)
		if err != nil {
			return nil // was told
		}
		return c.eachBatch(ctx, part, r, rows, func(b *column.Batch, of []place, first place) {
			for _, row := range of {
				t := rowTexts{id: textAt(&b.Columns[0], int(row-first))}
				if len(b.Columns) > 1 {
					t.assumption = textAt(&b.Columns[1], int(row-first))
				}
				out[row] = t
			}
		})
	})
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

// codes are those of likenesses.
var codes = [...]diag.Code{sameVolume: diag.DuplicateRow, sameOther: diag.DuplicateRow, twin: diag.SuspectedTwin, overlapping: diag.Overlap}

// alikeProblem is what is said of a pair, at its later row.
func (l *links) alikeProblem(p pair, a, b rowTexts) diag.Problem {
	first := l.at(p.a, "")
	earlier := fmt.Sprintf("%s (row %d of %s)", quote(a.id), first.Row, first.File)
	out := diag.Problem{Code: codes[p.likeness], Severity: severities[p.likeness], Place: l.at(p.b, l.inv.kind.ID)}
	accept := fmt.Sprintf("if both are real, name %s in the row's assumption and say why, or accept_overlaps in the study; else alternative_to or part_of says how they belong together", quote(a.id))
	switch p.likeness {
	case sameVolume, sameOther:
		out.Message = fmt.Sprintf("%s is %s under another id: all other columns are the same", quote(b.id), earlier)
		out.Why, out.Hint = "a total would count it twice", "remove one of the two"
		if p.likeness == sameOther {
			out.Why, out.Hint = "what counts rows would count it twice", "remove one of the two; "+accept
		}
	case twin:
		out.Message = fmt.Sprintf("%s looks like %s under another name: the same %s", quote(b.id), earlier, strings.Join(slices.Concat(l.inv.kind.Twins.Need, l.inv.kind.Twins.Same, []string{"amount", "time"}), ", "))
		out.Why, out.Hint = "the same activity counted twice would double its impact", accept
	case overlapping:
		until := " on"
		if p.to != farDay {
			until = " to " + dateText(float64(p.to))
		}
		out.Message = fmt.Sprintf("%s overlaps %s: the same %s, and both cover %s%s", quote(b.id), earlier, strings.Join(l.inv.kind.Overlaps.Need, ", "), dateText(float64(p.from)), until)
		out.Why, out.Hint = "what both rows count would enter a total twice", accept
	}
	return out
}
