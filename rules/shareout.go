package rules

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// ShareOut says how what the rows of a model bear is shared out to what the model does: over a stated count of units, with a share of what its ancestors
// bear. It gives intensities and nothing else: the burdens themselves stand in a total where their rows stand, once.
type ShareOut struct {
	Name    string         `doc:"name,required"`  // of the unit, as printed after the slash
	Unit    string         `doc:"unit,required"`  // of the count
	Count   *document.Node `doc:"count,required"` // how many units, of a row that says so
	Over    string         `doc:"over,required"`  // what the count is; stands in the comparison class
	Lineage string         `doc:"lineage"`        // column with the id of the row whose model a row's model continues; empty: nothing is inherited
	Key     *document.Node `doc:"key"`            // share of what that model bears which passes to this one
	Class   string         `doc:"class"`          // at best of this class; modelled where it is left out
	Doc     string         `doc:"doc"`
	At      *document.Node `doc:"@"`
}

// Best is the best class that an intensity can be of.
func (s *ShareOut) Best() int {
	if s.Class == "" {
		return class("modelled")
	}
	return max(class(s.Class), 0)
}

// shareOuts checks the words of a kind's list.
func (l *loader) shareOuts(k *KindRules, value *document.Node) {
	seen := map[string]bool{}
	for i := range k.Units {
		seen[k.Units[i].Name] = true
	}
	for i := range k.Shares {
		s := &k.Shares[i]
		if seen[s.Name] && s.Name != "" {
			l.probs.Add(s.At.Problem(diag.DuplicateName, "two functional units are named %s", s.Name))
		}
		seen[s.Name] = true
		l.classOf(s.At.Get("class"), s.Class, 0)
		if (s.Lineage == "") != (s.Key == nil) {
			p := s.At.Problem(diag.MissingKey, "lineage says whose model a row's model continues, and key which share of its burden passes: neither says anything alone")
			p.Hint = "lineage: parent_run_id, key: parent_share"
			l.probs.Add(p)
		}
	}
	l.few(value.Get("share_out"), "functional unit")
}

// shareOut checks the formulas of a sharing out, which the kind's program does not compute: see CompileShares.
func (c *compiler) shareOut(s *ShareOut) {
	if !c.hasPeriod() {
		c.probs.Add(s.At.Problem(diag.BadValue, "rows of %s have no period: nothing of them can be shared out", c.schema.Kind))
	}
	if s.Lineage != "" {
		if f, ok := c.field(s.Lineage); !ok || f.Type != lca.Text {
			p := s.At.Get("lineage").Problem(diag.UnknownName, "lineage must name a text column of %s, not %q", c.schema.Kind, excerpt(s.Lineage))
			p.Hint = "the column that holds the id of the row that is continued"
			c.probs.Add(p)
		}
	}
	if s.Count != nil && s.Unit != "" {
		parsed, err := unit.Parse(s.Unit)
		if err != nil {
			c.probs.Add(s.At.Get("unit").Problem(diag.BadUnit, "%v", err))
			return
		}
		n := c.measured(s.Count, parsed, s.Unit, "the count of "+s.Name)
		if n != nil && len(columns(n, nil)) == 0 && !c.throughColumns(n) {
			c.probs.Add(s.Count.Problem(diag.BadValue, "the count of %s is the same for every row: a count is what a row says of its model", s.Name))
		}
		c.shared(n)
	}
	if s.Key != nil {
		c.shared(c.measured(s.Key, unit.MustParse("1"), "1", "the key of "+s.Name))
	}
}

// throughColumns reports whether a formula uses a quantity or a lookup, which read columns in turn.
func (c *compiler) throughColumns(n *node) bool { return len(uses(n, nil)) > 0 }

// shared keeps what a formula of a sharing out uses, for the warnings of what nothing uses.
func (c *compiler) shared(n *node) {
	if n == nil {
		return
	}
	if c.p.forShares == nil {
		c.p.forShares = map[slot]bool{}
	}
	walk(uses(n, nil), c.p.forShares, func(slot) {})
}

// CompileShares compiles what rows of a kind say for the sharing out of it: flows alone of the method's list share_out, for each first the count, then the key
// where there is one. counts and keys are the columns on which these depend. The program is nil where the method shares nothing of the kind out.
func CompileShares(m *Method, schema *Schema, factors FactorUnits, where *document.Node, probs *diag.List) (p *Program, counts, keys []string) {
	at := slices.IndexFunc(m.Kinds, func(k KindRules) bool { return k.Kind == schema.Kind })
	if at < 0 || len(m.Kinds[at].Shares) == 0 {
		return nil, nil, nil
	}
	own := *m
	own.Kinds = slices.Clone(m.Kinds)
	k := &own.Kinds[at]
	k.Impacts, k.Units, k.Shares = nil, m.Kinds[at].shareUnits(), nil
	p = Compile(&own, schema, factors, where, probs)
	for i := range p.Flows {
		reads := columns(p.flows[i].node, nil)
		walk(p.flows[i].uses, map[slot]bool{}, func(u slot) {
			if u.lookup != nil {
				reads = append(reads, u.lookup.key.columns...)
				return
			}
			for j := range u.quantity.tiers {
				reads = columns(u.quantity.tiers[j].node, reads)
			}
		})
		if p.Flows[i].Unit.At.Get("key") == p.Flows[i].Unit.Count {
			keys = append(keys, reads...)
		} else {
			counts = append(counts, reads...)
		}
	}
	slices.Sort(counts)
	slices.Sort(keys)
	return p, slices.Compact(counts), slices.Compact(keys)
}

// shareUnits are what rows count for the sharing out of their kind.
func (k *KindRules) shareUnits() []FunctionalUnit {
	var out []FunctionalUnit
	for i := range k.Shares {
		s := &k.Shares[i]
		out = append(out, FunctionalUnit{Name: s.Name, Unit: s.Unit, Count: s.Count, Doc: s.Doc, At: s.At})
		if s.Key != nil {
			out = append(out, FunctionalUnit{Name: s.Name + ".key", Unit: "1", Count: s.Key, At: s.At})
		}
	}
	return out
}

// Shares are what the method shares out of a kind.
func (m *Method) Shares(kind string) []ShareOut {
	for i := range m.Kinds {
		if m.Kinds[i].Kind == kind {
			return m.Kinds[i].Shares
		}
	}
	return nil
}

// ShareText describes a sharing out.
type ShareText struct {
	Name    string    `json:"name"`
	Unit    string    `json:"unit"`
	Count   string    `json:"count"`
	Over    string    `json:"over"`
	Lineage string    `json:"lineage,omitempty"`
	Key     string    `json:"key,omitempty"`
	Class   string    `json:"class"`
	Uses    []UseText `json:"uses"`
	Doc     string    `json:"doc"`
	Place   string    `json:"place"`
}

func (d *describer) shareOut(s *ShareOut) ShareText {
	out := ShareText{Name: s.Name, Unit: s.Unit, Count: written(s.Count), Over: s.Over, Lineage: s.Lineage, Key: written(s.Key), Class: lca.Words().Qualities[s.Best()].Name, Doc: s.Doc,
		Place: s.At.Place.String()}
	var uses usesOf
	for _, n := range []*document.Node{s.Count, s.Key} {
		if n != nil {
			uses.read(d.c.check(n), d.p.Method)
		}
	}
	if s.Lineage != "" {
		uses.add(s.Lineage, "column")
	}
	out.Uses = uses.list()
	return out
}
