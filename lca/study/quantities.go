package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Origins of what is uncertain.
const (
	originParameter = "parameter"
	originFactor    = "factor"
	originInventory = "inventory"
	originDriver    = "driver"
)

// quantity is an uncertain quantity of a study, by its number in the model. Its draws are relative to its point value: 1 is the value itself.
type quantity struct {
	origin string
	title  string // as a person calls it
	shared string // how all are called together that share its error; empty where it shares none
}

// quantities turns what parts of figures are multiplied by into variables and products of a model.
type quantities struct {
	p     *plan
	space *amounts.Space
	model *montecarlo.Model
	about []quantity // of each variable

	variables map[string]int32
	symbols   map[int32]int32        // of each symbol of a monomial: its variable, -1 of one that is fixed
	rows      map[*factors.Row]int32 // of each factor's row that was asked for
	products  map[string]int32
	redrawing *redrawing    // nil where every rule has a normal form
	alike     *alikeFactors // factors' rows are drawn as those of another pack that answer the same question; nil: by themselves
	atPoints  []string      // names of what some formula takes at its point value in every draw, in the order in which they were met
}

func newQuantities(p *plan, space *amounts.Space) *quantities {
	return &quantities{p: p, space: space, model: &montecarlo.Model{}, variables: map[string]int32{}, symbols: map[int32]int32{}, products: map[string]int32{}, rows: map[*factors.Row]int32{}}
}

// count is how many quantities are uncertain: amounts of many sources are none by themselves.
func (q *quantities) count() int {
	n := 0
	for i := range q.about {
		if q.about[i].title != "" {
			n++
		}
	}
	return n
}

// variable is the number of a variable, made by the first who asks for it; -1 where every draw is its point value.
func (q *quantities) variable(name string, make func() (montecarlo.Variable, quantity)) int32 {
	id, ok := q.variables[name]
	if ok {
		return id
	}
	v, about := make()
	if v.Made == nil && v.Sum == nil && v.Dist.Family() == dist.Fixed {
		id = -1
	} else {
		v.Name = name
		id = int32(len(q.model.Variables))
		q.model.Variables = append(q.model.Variables, v)
		q.about = append(q.about, about)
	}
	q.variables[name] = id
	return id
}

// parameter is the variable of a method's parameter.
func (q *quantities) parameter(r *rules.Parameter) int32 {
	return q.variable(originParameter+" "+r.Name, func() (montecarlo.Variable, quantity) {
		v := montecarlo.Variable{Point: 1, Dist: r.Distribution}
		v.Lower, v.Upper = bounds(r.Bounds())
		return v, quantity{originParameter, r.Name, ""}
	})
}

// derived is the variable of what a method makes of parameters alone.
func (q *quantities) derived(d *rules.Derived) int32 {
	var of []int32
	var values []float64
	fixed := true
	for _, i := range d.Parameters {
		r := &q.p.method.Parameters[i]
		id := q.parameter(r)
		fixed = fixed && id < 0
		of, values = append(of, id), append(values, r.Value)
	}
	return q.variable("derived "+d.Name, func() (montecarlo.Variable, quantity) {
		v := montecarlo.Variable{Point: 1}
		if !fixed {
			var drawn []int32
			for _, id := range of {
				if id >= 0 {
					drawn = append(drawn, id)
				}
			}
			v.Of = drawn
			v.Made = func(draws [][]float64) []float64 { return relative(d, of, values, draws) }
		}
		return v, quantity{originParameter, d.Text, ""}
	})
}

// relative computes a derived symbol over its value, from draws of those of its parameters that are drawn.
func relative(d *rules.Derived, of []int32, values []float64, draws [][]float64) []float64 {
	n := len(draws[0])
	columns, next := make([][]float64, len(of)), 0
	for i, id := range of {
		columns[i] = make([]float64, n)
		for k := range n {
			columns[i][k] = values[i]
			if id >= 0 {
				columns[i][k] = float64(values[i] * draws[next][k])
			}
		}
		if id >= 0 {
			next++
		}
	}
	out := d.Values(columns)
	for k := range out {
		out[k] /= d.Value
	}
	return out
}

// factor is the variable of a factor's row. Whoever uses the row, for whatever year and region, uses the same. That of a row which the pack has computed from
// others is made of theirs.
func (q *quantities) factor(r *factors.Row) int32 {
	if id, ok := q.rows[r]; ok {
		return id
	}
	pack := q.p.packOf(r)
	name, common := pack.QuantityName(r), pack.Common
	if q.alike != nil {
		if _, taken := q.variables[originFactor+" "+r.Meaning()]; !taken { // by another publication's row in this run
			name, common = r.Meaning(), q.alike.common
		}
	}
	id := q.variable(originFactor+" "+name, func() (montecarlo.Variable, quantity) {
		v := montecarlo.Variable{Point: 1, Dist: r.Distribution}
		if parts := pack.Parts(r); parts != nil {
			v.Sum = q.mix(parts)
			return v, quantity{originFactor, name, ""}
		}
		v.Common, v.Rho = common(r)
		v.Lower, v.Upper = bounds(pack.Bounds(r))
		return v, quantity{originFactor, name, v.Common}
	})
	q.rows[r] = id
	return id
}

// mix is the sum of shares times values per technology, over what it is at their values; nil where none of them is drawn.
func (q *quantities) mix(parts []factors.Part) (sum []montecarlo.Part) {
	drawn := false
	for _, x := range parts {
		part := montecarlo.Part{Coefficient: x.Weight}
		for _, r := range []*factors.Row{x.Share, x.Value} {
			if id := q.factor(r); id >= 0 {
				drawn = true
				part.Product = append(part.Product, montecarlo.Power{Variable: id, Exponent: 1})
			}
		}
		sum = append(sum, part)
	}
	if !drawn {
		return nil
	}
	return sum
}

// symbol is the variable of a symbol of monomials; -1 of one that is fixed.
func (q *quantities) symbol(id int32) int32 {
	if v, ok := q.symbols[id]; ok {
		return v
	}
	s := q.space.Monomials.At(id)
	v := q.of(s.Ref)
	if mark, ok := s.Ref.(rules.Within); ok && q.of(mark.Of.Ref) >= 0 {
		q.atPoints = append(q.atPoints, mark.Of.Name)
	}
	q.symbols[id] = v
	return v
}

// of is the variable of what a symbol stands for; -1 of what is fixed.
func (q *quantities) of(ref any) int32 {
	switch ref := ref.(type) {
	case rules.Parameter:
		return q.parameter(&ref)
	case *rules.Derived:
		return q.derived(ref)
	case factors.Found:
		return q.factor(ref.Row)
	case driverSpread:
		return q.driver(&ref)
	}
	return -1
}

// bounds are what a quantity cannot leave; nil where that is nothing.
func bounds(lower, upper float64) (lo, hi *float64) {
	if !math.IsInf(lower, 0) {
		lo = &lower
	}
	if !math.IsInf(upper, 0) {
		hi = &upper
	}
	return lo, hi
}

// error is the variable of an error about 1 of which so much of the variance of the logarithm counts.
func (q *quantities) error(name, title string, s *spread, part float64) int32 {
	return q.variable(name, func() (montecarlo.Variable, quantity) {
		v := montecarlo.Variable{Point: 1}
		if part > 0 && s.gsd2 > 1 {
			d, err := dist.New(dist.Lognormal, 1, elementary.Exp(float64(elementary.Ln(s.gsd2)*math.Sqrt(part))))
			if err == nil {
				v.Dist = d
			}
		}
		return v, quantity{originInventory, title, ""}
	})
}

// moments are mean and variance of the error that a row has of its own, which is lognormal about 1.
func (s *spread) moments() (mean, variance float64) {
	sigma := float64(elementary.Ln(s.gsd2) / 2)
	own := float64(float64(sigma*sigma) * (1 - s.shared))
	mean = elementary.Exp(float64(own / 2))
	return mean, float64((elementary.Exp(own) - 1) * elementary.Exp(own))
}

// product is the number of a product of variables, none of which is fixed. The powers' order does not matter.
func (q *quantities) product(powers []montecarlo.Power) int32 {
	slices.SortFunc(powers, func(a, b montecarlo.Power) int {
		return strings.Compare(q.model.Variables[a.Variable].Name, q.model.Variables[b.Variable].Name)
	})
	var own montecarlo.Product
	for _, p := range powers {
		if n := len(own); n > 0 && own[n-1].Variable == p.Variable {
			if own[n-1].Exponent += p.Exponent; own[n-1].Exponent == 0 {
				own = own[:n-1]
			}
		} else {
			own = append(own, p)
		}
	}
	name := q.spell(own)
	id, ok := q.products[name]
	if !ok {
		id = int32(len(q.model.Products))
		q.products[name] = id
		q.model.Products = append(q.model.Products, own)
	}
	return id
}

func (q *quantities) spell(p montecarlo.Product) string {
	var b []byte
	for _, power := range p {
		b = append(b, q.model.Variables[power.Variable].Name...)
		b = append(b, '^')
		b = strconv.AppendInt(b, int64(power.Exponent), 10)
		b = append(b, '\n')
	}
	return string(b)
}

// powers are those of a monomial, a factor's row and the error that rows share, without what is fixed.
func (q *quantities) powers(k productKey, f *forms) (powers []montecarlo.Power) {
	add := func(variable, exponent int32) {
		if variable >= 0 {
			powers = append(powers, montecarlo.Power{Variable: variable, Exponent: exponent})
		}
	}
	for _, p := range q.space.Monomials.Powers(k.mono) {
		add(q.symbol(p.Symbol), p.Exponent)
	}
	if k.redraw > 0 {
		add(q.redrawing.variable(f.redraws.keys[k.redraw-1]), 1)
	}
	if k.row != nil {
		add(q.factor(k.row), 1)
	}
	if k.shared > 0 {
		e := &f.shared.keys[k.shared-1]
		s := &f.spreads.keys[e.spread]
		add(q.error(fmt.Sprintf("source %s %q %s", e.kind, e.source, s.name), e.source+" ("+s.name+")", s, s.shared), 1)
	}
	return powers
}

// name tells a product key from every other, whatever the numbers of this run.
func (f *forms) name(k productKey) string {
	var b strings.Builder
	m := &f.a.space.Monomials
	for _, p := range m.Powers(k.mono) {
		fmt.Fprintf(&b, "%s^%d\n", m.At(p.Symbol).Name, p.Exponent)
	}
	if k.redraw > 0 {
		r := f.redraws.keys[k.redraw-1]
		fmt.Fprintf(&b, "redrawn %s %s ", f.a.p.flows[r.flow].Kind, f.a.p.flows[r.flow].Name)
		if r.group != allGroups {
			fmt.Fprintf(&b, "%q", f.groupNames(r.group))
		}
	}
	if k.row != nil {
		b.WriteString(f.a.p.packOf(k.row).QuantityName(k.row))
	}
	if k.shared > 0 {
		e := &f.shared.keys[k.shared-1]
		fmt.Fprintf(&b, "\n%s %q %s", e.kind, e.source, f.spreads.keys[e.spread].name)
	}
	return b.String()
}

// ranks gives the numbers of names their places in the order of the names.
func ranks(names []string) []int32 {
	order := make([]int32, len(names))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(names[a], names[b]) })
	out := make([]int32, len(names))
	for at, id := range order {
		out[id] = int32(at)
	}
	return out
}
