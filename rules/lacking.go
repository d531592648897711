package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Lacking says of a row of the last batch, for which a flow is missing, what it is missing for: the columns, attributes and lookups without value that
// its amount reads, through quantities and their tiers. It is a phrase such as "no value of device_hours, hardware.rated_power" or "no tier has a value:
// tier 1: energy; tier 2: output_tokens", or empty where no input is known to lack a value.
func (r *Runner) Lacking(flow, row int) string {
	l := lacking{r: r, row: row, told: map[*quantity]bool{}, left: maxLacking}
	n := r.p.flows[flow].node
	for n.op == vector.Mul && n.leaf == inner && n.args[1].leaf == constant { // a conversion of units
		n = n.args[0]
	}
	if when := r.p.Flows[flow].TimeName; when != "" && !l.has(when) {
		return "no value of " + when
	}
	if n.leaf == quantityLeaf && !l.simple(n.quantity) && len(l.of(n)) > 0 {
		clear(l.told)
		l.left = maxLacking
		return "no tier has a value: " + l.tiers(n.quantity)
	}
	clear(l.told)
	l.left = maxLacking
	if inputs := l.of(n); len(inputs) > 0 {
		return "no value of " + strings.Join(inputs, ", ")
	}
	return ""
}

// maxLacking bounds how many inputs are named.
const maxLacking = 24

// lacking finds what a row has no value of. A quantity is told of once.
type lacking struct {
	r    *Runner
	row  int
	told map[*quantity]bool
	left int
}

// of lists the inputs for which an expression is missing; nothing where it has a value, or where it cannot be told.
func (l *lacking) of(n *node) []string {
	switch n.leaf {
	case columnLeaf:
		return l.unless(l.has(n.column), n.column)
	case attributeLeaf:
		return l.attribute(n)
	case lookupLeaf:
		return l.lookup(n.lookup)
	case quantityLeaf:
		return l.quantity(n.quantity)
	case inner:
	default:
		return nil
	}
	switch n.op {
	case vector.IsNil:
		return nil
	case vector.Coalesce, vector.And, vector.Or: // any side may decide
		return l.all(n.args)
	case vector.If: // the side that is taken is the one that lacks something
		if condition := l.of(n.args[0]); len(condition) > 0 {
			return condition
		}
		return l.union(n.args[1:])
	}
	return l.union(n.args)
}

// union is what any of the expressions lacks.
func (l *lacking) union(args []*node) []string {
	var out []string
	for _, a := range args {
		out = withNames(out, l.of(a))
	}
	return out
}

// all is what the expressions lack where each lacks something.
func (l *lacking) all(args []*node) []string {
	var out []string
	for _, a := range args {
		inputs := l.of(a)
		if len(inputs) == 0 {
			return nil
		}
		out = withNames(out, inputs)
	}
	return out
}

// withNames adds the names that are not there yet.
func withNames(out, names []string) []string {
	for _, name := range names {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// unless is a name where something has no value.
func (l *lacking) unless(has bool, name string) []string {
	switch {
	case has || l.left < 0:
		return nil
	case l.left == 0:
		name = "…"
	}
	l.left--
	return []string{name}
}

// has reports whether the row has a value in a column.
func (l *lacking) has(column string) bool {
	slot := l.r.slotOf(column)
	return slot < 0 || l.r.slots[slot].Valid.Get(l.row)
}

func (l *lacking) attribute(n *node) []string {
	ref := n.reference
	name := ref.Name + "." + ref.Fields[n.attribute].Name
	slot := l.r.slotOf(ref.Key)
	if slot < 0 {
		return nil
	}
	key := l.r.slots[slot]
	if !key.Valid.Get(l.row) {
		return l.unless(false, name+" (the row has no "+ref.Key+")")
	}
	id := key.Dict.Values[key.Codes[l.row]]
	row, ok := ref.Table.Row(id)
	if !ok {
		return l.unless(false, fmt.Sprintf("%s (%s has no row %s)", name, ref.Name, excerpt(id)))
	}
	return l.unless(ref.Table.Table.Data[n.attribute].Valid.Get(row), name+" of "+excerpt(id))
}

func (l *lacking) lookup(of *lookup) []string {
	if l.r.lookups[of.index].valid.Get(l.row) {
		return nil
	}
	name := of.source.Name
	for _, column := range of.key.columns {
		if !l.has(column) {
			return l.unless(false, name+" (the row has no "+column+")")
		}
	}
	var by [2]string
	for i, e := range []*vector.Expr{of.key.region, of.key.technology} {
		if e == nil {
			continue
		}
		id := l.r.key(e)[l.row]
		if id == amounts.None {
			return l.unless(false, name)
		}
		by[i] = excerpt(l.r.space.Names.Name(id))
	}
	keys, year := []string{"region", "technology"}, 0
	if of.byYear {
		if year = int(l.r.years[l.row]); year == 0 {
			return l.unless(false, name+" (the row has no year)")
		}
		keys = append(keys, "year")
	}
	return l.unless(false, fmt.Sprintf("%s (no %s for %s)", name, of.source.Factor, strings.Trim(sought(keys, by, year), " ()")))
}

// simple reports whether a quantity has one way alone.
func (l *lacking) simple(q *quantity) bool { return len(q.tiers) == 1 && q.tiers[0].when == nil }

func (l *lacking) quantity(q *quantity) []string {
	if l.r.quantities[q.index].grade.Valid.Get(l.row) {
		return nil
	}
	if l.told[q] {
		return l.unless(false, q.name)
	}
	if l.simple(q) {
		l.told[q] = true
		return l.of(q.tiers[0].node)
	}
	if name := l.unless(false, q.name); len(name) > 0 && name[0] == q.name {
		return []string{q.name + " (" + l.tiers(q) + ")"}
	}
	return nil
}

// tiers says why none of a quantity's ways leads to a value.
func (l *lacking) tiers(q *quantity) string {
	l.told[q] = true
	var out []string
	for i := 0; i < len(q.tiers); i++ {
		if l.left < 0 {
			out = append(out, "…")
			break
		}
		first := i
		for i < len(q.tiers) && !l.applies(&q.tiers[i]) {
			i++
		}
		switch {
		case i == first+1:
			out = append(out, fmt.Sprintf("tier %d does not apply", i))
		case i > first:
			out = append(out, fmt.Sprintf("tiers %d to %d do not apply", first+1, i))
		}
		if i == len(q.tiers) {
			break
		}
		inputs := l.of(q.tiers[i].node)
		if len(inputs) == 0 {
			inputs = []string{"…"}
		}
		out = append(out, fmt.Sprintf("tier %d: %s", i+1, strings.Join(inputs, ", ")))
	}
	return strings.Join(out, "; ")
}

// applies reports whether a tier's condition is true for the row.
func (l *lacking) applies(t *tier) bool {
	if t.when == nil {
		return true
	}
	v := l.r.machine.Eval(t.when)
	return v.Has(l.row) && v.Bool(l.row)
}
