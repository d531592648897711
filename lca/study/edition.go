package study

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/study/published"
	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
	ruleshelf "github.com/ai-impact-observatory/ailca/rules/shelf"
)

// editionText is what the report says beside the result tables.
const editionText = "edition.json"

// maxListed bounds the inventories whose rows a report lists by name.
const maxListed = 5000

// edition gathers what the report is made of.
func (p *plan) edition(res *result, rec *Record) (*reports.Edition, error) {
	s := p.study
	e := &reports.Edition{Study: s.Name, Title: s.Title, Goal: s.Goal, ScopeText: s.Scope, Edition: s.Edition, Year: s.Year, Status: s.Status,
		Method: p.method.Ref(), MethodTitle: p.method.Title, MethodStatus: p.method.Status, Pack: p.pack.Ref(), PackTitle: p.pack.Title, PackStatus: p.pack.Status,
		Software: fmt.Sprintf("ailca, results version %d", lca.ResultsVersion), RunID: rec.RunID, Licence: s.Licence, Language: s.Language, Languages: s.Reports, Translations: translations(s.Translations), Review: s.Review, Totals: res.shown.totals, Ledger: res.entries, Holdings: res.impacts.holdings(), Factors: res.factorAges()}
	if in := res.intervals; in != nil {
		e.Sampling, e.Intervals, e.Rankings, e.Causes = in.describe(&s.Sampling), in.sums, in.rankings, in.causes
		e.Unreached = in.unreached(&s.Sampling)
	}
	if x := res.levers; x != nil {
		e.Effects = x.Effects
		for _, l := range x.Levers {
			apart := ""
			if l.Lever.Apart() {
				apart = l.Lever.Approach
			}
			var given []reports.LeverNumber
			for _, x := range l.Lever.Given() {
				given = append(given, reports.LeverNumber{Name: x.Name, Value: x.Value, Unit: x.UnitText, Source: x.Source})
			}
			e.Levers = append(e.Levers, reports.Lever{Apart: apart, Given: given, Ref: l.Lever.Ref(), Status: l.Lever.Status, Title: l.Lever.Title, Area: l.Lever.Area, Conditions: l.Lever.Conditions, Rebound: l.Lever.Rebound, Source: l.Lever.Source, URL: l.Lever.URL,
				Why: l.Why, Still: l.Still, Translations: translations(l.Lever.Translations), Off: l.Off, Lacks: l.Lacks, Fills: l.Fills})
		}
	}
	if rows, ok := res.shown.entries.Whole(); ok {
		e.Intensities = rows
	} else {
		e.Listed = res.shown.entries
	}
	for _, g := range s.Gaps {
		e.Gaps = append(e.Gaps, reports.Statement{Name: g.name(), Reason: g.Reason})
	}
	e.Reconciliation = res.reconciliation
	for _, x := range s.Overlaps {
		e.Overlaps = append(e.Overlaps, reports.Statement{Name: x.Kind + " · " + x.name(), Reason: x.Reason})
	}
	for _, c := range p.method.CutOffs {
		e.CutOffs = append(e.CutOffs, reports.Statement{Name: c.Name, Reason: c.Reason})
	}
	for _, x := range p.method.Exclusions {
		e.Exclusions = append(e.Exclusions, x.Name+": "+x.Reason)
	}
	for _, q := range p.method.Parameters {
		e.Parameters = append(e.Parameters, reports.Parameter{Name: q.Name, Value: q.Value, Unit: q.UnitText, Distribution: q.Distribution.String(), Source: q.Source})
	}
	for _, r := range published.Results() {
		e.Cases = append(e.Cases, reports.Case{Case: r.Case, ID: r.ID, What: r.What, Published: r.Published, Computed: r.Computed, Off: r.Off, Tolerance: r.Tolerance,
			Result: r.Result, Class: r.Class, Method: r.Method, Source: r.Source, Note: r.Note})
	}
	e.Reproduce = s.commands()
	e.Explain, e.Rules = s.explainCommand(), p.totalRules()
	if err := p.list(e, res.shown); err != nil {
		return nil, err
	}
	return e, p.register(e)
}

// translations are texts as a report has them.
func translations(of map[string]ruleshelf.Translation) map[string]reports.Translation {
	if len(of) == 0 {
		return nil
	}
	out := map[string]reports.Translation{}
	for language, t := range of {
		out[language] = reports.Translation(t)
	}
	return out
}

// commands are those that make the edition again.
func (s *Study) commands() []string {
	if s.isOpen {
		return []string{strings.Join(append([]string{"ailca run"}, s.said...), " ")}
	}
	return []string{strings.Join(append([]string{"ailca run " + shellWord(s.called())}, s.said...), " ")}
}

// explainCommand is the one that derives figures of the study, without what picks them; empty of a study that adds up tables of amounts, whose rows are elsewhere.
func (s *Study) explainCommand() string {
	switch {
	case s.isOpen:
		return "ailca explain open"
	case len(s.Amounts) > 0:
		return ""
	}
	return "ailca explain " + shellWord(s.called())
}

// totalRules are the rules that give totals, in the method's order.
func (p *plan) totalRules() (out []reports.Rule) {
	for i := range p.flows {
		f := &p.flows[i]
		r := f.Impact
		if r == nil || r.ShareOf != "" && r.ShareOf != "total" {
			continue
		}
		rule := reports.Rule{Kind: f.Kind, Name: r.Name, Perspective: r.Perspective, Stage: r.Stage, Categories: r.Covers(), Amount: f.Subject, Factor: r.Factor, Place: fmt.Sprintf("%s:%d", p.method.Ref(), f.Place.Line)} // a method is one file, which may lie elsewhere under another name
		if len(r.Accountings) < len(lca.Words().Accountings) {
			rule.Accountings = r.Accountings
		}
		out = append(out, rule)
	}
	return out
}

// shellWord is a text as a shell reads it as one word.
func shellWord(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/@,", r))
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// called is the name of the study's file without its folder; empty of the open edition.
func (s *Study) called() string {
	if s.isOpen {
		return ""
	}
	return strings.ToValidUTF8(cmp.Or(s.calledAs, path.Base(s.file)), "\uFFFD")
}

func (g *Gap) name() string {
	var parts []string
	for _, part := range []string{g.Factor, g.Kind, g.Impact, strings.Join(g.Categories, ", "), g.Region, g.Technology} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " · ")
}

// texts reads a row's words from a table's columns.
type texts struct{ t *column.Table }

func (x texts) word(name string, row int) string {
	c, ok := x.t.Lookup(name)
	if !ok || c.Type != column.String || !c.Valid.Get(row) {
		return ""
	}
	return c.Dict.Values[c.Codes[row]]
}

func (x texts) number(name string, row int) (float64, bool) {
	c, ok := x.t.Lookup(name)
	if !ok || c.Type != column.Float || !c.Valid.Get(row) {
		return 0, false
	}
	return c.Floats[row], true
}

// list names the rows of activity inventories that are small enough to be read by a person.
func (p *plan) list(e *reports.Edition, s *shown) error {
	kinds := slices.Clone(p.kinds)
	slices.SortStableFunc(kinds, func(a, b *kindPlan) int { return cmp.Compare(p.order(a), p.order(b)) })
	for _, k := range kinds {
		items := s.items[k.kind.Name] // which have a result: not those that the study filters out
		if items == nil {
			continue
		}
		t, err := k.inventory.Table(k.kind.Names())
		if err != nil {
			return err
		}
		x := texts{t}
		for row := range t.Rows {
			item := reports.Item{Kind: k.kind.Name, Item: x.word(k.kind.Groups["item"], row), Model: x.word(k.kind.Groups["model"], row),
				Organisation: x.word(k.kind.Groups["organisation"], row), Region: x.word(k.kind.Groups["region"], row), Hardware: x.word(k.kind.Groups["hardware"], row),
				Scope: x.word(k.kind.Roles.Scope, row), Quality: x.word(p.method.Classes.Row, row),
				Source: x.word("source", row), URL: x.word("url", row), Licence: x.word("licence", row), Assumption: x.word("assumption", row)}
			from, hasFrom := x.number(k.kind.Period.From, row)
			to, hasTo := x.number(k.kind.Period.To, row)
			year, hasYear := x.number(k.kind.Period.Year, row)
			if period, ok := amounts.PeriodOf(from, hasFrom, to, hasTo, year, hasYear); ok {
				for y := period.First(); y <= period.Last(); y++ {
					item.Years = append(item.Years, y)
				}
			}
			for i := range k.program.Flows {
				if u := k.program.Flows[i].Unit; u != nil {
					var class []string
					for _, c := range u.Class {
						class = append(class, cmp.Or(x.word(c, row), "not stated"))
					}
					item.ComparisonClass = strings.Join(class, ", ")
					break
				}
			}
			if items[item.Item] {
				e.Items = append(e.Items, item)
			}
		}
	}
	slices.SortStableFunc(e.Items, func(a, b reports.Item) int { // not in the order of the rows
		at := func(kind string) int {
			return slices.IndexFunc(kinds, func(k *kindPlan) bool { return k.kind.Name == kind })
		}
		return cmp.Or(cmp.Compare(at(a.Kind), at(b.Kind)), strings.Compare(a.Item, b.Item), strings.Compare(a.Model, b.Model), strings.Compare(a.Source, b.Source))
	})
	return nil
}

// order is a kind's place in the method.
func (p *plan) order(k *kindPlan) int {
	return slices.IndexFunc(p.method.Kinds, func(r rules.KindRules) bool { return r.Kind == k.kind.Name })
}

// register lists the sources of inventories and factors with their licences, and how many rows rest on each.
func (p *plan) register(e *reports.Edition) error {
	count := map[reports.Source]int{}
	for _, kind := range datasets.KindNames() {
		inv := p.tables[kind]
		if inv == nil {
			continue
		}
		if n := inv.TotalRows(); n > maxListed {
			count[reports.Source{Table: kind, Source: fmt.Sprintf("the sources of %d rows are not listed here: see the columns source and licence of %s", n, strings.Join(p.names[kind], ", ")), Licence: "as each row states"}] = int(n)
			continue
		}
		t, err := inv.Table([]string{"source", "url", "licence"})
		if err != nil {
			return err
		}
		x := texts{t}
		for row := range t.Rows {
			count[reports.Source{Table: kind, Source: x.word("source", row), URL: x.word("url", row), Licence: x.word("licence", row)}]++
		}
	}
	for _, x := range p.partials {
		for _, in := range x.part.Inputs {
			count[reports.Source{Table: in.Kind, Source: fmt.Sprintf("the sources of %s are not listed here: its amounts are those of %s", in.Path, path.Base(x.name)), Licence: "as each row states"}]++
		}
	}
	for i := range p.pack.Rows {
		if r := &p.pack.Rows[i]; len(r.Derived) == 0 {
			count[reports.Source{Table: p.pack.Ref() + " " + r.Factor, Source: r.Source, URL: r.URL, Licence: r.Licence}]++
		}
	}
	for s, n := range count {
		s.Rows = n
		e.Sources = append(e.Sources, s)
	}
	slices.SortFunc(e.Sources, func(a, b reports.Source) int {
		return cmp.Or(strings.Compare(a.Table, b.Table), strings.Compare(a.Source, b.Source), strings.Compare(a.URL, b.URL), strings.Compare(a.Licence, b.Licence))
	})
	return nil
}
