package datasets

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// links sets the parts' ids and references against each other, part by part in order.
type links struct {
	inv     *Inventory
	before  []int64 // rows in the files before each
	ids     idTable
	own     sample[struct{}]
	uses    []use // of own, in order of arrival
	edges   sample[column.Digest]
	more    sample[column.Digest] // of rows that are a part of one row and an alternative to another: the second
	twice   diag.List             // duplicates in the part that is being merged
	lines   sample[column.Digest] // which row each one continues
	texts   map[column.Digest]string
	lost    map[string]bool // references to another kind that were reported
	known   map[string]*IDs // ids of the other kinds
	hints   int             // how many were looked for
	alike   alikeLinks
	private map[column.Digest]bool // texts with personal data
}

func newLinks(inv *Inventory, known map[string]*IDs, most int) *links {
	l := &links{inv: inv, known: known, ids: newIDTable(most, inv.rows), own: newSample[struct{}](most), edges: newSample[column.Digest](most), more: newSample[column.Digest](most), lines: newSample[column.Digest](most), lost: map[string]bool{}, private: map[column.Digest]bool{}, alike: newAlikeLinks(inv.kind, most, inv.rows)}
	var rows int64
	for _, f := range inv.files {
		l.before = append(l.before, rows)
		rows += f.table.Rows()
	}
	return l
}

// at is a place in a form that a person can find.
func (l *links) at(p place, column string) diag.Place {
	file := sort.Search(len(l.before), func(i int) bool { return l.before[i] >= int64(p) }) - 1
	return diag.Place{File: l.inv.files[file].Name, Row: int64(p) - l.before[file], Column: column}
}

// merge adds rows of the part that is being merged.
func (l *links) merge(g *gathered) {
	const ahead = 32
	for ids := g.ids; len(ids) > 0; ids = ids[min(ahead, len(ids)):] {
		next := ids[:min(ahead, len(ids))]
		l.ids.touch(next)
		for _, u := range next {
			if old, twice := l.ids.put(u); twice {
				l.duplicate(old, u.place())
			}
		}
	}
	for _, u := range g.own {
		class := l.own.class
		if l.own.put(u.id, struct{}{}) {
			l.uses = append(l.uses, u)
		}
		if l.own.class != class {
			l.uses = covered(l.uses, l.own.class)
		}
	}
	for _, e := range g.edges {
		if first, held := l.edges.m[e.from]; held && first != e.to {
			l.more.put(e.from, e.to)
		} else {
			l.edges.put(e.from, e.to)
		}
	}
	for _, e := range g.lines {
		l.lines.put(e.from, e.to)
	}
	l.alike.merge(&g.alike)
}

// covered keeps the uses in a class.
func covered(uses []use, c class) []use {
	kept := uses[:0]
	for _, u := range uses {
		if c.covers(u.id) {
			kept = append(kept, u)
		}
	}
	clear(uses[len(kept):]) // lets go of the texts
	return kept
}

func (l *links) duplicate(old, row place) {
	if l.twice.Full() {
		l.twice.Add(diag.Problem{Code: diag.DuplicateID, Place: diag.Place{File: l.at(row, "").File}}) // is only counted
		return
	}
	first := l.at(old, "")
	l.twice.Add(diag.Problem{Code: diag.DuplicateID, Place: l.at(row, l.inv.kind.ID),
		Message: fmt.Sprintf("the id of this row stands already in %s row %d", first.File, first.Row),
		Why:     "the same activity counted twice would double its impact"})
}

// finish ends a part, all of whose rows are merged.
func (l *links) finish(p *partCheck, probs *diag.List) {
	probs.Merge(&p.probs)
	l.personal(p.private, probs)
	probs.Merge(&l.twice)
	l.twice = diag.List{}
	for _, u := range p.lost {
		if mark := u.field.Name + "\x00" + u.text; !l.lost[mark] && len(l.lost) < maxIDs {
			l.lost[mark] = true
			var candidates []string
			if l.hints++; l.hints <= 100 { // a hint costs a look at every id
				candidates = l.known[u.field.References].Names()
			}
			probs.Add(l.unresolved(u, candidates))
		}
	}
}

// unresolved is the problem of a reference to nothing.
func (l *links) unresolved(u use, known []string) diag.Problem {
	p := diag.Problem{Code: diag.UnknownReference, Place: l.at(u.row, u.field.Name),
		Message: fmt.Sprintf("no row of %s has the id %s", u.field.References, quote(u.text)),
		Why:     "what the row refers to cannot be taken into account"}
	if near := diag.Nearest(u.text, known); near != "" {
		p.Hint = fmt.Sprintf("did you mean %s?", near)
	}
	return p
}

// dangling reports whether a reference within the kind resolves to nothing so far.
func (l *links) dangling() bool {
	return slices.ContainsFunc(l.uses, func(u use) bool { return l.ids.class.covers(u.id) && !l.ids.has(u.id) })
}

// resolve looks at the references within the kind, once all ids are known.
func (l *links) resolve(probs *diag.List) {
	for _, u := range l.uses {
		if !l.ids.class.covers(u.id) {
			continue
		}
		if !l.ids.has(u.id) {
			probs.Add(l.unresolved(u, nil))
			continue
		}
		if l.circular(u.id) {
			probs.Add(diag.Problem{Code: diag.Cycle, Place: l.at(u.row, u.field.Name),
				Message: fmt.Sprintf("%s %s leads back to itself", u.field.Name, quote(u.text)),
				Why:     "no row would be the whole that enters a total"})
		}
		if path := l.line(u.id); path != "" { // whichever column names the row first
			probs.Add(diag.Problem{Code: diag.Cycle, Place: l.at(u.row, u.field.Name),
				Message: fmt.Sprintf("by %s %s continues itself: %s", l.inv.kind.Roles.Continues, quote(u.text), path),
				Why:     "nothing would come first, and what it bears could not be handed on"})
		}
	}
	if c := max(l.ids.class, l.own.class, l.lines.class); c > 0 {
		probs.Add(diag.Problem{Code: diag.DuplicateID, Severity: diag.Warning, Place: diag.Place{File: l.inv.files[0].Name, Column: l.inv.kind.ID},
			Message: fmt.Sprintf("with more than %d ids, duplicates and references were looked for in one of %d ids", l.ids.most, uint64(1)<<min(c, lastClass-1))})
	}
}

// circular reports whether a chain of wholes, and of rows that count in place of others, begins at a row and comes back to it. It follows what is held.
func (l *links) circular(from column.Digest) bool {
	var forks []column.Digest
	at := from
	for range 1000 {
		next, ok := l.edges.m[at]
		other, two := l.more.m[at]
		switch {
		case ok && next == from || two && other == from:
			return true
		case two:
			forks = append(forks, other)
			fallthrough
		case ok:
			at = next
		case len(forks) == 0:
			return false
		default:
			at, forks = forks[len(forks)-1], forks[:len(forks)-1]
		}
	}
	return false
}

// line is the path by which a row that others continue continues itself, "a → b → a"; empty where it does not. A chain too long to be followed in no
// time does not for all that is known here.
func (l *links) line(from column.Digest) string {
	steps := []column.Digest{from}
	for at := from; len(steps) < 1000; {
		next, ok := l.lines.m[at]
		if !ok {
			return ""
		}
		steps, at = append(steps, next), next
		if at != from {
			continue
		}
		if l.texts == nil {
			l.texts = map[column.Digest]string{}
			for _, u := range l.uses { // each of the path is one: the row before refers to it
				l.texts[u.id] = u.text
			}
		}
		const shown = 8
		var path []string
		for i, s := range steps {
			switch {
			case i < shown-1 || i == len(steps)-1 || len(steps) == shown:
				path = append(path, cmp.Or(l.texts[s], "…"))
			case i == shown-1:
				path = append(path, "…")
			}
		}
		return strings.Join(path, " → ")
	}
	return ""
}
