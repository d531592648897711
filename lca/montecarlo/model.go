// Package montecarlo draws figures that are sums of products of uncertain quantities.
//
// A figure is Σ coefficient × product, a product a quotient of powers of variables: the amounts table times factors has this form, whatever the
// number of rows behind it. A variable is drawn once for all that use it, so that a shared factor moves all figures together and cancels in their
// difference. The cost is that of a sparse matrix of coefficients by products times the matrix of the products' draws; that one is made a few hundred draws at a
// time, figures are taken as many at a time as memory is given for, and figures × draws are never held at once.
//
// Draws are keyed by the seed, the name of the variable and the number of the draw. So results do not depend on the order of variables, products or
// figures, on the number of workers or the memory, and another variable changes no draw of those that were there. Terms are added in the order in which the caller
// states them, which must not depend on any of these either.
//
// # Many small independent errors
//
// Where thousands of rows have errors of their own, their sum is drawn for the largest alone. The rest stands in Figure.Rest: its mean belongs to the
// terms, and what it deviates from it is drawn as one number per figure with the exact variance, given the products that it is multiplied by: lognormal where all of it
// has one sign, else normal. Where these are too many, Figure.Moving has the deviation move with the figure as a whole: right at the point values, and in each draw as far as its products move alike. Figures that the
// same rows stand behind, of which Figure.Error tells, deviate by the same number.
//
// # Sensitivity
//
// From the same structure follow, without a model run, Sobol indices (Indices), what a figure is where one quantity is low or high (At) and elasticities.
package montecarlo

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/dist"
)

// Variable is an uncertain quantity.
type Variable struct {
	Name  string // under which it is drawn; unique in a model
	Point float64
	Dist  dist.Dist // of the quantity, in any unit: a draw is Point × quantile / median. Fixed: it is Point in every draw
	// Lower and Upper are what the quantity cannot leave, in the unit of Dist; a draw beyond is the bound. Nil: there is none.
	Lower, Upper *float64
	// Common names an error that variables share, "" none; Rho is the correlation between the normal scores of any two that share it, 0 to 1.
	Common string
	Rho    float64
	// Made computes the variable from draws of others, which come before it in the model. Nil: it is drawn.
	Made func(draws [][]float64) []float64
	Of   []int32
	// Sum makes the variable of others, which come before it, as a sum of products: what is computed from a mix. No product has it but to the power of 1, so that its
	// variance can be told by what it is made of. Nil: it is none.
	Sum []Part
}

// Part is a coefficient and a product.
type Part struct {
	Coefficient float64
	Product     Product
}

// fixed reports whether every draw of the variable is its point value.
func (v *Variable) fixed() bool {
	return v.Made == nil && v.Sum == nil && v.Dist.Family() == dist.Fixed
}

// of visits the variables that it is made of.
func (v *Variable) of(visit func(variable int32)) {
	for _, of := range v.Of {
		visit(of)
	}
	for i := range v.Sum {
		for _, power := range v.Sum[i].Product {
			visit(power.Variable)
		}
	}
}

// Power is a variable and its exponent.
type Power struct {
	Variable int32
	Exponent int32
}

// Product is a product of powers of variables.
type Product []Power

// Term is a coefficient and a product.
type Term struct {
	Coefficient float64
	Product     int32
}

// Figure is a number that is published: the sum of its terms over that of Per.
type Figure struct {
	Name  string
	Terms []Term
	Rest  []Rest // the variance that many small independent errors give it
	// Moving is a further part of that variance, at the point values: of errors that are multiplied by so many products that they are taken to move with the terms as a
	// whole. Where these are so many times as large, the deviation is.
	Moving float64
	// RestMean is the part of the terms, at the point values, that the rest deviates from, where all of it has one sign; else 0. A sum of positive amounts that are off by
	// positive factors is positive and skewed, as a lognormal number of the same mean and variance is.
	RestMean float64
	// Error names the errors of the rest: figures that name the same deviate by it alike, as the same rows stand in each. Empty: the figure's name, which no other has.
	Error string
	Per   []Term // what the sum is divided by; empty: 1
	// Beside compares the figure with the one before it in the list, draw by draw: see Summary.Exceeds.
	Beside bool
}

// Rest is a part of a variance: Value × the products A and B. Errors of different rows that are multiplied by one product give the sum of their squares with that
// product twice; those of one row that are multiplied by several give their products with each pair.
type Rest struct {
	Value float64
	A, B  int32
}

// eachProduct visits the numbers of the products that a figure is made of; some are visited more than once.
func (f *Figure) eachProduct(visit func(product int32)) {
	for _, list := range [][]Term{f.Terms, f.Per} {
		for _, t := range list {
			visit(t.Product)
		}
	}
	for _, r := range f.Rest {
		visit(r.A)
		visit(r.B)
	}
}

// hasRest reports whether it has errors that are drawn as one.
func (f *Figure) hasRest() bool { return len(f.Rest) > 0 || f.Moving > 0 }

// Model is figures with all that they are made of.
type Model struct {
	Variables []Variable
	Products  []Product
	Figures   []Figure
}

// check refuses a model that refers to what it does not have: a mistake of the program.
func (m *Model) check() error {
	for i := range m.Variables {
		v := &m.Variables[i]
		var err error
		v.of(func(of int32) {
			if of < 0 || int(of) >= i {
				err = fmt.Errorf("montecarlo: %s is made of variable %d, which does not come before it", v.Name, of)
			}
		})
		if err != nil {
			return err
		}
	}
	for i, p := range m.Products {
		for _, power := range p {
			if power.Variable < 0 || int(power.Variable) >= len(m.Variables) || power.Exponent == 0 {
				return fmt.Errorf("montecarlo: product %d has the power %v", i, power)
			}
			if v := &m.Variables[power.Variable]; v.Sum != nil && power.Exponent != 1 {
				return fmt.Errorf("montecarlo: product %d has %s, which is a sum, to the power of %d", i, v.Name, power.Exponent)
			}
		}
	}
	for i := range m.Figures {
		var err error
		m.Figures[i].eachProduct(func(p int32) {
			if p < 0 || int(p) >= len(m.Products) {
				err = fmt.Errorf("montecarlo: the figure %s has product %d of %d", m.Figures[i].Name, p, len(m.Products))
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// errorName is what the draws of its rest are keyed by.
func (f *Figure) errorName() string {
	if f.Error != "" {
		return f.Error
	}
	return f.Name
}

// Needed are the variables that figures with given numbers depend on, ascending; all where no figure is given.
func (m *Model) Needed(figures ...int) (variables []int32) {
	if len(figures) == 0 {
		for i := range m.Variables {
			variables = append(variables, int32(i))
		}
		return variables
	}
	met := make([]bool, len(m.Products))
	var products []int32
	for _, f := range figures {
		m.Figures[f].eachProduct(func(p int32) {
			if !met[p] {
				met[p] = true
				products = append(products, p)
			}
		})
	}
	return m.needed(products)
}

// needed are the variables that products depend on.
func (m *Model) needed(products []int32) (variables []int32) {
	isVariable := make([]bool, len(m.Variables))
	for _, p := range products {
		for _, power := range m.Products[p] {
			isVariable[power.Variable] = true
		}
	}
	for v := range slices.Backward(m.Variables) { // what a variable is made of comes before it
		if isVariable[v] {
			m.Variables[v].of(func(of int32) { isVariable[of] = true })
		}
	}
	for v, is := range isVariable {
		if is {
			variables = append(variables, int32(v))
		}
	}
	return variables
}

// Point is a figure at the point values of all variables.
func (m *Model) Point(f *Figure) float64 {
	sum := m.pointOf(f.Terms)
	if len(f.Per) > 0 {
		sum /= m.pointOf(f.Per)
	}
	return sum
}

func (m *Model) pointOf(terms []Term) float64 {
	sum := 0.0
	for _, t := range terms {
		sum += float64(t.Coefficient * m.PointOf(t.Product))
	}
	return sum
}

// PointOf is a product at the point values of its variables.
func (m *Model) PointOf(product int32) float64 {
	v := 1.0
	for _, power := range m.Products[product] {
		v = raised(v, m.Variables[power.Variable].Point, power.Exponent)
	}
	return v
}

// raised is v × x^exponent, by multiplications and divisions alone.
func raised(v, x float64, exponent int32) float64 {
	for range exponent {
		v = float64(v * x)
	}
	for range -exponent {
		v /= x
	}
	return v
}

var errNoRatio = errors.New("montecarlo: indices are of sums, not of ratios")
