// Package amounts holds the product of a scan: exact sums of amounts, keyed by group, rule, year, quality class and the monomial of
// factors and parameters that each amount is multiplied by.
//
// An impact of a row is coefficient × monomial × factor. The coefficient depends on the row alone; the monomial is a product of integer
// powers of symbols (a method's parameters, factor rows such as a PUE) and the factor is found by a lookup (electricity in France).
// Rows that share monomial, lookup and group are added before anything is multiplied, so that other categories, draws, scenarios and
// explanations cost a pass over this small table, not over the rows.
//
// Names, monomials, tuples and bundles are interned: equal ones have equal numbers within one run. The numbers depend on who came first and
// never reach a result: results are sorted by value.
//
// # Sums
//
// Each worker adds up its own Cells. One amount often enters several cells: of climate change by location and by market, of water, of
// energy. It is added once, to the sum of a Bundle, the list of the cells that it enters; these come apart when a Table is walked. The
// sums of one group of rows lie together in a Block.
//
// Rows come in no order, so that what the next row adds to is seldom in a processor's cache. Once there are more cells than that holds, rows
// wait until there are many of neighbouring groups, and are added together: AddRows, Settle.
//
// # Spread
//
// Beside a sum stands, where it is asked for, how it is spread over the amounts that entered it: Spread.
//
// # Memory
//
// Cells that outgrow their share of memory are spilled: written in the order of their groups' names to a scratch file, and begun anew. A Table
// merges what is in memory with what was spilled, group by group, so that no more than the groups at hand is held. Sums are exact, hence
// the result is the same to the bit.
package amounts

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// None is the number of nothing: no name, no lookup.
const None = int32(-1)

// Key identifies a cell of a group.
type Key struct {
	Flow   int32 // index of the flow in the run's list
	Year   int32 // calendar year
	Class  uint8 // quality class, the worst used: an index into the vocabulary's qualities
	Status Status
	Mono   int32 // monomial
	Lookup int32 // tuple of (region, technology) names that finds the factor, or None
	Unless int32 // tuple of the lookup whose boundary may already hold this amount, or None
}

// Status says what a row takes part in.
type Status uint8

const (
	InTotal              Status = iota // real activity of its own
	Intensity                          // a benchmark or per-unit figure: intensities only
	Sample                             // a sampled part: intensities only
	PartOf                             // part of another row, which enters the total in its place
	Planned                            // counted nowhere
	Filtered                           // ruled out by the study's where
	Alternative                        // real activity that another row states from another source, and that row enters the total
	AlternativeIntensity               // likewise a benchmark or per-unit figure
	AlternativeSample                  // likewise a sampled part
	statuses
)

// Statuses is how many there are.
const Statuses = int(statuses)

var statusNames = [...]string{"in total", "intensity", "sample", "part of another row", "planned", "filtered out by the study",
	"alternative to another row", "intensity, alternative to another row", "sample, alternative to another row"}

func (s Status) String() string { return statusNames[s] }

// ParseStatus finds the status of a text that String gives.
func ParseStatus(text string) (Status, bool) {
	i := slices.Index(statusNames[:], text)
	return Status(max(i, 0)), i >= 0
}

// Origin is the place of an input row.
type Origin struct {
	File int32
	Row  int64
}

// Before orders origins by file, then row.
func (o Origin) Before(p Origin) bool {
	return o.File < p.File || o.File == p.File && o.Row < p.Row
}

// Cell is the content at a key.
type Cell struct {
	Sum   exact.Grid // in the flow's unit
	Rows  int64      // input rows that contributed
	Whole int64      // those of them whose first year and first term this is: over a flow's cells they add up to its rows
	First Origin     // the first of them

	Spread *Spread // of the amounts; nil where it is not kept
}

// Names interns strings. It is safe for concurrent use.
type Names struct {
	mu     sync.RWMutex
	ids    map[string]int32
	values []string
}

// ID returns the number of a string, giving it one if it is new.
func (n *Names) ID(s string) int32 {
	n.mu.RLock()
	id, ok := n.ids[s]
	n.mu.RUnlock()
	if ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if id, ok := n.ids[s]; ok {
		return id
	}
	if n.ids == nil {
		n.ids = map[string]int32{}
	}
	id = int32(len(n.values))
	s = strings.Clone(s)
	n.ids[s] = id
	n.values = append(n.values, s)
	return id
}

// Name returns the string of a number; that of None is empty.
func (n *Names) Name(id int32) string {
	if id == None {
		return ""
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.values[id]
}

// Tuples interns short lists of numbers. It is safe for concurrent use.
type Tuples struct {
	mu     sync.RWMutex
	ids    map[string]int32
	values [][]int32
}

// ID returns the number of a tuple, giving it one if it is new. The tuple is copied.
func (t *Tuples) ID(tuple []int32) int32 {
	var buffer [64]byte
	key := buffer[:0]
	for _, v := range tuple {
		key = binary.LittleEndian.AppendUint32(key, uint32(v))
	}
	t.mu.RLock()
	id, ok := t.ids[string(key)]
	t.mu.RUnlock()
	if ok {
		return id
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if id, ok := t.ids[string(key)]; ok {
		return id
	}
	if t.ids == nil {
		t.ids = map[string]int32{}
	}
	id = int32(len(t.values))
	t.ids[string(key)] = id
	t.values = append(t.values, slices.Clone(tuple))
	return id
}

// Tuple returns the numbers of a tuple; that of None is nil. It must not be changed.
func (t *Tuples) Tuple(id int32) []int32 {
	if id == None {
		return nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.values[id]
}

// count is how many tuples there are.
func (t *Tuples) count() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.values)
}

// Space is what the numbers of one run refer to.
type Space struct {
	Names     Names
	Tuples    Tuples
	Monomials Monomials
	Bundles   Bundles
}

// compareTuples compares tuples of names by value, None first.
func (s *Space) compareTuples(a, b int32) int {
	if a == b {
		return 0
	}
	x, y := s.Tuples.Tuple(a), s.Tuples.Tuple(b)
	for i := range min(len(x), len(y)) {
		if x[i] == y[i] {
			continue
		}
		if x[i] == None || y[i] == None {
			return cmp.Compare(x[i], y[i])
		}
		if c := strings.Compare(s.Names.Name(x[i]), s.Names.Name(y[i])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}
