package reports

import (
	"slices"
	"sort"

	"github.com/ai-impact-observatory/ailca/lca"
)

// standing is how far a total can be relied on, as the ledger tells it. The zero value is a total that lacks nothing.
type standing struct {
	NotAssessed bool   // no facility energy has a factor: the sum is of side issues, and is no figure of the category
	Incomplete  bool   // a part was refused under an accepted gap
	Covers      string // the smallest share of facility energy that has a factor; empty where it is all or not told
	Lacks       string // of what was not assessed: what has no factor, and why
	Reason      string

	refused map[refusal]int64 // rows
}

// refusal is a factor or an impact that was refused for rows of a kind.
type refusal struct{ kind, subject string }

// standing reads the ledger's lines of coverage and of gaps for one total.
func (p *page) standing(year int, perspective, accounting, category string) standing {
	var s standing
	least, most, told := 1.0, 0.0, false
	s.refused = map[refusal]int64{}
	for i := range p.Ledger {
		e := &p.Ledger[i]
		if e.Category != category || e.Year != 0 && e.Year != year || e.Perspective != "" && e.Perspective != perspective ||
			e.Accounting != "" && e.Accounting != accounting {
			continue
		}
		switch {
		case e.Type == "gap" && e.Class != "outside_total": // else of an option or a credit
			s.Incomplete = true
			s.refused[refusal{e.Kind, e.Subject}] += e.Rows
		case e.Type == "coverage" && e.Share != nil:
			least, most, told = min(least, *e.Share), max(most, *e.Share), true
			if *e.Share == 0 && s.Lacks == "" {
				s.Lacks = e.Subject
			}
		}
	}
	if s.Incomplete = s.Incomplete || least < 1; least < 1 {
		s.Covers = p.Text.percent(least)
	}
	if s.NotAssessed = told && most <= 0; s.NotAssessed {
		s.Reason = p.reason(year, perspective, accounting, category, s.Lacks)
	}
	s.Lacks = p.Text.subject(s.Lacks)
	return s
}

// reason is the one given for the gap of a factor or impact; empty where the ledger gives none.
func (p *page) reason(year int, perspective, accounting, category, subject string) string {
	for i := range p.Ledger {
		e := &p.Ledger[i]
		if e.Type == "gap" && e.Subject == subject && e.Category == category && (e.Year == 0 || e.Year == year) &&
			(e.Perspective == "" || e.Perspective == perspective) && (e.Accounting == "" || e.Accounting == accounting) {
			return e.Detail
		}
	}
	return ""
}

// refused names what was refused of a total of the study's year, in short: at most three things, those of most rows first, each with how many rows; how many
// parts of rows where some row may stand in a count twice, as one with several parts of the same name would.
func (p *page) refused(s standing, perspective string) string {
	most := map[string]int64{}
	for _, h := range p.holdings(perspective) {
		most[h.kind] = int64(h.now)
	}
	rows, twice := map[string]int64{}, map[string]bool{}
	for r, n := range s.refused {
		rows[r.subject] += n
		twice[r.subject] = twice[r.subject] || n > most[r.kind]
	}
	var names []string
	for n := range rows {
		names = append(names, n)
	}
	sort.Strings(names)
	sort.SliceStable(names, func(i, j int) bool { return rows[names[i]] > rows[names[j]] })
	const told = 3
	unit := "of_rows"
	if slices.ContainsFunc(names, func(n string) bool { return twice[n] }) {
		unit = "of_parts"
	}
	var parts []string
	for _, n := range names[:min(told, len(names))] {
		part := lower(p.Text.subject(n))
		if rows[n] > 0 {
			part = p.Text.many(rows[n], unit, part)
		}
		parts = append(parts, part)
	}
	if len(names) > told {
		parts = append(parts, p.Text.many(int64(len(names)-told), "more"))
	}
	return p.Text.enumerate(parts)
}

// assessed tells whether a total may be drawn and headlined.
func (p *page) assessed(year int, perspective, accounting, category string) bool {
	return !p.standing(year, perspective, accounting, category).NotAssessed
}

// flagged marks a figure that is a partial sum of what was not assessed.
func (p *page) flagged(t *table, c cell, assessed bool) cell {
	if !assessed && c.Text != "" {
		c.Mark, t.Marked = p.Text.NotAssessed, p.Text.PartialSum
	}
	return c
}

// undrawn says which categories a figure leaves to its table.
func (p *page) undrawn(titles []string) string {
	if len(titles) == 0 {
		return ""
	}
	for i := range titles {
		titles[i] = lower(titles[i])
	}
	return p.Text.say("undrawn", upper(p.Text.NotAssessed), p.Text.enumerate(titles)) + " "
}

// models names the characterisation model of each category that a figure or its table shows.
func (w *wording) models(categories []lca.Category) string {
	var out []string
	for _, c := range categories {
		if c.Model != "" {
			out = append(out, lower(c.Title)+", "+c.Model)
		}
	}
	return w.list(out)
}
