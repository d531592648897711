package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// Uncertainty is what a method says of draws beyond the distributions of its parameters.
type Uncertainty struct {
	Rank      []string       `doc:"rank"`      // parameters and factors of the method, the most important first: in this order quantities get the first dimensions of a design
	Inventory *RowErrors     `doc:"inventory"` // nil: the figures of rows are taken as exact
	At        *document.Node `doc:"@"`
}

// RowErrors says how far the figures of activity that a row states may be off: hours, energies, counts, requests. A row's figures together bear one
// error, a factor of median 1 whose logarithm is normal. Its spread goes by the row's own class, see Method.RowGrades, or by its pedigree.
type RowErrors struct {
	SharedBy string         // column: rows that state the same in it share a part of their error. A row that states nothing, or is of a kind without the column, shares it with all others of its kind and class that do not
	Basis    []string       // of the grading columns those that say how a row's figures came to be known
	Classes  []RowError     // by quality class, in the order of the vocabulary; the zero value of a class that is not named: exact
	Pedigree *PedigreeError // nil: scores that rows state are not looked at
	node     *document.Node
}

// RowError is the spread of the figures of rows of one class.
type RowError struct {
	GSD2   float64 // square of the geometric standard deviation, 1 or more: 95 % lie between the figure / GSD2 and the figure × GSD2
	Shared float64 // part of the variance of the logarithm, 0 to 1, that all rows of one class and one word of SharedBy have in common
	Source string
}

// LogVariance is the variance of the error's logarithm, (ln GSD2 / 2)²; 0 where the figures are exact.
func (e RowError) LogVariance() float64 {
	if e.GSD2 <= 1 {
		return 0
	}
	sigma := float64(elementary.Ln(e.GSD2) / 2)
	return float64(sigma * sigma)
}

// PedigreeError lets the pedigree matrix say the variance of rows that state a score of each of its indicators, in place of their class's. A row that
// leaves one out has its class's: what is not stated is not known to be good.
type PedigreeError struct {
	Basic  float64 `doc:"basic,required"`  // variance of the logarithm that a row has with the best scores throughout
	Shared float64 `doc:"shared,required"` // as of RowError
	Source string  `doc:"source,required"`
}

// Class is the error of rows of a class, the zero value where they are exact; e may be nil.
func (e *RowErrors) Class(class uint8) RowError {
	if e == nil || int(class) >= len(e.Classes) {
		return RowError{}
	}
	return e.Classes[class]
}

// Grade is a column by whose words rows are graded.
type Grade struct {
	Column string
	basis  *Basis // nil: the words are quality classes themselves
}

// RowGrades are the columns by which the figures that a row states are graded: the one with its class, and of the grading columns those that
// the block of uncertainty names, or all where it names none. A row is of the worst class that its words say; a row without words is of the best, as in results.
func (m *Method) RowGrades() []Grade {
	var out []Grade
	if m.Classes.Row != "" {
		out = append(out, Grade{Column: m.Classes.Row})
	}
	for i := range m.Classes.Basis {
		b := &m.Classes.Basis[i]
		if u := m.Uncertainty; u == nil || u.Inventory == nil || u.Inventory.Basis == nil || slices.Contains(u.Inventory.Basis, b.Column) {
			out = append(out, Grade{b.Column, b})
		}
	}
	return out
}

// Class is the class that a word of the column gives; a word that it does not know gives the worst.
func (g Grade) Class(word string) uint8 {
	grade := class(word)
	if g.basis != nil {
		grade = -1
		if c, ok := g.basis.Words[word]; ok {
			grade = c
		}
	}
	if grade < 0 {
		grade = len(lca.Words().Qualities) - 1
	}
	return uint8(grade)
}

// uncertainty reads and checks the block; the kinds are loaded.
func (l *loader) uncertainty(n *document.Node) {
	if n == nil || n.Kind == document.Null {
		return
	}
	var raw struct {
		Rank      []string       `doc:"rank"`
		Inventory *document.Node `doc:"inventory"`
	}
	document.Decode(n, &raw, l.probs)
	u := &Uncertainty{Rank: raw.Rank, At: n}
	l.m.Uncertainty = u
	if l.few(n.Get("rank"), "ranked name") {
		l.words(n.Get("rank"), l.m.drawn())
	}
	if raw.Inventory != nil && raw.Inventory.Kind != document.Null {
		u.Inventory = l.rowErrors(raw.Inventory)
	}
}

// drawn are the names that a draw may change: parameters and factors, in the order of the file.
func (m *Method) drawn() []string {
	var out []string
	for _, p := range m.Parameters {
		out = append(out, p.Name)
	}
	return append(out, m.factorNames()...)
}

func (l *loader) rowErrors(n *document.Node) *RowErrors {
	var raw struct {
		SharedBy string         `doc:"shared_by,required"`
		Basis    []string       `doc:"basis"`
		Classes  *document.Node `doc:"classes,required"`
		Pedigree *PedigreeError `doc:"pedigree"`
	}
	sound := l.decode(n, &raw)
	e := &RowErrors{SharedBy: raw.SharedBy, Basis: raw.Basis, Pedigree: raw.Pedigree, Classes: make([]RowError, len(lca.Words().Qualities)), node: n}
	if at := n.Get("shared_by"); at != nil && sound && !nameForm.MatchString(raw.SharedBy) {
		p := at.Problem(diag.BadValue, "%q is no name of a column", excerpt(raw.SharedBy))
		p.Hint = "shared_by: source"
		l.probs.Add(p)
	}
	var columns []string
	for _, b := range l.m.Classes.Basis {
		columns = append(columns, b.Column)
	}
	l.words(n.Get("basis"), columns)
	l.named(raw.Classes, "quality class", func(name string, at diag.Place, value *document.Node) {
		var c struct {
			GSD2   float64 `doc:"gsd2,required"`
			Shared float64 `doc:"shared,required"`
			Source string  `doc:"source,required"`
		}
		sound := l.decode(value, &c)
		grade := class(name)
		if grade < 0 {
			names := lca.Names(lca.Words().Qualities)
			p := value.ProblemAt(at, diag.UnknownName, "there is no quality class %q", name)
			if p.Hint = "one of " + strings.Join(names, ", "); diag.Nearest(name, names) != "" {
				p.Hint = fmt.Sprintf("did you mean %s?", diag.Nearest(name, names))
			}
			l.probs.Add(p)
			return
		}
		if sound {
			l.spread(value, c.GSD2)
			l.part(value, c.Shared)
			l.sourced(value, c.Source)
		}
		e.Classes[grade] = RowError{c.GSD2, c.Shared, c.Source}
	})
	l.noGap(raw.Classes, e)
	l.graded(raw.Classes, e)
	if p := raw.Pedigree; p != nil && sound {
		at := n.Get("pedigree")
		if b := at.Get("basic"); b != nil && !b.Cut && !(p.Basic >= 0 && p.Basic <= mostBasic) {
			wrong := b.Problem(diag.OutOfRange, "a basic variance is 0 to %v, not %v", mostBasic, p.Basic)
			wrong.Hint = "it is of the logarithm: 0.0006 for energy and materials"
			l.probs.Add(wrong)
		}
		l.part(at, p.Shared)
		l.sourced(at, p.Source)
	}
	return e
}

const (
	mostGSD2  = 100 // beyond it the mean of what is drawn is more than 14 times the figure, which says nothing
	mostBasic = 5   // as wide
)

// spread checks the gsd2 of a map.
func (l *loader) spread(n *document.Node, gsd2 float64) {
	at := n.Get("gsd2")
	if at == nil || at.Cut || gsd2 >= 1 && gsd2 <= mostGSD2 {
		return
	}
	p := at.Problem(diag.OutOfRange, "gsd2 is 1 to %v, not %v", mostGSD2, gsd2)
	p.Hint = "95 % lie between the figure / gsd2 and the figure × gsd2; 1: exact"
	if gsd2 > mostGSD2 {
		p.Why = "the mean of what is drawn for a row is beyond 14 times its figure, which says nothing of it then"
	}
	l.probs.Add(p)
}

// part checks the shared of a map.
func (l *loader) part(n *document.Node, shared float64) {
	at := n.Get("shared")
	if at == nil || at.Cut || shared >= 0 && shared <= 1 {
		return
	}
	p := at.Problem(diag.OutOfRange, "shared is 0 to 1, not %v", shared)
	p.Hint = "the part of the variance of the logarithm that rows have in common: 0 none, 1 all of it"
	l.probs.Add(p)
}

func (l *loader) sourced(n *document.Node, source string) {
	if at := n.Get("source"); at != nil && strings.TrimSpace(source) == "" {
		p := at.Problem(diag.MissingValue, "a spread needs a source")
		p.Hint = "what is an assumption says so: source: an assumption, for want of measurements"
		l.probs.Add(p)
	}
}

// graded refuses spreads by class where no column says the class of a row, and warns where the row's own is not among the columns that do.
func (l *loader) graded(n *document.Node, e *RowErrors) {
	if n == nil || n.Kind != document.Map || len(n.Fields) == 0 || l.m.Classes.Row != "" {
		return
	}
	hint := "classes: {row: quality}, where quality is the text column with the class of a row"
	if slices.ContainsFunc(l.m.Classes.Basis, func(b Basis) bool { return e.Basis == nil || slices.Contains(e.Basis, b.Column) }) {
		p := n.Problem(diag.MissingKey, "a row whose words do not grade it is drawn as measured: the method names no column with a row's class")
		p.Severity, p.Hint = diag.Warning, hint
		l.probs.Add(p)
		return
	}
	p := n.Problem(diag.MissingKey, "every row would be drawn as measured: the method names no column with a row's class")
	p.Hint = hint
	l.probs.Add(p)
}

// noGap refuses classes that say nothing beside a better one that does: they would be taken as exact.
func (l *loader) noGap(n *document.Node, e *RowErrors) {
	if n == nil || n.Kind != document.Map {
		return
	}
	better := ""
	for i, q := range lca.Words().Qualities {
		switch {
		case n.Get(q.Name) != nil:
			better = q.Name
		case better != "":
			p := n.Problem(diag.MissingKey, "rows of the class %s, which is worse than %s, would be taken as exact", lca.Words().Qualities[i].Name, better)
			p.Hint = q.Name + ": {gsd2: ..., shared: ..., source: ...}"
			l.probs.Add(p)
		}
	}
}
