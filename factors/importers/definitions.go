package importers

import (
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// defined is what pack.yaml says of a factor.
type defined struct {
	name, title, per string
	unit             string // of a factor without categories
	keys             []string
}

// others are the factors that importers read and no pack of the program holds.
var others = []defined{
	{"renewable_share", "Renewable share of the electricity consumed", "1", "1", []string{"region", "year"}},
	{"carbon_free_share", "Carbon-free share of the electricity consumed", "1", "1", []string{"region", "year"}},
	{"provider_carbon_free_share", "Carbon-free share of a provider's region, contracts included", "1", "1", []string{"region", "year"}},
	{"provider_renewable_share", "Renewable share that a provider states for a region, contracts included", "1", "1", []string{"region", "year"}},
	{"device_end_of_life", "End of life of a device", "1", "", []string{"technology"}},
	{"vcpu_power_idle", "Power of an idle vCPU", "1", "W", []string{"technology"}},
	{"vcpu_power_full", "Power of a vCPU at full load", "1", "W", []string{"technology"}},
}

// definitions are those of the packs that are part of the program, of each factor the newest, and then the others.
var definitions = sync.OnceValue(func() []defined {
	var out []defined
	for _, ref := range slices.Backward(factors.EmbeddedNames()) {
		p := factors.Embedded(ref, &diag.List{})
		if p == nil {
			continue
		}
		for i := range p.Definitions {
			if d := &p.Definitions[i]; !isDefined(out, d.Name) {
				out = append(out, defined{d.Name, d.Title, d.PerText(), d.UnitText(), d.Keys})
			}
		}
	}
	for _, d := range others {
		if !isDefined(out, d.name) {
			out = append(out, d)
		}
	}
	return out
})

func isDefined(all []defined, name string) bool {
	return slices.ContainsFunc(all, func(d defined) bool { return d.name == name })
}

// definitionOf is what is known of a factor; nil where nothing is.
func definitionOf(name string) *defined {
	all := definitions()
	i := slices.IndexFunc(all, func(d defined) bool { return d.name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// in is the unit of a factor's rows of a category; false where it is not known.
func (d *defined) in(category string) (unit.Unit, bool) {
	if category == "" {
		u, err := unit.Parse(d.unit)
		return u, err == nil && d.unit != ""
	}
	c, ok := lca.Words().Category(category)
	if !ok {
		return unit.Unit{}, false
	}
	return unit.MustParse(c.Unit).Div(unit.MustParse(d.per)), true
}

// checkFactor compares a row with what is known of its factor: what it is found by, whether it is a burden, and which unit it has.
func (m *mapping) checkFactor(s *rowSpec) {
	name := s.get("factor")
	if name == nil || name.column != "" || name.constant == "" {
		return
	}
	given := func(key string) *document.Node {
		if c := s.get(key); c != nil {
			return c.node
		}
		if m.becomes == key {
			return s.node
		}
		return nil
	}
	category := given("category")
	d := definitionOf(name.constant)
	if d == nil {
		m.unknownFactor(name, category != nil)
		return
	}
	for _, key := range []string{"region", "year", "technology"} {
		at := given(key)
		if key == "year" && at == nil {
			at = given("from")
		}
		if has := slices.Contains(d.keys, key); has && at == nil {
			m.tell(s.node, diag.MissingKey, "", "%s is found by %s: the key %q is missing", d.name, strings.Join(d.keys, ", "), key)
		} else if !has && at != nil {
			m.tell(at, diag.BadValue, "leave it out", "%s is found by %s, not by %s: nothing would read it", d.name, strings.Join(d.keys, ", "), key)
		}
	}
	if d.unit == "" && category == nil {
		m.tell(s.node, diag.MissingKey, "", `%s is a burden: the key "category" is missing`, d.name)
		return
	} else if d.unit != "" && category != nil {
		m.tell(category, diag.BadValue, "leave it out", "%s is no burden: it has no category", d.name)
		return
	}
	u, of := s.get("unit"), ""
	if category != nil {
		c := s.get("category")
		if c == nil || c.column != "" {
			return
		}
		of = c.constant
	}
	if want, ok := d.in(of); ok && u != nil && u.column == "" && u.constant != "" {
		if have, err := unit.Parse(u.constant); err == nil && !have.Compatible(want) {
			m.tell(u.node, diag.UnitMismatch, "", "%s cannot be converted to %s, the unit of %s", u.constant, want, d.name)
		}
	}
}

// unknownFactor tells a factor that nothing is known of: an error where it is a burden, which needs to be known per what it is, and else a warning
// where it may be a slip.
func (m *mapping) unknownFactor(name *cellSpec, burden bool) {
	var known []string
	for _, d := range definitions() {
		known = append(known, d.name)
	}
	near := diag.Nearest(name.constant, known)
	if near == "" && !burden {
		return
	}
	p := name.node.Problem(diag.UnknownName, "no pack of the program defines the factor %q", name.constant)
	if p.Severity = diag.Warning; burden {
		p.Severity, p.Why = diag.Error, "a burden is per something, which its rows do not say"
	}
	if near != "" {
		p.Hint = "did you mean " + near + "?"
	}
	m.probs.Add(p)
}
