package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/attribution"
	"github.com/ai-impact-observatory/ailca/rules"
)

// result gathers all parts.
func (c *comparing) result() (*Comparison, error) {
	words := lca.Words()
	out := &Comparison{Year: c.year, Totals: []ComparedTotal{}, Names: []ComparedName{}, Quantities: []ComparedQuantity{}, Causes: []Cause{}, Notes: []string{}}
	for i, e := range c.ends {
		*[]*Compared{&out.A, &out.B}[i] = Compared{Study: e.study.Name, Title: e.study.Title, Method: e.plan.method.Ref(), Pack: e.plan.pack.Ref(), Year: e.study.Year}
	}
	if c.ends[0].plan.method.Digest != c.ends[1].plan.method.Digest {
		out.Rules = rules.Compare(c.ends[0].plan.method, c.ends[1].plan.method)
	}
	leaves := c.leaves()
	var keys []totalKey
	for _, e := range c.ends {
		for k := range e.totals {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	slices.SortFunc(keys, totalKey.compare)
	moved := make([]bool, len(leaves))
	for _, k := range keys {
		t := ComparedTotal{Year: int(k.year), Category: words.Categories[k.category].Name, Unit: words.Categories[k.category].Unit,
			Perspective: words.Perspectives[k.perspective].Name, Accounting: words.Accountings[k.accounting].Name, Parts: []Part{}, Causes: []CausePart{}}
		if v, ok := c.ends[0].totals[k]; ok {
			t.A = &v
		}
		if v, ok := c.ends[1].totals[k]; ok {
			t.B = &v
		}
		for i, complete := range []*bool{&t.AComplete, &t.BComplete} {
			*complete = !c.ends[i].result.incomplete[incompleteKey{t.Year, t.Perspective, t.Accounting, t.Category}]
		}
		if t.A != nil && t.B != nil {
			d := *t.B - *t.A
			t.Difference = &d
			c.part(&t, k, d, leaves, moved)
		}
		out.Totals = append(out.Totals, t)
	}
	c.named(out)
	for _, name := range append(slices.Clone(c.unions), softwareCause, unexplainedCause) {
		if !slices.ContainsFunc(leaves, func(l leaf) bool { return l.cause == name }) {
			continue
		}
		cause := Cause{Name: name, Title: causeTitles[name], Items: []CauseItem{}}
		for i := range leaves {
			if leaves[i].cause == name && moved[i] {
				cause.Items = append(cause.Items, leaves[i].item)
			}
		}
		out.Causes = append(out.Causes, cause)
	}
	if err := c.quantities(out); err != nil {
		return nil, err
	}
	if len(c.o.Order) > 0 {
		for _, u := range c.inOrder() {
			out.Order = append(out.Order, c.unions[u])
		}
	}
	out.Notes = append(out.Notes, c.notes...)
	return out, nil
}

// leaf is an item of a cause with its part of each total, as it was computed.
type leaf struct {
	cause string
	item  CauseItem
	parts map[totalKey]float64
}

// part makes of the leaves' parts of a total such as add up to its difference.
func (c *comparing) part(t *ComparedTotal, k totalKey, difference float64, leaves []leaf, moved []bool) {
	values := make([]float64, len(leaves))
	for i := range leaves {
		values[i] = leaves[i].parts[k]
	}
	parts, rest := attribution.Parts(difference, values)
	for i, p := range parts {
		if p != 0 {
			t.Parts = append(t.Parts, Part{Cause: leaves[i].cause, Item: leaves[i].item.Name, Value: p})
			moved[i] = true
		}
	}
	if rest != 0 {
		t.Parts = append(t.Parts, Part{Cause: roundingCause, Item: roundingCause, Value: rest})
	}
	intervals := c.intervals(k)
	if t.P05, t.P95 = ofUnion(intervals, len(c.unions)); slices.ContainsFunc(t.Parts, func(p Part) bool { return p.Cause == softwareCause || p.Cause == unexplainedCause }) {
		t.P05, t.P95 = nil, nil // the difference drawn is without these
	}
	for i, p := range t.Parts {
		if i == 0 || t.Parts[i-1].Cause != p.Cause {
			t.Causes = append(t.Causes, CausePart{Cause: p.Cause})
			last := &t.Causes[len(t.Causes)-1]
			last.P05, last.P95 = ofUnion(intervals, slices.Index(c.unions, p.Cause))
		}
		t.Causes[len(t.Causes)-1].Value += p.Value
	}
}

// leaves are the items of all causes, in the order of the causes.
func (c *comparing) leaves() []leaf {
	var out []leaf
	for u, name := range c.unions {
		whole := c.union(u)
		var items []leaf
		switch name {
		case rulesCause:
			items = c.ruleItems(u)
		case factorsCause:
			items = c.factors.leaves()
		case inventoryCause:
			items = c.rows.leaves()
		}
		if len(items) == 0 {
			out = append(out, leaf{name, CauseItem{Name: name, Detail: c.detail(name)}, whole})
			continue
		}
		out = append(out, items...)
		if other, ok := c.remainder(name, whole, items); ok {
			out = append(out, other)
		}
	}
	if software, ok := c.software(); ok {
		out = append(out, software)
	}
	if rest, ok := c.unexplained(out); ok {
		out = append(out, rest)
	}
	return out
}

// unexplained is what no cause has a part in although it differs by more than rounding. It is told, never spread among the others.
func (c *comparing) unexplained(leaves []leaf) (leaf, bool) {
	out := leaf{unexplainedCause, CauseItem{Name: unexplainedCause, Detail: causeTitles[unexplainedCause]}, map[totalKey]float64{}}
	for k, b := range c.ends[1].totals {
		a, both := c.ends[0].totals[k]
		if !both {
			continue
		}
		rest, size := b-a, max(math.Abs(a), math.Abs(b))
		for i := range leaves {
			rest -= leaves[i].parts[k]
			size = max(size, math.Abs(leaves[i].parts[k]))
		}
		if math.Abs(rest) > 1e-9*size {
			out.parts[k] = rest
		}
	}
	return out, len(out.parts) > 0
}

// software is what published totals differ by from those computed anew, in B less in A.
func (c *comparing) software() (leaf, bool) {
	out := leaf{softwareCause, CauseItem{Name: softwareCause, Detail: causeTitles[softwareCause]}, map[totalKey]float64{}}
	for side, e := range c.ends {
		for k, v := range e.totals {
			if d := v - e.anew[k]; d != 0 {
				out.parts[k] += float64(d * float64(2*side-1))
			}
		}
	}
	return out, len(out.parts) > 0
}

// remainder is what a cause does beyond its items: where these decide together which way rows take. It is not ok where that is rounding.
func (c *comparing) remainder(name string, whole map[totalKey]float64, items []leaf) (leaf, bool) {
	other := leaf{name, CauseItem{Name: "other " + name, Detail: "what they do beyond single items, such as deciding which way a row takes"}, map[totalKey]float64{}}
	for k, w := range whole {
		sum, size := 0.0, math.Abs(w)
		for i := range items {
			sum += items[i].parts[k]
			size = max(size, math.Abs(items[i].parts[k]))
		}
		for _, e := range c.ends {
			size = max(size, math.Abs(e.totals[k]))
		}
		if math.Abs(w-sum) > 1e-11*size {
			other.parts[k] = w - sum
		}
	}
	return other, len(other.parts) > 0
}

// union gives a cause's part of each total.
func (c *comparing) union(u int) map[totalKey]float64 {
	out := map[totalKey]float64{}
	values := make([]float64, len(c.sets))
	for i, k := range c.totals.all {
		for set, m := range c.sets {
			values[set] = m.total(i)
		}
		if p := attribution.Union(u, c.weights(u), values); p != 0 {
			out[k] = p
		}
	}
	return out
}

// weights are those of the sets of other causes by which a cause's part is averaged: of all orders, or the one set that comes before it in the order asked for.
func (c *comparing) weights(union int) []float64 {
	if len(c.o.Order) == 0 {
		return attribution.Coalitions(len(c.unions), union)
	}
	out := make([]float64, 1<<len(c.unions))
	before := 0
	for _, u := range c.inOrder() {
		if u == union {
			out[before] = 1
			break
		}
		before |= 1 << u
	}
	return out
}

// inOrder are the causes that differ in the order asked for.
func (c *comparing) inOrder() (out []int) {
	place := func(u int) int {
		name, _, _ := strings.Cut(c.unions[u], " and ")
		if at := slices.Index(c.o.Order, name); at >= 0 {
			return at
		}
		return len(c.o.Order)
	}
	for u := range c.unions {
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(place(a), place(b)) })
	return out
}

// named tells what the causes do to the parts of the headline year's totals in which a column has a value.
func (c *comparing) named(out *Comparison) {
	words := lca.Words()
	var keys []totalKey
	for k := range c.ends[1].totals {
		if int(k.year) == c.year {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, totalKey.compare)
	for column := range c.ends[0].names {
		by := "stage"
		if column < len(groupNames) {
			by = groupNames[column]
			if !slices.Contains(c.columns, column) {
				continue
			}
		}
		var names []string
		for _, e := range c.ends {
			for name := range e.names[column] {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) > mostNames || c.ends[0].overflow[column] || c.ends[1].overflow[column] {
			c.notes = append(c.notes, fmt.Sprintf("more than %d values of %s: they are not told apart", mostNames, by))
			continue
		}
		for _, k := range keys {
			var rows []ComparedName
			for _, name := range names {
				r := ComparedName{By: by, Name: name, Category: words.Categories[k.category].Name, Perspective: words.Perspectives[k.perspective].Name, Accounting: words.Accountings[k.accounting].Name}
				for i, p := range []**float64{&r.A, &r.B} {
					if v, ok := c.ends[i].names[column][name][k]; ok {
						*p = &v
					}
				}
				if r.A == nil && r.B == nil {
					continue
				}
				values := make([]float64, len(c.sets))
				for set, m := range c.sets {
					values[set] = m.name(column, name, c.totals.at[k])
				}
				for u := range c.unions {
					r.Causes = append(r.Causes, attribution.Union(u, c.weights(u), values))
				}
				r.Causes, _ = attribution.Parts(r.Difference(), r.Causes)
				rows = append(rows, r)
			}
			slices.SortStableFunc(rows, func(x, y ComparedName) int { return cmp.Compare(math.Abs(y.Difference()), math.Abs(x.Difference())) })
			out.Names = append(out.Names, rows...)
		}
	}
}
