package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// actorColumns are the group columns by which a total is told apart, in the order in which figures show them.
var actorColumns = [...]string{"organisation", "model", "region"}

// regionColumn is the place of the one that is kept for every category: what is told by region sets two of them beside each other.
const regionColumn = 2

// mostActors is how many names are kept of a perspective. Beyond, none are: a list that lacks some would call the wrong ones the largest.
const mostActors = 1 << 20

// actors are what the names in the group columns come to, of one perspective and year, under the first accounting of the vocabulary that the table has: organisations
// and models of the first category alone, regions of each. What they keep grows with the names, and not with the rows.
type actors struct {
	accounting, lead int // places in the vocabulary
	sums             map[actorKey]*balanced
	many             bool // too many names
}

type actorKey struct {
	column   int
	category string
	name     string
}

// balanced is a sum with what rounding takes from it (Neumaier 1974), in 16 bytes where an exact one takes 552. Its last digit may depend on the order of the rows, which is the table's.
type balanced struct{ sum, lost float64 }

func (b *balanced) add(v float64) {
	t := b.sum + v
	if max(b.sum, -b.sum) >= max(v, -v) {
		b.lost += (b.sum - t) + v
	} else {
		b.lost += (v - t) + b.sum
	}
	b.sum = t
}

func (b *balanced) value() float64 { return b.sum + b.lost }

// vocabularyPlace is where a name stands in the vocabulary, or behind it.
func vocabularyPlace(names []string, name string) int {
	if i := slices.Index(names, name); i >= 0 {
		return i
	}
	return len(names)
}

// act takes a row of a total of the study's year.
func (t *Totals) act(row *lca.Impact) {
	a := t.actors[row.Perspective]
	if a == nil {
		if t.actors == nil {
			t.actors = map[string]*actors{}
		}
		a = &actors{accounting: 1 << 30, lead: 1 << 30, sums: map[actorKey]*balanced{}}
		t.actors[row.Perspective] = a
	}
	at := vocabularyPlace(accountingNames, row.Accounting)
	if at < a.accounting {
		a.accounting, a.lead = at, 1<<30
		clear(a.sums)
	}
	if at > a.accounting || a.many {
		return
	}
	lead := vocabularyPlace(categoryNames, row.Category)
	if lead < a.lead {
		a.lead = lead
		for k := range a.sums {
			if k.column != regionColumn {
				delete(a.sums, k)
			}
		}
	}
	for column, name := range [...]string{row.Organisation, row.Model, row.Region} {
		if lead > a.lead && column != regionColumn {
			continue
		}
		k := actorKey{column, row.Category, name}
		b := a.sums[k]
		if b == nil {
			if len(a.sums) == mostActors {
				a.sums, a.many = nil, true
				return
			}
			b = &balanced{}
			a.sums[k] = b
		}
		b.add(row.Value)
	}
}

var (
	accountingNames = lca.Names(lca.Words().Accountings)
	categoryNames   = func() (out []string) {
		for _, c := range lca.Words().Categories {
			out = append(out, c.Name)
		}
		return out
	}()
)

// actor is a name with what it comes to; one that is empty is of the rows without a name.
type actor struct {
	name  string
	value float64
}

// named lists what the names in a column come to in a category, the largest first; nil where no row has a name.
func (a *actors) named(column int, category string) []actor {
	if a == nil {
		return nil
	}
	var out []actor
	some := false
	for k, b := range a.sums {
		if k.column == column && k.category == category {
			some = some || k.name != ""
			out = append(out, actor{k.name, b.value()})
		}
	}
	if !some {
		return nil
	}
	slices.SortFunc(out, func(a, b actor) int {
		return cmp.Or(-cmp.Compare(a.value, b.value), strings.Compare(a.name, b.name))
	})
	return out
}

// concentration is what a column of names comes to as a figure shows it: the largest, the rest as one, and what has no name.
type concentration struct {
	column string
	count  int // of names
	top    []actor
	rest   *actor // of as many names as others; nil: all are among the top
	others int
	bare   *actor // of rows without a name; nil: all have one
	all    float64
}

// actorsShown is how many names a figure lists of a column; one more is listed rather than called the rest.
const actorsShown = 4

// concentrated puts names in the order of what they come to. Nil where fewer than two have a name, or where some are below 0, which have no share.
func concentrated(column string, all []actor) *concentration {
	c := &concentration{column: column}
	var sum balanced
	for i := range all {
		if all[i].value < 0 {
			return nil
		}
		sum.add(all[i].value)
		if all[i].name == "" {
			c.bare = &all[i]
			continue
		}
		c.count++
		c.top = append(c.top, all[i])
	}
	if c.all = sum.value(); c.count < 2 || !(c.all > 0) {
		return nil
	}
	if c.count > actorsShown+1 {
		var rest balanced
		for _, a := range c.top[actorsShown:] {
			rest.add(a.value)
		}
		c.others = c.count - actorsShown
		c.rest, c.top = &actor{value: rest.value()}, c.top[:actorsShown]
	}
	return c
}

// half is how many of the largest names make up half of all, or as many as are listed, and their share.
func (c *concentration) half() (few int, share float64) {
	var sum balanced
	for _, a := range c.top {
		few++
		if sum.add(a.value); sum.value() >= c.all/2 {
			break
		}
	}
	return few, sum.value() / c.all
}
