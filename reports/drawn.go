package reports

import "html/template"

// Drawn is a figure of a document, with the table that it shows.
type Drawn struct {
	Key      string // names it for links, unlike any other of the document
	Title    string // states the finding
	Question string // that it answers
	Note     string // how to read it
	Source   string // where it comes from
	Figure   Figure
	Sheet    *Sheet
}

// Figure draws itself: a *Waterfall or a *Dumbbell.
type Figure interface {
	drawing
	told() string // what it shows, in words
}

// wide and narrow are the drawing for either width of page.
func (d *Drawn) draw(kind string) template.HTML {
	width := wide
	if kind == "narrow" {
		width = narrow
	}
	return d.Figure.svg(anchor(d.Key)+"-"+kind, width, cleaned(d.Title), d.Figure.told())
}
