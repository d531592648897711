package methoddoc

import (
	"fmt"
	"path"
	"strings"

	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Difference documents what differs between two methods.
func Difference(c *rules.Comparison) *reports.Document {
	doc := &reports.Document{Kicker: "Difference of two methods", Title: c.Was.Method + " to " + c.Now.Method, Lead: []reports.Text{reports.Words(summary(c))}}
	for _, r := range []struct {
		name string
		of   rules.Revision
	}{{"Was", c.Was}, {"Now", c.Now}} {
		doc.Facts = append(doc.Facts, reports.Fact{Name: r.name, Value: append(code(r.of.Method), reports.Span{Text: " "}, reports.Span{Text: r.of.Status, Style: reports.Flag}, reports.Span{Text: " " + r.of.Date})},
			reports.Fact{Name: r.name + ", file", Value: code(r.of.File)}, reports.Fact{Name: r.name + ", SHA-256", Value: code(r.of.Digest)})
	}
	for _, s := range sheets(c) {
		heading := s.Caption
		s.Caption += ": " + counted(s)
		doc.Parts = append(doc.Parts, &reports.Part{Key: "changes/" + s.Key, Heading: reports.Words(heading), Blocks: []reports.Block{{Sheet: s.Sheet}}})
	}
	if len(c.Changes) == 0 {
		doc.Parts = append(doc.Parts, part("changes", "Changes").say("The two say the same."))
	}
	return doc
}

// difference is the part of a method's documentation that tells what it changed.
func (w *writer) difference(before Predecessor) *reports.Part {
	p := part("differences", "Differences from its predecessor")
	switch {
	case before.Method == "":
		return p.say("The method revises no other.")
	case before.Comparison == nil:
		return p.text(append(reports.Words("It revises "), reports.Span{Text: before.Method, Style: reports.Code},
			reports.Span{Text: ", which is not at hand: ailca methods diff compares it with the file of that method."})).part
	}
	p.text(append(reports.Words("It revises "), reports.Span{Text: before.Method, Style: reports.Code}, reports.Span{Text: ". " + summary(before.Comparison)}))
	for _, s := range sheets(before.Comparison) {
		s.Key = "differences/" + s.Key
		s.Caption += ": " + counted(s)
		if strings.HasSuffix(s.Key, "/examples") {
			p.part.Blocks = append(p.part.Blocks, reports.Block{Folded: &reports.Folded{Summary: "Differences of the examples", Blocks: []reports.Block{{Sheet: s.Sheet}}}})
			continue
		}
		p.part.Blocks = append(p.part.Blocks, reports.Block{Sheet: s.Sheet})
	}
	return p.part
}

// summary counts changes.
func summary(c *rules.Comparison) string {
	if len(c.Changes) == 0 {
		return "The two say the same."
	}
	said := 0
	var whats []string
	for _, x := range c.Changes {
		whats = append(whats, x.What)
		if x.Words {
			said++
		}
	}
	out := plural(len(c.Changes), "difference") + ": " + counts(whats) + "."
	switch {
	case said == len(c.Changes):
		out += " All are of texts and examples: no result depends on them."
	case said > 0:
		out += fmt.Sprintf(" Of these %d are of texts and examples alone: no result depends on them.", said)
	}
	return out
}

// counts says how many were added, removed, renamed and changed.
func counts(whats []string) string {
	var parts []string
	for _, what := range []string{rules.Added, rules.Removed, rules.Renamed, rules.Changed} {
		n := 0
		for _, w := range whats {
			if w == what {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	return joined(parts)
}

// section is the table of a section's changes.
type section struct {
	*reports.Sheet
	whats []string
}

func counted(s *section) string { return counts(s.whats) }

// sheets tables the changes, a table for each section and kind.
func sheets(c *rules.Comparison) (out []*section) {
	for i := range c.Changes {
		x := &c.Changes[i]
		key := strings.Trim(x.Kind+"/"+x.Section, "/")
		if len(out) == 0 || out[len(out)-1].Key != key {
			caption := sectionTitle(x.Section)
			switch {
			case x.Kind == "common":
				caption += ", shared by kinds"
			case x.Kind != "":
				caption += " of " + strings.ToLower(titleOf(x.Kind))
			}
			out = append(out, &section{Sheet: &reports.Sheet{Key: key, Caption: caption, Columns: []string{"Difference", "Was", "Now"}}})
		}
		s := out[len(out)-1]
		s.Rows = append(s.Rows, rows(x)...)
		s.whats = append(s.whats, x.What)
	}
	return out
}

func sectionTitle(section string) string {
	switch section {
	case "method":
		return "Head of the method"
	case "cut_offs":
		return "Cut-offs"
	case "meets":
		return "Requirements met"
	case "classes":
		return "Quality classes"
	}
	return titleOf(section)
}

// rows are those of one change: one for each thing that changed, or one for all that was added or removed.
func rows(x *rules.Change) (out [][]reports.Cell) {
	head := func(field string) reports.Cell {
		text := reports.Text{{Text: x.What, Style: reports.Flag}}
		if field != "" {
			text = append(text, reports.Span{Text: " " + strings.ReplaceAll(field, "_", " ")})
		}
		return reports.Cell{reports.In(reports.Strong, x.Name), text}
	}
	if x.What == rules.Added || x.What == rules.Removed {
		var was, now reports.Cell
		for _, f := range x.Fields {
			if x.What == rules.Removed {
				was = append(was, said(f.Field, f.Was))
			} else {
				now = append(now, said(f.Field, f.Now))
			}
		}
		return [][]reports.Cell{{head(""), placed(was, x.Was), placed(now, x.Now)}}
	}
	for _, f := range x.Fields {
		var was, now reports.Cell
		before, after := f.Excerpts()
		if before != "" {
			was = reports.Cell{said("", before)}
		}
		if after != "" {
			now = reports.Cell{said("", after)}
		}
		out = append(out, []reports.Cell{head(f.Field), placed(was, f.WasPlace), placed(now, f.NowPlace)})
	}
	return out
}

func said(field, text string) reports.Text {
	if field == "" {
		return reports.Words(text)
	}
	return reports.Text{{Text: strings.ReplaceAll(field, "_", " ") + ": ", Style: reports.Quiet}, {Text: text}}
}

// placed adds where it stands; what is not there says so.
func placed(c reports.Cell, place string) reports.Cell {
	if len(c) == 0 && place == "" {
		return reports.Cell{quiet("not there")}
	}
	if place == "" {
		return c
	}
	return append(c, reports.In(reports.Quiet, path.Base(place)))
}
