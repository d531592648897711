package rules

import (
	_ "embed"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Topic is something that the standards of the field ask of a study or of the method behind it. A method names it under meets.
type Topic struct {
	ID    string         `doc:"id,required"`
	Of    string         `doc:"of,required"` // method or study: who can meet it
	Title string         `doc:"title,required"`
	Asks  string         `doc:"asks,required"` // in our own words
	At    *document.Node `doc:"@"`
}

//go:embed requirements.yaml
var requirementsText []byte

// Topics are all that requirements.yaml lists, in its order.
var Topics = sync.OnceValue(func() []Topic {
	var probs diag.List
	topics := loadTopics("rules/requirements.yaml", requirementsText, &probs)
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return topics
})

func loadTopics(name string, text []byte, probs *diag.List) []Topic {
	var file struct {
		Requirements []Topic `doc:"requirements,required"`
	}
	document.Decode(document.Parse(name, text, probs), &file, probs)
	seen := map[string]bool{}
	for _, t := range file.Requirements {
		if !nameForm.MatchString(t.ID) || seen[t.ID] {
			probs.Add(t.At.Problem(diag.BadValue, "%q is no id of a requirement, or stands twice", t.ID))
		}
		seen[t.ID] = true
		if t.Of != "method" && t.Of != "study" {
			probs.Add(t.At.Problem(diag.BadValue, "%q: a requirement is of a method or of a study", t.Of))
		}
	}
	return file.Requirements
}

// meets refuses a requirement that nobody asks for, one that stands twice, and one of which nothing is said.
func (l *loader) meets() {
	var ids []string
	for _, t := range Topics() {
		ids = append(ids, t.ID)
	}
	for i, r := range l.m.Requirements {
		if l.probs.Full() {
			return // nobody reads as many
		}
		at := r.At.Get("requirement")
		if r.Requirement == "" || at.Kind != document.Scalar {
			continue // reported as missing
		}
		if slices.ContainsFunc(l.m.Requirements[:i], func(before Requirement) bool { return before.Requirement == r.Requirement }) {
			l.probs.Add(at.Problem(diag.DuplicateName, "%s stands twice under meets", excerpt(r.Requirement)))
		} else if !slices.Contains(ids, r.Requirement) {
			p := at.Problem(diag.UnknownName, "%q is no requirement that is known", excerpt(r.Requirement))
			p.Hint = meant(r.Requirement, ids, "")
			l.probs.Add(p)
		}
	}
}
