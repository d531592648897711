package study

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Of a rule without normal form the amounts table says what it is at point values alone. So its rows are read once more, and what their sum is in each draw,
// relative to what it is at point values, is a quantity of the model that is made of the parameters and factors that the rule depends on: one for each result group,
// or where there are many for all groups together.

// redrawBudget is how many rows times draws are computed; fewestRedrawn rows are in any case.
var redrawBudget = 1 << 25 // tests try less

const fewestRedrawn = 256

// mostRows is how many rows of a kind are redrawn at most: the fewer, the longer its rules are.
func (p *plan) mostRows(k *kindPlan, redrawn []bool) int {
	const usual = 64 // operations
	operations := 0
	for i := range k.program.Flows {
		if redrawn[k.first+i] {
			operations += k.program.Redraw(i).Operations()
		}
	}
	return min(max(fewestRedrawn, redrawBudget/p.study.Sampling.Draws*usual/max(usual, operations)), 1<<16)
}

// mostRedrawn is for how many result groups and rules there are quantities of their own; where there are more, groups are taken together.
const mostRedrawn = 256

// fewOfGroup is how many sampled rows a group has at least that has quantities of its own.
const fewOfGroup = 32

// redrawKey is a rule without normal form and a result group; allGroups stands for all together.
type redrawKey struct {
	flow  int32
	group uint32
}

const allGroups = math.MaxUint32

// redrawing redraws the rules of a run that have no normal form.
type redrawing struct {
	q     *quantities
	f     *forms
	kinds []*redrawnRows       // parallel to the plan's; nil of those that have no such rule
	pool  map[int32]*sync.Pool // by rule: of *rules.Redraw, each for one goroutine at a time
	keys  map[redrawKey]int32
}

// redrawn reports which of a plan's rules are redrawn: those without normal form, unless they are too large or amounts come without rows.
func (p *plan) redrawn() []bool {
	flows := make([]bool, len(p.flows))
	for i := range p.flows {
		k := p.kinds[p.flowKind[i]]
		if p.flows[i].Normal || p.flows[i].Unit != nil || len(k.others) > 0 || k.program.Redraw(i-k.first) == nil {
			continue
		}
		flows[i] = true
	}
	return flows
}

// newRedrawing reads the rows of all rules that are redrawn.
func (a *assessment) newRedrawing(ctx context.Context, q *quantities, o *Options) (*redrawing, error) {
	x := &redrawing{q: q, f: a.forms, kinds: make([]*redrawnRows, len(a.p.kinds)), pool: map[int32]*sync.Pool{}, keys: map[redrawKey]int32{}}
	flows := map[int][]int{} // by kind
	for _, k := range a.forms.redraws.keys {
		kind := a.p.flowKind[k.flow]
		if !slices.Contains(flows[kind], int(k.flow)) {
			flows[kind] = append(flows[kind], int(k.flow))
		}
	}
	for kind, k := range a.p.kinds {
		if flows[kind] == nil {
			continue
		}
		slices.Sort(flows[kind])
		rows, err := k.sampled(ctx, a, flows[kind], a.p.mostRows(k, a.forms.redrawn), o.Jobs)
		if err != nil {
			return nil, err
		}
		x.kinds[kind] = rows
	}
	return x, nil
}

// variable is that of a rule's amounts in a result group; -1 where they depend on nothing uncertain.
func (x *redrawing) variable(k redrawKey) int32 {
	id, ok := x.keys[k]
	if !ok {
		id = x.make(k)
		x.keys[k] = id
	}
	return id
}

func (x *redrawing) make(k redrawKey) int32 {
	p := x.f.a.p
	kind := p.flowKind[k.flow]
	rows, names := x.kinds[kind], "all"
	if len(x.f.redraws.keys) > mostRedrawn {
		k.group = allGroups
	}
	drawn := rows.rows
	if k.group != allGroups {
		names = strings.Join(x.f.groupNames(k.group), "\x00")
		drawn = nil
		for _, r := range rows.rows {
			if r.group == names {
				drawn = append(drawn, r)
			}
		}
		if int64(len(rows.rows)) < rows.of && len(drawn) < fewOfGroup {
			return x.variable(redrawKey{k.flow, allGroups})
		}
	}
	rule := &p.flows[k.flow]
	return x.q.variable("redrawn "+rule.Kind+" "+rule.Name+" "+names, func() (montecarlo.Variable, quantity) {
		v, ok := x.of(k.flow, rows, drawn)
		if !ok {
			return montecarlo.Variable{Point: 1}, quantity{}
		}
		return v, quantity{originParameter, rule.Kind + " " + rule.Name, ""}
	})
}

// of makes the variable of rows' amounts; false where they depend on nothing uncertain.
func (x *redrawing) of(flow int32, rows *redrawnRows, drawn []redrawnRow) (montecarlo.Variable, bool) {
	p := x.f.a.p
	k := p.kinds[p.flowKind[flow]]
	pool := x.pool[flow]
	if pool == nil {
		pool = &sync.Pool{New: func() any { return k.program.Redraw(int(flow) - k.first) }}
		x.pool[flow] = pool
	}
	one := pool.Get().(*rules.Redraw)
	defer pool.Put(one)
	v := montecarlo.Variable{Point: 1}
	d := &drawnRows{p: p, flow: flow, rows: rows, pool: pool, parameters: map[int]int{}, factors: map[int32]int{}}
	use := func(variable int32) (at int, ok bool) {
		if variable < 0 {
			return 0, false
		}
		if at = slices.Index(v.Of, variable); at < 0 {
			at = len(v.Of)
			v.Of = append(v.Of, variable)
		}
		return at, true
	}
	for _, row := range drawn {
		r := rows.runners[row.runner]
		values, valid := one.Row(r, row.at, atPoints{}, 1)
		if !valid.Get(0) || values[0] == 0 || math.IsNaN(values[0]) || math.IsInf(values[0], 0) || !slices.Contains(r.Flow(int(flow)-k.first).Rows, int32(row.at)) {
			continue
		}
		d.drawn, d.points = append(d.drawn, row), append(d.points, values[0])
		d.sum += float64(row.weight * values[0])
		parameters, factors := one.Symbols(r, row.at)
		for _, i := range parameters {
			if at, ok := use(x.q.parameter(&p.method.Parameters[i])); ok {
				d.parameters[i] = at
			}
		}
		for _, s := range factors {
			if at, ok := use(x.q.symbol(s)); ok {
				d.factors[s] = at
			}
		}
	}
	if len(v.Of) == 0 || d.sum == 0 {
		return v, false
	}
	v.Made = d.relative
	return v, true
}

// atPoints has everything at its point value.
type atPoints struct{}

func (atPoints) Parameter(int) []float64 { return nil }
func (atPoints) Factor(int32) []float64  { return nil }

// drawnRows computes what rows' amounts come to together.
type drawnRows struct {
	p          *plan
	flow       int32
	rows       *redrawnRows
	pool       *sync.Pool
	drawn      []redrawnRow
	points     []float64
	sum        float64
	parameters map[int]int   // where the draws of a parameter stand among those of the variable
	factors    map[int32]int // and those of a factor's row
}

// redrawValues gives the draws to a formula.
type redrawValues struct {
	d      *drawnRows
	draws  [][]float64
	values map[int][]float64 // of parameters
}

func (x *redrawValues) Parameter(number int) []float64 { return x.values[number] }

func (x *redrawValues) Factor(symbol int32) []float64 {
	if at, ok := x.d.factors[symbol]; ok {
		return x.draws[at]
	}
	return nil
}

// relative is the sum of the rows' amounts in each draw, over that at point values. A row whose formula has no value in a draw is what it is at point values.
func (d *drawnRows) relative(draws [][]float64) []float64 {
	n := len(draws[0])
	x := &redrawValues{d, draws, map[int][]float64{}}
	for number, at := range d.parameters {
		values := make([]float64, n)
		for k, v := range draws[at] {
			values[k] = float64(d.p.method.Parameters[number].Value * v)
		}
		x.values[number] = values
	}
	one := d.pool.Get().(*rules.Redraw)
	defer d.pool.Put(one)
	out := make([]float64, n)
	for i, row := range d.drawn {
		values, valid := one.Row(d.rows.runners[row.runner], row.at, x, n)
		for k, v := range values {
			if !valid.Get(k) || math.IsNaN(v) || math.IsInf(v, 0) {
				v = d.points[i]
			}
			out[k] += float64(row.weight * v)
		}
	}
	for k := range out {
		out[k] /= d.sum
	}
	return out
}

// redrawnCount is the rows that a run's rules without normal form were redrawn from, and of how many.
type redrawnCount struct {
	Kind string `json:"kind"`
	Rows int    `json:"rows"`
	Of   int64  `json:"of"`
}

func (x *redrawing) counts() (out []redrawnCount) {
	if x == nil {
		return nil
	}
	for i, k := range x.kinds {
		if k != nil {
			out = append(out, redrawnCount{x.f.a.p.kinds[i].kind.Name, len(k.rows), k.of})
		}
	}
	return out
}
