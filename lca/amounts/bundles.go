package amounts

import (
	"encoding/binary"
	"slices"
	"sync"
)

// Target is a cell that an amount enters, within a block: the cell's key but for what the block tells.
type Target struct {
	Flow                 int32
	Class                uint8
	Counted              bool // the amount makes its row one of the cell's; false of a further amount of a row that the cell counts already
	Whole                bool // it is the row's first amount for the flow: over a flow's cells these add up to its rows
	Mono, Lookup, Unless int32
}

// Bundles interns lists of targets. Where one amount enters several cells, of rules that read the same quantity, it is added once, to the list's one
// sum: a list stands for all its cells. It is safe for concurrent use.
type Bundles struct {
	mu     sync.RWMutex
	ids    map[string]int32
	values [][]Target
}

func (t *Target) append(key []byte) []byte {
	flags := byte(0)
	if t.Counted {
		flags |= 1
	}
	if t.Whole {
		flags |= 2
	}
	key = binary.LittleEndian.AppendUint32(append(key, flags, t.Class), uint32(t.Flow))
	key = binary.LittleEndian.AppendUint32(key, uint32(t.Mono))
	key = binary.LittleEndian.AppendUint32(key, uint32(t.Lookup))
	return binary.LittleEndian.AppendUint32(key, uint32(t.Unless))
}

// ID returns the number of a list, giving it one if it is new. The list is copied.
func (b *Bundles) ID(targets []Target) int32 {
	var buffer [256]byte
	key := buffer[:0]
	for i := range targets {
		key = targets[i].append(key)
	}
	b.mu.RLock()
	id, ok := b.ids[string(key)]
	b.mu.RUnlock()
	if ok {
		return id
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if id, ok := b.ids[string(key)]; ok {
		return id
	}
	if b.ids == nil {
		b.ids = map[string]int32{}
	}
	id = int32(len(b.values))
	b.ids[string(key)] = id
	b.values = append(b.values, slices.Clone(targets))
	return id
}

// all are the cells of each list, by its number. They must not be changed.
func (b *Bundles) all() [][]Target {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.values[:len(b.values):len(b.values)]
}
