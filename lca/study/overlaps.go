package study

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// kindOf is the plan of a kind; nil where it has no inventory of activities.
func (p *plan) kindOf(kind *datasets.Kind) *kindPlan {
	if i := slices.IndexFunc(p.kinds, func(k *kindPlan) bool { return k.kind == kind }); i >= 0 {
		return p.kinds[i]
	}
	return nil
}

// checkOptions are those with which a run has an inventory of activities checked: rows that count something twice in a total are errors.
func (p *plan) checkOptions(k *kindPlan) datasets.CheckOptions {
	o := datasets.CheckOptions{Catalogue: p.ids, Leave: k.ruledOut, Found: &k.overlaps, Overlaps: p.method == nil || p.method.Has(k.kind.Name)}
	p.acceptances(k, &o, nil)
	return o
}

// acceptances says which rows the study accepts, of which used notes those that were of use, and which rows its filter and the method let enter a total.
func (p *plan) acceptances(k *kindPlan, o *datasets.CheckOptions, used []atomic.Bool) {
	for i, x := range p.study.Overlaps {
		if x.Kind == k.kind.Name {
			a := datasets.Acceptance{Rows: x.Rows, Reason: x.Reason}
			if used != nil {
				a.Used = &used[i]
			}
			o.Accept = append(o.Accept, a)
		}
	}
	switch program := k.program; {
	case p.method != nil && !p.method.Has(k.kind.Name):
		o.Enters = &datasets.Condition{New: func() func(*column.Batch) column.Bitmap {
			return func(b *column.Batch) column.Bitmap { return column.NewBitmap(b.Rows) } // none
		}}
	case program != nil && p.study.Where[k.kind.Name] != nil:
		o.Enters = &datasets.Condition{Columns: program.Columns(), New: func() func(*column.Batch) column.Bitmap {
			runner := program.NewRunner(&amounts.Space{}, p)
			return func(b *column.Batch) column.Bitmap {
				if runner.Evaluate(b) != nil {
					return nil // the scan tells of it
				}
				return runner.Keep()
			}
		}}
	}
}

// overlaps tells of overlaps that the study accepts, with their reasons, and of rows that were not looked at. Of an inventory that the study filters only
// a warning tells of these: how many there are depends on which row groups are read, and a table must not.
func (l *ledger) overlaps() {
	for _, x := range l.p.study.Overlaps {
		l.entries = append(l.entries, lca.Entry{Type: entryOverlap, Kind: x.Kind, Subject: x.name(), Class: classAccepted, Detail: x.Reason})
	}
	for _, k := range l.p.kinds {
		if text := k.overlaps.Text(k.kind); text != "" && l.p.study.Where[k.kind.Name] == nil {
			l.entries = append(l.entries, lca.Entry{Type: entryOverlap, Kind: k.kind.Name, Subject: "rows", Class: classUnlooked, Detail: text, Rows: max(0, k.overlaps.Unlooked)})
		}
	}
}

// name is the list of the rows.
func (o *AcceptedOverlap) name() string { return strings.Join(o.Rows, ", ") }

// betweenPartials warns of what nobody has looked for.
func (p *plan) betweenPartials(probs *diag.List) {
	if len(p.partials) == 0 {
		return
	}
	x := p.study.at("amounts").Problem(diag.Overlap, "overlaps were looked for by the runs that wrote the amounts tables, each among its own rows, and not between them")
	x.Severity, x.Why = diag.Warning, "a row in one may count what a row in another counts"
	x.Hint = "cut the inventory so that rows of one organisation and model stand in one part, or have the files together checked: ailca validate FILES"
	probs.Add(x)
}
