package datasets

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// idTable maps ids to the rows in which they stand first and, once it holds too many, only those of an ever higher class. An inventory
// has more ids than anything else that is held: it is a table with open addressing of 16 bytes an id, for what it costs is the way to memory.
type idTable struct {
	slots []idSlot // their number is a power of two; at least half of them are empty
	shift uint     // 64 - its logarithm
	held  int
	most  int
	class class
	seeds [2]uint64 // where an id stands is not to be known to whoever writes the file
	near  uint64    // see touch
}

// idSlot is an id and a row that has it. Of the id's digest it keeps 84 bits: that two different ones of 2^21 held and 10^10 looked up
// have these in common is less likely than 1 in 10^9.
type idSlot struct {
	halves uint64 // of the digest, one taken from the other
	rest   uint64 // the upper bits of its lower half above a place; zero for an empty slot
}

// place is a row counted over all files of an inventory, from 1.
type place int64

const (
	placeBits = 44
	maxPlace  = 1<<placeBits - 1
)

func newIDSlot(k column.Digest, p place) idSlot {
	return idSlot{k.Hi ^ k.Lo, k.Lo&^maxPlace | uint64(p)}
}

func (e idSlot) place() place { return place(e.rest & maxPlace) }

// newIDTable makes a table of at most most ids, of which about expected will come.
func newIDTable(most int, expected int64) idTable {
	log := bits.Len64(2*uint64(max(min(int64(most), expected), 1<<9)) - 1)
	return idTable{most: most, seeds: [2]uint64{rand.Uint64() | 1, rand.Uint64() | 1}, shift: uint(64 - log)}
}

// home is where the search for an id begins.
func (t *idTable) home(e idSlot) int {
	return int((e.halves*t.seeds[0] + e.rest>>placeBits*t.seeds[1]) >> t.shift)
}

// find returns the slot of an id, or the empty one where it would stand.
func (t *idTable) find(e idSlot) *idSlot {
	for at := t.home(e); ; at++ {
		s := &t.slots[at&(len(t.slots)-1)]
		if s.rest == 0 || s.halves == e.halves && (s.rest^e.rest)>>placeBits == 0 {
			return s
		}
	}
}

// touch looks at the slots of ids that will be put next: the processor fetches them from memory all at once instead of one after the other.
func (t *idTable) touch(next []idSlot) {
	if t.slots == nil {
		return
	}
	var near uint64
	for _, e := range next {
		near += t.slots[t.home(e)&(len(t.slots)-1)].rest
	}
	t.near = near // or the compiler would leave out the whole
}

// has reports whether an id is held.
func (t *idTable) has(k column.Digest) bool {
	return t.slots != nil && t.find(newIDSlot(k, 0)).rest != 0
}

// put adds an id unless it is held, in which case it returns the row that has it.
func (t *idTable) put(e idSlot) (first place, twice bool) {
	if !t.class.has(e.halves) {
		return 0, false
	}
	if t.slots == nil {
		t.slots = make([]idSlot, 1<<(64-t.shift))
	}
	s := t.find(e)
	switch {
	case s.rest != 0:
		return s.place(), true
	case t.held > t.most:
		return 0, false // even the last class is full, of ids that were made for it
	}
	*s = e
	t.held++
	for t.held > t.most && t.class < lastClass {
		t.class++
		t.thin()
	}
	if 2*t.held > len(t.slots) {
		t.grow()
	}
	return 0, false
}

// thin drops what the class does not cover, in place. Slots are gone through in the order in which a search goes, from an empty one: an id
// that is put back finds a slot between its home and where it stood, for what stands before it was put back already.
func (t *idTable) thin() {
	from := slices.Index(t.slots, idSlot{})
	t.held = 0
	for i := range t.slots {
		s := &t.slots[(from+i)&(len(t.slots)-1)]
		if s.rest == 0 {
			continue
		}
		e := *s
		*s = idSlot{}
		if t.class.has(e.halves) {
			*t.find(e) = e
			t.held++
		}
	}
}

func (t *idTable) grow() {
	old := t.slots
	t.slots = make([]idSlot, 2*len(old))
	t.shift--
	for _, e := range old {
		if e.rest != 0 {
			*t.find(e) = e
		}
	}
}
