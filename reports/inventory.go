package reports

import (
	"slices"
	"sort"
	"strconv"
	"strings"
)

// holding is what the inventory of a kind holds that enters a perspective's totals.
type holding struct {
	kind  string
	now   int   // distinct items in the totals of the study's year; -1 where the table does not name items
	ever  int   // and of all years
	years []int // those with any row, ascending
}

// holdings counts, for each kind, the distinct items among the rows of a perspective's totals. A kind of which the edition lists items
// and which stands in no total at all is told where its intensities stand, else in the first perspective.
func (p *page) holdings(perspective string) []holding {
	var out []holding
	for _, kind := range p.kindNames() {
		h := holding{kind: kind}
		found, elsewhere := p.table.holdings[perspectiveKind{perspective, kind}], false
		for k := range p.table.holdings {
			elsewhere = elsewhere || k.kind == kind && k.perspective != perspective
		}
		if found == nil && (elsewhere || p.home(kind) != perspective) {
			continue
		}
		if found != nil {
			h.now, h.ever, h.years = found.now, found.ever, slices.Clone(found.years)
			if found.unnamed {
				h.now, h.ever = min(0, -found.now), -1
			}
		}
		sort.Ints(h.years)
		out = append(out, h)
	}
	return out
}

// kindNames are the kinds of the items that are listed, in their order, then those of the impact table by name.
func (p *page) kindNames() []string {
	var listed []string
	for i := range p.Items {
		if !slices.Contains(listed, p.Items[i].Kind) {
			listed = append(listed, p.Items[i].Kind)
		}
	}
	seen := map[string]bool{}
	for _, k := range listed {
		seen[k] = true
	}
	for k := range p.table.kinds {
		seen[k] = true
	}
	return ordered(listed, seen)
}

// home is the perspective of a kind that has no totals.
func (p *page) home(kind string) string {
	if p.Listed != nil && p.Listed.perspectives[kind] != "" {
		return p.Listed.perspectives[kind]
	}
	for i := range p.Intensities {
		if p.Intensities[i].Kind == kind {
			return p.Intensities[i].Perspective
		}
	}
	if all := p.Perspectives(); len(all) > 0 {
		return all[0].Name
	}
	return ""
}

// Documented says of what activities the year's totals of a perspective are the sum, and which kind of activity is missing.
func (p *page) Documented(perspective string) string {
	var parts []string
	for _, h := range p.holdings(perspective) {
		parts = append(parts, p.Text.holding(h, p.Year))
	}
	return p.Text.list(parts)
}

// missingKinds are those of a perspective's kinds that have no row in the study's year: what they do cannot be in its totals.
func (p *page) missingKinds(perspective string) string {
	var none []string
	for _, h := range p.holdings(perspective) {
		if h.now == 0 {
			none = append(none, p.Text.say("no_kind", p.Text.noun(h.kind).One))
		}
	}
	return p.Text.enumerate(none)
}

// holding puts a count into words.
func (w *wording) holding(h holding, year int) string {
	n := w.noun(h.kind)
	switch {
	case len(h.years) == 0:
		return w.say("holding_never", w.say("no_kind", n.One))
	case h.now == 0 && h.ever < 0:
		return w.say("holding_for", w.say("no_kind", n.One), w.ranges(h.years))
	case h.now == 0:
		return w.say("holding_years", w.say("no_kind", n.One), count(w, h.ever), w.ranges(h.years))
	case h.now < 0:
		return w.say("holding_uncounted", n.Many)
	}
	return w.say("holding", count(w, h.now), w.plural(int64(h.now), n.One, n.Many), count(w, h.ever))
}

// noun is a kind's activity in the singular and plural.
func (w *wording) noun(kind string) noun {
	if n, ok := w.Kinds[kind]; ok {
		return n
	}
	name := lower(w.humanise(kind))
	return noun{One: name, Many: name}
}

// ranges prints ascending years: 2018 to 2022 and 2025.
func (w *wording) ranges(years []int) string {
	var parts []string
	for i := 0; i < len(years); {
		j := i
		for j+1 < len(years) && years[j+1] == years[j]+1 {
			j++
		}
		switch j - i {
		case 0:
			parts = append(parts, strconv.Itoa(years[i]))
		case 1:
			parts = append(parts, strconv.Itoa(years[i]), strconv.Itoa(years[j]))
		default:
			parts = append(parts, w.to(strconv.Itoa(years[i]), strconv.Itoa(years[j])))
		}
		i = j + 1
	}
	return w.enumerate(parts)
}

// enumerate joins with commas and, last, "and".
func (w *wording) enumerate(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return w.say("and", strings.Join(parts[:last], ", "), parts[last])
}

// plural chooses the form of a noun behind a count.
func (w *wording) plural(n int64, one, many string) string {
	if n == 1 || n == 0 && w.or().Numbers.Zero == "one" {
		return one
	}
	return many
}
