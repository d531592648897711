package methoddoc

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
)

// boundary tells what counts in each stage of the life cycle, and what does not.
func (w *writer) boundary() *reports.Part {
	p := part("boundary", "System boundary")
	s := &reports.Sheet{Key: "boundary-table", Caption: "What counts, by stage of the life cycle and kind of inventory", Columns: []string{"Stage"}}
	for _, k := range w.d.Kinds {
		s.Columns = append(s.Columns, titleOf(k.Kind))
	}
	for _, stage := range w.words.Stages {
		row := []reports.Cell{words(stage.Title)}
		for i := range w.d.Kinds {
			row = append(row, w.counted(&w.d.Kinds[i], stage.Name))
		}
		s.Rows = append(s.Rows, row)
	}
	p.sheetOr(s, "")
	p.part.Blocks = append(p.part.Blocks, reports.Block{List: w.legend()})
	cut := part("cut-offs", "Cut off")
	cuts := &reports.Sheet{Key: "cut-offs-table", Caption: "What belongs to the life cycle and is left out", Columns: []string{"Part", "Reason", "Estimated size"}}
	for _, c := range w.d.CutOffs {
		size := words("not estimated")
		if e := c.Estimate; e != nil {
			size = reports.Cell{reports.Words(percent(e.Share) + " of " + strings.ToLower(titleIn(w.words.Stages, e.Stage)) + ", " + strings.ToLower(w.categories([]string{e.Category}))), quiet("Source: " + e.Source)}
		}
		cuts.Rows = append(cuts.Rows, []reports.Cell{words(c.Name), words(c.Reason), size})
	}
	out := part("exclusions", "Outside the boundary")
	outside := &reports.Sheet{Key: "exclusions-table", Caption: "What is outside the boundary", Columns: []string{"Part", "Reason"}}
	for _, x := range w.d.Exclusions {
		outside.Rows = append(outside.Rows, []reports.Cell{words(x.Name), words(x.Reason)})
	}
	p.part.Parts = []*reports.Part{cut.sheetOr(cuts, "The method names nothing that it cuts off."), out.sheetOr(outside, "The method names nothing as outside its boundary.")}
	return p.part
}

// counted lists the impacts of a kind in a stage.
func (w *writer) counted(k *rules.KindDescription, stage string) reports.Cell {
	var out reports.Cell
	for i := range k.Impacts {
		r := &k.Impacts[i]
		if r.Stage != stage {
			continue
		}
		line := reports.Text{{Text: r.Name, Style: reports.Code, To: w.keys[impactOf(k.Kind, r.Name)]}}
		if r.ShareOf != w.words.ShareOf[0].Name {
			line = append(line, reports.Span{Text: " "}, reports.Span{Text: strings.ToLower(titleIn(w.words.ShareOf, r.ShareOf)), Style: reports.Flag})
		}
		out = append(out, append(line, reports.Span{Text: " " + w.manner(r), Style: reports.Quiet}))
	}
	if out == nil {
		return reports.Cell{quiet("nothing counts")}
	}
	return out
}

// manner is in which perspective, accounting and categories an impact counts.
func (w *writer) manner(r *rules.ImpactText) string {
	out := strings.ToLower(titleIn(w.words.Perspectives, r.Perspective))
	if len(r.Accounting) < len(w.words.Accountings) {
		for _, a := range r.Accounting {
			out += ", " + strings.ToLower(titleIn(w.words.Accountings, a))
		}
	}
	if w.sameCategories(r.Categories) {
		return out + "; all categories"
	}
	categories := w.categories(r.Categories)
	return out + "; " + strings.ToLower(categories[:min(1, len(categories))]) + categories[min(1, len(categories)):]
}

// legend says what the words of the table mean, of those that it uses.
func (w *writer) legend() *reports.List {
	l := &reports.List{}
	used := map[string]bool{}
	split := false
	for i := range w.d.Kinds {
		for j := range w.d.Kinds[i].Impacts {
			r := &w.d.Kinds[i].Impacts[j]
			used["perspective "+r.Perspective], used["share_of "+r.ShareOf] = true, true
			split = split || len(r.Accounting) < len(w.words.Accountings)
		}
	}
	add := func(title, doc string) {
		l.Items = append(l.Items, reports.Cell{reports.Text{{Text: title, Style: reports.Strong}, {Text: ": " + doc + "."}}})
	}
	for _, t := range w.words.Perspectives {
		if used["perspective "+t.Name] {
			add(t.Title, t.Doc)
		}
	}
	if split {
		for _, t := range w.words.Accountings {
			add(t.Title, t.Doc)
		}
		add("Neither named", "the figure is the same under both accountings")
	}
	for i, t := range w.words.ShareOf {
		if i > 0 && used["share_of "+t.Name] {
			add(t.Title, t.Doc)
		}
	}
	if len(w.d.Categories) > 1 {
		add("All categories", lowerFirst(w.categories(w.d.Categories)))
	}
	return l
}

func lowerFirst(text string) string {
	if text == "" || isAcronym(text) {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
