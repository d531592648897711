package factors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Years outside of these are taken for a slip.
const (
	firstYear = 1900
	lastYear  = 2200
)

// cell is a text of a column, looked at once for all rows that have it.
type cell struct {
	text   string
	wrong  *fault // nil where nothing is wrong with it
	number int32  // of a region or technology its code, of a year the year, of released its last day
	unit   unit.Unit
	spread uncertainty
}

// fault is what is wrong with a cell.
type fault struct {
	code          diag.Code
	message, hint string
}

// cells are the texts of a column.
type cells struct {
	last  *cell
	known map[string]*cell
}

// maxCells bounds how many texts of a column are remembered; those beyond are looked at afresh.
const maxCells = 1 << 16

// cell looks at a text of a column.
func (l *loader) cell(col int, text string) *cell {
	c := &l.cells[col]
	if c.last != nil && c.last.text == text {
		return c.last
	}
	if have := c.known[text]; have != nil {
		c.last = have
		return have
	}
	one := &cell{text: strings.Clone(text)}
	l.look(col, one)
	if c.known == nil {
		c.known = map[string]*cell{}
	}
	if len(c.known) < maxCells {
		c.known[one.text] = one
	}
	c.last = one
	return one
}

// look checks a cell by itself.
func (l *loader) look(col int, c *cell) {
	text, name := c.text, columnNames[col]
	fail := func(code diag.Code, hint, format string, args ...any) {
		c.wrong = &fault{code, fmt.Sprintf(format, args...), hint}
	}
	if why := badText(name, text); why != nil {
		c.wrong = why
		return
	}
	if text == "" {
		switch col {
		case colQuality, colSource, colReleased:
			fail(diag.MissingValue, "", "the row has no %s", name)
		case colLicence:
			fail(diag.NoLicence, "", "the row has no licence")
		case colTechnology:
			c.number = l.pack.technologies.code("")
		case colRegion:
			c.number = l.pack.regions.code("")
		case colUnit:
			_, err := unit.Parse(text)
			fail(diag.BadUnit, "", "%v", err)
		case colDistribution:
			l.lookDistribution(c, fail)
		}
		return
	}
	switch col {
	case colCategory:
		if _, ok := lca.Words().Category(text); !ok {
			fail(diag.UnknownName, meant(text, lca.Words().CategoryNames()), "unknown category %q", text)
		}
	case colRegion:
		c.number = l.pack.regions.code(text)
		if _, ok := names.Regions().Lookup(text); !ok {
			hint := "codes stand in lca/names/regions.csv"
			if near := names.Regions().Nearest(text); near != "" {
				hint = "did you mean " + near + "?"
			}
			fail(diag.UnknownName, hint, "unknown region %q", text)
		}
	case colTechnology:
		c.number = l.pack.technologies.code(text)
	case colFrom, colTo:
		y, err := strconv.Atoi(text)
		if err != nil || len(text) != 4 || y < firstYear || y > lastYear {
			fail(diag.BadValue, "", "%s is a year from %d to %d, found %q", name, firstYear, lastYear, text)
		}
		c.number = int32(y)
	case colUnit:
		u, err := unit.Parse(text)
		if err != nil {
			fail(diag.BadUnit, "", "%v", err)
		}
		c.unit = u
	case colDistribution:
		l.lookDistribution(c, fail)
	case colBoundary:
		if !slices.Contains(boundaries, text) {
			fail(diag.UnknownName, meant(text, boundaries), "unknown boundary %q", text)
		}
	case colFlow, colPoint, colScope, colMargin:
		if words := selectors[col-colFlow].words; !slices.Contains(words, text) {
			fail(diag.UnknownName, meant(text, words), "unknown %s %q", name, text)
		}
	case colQuality:
		if words := lca.Names(lca.Words().Qualities); !slices.Contains(words, text) {
			fail(diag.UnknownName, meant(text, words), "unknown quality %q", text)
		}
	case colReleased:
		day, ok := lastDay(text)
		if !ok {
			fail(diag.BadValue, "", "released is a date such as 2025, 2025-03 or 2025-03-14, found %q", text)
		}
		c.number = day
	case colURL:
		if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
			fail(diag.BadValue, "an address starts with https://", "url is not a web address: %q", text)
		}
	case colSeries:
		if !seriesName.MatchString(text) {
			fail(diag.BadValue, "", "a series has a lower-case name such as owid-ember, found %q", text)
		}
	}
}

func (l *loader) lookDistribution(c *cell, fail func(diag.Code, string, string, ...any)) {
	u, err := parseUncertainty(c.text)
	if err != nil {
		fail(diag.BadDistribution, "", "%v", err)
	}
	c.spread = u
}

// badText is what is wrong with any text: spaces around it, characters that nobody sees.
func badText(name, text string) *fault {
	plain := len(text) == 0 || text[0] > ' ' && text[len(text)-1] > ' '
	for i := 0; plain && i < len(text); i++ {
		plain = text[i] >= ' ' && text[i] < 0x7f
	}
	if plain {
		return nil
	}
	if strings.TrimSpace(text) != text {
		return &fault{diag.BadValue, fmt.Sprintf("%s has spaces or line breaks around %q", name, strings.TrimSpace(text)), ""}
	}
	if strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
		return &fault{diag.BadValue, name + " holds a control character", ""}
	}
	return nil
}

// IsDay reports whether a text is a day such as 2025-06-30.
func IsDay(text string) bool {
	_, ok := lastDay(text)
	return ok && fullDate.MatchString(text)
}

// IsDate reports whether a text is a day, a month such as 2025-06, or a year.
func IsDate(text string) bool {
	_, ok := lastDay(text)
	return ok
}

// lastDay is the last day that a date may mean, as 20250331: of 2025-03 the 31st, of 2025 the 31st of December. It is false for what no calendar has.
func lastDay(date string) (int32, bool) {
	form := "2006-01-02"[:min(len(date), 10)]
	t, err := time.Parse(form, date)
	switch {
	case err != nil || t.Year() == 0:
		return 0, false
	case form == "2006":
		t = t.AddDate(1, 0, -1)
	case form == "2006-01":
		t = t.AddDate(0, 1, -1)
	case form != "2006-01-02":
		return 0, false
	}
	year, month, day := t.Date()
	return int32(year*10000 + int(month)*100 + day), true
}

// uncertainty is what a cell of the column distribution asks for.
type uncertainty struct {
	words  string    // as Measure.Uncertainty
	dist   dist.Dist // where it is declared
	gsd2   float64   // from a pedigree; 0: not
	spread bool      // from the values of several series ...
	of     string    // ... of this technology; empty: of the row's own key
}
