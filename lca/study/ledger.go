package study

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Types and classes of ledger entries beside the quality classes.
const (
	entryRows     = "rows"
	entryTier     = "tier"
	entryValue    = "value"
	entryFallback = "fallback"
	entryOverlay  = "overlay"
	entryGap      = "gap"
	entryCutOff   = "cut_off"
	entryCoverage = "coverage"
	entryShareOut = "share_out"
	entryOverlap  = "overlap"

	entryReconciled = "reconciliation"

	classRefused  = "refused"
	classAbsent   = "absent"
	classOutside  = "outside_total"
	classCutOff   = "cut_off"
	classCovered  = "covered"
	classAccepted = "accepted"
	classUnlooked = "not_looked_at"

	classShared   = "shared"
	classUnshared = "unshared"
)

// entryKey identifies a ledger entry whose value is a sum.
type entryKey struct {
	entry                                            string
	year                                             int
	perspective, accounting, kind, subject, category string
	class, detail                                    string
}

type entrySum struct {
	value exact.Sum
	rows  int64
}

// ledger gathers entries.
type ledger struct {
	p       *plan
	sums    map[entryKey]*entrySum
	energy  map[entryKey]*[2]exact.Sum // per year, perspective, accounting and category: electricity with a factor, and all
	entries []lca.Entry

	ways numbers[way]
}

func newLedger(p *plan) *ledger {
	return &ledger{p: p, sums: map[entryKey]*entrySum{}, energy: map[entryKey]*[2]exact.Sum{}}
}

// sum is the entry of a key; it is made where there is none.
func (l *ledger) sum(k entryKey) *entrySum {
	s := l.sums[k]
	if s == nil {
		s = &entrySum{}
		l.sums[k] = s
	}
	return s
}

func (s *entrySum) add(value float64, rows int64) {
	s.value.Add(value)
	s.rows += rows
}

// rows accounts for the rows of each inventory, as a whole and for each quantity.
func (l *ledger) rows(counts []engine.Counts) {
	qualities := lca.Words().Qualities
	for i, k := range l.p.kinds {
		add := func(subject, class, detail string, n int64) {
			if n > 0 {
				l.entries = append(l.entries, lca.Entry{Type: entryRows, Kind: k.kind.Name, Subject: subject, Class: class, Detail: detail, Rows: n})
			}
		}
		for s, n := range counts[i].Rows {
			class, detail := classOutside, amounts.Status(s).String()
			switch {
			case amounts.Status(s) != amounts.InTotal:
			case l.p.method.Has(k.kind.Name):
				class = "in_total"
			default:
				detail = "the method has no rules for this kind"
			}
			add("rows", class, detail, n)
		}
		for q, name := range k.program.Quantities() {
			for s := range counts[i].Grades[q] {
				for g, n := range counts[i].Grades[q][s][:1+len(qualities)] {
					class, detail := classAbsent, "no tier has a value"
					if g > 0 {
						class, detail = qualities[g-1].Name, ""
					}
					if status := amounts.Status(s); status != amounts.InTotal {
						if detail != "" {
							detail = "; " + detail
						}
						detail = status.String() + detail
					}
					add(name, class, detail, n)
				}
			}
			if k.program.Needs(q) { // of rows that the study filters out nothing is evaluated: how well it would be known must not depend on which are read
				add(name, classOutside, amounts.Filtered.String(), counts[i].Rows[amounts.Filtered])
			}
			l.tiers(k, q, counts[i].Tiers[q])
		}
	}
}

// tiers says in which of several ways a quantity was found.
func (l *ledger) tiers(k *kindPlan, quantity int, counts [][8]int64) {
	ways := k.program.Tiers(quantity)
	if len(ways) < 2 {
		return
	}
	for t := range counts {
		for g, n := range counts[t] {
			if n > 0 {
				l.entries = append(l.entries, lca.Entry{Type: entryTier, Kind: k.kind.Name, Subject: k.program.Quantities()[quantity], Class: lca.Words().Qualities[g].Name,
					Detail: fmt.Sprintf("%d of %d: %s", t+1, len(ways), ways[t]), Rows: n})
			}
		}
	}
}

// table finishes the ledger: entries sorted, shares of totals computed.
func (l *ledger) table() []lca.Entry {
	totals := map[entryKey]*exact.Sum{}
	totalOf := func(k entryKey) entryKey {
		return entryKey{year: k.year, perspective: k.perspective, accounting: k.accounting, category: k.category}
	}
	for k, s := range l.sums {
		if k.entry != entryValue {
			continue
		}
		t := totals[totalOf(k)]
		if t == nil {
			t = &exact.Sum{}
			totals[totalOf(k)] = t
		}
		t.Merge(&s.value)
	}
	out := l.entries
	for k, s := range l.sums {
		e := k.entryOf()
		e.Rows = s.rows
		if k.entry != entryGap {
			v := s.value.Float64()
			e.Value = &v
			if t := totals[totalOf(k)]; t != nil && t.Float64() != 0 {
				share := v / t.Float64()
				e.Share = &share
			}
		}
		out = append(out, e)
	}
	for k, s := range l.energy {
		e := k.entryOf()
		v := s[0].Float64()
		e.Value, e.Unit = &v, kilowattHour().String()
		if all := s[1].Float64(); all != 0 {
			share := v / all
			e.Share = &share
		}
		out = append(out, e)
	}
	for _, c := range l.p.method.CutOffs {
		out = append(out, l.cutOff(c)...)
	}
	for i := range out {
		e := &out[i]
		e.Study, e.Scenario = l.p.study.Name, scenario
		if c, ok := lca.Words().Category(e.Category); ok && e.Unit == "" {
			e.Unit = c.Unit
		}
	}
	slices.SortStableFunc(out, compareEntries)
	return out
}

// cutOff is a statement of what is left out; where the method gives an estimate, one for each total that it would be added to.
func (l *ledger) cutOff(c rules.CutOff) []lca.Entry {
	plain := lca.Entry{Type: entryCutOff, Subject: c.Name, Class: classCutOff, Detail: c.Reason}
	if c.Estimate == nil {
		return []lca.Entry{plain}
	}
	counted := map[entryKey]*exact.Sum{}
	for k, s := range l.sums {
		if k.entry != entryValue || k.subject != c.Estimate.Stage || k.category != c.Estimate.Category {
			continue
		}
		k = entryKey{entry: entryCutOff, year: k.year, perspective: k.perspective, accounting: k.accounting, category: k.category, subject: c.Name,
			class: classCutOff, detail: fmt.Sprintf("%s; estimated as %v of %s: %s", c.Reason, c.Estimate.Share, c.Estimate.Stage, c.Estimate.Source)}
		if counted[k] == nil {
			counted[k] = &exact.Sum{}
		}
		counted[k].Merge(&s.value)
	}
	var out []lca.Entry
	for k, s := range counted {
		e, v := k.entryOf(), float64(s.Float64()*c.Estimate.Share)
		e.Value = &v
		out = append(out, e)
	}
	if len(out) == 0 {
		return []lca.Entry{plain}
	}
	return out // sorted with the others
}

func (k entryKey) entryOf() lca.Entry {
	return lca.Entry{Type: k.entry, Year: k.year, Perspective: k.perspective, Accounting: k.accounting, Kind: k.kind, Subject: k.subject, Category: k.category,
		Class: k.class, Detail: k.detail}
}

var entryOrder = []string{entryRows, entryOverlap, entryTier, entryValue, entryFallback, entryOverlay, entryGap, entryCutOff, entryCoverage, entryShareOut, entryReconciled}

func compareEntries(a, b lca.Entry) int {
	words := lca.Words()
	return cmp.Or(
		cmp.Compare(slices.Index(entryOrder, a.Type), slices.Index(entryOrder, b.Type)),
		cmp.Compare(a.Year, b.Year),
		rank(words.Perspectives, a.Perspective, b.Perspective),
		rank(words.Accountings, a.Accounting, b.Accounting),
		strings.Compare(a.Kind, b.Kind),
		rankCategory(a.Category, b.Category),
		strings.Compare(a.Subject, b.Subject),
		rank(words.Qualities, a.Class, b.Class),
		strings.Compare(a.Class, b.Class),
		strings.Compare(a.Detail, b.Detail),
	)
}
