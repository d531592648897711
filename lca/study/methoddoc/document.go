// Package methoddoc makes the documentation of a method from its file: goal, boundary, equations as written, parameters with their sources, what it
// leaves out and what differs from its predecessor. Nothing is written by hand beside the file.
package methoddoc

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Predecessor is the method that another one revises.
type Predecessor struct {
	Method     string            // name@version; empty: the method revises none
	Comparison *rules.Comparison // nil where the predecessor is not at hand
}

// Of documents a method. What its file does not say is named as not said.
func Of(d *rules.Description, before Predecessor) *reports.Document {
	w := &writer{d: d, words: lca.Words()}
	w.group()
	doc := &reports.Document{Kicker: "Method " + d.Method, Title: d.Title, Facts: w.facts(before)}
	doc.Parts = []*reports.Part{w.goal(), w.functionalUnits(), w.boundary(), w.choices(), w.equations(), w.factors(), w.parameters(), w.classes(), w.uncertainty(), w.difference(before),
		w.requirements(), w.examples(), w.checks()}
	return doc
}

// writer makes the parts of a method's documentation.
type writer struct {
	d      *rules.Description
	words  *lca.Vocabulary
	groups []*sharing
	keys   map[string]string // of a quantity in a kind, "kind/name", and of an impact, see impactOf: the part that describes it
}

func (w *writer) facts(before Predecessor) []reports.Fact {
	d := w.d
	var kinds []string
	for _, k := range d.Kinds {
		kinds = append(kinds, titleOf(k.Kind))
	}
	out := []reports.Fact{
		{Name: "Method", Value: append(code(d.Method), reports.Span{Text: " "}, reports.Span{Text: d.Status, Style: reports.Flag})},
		{Name: "Date", Value: reports.Words(d.Date)},
		{Name: "Kinds of inventory", Value: reports.Words(strings.Join(kinds, ", "))},
		{Name: "Impact categories", Value: reports.Words(w.categories(d.Categories))},
	}
	if before.Method != "" {
		out = append(out, reports.Fact{Name: "Revises", Value: code(before.Method)})
	}
	return append(out, reports.Fact{Name: "SHA-256 of the file", Value: code(d.Digest)})
}

func (w *writer) goal() *reports.Part {
	p := part("goal", "Goal")
	if w.d.Goal == "" && w.d.Doc == "" {
		return p.say("The method says nothing of its goal.")
	}
	p.paragraphs(w.d.Goal)
	return p.paragraphs(w.d.Doc)
}

func (w *writer) choices() *reports.Part {
	p := part("choices", "Value choices")
	if len(w.d.Choices) == 0 {
		return p.say("The method offers none.")
	}
	p.say("A study takes one option of each. Results of another than the default bear another name, and are never added to these. Normal forms below are those of the defaults.")
	for _, c := range w.d.Choices {
		sub := part("choice/"+c.Name, "")
		sub.part.Heading = code(c.Name)
		sub.paragraphs(c.Doc)
		s := &reports.Sheet{Key: "options/" + c.Name, Caption: "Options of " + c.Name, Columns: []string{"Option", "Meaning", "Source"}}
		for _, o := range c.Options {
			option := code(o.Name)
			if o.Name == c.Default {
				option = append(option, reports.Span{Text: " "}, reports.Span{Text: "default", Style: reports.Flag})
			}
			s.Rows = append(s.Rows, []reports.Cell{{option}, words(orElse(o.Doc, notSaid)), words(orElse(o.Source, notSaid))})
		}
		p.part.Parts = append(p.part.Parts, sub.sheetOr(s, ""))
	}
	return p.part
}

// requirements tells which of the things that standards ask for the method says it meets, and which it does not address.
func (w *writer) requirements() *reports.Part {
	p := part("requirements", "Requirements")
	p.say("What the method says of the topics on which ISO 14044, the ILCD handbook, the GHG Protocol and ITU-T L.1410 ask something, in our own words: a statement by who wrote the method, not an assessment of conformity.")
	s := &reports.Sheet{Key: "requirements-table", Caption: "Requirements that a method can meet", Columns: []string{"Requirement", "What is asked", "How the method meets it"}}
	study := &reports.Sheet{Key: "study-requirements-table", Caption: "Requirements that a study and its report meet", Columns: []string{"Requirement", "What is asked", "What the method contributes"}}
	met := 0
	for _, t := range rules.Topics() {
		how := reports.Cell{reports.In(reports.Flag, "not addressed")}
		for _, m := range w.d.Meets {
			if m.Requirement == t.ID {
				how = nil
				for _, x := range reports.Paragraphs(m.How) {
					how = append(how, x)
				}
				met++
			}
		}
		row := []reports.Cell{words(t.Title), words(t.Asks), how}
		if t.Of == "method" {
			s.Rows = append(s.Rows, row)
		} else {
			study.Rows = append(study.Rows, row)
		}
	}
	p.say(fmt.Sprintf("It addresses %d of %d.", met, len(rules.Topics())))
	p.sheetOr(s, "")
	return p.sheetOr(study, "")
}

func (w *writer) functionalUnits() *reports.Part {
	p := part("functional-units", "Functional units")
	s := &reports.Sheet{Key: "functional-units-table", Caption: "What results are divided by", Columns: []string{"Functional unit", "Of", "Number of units", "Compared within", "Meaning"}}
	for _, k := range w.d.Kinds {
		for _, u := range k.FunctionalUnits {
			s.Rows = append(s.Rows, []reports.Cell{words(unitName(u)), words(titleOf(k.Kind)), {code(u.Count)}, words(orElse(list(u.Class), "nothing: it is not compared")), words(orElse(u.Doc, notSaid))})
		}
	}
	p.sheetOr(s, "The method has no functional unit: it gives totals alone.")
	return p.sheetOr(w.sharedOut(), "")
}

// sharedOut lists over what the burdens of models are shared out.
func (w *writer) sharedOut() *reports.Sheet {
	s := &reports.Sheet{Key: "share-out-table", Caption: "What all rows of a model bear, shared out: intensities, never a part of a total", Columns: []string{"Per", "Of", "Number of units", "Inherited", "Meaning"}}
	for _, k := range w.d.Kinds {
		for _, x := range k.ShareOut {
			inherited := words("nothing")
			if x.Lineage != "" {
				inherited = reports.Cell{slices.Concat(code(x.Key), reports.Words(" of what the model of "), code(x.Lineage), reports.Words(" bears"))}
			}
			meaning := "Over " + x.Over + "; " + x.Class + " at best."
			if x.Doc != "" {
				meaning += " " + x.Doc
			}
			s.Rows = append(s.Rows, []reports.Cell{words(unitName(rules.UnitText{Name: x.Name, Unit: x.Unit})), words(titleOf(k.Kind)), {code(x.Count)}, inherited, words(meaning)})
		}
	}
	return s
}

// unitName is a functional unit with its unit, where that is not its name.
func unitName(u rules.UnitText) string {
	if u.Unit == u.Name || u.Unit == "1" {
		return u.Name
	}
	return u.Name + " [" + u.Unit + "]"
}

func (w *writer) parameters() *reports.Part {
	p := part("parameters", "Parameters")
	s := &reports.Sheet{Key: "parameters-table", Caption: "Parameters, with where each comes from", Columns: []string{"Parameter", "Value", "Distribution", "Quality class", "Meaning and source"}}
	for _, x := range w.d.Parameters {
		value := number(x.Value)
		if x.Unit != "1" {
			value += " " + x.Unit
		}
		meaning := reports.Cell{}
		if x.Doc != "" {
			meaning = append(meaning, reports.Words(x.Doc))
		}
		meaning = append(meaning, quiet("Source: "+x.Source))
		spread := reports.Cell{reports.Words(x.Distribution)}
		if bounds := x.Bounds(); bounds != "" {
			spread = append(spread, quiet(bounds))
		}
		s.Rows = append(s.Rows, []reports.Cell{{code(x.Name)}, words(value), spread, words(titleIn(w.words.Qualities, x.Class)), meaning})
	}
	if len(s.Rows) > 0 {
		p.say("The value is the median of the distribution. Bounds and spreads are in the unit of the value.")
	}
	return p.sheetOr(s, "The method has no parameters.")
}

func (w *writer) classes() *reports.Part {
	p := part("quality-classes", "Quality classes")
	p.say("A result's class is the worst of all that it used, from best to worst: " + lowerTitles(w.words.Qualities) + ".")
	if w.d.Classes.Row != "" {
		p.text(append(reports.Words("What is read from a row has the class that its column "), reports.Span{Text: w.d.Classes.Row, Style: reports.Code}, reports.Span{Text: " states."}))
	}
	s := &reports.Sheet{Key: "basis-table", Caption: "Columns whose words make the class of others worse", Columns: []string{"Column", "Grades", "Words and their classes"}}
	for _, b := range w.d.Classes.Basis {
		s.Rows = append(s.Rows, []reports.Cell{{code(b.Column)}, {codes(b.Of)}, words(strings.Join(b.Words, ", "))})
	}
	if len(s.Rows) > 0 {
		p.sheetOr(s, "")
	}
	return p.part
}

// uncertainty tells how far the figures of rows may be off, and which quantities come first in a design of draws.
func (w *writer) uncertainty() *reports.Part {
	p := part("uncertainty", "Uncertainty of inventories")
	u := w.d.Uncertainty
	if u == nil || u.Inventory == nil {
		p.say("The method says nothing of how far the figures of an inventory may be off: draws take them as exact.")
	} else {
		e := u.Inventory
		p.text(slices.Concat(reports.Words("The figures of a row bear one error together: a factor of median 1 whose logarithm is normal. Its spread goes by the row's class, the worst of what "),
			codes(e.GradedBy), reports.Words(" say. Of the variance the shared part is one error for all rows of a class with the same "), code(e.SharedBy),
			reports.Words("; the rest is each row's own. 95 % of the errors lie between 1 / GSD² and GSD².")))
		s := &reports.Sheet{Key: "row-errors-table", Caption: "How far the figures of rows may be off", Columns: []string{"Quality class", "GSD²", "Shared part of the variance", "Source"}}
		for _, c := range e.Classes {
			s.Rows = append(s.Rows, []reports.Cell{words(titleIn(w.words.Qualities, c.Class)), words(number(c.GSD2)), words(number(c.Shared)), words(c.Source)})
		}
		p.sheetOr(s, "No class has a spread: the figures of rows are taken as exact.")
		if x := e.Pedigree; x != nil {
			p.say("A row that states a score of every indicator of the pedigree matrix has, in place of its class's variance, a basic variance of " + number(x.Basic) + " and what the matrix adds for its scores; " +
				number(x.Shared) + " of it is shared. Source: " + x.Source)
		}
	}
	if u != nil && len(u.Rank) > 0 {
		p.text(slices.Concat(reports.Words("The first dimensions of a Sobol design go to "), codes(u.Rank), reports.Words(", in this order.")))
	}
	return p.part
}

func (w *writer) examples() *reports.Part {
	p := part("examples", "Examples")
	s := &reports.Sheet{Key: "examples-table", Caption: "Calculations that the method must give", Columns: []string{"Example", "Of", "Expected", "Within", "Source and arithmetic"}}
	for _, e := range w.d.Examples {
		var expect, from reports.Cell
		for _, x := range e.Expect {
			expect = append(expect, code(x))
		}
		from = append(from, reports.Words(orElse(e.Source, "no source is named")))
		for _, t := range reports.Paragraphs(e.Doc) {
			from = append(from, quiet(t[0].Text))
		}
		s.Rows = append(s.Rows, []reports.Cell{words(e.Name), words(titleOf(e.Kind)), expect, words(orElse(e.Within, "rounding")), from})
	}
	return p.sheetOr(s, "The method carries no examples.")
}

func (w *writer) checks() *reports.Part {
	p := part("check", "How to check")
	p.say("The documentation is made from the method's file alone. These commands check its form and units, run its examples, and print every formula with its place in the file; METHOD is its name and version, or the file.")
	p.lines("ailca methods check METHOD\nailca methods test METHOD\nailca methods show METHOD\nailca methods show METHOD --format md")
	return p.part
}

// builder fills a part.
type builder struct{ part *reports.Part }

func part(key, heading string) *builder {
	return &builder{&reports.Part{Key: key, Heading: reports.Words(heading)}}
}

func (b *builder) text(t reports.Text) *builder {
	b.part.Blocks = append(b.part.Blocks, reports.Block{Prose: t})
	return b
}

func (b *builder) say(text string) *reports.Part { return b.text(reports.Words(text)).part }

func (b *builder) paragraphs(text string) *reports.Part {
	for _, t := range reports.Paragraphs(text) {
		b.text(t)
	}
	return b.part
}

func (b *builder) lines(text string) {
	b.part.Blocks = append(b.part.Blocks, reports.Block{Lines: text})
}

// sheetOr adds a table, or says what there is in place of an empty one.
func (b *builder) sheetOr(s *reports.Sheet, none string) *reports.Part {
	if len(s.Rows) == 0 {
		return b.say(none)
	}
	withoutUnsaid(s)
	b.part.Blocks = append(b.part.Blocks, reports.Block{Sheet: s})
	return b.part
}

// withoutUnsaid leaves out columns in which nothing is said.
func withoutUnsaid(s *reports.Sheet) {
	for i := len(s.Columns) - 1; i > 0; i-- {
		if slices.ContainsFunc(s.Rows, func(row []reports.Cell) bool {
			return len(row[i]) != 1 || len(row[i][0]) != 1 || row[i][0][0].Text != notSaid
		}) {
			continue
		}
		s.Columns = slices.Delete(s.Columns, i, i+1)
		for r := range s.Rows {
			s.Rows[r] = slices.Delete(s.Rows[r], i, i+1)
		}
	}
}

const notSaid = "not said"

func words(text string) reports.Cell { return reports.Cell{reports.Words(text)} }

func code(text string) reports.Text { return reports.In(reports.Code, text) }

func quiet(text string) reports.Text { return reports.In(reports.Quiet, text) }

// codes lists names.
func codes(names []string) (out reports.Text) {
	for i, name := range names {
		if i > 0 {
			out = append(out, reports.Span{Text: ", "})
		}
		out = append(out, reports.Span{Text: name, Style: reports.Code})
	}
	return out
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// list joins names as people write them: "a, b".
func list(names []string) string { return strings.Join(names, ", ") }

// joined lists words with an "and" ahead of the last.
func joined(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// titleOf writes a name of a file as words: training_runs as Training runs.
func titleOf(name string) string {
	if name == "" {
		return ""
	}
	text := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

func titleIn(terms []lca.Term, name string) string {
	for _, t := range terms {
		if t.Name == name {
			return t.Title
		}
	}
	return titleOf(name)
}

func lowerTitles(terms []lca.Term) string {
	var out []string
	for _, t := range terms {
		out = append(out, strings.ToLower(t.Title))
	}
	return joined(out)
}

// categories lists categories by their titles.
func (w *writer) categories(names []string) string {
	var out []string
	for i, name := range names {
		title := titleOf(name)
		for _, c := range w.words.Categories {
			if c.Name == name {
				title = c.Title
			}
		}
		if main, detail, found := strings.Cut(title, ", "); found {
			title = main + " (" + detail + ")" // a comma would part it in a list
		}
		if i > 0 && !isAcronym(title) {
			title = strings.ToLower(title[:1]) + title[1:]
		}
		out = append(out, title)
	}
	return joined(out)
}

func isAcronym(title string) bool {
	return len(title) > 1 && (title[1] == '-' || title[1] >= 'A' && title[1] <= 'Z')
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// percent writes a share.
func percent(share float64) string { return strconv.FormatFloat(float64(share*100), 'g', 3, 64) + " %" }

// sameCategories tells whether an impact counts in all categories of the method.
func (w *writer) sameCategories(names []string) bool {
	return len(w.d.Categories) > 1 && slices.Equal(names, w.d.Categories)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
