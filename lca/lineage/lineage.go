// Package lineage hands burdens on along ancestry: a model that continues another one bears a share of what that one bears, its own ancestors' shares
// included, and what no successor takes stays. Nothing is lost and nothing counts twice: what all bear in the end is what all had in the beginning, exactly.
package lineage

import (
	"cmp"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Share is the part of what a member bears that passes to one that continues it.
type Share struct {
	Parent int     // number of the member that is continued
	Key    float64 // 0 to 1
}

// Tolerance is how far the sum of keys may be from one and still be one: keys are written as decimals, a third as 0.333333333.
const Tolerance = 1e-9

// Forest is the ancestry of members, numbered from 0.
type Forest struct {
	order    []int       // each stands after those that it continues
	children [][]passing // of each member, those that take a share of what it bears
	whole    []bool      // of each, whether nothing stays with it
}

// passing is a share on its way to a child.
type passing struct {
	child int
	key   float64
}

// New orders members by what each continues, at most one share of each parent. Where some continue themselves through others, cycle is a shortest way
// from the first of these back to itself, parents first and its two ends the same, and the forest nil. Keys are between 0 and 1; their sums are the
// caller's to look at, see Over.
func New(continues [][]Share) (f *Forest, cycle []int) {
	n := len(continues)
	f = &Forest{children: make([][]passing, n), whole: make([]bool, n)}
	waits := make([]int, n)
	for child, shares := range continues { // ascending, so that children stand in the order of their numbers
		waits[child] = len(shares)
		for _, s := range shares {
			f.children[s.Parent] = append(f.children[s.Parent], passing{child, s.Key})
		}
	}
	for m, w := range waits {
		if w == 0 {
			f.order = append(f.order, m)
		}
	}
	for i := 0; i < len(f.order); i++ {
		for _, c := range f.children[f.order[i]] {
			if waits[c.child]--; waits[c.child] == 0 {
				f.order = append(f.order, c.child)
			}
		}
	}
	if len(f.order) < n {
		return nil, f.cycle(waits)
	}
	for m := range f.children {
		f.children[m] = slices.DeleteFunc(f.children[m], func(c passing) bool { return c.key == 0 })
		f.whole[m] = f.keys(m) >= 1-Tolerance
	}
	return f, nil
}

// cycle is a shortest way from the first member that comes back to itself.
func (f *Forest) cycle(waits []int) []int {
	for first := range waits {
		if waits[first] == 0 {
			continue
		}
		from := map[int]int{}
		for next := []int{first}; len(next) > 0; next = next[1:] {
			for _, c := range f.children[next[0]] {
				if _, met := from[c.child]; met {
					continue
				}
				from[c.child] = next[0]
				if c.child != first {
					next = append(next, c.child)
					continue
				}
				path := []int{first}
				for at := from[first]; at != first; at = from[at] {
					path = append(path, at)
				}
				path = append(path, first)
				slices.Reverse(path)
				return path
			}
		}
	}
	return nil
}

// keys is the sum of what passes from a member.
func (f *Forest) keys(m int) float64 {
	var sum exact.Sum
	for _, c := range f.children[m] {
		sum.Add(c.key)
	}
	return sum.Float64()
}

// Over are the members of whom more passes than there is, with the sum of the keys.
func (f *Forest) Over() (members []int, sums []float64) {
	for m := range f.children {
		if sum := f.keys(m); sum > 1+Tolerance {
			members, sums = append(members, m), append(sums, sum)
		}
	}
	return members, sums
}

// Visit calls visit for each share that passes, in an order in which what passes to a member is complete before anything passes from it.
func (f *Forest) Visit(visit func(parent, child int)) {
	for _, m := range f.order {
		for _, c := range f.children[m] {
			visit(m, c.child)
		}
	}
}

// Bear hands burdens on: own is what each member has itself, the answer what each bears. The sum of all is the same, exactly: a share is rounded once,
// and what it is taken from keeps the rest. Where all passes, the largest share takes what is left by rounding.
func (f *Forest) Bear(own []exact.Sum) []exact.Sum {
	bears := slices.Clone(own)
	for _, m := range f.order {
		children := f.children[m]
		if len(children) == 0 {
			continue
		}
		all := bears[m].Float64()
		rest := -1
		for i, c := range children {
			if f.whole[m] && (rest < 0 || c.key > children[rest].key) {
				rest = i
			}
		}
		for i, c := range children {
			if i == rest {
				continue
			}
			passes := float64(c.key * all)
			bears[c.child].Add(passes)
			bears[m].Add(-passes)
		}
		if rest >= 0 {
			bears[children[rest].child].Merge(&bears[m])
			bears[m] = exact.Sum{}
		}
	}
	return bears
}

// Round gives parts as numbers whose exact sum rounds to total, which the sum of the parts is but for rounding. Each is the nearest number to its part, or
// where that does not do one beside it: of as few as possible, those farthest from their parts. No number is below zero.
func Round(parts []exact.Sum, total float64) []float64 {
	var sum exact.Sum
	values := make([]float64, len(parts))
	for i := range parts {
		values[i] = parts[i].Float64()
		sum.Add(values[i])
	}
	const passes = 16 // each moves every number by one place at most
	for range passes {
		if got := sum.Float64(); got == total || total-total != 0 {
			break
		}
		nudge(parts, values, &sum, total)
	}
	return values
}

// nudge moves numbers by one place each towards the total, until their sum is there.
func nudge(parts []exact.Sum, values []float64, sum *exact.Sum, total float64) {
	up, to := sum.Float64() < total, math.Inf(-1)
	if up {
		to = math.Inf(1)
	}
	order, off := make([]int, len(parts)), make([]float64, len(parts)) // how much a number leaves out of its part, or holds too much, in the direction that is wanted
	for i := range parts {
		rest := parts[i]
		rest.Add(-values[i])
		order[i], off[i] = i, rest.Float64()
		if !up {
			off[i] = -off[i]
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(off[b], off[a]), cmp.Compare(values[b], values[a])) })
	for _, i := range order {
		moved, next := *sum, math.Nextafter(values[i], to)
		moved.Add(-values[i])
		moved.Add(next)
		got := moved.Float64()
		if values[i] == 0 || got != total && up != (got < total) {
			continue // nothing stays nothing; and a part with finer numbers does what this one would do too much of
		}
		values[i], *sum = next, moved
		if got == total {
			return
		}
	}
}
