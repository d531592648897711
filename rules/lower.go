package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// lowering compiles checked expressions to nodes of a column machine, each once.
type lowering struct {
	builder *vector.Builder
	leaf    func(n *node, read bool) *vector.Expr // what a leaf is; read is false where only its presence is asked for
	done    map[*node]*vector.Expr
}

func (l *lowering) expr(n *node) *vector.Expr {
	switch n.leaf {
	case inner:
	case constant:
		return l.constant(n)
	default:
		return l.leaf(n, true)
	}
	if e, ok := l.done[n]; ok {
		return e
	}
	e := l.operation(n)
	if l.done == nil {
		l.done = map[*node]*vector.Expr{}
	}
	l.done[n] = e
	return e
}

func (l *lowering) operation(n *node) *vector.Expr {
	switch {
	case n.op == vector.In:
		return l.builder.Member(l.expr(n.args[0]), n.options)
	case n.op == vector.IsNil && n.args[0].leaf != inner && n.args[0].leaf != constant:
		return l.builder.Make(vector.IsNil, l.leaf(n.args[0], false))
	}
	args := make([]*vector.Expr, len(n.args))
	for i, a := range n.args {
		args[i] = l.expr(a)
	}
	return l.builder.Make(n.op, args...)
}

func (l *lowering) constant(n *node) *vector.Expr {
	switch n.typ {
	case column.Bool:
		return l.builder.Flag(n.flag)
	case column.String:
		return l.builder.Text(n.text)
	}
	return l.builder.Number(n.number)
}

// vector compiles a checked expression over the columns of the kind; parameters stand as their point values.
func (c *compiler) vector(n *node) *vector.Expr { return c.overRows().expr(n) }

// overRows is the lowering to the program's own machine.
func (c *compiler) overRows() *lowering {
	if c.rows == nil {
		c.rows = &lowering{builder: c.p.builder, leaf: c.rowLeaf}
	}
	return c.rows
}

func (c *compiler) rowLeaf(n *node, read bool) *vector.Expr {
	b := c.p.builder
	switch n.leaf {
	case columnLeaf:
		return b.Column(c.slot(slot{column: n.column}), n.typ)
	case attributeLeaf:
		key := b.Column(c.slot(slot{column: n.reference.Key}), column.String)
		return b.Attribute(key, n.reference.Table, n.attribute)
	case parameterLeaf:
		return b.Number(c.m.Parameters[n.parameter].Value)
	case lookupLeaf:
		return b.Column(n.lookup.slot, column.Float)
	}
	n.quantity.read = n.quantity.read || read
	return b.Column(n.quantity.slot, column.Float)
}
