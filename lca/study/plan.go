package study

import (
	"context"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/levers"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// plan is a study with everything that it names opened, checked and compiled: a list of cases over one scan. So far a case is method × pack, and
// the list has one.
type plan struct {
	study    *Study
	method   *rules.Method
	pack     *factors.Pack
	policies map[string]factors.Policy
	finders  finders

	inputs     []input
	partials   []*partial          // amounts of other runs
	names      map[string][]string // of each kind's files, as the study writes them
	kinds      []*kindPlan         // activity kinds that have files, in the order of the registry of kinds
	tables     map[string]*datasets.Inventory
	ids        map[string]*datasets.IDs     // of the catalogues
	catalogued map[string]*vector.Reference // see references
	stop       func()                       // ends what runs beside; nil where nothing does
	flows      []rules.FlowRule             // of all kinds
	flowKind   []int                        // index into kinds, of each flow
	lives      *rules.Readings              // service lives of fleet rows; nil where nothing is reconciled
	spread     bool                         // the amounts' spread is kept: cells have amounts.Spread
	undrawn    bool                         // figures are made ready to be drawn, and whoever asked for the plan draws them
	refusals   bool                         // of totals it is told which rows lack in them
	levers     []*levers.Lever              // that the study names
	filler     *filler                      // what stands in where the pack has no row; nil: nothing does
	missed     *missedLookups               // what formulas asked for and the pack does not have; nil: nobody asks
}

// kindPlan is one inventory of activities with its compiled rules.
type kindPlan struct {
	kind      *datasets.Kind
	inventory *datasets.Inventory
	others    []string             // names of files whose rows other runs have scanned
	checking  *datasets.Checking   // by the scan
	overlaps  datasets.Overlapping // what it found
	ruledOut  []bool               // parts that the study's filter keeps no row of; nil: none
	program   *rules.Program
	first     int              // number of its first flow
	groups    []string         // columns that key the cells, parallel to groupNames
	split     []string         // further columns, at most maxSplit, that split cells which are one in results: see gathered; "" for one that the kind does not have
	merge     *engine.Merge    // makes one more of them, the quality class of a row; nil: there is none
	errors    *rules.RowErrors // nil: rows are exact
	content   []string         // columns by which rows are told apart whose errors are drawn; nil: all that rules read
	classes   [][]int          // of each flow of a functional unit: positions in groups of its comparison class
	sharing   *sharingProgram
	stated    int64 // rows that state what is shared out
}

// files names all files that rows of the kind come from.
func (k *kindPlan) files() []string { return slices.Concat(k.inventory.Files(), k.others) }

// units is how many functional units rows of the kind may count.
func (k *kindPlan) units() int {
	n := 0
	for i := range k.program.Flows {
		if k.program.Flows[i].Unit != nil {
			n++
		}
	}
	return n
}

// close closes all files.
func (p *plan) close() {
	if p.stop != nil {
		p.stop()
	}
	for _, in := range p.inputs {
		in.close()
	}
}

// prepare opens, compiles and checks a study. All problems of its files go to probs; the plan is of use only where there are no errors, and must be
// closed in any case.
func (s *Study) prepare(ctx context.Context, jobs int, probs *diag.List) (*plan, error) {
	p, err := s.compiled(ctx, jobs, probs)
	if err == nil {
		err = p.check(ctx, true, jobs, probs)
	}
	return p, err
}

// compiled prepares a study save for the values of activities, which are left to whoever scans them.
func (s *Study) compiled(ctx context.Context, jobs int, probs *diag.List) (*plan, error) {
	p := &plan{study: s, tables: map[string]*datasets.Inventory{}, policies: map[string]factors.Policy{}, names: map[string][]string{}}
	p.method = s.loadMethod(probs)
	p.pack = s.loadPack(probs)
	p.openInventories(ctx, probs)
	p.openPartials(ctx, probs)
	if len(p.kinds) == 0 && len(p.study.Files)+len(p.study.Amounts) > 0 && probs.Count(diag.Error) == 0 {
		probs.Errorf(diag.MissingKey, diag.Place{File: s.file}, "the study has no inventory of activities: fleet, training_runs or deployments")
	}
	p.catalogues(probs)
	if err := p.check(ctx, false, jobs, probs); err != nil {
		return p, err
	}
	if p.method == nil || p.pack == nil {
		return p, nil
	}
	p.policy(probs)
	p.compile(probs)
	if p.levers = s.loadLevers(nil, probs); probs.Count(diag.Error) == 0 {
		p.checkLevers(probs)
	}
	p.compileReconcile(probs)
	p.gaps(probs)
	for i := range p.method.Kinds {
		ofKind(p.method, i, probs)
	}
	p.idle(probs)
	return p, p.matchPartials(ctx, probs)
}

// ofKind is the kind of inventory that a method's rules are for; nil, reported, where there is none.
func ofKind(m *rules.Method, i int, probs *diag.List) *datasets.Kind {
	k := &m.Kinds[i]
	kind, ok := datasets.KindByName(k.Kind)
	if !ok {
		x := m.ProblemAt(k.Place, diag.UnknownName, "there is no kind of inventory named %q", k.Kind)
		x.Hint = oneOf(k.Kind, datasets.KindNames())
		probs.Add(x)
		return nil
	}
	sharesOf(m, kind, probs)
	return kind
}

// idle warns of inventories of activities that the method has no rules for: nothing else would say that their rows enter no result.
func (p *plan) idle(probs *diag.List) {
	for _, k := range p.kinds {
		if p.method.Has(k.kind.Name) {
			continue
		}
		n := k.inventory.TotalRows()
		what := fmt.Sprintf("its %d rows enter no result", n)
		if n == 1 {
			what = "its row enters no result"
		}
		x := p.study.at("inventories", k.kind.Name).Problem(diag.UnusedName, "the method %s has no rules for %s: %s", p.method.Ref(), k.kind.Name, what)
		x.Severity, x.Hint = diag.Warning, "add rules to the method, or leave the inventory out of the study"
		probs.Add(x)
	}
}

// oneOf names the name that was meant, or where none is near all of them.
func oneOf(name string, names []string) string {
	if near := diag.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "one of " + strings.Join(names, ", ")
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

// maxSplit is how many columns may split the cells of a kind.
const maxSplit = 2

// gathered is a scan whose groups are visited as if the columns that split cells, kindPlan.split, did not: results depend on these in nothing. Of a cell
// of a kind that has such columns, Group.Portions tells its parts.
type gathered struct{ *engine.Result }

func (g gathered) Groups(visit func(g *amounts.Group) error) error { return g.Gathered(visit) }

// inventories describes the scan to the engine.
func (p *plan) inventories(run *runState) []engine.Inventory {
	var out []engine.Inventory
	for _, k := range p.kinds {
		out = append(out, p.inventory(k, run))
	}
	return out
}

// splits has the amounts of a kind tell apart what errors of rows go by, where these are drawn. Rows without a word in the column by which errors are shared, such as all of a kind
// that does not have it, are told apart from none of their class: they share one error.
func (p *plan) splits(k *kindPlan, probs *diag.List) {
	columns := map[string][]lca.Field{}
	for _, of := range p.method.Kinds {
		if kind, ok := datasets.KindByName(of.Kind); ok {
			columns[of.Kind] = schemaOf(kind, nil).Fields
		}
	}
	var drawn []string
	if p.study.Sampling.Draws > 0 && p.method.Has(k.kind.Name) {
		drawn = []string{k.kind.Name}
	}
	p.method.CheckSharedBy(columns, drawn, probs)
	if p.study.Sampling.Draws == 0 {
		return
	}
	u := p.method.Uncertainty
	if u == nil || u.Inventory == nil {
		return // rows are exact
	}
	has := func(name string) string {
		if slices.ContainsFunc(k.kind.Columns, func(c datasets.Field) bool { return c.Name == name && c.Type == lca.Text }) {
			return name
		}
		return ""
	}
	grades := p.method.RowGrades()
	k.split, k.merge = []string{has(u.Inventory.SharedBy)}, &engine.Merge{Word: func(words []string) string { return rowGrade(grades, words) }}
	for _, g := range grades {
		k.merge.Columns = append(k.merge.Columns, has(g.Column))
	}
	if u.Inventory.Pedigree != nil && !slices.ContainsFunc(scoreColumns[:], func(name string) bool {
		return !slices.ContainsFunc(k.kind.Columns, func(c datasets.Field) bool { return c.Name == name })
	}) {
		k.merge.Columns = append(k.merge.Columns, scoreColumns[:]...)
	}
	k.errors, p.spread = u.Inventory, true
}

// scoreColumns are the columns with a row's scores, in the order of the indicators of the pedigree matrix. What ILCD calls precision, how a figure was measured or
// estimated, is the matrix's reliability; it has none for ILCD's method.
var scoreColumns = [factors.Indicators]string{"dq_precision", "dq_completeness", "dq_temporal", "dq_geographical", "dq_technological"}

// rowGrade is what says how far a row may be off: its scores, where it states one for each indicator, else its class.
func rowGrade(grades []rules.Grade, words []string) string {
	if scores := words[len(grades):]; len(scores) > 0 && !slices.Contains(scores, "") {
		return pedigreePrefix + strings.Join(scores, ",") + ")"
	}
	return worst(grades, words[:len(grades)])
}

const pedigreePrefix = "pedigree("

// pedigreeError is the error of rows of a pedigree; false of what is none.
func (k *kindPlan) pedigreeError(grade string) (spread, bool) {
	list, ok := strings.CutPrefix(grade, pedigreePrefix)
	if !ok || k.errors.Pedigree == nil {
		return spread{}, false
	}
	var scores [factors.Indicators]int
	name := pedigreePrefix
	for i, text := range strings.Split(strings.TrimSuffix(list, ")"), ",") {
		score, err := strconv.Atoi(text)
		if err != nil || i >= len(scores) || score < 1 || score > 5 {
			return spread{}, false
		}
		scores[i] = score
		name += strconv.Itoa(score) + ","
	}
	if scores[len(scores)-1] == 0 {
		return spread{}, false
	}
	variance := k.errors.Pedigree.Basic + factors.ScoresVariance(scores)
	return spread{strings.TrimSuffix(name, ",") + ")", elementary.Exp(float64(2 * math.Sqrt(variance))), k.errors.Pedigree.Shared}, true
}

// worst is the quality class of rows with these words in the columns that grade them.
func worst(grades []rules.Grade, words []string) string {
	class := uint8(0)
	for i, g := range grades {
		if words[i] != "" {
			class = max(class, g.Class(words[i]))
		}
	}
	return lca.Words().Qualities[class].Name
}

// splits names what splits the kind's cells.
func (k *kindPlan) splits() []string {
	if k.merge == nil {
		return k.split
	}
	return append(slices.Clone(k.split), "class by "+strings.Join(slices.DeleteFunc(slices.Clone(k.merge.Columns), func(s string) bool { return s == "" }), ", "))
}

// rowError is the error of rows of a quality class, in amounts of another one, or of a pedigree. Of what a row says of itself only that counts which an amount of this class can rest on:
// how energy was measured is nothing to hours.
func (k *kindPlan) rowError(class string, amount uint8) spread {
	if s, ok := k.pedigreeError(class); ok {
		return s
	}
	worst := amount
	for i := range amount {
		if lca.Words().Qualities[i].Name == class {
			worst = i
			break
		}
	}
	e := k.errors.Class(worst)
	return spread{lca.Words().Qualities[worst].Name, e.GSD2, e.Shared}
}

// inventory describes the scan of one kind.
func (p *plan) inventory(k *kindPlan, run *runState) engine.Inventory {
	groups := slices.Clone(k.groups)
	for g, name := range groupNames {
		if !slices.Contains(p.study.GroupBy, name) {
			groups[g] = ""
		}
	}
	groups = append(groups, k.split...)
	inv := engine.Inventory{
		Kind: k.kind.Name, Source: source{k.inventory, k}, RuledOut: k.ruledOut, First: k.first, Columns: k.program.Columns(), Uses: k.program.Uses(), Grades: len(k.program.Quantities()), Groups: groups, Merge: k.merge, Split: len(k.splits()), Content: k.content,
		Scope: k.kind.Roles.Scope, PartOf: k.kind.Roles.PartOf, AlternativeTo: k.kind.Roles.AlternativeTo, Planned: engine.Match(k.kind.Roles.Planned),
		From: k.kind.Period.From, To: k.kind.Period.To, Year: k.kind.Period.Year,
		New: func() engine.Evaluator { return k.program.NewRunner(run.space, p) },
	}
	for _, f := range k.program.Flows {
		inv.Flows = append(inv.Flows, engine.FlowSpec{Name: f.Name, HasTime: f.HasTime, Unit: f.Unit != nil})
	}
	return inv
}

// source is an inventory as the engine reads it: rows are checked on the way.
type source struct {
	*datasets.Inventory
	kind *kindPlan
}

func (s source) Name(file int) string { return s.kind.files()[file] }

func (s source) Open(ctx context.Context, part int, columns []string) (engine.Reader, error) {
	return s.kind.checking.Open(ctx, part, columns)
}

// base is a path's last element without its ending.
func base(name string) string { return strings.TrimSuffix(path.Base(name), path.Ext(name)) }
