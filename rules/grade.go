package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// classOf says where the quality class of a formula's value comes from: the worst of all that the value of a row used.
type classOf struct {
	base       int // worst of the tier's own and its parameters'
	row        bool
	basis      []int
	quantities []int
	lookups    []int
	choices    []choice
}

// choice is a ?: or a ??, of which a row uses one side.
type choice struct {
	test    *vector.Expr
	yes, no classOf
}

// class gathers where the quality class of a formula's value comes from. What it is multiplied by is found by the columns in keys, and a grade
// of these counts as well: electricity of an assumed region is no better known than the region.
func (c *compiler) class(n *node, keys ...string) classOf {
	var out classOf
	read := map[string]bool{}
	for _, name := range keys {
		read[name] = true
	}
	var walk func(n *node)
	walk = func(n *node) {
		switch n.leaf {
		case parameterLeaf:
			out.base = max(out.base, c.m.Parameters[n.parameter].Class)
		case lookupLeaf:
			out.lookups = append(out.lookups, n.lookup.index)
			for _, name := range n.lookup.key.columns {
				read[name] = true
			}
		case quantityLeaf:
			out.quantities = append(out.quantities, n.quantity.index)
		case columnLeaf:
			out.row = true
			read[n.column] = true
		case attributeLeaf:
			read[n.reference.Key] = true
		case inner:
			switch n.op {
			case vector.IsNil: // says that there is a value or none, whatever its quality
				out.row = out.row || readsRow(n.args[0])
				return
			case vector.If:
				walk(n.args[0])
				out.choices = append(out.choices, choice{c.vector(n.args[0]), c.class(n.args[1]), c.class(n.args[2])})
				return
			case vector.Coalesce:
				a, b := n.args[0], n.args[1]
				out.row = out.row || readsRow(a)
				test := &node{op: vector.IsNil, args: []*node{a}}
				out.choices = append(out.choices, choice{c.vector(test), c.class(b), c.class(a)})
				return
			}
		}
		for _, a := range n.args {
			walk(a)
		}
	}
	walk(n)
	for i, b := range c.m.Classes.Basis {
		if slices.ContainsFunc(b.Of, func(graded string) bool { return read[graded] }) {
			out.basis = append(out.basis, i)
		}
	}
	return out
}

// readsRow reports whether a formula reads a column of the row itself.
func readsRow(n *node) bool {
	reads := false
	n.eachLeaf(func(leaf *node) { reads = reads || leaf.leaf == columnLeaf })
	return reads
}

// classify writes the worst class that each selected row's value used.
func (r *Runner) classify(c *classOf, rows []int32, out []uint8) {
	if len(rows) == len(out) {
		clear(out)
	} else {
		for _, i := range rows {
			out[i] = 0
		}
	}
	r.worsen(c, rows, out, 0)
}

// worsen raises classes to those that a formula uses; every selected row has a value. depth counts the choices around it.
func (r *Runner) worsen(c *classOf, rows []int32, out []uint8, depth int) {
	if c.base > 0 {
		for _, i := range rows {
			out[i] = max(out[i], uint8(c.base))
		}
	}
	if c.row {
		r.gradeBy(-1, rows, out)
	}
	for _, b := range c.basis {
		r.gradeBy(b, rows, out)
	}
	for _, q := range c.quantities {
		worst(r.quantities[q].grade.Class, rows, out)
	}
	for _, l := range c.lookups {
		worst(r.lookups[l].class, rows, out)
	}
	for i := range c.choices {
		yes, no := r.split(r.machine.Eval(c.choices[i].test), rows, depth)
		r.worsen(&c.choices[i].yes, yes, out, depth+1)
		r.worsen(&c.choices[i].no, no, out, depth+1)
	}
}

func worst(from []uint8, rows []int32, out []uint8) {
	if len(rows) == len(out) {
		for i, class := range from[:len(out)] {
			out[i] = max(out[i], class)
		}
		return
	}
	for _, i := range rows {
		out[i] = max(out[i], from[i])
	}
}

// split divides rows by a test, and leaves out those where it has no value, in memory that the next split at the same depth reuses.
func (r *Runner) split(test *vector.Vec, rows []int32, depth int) (yes, no []int32) {
	for len(r.splits) <= depth {
		r.splits = append(r.splits, [2][]int32{})
	}
	yes, no = r.splits[depth][0][:0], r.splits[depth][1][:0]
	for _, i := range rows {
		if !test.Has(int(i)) {
			continue
		}
		if test.Bool(int(i)) {
			yes = append(yes, i)
		} else {
			no = append(no, i)
		}
	}
	r.splits[depth] = [2][]int32{yes, no}
	return yes, no
}

// gradeBy raises classes by the words of the row's own class (-1) or of a basis; a row without a word stays as it is, and an unknown
// word is the worst.
func (r *Runner) gradeBy(basis int, rows []int32, out []uint8) {
	column := r.rowClass
	if basis >= 0 {
		column = r.basisClass[basis]
	}
	if column < 0 {
		return
	}
	c := &r.slots[column]
	by := Grade{Column: r.p.Method.Classes.Row}
	if basis >= 0 {
		b := &r.p.Method.Classes.Basis[basis]
		by = Grade{b.Column, b}
	}
	grades := r.grades[basis+1].Of(c.Dict, by.Class)
	if len(grades) == 0 || slices.Max(grades) == 0 {
		return
	}
	switch {
	case c.Valid == nil && len(rows) == len(out):
		for i, code := range c.Codes[:len(out)] {
			out[i] = max(out[i], grades[code])
		}
		return
	case c.Valid == nil:
		for _, i := range rows {
			out[i] = max(out[i], grades[c.Codes[i]])
		}
		return
	}
	for _, i := range rows {
		if c.Valid.Get(int(i)) {
			out[i] = max(out[i], grades[c.Codes[i]])
		}
	}
}
