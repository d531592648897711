package factors

import (
	"maps"
	"slices"
)

// Completed is the pack with the factors of another one that it does not define, for whoever asks what a method that needs these gives with the pack. What either defines itself stays
// as it is. The rows that were added keep the places that they were read at, and do not say what they were derived from.
func (p *Pack) Completed(other *Pack) *Pack {
	missing := func(name string) bool { _, has := p.Definition(name); return !has }
	if !slices.ContainsFunc(other.Definitions, func(d Definition) bool { return missing(d.Name) }) {
		return p
	}
	out := *p
	out.Definitions, out.Rows = slices.Clone(p.Definitions), slices.Clone(p.Rows)
	out.byName, out.order = maps.Clone(p.byName), maps.Clone(p.order)
	out.regions, out.technologies = p.regions.clone(), p.technologies.clone()
	for _, d := range other.Definitions {
		if missing(d.Name) {
			out.byName[d.Name] = len(out.Definitions)
			out.Definitions = append(out.Definitions, d)
		}
	}
	for _, r := range other.Rows {
		if !missing(r.Factor) {
			continue
		}
		r.ID, r.Derived, r.layer = int32(len(out.Rows)), nil, 0
		r.region, r.technology = out.regions.code(r.Region), out.technologies.code(r.Technology)
		out.Rows = append(out.Rows, r)
	}
	(&loader{pack: &out}).index()
	return &out
}
