// Package trace holds the derivation of a figure as a tree: the cells of the impact table that it is the sum of, the contributions to each cell, the input
// rows behind each contribution, and what rules, parameters and rows of factors make of these. It computes no impact: Check computes a tree again from its
// leaves.
//
// # File format
//
// A Tree is written as JSON, trace.json. Numbers are written with the fewest digits that read back to the same float64. Children stand in the order in which
// they are computed with. Of a node with the operation
//
//	sum         the value is the exact sum of the children, rounded once to the nearest float64, half to even. A child with a remainder counts exactly:
//	            as its value and all of its remainder
//	product     1 is multiplied by the children in their order, as often as their exponent says, then divided by those of negative exponent, each step
//	            rounded to float64; an exponent that is not given is 1
//	difference  the first child less the second, rounded
//	negation    the child with the other sign
//	minimum, maximum  of both children
//	same        the value is that of the one child
//
// the value follows from the children. Of other operations, which are named as in the rules language (exp, choice, ...), it is given. What explains a value
// without being computed with, such as the formula of an uncertain quantity, whose amounts are added before they are multiplied by what is uncertain, stands
// under explained: within it the same holds.
//
// A node without a value has a text, such as a word of the row, or nothing where the row lacks it.
package trace

import (
	"encoding/json"
	"io"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Tree is the derivation of a figure.
type Tree struct {
	Format    int      `json:"format"`
	Study     string   `json:"study"`
	Method    string   `json:"method"`
	Pack      string   `json:"factor_pack"`
	Category  string   `json:"category"`
	Unit      string   `json:"unit"`
	Selection []Detail `json:"selection"` // by columns of the impact table
	Figure    *Node    `json:"figure"`
	Notes     []Note   `json:"notes"` // what is to be said of the figure as a whole
}

// Detail is a named word beside a node.
type Detail struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Note is something that touches the figure: of type gap, cut_off, fallback, overlay or accounting.
type Note struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Place *Place `json:"place,omitempty"`
}

// Place is where a node stands in a file that a person can open: a line of a text, or a row of a table, both from 1.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Row  int64  `json:"row,omitempty"`
}

// At is a place as diag has it; nil where there is none.
func At(p diag.Place) *Place {
	if p.File == "" {
		return nil
	}
	return &Place{p.File, p.Line, p.Row}
}

// String is file:line, or file row N.
func (p *Place) String() string { return diag.Place{File: p.File, Line: p.Line, Row: p.Row}.String() }

// Kind says what a node is.
type Kind string

const (
	Figure       Kind = "figure"       // the sum of cells, or the one cell
	Cell         Kind = "cell"         // of the impact table
	Contribution Kind = "contribution" // of a rule to a cell: an amount times a factor
	Amount       Kind = "amount"       // what the factor is multiplied by, in units of activity
	Rows         Kind = "rows"         // the exact sum of what rows state
	Row          Kind = "row"          // an input row
	Rest         Kind = "rest"         // all cells, contributions or rows that are not shown
	Rounding     Kind = "rounding"     // what numbers lose, as they enter a sum with a fixed quantum of 2^-128
	Uncertain    Kind = "uncertain"    // the product of parameters and factors that a sum of rows is multiplied by
	Coefficient  Kind = "coefficient"  // what the rule makes of a row, before that
	Share        Kind = "share"        // the part of a row's period that falls in the year
	Formula      Kind = "formula"      // of a rule
	Quantity     Kind = "quantity"     // of the method
	Column       Kind = "column"       // of the row
	Attribute    Kind = "attribute"    // of the catalogue row that the row refers to
	Parameter    Kind = "parameter"    // of the method
	Factor       Kind = "factor"       // row of a factor table
	Constant     Kind = "constant"
	Conversion   Kind = "conversion" // between units
	Operation    Kind = "operation"  // inside a formula
)

// Op says how a value follows from its children, see the package.
type Op string

const (
	Sum        Op = "sum"
	Product    Op = "product"
	Difference Op = "difference"
	Negation   Op = "negation"
	Minimum    Op = "minimum"
	Maximum    Op = "maximum"
	Same       Op = "same"
)

// Node is a value with what it comes from. A node belongs to one tree.
type Node struct {
	Kind      Kind      `json:"kind"`
	Label     string    `json:"label"`
	Value     *float64  `json:"value,omitempty"` // nil: there is no finite number
	Text      string    `json:"text,omitempty"`  // in place of a value
	Unit      string    `json:"unit,omitempty"`
	Operation Op        `json:"operation,omitempty"` // of leaves empty
	Exponent  int       `json:"exponent,omitempty"`  // among the factors of a product; 0 stands for 1
	Remainder []float64 `json:"remainder,omitempty"` // of a rest, and of a row with several terms: what the exact value has beyond Value, as numbers that add up to it exactly
	Count     int64     `json:"count,omitempty"`     // of rows, contributions or cells within
	Formula   string    `json:"formula,omitempty"`   // as the method has it
	Values    string    `json:"values,omitempty"`    // the formula with its values put in
	Details   []Detail  `json:"details,omitempty"`
	Place     *Place    `json:"place,omitempty"`
	Children  []*Node   `json:"children,omitempty"`
	Explained []*Node   `json:"explained,omitempty"`
}

// Is gives the node a value; none where it is no finite number.
func (n *Node) Is(v float64) *Node {
	n.Value = nil
	if v-v == 0 {
		n.Value = &v
	}
	return n
}

// Detail adds a named word, if there is any.
func (n *Node) Detail(name, value string) {
	if value != "" {
		n.Details = append(n.Details, Detail{name, value})
	}
}

// Has is a detail by its name, empty where there is none.
func (n *Node) Has(name string) string {
	for _, d := range n.Details {
		if d.Name == name {
			return d.Value
		}
	}
	return ""
}

// WriteJSON writes the tree as trace.json.
func (t *Tree) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(t)
}
