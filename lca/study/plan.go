package study

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
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

func (s *Study) loadMethod(probs *diag.List) *rules.Method {
	if !isPath(s.Method) {
		if s.embedded("method", s.Method, rules.EmbeddedNames(), probs) {
			return rules.Embedded(s.Method, probs)
		}
		return nil
	}
	at := s.resolve(s.Method)
	text, err := readBounded(at)
	if err != nil {
		probs.Add(s.at("method").Problem(diag.MissingFile, "the method %s: %s", s.Method, cause(err)))
		return nil
	}
	return rules.Load(filepath.ToSlash(at), text, probs)
}

// embedded refuses a name@version that is not embedded.
func (s *Study) embedded(key, ref string, known []string, probs *diag.List) bool {
	if slices.Contains(known, ref) {
		return true
	}
	if ref != "" { // else reported as a missing key
		p := s.at(key).Problem(diag.UnknownName, "no %s %q is embedded", key, ref)
		p.Hint = "embedded: " + strings.Join(known, ", ") + "; a path starts with ./"
		if near := diag.Nearest(ref, known); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
	}
	return false
}

func (s *Study) loadPack(probs *diag.List) *factors.Pack {
	if !isPath(s.Pack) {
		if s.embedded("pack", s.Pack, factors.EmbeddedNames(), probs) {
			return factors.Embedded(s.Pack, probs)
		}
		return nil
	}
	at := s.resolve(s.Pack)
	if info, err := os.Stat(at); err != nil || !info.IsDir() {
		message := "is not a folder"
		if err != nil {
			message = "there is no such folder"
		}
		probs.Add(s.at("pack").Problem(diag.MissingFile, "the factor pack %s: %s", s.Pack, message))
		return nil
	}
	return factors.Load(os.DirFS(filepath.Dir(at)), filepath.Base(at), probs)
}

// resolve gives the path on disk of a path that the study writes: relative ones start at the study's folder.
func (s *Study) resolve(name string) string {
	at := filepath.FromSlash(name)
	if !filepath.IsAbs(at) {
		at = filepath.Join(filepath.Dir(filepath.FromSlash(s.file)), at)
	}
	return at
}

func (p *plan) openInventories(ctx context.Context, probs *diag.List) {
	for _, kind := range datasets.Kinds() {
		names := p.study.Files[kind.Name]
		if len(names) == 0 {
			continue
		}
		var files []datasets.File
		ok := true
		for _, name := range names {
			in, err := p.study.open(ctx, name)
			if err != nil {
				probs.Add(p.study.at("inventories", kind.Name).Problem(diag.MissingFile, "the inventory %s: %s", name, cause(err)))
				ok = false
				continue
			}
			p.inputs = append(p.inputs, in)
			for _, before := range p.inputs[:len(p.inputs)-1] {
				if before.sha256 == in.sha256 && slices.Contains(p.names[kind.Name], before.name) {
					probs.Add(p.study.at("inventories", kind.Name).Problem(diag.DuplicateID, "%s and %s have the same content: every row would count twice", before.name, in.name))
				}
			}
			p.names[kind.Name] = append(p.names[kind.Name], in.name)
			files = append(files, datasets.File{Name: filepath.ToSlash(p.study.resolve(in.name)), R: in.r, Size: in.size, SHA256: in.sha256})
		}
		if !ok {
			continue
		}
		if inv := datasets.OpenInventory(kind, files, probs); inv != nil {
			p.tables[kind.Name] = inv
			if kind.Activity {
				p.kinds = append(p.kinds, &kindPlan{kind: kind, inventory: inv})
			}
		}
	}
	if len(p.study.Files) > 0 && len(p.kinds) == 0 && probs.Count(diag.Error) == 0 {
		probs.Errorf(diag.MissingKey, diag.Place{File: p.study.file}, "the study has no inventory of activities: fleet, training_runs or deployments")
	}
}

// checkInventories reads all inventories once and checks every value; references go to the ids of other kinds.
func (p *plan) checkInventories(ctx context.Context, jobs int, probs *diag.List) error {
	o := datasets.CheckOptions{Jobs: jobs, Catalogue: map[string]*datasets.IDs{}}
	for _, kind := range datasets.Kinds() {
		if kind.Activity {
			continue
		}
		inv := p.tables[kind.Name]
		if inv == nil {
			p.needed(kind, probs)
			continue
		}
		o.Catalogue[kind.Name] = datasets.NewIDs()
		ids, err := inv.IDs()
		if err != nil {
			probs.Errorf(diag.BadParquet, diag.Place{File: inv.Files()[0]}, "%v", err)
			continue
		}
		o.Catalogue[kind.Name] = ids
	}
	for _, kind := range datasets.Kinds() {
		if inv := p.tables[kind.Name]; inv != nil {
			if err := inv.Check(ctx, o, probs); err != nil {
				return err
			}
		}
	}
	return nil
}

// needed refuses a study without a table that its inventories refer to.
func (p *plan) needed(kind *datasets.Kind, probs *diag.List) {
	if len(p.study.Files[kind.Name]) > 0 {
		return // it is there but cannot be opened, which is reported
	}
	for _, k := range p.kinds {
		for _, f := range k.kind.Columns {
			if f.References == kind.Name && anyValue(k.inventory, f.Name) {
				x := p.study.at("inventories").Problem(diag.MissingKey, "the study names no inventory of %s, but the column %s of %s refers to one", kind.Name, f.Name, k.kind.Name)
				x.Hint = fmt.Sprintf("%s: FILE.parquet", kind.Name)
				probs.Add(x)
				return
			}
		}
	}
}

// anyValue reports whether any row has a value in a column. What cannot be read is found by the check that follows.
func anyValue(inv *datasets.Inventory, name string) bool {
	if !inv.Has(name) {
		return false
	}
	found := func(part int) bool {
		r, err := inv.Open(part, []string{name})
		if err != nil {
			return false
		}
		defer r.Close()
		var b column.Batch
		for {
			if more, err := r.Next(&b); err != nil || !more {
				return false
			}
			for row := range b.Rows {
				if b.Columns[0].Valid.Get(row) {
					return true
				}
			}
		}
	}
	for part := range inv.Parts() {
		if found(part) {
			return true
		}
	}
	return false
}

// policy turns the method's declared fallbacks into the pack's, and refuses factors that the pack does not define.
func (p *plan) policy(probs *diag.List) {
	var defined []string
	for _, d := range p.pack.Definitions {
		defined = append(defined, d.Name)
	}
	for _, u := range p.method.Factors {
		if !slices.Contains(defined, u.Factor) {
			x := diag.Problem{Code: diag.UnknownName, Place: u.Place, Message: fmt.Sprintf("the factor pack %s has no factor %q", p.pack.Ref(), u.Factor)}
			if near := diag.Nearest(u.Factor, defined); near != "" {
				x.Hint = "did you mean " + near + "?"
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
			}
		}
		policy, err := factors.NewPolicy(steps...)
		if err != nil {
			probs.Errorf(diag.BadValue, u.Place, "the fallbacks of %s: %v", u.Factor, err)
		}
		p.policies[u.Factor] = policy
		for _, category := range append([]string{""}, p.method.Categories...) {
			if err := selectOf(u.SelectFor(category)).Check(); err != nil {
				probs.Errorf(diag.BadValue, u.Place, "the choice of %s: %v", u.Factor, err)
				break
			}
			if err := p.pack.Ambiguity(u.Factor, category, selectOf(u.SelectFor(category))); err != nil {
				probs.Errorf(diag.BadValue, u.Place, "%v", err)
			}
		}
	}
}

func selectOf(s rules.Select) factors.Select {
	return factors.Select{Flow: s.Flow, Point: s.Point, Scope: s.Scope, Margin: s.Margin}
}

// FactorUnit tells the rules what the pack knows of a factor.
func (p *plan) FactorUnit(name string) (per, value unit.Unit, keys []string, ok bool) {
	d, ok := p.pack.Definition(name)
	if !ok {
		return unit.Unit{}, unit.Unit{}, nil, false
	}
	value, _ = p.pack.Unit(name, "")
	return d.Per, value, d.Keys, true
}

// FactorValue finds the value that a lookup inside a formula takes, in the unit that FactorUnit told.
func (p *plan) FactorValue(use rules.FactorUse, region, technology string, year int) (rules.FactorValue, bool) {
	found, err := p.pack.Resolve(factors.Key{Factor: use.Factor, Region: region, Technology: technology, Year: year}, selectOf(use.Select), p.policies[use.Factor])
	if err != nil {
		return rules.FactorValue{}, false
	}
	to, _ := p.pack.Unit(use.Factor, "")
	f, ok := unit.Factor(found.Row.Unit, to)
	if !ok {
		return rules.FactorValue{}, false
	}
	name := fmt.Sprintf("factor %s %q %q %d #%d", use.Factor, region, technology, year, found.Row.ID)
	return rules.FactorValue{Value: found.Row.Value * f, Class: classIndex(found.Row.Quality), Name: name, Ref: found}, true
}

// classIndex is a quality class's place in the vocabulary; an unknown word is the worst.
func classIndex(word string) int {
	names := lca.Names(lca.Words().Qualities)
	if i := slices.Index(names, word); i >= 0 {
		return i
	}
	return len(names) - 1
}

func (p *plan) compile(probs *diag.List) {
	tables := map[string]*vector.Reference{}
	for name, inv := range p.tables {
		if inv.Kind().Activity {
			continue
		}
		var columns []string
		for _, c := range inv.Kind().Columns {
			columns = append(columns, c.Name)
		}
		table, err := inv.Table(columns)
		if err == nil {
			tables[name], err = vector.NewReference(name, table, inv.Kind().ID)
		}
		if err != nil {
			probs.Errorf(diag.BadParquet, diag.Place{File: inv.Files()[0]}, "%v", err)
		}
	}
	for _, k := range p.kinds {
		k.program = rules.Compile(p.method, schemaOf(k.kind, tables), p, p.study.Where[k.kind.Name], probs)
		k.first = len(p.flows)
		p.flows = append(p.flows, k.program.Flows...)
		for range k.program.Flows {
			p.flowKind = append(p.flowKind, slices.Index(p.kinds, k))
		}
		k.groupColumns()
		if units := len(slices.DeleteFunc(slices.Clone(k.program.Flows), func(f rules.FlowRule) bool { return f.Unit == nil })); len(k.groups) > engine.MaxGroups || units > engine.MaxUnits {
			probs.Errorf(diag.TooLarge, p.method.Kinds[0].Place, "the functional units of %s: at most %d, with %d columns in their comparison classes", k.kind.Name, engine.MaxUnits, engine.MaxGroups-len(groupNames))
		}
	}
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
