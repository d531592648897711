package datasets

import (
	"fmt"
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// maxIDs bounds how many ids or references a check holds.
const maxIDs = 1 << 21

// key is a 128-bit digest (FNV-1a) of an id: equal ids have equal keys, and two different ones among 2^21 have not in practice.
type key struct{ hi, lo uint64 }

func digest(s string) key {
	k := key{0x6c62272e07bb0142, 0x62b821756295c58d}
	for i := range len(s) {
		k.lo ^= uint64(s[i])
		// times 2^88 + 0x13b
		hi, lo := bits.Mul64(k.lo, 0x13b)
		k = key{hi + k.hi*0x13b + k.lo<<24, lo}
	}
	return k
}

// sample maps keys to values and, once it holds too many, only those whose digest falls in an ever smaller class, so that equal ids
// are either both in it or both not.
type sample[V any] struct {
	m     map[key]V
	shift uint
	most  int
}

func newSample[V any](most int) sample[V] { return sample[V]{m: map[key]V{}, most: most} }

func (s *sample[V]) covers(k key) bool { return (k.hi^k.lo)&(1<<s.shift-1) == 0 }

// put adds a value unless the key has one, which it returns.
func (s *sample[V]) put(k key, v V) (old V, exists bool) {
	if !s.covers(k) {
		return old, false
	}
	if old, exists = s.m[k]; exists {
		return old, true
	}
	s.m[k] = v
	for len(s.m) > s.most {
		s.shift++
		for k := range s.m {
			if !s.covers(k) {
				delete(s.m, k)
			}
		}
	}
	return old, false
}

// links sets the parts' ids and references against each other, part by part in order.
type links struct {
	inv   *Inventory
	ids   sample[place]
	own   sample[use]
	order []key // of own, in order of arrival
	edges sample[key]
	lost  map[string]bool // references to another kind that were reported
	known map[string]*IDs // ids of the other kinds
	hints int             // how many were looked for
}

func newLinks(inv *Inventory, known map[string]*IDs) *links {
	return &links{inv: inv, known: known, ids: newSample[place](maxIDs), own: newSample[use](maxIDs), edges: newSample[key](maxIDs), lost: map[string]bool{}}
}

func (l *links) file(i int) string { return l.inv.files[i].Name }

func (l *links) merge(p *partCheck, probs *diag.List) {
	for _, u := range p.ids {
		old, twice := l.ids.put(u.id, place{p.file, u.row})
		if twice {
			probs.Add(diag.Problem{Code: diag.DuplicateID, Place: diag.Place{File: l.file(p.file), Row: u.row, Column: l.inv.kind.ID},
				Message: fmt.Sprintf("the id of this row stands already in %s row %d", l.file(old.file), old.row),
				Why:     "the same activity counted twice would double its impact"})
		}
	}
	for _, u := range p.lost {
		if mark := u.column + "\x00" + u.text; !l.lost[mark] && len(l.lost) < maxIDs {
			l.lost[mark] = true
			f, _ := l.inv.kind.Column(u.column)
			var candidates []string
			if l.hints++; l.hints <= 100 { // a hint costs a look at every id
				candidates = l.known[f.References].Names()
			}
			probs.Add(unresolved(l.file(u.place.file), f.References, u, candidates))
		}
	}
	for _, u := range p.own {
		if _, known := l.own.put(u.id, u); !known && l.own.covers(u.id) {
			l.order = append(l.order, u.id)
		}
	}
	for _, e := range p.edges {
		l.edges.put(e.from, e.to)
	}
}

// resolve looks at the references within the kind, once all ids are known.
func (l *links) resolve(probs *diag.List) {
	for _, k := range l.order {
		u, held := l.own.m[k]
		if !held || !l.ids.covers(k) {
			continue
		}
		if _, ok := l.ids.m[k]; !ok {
			probs.Add(unresolved(l.file(u.place.file), l.inv.kind.Name, u, nil))
		} else if l.circular(k) {
			probs.Add(diag.Problem{Code: diag.Cycle, Place: diag.Place{File: l.file(u.place.file), Row: u.place.row, Column: u.column},
				Message: fmt.Sprintf("%s %s leads back to itself", u.column, quote(u.text)),
				Why:     "no row would be the whole that enters a total"})
		}
	}
	if shift := max(l.ids.shift, l.own.shift); shift > 0 {
		probs.Add(diag.Problem{Code: diag.DuplicateID, Severity: diag.Warning, Place: diag.Place{File: l.file(0), Column: l.inv.kind.ID},
			Message: fmt.Sprintf("with more than %d ids, duplicates and references were looked for in one of %d ids", maxIDs, uint64(1)<<shift)})
	}
}

// circular reports whether the chain of wholes that begins at a row comes back to it. It follows what is held.
func (l *links) circular(from key) bool {
	at := from
	for range 1000 {
		next, ok := l.edges.m[at]
		if !ok {
			return false
		}
		if next == from {
			return true
		}
		at = next
	}
	return false
}
