package study

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/lineage"
	"github.com/ai-impact-observatory/ailca/rules"
)

// What the rows of a model bear is shared out over what the model is stated to do, with shares of what its ancestors bear: rules.ShareOut. The rows in which
// a share or a count is stated are read first, see statements; they name the models that matter, whose rows are then scanned by model. Nothing of this
// touches the amounts of the run, nor the impact table: the result is rows of the intensity table, and what became of the burdens in the ledger.

// maxSharing bounds the models among whom burdens are shared, of each of which all that it bears is held.
const maxSharing = 10_000

// member is a model that takes part in a sharing out.
type member struct {
	name    string
	rows    bool // some row of it enters a total
	year    int32
	burdens []*burdenOf // by category, perspective and accounting, see burdenAt; nil where there is none
}

// burdenOf is what a model's own rows bear in a category, of a perspective and under an accounting.
type burdenOf struct {
	value exact.Sum
	burdenState
}

type burdenState struct {
	class                int
	supplied, incomplete bool
}

func (s *burdenState) include(o burdenState) {
	s.class = max(s.class, o.class)
	s.supplied, s.incomplete = s.supplied || o.supplied, s.incomplete || o.incomplete
}

// shareOut adds the intensities of what is shared out, and its entries in the ledger.
func (p *plan) shareOut(ctx context.Context, run *runState, res *result, warnings *diag.List) error {
	for _, k := range p.kinds {
		if k.sharing == nil {
			continue
		}
		if err := p.refuseShared(k); err != nil {
			return err
		}
		if !k.statesCounts() {
			continue
		}
		st, err := k.statements(ctx, run.space, p)
		if err != nil {
			return err
		}
		k.stated = st.rows
		if err := p.refuseShared(k); err != nil {
			return err
		}
		s := sharing{p: p, k: k, statements: st, index: map[string]int{}, warnings: warnings}
		for _, name := range st.models() {
			s.index[name] = len(s.members)
			s.members = append(s.members, member{name: name, burdens: make([]*burdenOf, burdenCount())})
		}
		if err := s.burdens(ctx, run, res.assessment); err != nil {
			return err
		}
		if err := s.total(res.impacts); err != nil {
			return err
		}
		all := res.scan.Counts[slices.Index(p.kinds, k)].Rows[amounts.InTotal]
		shares := p.method.Shares(k.kind.Name)
		for i := range shares {
			if err := s.shareOut(i, &shares[i], all > s.rows, res); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuseShared refuses a kind of which rows that are shared out, or might be, are known by their amounts alone: models and ancestors are told by rows.
func (p *plan) refuseShared(k *kindPlan) error {
	stated := k.stated
	var probs diag.List
	for _, x := range p.partials {
		stated += x.part.Shared[k.kind.Name]
	}
	if stated == 0 {
		return nil
	}
	for _, x := range p.partials {
		if _, has := x.part.Counts[k.kind.Name]; has {
			y := x.at.Problem(diag.Refused, "%s holds amounts of %s, of which %s state what is shared out", x.name, k.kind.Name, diag.Plural(stated, "row"))
			y.Why = "whose models continue which is known by the rows, not by their amounts"
			y.Hint = "name the inventory of " + k.kind.Name + " itself, under inventories; amounts of other kinds can stay"
			probs.Add(y)
		}
	}
	return probs.Err()
}

// burdenCount is how many places burdenAt has.
func burdenCount() int {
	words := lca.Words()
	return len(words.Categories) * len(words.Perspectives) * len(words.Accountings)
}

// sharing is a kind's sharing out.
type sharing struct {
	p          *plan
	k          *kindPlan
	statements *statements
	members    []member // by name
	index      map[string]int
	rows       int64        // of the members that enter a total
	totals     []*exact.Sum // of the impact table: of all rows of the kind, over all years, see burdenAt
	warnings   *diag.List
}

// total adds up what the impact table holds of the kind.
func (s *sharing) total(t *impactTable) error {
	words := lca.Words()
	s.totals = make([]*exact.Sum, burdenCount())
	return t.each(func(x *lca.Impact, _ uint32) error {
		if x.Kind != s.k.kind.Name || x.ShareOf != words.ShareOf[0].Name {
			return nil
		}
		at := &s.totals[burdenAt(placeOfCategory(x.Category), placeOf(words.Perspectives, x.Perspective), placeOf(words.Accountings, x.Accounting))]
		if *at == nil {
			*at = &exact.Sum{}
		}
		(*at).Add(x.Value)
		return nil
	})
}

// burdens scans the rows of the members and adds up what they bear.
func (s *sharing) burdens(ctx context.Context, run *runState, a *assessment) error {
	k := s.k
	inv := s.p.inventory(k, run)
	inv.Source = modelSource{k.inventory, k, s.index}
	inv.Groups, inv.Merge, inv.Split = []string{k.kind.Groups["model"]}, nil, 0
	scan, err := engine.Scan(ctx, []engine.Inventory{inv}, run.space, engine.Options{Jobs: run.options.Jobs, Memory: amountsMemory(run.options.Memory), Scratch: run.options.Scratch})
	if err != nil {
		return err
	}
	defer scan.Close()
	s.rows = scan.Counts[0].Rows[amounts.InTotal]
	return scan.Groups(func(g *amounts.Group) error {
		at, ok := s.index[g.Names[0]]
		if !ok {
			return nil // a row without a model
		}
		m := &s.members[at]
		for i := range g.Cells {
			key, c := &g.Cells[i].Key, &g.Cells[i].Cell
			if key.Status != amounts.InTotal {
				continue
			}
			m.rows = true
			f := &a.flows[key.Flow]
			if f.unit || f.shareOf != 0 { // the first of share_of is total
				continue
			}
			m.year = max(m.year, key.Year)
			var amount float64
			if key.Mono != amounts.Refused {
				amount = float64(c.Sum.Float64() * a.monomial(key.Mono).value)
			}
			for _, part := range a.answer(key).parts {
				state := burdenState{class: max(int(key.Class), part.class), supplied: true}
				value := amount
				switch {
				case key.Mono == amounts.Refused || part.refused:
					state, value = burdenState{incomplete: true}, 0
				case part.found != nil:
					value = float64(amount * part.factor)
				}
				for u := range part.scope.under {
					b := &m.burdens[part.scope.under[u].burden]
					if *b == nil {
						*b = &burdenOf{}
					}
					(*b).value.Add(value)
					(*b).include(state)
				}
			}
		}
		return nil
	})
}

// shareOut shares out by one of the method's list. others says that rows of other models enter totals, too.
func (s *sharing) shareOut(number int, share *rules.ShareOut, others bool, res *result) error {
	var probs diag.List
	counts := s.counts(number, share, &probs)
	continues, silent := s.keys(number, share, &probs)
	if err := probs.Err(); err != nil {
		return err
	}
	forest, cycle := lineage.New(continues)
	if cycle != nil {
		probs.Add(s.cycle(number, share, cycle))
		return probs.Err()
	}
	over, sums := forest.Over()
	for i, m := range over {
		probs.Add(s.over(number, share, m, sums[i]))
	}
	if err := probs.Err(); err != nil {
		return err
	}
	words := lca.Words()
	years, lost := make([]int32, len(s.members)), make([]bool, len(s.members))
	for m := range s.members {
		years[m] = s.members[m].year
		lost[m] = silent[m] || !s.members[m].rows // what it bears is not all known
	}
	forest.Visit(func(parent, child int) {
		years[child] = max(years[child], years[parent])
		lost[child] = lost[child] || lost[parent]
	})
	row := lca.Intensity{Study: s.p.study.Name, Scenario: scenario, Method: s.p.method.Ref(), Pack: s.p.pack.Ref(), Kind: s.k.kind.Name, Scope: "volume", FunctionalUnit: share.Name}
	for at := range burdenCount() {
		own, states, any := make([]exact.Sum, len(s.members)), make([]burdenState, len(s.members)), false
		for m := range s.members {
			if b := s.members[m].burdens[at]; b != nil {
				own[m], states[m], any = b.value, b.burdenState, true
			}
		}
		if !any || s.totals[at] == nil {
			continue
		}
		forest.Visit(func(parent, child int) { states[child].include(states[parent]) })
		bears := forest.Bear(own)
		var parts []exact.Sum
		var served []int
		total := s.totals[at].Float64()
		var rest exact.Sum
		if others {
			rest = *s.totals[at]
			for m := range own {
				rest.Add(-own[m].Float64())
			}
			if rest.Float64() < 0 {
				rest = exact.Sum{} // they bear nothing of this
			}
		}
		for m := range bears {
			if counts[m] != nil && states[m].supplied {
				parts, served = append(parts, bears[m]), append(served, m)
			} else {
				rest.Merge(&bears[m])
			}
		}
		values := lineage.Round(append(parts, rest), total) // amounts of other groups were rounded otherwise on the way to the total
		pair := at % (len(words.Perspectives) * len(words.Accountings))
		category := words.Categories[at/(len(words.Perspectives)*len(words.Accountings))]
		row.Category, row.Unit = category.Name, category.Unit+"/"+share.Name
		row.Perspective, row.Accounting = words.Perspectives[pair/len(words.Accountings)].Name, words.Accountings[pair%len(words.Accountings)].Name
		for i, m := range served {
			row.Model, row.Year = s.members[m].name, int(years[m])
			row.Impact, row.Units = values[i], counts[m].value
			row.Value = row.Impact / row.Units
			row.Quality = words.Qualities[max(states[m].class, counts[m].class, share.Best())].Name
			row.Complete = !states[m].incomplete && !lost[m]
			row.ComparisonClass = comparisonOf(share, len(continues[m]) > 0, silent[m])
			res.intensities.addShared(row)
		}
		s.account(share, row.Perspective, row.Accounting, row.Category, values, res.ledger)
	}
	return nil
}

// comparisonOf says over what a model's burden is shared out, and which.
func comparisonOf(share *rules.ShareOut, inherits, silent bool) string {
	what := "all rows of the model"
	switch {
	case silent:
		what += ", what it continues left out in part"
	case inherits:
		what += " and its shares of what it continues"
	}
	return what + ", over " + share.Over
}

// account says in the ledger what of the kind's burdens is shared out and what is not.
func (s *sharing) account(share *rules.ShareOut, perspective, accounting, category string, values []float64, l *ledger) {
	k := entryKey{entry: entryShareOut, perspective: perspective, accounting: accounting, kind: s.k.kind.Name, subject: share.Name, category: category}
	last := len(values) - 1
	k.class, k.detail = classShared, diag.Plural(int64(last), "model")+", over "+share.Over
	for _, v := range values[:last] {
		l.sum(k).add(v, 0)
	}
	if values[last] != 0 {
		k.class, k.detail = classUnshared, "is of models of which no count is stated"
		l.sum(k).add(values[last], 0)
	}
}

// stating names a row in messages.
func (s *sharing) stating(x *statement) string {
	return fmt.Sprintf("%s (%s)", quoted(x.id), x.place(s.k))
}

// counts are what is stated of each member, nil of which nothing is. Rows of one member must agree.
func (s *sharing) counts(number int, share *rules.ShareOut, probs *diag.List) []*said {
	out, first := make([]*said, len(s.members)), make([]*statement, len(s.members))
	for _, x := range s.statements.list {
		c := x.counts[number]
		m, ok := s.index[x.model]
		if c == nil || !ok {
			continue
		}
		place := x.at(s.k, "")
		switch {
		case !x.inTotal:
			s.warnings.Add(diag.Problem{Code: diag.UnusedName, Severity: diag.Warning, Place: place,
				Message: fmt.Sprintf("the row states %v for %s, but enters no total: nothing is shared out by it", c.value, share.Name), Hint: "state it of a row that enters a total"})
		case !(c.value > 0) || math.IsInf(c.value, 0):
			probs.Add(diag.Problem{Code: diag.OutOfRange, Place: place, Message: fmt.Sprintf("what %s bears cannot be shared out over %v: %s", quoted(x.model), c.value, share.Over)})
		case out[m] != nil && out[m].value != c.value:
			probs.Add(diag.Problem{Code: diag.Inconsistent, Place: place,
				Message: fmt.Sprintf("%s states %v of %s for %s, %s states %v", s.stating(x), c.value, quoted(x.model), share.Name, s.stating(first[m]), out[m].value),
				Why:     "what a model does over its life is one number", Hint: "state it of one row of the model, or of several alike"})
		case out[m] == nil:
			out[m], first[m] = &said{c.value, c.class}, x
		default:
			out[m].class = max(out[m].class, c.class)
		}
	}
	return out
}

// keys are the shares that pass to each member, and which members continue another whose share is not stated.
func (s *sharing) keys(number int, share *rules.ShareOut, probs *diag.List) (continues [][]lineage.Share, silent []bool) {
	continues, silent = make([][]lineage.Share, len(s.members)), make([]bool, len(s.members))
	type edge struct{ child, parent int }
	first := map[edge]*statement{}
	var without []string
	for _, pass := range []bool{true, false} { // rows that state a key, then those that do not
		for _, x := range s.statements.list {
			parent, c := x.parents[number], x.keys[number]
			if parent == "" || !x.inTotal || (c != nil) != pass {
				continue
			}
			of, known := s.statements.parents[parent]
			e := edge{s.index[x.model], s.index[of]}
			place := x.at(s.k, share.Lineage)
			switch had := first[e]; {
			case !known:
				probs.Add(diag.Problem{Code: diag.UnknownReference, Place: place, Message: fmt.Sprintf("no row of %s has the id %s", s.k.kind.Name, quoted(parent))})
			case e.child == e.parent && pass && c.value != 0:
				probs.Add(diag.Problem{Code: diag.Inconsistent, Place: place,
					Message: fmt.Sprintf("%s takes a share of what its own model bears: %s is a row of %s, too", s.stating(x), quoted(parent), quoted(x.model)),
					Why:     "a model bears all of its own rows", Hint: "state no share of a row of the same model"})
			case e.child == e.parent:
			case !pass && had == nil:
				first[e] = x
				silent[e.child] = true
				without = append(without, fmt.Sprintf("%s continues %s", quoted(x.model), quoted(of)))
			case !pass:
			case !(c.value >= 0 && c.value <= 1):
				probs.Add(diag.Problem{Code: diag.OutOfRange, Place: place, Message: fmt.Sprintf("the share of %s that passes to %s is %v: it is between 0 and 1", quoted(of), quoted(x.model), c.value)})
			case had != nil && had.keys[number].value != c.value:
				probs.Add(diag.Problem{Code: diag.Inconsistent, Place: place,
					Message: fmt.Sprintf("%s takes %v of what %s bears for %s, %s takes %v", s.stating(x), c.value, quoted(of), quoted(x.model), s.stating(had), had.keys[number].value),
					Why:     "what passes from one model to another is one share", Hint: "state it of one row of the model, or of several alike"})
			case had == nil:
				first[e] = x
				continues[e.child] = append(continues[e.child], lineage.Share{Parent: e.parent, Key: c.value})
			}
		}
	}
	for m := range continues {
		slices.SortFunc(continues[m], func(a, b lineage.Share) int { return cmp.Compare(a.Parent, b.Parent) })
	}
	if len(without) > 0 {
		const shown = 3
		n := int64(len(without))
		if len(without) > shown {
			without = append(without[:shown], "…")
		}
		s.warnings.Add(diag.Problem{Code: diag.MissingValue, Severity: diag.Warning, Place: diag.Place{File: s.k.files()[0], Column: share.Lineage},
			Message: fmt.Sprintf("of %s no share is stated for %s, and none passes: %s", diag.Plural(n, "continued model"), share.Name, strings.Join(without, ", ")),
			Why:     "their intensities are marked as incomplete"})
	}
	return continues, silent
}

// passing are the rows that state what passes from a member, one for each that it passes to.
func (s *sharing) passing(number int, from int) []*statement {
	var out []*statement
	for _, x := range s.statements.list {
		if x.inTotal && x.keys[number] != nil && x.parents[number] != "" && s.index[s.statements.parents[x.parents[number]]] == from &&
			!slices.ContainsFunc(out, func(y *statement) bool { return y.model == x.model }) {
			out = append(out, x)
		}
	}
	return out
}

// over is the problem of a member from whom more passes than there is.
func (s *sharing) over(number int, share *rules.ShareOut, from int, sum float64) diag.Problem {
	takes := s.passing(number, from)
	var parts []string
	const shown = 10
	for i, x := range takes {
		if i == shown {
			parts = append(parts, fmt.Sprintf("and %d more", len(takes)-shown))
			break
		}
		parts = append(parts, fmt.Sprintf("%v to %s by %s", x.keys[number].value, quoted(x.model), s.stating(x)))
	}
	return diag.Problem{Code: diag.Inconsistent, Place: takes[len(takes)-1].at(s.k, share.Lineage),
		Message: fmt.Sprintf("more passes from %s than it bears, %v of it: %s", quoted(s.members[from].name), sum, strings.Join(parts, ", ")),
		Why:     "a burden that is shared out twice counts twice", Hint: "shares of one model add up to 1 at most; what is left stays with its own service"}
}

// cycle is the problem of members that continue each other.
func (s *sharing) cycle(number int, share *rules.ShareOut, path []int) diag.Problem {
	var names, rows []string
	place := diag.Place{}
	for i, m := range path {
		names = append(names, quoted(s.members[m].name))
		if i == 0 {
			continue
		}
		for _, x := range s.passing(number, path[i-1]) {
			if s.index[x.model] == m {
				rows = append(rows, s.stating(x))
				place = x.at(s.k, share.Lineage)
			}
		}
	}
	return diag.Problem{Code: diag.Cycle, Place: place, Message: fmt.Sprintf("what %s bears comes back to it: %s, by %s", names[0], strings.Join(names, " → "), strings.Join(rows, ", ")),
		Why: "nothing would come first, and what it bears could not be handed on"}
}

// sharesOf checks what a method shares out of a kind against its columns.
func sharesOf(m *rules.Method, kind *datasets.Kind, probs *diag.List) {
	for _, s := range m.Shares(kind.Name) {
		if kind.Groups["model"] == "" && kind.Period != (datasets.Period{}) { // of one without a period the rules complain
			probs.Add(s.At.Problem(diag.BadValue, "rows of %s are of no model: nothing of them can be shared out", kind.Name))
		}
		if f, ok := kind.Column(s.Lineage); ok && f.References != kind.Name {
			x := s.At.Get("lineage").Problem(diag.BadValue, "%s does not hold ids of rows of %s", s.Lineage, kind.Name)
			for _, c := range kind.Columns {
				if c.Name == kind.Roles.Continues {
					x.Hint = "did you mean " + c.Name + "?"
				}
			}
			probs.Add(x)
		}
	}
}
