package reports

import (
	"cmp"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// StatementTable lists gaps or cut-offs by name; nil where there are none.
func (p *page) StatementTable(id, caption string, statements []Statement) *table {
	t := &table{ID: id, Caption: caption, Columns: []column{{Text: p.Text.column("name"), Raw: "name"}, {Text: p.Text.column("reason"), Raw: "reason"}}}
	for _, s := range statements {
		t.Rows = append(t.Rows, []cell{{Text: p.Text.humanise(s.Name), Raw: s.Name}, plain(s.Reason)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t.cut()
}

// ParameterTable lists the method's parameters.
func (p *page) ParameterTable() *table {
	t := &table{ID: "parameters", Caption: p.Text.say("parameters"), Columns: []column{{Text: p.Text.column("parameter"), Raw: "parameter"},
		{Text: p.Text.column("value"), Raw: "value", Number: true}, {Text: p.Text.column("unit"), Raw: "unit"},
		{Text: p.Text.column("distribution"), Raw: "distribution"}, {Text: p.Text.column("source"), Raw: "source"}}}
	for _, v := range p.Parameters {
		t.Rows = append(t.Rows, []cell{{Text: p.Text.humanise(v.Name), Raw: v.Name}, {Text: p.Text.full(v.Value), Raw: raw(v.Value), Value: true}, plain(v.Unit),
			plain(v.Distribution), plain(v.Source)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t.cut()
}

// ReconciliationTable is the account of the study's year over which the perspectives meet; nil where there is none.
func (p *page) ReconciliationTable() *table {
	t := &table{ID: "reconciliation", Caption: p.Text.say("reconciliation", strconv.Itoa(p.Year))}
	for _, name := range []string{"hardware", "organisation", "category"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	numbers := []string{"opening", "manufactured", "amortised_services", "amortised_unused", "written_off", "closing", "charged_beyond_life"}
	for _, name := range numbers {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name, Number: true})
	}
	t.Columns = append(t.Columns, column{Text: p.Text.column("unit"), Raw: "unit"}, column{Text: p.Text.column("result"), Raw: "status"}, column{Text: p.Text.column("note"), Raw: "why"})
	for i := range p.Reconciliation {
		r := &p.Reconciliation[i]
		if r.Year != p.Year && r.Year != 0 {
			continue
		}
		title := r.Category
		for _, c := range p.words.Categories {
			if c.Name == r.Category {
				title = c.Title
			}
		}
		row := []cell{plain(r.Hardware), blank(r.Organisation), {Text: title, Raw: r.Category}}
		for _, v := range []*float64{r.Opening, r.Manufactured, r.Services, r.Unused, r.WrittenOff, r.Closing, r.BeyondLife} {
			if v == nil {
				row = append(row, blank(""))
			} else {
				row = append(row, cell{Text: p.Text.full(*v), Raw: raw(*v), Value: true})
			}
		}
		t.Rows = append(t.Rows, append(row, blank(r.Unit), plain(r.Status), blank(cmp.Or(r.Why, r.Note))))
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t.cut()
}

// CaseTable lists published calculations, those by the edition's method first; nil where there are none.
func (p *page) CaseTable() *table {
	head := func(name string, kept bool) column { return column{Text: p.Text.column(name), Raw: name, Kept: kept} }
	t := &table{ID: "cases", Caption: p.Text.say("cases"), Note: p.Text.Cases, Columns: []column{head("id", false), head("case", true), head("what", false),
		head("published", false), head("computed", false), head("off", false), head("tolerance", false), head("result", false), head("class", true), head("method", false), head("source", false), head("note", true)}}
	for _, own := range []bool{true, false} {
		for _, c := range p.Cases {
			if (c.Method == p.Method) != own {
				continue
			}
			t.Rows = append(t.Rows, []cell{plain(c.ID), plain(c.Case), plain(c.What), plain(c.Published), plain(c.Computed), blank(c.Off), blank(c.Tolerance), plain(c.Result), plain(c.Class),
				plain(c.Method), plain(c.Source), blank(c.Note)})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t // whole, however long: it is what the methods are held to
}

// blank is a text that may be absent without anything missing.
func blank(s string) cell { return cell{Text: s, Break: true} }

// meaning is a line of the glossary.
type meaning struct{ Word, Doc string }

// Glossary explains the vocabulary's words that have a text, category by category and list by list.
func (p *page) Glossary() []meaning {
	var out []meaning
	for _, c := range p.categories {
		if c.Indicator != "" {
			out = append(out, meaning{c.Title, p.Text.say("glossary_category", c.Indicator, c.Model, p.Text.scale(c.Unit, 1).Name)})
		}
	}
	for _, list := range [][]lca.Term{p.words.Perspectives, p.words.Accountings, p.words.Qualities, p.words.Scopes} {
		for _, t := range list {
			if t.Doc != "" {
				out = append(out, meaning{t.Title, upper(t.Doc) + "."})
			}
		}
	}
	return out
}

// Qualities are the classes of data, best first.
func (p *page) Qualities() []lca.Term { return p.words.Qualities }
