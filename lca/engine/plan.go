package engine

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// Inventory is one kind's part of a scan.
type Inventory struct {
	Kind   string
	Source Source
	// RuledOut says of each part whether the evaluator keeps no row of it, which is known without reading it: it is not opened. Nil: of none.
	RuledOut []bool
	New      func() Evaluator // a fresh evaluator; one for each worker
	Columns  []string         // what the evaluator reads, in its order
	Uses     []Use            // how it uses each of them
	Flows    []FlowSpec       // of the evaluator, in its order
	First    int              // number of the first of them among the run's flows
	Grades   int              // how many quantities the evaluator grades

	Groups  []string // columns whose values key the cells, at most MaxGroups; "" stands for a column that the kind does not have
	Merge   *Merge   // makes one more of them, the last, of several columns; nil: none
	Content []string // evaluator's columns by which the spread of amounts tells rows apart; nil: all
	Split   int      // how many of the last of them split cells that are one in results, see Result.Gathered

	Scope         string // column with volume, intensity or sample; "" where every row is real activity of its own
	PartOf        string // column that names the row of which a row is a part
	AlternativeTo string // column that names the row which states the same from another source, and counts in place of a row
	Planned       Match  // rows that count nowhere
	From          string // first day
	To            string // last day
	Year          string // calendar year, where no day is known
}

// Merge makes one word of a row's words in several columns, "" of each in which it has none or that the kind does not have. It may not depend on anything else. In a
// column of numbers whole ones from 1 to MostScore are words; all others are none.
type Merge struct {
	Columns []string
	Word    func(words []string) string
}

// MostScore is the largest number that Merge has as a word.
const MostScore = 15

func (inv *Inventory) ruledOut(part int) bool { return inv.RuledOut != nil && inv.RuledOut[part] }

// MaxGroups and MaxUnits are how many columns may key the cells of an inventory, and how many functional units its rows may count.
const (
	MaxGroups = 16
	MaxUnits  = 64
)

// FlowSpec is what the engine must know of a flow.
type FlowSpec struct {
	Name    string // for messages
	HasTime bool   // it has a date of its own, in place of the row's period
	Unit    bool   // it counts a functional unit: rows that count different units stay in different groups
}

// Match is a column and a word; the zero value matches nothing.
type Match struct{ Column, Word string }

// Scope words, in the order of the statuses that they give.
var scopes = map[string]amounts.Status{"volume": amounts.InTotal, "intensity": amounts.Intensity, "sample": amounts.Sample}

// alternatives are the statuses of rows that would have others, were they not alternatives to another row. An alternative to a part is one to what enters no total.
var alternatives = map[amounts.Status]amounts.Status{amounts.InTotal: amounts.Alternative, amounts.PartOf: amounts.Alternative,
	amounts.Intensity: amounts.AlternativeIntensity, amounts.Sample: amounts.AlternativeSample}

// InTotal reports whether a row takes part in a total: by the word of its scope, "" where it has none, and whether it is a part of another row or an
// alternative to one.
func InTotal(scope string, isPart, isAlternative bool) bool {
	return (scope == "" || scopes[scope] == amounts.InTotal) && !isPart && !isAlternative
}

// layout says where the columns that the engine itself reads stand in a batch, -1 for none.
type layout struct {
	columns                                               []string
	scope, partOf, alternativeTo, planned, from, to, year int
	groups, merged                                        []int
}

// layout adds the engine's own columns after the evaluator's.
func (inv *Inventory) layout() layout {
	l := layout{columns: slices.Clone(inv.Columns)}
	at := func(name string) int {
		if name == "" {
			return -1
		}
		if i := slices.Index(l.columns, name); i >= 0 {
			return i
		}
		l.columns = append(l.columns, name)
		return len(l.columns) - 1
	}
	l.scope, l.partOf, l.alternativeTo, l.planned = at(inv.Scope), at(inv.PartOf), at(inv.AlternativeTo), at(inv.Planned.Column)
	l.from, l.to, l.year = at(inv.From), at(inv.To), at(inv.Year)
	for _, g := range inv.Groups {
		l.groups = append(l.groups, at(g))
	}
	if inv.Merge != nil {
		for _, c := range inv.Merge.Columns {
			l.merged = append(l.merged, at(c))
		}
	}
	return l
}

// keys are the columns by whose words rows are grouped.
func (l *layout) keys() []int { return slices.Concat(l.groups, l.merged) }

// hasPeriod is false of a kind whose flows all have dates of their own.
func (l *layout) hasPeriod() bool { return l.from >= 0 || l.to >= 0 || l.year >= 0 }

// Counts accounts for an inventory's rows.
type Counts struct {
	Rows [amounts.Statuses]int64
	// Grades counts, for each quantity and status, the rows without a value and those of each quality class (index 1 + class). A quantity that no flow
	// needs has zeros, and so have rows that are filtered out: not all of them are evaluated.
	Grades [][amounts.Statuses][8]int64
	// Tiers counts, for each quantity, the rows in the total that found it in each of its ways, by quality class.
	Tiers [][][8]int64
	// NoPeriod counts rows without a date or year, FirstNoPeriod is the first of them.
	NoPeriod      int64
	FirstNoPeriod amounts.Origin
}

func newCounts(quantities int) Counts {
	return Counts{Grades: make([][amounts.Statuses][8]int64, quantities), Tiers: make([][][8]int64, quantities)}
}

func (c *Counts) merge(d *Counts) {
	for s := range c.Rows {
		c.Rows[s] += d.Rows[s]
	}
	for q := range c.Grades {
		for s := range c.Grades[q] {
			for g := range c.Grades[q][s] {
				c.Grades[q][s][g] += d.Grades[q][s][g]
			}
		}
	}
	for q := range d.Tiers {
		for t := range d.Tiers[q] {
			for g, n := range d.Tiers[q][t] {
				c.tier(q, t)[g] += n
			}
		}
	}
	if d.NoPeriod > 0 && (c.NoPeriod == 0 || d.FirstNoPeriod.Before(c.FirstNoPeriod)) {
		c.FirstNoPeriod = d.FirstNoPeriod
	}
	c.NoPeriod += d.NoPeriod
}

// add counts rows of one grade.
func (c *Counts) add(quantity int, g patternGrade, status amounts.Status, rows int64) {
	if status == amounts.Filtered {
		return
	}
	if !g.has {
		c.Grades[quantity][status][0] += rows
		return
	}
	c.Grades[quantity][status][1+int(g.class)] += rows
	if g.hasTier && status == amounts.InTotal {
		c.tier(quantity, int(g.tier))[g.class] += rows
	}
}

// tier is the count of a quantity's rows of one of its ways.
func (c *Counts) tier(quantity, tier int) *[8]int64 {
	for len(c.Tiers[quantity]) <= tier {
		c.Tiers[quantity] = append(c.Tiers[quantity], [8]int64{})
	}
	return &c.Tiers[quantity][tier]
}
