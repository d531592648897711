package study

import (
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// value records a contribution to a total: its class, and the fallbacks and overlaid factors that it rests on, each once.
func (l *ledger) value(part *part, u *under, m *monomial, class int, amount, value float64, rows int64) {
	s := part.scope
	if u.values[class] == nil {
		u.values[class] = l.sum(entryKey{entry: entryValue, year: int(s.year), perspective: s.flow.rule.Perspective, accounting: u.name,
			kind: l.p.kinds[s.flow.kind].kind.Name, subject: s.flow.rule.Stage, category: s.category, class: lca.Words().Qualities[class].Name})
	}
	u.values[class].add(value, rows)
	for _, w := range part.ways {
		l.along(s, u, w).add(value, rows)
	}
	for _, w := range m.ways {
		if !slices.Contains(part.ways, w) {
			l.along(s, u, w).add(value, rows)
		}
	}
	l.covered(s, u, amount, true)
}

// along is the entry of a way.
func (l *ledger) along(s *scope, u *under, way int) *entrySum {
	for way >= len(u.ways) {
		u.ways = append(u.ways, nil)
	}
	if u.ways[way] == nil {
		w := l.ways.all[way]
		u.ways[way] = l.sum(entryKey{entry: w.entry, year: int(s.year), perspective: s.flow.rule.Perspective, accounting: u.name,
			subject: w.factor, category: s.category, detail: w.detail})
	}
	return u.ways[way]
}

// covered records how much electricity has a factor in a category.
func (l *ledger) covered(s *scope, u *under, amount float64, has bool) {
	if s.flow.energy == 0 {
		return
	}
	if u.energy == nil {
		k := entryKey{entry: entryCoverage, year: int(s.year), perspective: s.flow.rule.Perspective, accounting: u.name, category: s.category,
			subject: s.flow.rule.Factor, class: classCovered}
		if l.energy[k] == nil {
			l.energy[k] = &[2]exact.Sum{}
		}
		u.energy = l.energy[k]
	}
	energy := float64(amount * s.flow.energy)
	u.energy[1].Add(energy)
	if has {
		u.energy[0].Add(energy)
	}
}

var kilowattHour = sync.OnceValue(func() unit.Unit { return unit.MustParse("kWh") })

// kilowattHours is what an amount in a unit is multiplied by to be in kWh; 0 for what is no energy.
func kilowattHours(measure string) float64 {
	u, err := unit.Parse(measure)
	if err != nil {
		return 0
	}
	f, _ := unit.Factor(u, kilowattHour())
	return f
}

// refused records a contribution without a value under an accepted gap.
func (l *ledger) refused(part *part, u *under, in *refusal, accounting int, rows int64) {
	if in.entries == nil {
		in.entries = make([]*entrySum, len(part.scope.under))
	}
	if in.entries[accounting] == nil {
		s, h := part.scope, in.hole
		subject := h.factor
		if subject == "" {
			subject = h.impact
		}
		class := classRefused
		if !s.flow.inTotal() {
			class = classOutside
		}
		in.entries[accounting] = l.sum(entryKey{entry: entryGap, year: int(s.year), perspective: s.flow.rule.Perspective, accounting: u.name,
			kind: l.p.kinds[s.flow.kind].kind.Name, subject: subject, category: s.category, class: class, detail: h.gap.Reason})
	}
	in.entries[accounting].rows += rows
}
