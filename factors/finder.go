package factors

import (
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/lca/names"
)

// Finder answers many lookups of one factor and category, by codes of region and technology in place of their names. It gives the answers of
// Resolve, each worked out once. It is safe for concurrent use.
type Finder struct {
	pack   *Pack
	def    *Definition // nil where the pack does not define the factor
	series *series     // nil where the pack has no row
	key    Key         // factor and category
	sel    Select
	pol    Policy

	first, span  int      // years that are remembered
	regions      []string // by code
	technologies []string // by code
	region       map[string]int32
	technology   map[string]int32
	answers      []atomic.Pointer[answers] // by technology and region
}

// answers are those of one place, by year: 0 where it is not known yet, 1 where there is no row, else the row's number and 2.
type answers []atomic.Int32

// maxPlaces bounds for how many places a Finder remembers answers.
const maxPlaces = 16 << 20

// NewFinder prepares lookups.
func (p *Pack) NewFinder(factor, category string, sel Select, pol Policy) *Finder {
	f := &Finder{pack: p, series: p.series[seriesKey{factor, category}], key: Key{Factor: factor, Category: category}, sel: sel, pol: pol, span: 1,
		regions: []string{""}, region: map[string]int32{"": 0}, technologies: []string{""}, technology: map[string]int32{"": 0}}
	d, ok := p.Definition(factor)
	if !ok {
		return f
	}
	f.def = d
	if d.byYear && f.series != nil && f.series.first != 0 {
		reach := 0 // beyond it no step leads to a row that has a year
		for _, step := range pol.steps {
			if step.Kind == NearestYear {
				reach = step.Max
			}
		}
		f.first = f.series.first - reach
		f.span = f.series.last + reach - f.first + 1
	}
	if d.byRegion { // what is asked for may be a region without a row of its own
		for _, code := range names.Regions().Codes() {
			f.region[code] = int32(len(f.regions))
			f.regions = append(f.regions, code)
		}
	}
	if f.series == nil {
		return f // every answer is the same error
	}
	if d.byTechnology {
		for i := range p.technologies.texts { // in order of the tables, not of the map
			if name := p.technologies.texts[i]; name != "" && f.series.hasTechnology(int32(i)) {
				f.technology[name] = int32(len(f.technologies))
				f.technologies = append(f.technologies, name)
			}
		}
	}
	if n := len(f.technologies) * len(f.regions); n <= maxPlaces {
		f.answers = make([]atomic.Pointer[answers], n)
	}
	return f
}

// Region is the code of a region: 0 where the factor is not found by region, -1 where there is none of this name.
func (f *Finder) Region(name string) int32 {
	return code(f.region, name, f.def == nil || f.def.byRegion)
}

// Technology is the code of a technology: 0 where the factor is not found by technology, -1 where it has no row of this one.
func (f *Finder) Technology(name string) int32 {
	return code(f.technology, name, f.def == nil || f.def.byTechnology)
}

func code(codes map[string]int32, name string, keyed bool) int32 {
	if !keyed {
		return 0
	}
	if at, ok := codes[name]; ok {
		return at
	}
	return -1
}

// Find is Resolve by codes, none of which may be -1: what has no code, Resolve is to be asked for by name.
func (f *Finder) Find(region, technology int32, year int) (Found, error) {
	k := f.asked(region, technology, year)
	if f.series == nil {
		return Found{}, f.pack.missing(k, f.sel)
	}
	if r := f.Row(region, technology, year); r != nil {
		return f.series.found(k, r, f.sel), nil
	}
	return f.pack.resolve(f.series, k, f.sel, f.pol) // the error
}

// asked is the key of codes, without what the factor is not found by.
func (f *Finder) asked(region, technology int32, year int) Key {
	k := f.key
	k.Region, k.Technology, k.Year = f.regions[region], f.technologies[technology], year
	if f.def != nil {
		k = f.def.asks(k)
	}
	return k
}

// Row is the row that Find finds, nil where there is none. It allocates nothing where the place is known already.
func (f *Finder) Row(region, technology int32, year int) *Row {
	at := 0
	if f.first != 0 {
		at = year - f.first
	}
	if f.answers == nil || at < 0 || at >= f.span {
		return f.look(region, technology, year)
	}
	place := &f.answers[int(technology)*len(f.regions)+int(region)]
	known := place.Load()
	if known == nil {
		fresh := make(answers, f.span)
		if place.CompareAndSwap(nil, &fresh) {
			known = &fresh
		} else {
			known = place.Load()
		}
	}
	slot := &(*known)[at]
	switch id := slot.Load(); id {
	case 0:
		r := f.look(region, technology, year)
		if r == nil {
			slot.Store(1)
		} else {
			slot.Store(r.ID + 2)
		}
		return r
	case 1:
		return nil
	default:
		return &f.pack.Rows[id-2]
	}
}

// look works an answer out.
func (f *Finder) look(region, technology int32, year int) *Row {
	if f.series == nil || f.series.ambiguous(&f.sel) >= 0 {
		return nil
	}
	return f.pack.look(f.series, f.asked(region, technology, year), f.sel, f.pol)
}
