package study

import (
	"sync"

	"github.com/ai-impact-observatory/ailca/factors"
)

// finders are the lookups of a plan, one for each factor that the method names and category. They are made as they are first asked for, by any goroutine.
type finders struct {
	mu sync.Mutex
	by map[[2]string]*factors.Finder
}

// resolve finds a factor's row by the choice and fallbacks that the method declares.
func (p *plan) resolve(factor, category, region, technology string, year int) (factors.Found, error) {
	use := p.method.Use(factor)
	sel := selectOf(use.SelectFor(category))
	f := p.finders.get(factor, category, func() *factors.Finder {
		return p.pack.NewFinder(use.Source(), category, sel, p.policies[factor])
	})
	r, t := f.Region(region), f.Technology(technology)
	if r < 0 || t < 0 { // a name without a code, which a fallback may lead away from
		return p.pack.Resolve(factors.Key{Factor: use.Source(), Category: category, Region: region, Technology: technology, Year: year}, sel, p.policies[factor])
	}
	return f.Find(r, t, year)
}

func (f *finders) get(factor, category string, make func() *factors.Finder) *factors.Finder {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := [2]string{factor, category}
	if f.by == nil {
		f.by = map[[2]string]*factors.Finder{}
	}
	if f.by[key] == nil {
		f.by[key] = make()
	}
	return f.by[key]
}
