package scenarios

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/names"
)

// places finds what a region takes among the keys of drivers that are told apart by region.
type places struct {
	groups map[string]Group
	within map[string][]string // by code: the scenario's regions that have it as a member, those of fewest members first
	keys   []string            // that drivers name
	chains [][]string          // those of keys that a region takes one after the other, the nearest first: each chain once, that of the world first
	number map[string]int      // of a chain, by its keys
}

// newPlaces numbers the chains of all regions. A region's chain follows from its first key where that is a code; behind a region of the scenario comes what the member is part of by which it was reached.
func newPlaces(groups []Group, keys []string) *places {
	p := &places{groups: map[string]Group{}, within: map[string][]string{}, keys: keys, number: map[string]int{}}
	groups = slices.SortedFunc(slices.Values(groups), func(a, b Group) int {
		return cmp.Or(cmp.Compare(len(a.Members), len(b.Members)), cmp.Compare(a.Name, b.Name))
	})
	for _, g := range groups {
		p.groups[g.Name] = g
		for _, m := range g.Members {
			if !slices.Contains(p.within[m], g.Name) {
				p.within[m] = append(p.within[m], g.Name)
			}
		}
	}
	p.add(p.chain(names.World))
	for _, key := range keys {
		p.add(p.chain(key))
	}
	for _, g := range groups {
		p.add(p.chain(g.Name))
		for _, m := range g.Members {
			chain := p.chain(m)
			p.add(chain[max(slices.Index(chain, g.Name), 0):])
		}
	}
	return p
}

func (p *places) add(chain []string) {
	text := strings.Join(chain, " ")
	if _, has := p.number[text]; !has {
		p.number[text] = len(p.chains)
		p.chains = append(p.chains, chain)
	}
}

// at is the number of a region's chain; all regions together have that of the world.
func (p *places) at(region string) int {
	if region == "" {
		return 0
	}
	return p.number[strings.Join(p.chain(region), " ")]
}

func (p *places) chain(region string) []string {
	return slices.DeleteFunc(p.climb(region), func(key string) bool { return !slices.Contains(p.keys, key) })
}

// climb lists a region and what it is part of, the nearest first: its code, the scenario's regions that it is a member of, and so on up to the world. A region of the scenario is part of what all its
// members are part of.
func (p *places) climb(code string) []string {
	var out []string
	add := func(keys ...string) {
		for _, key := range keys {
			if !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	if g, ok := p.groups[code]; ok {
		add(code)
		for i, m := range g.Members {
			if of := p.climb(m); i == 0 {
				add(of...)
			} else {
				out = slices.DeleteFunc(out, func(key string) bool { return key != code && !slices.Contains(of, key) })
			}
		}
		add(names.World)
		return out
	}
	for ok := true; ok; code, ok = names.Regions().Parent(code) {
		add(code)
		add(p.within[code]...)
	}
	add(names.World) // of a code that nobody knows, too
	return out
}

// Nearest is the key of a driver's course that a region takes; empty where it takes that of all others, or none.
func (s *Scenario) Nearest(name, region string) string {
	d, ok := s.Get(name)
	if !ok || region == "" || d.By != "region" {
		return ""
	}
	for _, key := range s.values.places.climb(region) {
		if slices.ContainsFunc(d.Values, func(c Course) bool { return c.Key == key }) {
			return key
		}
	}
	return ""
}

// RegionTitle is what a person calls a region.
func (s *Scenario) RegionTitle(key string) string {
	for _, g := range s.Regions {
		if g.Name == key {
			return g.Title
		}
	}
	if r, ok := names.Regions().Lookup(key); ok {
		return r.Name
	}
	return key
}
