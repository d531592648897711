package datasets

import (
	"cmp"
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
	sameVolume   likeness = iota // in all but the id, and both are somebody's and enter totals
	sameOther                    // in all but the id
	twinVolume                   // in what tells one thing from another, and both are somebody's and enter totals
	twin                         // in what tells one thing from another
	overlapTotal                 // what both count would enter a total twice
	overlapping                  // they are there at the same time
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

func newAlikeLinks(kind *Kind, most int, rows int64) alikeLinks {
	return alikeLinks{twins: newIDTable(most, 2*rows), spans: spanTable{most: most / 2, apart: len(kind.Overlaps.Apart), same: len(kind.Overlaps.Same)}}
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
	told := map[place]diag.Severity{}
	if c.opt.Suspect {
		if err := c.twinsTold(ctx, told); err != nil {
			return err
		}
	}
	if !c.opt.Suspect && !c.opt.Overlaps {
		return nil
	}
	return c.overlapsTold(ctx, told)
}

// twinsTold tells of rows that are one thing, and notes these rows.
func (c *Checking) twinsTold(ctx context.Context, told map[place]diag.Severity) error {
	l := &c.links.alike
	if err := c.compare(ctx, l.pairs); err != nil {
		return err
	}
	var count [overlapTotal]int
	var pairs []pair
	for _, p := range l.pairs {
		if count[p.likeness]++; count[p.likeness] <= maxPairs {
			pairs = append(pairs, p)
		}
	}
	texts, err := c.texts(ctx, pairs)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		a, b := texts[p.a], texts[p.b]
		if _, was := told[p.b]; was || p.likeness != sameVolume && c.accepted(a, b) {
			continue
		}
		if p.likeness == twinVolume && !(a.enters && b.enters) {
			p.likeness = twin
		}
		told[p.b] = severities[p.likeness]
		c.probs.Add(c.links.alikeProblem(p, a, b))
	}
	for likeness, n := range count {
		c.probs.Omit(severities[likeness], codes[likeness], c.onlyFile(), n-maxPairs)
	}
	c.probs.Omit(diag.Warning, diag.SuspectedTwin, c.onlyFile(), l.found-maxFound)
	if t := l.twins.class; t > 0 || l.found > maxFound {
		c.probs.Add(diag.Problem{Code: diag.SuspectedTwin, Severity: diag.Note, Place: diag.Place{File: c.inv.files[0].Name},
			Message: fmt.Sprintf("rows that are alike were looked for in one of %d of the rows, and the first %d were compared in full", uint64(1)<<min(t, lastClass-1), maxFound),
			Why:     "memory does not grow with the rows"})
	}
	return nil
}

// Overlapping is how far a check has looked for rows that would count something twice in a total.
type Overlapping struct {
	Unlooked int64  // rows that were not set against those of the same thing; -1 where their number is not known
	Part     uint64 // of the things, one in Part was looked at
}

// overlapsTold tells of rows that count something twice, save for those of which something as grave was told.
func (c *Checking) overlapsTold(ctx context.Context, told map[place]diag.Severity) error {
	var rows [2]int // told of, by severity
	s := &c.links.alike.spans
	out := c.opt.Found
	if out == nil {
		out = &Overlapping{}
	}
	*out = Overlapping{Part: 1}
	if x := c.acceptsAll(); x != nil {
		if x.Used != nil {
			found, _, _ := s.overlaps(0, false)
			x.Used.Store(x.Used.Load() || len(found) > 0)
		}
		return nil
	}
	*out = Overlapping{Unlooked: s.crowded, Part: uint64(1) << min(s.class, lastClass-1)}
	after, more := place(0), true
	for looks := 0; more; looks++ {
		if looks == maxLooks || rows[diag.Error] > maxPairs {
			if out.Unlooked = -1; rows[diag.Error] == 0 {
				break
			}
			return nil // it is refused, and enough is told
		}
		var pairs []pair
		pairs, after, more = s.overlaps(after, !c.opt.Suspect)
		texts, err := c.texts(ctx, pairs)
		if err != nil {
			return err
		}
		for len(pairs) > 0 {
			n := 1
			for n < len(pairs) && pairs[n].b == pairs[0].b {
				n++
			}
			c.overlapTold(pairs[:n], texts, told, &rows)
			pairs = pairs[n:]
		}
	}
	if out.Unlooked != 0 || out.Part > 1 {
		c.probs.Add(diag.Problem{Code: diag.Overlap, Severity: diag.Warning, Place: diag.Place{File: c.inv.files[0].Name}, Message: out.Text(c.inv.kind),
			Why: "memory does not grow with the rows; activity that is counted twice may have been missed", Hint: "part_of or alternative_to says of rows how they belong together, and these are not looked at"})
	}
	return nil
}

// Text says what was not looked at; empty where all was.
func (o *Overlapping) Text(kind *Kind) string {
	of := strings.Join(kind.Overlaps.Need, ", ")
	var parts []string
	if o.Part > 1 {
		parts = append(parts, fmt.Sprintf("among the rows of one in %d of what has the same %s", o.Part, of))
	}
	switch {
	case o.Unlooked > 0 && o.Part > 1:
		parts = append(parts, fmt.Sprintf("the first %d of these", maxSpans))
	case o.Unlooked > 0:
		parts = append(parts, fmt.Sprintf("among the first %d rows with the same %s: %d rows were not looked at", maxSpans, of, o.Unlooked))
	case o.Unlooked < 0:
		parts = append(parts, fmt.Sprintf("among the first %d pairs of rows, all of which are accepted", maxLooks*maxLooked))
	}
	if len(parts) == 0 {
		return ""
	}
	return "overlaps were looked for only " + strings.Join(parts, ", and ")
}

// overlapTold tells of a row that overlaps those of some pairs.
func (c *Checking) overlapTold(pairs []pair, texts map[place]rowTexts, told map[place]diag.Severity, rows *[2]int) {
	row := pairs[0].b
	var open []pair
	for _, p := range pairs {
		a, b := texts[p.a], texts[p.b]
		if p.likeness == overlapTotal && !(a.enters && b.enters) {
			p.likeness = overlapping
		}
		if !c.accepted(a, b) {
			open = append(open, p)
		}
	}
	slices.SortStableFunc(open, func(p, q pair) int { return cmp.Compare(p.likeness, q.likeness) })
	if len(open) == 0 || open[0].likeness != overlapTotal && !c.opt.Suspect {
		return
	}
	first := open[0]
	severity := severities[first.likeness]
	if was, is := told[row]; is && was <= severity {
		return
	}
	if rows[severity]++; rows[severity] > maxPairs {
		c.probs.Omit(severity, codes[first.likeness], c.onlyFile(), 1)
		return
	}
	p := c.links.alikeProblem(first, texts[first.a], texts[row])
	var others []string
	for _, o := range open[1:] {
		if o.likeness == first.likeness {
			others = append(others, c.links.called(o.a, texts[o.a]))
		}
	}
	if n := len(others) - maxOthers; n > 0 {
		others = append(others[:maxOthers], fmt.Sprintf("%d more", n))
	}
	if len(others) > 0 {
		p.Message += "; so do " + strings.Join(others, ", ")
	}
	c.probs.Add(p)
}

// maxOthers bounds the further rows that are named beside the first one that a row overlaps.
const maxOthers = 7

// onlyFile is the file of an inventory of one; empty where it has several.
func (c *Checking) onlyFile() string {
	if len(c.inv.files) == 1 {
		return c.inv.files[0].Name
	}
	return ""
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
		if facts[p.a].counts && b.counts {
			p.likeness = twinVolume
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
			digests[i] = col.field.Type == lca.Text && col != p.alike.scope && col != p.alike.planned
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
				out[of[i]] = rowFacts{d, p.alike.enters(b, at[i]) && p.alike.isSomebodys(b, at[i])}
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

// rowTexts is what a person calls a row, what the row says of itself, and whether the study's filter lets it enter a total.
type rowTexts struct {
	id, assumption string
	enters         bool
}

// texts reads those of the rows of some pairs.
func (c *Checking) texts(ctx context.Context, pairs []pair) (map[place]rowTexts, error) {
	out := map[place]rowTexts{}
	columns := []string{c.inv.kind.ID}
	if _, ok := c.inv.kind.Column("assumption"); ok {
		columns = append(columns, "assumption")
	}
	own := len(columns)
	if c.opt.Enters != nil {
		columns = append(columns, c.opt.Enters.Columns...)
	}
	return out, c.eachPart(ctx, pairs, func(part int, rows *[]place) error {
		r, err := c.inv.Open(part, columns)
		if err != nil {
			return nil // was told
		}
		keep := func(*column.Batch) column.Bitmap { return nil }
		if c.opt.Enters != nil {
			keep = c.opt.Enters.New()
		}
		return c.eachBatch(ctx, part, r, rows, func(b *column.Batch, of []place, first place) {
			kept := keep(&column.Batch{Columns: b.Columns[own:], Rows: b.Rows, First: b.First, File: b.File})
			for _, row := range of {
				t := rowTexts{id: textAt(&b.Columns[0], int(row-first)), enters: kept.Get(int(row - first))}
				if own > 1 {
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
	for i := range c.opt.Accept {
		if x := &c.opt.Accept[i]; x.names(a.id) && x.names(b.id) {
			if x.Used != nil {
				x.Used.Store(true)
			}
			return true
		}
	}
	return mentions(a.assumption, b.id) || mentions(b.assumption, a.id)
}

// acceptsAll is an acceptance of whatever rows there are; nil for none.
func (c *Checking) acceptsAll() *Acceptance {
	if i := slices.IndexFunc(c.opt.Accept, func(x Acceptance) bool { return slices.Contains(x.Rows, "*") }); i >= 0 {
		return &c.opt.Accept[i]
	}
	return nil
}

// names reports whether an acceptance names a row.
func (x *Acceptance) names(id string) bool {
	return slices.ContainsFunc(x.Rows, func(row string) bool { return row == id || strings.Contains(row, "*") && fits(row, id) })
}

// fits reports whether a text is a pattern with each * replaced by any text.
func fits(pattern, text string) bool {
	head, rest, more := strings.Cut(pattern, "*")
	if text, more = strings.TrimPrefix(text, head), more && strings.HasPrefix(text, head); !more {
		return false
	}
	parts := strings.Split(rest, "*")
	last := parts[len(parts)-1]
	for _, part := range parts[:len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, last)
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
var severities = [...]diag.Severity{sameVolume: diag.Error, sameOther: diag.Warning, twinVolume: diag.Error, twin: diag.Warning, overlapTotal: diag.Error, overlapping: diag.Warning}

// codes are those of likenesses.
var codes = [...]diag.Code{sameVolume: diag.DuplicateRow, sameOther: diag.DuplicateRow, twinVolume: diag.SuspectedTwin, twin: diag.SuspectedTwin, overlapTotal: diag.Overlap, overlapping: diag.Overlap}

// called is what a person calls a row.
func (l *links) called(row place, t rowTexts) string {
	at := l.at(row, "")
	return fmt.Sprintf("%s (row %d of %s)", quote(t.id), at.Row, at.File)
}

// alikeProblem is what is said of a pair, at its later row.
func (l *links) alikeProblem(p pair, a, b rowTexts) diag.Problem {
	earlier := l.called(p.a, a)
	out := diag.Problem{Code: codes[p.likeness], Severity: severities[p.likeness], Place: l.at(p.b, l.inv.kind.ID)}
	accept := fmt.Sprintf("if both are real, name %s in the row's assumption and say why, or accept_overlaps in the study; else alternative_to or part_of says how they belong together", quote(a.id))
	switch p.likeness {
	case sameVolume, sameOther:
		out.Message = fmt.Sprintf("%s is %s under another id: all other columns are the same", quote(b.id), earlier)
		out.Why, out.Hint = "a total would count it twice", "remove one of the two"
		if p.likeness == sameOther {
			out.Why, out.Hint = "what counts rows would count it twice", "remove one of the two; "+accept
		}
	case twinVolume, twin:
		out.Message = fmt.Sprintf("%s looks like %s under another name: the same %s", quote(b.id), earlier, strings.Join(slices.Concat(l.inv.kind.Twins.Need, l.inv.kind.Twins.Same, []string{"amount", "time"}), ", "))
		out.Why, out.Hint = "the same activity counted twice would double its impact", accept
	case overlapTotal, overlapping:
		until := " on"
		if p.to != farDay {
			until = " to " + dateText(float64(p.to))
		}
		out.Message = fmt.Sprintf("%s overlaps %s: the same %s, and both cover %s%s", quote(b.id), earlier, l.inv.kind.Overlaps.what(p.likeness), dateText(float64(p.from)), until)
		out.Why, out.Hint = "what both rows count would enter a total twice", fmt.Sprintf("if one is in the other, part_of: %[1]s; if both state the same, alternative_to: %[1]s; if both are real, name %[1]s in the row's assumption and say why, "+
			"or in the study accept_overlaps: [{kind: %[2]s, rows: [%[1]s, %[3]s], reason: ...}]", quote(a.id), l.inv.kind.Name, quote(b.id))
	}
	return out
}

// what two rows that overlap have in common.
func (o *Overlaps) what(l likeness) string {
	need := strings.Join(o.Need, ", ")
	if len(o.Same) > 0 && l == overlapTotal {
		return need + " and " + strings.Join(o.Same, " or ")
	}
	return need
}
