package reports

import (
	"html/template"
	"slices"
	"strings"
)

// figure is a figure with all that goes with it: a title that states the finding, the question, the drawing for wide and for narrow
// pages, the table behind it and where it comes from.
type figure struct {
	ID, Title, Question, Note string
	Made                      string // id of what says how its numbers are made
	About                     string // what the figure is of: a perspective, a comparison class
	Models                    string // characterisation models of the categories that it shows
	Wide, Narrow              template.HTML
	Table                     *table
	Level                     int // of its heading
	Source, Command           string
}

// drawing is a figure that draws itself at a width.
type drawing interface {
	svg(id string, width float64, title, desc string) template.HTML
}

const (
	wide   = 760.0
	narrow = 340.0
)

// figure joins a drawing to its caption; told is what the drawing shows, in words.
func (p *page) figure(kind, id, about string, fields map[string]string, d drawing, told string, t *table) (*figure, error) {
	title, err := p.Text.finding(kind, fields)
	if err != nil {
		return nil, err
	}
	words := p.Text.Figures[kind]
	t.ID, t.Made = id+"-table", kindID(kind)
	p.show(kind, id)
	return &figure{
		ID: id, Made: t.Made, About: about, Title: title, Question: words.Question, Note: words.Note, Level: 3, Table: t,
		Wide: d.svg(id+"-wide", wide, title, told), Narrow: d.svg(id+"-narrow", narrow, title, told),
		Source: p.Provenance(), Command: p.Command(),
	}, nil
}

// about names a perspective.
func (p *page) about(perspective string) string {
	return p.Text.say("perspective", p.Text.titleOf(p.words.Perspectives, perspective))
}

// At sets the level of the figure's heading, 3 or 4.
func (f *figure) At(level int) *figure {
	if f != nil {
		f.Level = level
	}
	return f
}

// Provenance is the line under every figure.
func (p *page) Provenance() string {
	var parts []string
	for _, s := range []struct{ what, value, status string }{
		{p.Text.say("method"), p.Method, p.MethodStatus}, {p.Text.say("pack"), p.Pack, p.PackStatus}, {p.Text.say("run"), p.RunID, ""},
	} {
		if s.value == "" {
			continue
		}
		part := s.what + " " + s.value
		if s.status == "draft" {
			part += " (" + p.Text.say("draft") + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " · ")
}

// Command is what makes this report again.
func (p *page) Command() string {
	if len(p.Reproduce) == 0 {
		return ""
	}
	return p.Reproduce[len(p.Reproduce)-1]
}

// told puts a drawing into words for those who do not see it, at most 40 clauses.
func (w *wording) told(clauses []string) string {
	const most = 40
	if len(clauses) > most {
		clauses = append(slices.Clone(clauses[:most]), w.say("and_more"))
	}
	return w.list(clauses) + "."
}
