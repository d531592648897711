package reports

import (
	"cmp"
	"strings"
)

// Notice is what an index says of an edition, without its tables. It stands in report.json.
type Notice struct {
	Title        string            `json:"title"`
	Language     string            `json:"language,omitempty"` // of the title; empty: en
	Titles       map[string]string `json:"titles,omitempty"`   // in other languages
	Edition      string            `json:"edition,omitempty"`
	Year         int               `json:"year"`
	Status       string            `json:"status"` // draft or published
	Method       string            `json:"method"`
	MethodStatus string            `json:"method_status,omitempty"`
	Pack         string            `json:"factor_pack"`
	PackStatus   string            `json:"factor_pack_status,omitempty"`
	RunID        string            `json:"run_id"`
	Licence      string            `json:"licence,omitempty"`
	Leading      []Leading         `json:"leading,omitempty"`
}

// Notice is what an index says of the edition.
func (e *Edition) Notice() (*Notice, error) {
	list, err := e.Leading()
	if err != nil {
		return nil, err
	}
	out := &Notice{Title: cmp.Or(e.Title, e.Study), Language: e.Language, Edition: e.Edition, Year: e.Year, Status: e.Status, Method: e.Method, MethodStatus: e.MethodStatus, Pack: e.Pack, PackStatus: e.PackStatus,
		RunID: e.RunID, Licence: e.Licence, Leading: list}
	for language, t := range e.Translations {
		if t.Title != "" {
			if out.Titles == nil {
				out.Titles = map[string]string{}
			}
			repair(&t.Title)
			out.Titles[language] = t.Title
		}
	}
	repair(&out.Title, &out.Language, &out.Edition, &out.Status, &out.Method, &out.MethodStatus, &out.Pack, &out.PackStatus, &out.RunID, &out.Licence)
	for i := range out.Leading {
		l := &out.Leading[i]
		repair(&l.Perspective, &l.Accounting, &l.Category, &l.Unit)
	}
	return out, nil
}

// repair replaces what is no text in UTF-8, so that JSON gives back what was written.
func repair(texts ...*string) {
	for _, t := range texts {
		*t = strings.ToValidUTF8(*t, "\uFFFD")
	}
}

// in is the title in a language, and which language it is in where that is another.
func (p *Notice) in(language string) (title, foreign string) {
	own := cmp.Or(p.Language, "en")
	if t := p.Titles[language]; t != "" || own == language {
		return cmp.Or(t, p.Title), ""
	}
	return p.Title, own
}
