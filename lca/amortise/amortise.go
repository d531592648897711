// Package amortise spreads burdens of devices over their service lives, and accounts for them year by year:
//
//	opening + manufactured = services + unused + written off + closing
//
// where opening is what of the burdens of earlier years is not amortised, services and unused are the year's amortisation, parted by how much of the
// fleet's capacity services used, and written off is what is left of devices that are retired before the end of their life.
//
// A device amortises in equal parts each day from its first day in service to the end of its life or its last day in service, whichever comes first. After
// the end of its life it is there and may be used, but nothing of it is left to amortise: what services use is spread evenly over all devices that are in
// service, so that use of old devices bears nothing.
//
// Everything is computed in rational numbers, without rounding, and published as multiples of one power of two, so that the equation holds to the bit where
// its terms are added as float64, in each year and over all years.
package amortise

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Devices are devices of one type that are in service on the same days, counted from 1970-01-01.
type Devices struct {
	From  int     // the first
	Until int     // the day after the last one; NeverRetired where there is none
	Life  float64 // service life, in days
}

// NeverRetired is far beyond any year that is looked at.
const NeverRetired = 1 << 30

// Fleet is the devices of one type. The zero value has none. What it gives does not depend on the order in which devices are added.
type Fleet struct {
	counts map[Devices]*exact.Sum
}

// MaxDates bounds the dates of one fleet that are told apart.
const MaxDates = 1 << 16

// Add adds a number of devices, which may be a part of one. It reports false where there are too many different dates.
func (f *Fleet) Add(d Devices, count float64) bool {
	if f.counts == nil {
		f.counts = map[Devices]*exact.Sum{}
	}
	s := f.counts[d]
	if s == nil {
		if len(f.counts) == MaxDates {
			return false
		}
		s = &exact.Sum{}
		f.counts[d] = s
	}
	s.Add(count)
	return true
}

// Plan is what the dates of a fleet come to, year by year.
type Plan struct {
	first, last int
	made        map[int]*big.Rat         // devices, by the year in which they were put into service
	inLife      map[int]map[int]*big.Rat // of those made in a year, how many of their lives pass in another
	off         map[int]map[int]*big.Rat // and how many are lost at retirement
	lives       map[int]*big.Rat         // that pass in a year, of all devices
	capacity    map[int]*big.Rat         // in lives, what all devices could do in a year, those beyond their life included
}

// Plan computes the years from the first one to last. Devices that are put into service later take no part. It fails for a life that is not positive.
func (f *Fleet) Plan(last int) (*Plan, error) {
	p := &Plan{last: last, made: map[int]*big.Rat{}, inLife: map[int]map[int]*big.Rat{}, off: map[int]map[int]*big.Rat{}, lives: map[int]*big.Rat{}, capacity: map[int]*big.Rat{}}
	for d, sum := range f.counts {
		count := new(big.Rat)
		if count.SetFloat64(sum.Float64()) == nil || !(d.Life > 0) || d.Until <= d.From {
			return nil, fmt.Errorf("%v devices with a life of %v days in service from day %d to %d", sum.Float64(), d.Life, d.From, d.Until)
		}
		year := amounts.YearOf(float64(d.From))
		if year == 0 || year > last || count.Sign() == 0 {
			continue
		}
		if p.first == 0 || year < p.first {
			p.first = year
		}
		add(p.made, year, count)
		life := new(big.Rat).SetFloat64(d.Life)
		from, until := rat(d.From), rat(d.Until)
		end := least(until, new(big.Rat).Add(from, life)) // of amortising
		passed := new(big.Rat)
		for y := year; y <= last; y++ {
			start, next := rat(amounts.NewYear(y)), rat(amounts.NewYear(y+1))
			share := func(to *big.Rat) *big.Rat { // lives, of all these devices
				days := new(big.Rat).Sub(least(to, next), most(from, start))
				if days.Sign() <= 0 {
					return new(big.Rat)
				}
				days.Quo(days, life)
				return days.Mul(days, count)
			}
			in := share(end)
			passed.Add(passed, in)
			addIn(p.inLife, year, y, in)
			add(p.lives, y, in)
			add(p.capacity, y, share(until))
			if retired := amounts.YearOf(float64(d.Until - 1)); d.Until < NeverRetired && retired == y {
				addIn(p.off, year, y, new(big.Rat).Sub(count, passed))
			}
		}
	}
	return p, nil
}

// First is the first year of the plan; 0 where there is none.
func (p *Plan) First() int { return p.first }

// Years lists the years in which devices were put into service.
func (p *Plan) Years() []int { return slices.Sorted(maps.Keys(p.made)) }

// Share is how much of the capacity of a year services use, who wear out so many lives of devices; at most 1. ok is false where they use more than there
// is, by more than rounding may have made of it.
func (p *Plan) Share(year int, used float64) (share *big.Rat, ok bool) {
	u, all := new(big.Rat), p.capacity[year]
	if u.SetFloat64(used) == nil || used < 0 {
		return nil, false
	}
	if u.Sign() == 0 {
		return u, true
	}
	if all == nil || all.Sign() == 0 {
		return nil, false
	}
	u.Quo(u, all)
	if u.Cmp(rat(1)) > 0 {
		return rat(1), u.Cmp(new(big.Rat).SetFrac64(1e9+1, 1e9)) <= 0
	}
	return u, true
}

// BeyondLife is the share of a year's capacity that devices beyond their service life have.
func (p *Plan) BeyondLife(year int) *big.Rat {
	all := p.capacity[year]
	if all == nil || all.Sign() == 0 {
		return new(big.Rat)
	}
	in := new(big.Rat)
	if l := p.lives[year]; l != nil {
		in = l
	}
	return new(big.Rat).Sub(rat(1), new(big.Rat).Quo(in, all))
}

// Year is the account of a year.
type Year struct {
	Year                  int
	Opening, Manufactured float64
	Services, Unused      float64
	WrittenOff, Closing   float64
	Known                 bool     // false: how much of the capacity services used is not known, and Unused holds all of the year's amortisation
	Amortised             *big.Rat // to services, without rounding
}

// Account parts burdens that were manufactured, by the year in which the devices were put into service, over the years. share is how much of the capacity
// services used in a year, nil where that is not known. It fails where there are burdens of a year without devices.
func (p *Plan) Account(made map[int]float64, share func(year int) *big.Rat) ([]Year, error) {
	burden := map[int]*big.Rat{}
	all := new(big.Rat)
	for _, year := range slices.Sorted(maps.Keys(made)) {
		b := new(big.Rat)
		if b.SetFloat64(made[year]) == nil || made[year] < 0 {
			return nil, fmt.Errorf("%v was manufactured in %d", made[year], year)
		}
		if b.Sign() == 0 || year > p.last {
			continue
		}
		if p.made[year] == nil {
			return nil, fmt.Errorf("%v was manufactured in %d, in which no device was put into service", made[year], year)
		}
		burden[year] = b
		all.Add(all, b)
	}
	if p.first == 0 || all.Sign() == 0 {
		return nil, nil
	}
	of := func(parts map[int]map[int]*big.Rat, y int) *big.Rat { // burdens of all devices, in their parts of a year
		sum := new(big.Rat)
		for year, b := range burden {
			if part := parts[year][y]; part != nil {
				x := new(big.Rat).Quo(part, p.made[year])
				sum.Add(sum, x.Mul(x, b))
			}
		}
		return sum
	}
	q := quantum(all)
	in, out := new(big.Rat), new(big.Rat) // since the first year
	var whole [2]*big.Int
	whole[0], whole[1] = new(big.Int), new(big.Int) // the same, in quanta
	var years []Year
	for y := p.first; y <= p.last; y++ {
		if b := burden[y]; b != nil {
			in.Add(in, b)
		}
		amortised, off := of(p.inLife, y), of(p.off, y)
		out.Add(out, amortised)
		out.Add(out, off)
		x := Year{Year: y, Opening: value(new(big.Int).Sub(whole[0], whole[1]), q)}
		enter, leave := rounded(in, q), rounded(out, q)
		x.Manufactured = value(new(big.Int).Sub(enter, whole[0]), q)
		parts := []*big.Rat{new(big.Rat), amortised, off}
		if s := share(y); s != nil {
			x.Known = true
			parts[0] = new(big.Rat).Mul(amortised, s)
			parts[1] = new(big.Rat).Sub(amortised, parts[0])
			x.Amortised = parts[0]
		}
		quanta := apportion(parts, q, new(big.Int).Sub(leave, whole[1]))
		x.Services, x.Unused, x.WrittenOff = value(quanta[0], q), value(quanta[1], q), value(quanta[2], q)
		whole[0], whole[1] = enter, leave
		x.Closing = value(new(big.Int).Sub(enter, leave), q)
		years = append(years, x)
	}
	return years, nil
}

// quantum is the exponent of the power of two of which a sum has fewer than 2^53.
func quantum(sum *big.Rat) int {
	e := sum.Num().BitLen() - sum.Denom().BitLen() // the sum is below 2^(e+1)
	return max(e+1-53+1, -1074)                    // and a half more, for rounding
}

// scaled is a number in quanta.
func scaled(x *big.Rat, q int) *big.Rat {
	by := new(big.Int).Lsh(big.NewInt(1), uint(max(q, -q)))
	if q > 0 {
		return new(big.Rat).Quo(x, new(big.Rat).SetInt(by))
	}
	return new(big.Rat).Mul(x, new(big.Rat).SetInt(by))
}

// floor is the whole part of a number that is not negative, and what is left.
func floor(x *big.Rat) (*big.Int, *big.Rat) {
	n, rest := new(big.Int).QuoRem(x.Num(), x.Denom(), new(big.Int))
	return n, new(big.Rat).SetFrac(rest, x.Denom())
}

// rounded is a number that is not negative in whole quanta, half up: it rises where the number does.
func rounded(x *big.Rat, q int) *big.Int {
	n, _ := floor(new(big.Rat).Add(scaled(x, q), big.NewRat(1, 2)))
	return n
}

// apportion gives whole quanta to parts so that they add up to a sum that differs from theirs by less than two: by the largest remainder, the first where
// there are several.
func apportion(parts []*big.Rat, q int, sum *big.Int) []*big.Int {
	out, rest := make([]*big.Int, len(parts)), make([]*big.Rat, len(parts))
	left := new(big.Int).Set(sum)
	for i, x := range parts {
		out[i], rest[i] = floor(scaled(x, q))
		left.Sub(left, out[i])
	}
	order := []int{0, 1, 2}[:len(parts)]
	slices.SortStableFunc(order, func(i, j int) int { return rest[j].Cmp(rest[i]) })
	one := big.NewInt(1)
	for k := 0; left.Sign() > 0; k++ {
		if at := order[k%len(order)]; parts[at].Sign() > 0 || k >= len(order) {
			out[at].Add(out[at], one)
			left.Sub(left, one)
		}
	}
	for k := len(order) - 1; left.Sign() < 0; k = (k + len(order) - 1) % len(order) {
		if at := order[k]; out[at].Sign() > 0 {
			out[at].Sub(out[at], one)
			left.Add(left, one)
		}
	}
	return out
}

// value is a number of quanta, exactly.
func value(n *big.Int, q int) float64 {
	f := new(big.Float).SetPrec(64).SetInt(n)
	v, _ := f.SetMantExp(f, q).Float64()
	return v
}

func rat(n int) *big.Rat { return new(big.Rat).SetInt64(int64(n)) }

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func most(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return b
	}
	return a
}

func add(to map[int]*big.Rat, year int, x *big.Rat) {
	if to[year] == nil {
		to[year] = new(big.Rat)
	}
	to[year].Add(to[year], x)
}

func addIn(to map[int]map[int]*big.Rat, made, year int, x *big.Rat) {
	if to[made] == nil {
		to[made] = map[int]*big.Rat{}
	}
	add(to[made], year, x)
}
