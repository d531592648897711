package study

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

// builder makes figures of a model out of forms.
type builder struct {
	f     *forms
	q     *quantities
	known map[productKey]int32 // products of the model
	ranks []int32              // of product keys, by which terms are ordered
	mixes []mixed              // by number

	sources []sharedSource // by number of the error that rows of one share
	text    []byte
}

// sharedSource is an error that rows share.
type sharedSource struct {
	place  int32 // among all, by name
	digest [sha256.Size]byte
	power  montecarlo.Product
}

// mixed is a mix by the errors that sources have in common.
type mixed struct {
	name     string
	parts    []sourcePart
	variable int32 // of all parts together, and 1, see builder.mixed; 0: not made
}

// sourcePart is what one source brings to an amount, by the means of its rows' own errors.
type sourcePart struct {
	shared      int32 // see mixPart
	coefficient float64
}

// fewSources is how many sources' parts of an amount are terms of their own: figures have them in common where they are multiplied by the same.
const fewSources = 8

func (f *forms) builder(q *quantities) *builder {
	b := &builder{f: f, q: q, known: map[productKey]int32{}, mixes: make([]mixed, len(f.mixes.list))}
	shared := make([]string, len(f.shared.keys))
	for i := range shared {
		shared[i] = f.name(productKey{shared: int32(i + 1)})
	}
	b.sources = make([]sharedSource, len(shared))
	for i, place := range ranks(shared) {
		b.sources[i] = sharedSource{place, sha256.Sum256([]byte(shared[i])), q.powers(productKey{shared: int32(i + 1)}, f)}
	}
	for i := range b.mixes {
		b.mixes[i] = b.mix(&f.mixes.list[i])
	}
	names := make([]string, len(f.products.keys))
	for i, k := range f.products.keys {
		names[i] = f.name(k)
		if k.mix > 0 {
			names[i] += "\n" + b.mixes[k.mix-1].name
		}
	}
	b.ranks = ranks(names)
	return b
}

// mix tells the parts of a mix apart by what sources have in common, in the order of these. It is named by what it is made of, so that equal ones are one.
func (b *builder) mix(m *mixture) mixed {
	m.merge()
	parts := m.parts
	place := func(p mixPart) int32 {
		if p.shared == 0 {
			return -1
		}
		return b.sources[p.shared-1].place
	}
	slices.SortStableFunc(parts, func(x, y mixPart) int {
		return cmp.Or(cmp.Compare(place(x), place(y)), b.f.compareOwn(x.spread, y.spread))
	})
	out := mixed{parts: make([]sourcePart, 0, len(parts))}
	for _, p := range parts {
		mean := 1.0
		if p.spread > 0 {
			mean, _ = b.f.spreads.keys[p.spread-1].moments()
		}
		if n := len(out.parts); n == 0 || out.parts[n-1].shared != p.shared {
			out.parts = append(out.parts, sourcePart{shared: p.shared})
		}
		out.parts[len(out.parts)-1].coefficient += float64(p.value * mean)
	}
	text := b.text[:0]
	for i := range out.parts {
		p := &out.parts[i]
		p.coefficient /= m.weight // not 0: an amount without magnitude is in no figure
		var d [sha256.Size]byte
		if p.shared > 0 {
			d = b.sources[p.shared-1].digest
		}
		text = append(text, d[:]...)
		text = binary.LittleEndian.AppendUint64(text, math.Float64bits(p.coefficient))
	}
	out.name = fmt.Sprintf("amounts %x", sha256.Sum256(text))
	b.text = text
	return out
}

// few reports whether the parts are terms of their own.
func (m *mixed) few() bool { return len(m.parts) <= fewSources }

// mixed is the variable of a mix of many sources, made for the first figure that has it.
func (b *builder) mixed(number int32) int32 {
	m := &b.mixes[number]
	if m.variable == 0 {
		m.variable = 1 + b.q.variable(m.name, func() (montecarlo.Variable, quantity) {
			v := montecarlo.Variable{Sum: make([]montecarlo.Part, len(m.parts))}
			for i, p := range m.parts {
				v.Sum[i].Coefficient = p.coefficient
				if p.shared > 0 {
					v.Sum[i].Product = b.sources[p.shared-1].power
				}
				v.Point += p.coefficient
			}
			return v, quantity{originInventory, "", ""}
		})
	}
	return m.variable - 1
}

// compareOwn orders spreads by their numbers and 1; none comes first.
func (f *forms) compareOwn(a, b int32) int {
	if a == 0 || b == 0 {
		return cmp.Compare(a, b)
	}
	return f.compareSpreads(a-1, b-1)
}

// product is the number of what a part is multiplied by, in the model.
func (b *builder) product(k productKey) int32 {
	id, ok := b.known[k]
	if !ok {
		id = b.q.product(b.powers(k))
		b.known[k] = id
	}
	return id
}

// powers are what a part is multiplied by, without what is fixed.
func (b *builder) powers(k productKey) []montecarlo.Power {
	powers := b.q.powers(k, b.f)
	if k.mix > 0 {
		powers = append(powers, montecarlo.Power{Variable: b.mixed(k.mix - 1), Exponent: 1})
	}
	return powers
}

// figure adds a form to the model.
func (b *builder) figure(names figureNames, to *form) {
	b.q.model.Figures = append(b.q.model.Figures, montecarlo.Figure{Name: names.name, Error: names.rows, Terms: b.terms(to), Rest: b.rest(to), Moving: b.moving(to), RestMean: b.restMean(to)})
}

// fewLeft is the part of a sum below which nothing is left of it once what it is made of is taken away again.
const fewLeft = 1e-12

// fewOf is the part of a form below which a term is what rounding leaves of parts that are taken away again.
const fewOf = 1e-14

// terms are the parts of a form in an order that depends on names alone; parts of one product are one term.
func (b *builder) terms(to *form) []montecarlo.Term {
	to.keep(mostErrors, float64(leastError*to.size))
	at := map[int32]int{}
	var all []montecarlo.Term
	add := func(product int32, value float64) {
		i, ok := at[product]
		if !ok {
			i = len(all)
			at[product] = i
			all = append(all, montecarlo.Term{Product: product})
		}
		all[i].Coefficient += value
	}
	to.terms.each(func(x, y uint64) int { return cmp.Compare(b.ranks[x], b.ranks[y]) }, func(p uint64, v float64) {
		k := b.f.products.keys[p]
		if k.mix == 0 || !b.mixes[k.mix-1].few() {
			add(b.product(k), v)
			return
		}
		for _, part := range b.mixes[k.mix-1].parts {
			own := k
			own.mix, own.shared = 0, part.shared
			add(b.product(own), float64(v*part.coefficient))
		}
	})
	// Of rows that are drawn one by one the means stand in all parts, too.
	for _, e := range to.errs {
		spread := &b.f.spreads.keys[e.spread]
		v := b.q.error(b.f.errorName(e.rowError), b.f.errorTitle(e.rowError), spread, 1-spread.shared)
		mean, _ := spread.moments()
		for _, t := range e.terms {
			k := b.f.products.keys[t.product]
			add(b.product(k), float64(-t.value*mean))
			product := b.product(k)
			if v >= 0 {
				product = b.q.product(append(b.powers(k), montecarlo.Power{Variable: v, Exponent: 1}))
			}
			add(product, t.value)
		}
	}
	least := float64(fewOf * to.size)
	return slices.DeleteFunc(all, func(t montecarlo.Term) bool { return abs(t.Coefficient) <= least })
}

// rest is the variance of what many rows' own errors add up to.
func (b *builder) rest(to *form) []montecarlo.Rest {
	at := map[[2]int32]int{}
	var out []montecarlo.Rest
	ordered := func(k uint64) (low, high int32) {
		x, y := pairOf(k)
		return min(b.ranks[x], b.ranks[y]), max(b.ranks[x], b.ranks[y])
	}
	to.pairs.each(func(x, y uint64) int {
		xa, xb := ordered(x)
		ya, yb := ordered(y)
		return cmp.Or(cmp.Compare(xa, ya), cmp.Compare(xb, yb), b.f.compareSpreads(spreadIn(x), spreadIn(y)))
	}, func(k uint64, v float64) {
		_, variance := b.f.spreads.keys[spreadIn(k)].moments()
		x, y := pairOf(k)
		one, other := b.product(b.f.products.keys[x]), b.product(b.f.products.keys[y])
		products := [2]int32{min(one, other), max(one, other)}
		i, ok := at[products]
		if !ok {
			i = len(out)
			at[products] = i
			out = append(out, montecarlo.Rest{A: products[0], B: products[1]})
		}
		out[i].Value += float64(variance * v)
	})
	return out
}

// restMean is what the rest comes to at the point values of all else, where all of it has one sign; 0 where it has not.
func (b *builder) restMean(to *form) float64 {
	positive, negative := to.positive, to.negative
	for _, e := range to.errs {
		mean, _ := b.f.spreads.keys[e.spread].moments()
		for _, t := range e.terms {
			v := float64(t.value * mean)
			positive -= max(v, 0)
			negative -= min(v, 0)
		}
	}
	least := float64(fewLeft * (to.positive - to.negative))
	switch {
	case positive > least && negative < -least:
		return 0
	case positive > least:
		return positive
	case negative < -least:
		return negative
	}
	return 0
}

// moving is the variance of errors whose products are too many to tell apart.
func (b *builder) moving(to *form) float64 {
	if !to.wide {
		return 0
	}
	sum := 0.0
	to.whole.each(func(x, y uint64) int { return b.f.compareSpreads(int32(x), int32(y)) }, func(s uint64, v float64) {
		_, variance := b.f.spreads.keys[s].moments()
		sum += float64(variance * v)
	})
	return sum
}
