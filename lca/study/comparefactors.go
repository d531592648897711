package study

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/attribution"
)

// The items of the cause factors are rows of factor tables: what was found for a question in A, and in B. An amount is multiplied by few of them, so that what each
// does to a cell is its Shapley value in the game of those few, and what it does to a total the sum over cells: exact, at the cost of one pass over the amounts.

// factorItem is what was found for a question in both packs; nil: nothing, or it did not apply.
type factorItem struct {
	factor, category string
	a, b             factorRow
}

// factorRow is a row of a side's pack, by its number there and 1; 0: none. Packs that were completed have the same rows under the same numbers.
type factorRow struct{ side, id int32 }

// rowOf identifies a row.
func (c *comparing) rowOf(r *factors.Row) factorRow {
	if r == nil {
		return factorRow{}
	}
	for side := range c.packs {
		for _, p := range []*factors.Pack{c.packs[side], c.ends[side].plan.pack} {
			if int(r.ID) < len(p.Rows) && &p.Rows[r.ID] == r {
				return factorRow{int32(side), r.ID + 1}
			}
		}
	}
	panic("study: a factor's row of no pack")
}

// row is the row; nil: none.
func (c *comparing) row(r factorRow) *factors.Row {
	if r.id == 0 {
		return nil
	}
	return &c.packs[r.side].Rows[r.id-1]
}

// factorItems sums up the parts of factors' rows, by total.
type factorItems struct {
	c    *comparing
	sums map[factorItem]map[int]float64
}

// weightedItems are parts in one corner, with the corner's weight.
type weightedItems struct {
	of     *factorItems
	weight float64
	pack   int // of the corner's own factors
}

func (w *weightedItems) add(item factorItem, total int, value float64) {
	if w.pack == 1 {
		item.a, item.b, value = item.b, item.a, -value
	}
	if w.of.sums == nil {
		w.of.sums = map[factorItem]map[int]float64{}
	}
	sums := w.of.sums[item]
	if sums == nil {
		sums = map[int]float64{}
		w.of.sums[item] = sums
	}
	sums[total] += float64(w.weight * value)
}

// leaves are the items, sorted by what they are called.
func (f *factorItems) leaves() []leaf {
	var out []leaf
	byName := map[string]int{}
	var items []factorItem
	for item := range f.sums {
		items = append(items, item)
	}
	slices.SortFunc(items, func(x, y factorItem) int {
		return cmp.Or(strings.Compare(f.name(&x), f.name(&y)), cmp.Compare(x.a.side, y.a.side), cmp.Compare(x.a.id, y.a.id), cmp.Compare(x.b.side, y.b.side), cmp.Compare(x.b.id, y.b.id))
	})
	for _, item := range items {
		parts := map[totalKey]float64{}
		for total, value := range f.sums[item] {
			parts[f.c.totals.all[total]] = value
		}
		l := leaf{factorsCause, CauseItem{Name: f.name(&item), Detail: f.detail(&item)}, parts}
		if r := f.c.row(item.a); r != nil {
			l.item.Was = r.Place().String()
		}
		if r := f.c.row(item.b); r != nil {
			l.item.Now = r.Place().String()
		}
		if n := byName[l.item.Name]; n > 0 {
			l.item.Name += " (" + strconv.Itoa(n+1) + ")"
		}
		byName[f.name(&item)]++
		out = append(out, l)
	}
	return out
}

// name is that of the row in B, or of the one in A.
func (f *factorItems) name(i *factorItem) string {
	r := cmp.Or(f.c.row(i.b), f.c.row(i.a))
	parts := []string{i.factor, i.category, r.Region, r.Technology, r.Boundary, yearsOf(r)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func yearsOf(r *factors.Row) string {
	switch r.From {
	case 0:
		return ""
	case r.To:
		return strconv.Itoa(r.From)
	}
	return fmt.Sprintf("%d to %d", r.From, r.To)
}

func (f *factorItems) detail(i *factorItem) string {
	a, b := f.c.row(i.a), f.c.row(i.b)
	say := func(r *factors.Row) string {
		if r == nil {
			return "does not count"
		}
		text := strconv.FormatFloat(r.Value, 'g', -1, 64) + " " + r.Unit.String()
		if a != nil && b != nil && (a.Region != b.Region || a.From != b.From || a.To != b.To || a.Technology != b.Technology) {
			text += " of " + strings.Join(slices.DeleteFunc([]string{r.Region, r.Technology, yearsOf(r)}, func(s string) bool { return s == "" }), " ")
		}
		return text
	}
	return say(a) + " → " + say(b)
}

// bothPrices is an amount and what it is multiplied by in both packs.
type bothPrices struct {
	x, y                 *priced
	key                  *amounts.Key
	coefficient          float64
	xMonomial, yMonomial float64
	pack                 int // of x
	items                *weightedItems
}

// both adds a cell's contributions under both packs, and what each row of factors does to them.
func (c *comparing) both(b *bothPrices, names []string, xs, ys []*part) {
	find := func(list []*part, category string) *part {
		for _, p := range list {
			if p.scope.category == category {
				return p
			}
		}
		return nil
	}
	one := func(x, y *part) {
		if x != nil && x.refused {
			x = nil
		}
		if y != nil && y.refused {
			y = nil
		}
		if x != nil {
			b.x.add(c, x, names, x.of(float64(b.coefficient*b.xMonomial)))
		}
		if y != nil {
			b.y.add(c, y, names, y.of(float64(b.coefficient*b.yMonomial)))
		}
		if (x != nil || y != nil) && b.items != nil && b.items.weight != 0 {
			c.parted(b, x, y)
		}
	}
	for _, x := range xs {
		one(x, find(ys, x.scope.category))
	}
	for _, y := range ys {
		if find(xs, y.scope.category) == nil {
			one(nil, y)
		}
	}
}

// factorPlayer is a row of factors that differs.
type factorPlayer struct {
	item   factorItem
	symbol int32 // of the monomial; -1: the factor that the impact asks for
}

// maxFactorPlayers bounds the rows that one amount is multiplied by and that differ; of amounts with more, nothing is told of single rows.
const maxFactorPlayers = 12

// parted tells what each row that differs does to a contribution.
func (c *comparing) parted(b *bothPrices, x, y *part) {
	some := cmp.Or(x, y)
	var players []factorPlayer
	powers := b.x.space.Monomials.Powers(b.key.Mono)
	if b.xMonomial != b.yMonomial {
		for _, power := range powers {
			was, now := b.x.symbol(power.Symbol, true), b.y.symbol(power.Symbol, false)
			if was.value != now.value && was.found != nil && now.found != nil {
				players = append(players, factorPlayer{factorItem{was.found.Row.Factor, "", c.rowOf(was.found.Row), c.rowOf(now.found.Row)}, power.Symbol})
			}
		}
	}
	var values [2]float64 // of the factor that the impact asks for; 0: it has none, or does not count
	item := factorItem{factor: some.scope.flow.rule.Factor, category: some.scope.category}
	for i, p := range []*part{x, y} {
		if p == nil {
			continue
		}
		if values[i] = 1; p.found != nil {
			values[i] = p.factor
			*[]*factorRow{&item.a, &item.b}[i] = c.rowOf(p.found.Row)
		}
	}
	if values[0] != values[1] {
		players = append(players, factorPlayer{item, -1})
	}
	if len(players) == 0 || len(players) > maxFactorPlayers {
		return
	}
	corners := make([]float64, 1<<len(players))
	for set := range corners {
		is := func(symbol int32) bool { // as in y
			i := slices.IndexFunc(players, func(p factorPlayer) bool { return p.symbol == symbol })
			return i >= 0 && set>>i&1 != 0
		}
		corners[set] = float64(b.coefficient * b.mixed(powers, is))
		if is(-1) {
			corners[set] = float64(corners[set] * values[1])
		} else {
			corners[set] = float64(corners[set] * values[0])
		}
	}
	for i, part := range attribution.Shapley(len(players), corners) {
		if part == 0 {
			continue
		}
		for u := range some.scope.under {
			k := totalKey{some.scope.year, some.scope.flow.perspective, some.scope.under[u].accounting, some.scope.categoryAt}
			b.items.add(players[i].item, c.totals.number(k), part)
		}
	}
}

// mixed is the monomial with some symbols at the values of the other pack.
func (b *bothPrices) mixed(powers []amounts.Power, isOther func(symbol int32) bool) float64 {
	return powerProduct(powers, func(symbol int32) float64 {
		if isOther(symbol) {
			return b.y.symbol(symbol, false).value
		}
		return b.x.symbol(symbol, true).value
	})
}
