package reports

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// charted is how many bars the ledger's figure has at most; all stand in its table.
const charted = 30

// RowsFigure shows what became of every input row: a bar for each inventory and quantity, its parts the classes. Nil without such lines.
func (p *page) RowsFigure() (*figure, error) {
	lines := p.rowLines()
	if len(lines) == 0 {
		return nil, nil
	}
	seen := map[string]bool{}
	for _, l := range lines {
		for class := range l.rows {
			seen[class] = true
		}
	}
	classes, keys := p.classSeries(seen)
	s := stacked{Series: keys, in: p.Text}
	t := &table{Caption: p.Text.say("rows_by_class"),
		Columns: []column{{Text: p.Text.column("quantity"), Raw: "quantity"}, {Text: p.Text.column("kind"), Raw: "kind"}}}
	for i, c := range classes {
		t.Columns = append(t.Columns, column{Text: keys[i].Title, Raw: c, Number: true})
	}
	t.Columns = append(t.Columns, column{Text: p.Text.column("rows"), Raw: "rows", Number: true})
	for _, l := range lines {
		name := p.Text.subject(cmp.Or(l.subject, l.kind))
		row := []cell{{Text: name, Raw: cmp.Or(l.subject, l.kind)}, {Text: upper(p.Text.noun(l.kind).Many), Raw: l.kind}}
		var all int64
		for _, c := range classes {
			n := l.rows[c]
			all += n
			row = append(row, cell{Text: count(p.Text, n), Raw: strconv.FormatInt(n, 10), Value: true})
		}
		t.Rows = append(t.Rows, append(row, cell{Text: count(p.Text, all), Raw: strconv.FormatInt(all, 10), Value: true}))
	}
	s.Bars = p.rowBars(lines, classes)
	told := p.telling(lines)
	at, share := largest(lines[told].parts(classes))
	fields := map[string]string{"Class": lower(keys[at].Title), "Share": p.Text.percent(share), "Kind": lower(p.Text.noun(lines[told].kind).Many), "Subject": lower(p.Text.subject(cmp.Or(lines[told].subject, p.Text.say("the_inventory"))))}
	all := len(s.Bars)
	s.Bars = s.Bars[:min(charted, all)]
	f, err := p.figure("ledger", "ledger-rows", "", fields, s, s.words(), t)
	if err == nil && all > charted {
		f.Note = p.Text.say("first_bars", count(p.Text, charted), count(p.Text, all)) + " " + f.Note
	}
	return f, err
}

// rowBars draws one bar for the quantities of a kind whose rows have the same classes.
func (p *page) rowBars(lines []*rowLine, classes []string) []bar {
	var out []bar
	for i, l := range lines {
		alike := func(m *rowLine) bool { return m.kind == l.kind && maps.Equal(m.rows, l.rows) }
		if slices.ContainsFunc(lines[:i], alike) {
			continue
		}
		b := bar{Label: p.Text.subject(cmp.Or(l.subject, l.kind)), Parts: l.parts(classes)}
		more := 0
		for _, m := range lines[i+1:] {
			if alike(m) {
				more++
			}
		}
		if more > 0 {
			b.Label = p.Text.say("and", b.Label, p.Text.many(int64(more), "more"))
		}
		if l.subject != "" {
			b.Label += ", " + p.Text.noun(l.kind).Many
		}
		b.Total = p.Text.many(int64(sum(b.Parts)), "rows")
		out = append(out, b)
	}
	return out
}

func (l *rowLine) parts(classes []string) []float64 {
	out := make([]float64, len(classes))
	for i, c := range classes {
		out[i] = float64(l.rows[c])
	}
	return out
}

// telling is the line whose largest class makes the figure's title: the one of most rows among those of which every row has a quality
// class, so that a quantity which few rows need does not speak for the inventory; else the first.
func (p *page) telling(lines []*rowLine) int {
	best, most := 0, int64(0)
	for i, l := range lines {
		var graded, all int64
		for class, n := range l.rows {
			all += n
			if slices.Contains(lca.Names(p.words.Qualities), class) {
				graded += n
			}
		}
		if graded == all && all > most {
			best, most = i, all
		}
	}
	return best
}

// subject makes words of a quantity's name: energy.facility becomes Energy, facility.
func (w *wording) subject(name string) string { return w.humanise(strings.ReplaceAll(name, ".", ", ")) }

// rowLine accounts for the rows of a kind for a quantity.
type rowLine struct {
	kind, subject string
	told          [4]string // the year, perspective, accounting and category for which the ledger told it first
	rows          map[string]int64
}

// rowLines reads each kind and quantity once: where the ledger tells it again for another year or accounting, as first told.
func (p *page) rowLines() []*rowLine {
	var out []*rowLine
	for i := range p.Ledger {
		e := &p.Ledger[i]
		if e.Type != "rows" || !p.current(e) {
			continue
		}
		told := [4]string{yearText(e.Year), e.Perspective, e.Accounting, e.Category}
		at := slices.IndexFunc(out, func(l *rowLine) bool { return l.kind == e.Kind && l.subject == e.Subject })
		if at < 0 {
			at = len(out)
			out = append(out, &rowLine{e.Kind, e.Subject, told, map[string]int64{}})
		}
		if out[at].told == told {
			out[at].rows[e.Class] += e.Rows
		}
	}
	return out
}

// QualityFigure shows of what quality the parts of each total are: shares by class, from the published cells. Nil without totals.
func (p *page) QualityFigure(perspective string) (*figure, error) {
	lead := p.accountings()
	if len(lead) == 0 {
		return nil, nil
	}
	seen := map[string]bool{}
	for sel, c := range p.totals {
		if sel.Perspective == perspective && sel.Year == p.Year {
			for i := range c.qualities {
				seen[c.qualities[i].name] = true
			}
		}
	}
	classes, keys := p.classSeries(seen)
	s := stacked{Series: keys, in: p.Text}
	t := &table{
		Caption: p.Text.say("by_quality", strconv.Itoa(p.Year), lower(p.Text.titleOf(p.words.Perspectives, perspective)), lower(lead[0].Title)),
		Columns: []column{{Text: p.Text.column("category"), Raw: "category"}, {Text: p.Text.column("unit"), Raw: "unit"}},
	}
	for i, c := range classes {
		t.Columns = append(t.Columns, column{Text: keys[i].Title, Raw: c, Number: true})
	}
	t.Columns = append(t.Columns, column{Text: p.Text.column("total"), Raw: "total", Number: true})
	var undrawn []string
	var shown []lca.Category
	for _, c := range p.categories {
		all, err := p.total(p.Year, perspective, lead[0].Name, c.Name)
		if err != nil {
			return nil, err
		}
		if all == nil {
			continue
		}
		sel := p.base
		sel.Year, sel.Perspective, sel.Accounting, sel.Category = p.Year, perspective, lead[0].Name, c.Name
		sc := p.Text.scale(c.Unit, *all)
		b := bar{Label: c.Title, Total: sc.within(*all, c.Unit, p.totalInterval(p.Year, perspective, lead[0].Name, c.Name)).String()}
		row := []cell{plain(c.Title), {Text: sc.Name, Raw: c.Unit}}
		for i, v := range split(p.totals[sel].qualities, classes) {
			b.Parts = append(b.Parts, value(v))
			if v == nil {
				row = append(row, cell{Text: p.Text.None, Raw: "", Value: true})
			} else {
				row = append(row, figureCell(sc, c.Unit, v, p.partInterval(p.Year, perspective, lead[0].Name, c.Name, "quality", classes[i])))
			}
		}
		assessed := p.assessed(p.Year, perspective, lead[0].Name, c.Name)
		row[0] = p.flagged(t, row[0], assessed)
		t.Rows = append(t.Rows, append(row, p.flagged(t, figureCell(sc, c.Unit, all, p.totalInterval(p.Year, perspective, lead[0].Name, c.Name)), assessed)))
		if !assessed {
			undrawn = append(undrawn, c.Title)
			continue
		}
		s.Bars, shown = append(s.Bars, b), append(shown, c)
	}
	if len(s.Bars) == 0 {
		return nil, nil
	}
	at, share := largest(s.Bars[0].Parts)
	fields := map[string]string{"Class": lower(keys[at].Title), "Share": p.Text.percent(share), "Category": lower(s.Bars[0].Label), "Year": strconv.Itoa(p.Year)}
	f, err := p.figure("quality", "quality-"+slug(perspective), p.about(perspective), fields, s, s.words(), p.linkMade(t, perspective))
	if err == nil {
		f.Models, f.Note = p.Text.models(shown), p.undrawn(undrawn)+f.Note
	}
	return f, err
}

// LedgerTable lists the ledger's lines of a type for the study's year, with the columns asked for; lines that differ in the accounting
// alone are joined. It is nil where there are none.
func (p *page) LedgerTable(kind, caption string, columns ...string) *table {
	t := &table{ID: "ledger-" + slug(kind), Caption: caption}
	for _, c := range columns {
		t.Columns = append(t.Columns, column{Text: p.Text.column(c), Raw: c, Number: c == "rows" || c == "value" || c == "share" || c == "covers" || c == "estimate", Kept: true})
	}
	if slices.Contains(columns, "value") || slices.Contains(columns, "estimate") { // in the CSV alone: print has it beside each figure
		columns = append(slices.Clip(columns), "unit")
		t.Columns = append(t.Columns, column{Text: p.Text.column("unit"), Raw: "unit", Kept: true})
	}
	at := slices.Index(columns, "accounting")
	known := map[string]int{}
	for i := range p.Ledger {
		e := &p.Ledger[i]
		if e.Type != kind || !p.current(e) {
			continue
		}
		var row []cell
		var key strings.Builder
		for j, c := range columns {
			row = append(row, p.ledgerCell(e, c))
			if j != at {
				key.WriteString(row[j].Text + "\x00" + row[j].Raw + "\x00")
			}
		}
		before, ok := known[key.String()]
		switch {
		case ok && at < 0:
		case ok:
			if c := &t.Rows[before][at]; c.Text != row[at].Text {
				c.Text, c.Raw = c.Text+", "+lower(row[at].Text), c.Raw+" "+row[at].Raw
			}
		default:
			known[key.String()] = len(t.Rows)
			t.Rows = append(t.Rows, row)
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	for _, row := range t.Rows {
		if at >= 0 && len(strings.Fields(row[at].Raw)) == len(p.words.Accountings) {
			row[at].Text = p.Text.Each
		}
		for i, c := range row { // a column that is empty throughout, or says that all is so under each accounting, is left to the CSV
			t.Columns[i].Kept = t.Columns[i].Kept && (c.Text == "" && c.Break || columns[i] == "unit" || i == at && c.Text == p.Text.Each)
		}
	}
	return t.cut()
}

// ledgerCell is one column of a ledger line. A value that is null is not supplied.
func (p *page) ledgerCell(e *lca.Entry, name string) cell {
	named := func(s string) cell { return cell{Text: p.Text.humanise(s), Raw: s, Break: true} }
	switch name {
	case "perspective":
		return cell{Text: p.Text.titleOf(p.words.Perspectives, e.Perspective), Raw: e.Perspective, Break: true}
	case "accounting":
		return cell{Text: p.Text.titleOf(p.words.Accountings, e.Accounting), Raw: e.Accounting, Break: true}
	case "category":
		if e.Category == "" {
			return cell{Break: true}
		}
		return cell{Text: p.category(e.Category).Title, Raw: e.Category}
	case "kind":
		if e.Kind == "" {
			return named("")
		}
		return cell{Text: upper(p.Text.noun(e.Kind).Many), Raw: e.Kind}
	case "subject", "quantity", "stage":
		return cell{Text: p.Text.subject(e.Subject), Raw: e.Subject, Break: true}
	case "class":
		return cell{Text: p.classTitle(e.Class), Raw: e.Class}
	case "detail", "reason", "overlaid":
		if e.Type == "fallback" {
			return cell{Text: p.Text.steps(e.Detail), Raw: e.Detail}
		}
		return plain(e.Detail)
	case "unit":
		return cell{Text: e.Unit, Break: true}
	case "year":
		return cell{Text: yearText(e.Year), Break: true}
	case "rows":
		return cell{Text: count(p.Text, e.Rows), Raw: strconv.FormatInt(e.Rows, 10), Value: true}
	case "value", "estimate":
		if e.Value == nil {
			return cell{Value: true}
		}
		n := p.rounded(p.Text.scale(e.Unit, *e.Value), *e.Value, e.Year, e.Perspective, e.Accounting, lca.Category{Name: e.Category, Unit: e.Unit})
		return cell{Text: n.String(), Full: n.Full, Raw: n.Raw, Value: true}
	case "share", "covers":
		if e.Share == nil {
			return cell{Value: true}
		}
		return cell{Text: p.Text.percent(*e.Share), Full: p.Text.full(*e.Share), Raw: raw(*e.Share), Value: true}
	}
	return cell{Break: true}
}
