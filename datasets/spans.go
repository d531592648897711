package datasets

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// spanTable holds the periods of rows by what they are of and, once it holds too many, only those of an ever higher class. It is a table with
// open addressing, like idTable, of chains of periods.
type spanTable struct {
	heads   []spanHead  // their number is a power of two; at least half of them are empty
	keys    int         // that are held
	spans   [][]chained // in blocks of spanBlock, so that nothing is copied when it grows
	held    int         // periods in them
	most    int
	class   class
	seed    uint64 // where a key stands is not to be known to whoever writes the file
	near    uint64 // see touch
	crowded int64  // rows beyond maxSpans
	apart   int    // marks that tell rows apart; those that follow
	same    int    // make an overlap a suspicion where one is the same
}

// spanHead is what rows are of, by the halves of its digest, one taken from the other.
type spanHead struct {
	halves uint64
	last   int32 // number of the last period, from 1; 0 of an empty head
	count  int32
}

// chained is a period, and the number of the one before it, 0 for none.
type chained struct {
	stretch
	before int32
}

const spanBlock = 1 << 13

// maxSpans bounds the rows of one thing that are set against each other.
const maxSpans = 512

func (t *spanTable) find(halves uint64) *spanHead {
	for at := int(halves * t.seed >> 32); ; at++ {
		if h := &t.heads[at&(len(t.heads)-1)]; h.last == 0 || h.halves == halves {
			return h
		}
	}
}

// touch looks at the heads of periods that will be put next, see idTable.touch.
func (t *spanTable) touch(next []keyedSpan) {
	if t.heads == nil {
		return
	}
	var near uint64
	for i := range next {
		near += t.heads[int((next[i].key.Hi^next[i].key.Lo)*t.seed>>32)&(len(t.heads)-1)].halves
	}
	t.near = near // or the compiler would leave out the whole
}

func (t *spanTable) put(s *keyedSpan) {
	halves := s.key.Hi ^ s.key.Lo
	if !t.class.has(halves) {
		return
	}
	if t.heads == nil {
		t.heads, t.seed = make([]spanHead, 1<<10), rand.Uint64()|1
	}
	if h := t.find(halves); h.count >= maxSpans {
		t.crowded++
		return
	} else {
		t.chain(h, halves, s.stretch)
	}
	switch {
	case t.held > t.most && t.class < lastClass:
		t.class++
		t.rebuild(len(t.heads))
	case 2*t.keys > len(t.heads):
		t.rebuild(2 * len(t.heads))
	}
}

// chain appends a period to those of a key.
func (t *spanTable) chain(h *spanHead, halves uint64, s stretch) {
	if h.last == 0 {
		t.keys++
	}
	if t.held%spanBlock == 0 {
		t.spans = append(t.spans, make([]chained, 0, spanBlock))
	}
	block := &t.spans[len(t.spans)-1]
	*block = append(*block, chained{s, h.last})
	t.held++
	*h = spanHead{halves, int32(t.held), h.count + 1}
}

// rebuild makes the table anew, of what the class covers.
func (t *spanTable) rebuild(size int) {
	old, spans := t.heads, t.spans
	t.heads, t.keys = make([]spanHead, size), 0
	if size == len(old) {
		t.spans, t.held = nil, 0
	}
	for _, h := range old {
		if h.last == 0 || !t.class.has(h.halves) {
			continue
		}
		if size != len(old) { // all are kept where they stand
			*t.find(h.halves) = h
			t.keys++
			continue
		}
		for _, s := range slices.Backward(of(spans, h, nil)) {
			t.chain(t.find(h.halves), h.halves, s)
		}
	}
}

// of are the periods of a head, the last one first, in memory that is used again.
func of(spans [][]chained, h spanHead, out []stretch) []stretch {
	out = out[:0]
	for at := h.last; at != 0; {
		c := &spans[(at-1)/spanBlock][(at-1)%spanBlock]
		out, at = append(out, c.stretch), c.before
	}
	return out
}

// maxLooked bounds the pairs that are looked at together, and maxLooks how often.
const (
	maxLooked = 1 << 18
	maxLooks  = 16
)

// overlaps finds rows after a place whose period has more than a day in common with that of earlier rows, each with all of these: about the first
// maxLooked pairs in the order of the later row, then of the earlier one. It returns the last row that was looked at, and whether there are more. Those
// that are no suspicion are left out where only total is.
func (t *spanTable) overlaps(after place, total bool) (found []pair, last place, more bool) {
	var spans []stretch
	until := place(maxPlace)
	for _, h := range t.heads {
		if h.count < 2 {
			continue
		}
		spans = of(t.spans, h, spans)
		for j := len(spans) - 2; j >= 0; j-- {
			b := &spans[j]
			if b.row <= after || b.row > until {
				continue
			}
			for i := len(spans) - 1; i > j; i-- {
				a := &spans[i]
				if from, to := max(a.from, b.from), min(a.to, b.to); to > from && !a.isApart(b, t.apart) {
					p := pair{likeness: overlapping, a: a.row, b: b.row, from: from, to: to}
					if t.strict(a, b) {
						p.likeness = overlapTotal
					} else if total {
						continue
					}
					found = append(found, p)
				}
			}
		}
		if len(found) > 2*maxLooked {
			if found, until = earliest(found); until < maxPlace {
				more = true
			}
		}
	}
	found, until = earliest(found)
	return found, until, more || until < maxPlace
}

// earliest are the first maxLooked pairs and the others of the last of their rows; this row, or maxPlace where these are all pairs.
func earliest(pairs []pair) ([]pair, place) {
	slices.SortFunc(pairs, func(p, q pair) int { return cmp.Or(cmp.Compare(p.b, q.b), cmp.Compare(p.a, q.a)) })
	if len(pairs) <= maxLooked {
		return pairs, maxPlace
	}
	last := pairs[maxLooked-1].b
	n := maxLooked
	for n < len(pairs) && pairs[n].b == last {
		n++
	}
	if n == len(pairs) {
		return pairs, maxPlace
	}
	return pairs[:n], last
}

// isApart reports whether two rows say that they are of different things, by the first marks.
func (s *stretch) isApart(other *stretch, marks int) bool {
	for i, x := range s.marks[:marks] {
		if y := other.marks[i]; x != 0 && y != 0 && x != y {
			return true
		}
	}
	return false
}

// strict reports whether an overlap of two rows is a suspicion, by the other marks.
func (t *spanTable) strict(a, b *stretch) bool {
	for i := t.apart; i < t.apart+t.same; i++ {
		if a.marks[i] != 0 && a.marks[i] == b.marks[i] {
			return true
		}
	}
	return t.same == 0
}
