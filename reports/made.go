package reports

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Rule is a formula of the method that gives part of totals.
type Rule struct {
	Kind        string   `json:"kind"` // of inventory
	Name        string   `json:"name"`
	Perspective string   `json:"perspective"`
	Stage       string   `json:"stage"`
	Accountings []string `json:"accountings,omitempty"` // empty: each
	Categories  []string `json:"categories"`
	Amount      string   `json:"amount"`           // the formula, as the method has it
	Factor      string   `json:"factor,omitempty"` // that it is multiplied by; empty: the amount is the impact
	Place       string   `json:"place"`            // method and line of its file
}

// made says how the total of a category is made, under a perspective.
type made struct {
	ID, Title string
	Year      string
	Rows      string // of the impact table that it is the sum of
	Figures   []madeFigure
	Rules     string // names of the rules that give it
	Factors   string // names of the factors that these use
	Missing   string // what is not in it; empty: nothing
	Behind    []madeTable
}

// madeFigure is a total under an accounting, with the command that derives it.
type madeFigure struct{ Accounting, Text, Command string }

// madeTable is a figure whose table has parts of the total.
type madeTable struct{ ID, Title string }

// madeKind says how the numbers of figures of a kind are made.
type madeKind struct {
	ID, Title, Text string
	Commands        []string
}

// madeID is where a page says how a category's totals are made.
func madeID(perspective, category string) string {
	return anchor("made/" + perspective + "/" + category)
}

// kindID is where a page says how the numbers of figures of a kind are made.
func kindID(kind string) string { return anchor("made/" + kind) }

// MadeID is madeID, for templates.
func (p *page) MadeID(perspective, category string) string { return madeID(perspective, category) }

// show notes that a figure of a kind, or a table of its numbers, stands on the page.
func (p *page) show(kind, id string) {
	if !slices.Contains(p.shownKinds, kind) {
		p.shownKinds = append(p.shownKinds, kind)
	}
	p.shownFigures = append(p.shownFigures, id)
}

// explain is the command that derives the sum of rows of the impact table that words pick; empty where the edition's figures cannot be derived.
func (p *page) explain(category string, words ...string) string {
	if p.Edition.Explain == "" {
		return ""
	}
	out := p.Edition.Explain
	for _, w := range append(words, "share_of="+whole) {
		out += " " + shellWord(w)
	}
	return out + " --category " + shellWord(category)
}

// shellWord is a text as a shell reads it as one word.
func shellWord(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/@,=", r))
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// madeYear is the year whose total stands for a category: the study's, else the last one that has a total; 0 where there is none.
func (p *page) madeYear(perspective, category string) int {
	last := 0
	for _, y := range p.years {
		for _, a := range p.accountings() {
			sel := p.base
			sel.Year, sel.Perspective, sel.Accounting, sel.Category = y, perspective, a.Name, category
			if p.totals[sel] != nil && (y == p.Year || last != p.Year) {
				last = y
			}
		}
	}
	return last
}

// linkMade leads from the names of categories in a table to how their totals are made.
func (p *page) linkMade(t *table, perspective string) *table {
	for i, c := range t.Columns {
		if c.Raw != "category" {
			continue
		}
		for _, row := range t.Rows {
			for _, cat := range p.categories {
				if (row[i].Raw == cat.Name || row[i].Raw == "" && row[i].Text == cat.Title) && p.madeYear(perspective, cat.Name) != 0 {
					row[i].To = madeID(perspective, cat.Name)
				}
			}
		}
	}
	return t
}

// Made says of each total of a perspective how it is made, and which figures of sections before this one have parts of it.
func (p *page) Made(perspective string) (out []made, err error) {
	for _, c := range p.categories {
		year := p.madeYear(perspective, c.Name)
		if year == 0 {
			continue
		}
		rows, err := p.byAccounting(func(accounting string) ([]*float64, error) {
			v, err := p.total(year, perspective, accounting, c.Name)
			return []*float64{v}, err
		})
		if err != nil {
			return nil, err
		}
		m := made{ID: madeID(perspective, c.Name), Title: c.Title, Year: strconv.Itoa(year)}
		for i, r := range rows {
			sel := p.base
			sel.Year, sel.Perspective, sel.Accounting, sel.Category = year, perspective, r.Name, c.Name
			if i == 0 {
				m.Rows = p.Text.many(p.totals[sel].rows, "made_rows")
				m.Missing = p.madeWithout(year, perspective, r.Name, c.Name)
				m.Rules, m.Factors = p.madeBy(year, perspective, c.Name, p.totals[sel])
			}
			title, text := r.Title, p.alone(*r.Values[0], c, year, perspective, r.Name)
			if title == p.Text.Each {
				title = upper(p.Text.Same)
			}
			if !p.assessed(year, perspective, r.Name, c.Name) {
				text = p.Text.NotAssessed // the partial sum stands in the table by stage only
			}
			m.Figures = append(m.Figures, madeFigure{title, text,
				p.explain(c.Name, "year="+strconv.Itoa(year), "perspective="+perspective, "accounting="+r.Name)})
		}
		for _, kind := range []string{"years", "stages", "quality", "causes"} {
			if id := kind + "-" + slug(perspective); slices.Contains(p.shownFigures, id) {
				m.Behind = append(m.Behind, madeTable{id, p.Text.Figures[kind].Question})
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// madeWithout says what is not in a total.
func (p *page) madeWithout(year int, perspective, accounting, category string) string {
	s := p.standing(year, perspective, accounting, category)
	switch {
	case s.NotAssessed:
		return upper(p.Text.NotAssessed) + p.Text.say("colon") + " " + p.Text.say("lacks_factor", s.Lacks)
	case s.Incomplete && s.Covers != "":
		return upper(p.Text.Incomplete) + p.Text.say("colon") + " " + p.Text.say("covers_energy", s.Covers) + "."
	case s.Incomplete:
		return upper(p.Text.Incomplete) + p.Text.say("colon") + " " + p.Text.say("refused_part", p.refused(s, perspective)) + "."
	}
	return ""
}

// madeBy names the rules of the method that give a total, as far as it has parts of their stage and its year rows of their kind, and the factors that these use.
func (p *page) madeBy(year int, perspective, category string, of *cells) (rules, factors string) {
	var names, used []string
	for _, r := range p.Rules {
		stage := slices.ContainsFunc(of.stages, func(s partSum) bool { return s.name == r.Stage })
		held := p.table.holdings[perspectiveKind{perspective, r.Kind}]
		if r.Perspective != perspective || !stage || !slices.Contains(r.Categories, category) || held == nil || !slices.Contains(held.years, year) {
			continue
		}
		names = append(names, r.Kind+"/"+r.Name)
		if r.Factor != "" && !slices.Contains(used, r.Factor) {
			used = append(used, r.Factor)
		}
	}
	return strings.Join(names, ", "), strings.Join(used, ", ")
}

// RuleTable lists the rules of the method that give totals; nil where the edition names none.
func (p *page) RuleTable() *table {
	t := &table{ID: "rules", Caption: p.Text.say("rules")}
	for _, name := range []string{"rule", "stage", "formula", "factor", "accounting", "category", "place"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	for _, r := range p.Rules {
		if !slices.ContainsFunc(p.Perspectives(), func(x lca.Term) bool { return x.Name == r.Perspective }) {
			continue
		}
		var categories []string
		for _, c := range r.Categories {
			categories = append(categories, lower(p.category(c).Title))
		}
		accounting := cell{Text: p.Text.Each, Raw: strings.Join(r.Accountings, " ")}
		if len(r.Accountings) == 1 {
			accounting.Text = p.Text.titleOf(p.words.Accountings, r.Accountings[0])
		}
		t.Rows = append(t.Rows, []cell{plain(r.Kind + "/" + r.Name), {Text: p.Text.titleOf(p.words.Stages, r.Stage), Raw: r.Stage}, plain(r.Amount), blank(r.Factor), accounting,
			{Text: p.Text.enumerate(categories), Raw: strings.Join(r.Categories, " ")}, blank(r.Place)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t.cut()
}

// MadeKinds says of each kind of figure that sections before this one show how its numbers are made, with a command that derives one of them, or what it is computed from.
func (p *page) MadeKinds() (out []madeKind) {
	for _, kind := range p.shownKinds {
		k := madeKind{ID: kindID(kind), Title: p.Text.Figures[kind].Question, Text: p.Text.Figures[kind].Made}
		if command := p.explainKind(kind); command != "" {
			k.Commands = append(k.Commands, command)
		}
		out = append(out, k)
	}
	return out
}

// explainKind is the command that derives a number of a figure of a kind: of the leading total, or of the part of it that the figure has.
func (p *page) explainKind(kind string) string {
	for _, x := range p.Perspectives() {
		for _, c := range p.categories {
			year := p.madeYear(x.Name, c.Name)
			if year == 0 {
				continue
			}
			for _, a := range p.accountings() {
				sel := p.base
				sel.Year, sel.Perspective, sel.Accounting, sel.Category = year, x.Name, a.Name, c.Name
				of := p.totals[sel]
				if of == nil {
					continue
				}
				words := []string{"year=" + strconv.Itoa(year), "perspective=" + x.Name, "accounting=" + a.Name}
				switch kind {
				case "stages":
					words = append(words, "stage="+largestPart(of.stages))
				case "quality":
					words = append(words, "quality="+largestPart(of.qualities))
				case "volumes":
					row := p.voluminous
					if row == nil {
						return ""
					}
					return p.explain(row.Category, "item="+row.Item, "year="+strconv.Itoa(row.Year), "perspective="+row.Perspective, "accounting="+row.Accounting)
				case "entries":
					row := p.table.largest[x.Name]
					if row == nil {
						return ""
					}
					return p.explain(row.Category, "item="+row.Item, "year="+strconv.Itoa(row.Year), "perspective="+x.Name, "accounting="+row.Accounting)
				}
				return p.explain(c.Name, words...)
			}
		}
	}
	return ""
}

// largestPart is the name of the largest of some parts of a total.
func largestPart(parts []partSum) string {
	return slices.MaxFunc(parts, func(a, b partSum) int {
		return cmp.Or(cmp.Compare(a.sum.Float64(), b.sum.Float64()), cmp.Compare(b.name, a.name))
	}).name
}
