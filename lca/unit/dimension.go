package unit

import (
	"strconv"
	"strings"
	"sync"
)

// maxBases bounds the number of base units in units.yaml.
const maxBases = 12

// dimension is the power of each base unit, in the order of units.yaml.
type dimension [maxBases]int16

// Dimension says in words what u measures: "energy", "mass · CO2e / energy", "dimensionless". Of all ways to write it with the
// base dimensions and at most two named ones it is the shortest.
func (u Unit) Dimension() string {
	if u.invalid {
		return "beyond the powers of units"
	}
	return known().inWords(u.dim)
}

// described keeps what dimensions are in words: describe tries many ways to say it.
type described struct {
	mu    sync.Mutex
	words map[dimension]string
}

// maxDescribed bounds how many are kept.
const maxDescribed = 1000

func (t *table) inWords(d dimension) string {
	t.described.mu.Lock()
	defer t.described.mu.Unlock()
	words, ok := t.described.words[d]
	if !ok {
		words = t.describe(d)
		if t.described.words == nil || len(t.described.words) >= maxDescribed {
			t.described.words = map[dimension]string{}
		}
		t.described.words[d] = words
	}
	return words
}

// term is a dimension's name to a power.
type term struct {
	name  string
	power int
}

func (t *table) describe(d dimension) string {
	best, cost, hasNamed := t.terms(d, nil), -1, false
	try := func(rest dimension, named ...term) {
		terms := t.terms(rest, named)
		c := 0
		for _, x := range terms {
			c += max(x.power, -x.power)
		}
		// Of two equally short ways the first with a named dimension is taken: volume / energy / time, not length · time / mass.
		if cost < 0 || c < cost || c == cost && len(named) > 0 && !hasNamed {
			best, cost, hasNamed = terms, c, len(named) > 0
		}
	}
	try(d)
	powers := [...]int{1, -1, 2, -2}
	for i, first := range t.named {
		for _, p := range powers {
			rest := d.less(first.dim, p)
			try(rest, term{first.name, p})
			for _, second := range t.named[i+1:] {
				for _, q := range powers {
					try(rest.less(second.dim, q), term{first.name, p}, term{second.name, q})
				}
			}
		}
	}
	var b strings.Builder
	write := func(x term, separator string) {
		if b.Len() > 0 {
			b.WriteString(separator)
		}
		b.WriteString(x.name)
		if p := max(x.power, -x.power); p != 1 {
			b.WriteString("^" + strconv.Itoa(p))
		}
	}
	for _, x := range best {
		if x.power > 0 {
			write(x, " · ")
		}
	}
	if b.Len() == 0 {
		if len(best) == 0 {
			return "dimensionless"
		}
		b.WriteByte('1')
	}
	for _, x := range best {
		if x.power < 0 {
			write(x, " / ")
		}
	}
	return b.String()
}

// terms are the named ones, then those of the base units.
func (t *table) terms(d dimension, named []term) []term {
	out := append([]term(nil), named...)
	for i, power := range d {
		if power != 0 {
			out = append(out, term{t.bases[i].dimension, int(power)})
		}
	}
	return out
}

// less is d divided by the power of another dimension.
func (d dimension) less(other dimension, power int) dimension {
	for i := range d {
		d[i] -= other[i] * int16(power)
	}
	return d
}
