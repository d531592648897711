// Package unit knows units of measure as data: it parses "kg CO2e/kWh", compares dimensions and converts exactly.
//
// A unit is written as products (a space, * or ·) and quotients (/) of symbols with integer powers (m2, s-1, m^3). Quotients are
// read from left to right and a / divides by the one factor after it, so that L/kWh/a is L/(kWh·a). Symbols are case-sensitive and
// listed in units.yaml, each defined as an exact number times other symbols. What is counted has a dimension of its own: kg CO2e,
// kg Sbe and kg never mix, nor do a token, a request, a FLOP and a bit. "1" is the unit of what has none.
package unit

import (
	"math/big"
	"strconv"
	"strings"
)

// MaxPower bounds the power of each symbol in a unit, whether written or computed.
const MaxPower = 9

// Unit is an immutable value. Its zero value is the dimensionless 1. Units are compared by Equal or Compatible, not by ==.
type Unit struct {
	text    string   // as parsed; "" where computed
	factors []factor // in order of first appearance, no symbol twice, no power 0
	dim     dimension
	scale   *big.Rat // to the base units; nil is 1; shared, never written to
	invalid bool     // a power left ±MaxPower
}

// factor is a symbol to a power.
type factor struct {
	symbol string
	power  int
}

// One is the dimensionless unit 1.
var One Unit

// MustParse parses a unit that is part of the program and panics where it is wrong.
func MustParse(text string) Unit {
	u, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

// String is the text that the unit was parsed from, else its canonical text, which Parse reads back to an equal unit.
func (u Unit) String() string {
	if u.text != "" {
		return u.text
	}
	return u.canonical()
}

// canonical writes the factors with positive powers, then a / before each of the others: "kg CO2e/kWh", "1/s2".
func (u Unit) canonical() string {
	if u.invalid {
		return "(a unit with a power beyond ±" + strconv.Itoa(MaxPower) + ")"
	}
	var b strings.Builder
	write := func(f factor, power int) {
		b.WriteString(f.symbol)
		if power != 1 {
			b.WriteString(strconv.Itoa(power))
		}
	}
	for _, f := range u.factors {
		if f.power > 0 {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			write(f, f.power)
		}
	}
	if b.Len() == 0 {
		b.WriteByte('1')
	}
	for _, f := range u.factors {
		if f.power < 0 {
			b.WriteByte('/')
			write(f, -f.power)
		}
	}
	return b.String()
}

// Valid is false for the product of a Mul, Div or Pow that took a symbol beyond ±MaxPower, and for whatever is computed from it.
// Such a unit is compatible with none, itself included.
func (u Unit) Valid() bool { return !u.invalid }

// Compatible says whether values in u can be converted to v: both have the same dimension.
func (u Unit) Compatible(v Unit) bool { return !u.invalid && !v.invalid && u.dim == v.dim }

// Equal says whether values in u are values in v as they stand: same dimension and scale, however written.
func (u Unit) Equal(v Unit) bool { return u.Compatible(v) && u.exact().Cmp(v.exact()) == 0 }

// IsDimensionless says whether u is a mere number, such as 1, %, Wh/kWh.
func (u Unit) IsDimensionless() bool { return u.Compatible(One) }

// Mul is the unit of a product of a value in u and a value in v. Equal symbols cancel: kWh times kg CO2e/kWh is kg CO2e.
func (u Unit) Mul(v Unit) Unit { return u.times(v, 1) }

// Div is the unit of a quotient.
func (u Unit) Div(v Unit) Unit { return u.times(v, -1) }

// Pow is the unit of a value in u to the n-th power; n = 0 gives 1.
func (u Unit) Pow(n int) Unit { return Unit{invalid: u.invalid}.times(u, n) }

func (u Unit) times(v Unit, power int) Unit {
	out := Unit{
		invalid: u.invalid || v.invalid,
		factors: append(make([]factor, 0, len(u.factors)+len(v.factors)), u.factors...),
		dim:     u.dim,
	}
	if power > MaxPower || power < -MaxPower {
		out.invalid = out.invalid || len(v.factors) > 0
		power = 0
	}
	for _, f := range v.factors {
		out.add(f.symbol, f.power*power)
	}
	if out.invalid {
		return Unit{invalid: true}
	}
	for i := range out.dim {
		out.dim[i] += v.dim[i] * int16(power)
	}
	if u.scale != nil || v.scale != nil {
		out.scale = new(big.Rat).Mul(u.exact(), ratPower(v.exact(), power))
	}
	return out
}

// add multiplies the list of factors by a symbol's power.
func (u *Unit) add(symbol string, power int) {
	for i, f := range u.factors {
		if f.symbol != symbol {
			continue
		}
		f.power += power
		if f.power == 0 {
			u.factors = append(u.factors[:i], u.factors[i+1:]...)
			return
		}
		u.factors[i] = f
		u.invalid = u.invalid || f.power > MaxPower || f.power < -MaxPower
		return
	}
	if power != 0 {
		u.factors = append(u.factors, factor{symbol, power})
		u.invalid = u.invalid || power > MaxPower || power < -MaxPower
	}
}

// exact is the scale to the base units.
func (u Unit) exact() *big.Rat {
	if u.scale == nil {
		return one
	}
	return u.scale
}

var one = big.NewRat(1, 1)

// ratPower is r to the n-th power; r is not 0.
func ratPower(r *big.Rat, n int) *big.Rat {
	out := big.NewRat(1, 1)
	for range max(n, -n) {
		out.Mul(out, r)
	}
	if n < 0 {
		out.Inv(out)
	}
	return out
}

// Factor is what a value in from is multiplied by to give the value in to: the exact rational number, rounded once to the
// nearest float64. It is not ok where the dimensions differ, a unit is not Valid, or the number is outside float64's normal range.
func Factor(from, to Unit) (f float64, ok bool) {
	if !from.Compatible(to) {
		return 0, false
	}
	f, _ = new(big.Rat).Quo(from.exact(), to.exact()).Float64()
	if f < 0x1p-1022 || f > maxFloat {
		return 0, false
	}
	return f, true
}

// Exact is Factor before it is rounded. The result is the caller's.
func Exact(from, to Unit) (*big.Rat, bool) {
	if !from.Compatible(to) {
		return nil, false
	}
	return new(big.Rat).Quo(from.exact(), to.exact()), true
}

// Ratio is Factor as a numerator and a denominator that are both exact, so that v*num/den is v converted: 1/3600 for seconds to hours, whose quotient with a value is
// rounded once, while a factor is rounded itself. Where they are no whole numbers within 2^53 the numerator is the factor, and the denominator 1.
func Ratio(from, to Unit) (num, den float64, ok bool) {
	f, ok := Factor(from, to)
	if !ok {
		return 0, 0, false
	}
	r := new(big.Rat).Quo(from.exact(), to.exact())
	if !r.Num().IsInt64() || !r.Denom().IsInt64() || r.Num().Int64() > 1<<53 || r.Denom().Int64() > 1<<53 {
		return f, 1, true
	}
	return float64(r.Num().Int64()), float64(r.Denom().Int64()), true
}

const maxFloat = 0x1.fffffffffffffp1023
