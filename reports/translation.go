package reports

import "cmp"

// Translation is texts of a study, a lever or a scenario in another language; of one that is empty the original stands.
type Translation struct {
	Title      string `json:"title,omitempty"`
	Of         string `json:"of,omitempty"`
	Conditions string `json:"conditions,omitempty"`
	Rebound    string `json:"rebound,omitempty"`
	Goal       string `json:"goal,omitempty"`
	Scope      string `json:"scope,omitempty"`
}

// translated is an edition with the texts that there are in a language in the place of the original ones. The edition itself is not changed.
func (e *Edition) translated(language string) *Edition {
	out := *e
	if t, ok := e.Translations[language]; ok {
		out.Title, out.Goal, out.ScopeText = cmp.Or(t.Title, e.Title), cmp.Or(t.Goal, e.Goal), cmp.Or(t.Scope, e.ScopeText)
	}
	out.Levers = make([]Lever, len(e.Levers))
	for i, l := range e.Levers {
		t := l.Translations[language]
		l.Title, l.Conditions, l.Rebound = cmp.Or(t.Title, l.Title), cmp.Or(t.Conditions, l.Conditions), cmp.Or(t.Rebound, l.Rebound)
		out.Levers[i] = l
	}
	if e.Outlook != nil {
		o := *e.Outlook
		o.at, o.Cases = nil, make([]OutlookCase, len(e.Outlook.Cases))
		for i, c := range e.Outlook.Cases {
			t := c.Translations[language]
			c.Title, c.Of = cmp.Or(t.Title, c.Title), cmp.Or(t.Of, c.Of)
			o.Cases[i] = c
		}
		out.Outlook = &o
	}
	return &out
}

// Foreign is the language of the study's texts, where it is another than the page's; else empty.
func (p *page) Foreign() string { return p.foreignTo(p.Translations) }

// foreignTo is the language of texts that have these translations. Levers and scenarios are taken to be written in the language of the study.
func (p *page) foreignTo(translations map[string]Translation) string {
	own := cmp.Or(p.Language, "en")
	if _, translated := translations[p.Text.Language]; translated || own == p.Text.Language {
		return ""
	}
	return own
}
