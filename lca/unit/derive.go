package unit

import "math/big"

// Root is the unit of the n-th root of a value in u: mm2 gives mm, W2 h2 gives W h. It is not ok where the power of a symbol is not divisible
// by n, or n is below 1. No root is found by conversion: mWh kWh has none, although it is the square of a Wh.
func (u Unit) Root(n int) (Unit, bool) {
	if u.invalid || n < 1 {
		return Unit{}, false
	}
	out := Unit{factors: make([]factor, 0, len(u.factors))}
	for _, f := range u.factors {
		if f.power%n != 0 {
			return Unit{}, false
		}
		out.factors = append(out.factors, factor{f.symbol, f.power / n})
	}
	for i, power := range u.dim {
		if int(power)%n != 0 {
			return Unit{}, false
		}
		out.dim[i] = int16(int(power) / n)
	}
	if u.scale != nil {
		num, exact := root(u.scale.Num(), n)
		denom, alsoExact := root(u.scale.Denom(), n)
		if !exact || !alsoExact {
			return Unit{}, false
		}
		out.scale = new(big.Rat).SetFrac(num, denom)
	}
	return out, true
}

// root is the n-th root of a positive whole number, rounded down, and whether it is exact.
func root(x *big.Int, n int) (*big.Int, bool) {
	power := big.NewInt(int64(n))
	low, high := big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), uint(x.BitLen()/n+1)) // low^n <= x < high^n
	for {
		mid := new(big.Int).Add(low, high)
		mid.Rsh(mid, 1)
		if mid.Cmp(low) == 0 {
			return low, new(big.Int).Exp(low, power, nil).Cmp(x) == 0
		}
		if new(big.Int).Exp(mid, power, nil).Cmp(x) <= 0 {
			low = mid
		} else {
			high = mid
		}
	}
}

// Plain is a unit of u's dimension as a person would write it: the known unit that is equal to u (kW for kWh/h), else a power of one of u's
// own symbols (h2 for kWh h/W), else u.
func (u Unit) Plain() Unit {
	t := known()
	for _, symbol := range t.symbols {
		if named := t.units[symbol]; named.Equal(u) {
			return named
		}
	}
	for _, f := range u.factors {
		for power := 1; power <= MaxPower; power++ {
			for _, n := range []int{power, -power} {
				if plain := t.units[f.symbol].Pow(n); plain.Compatible(u) {
					return plain
				}
			}
		}
	}
	return u
}
