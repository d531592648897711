package reports

import (
	_ "embed"
	"slices"
	"sync"
)

// Review is a critical review of a study by somebody named. The zero value is none.
type Review struct {
	Reviewer  string          `json:"reviewer" doc:"reviewer,required"`
	Of        string          `json:"of,omitempty" doc:"of"`    // whom the reviewer works for
	Date      string          `json:"date" doc:"date,required"` // year-month-day
	URL       string          `json:"url,omitempty" doc:"url"`
	Statement string          `json:"statement" doc:"statement,required"`
	Comments  []ReviewComment `json:"comments,omitempty" doc:"comments"`
}

// ReviewComment is a reviewer's comment with the answer of the study's authors.
type ReviewComment struct {
	Comment string `json:"comment" doc:"comment,required"`
	Answer  string `json:"answer" doc:"answer,required"`
}

// requirement is an item of the correspondence: what reports are asked to say.
type requirement struct {
	Item   string   `doc:"item,required"`
	Needs  []string `doc:"needs,required"` // facts of the edition, all of them
	Unless string   `doc:"unless"`         // a fact without which the item does not apply
	At     string   `doc:"at"`             // where the report says it
}

//go:embed correspondence.yaml
var correspondenceText []byte

var requirements = sync.OnceValue(func() []requirement {
	var file struct {
		Items []requirement `doc:"items,required"`
	}
	embedded("reports/correspondence.yaml", correspondenceText, &file)
	return file.Items
})

// facts are what the edition has, by name.
func (p *page) facts() map[string]bool {
	known := map[string]bool{
		"always": true, "goal": p.Goal != "", "scope": p.ScopeText != "", "exclusions": len(p.Exclusions) > 0, "cut_offs": len(p.CutOffs) > 0, "accountings": len(p.accountings()) > 1, "sources": len(p.Sources) > 0,
		"ledger": len(p.Ledger) > 0, "causes": len(p.Causes) > 0, "reconciliation": len(p.Reconciliation) > 0, "intervals": p.Drawn(), "outlook": p.Outlook != nil, "projection": p.Outlook != nil,
		"rankings": len(p.Rankings) > 0, "reproduce": len(p.Reproduce) > 0, "entries": len(p.Intensities) > 0 || p.Listed != nil, "intensities": len(p.Intensities) > 0 || p.Listed != nil, "stages": len(p.Perspectives()) > 0, "review": p.Review != nil,
		"rules": p.RuleTable() != nil, "ages": p.aged(),
	}
	known["models"] = true
	for _, c := range p.held() {
		known["models"] = known["models"] && c.Model != ""
	}
	return known
}

// CorrespondenceTable says of each requirement whether the report satisfies it, and where.
func (p *page) CorrespondenceTable() *table {
	t := &table{ID: "correspondence-items", Caption: p.Text.say("correspondence"), Columns: []column{{Text: p.Text.column("requirement"), Raw: "requirement"}, {Text: p.Text.column("correspondence"), Raw: "correspondence"}, {Text: p.Text.column("at"), Raw: "at"}}}
	known := p.facts()
	for _, r := range requirements() {
		text := p.Text.Correspondence[r.Item]
		state := "satisfied"
		switch lacks := slices.ContainsFunc(r.Needs, func(f string) bool { return !known[f] }); {
		case lacks && r.Unless != "" && !known[r.Unless]:
			state = "not_applicable"
		case lacks:
			state = "missing"
		}
		at := cell{Break: true}
		if state == "satisfied" && r.At != "" {
			at = cell{Text: p.Text.say("there"), Raw: r.At, URL: "#" + r.At}
		}
		said := cell{Text: p.Text.say("requirement_" + state), Raw: state}
		if state != "satisfied" && text.Why != "" {
			said.Text = p.Text.pair(said.Text, text.Why)
		}
		t.Rows = append(t.Rows, []cell{{Text: text.Asks, Raw: r.Item}, said, at})
	}
	return t
}

// ReviewTable lists a reviewer's comments and their answers; nil where there are none.
func (p *page) ReviewTable() *table {
	if p.Review == nil || len(p.Review.Comments) == 0 {
		return nil
	}
	t := &table{ID: "review-comments", Caption: p.Text.say("review_comments"), Columns: []column{{Text: p.Text.column("comment"), Raw: "comment"}, {Text: p.Text.column("answer"), Raw: "answer"}}}
	for _, c := range p.Review.Comments {
		t.Rows = append(t.Rows, []cell{plain(c.Comment), plain(c.Answer)})
	}
	return t.cut()
}

// Screening says what sort of study it is, and ScreeningLimit what that leaves open.
func (p *page) Screening() string { return p.reviewed("screening") }

func (p *page) ScreeningLimit() string { return p.reviewed("limit_screening") }

// reviewed is a phrase, or its other form where the study was reviewed.
func (p *page) reviewed(phrase string) string {
	if p.Review != nil {
		phrase += "_reviewed"
	}
	return p.Text.say(phrase)
}

// ReviewAddress is where a review stands, if that is a page of the web.
func (p *page) ReviewAddress() string { return webAddress(p.Review.URL) }
