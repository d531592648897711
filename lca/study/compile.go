package study

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// policy turns the method's declared fallbacks into the pack's, and refuses factors that the pack does not define.
func (p *plan) policy(probs *diag.List) {
	var defined []string
	for _, d := range p.pack.Definitions {
		defined = append(defined, d.Name)
	}
	for _, u := range p.method.Factors {
		if !slices.Contains(defined, u.Source()) {
			x := u.At().ProblemAt(u.Place, diag.UnknownName, "the factor pack %s has no factor %q", p.pack.Ref(), u.Source())
			x.Hint = "ailca factors lists those that there are"
			if near := diag.Nearest(u.Source(), defined); near != "" {
				x.Hint = "did you mean " + near + "?"
			}
			if pack := definedIn(u.Source()); pack != "" {
				x.Hint = "the pack " + pack + " has it"
			}
			probs.Add(x)
			continue
		}
		var steps []factors.Step
		for _, f := range u.Fallbacks {
			switch {
			case f.NearestYear > 0:
				steps = append(steps, factors.Step{Kind: factors.NearestYear, Max: f.NearestYear})
			case f.ParentRegion:
				steps = append(steps, factors.Step{Kind: factors.ParentRegion})
			case f.World:
				steps = append(steps, factors.Step{Kind: factors.WorldRegion})
			case f.Technology != "":
				steps = append(steps, factors.Step{Kind: factors.OtherTechnology, To: f.Technology})
			case f.Kind != rules.Select{}:
				steps = append(steps, factors.Step{Kind: factors.OtherKind, Select: selectOf(f.Kind)})
			}
		}
		policy, err := factors.NewPolicy(steps...)
		if err != nil {
			probs.Add(u.At("fallbacks").Problem(diag.BadValue, "the fallbacks of %s: %v", u.Factor, err))
		}
		p.policies[u.Factor] = policy
		if !variants(&u, probs) {
			continue
		}
		for _, category := range append([]string{""}, p.method.Categories...) {
			if err := p.pack.Ambiguity(u.Source(), category, selectOf(u.SelectFor(category))); err != nil {
				probs.Add(u.At().ProblemAt(u.Place, diag.BadValue, "%v", err))
			}
		}
	}
}

// definedIn is the newest embedded pack that defines a factor; empty where none does.
func definedIn(factor string) string { return embeddedDefinitions()[factor] }

var embeddedDefinitions = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, name := range factors.EmbeddedNames() { // the newest last
		if p := factors.Embedded(name, &diag.List{}); p != nil {
			for _, d := range p.Definitions {
				out[d.Name] = name
			}
		}
	}
	return out
})

// variants refuses words of select that mean nothing, each at its place, and reports whether there are none.
func variants(u *rules.FactorUse, probs *diag.List) bool {
	ok := true
	check := func(s rules.Select, keys ...any) {
		for _, one := range []struct {
			key   string
			value factors.Select
		}{{"flow", factors.Select{Flow: s.Flow}}, {"point", factors.Select{Point: s.Point}}, {"scope", factors.Select{Scope: s.Scope}}, {"margin", factors.Select{Margin: s.Margin}}} {
			at := u.At(append(keys, one.key)...)
			if err := one.value.Check(); err != nil && (len(keys) == 1 || u.At(keys...).Get(one.key) != nil) {
				probs.Add(at.Problem(diag.BadValue, "the choice of %s: %v", u.Factor, err))
				ok = false
			}
		}
	}
	check(u.Select, "select")
	for _, category := range slices.Sorted(maps.Keys(u.ByCategory)) {
		check(u.ByCategory[category], "by_category", category)
	}
	return ok
}

func selectOf(s rules.Select) factors.Select {
	return factors.Select{Flow: s.Flow, Point: s.Point, Scope: s.Scope, Margin: s.Margin}
}

// FactorUnit tells the rules what the pack knows of a factor.
func (p *plan) FactorUnit(name string) (per, value unit.Unit, keys []string, ok bool) {
	use := p.method.Use(name)
	d, ok := p.pack.Definition(use.Source())
	if !ok {
		return unit.Unit{}, unit.Unit{}, nil, false
	}
	value, _ = p.pack.Unit(d.Name, "")
	return d.Per, value, d.Keys, true
}

// FactorValue finds the value that a lookup inside a formula takes, in the unit that FactorUnit told.
func (p *plan) FactorValue(use rules.FactorUse, region, technology string, year int) (rules.FactorValue, bool) {
	found, err := p.resolve(use.Factor, "", region, technology, year)
	if err != nil && p.filler != nil {
		found, err = p.filler.lookup(use.Factor, region, technology, year, err)
	}
	if err != nil {
		if p.missed != nil {
			p.missed.add(use.Factor, region, technology, year)
		}
		return rules.FactorValue{}, false
	}
	to, _ := p.pack.Unit(use.Source(), "")
	f, ok := unit.Factor(found.Row.Unit, to)
	if !ok {
		return rules.FactorValue{}, false
	}
	name := fmt.Sprintf(factorName, use.Factor, region, technology, year, found.Row.ID)
	return rules.FactorValue{Value: float64(found.Row.Value * f), Class: classIndex(found.Row.Quality), Name: name, Ref: found}, true
}

// factorName names a factor's value: factor, region, technology and year that were asked for, and the number of the row that was found.
const factorName = "factor %s %q %q %d #%d"

// factorSymbol finds a factor's value again by its name; false where the pack gives another row, or none.
func (p *plan) factorSymbol(name string) (amounts.Symbol, bool) {
	var factor, region, technology string
	var year, row int
	if n, err := fmt.Sscanf(name, factorName, &factor, &region, &technology, &year, &row); n != 5 || err != nil {
		return amounts.Symbol{}, false
	}
	v, ok := p.FactorValue(p.method.Use(factor), region, technology, year)
	return amounts.Symbol{Name: v.Name, Value: v.Value, Ref: v.Ref}, ok && v.Name == name
}

// classIndex is a quality class's place in the vocabulary; an unknown word is the worst.
func classIndex(word string) int {
	names := lca.Names(lca.Words().Qualities)
	if i := slices.Index(names, word); i >= 0 {
		return i
	}
	return len(names) - 1
}

// references holds the study's catalogues in memory, by kind, once for all that read them. One that cannot be read is told the first time, and left out.
func (p *plan) references(probs *diag.List) map[string]*vector.Reference {
	if p.catalogued != nil {
		return p.catalogued
	}
	out := map[string]*vector.Reference{}
	for _, name := range slices.Sorted(maps.Keys(p.tables)) { // problems are told in this order
		inv := p.tables[name]
		if inv.Kind().Activity {
			continue
		}
		table, err := reference(inv)
		if err != nil {
			probs.Errorf(diag.BadParquet, diag.Place{File: inv.Files()[0]}, "%v", err)
			continue
		}
		out[name] = table
	}
	p.catalogued = out
	return out
}

func (p *plan) compile(probs *diag.List) {
	tables := p.references(probs)
	for _, k := range p.kinds {
		schema := schemaOf(k.kind, tables)
		before := probs.Count(diag.Error)
		k.program = rules.Compile(p.method, schema, p, p.study.Where[k.kind.Name], probs)
		if probs.Count(diag.Error) == before { // what is wrong has been told
			k.sharing = p.newSharing(schema, k.kind.Name, probs)
		}
		k.first = len(p.flows)
		p.flows = append(p.flows, k.program.Flows...)
		for range k.program.Flows {
			p.flowKind = append(p.flowKind, slices.Index(p.kinds, k))
		}
		p.burdens(k.program, probs)
		k.groupColumns()
		p.splits(k, probs)
		if units := len(slices.DeleteFunc(slices.Clone(k.program.Flows), func(f rules.FlowRule) bool { return f.Unit == nil })); len(k.groups) > engine.MaxGroups-maxSplit || units > engine.MaxUnits {
			at := p.method.Kinds[slices.IndexFunc(p.method.Kinds, func(r rules.KindRules) bool { return r.Kind == k.kind.Name })].Place
			probs.Add(p.method.ProblemAt(at, diag.TooLarge, "the functional units of %s: at most %d, with %d columns in their comparison classes", k.kind.Name, engine.MaxUnits, engine.MaxGroups-maxSplit-len(groupNames)))
		}
	}
}

// reference holds a catalogue in memory, to be found by its ids.
func reference(inv *datasets.Inventory) (*vector.Reference, error) {
	table, err := inv.Table(inv.Kind().Names())
	if err != nil {
		return nil, err
	}
	return vector.NewReference(inv.Kind().Name, table, inv.Kind().ID)
}

// schemaOf is what rules see of a kind. A table that the study does not supply has no rows.
func schemaOf(kind *datasets.Kind, tables map[string]*vector.Reference) *rules.Schema {
	s := &rules.Schema{Kind: kind.Name, From: kind.Period.From, To: kind.Period.To, Year: kind.Period.Year}
	for _, f := range kind.Columns {
		s.Fields = append(s.Fields, f.Field)
		if f.References == "" || f.References == kind.Name {
			continue
		}
		other, ok := datasets.KindByName(f.References)
		if !ok || other.Activity {
			continue
		}
		ref := &rules.Reference{Name: other.Name, Key: f.Name, Table: tables[other.Name]}
		for _, c := range other.Columns {
			ref.Fields = append(ref.Fields, c.Field)
		}
		if ref.Table == nil {
			ref.Table = emptyReference(other)
		}
		s.References = append(s.References, ref)
	}
	return s
}

func emptyReference(kind *datasets.Kind) *vector.Reference {
	t := &column.Table{}
	for _, c := range kind.Columns {
		t.Names = append(t.Names, c.Name)
		data := column.Column{Type: column.Float}
		switch c.Type {
		case lca.Text:
			data = column.Column{Type: column.String, Dict: &column.Dict{}}
		case lca.Boolean:
			data.Type = column.Bool
		}
		t.Data = append(t.Data, data)
	}
	ref, err := vector.NewReference(kind.Name, t, kind.ID)
	if err != nil {
		panic(err) // kinds are part of the program
	}
	return ref
}
