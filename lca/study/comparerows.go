package study

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/attribution"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// The items of the cause inventory are, of each kind, the rows that were added, those that were removed, and each column in which rows of one id differ. A total is
// a sum over rows: added and removed rows do what they bear, and a column what its values do to the rows that differ in it, which are computed with each choice of
// columns as in A and as in B. Rows that are the same in both cancel and are not looked at.

// rowItems are the rows of both inventories that differ, and what they do.
type rowItems struct {
	kinds []*kindRows
	sums  []map[totalKey]float64 // by item
	items []CauseItem
	whole bool // the inventory is not parted
}

// kindRows are the rows of a kind that differ.
type kindRows struct {
	kind           *datasets.Kind
	added, removed *column.Table
	was, now       *column.Table // rows of one id, in one order
	columns        [][]int       // of was and now, that make an item
	first          int           // number of the first of the kind's items: added, removed, then columns
}

// maxDiffering bounds the rows that differ and are held in memory, over all kinds.
const maxDiffering = 1 << 20

// maxRowColumns bounds the columns of a kind that are told apart; those in which the fewest rows differ are one item.
const maxRowColumns = 8

func (c *comparing) jobs() int {
	if c.o.Jobs > 0 {
		return c.o.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

// prepareRows finds the rows that differ.
func (c *comparing) prepareRows() error {
	c.rows = &rowItems{whole: true}
	if !slices.Contains(c.unions, inventoryCause) {
		return nil
	}
	r := c.rows
	held := 0
	for _, kind := range datasets.Kinds() {
		a, b := c.ends[0].plan.tables[kind.Name], c.ends[1].plan.tables[kind.Name]
		if !kind.Activity || a == nil && b == nil {
			continue
		}
		if !c.canMatch(a, b) {
			c.notes = append(c.notes, fmt.Sprintf("the rows of %s are too many to be matched: the inventory is taken as one", kind.Name))
			return nil
		}
		k, err := c.differingRows(kind, a, b, &held)
		if err != nil {
			return err
		}
		if held > maxDiffering {
			c.notes = append(c.notes, fmt.Sprintf("more than %d rows differ: the inventory is taken as one", maxDiffering))
			return nil
		}
		r.kinds = append(r.kinds, k)
	}
	if !r.differ() { // the files do, in order or in what no rule reads
		c.unions = slices.DeleteFunc(c.unions, func(u string) bool { return u == inventoryCause })
		return nil
	}
	r.sums = make([]map[totalKey]float64, len(r.items))
	for i := range r.sums {
		r.sums[i] = map[totalKey]float64{}
	}
	r.whole = false
	return nil
}

// canMatch reports whether numbers of all rows of two inventories, and a table of those of the first, take no more than half of the memory that there is.
func (c *comparing) canMatch(a, b *datasets.Inventory) bool {
	const number, place = 16, 4 // bytes
	memory := c.o.Memory
	if memory <= 0 {
		memory = 2 << 30
	}
	var bytes int64
	if a != nil {
		bytes += a.TotalRows() * (number + 4*place) // a table is at most four times as long
	}
	if b != nil {
		bytes += b.TotalRows() * number
	}
	return bytes <= memory/2
}

// differ reports whether any row does.
func (r *rowItems) differ() bool {
	return slices.ContainsFunc(r.kinds, func(k *kindRows) bool {
		return k.added != nil && k.added.Rows > 0 || k.removed != nil && k.removed.Rows > 0 || k.was != nil && k.was.Rows > 0
	})
}

// differingRows are the rows of a kind that differ; an inventory that is not there has none.
func (c *comparing) differingRows(kind *datasets.Kind, a, b *datasets.Inventory, held *int) (*kindRows, error) {
	k := &kindRows{kind: kind}
	columns := c.comparedColumns(kind)
	j := &joined{}
	all := func(inv *datasets.Inventory) (out []int32) {
		for i := range inv.TotalRows() {
			out = append(out, int32(i))
		}
		return out
	}
	var err error
	switch {
	case a == nil:
		if *held += int(b.TotalRows()); *held <= maxDiffering {
			j.added = all(b)
		}
	case b == nil:
		if *held += int(a.TotalRows()); *held <= maxDiffering {
			j.removed = all(a)
		}
	default:
		if j, err = c.matched(a, b, columns); err != nil {
			return nil, err
		}
		*held += len(j.added) + len(j.removed) + 2*len(j.changed)
	}
	if *held > maxDiffering {
		return k, nil
	}
	if j.renamed > 0 {
		c.notes = append(c.notes, fmt.Sprintf("%s: %d rows differ in nothing but their id, and are taken to be the same", kind.Name, j.renamed))
	}
	was, now := make([]int32, len(j.changed)), make([]int32, len(j.changed))
	for i, pair := range j.changed {
		was[i], now[i] = pair[0], pair[1]
	}
	var wait sync.WaitGroup
	var errs [2]error
	read := func(side int, inv *datasets.Inventory, alone, changed []int32, aloneTo, changedTo **column.Table) {
		if inv == nil {
			return
		}
		wait.Go(func() {
			all := slices.Concat(alone, changed)
			slices.Sort(all)
			var t *column.Table
			if t, errs[side] = c.rowsOf(inv, columns, all); errs[side] == nil {
				*aloneTo, *changedTo = picked(t, all, alone), picked(t, all, changed)
			}
		})
	}
	read(0, a, j.removed, was, &k.removed, &k.was)
	read(1, b, j.added, now, &k.added, &k.now)
	wait.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	k.different(c.readColumns(kind), c.choices(k.was))
	k.first = len(c.rows.items)
	return k, c.describe(k, a, b, j)
}

// comparedColumns are what either method reads of rows of a kind, what groups results and what decides what rows take part in.
func (c *comparing) comparedColumns(kind *datasets.Kind) []string {
	var out []string
	add := func(names ...string) {
		for _, name := range names {
			if _, has := kind.Column(name); has && name != kind.ID && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	add(c.readColumns(kind)...)
	for _, e := range c.ends {
		if k := e.plan.kindOf(kind); k != nil {
			add(k.groups...)
		}
	}
	slices.Sort(out)
	return out
}

// readColumns are what of a row of a kind a total may depend on.
func (c *comparing) readColumns(kind *datasets.Kind) []string {
	var out []string
	add := func(names ...string) {
		for _, name := range names {
			if _, has := kind.Column(name); has && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	for _, e := range c.ends {
		if k := e.plan.kindOf(kind); k != nil {
			add(k.program.Columns()...)
		}
	}
	add(kind.Roles.Scope, kind.Roles.PartOf, kind.Roles.AlternativeTo, kind.Roles.Planned.Column, kind.Period.From, kind.Period.To, kind.Period.Year)
	slices.Sort(out)
	return out
}

// choices is how many columns of rows can be told apart: each doubles how often the rows are computed.
func (c *comparing) choices(rows *column.Table) int {
	if rows == nil {
		return 0
	}
	most := maxRowColumns
	for most > 1 && int64(rows.Rows)<<(most+len(c.unions)) > c.o.Work {
		most--
	}
	return most
}

// different finds the columns, of those that are read, in which rows of one id differ, the most frequent first; beyond so many the rest is one.
func (k *kindRows) different(read []string, most int) {
	if k.was == nil || k.now == nil {
		return
	}
	counts := map[int]int{}
	for i := range k.was.Data {
		if !slices.Contains(read, k.was.Names[i]) {
			continue
		}
		for row := range k.was.Rows {
			if !sameCell(&k.was.Data[i], &k.now.Data[i], row) {
				counts[i]++
			}
		}
	}
	found := slices.SortedFunc(maps.Keys(counts), func(a, b int) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(k.was.Names[a], k.was.Names[b])
	})
	for i, at := range found {
		if i < most {
			k.columns = append(k.columns, []int{at})
		} else {
			k.columns[most-1] = append(k.columns[most-1], at)
		}
	}
}

// describe names the items of a kind, with the ids of some rows.
func (c *comparing) describe(k *kindRows, a, b *datasets.Inventory, j *joined) error {
	r := c.rows
	for _, x := range []struct {
		what, where string
		inv         *datasets.Inventory
		rows        []int32
	}{{"added", "in B alone", b, j.added}, {"removed", "in A alone", a, j.removed}} {
		ids, err := c.idsOf(x.inv, x.rows)
		if err != nil {
			return err
		}
		r.items = append(r.items, CauseItem{Name: k.kind.Name + " " + x.what, Detail: plural(len(x.rows), "row") + " " + x.where + ids})
	}
	for _, list := range k.columns {
		var names []string
		differ, example := 0, -1
		for row := range k.was.Rows {
			if slices.ContainsFunc(list, func(at int) bool { return !sameCell(&k.was.Data[at], &k.now.Data[at], row) }) {
				if differ++; example < 0 {
					example = row
				}
			}
		}
		for _, at := range list {
			names = append(names, k.was.Names[at])
		}
		item := CauseItem{Name: k.kind.Name + " " + strings.Join(names, ", "), Detail: "other values in " + plural(differ, "row") + " of both"}
		if len(list) == 1 {
			ids, err := c.idsOf(a, []int32{j.changed[example][0]})
			if err != nil {
				return err
			}
			item.Detail += fmt.Sprintf("%s, %s → %s", ids, cellText(k.was, list[0], example), cellText(k.now, list[0], example))
		}
		r.items = append(r.items, item)
	}
	return nil
}

// idsOf names the first of some rows.
func (c *comparing) idsOf(inv *datasets.Inventory, rows []int32) (string, error) {
	if len(rows) == 0 || inv.Kind().ID == "" {
		return "", nil
	}
	t, err := c.rowsOf(inv, []string{inv.Kind().ID}, rows[:min(len(rows), 3)])
	if err != nil {
		return "", err
	}
	var ids []string
	for row := range t.Rows {
		ids = append(ids, cellText(t, 0, row))
	}
	if len(rows) > len(ids) {
		ids = append(ids, "…")
	}
	return ": " + strings.Join(ids, ", "), nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// leaves are the items with their parts.
func (r *rowItems) leaves() []leaf {
	var out []leaf
	if r.whole {
		return nil
	}
	for i, item := range r.items {
		out = append(out, leaf{inventoryCause, item, r.sums[i]})
	}
	return out
}

// measureRows adds up what the rows that differ do in a corner, of which the set does not hold the inventory, and in the one with the other factors.
func (c *comparing) measureRows(set, mask, factorBit int) error {
	union := slices.Index(c.unions, inventoryCause)
	if union < 0 || c.rows.whole {
		return nil
	}
	weights := c.weights(union)
	inventoryBit := 1 << union
	for _, k := range c.rows.kinds {
		// give adds up, with a sign, what rows bear.
		bears := func(side int, t *column.Table) (own, other *cornerTotals, err error) {
			at := set
			if side == 1 {
				at |= inventoryBit
			}
			return c.bear(at, mask, factorBit, k.kind, t)
		}
		add := func(item int, own, other *cornerTotals, sign float64) {
			for which, m := range []*cornerTotals{own, other} {
				if m == nil {
					continue
				}
				w := weights[set|which*factorBit]
				for i, v := range m.totals {
					if v != 0 {
						c.rows.sums[item][c.totals.all[i]] += float64(sign * w * v)
					}
				}
			}
		}
		for side, t := range []*column.Table{k.removed, k.added} {
			if t == nil || t.Rows == 0 {
				continue
			}
			own, other, err := bears(side, t)
			if err != nil {
				return err
			}
			add(k.first+1-side, own, other, float64(2*side-1))
		}
		if len(k.columns) == 0 {
			continue
		}
		corners := make([][2]*cornerTotals, 1<<len(k.columns))
		for choice := range corners {
			own, other, err := bears(1, k.mixed(choice))
			if err != nil {
				return err
			}
			corners[choice] = [2]*cornerTotals{own, other}
		}
		values := make([]float64, len(corners))
		for which := range 2 {
			w := weights[set|which*factorBit]
			if which == 1 && factorBit == 0 {
				break
			}
			for i, total := range c.totals.all {
				for choice := range corners {
					values[choice] = corners[choice][which].total(i)
				}
				for p, part := range attribution.Shapley(len(k.columns), values) {
					if part != 0 {
						c.rows.sums[k.first+2+p][total] += float64(w * part)
					}
				}
			}
		}
	}
	return nil
}

// mixed is the rows of one id with some columns as in B.
func (k *kindRows) mixed(choice int) *column.Table {
	t := &column.Table{Names: k.was.Names, Data: slices.Clone(k.was.Data), Rows: k.was.Rows}
	for p, list := range k.columns {
		if choice>>p&1 != 0 {
			for _, at := range list {
				t.Data[at] = k.now.Data[at]
			}
		}
	}
	return t
}

// bear computes what rows bear in a corner, with its own factors and with the other ones.
func (c *comparing) bear(set, mask, factorBit int, kind *datasets.Kind, t *column.Table) (own, other *cornerTotals, err error) {
	sources := map[string]engine.Source{}
	for _, k := range datasets.Kinds() {
		sources[k.Name] = tableSource{}
	}
	sources[kind.Name] = tableSource{kind, t}
	one := func(pack int) (x, y *cornerTotals, sure bool, err error) {
		p, err := c.plan(set, mask, pack)
		if err != nil {
			return nil, nil, false, err
		}
		s, err := c.scanPlan(p, pack, sources)
		if err != nil {
			return nil, nil, false, err
		}
		defer s.close()
		var second *plan
		if factorBit != 0 && pack == 0 {
			if second, err = c.plan(set, mask, 1); err != nil {
				return nil, nil, false, err
			}
		}
		return c.price(s, second, nil, false)
	}
	own, other, sure, err := one(0)
	if err == nil && !sure {
		other, _, _, err = one(1)
	}
	return own, other, err
}
