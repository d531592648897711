package study

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules"
)

// plan is a study with everything that it names opened, checked and compiled: a list of cases over one scan. So far a case is method × pack, and
// the list has one.
type plan struct {
	study    *Study
	method   *rules.Method
	pack     *factors.Pack
	policies map[string]factors.Policy

	inputs   []input
	names    map[string][]string // of each kind's files, as the study writes them
	kinds    []*kindPlan         // activity kinds that have files, in the order of the registry of kinds
	tables   map[string]*datasets.Inventory
	flows    []rules.FlowRule // of all kinds
	flowKind []int            // index into kinds, of each flow
}

// kindPlan is one inventory of activities with its compiled rules.
type kindPlan struct {
	kind      *datasets.Kind
	inventory *datasets.Inventory
	program   *rules.Program
	first     int      // number of its first flow
	groups    []string // columns that key the cells, parallel to groupNames
	classes   [][]int  // of each flow of a functional unit: positions in groups of its comparison class
}

// close closes all files.
func (p *plan) close() {
	for _, in := range p.inputs {
		in.close()
	}
}

// prepare opens and compiles a study. All problems of its files go to probs; the plan is of use only where there are no errors, and must be
// closed in any case.
func (s *Study) prepare(ctx context.Context, jobs int, probs *diag.List) (*plan, error) {
	p := &plan{study: s, tables: map[string]*datasets.Inventory{}, policies: map[string]factors.Policy{}, names: map[string][]string{}}
	p.method = s.loadMethod(probs)
	p.pack = s.loadPack(probs)
	p.openInventories(ctx, probs)
	if err := p.checkInventories(ctx, jobs, probs); err != nil {
		return p, err
	}
	if p.method == nil || p.pack == nil {
		return p, nil
	}
	p.policy(probs)
	p.compile(probs)
	p.gaps(probs)
	for _, k := range p.method.Kinds {
		if _, ok := datasets.KindByName(k.Kind); !ok {
			probs.Add(diag.Problem{Code: diag.UnknownName, Place: k.Place, Message: fmt.Sprintf("there is no kind of inventory named %q", k.Kind), Hint: "one of " + strings.Join(datasets.KindNames(), ", ")})
		}
	}
	return p, nil
}

// groupNames are the result columns that group_by can ask for; in a cell's group tuple they stand first, in this order.
var groupNames = groups

// groupColumns lists the columns that key the kind's cells: those of groupNames that the study asks for, then what comparison classes read.
func (k *kindPlan) groupColumns() {
	k.classes = make([][]int, len(k.program.Flows))
	for _, name := range groupNames {
		k.groups = append(k.groups, k.kind.Groups[name])
	}
	for i, f := range k.program.Flows {
		if f.Unit == nil {
			continue
		}
		for _, c := range f.Unit.Class {
			at := slices.Index(k.groups[len(groupNames):], c)
			if at < 0 {
				k.groups = append(k.groups, c)
				at = len(k.groups) - len(groupNames) - 1
			}
			k.classes[i] = append(k.classes[i], len(groupNames)+at)
		}
	}
}

// inventories describes the scan to the engine.
func (p *plan) inventories(run *runState) []engine.Inventory {
	var out []engine.Inventory
	for _, k := range p.kinds {
		groups := slices.Clone(k.groups)
		for g, name := range groupNames {
			if !slices.Contains(p.study.GroupBy, name) {
				groups[g] = ""
			}
		}
		inv := engine.Inventory{
			Kind: k.kind.Name, Source: source{k.inventory}, First: k.first, Columns: k.program.Columns(), Grades: len(k.program.Quantities()), Groups: groups,
			Scope: k.kind.Roles.Scope, PartOf: k.kind.Roles.PartOf, Planned: engine.Match(k.kind.Roles.Planned),
			From: k.kind.Period.From, To: k.kind.Period.To, Year: k.kind.Period.Year,
			New: func() engine.Evaluator { return k.program.NewRunner(run.space, p) },
		}
		for _, f := range k.program.Flows {
			inv.Flows = append(inv.Flows, engine.FlowSpec{Name: f.Name, HasTime: f.HasTime, Unit: f.Unit != nil})
		}
		out = append(out, inv)
	}
	return out
}

// source is an inventory as the engine reads it.
type source struct{ *datasets.Inventory }

func (s source) Name(file int) string { return s.Files()[file] }

func (s source) Open(_ context.Context, part int, columns []string) (engine.Reader, error) {
	return s.Inventory.Open(part, columns)
}

// base is a path's last element without its ending.
func base(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }
