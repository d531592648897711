package reports

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca"
)

// wording is a language's words around results.
type wording struct {
	Language      string             `doc:"language,required"`
	Missing       string             `doc:"missing,required"`
	None          string             `doc:"none,required"`
	Same          string             `doc:"same,required"`
	Each          string             `doc:"each,required"`
	NoInterval    string             `doc:"no_interval,required"`
	NoSumInterval string             `doc:"no_sum_interval,required"`
	Unsure        string             `doc:"unsure,required"`      // said of entries without intervals
	Drawn         string             `doc:"drawn,required"`       // said of a figure with intervals
	ShareError    string             `doc:"share_error,required"` // of shares of a variance; {error} is the largest
	ShareSum      string             `doc:"share_sum,required"`   // where they add up to more than all
	Alike         string             `doc:"alike,required"`       // of entries that intervals do not tell apart
	Incomplete    string             `doc:"incomplete,required"`
	Refused       string             `doc:"refused,required"`       // what the mark of an incomplete figure means
	NotAssessed   string             `doc:"not_assessed,required"`  // stands where a total would mislead
	Sorted        string             `doc:"sorted,required"`        // said under tables of entries
	Cases         string             `doc:"cases,required"`         // said under published calculations
	Together      string             `doc:"together,required"`      // what all levers do
	WithinNoise   string             `doc:"within_noise,required"`  // of a difference whose interval holds 0
	OutlookNotes  map[string]string  `doc:"outlook_notes,required"` // by perspective
	Acronyms      map[string]string  `doc:"acronyms,required"`      // how words of names are written
	PartialSum    string             `doc:"partial_sum,required"`   // what its mark means
	Kinds         map[string]noun    `doc:"kinds,required"`
	Classes       map[string]string  `doc:"classes,required"` // of ledger rows, beside the quality classes
	Columns       map[string]string  `doc:"columns,required"`
	Figures       map[string]caption `doc:"figures,required"`
}

// noun is what an entry of an inventory kind is called.
type noun struct {
	One  string `doc:"one,required"`
	Many string `doc:"many,required"`
}

// caption is the text of a figure; Title is a template.
type caption struct {
	Title    string `doc:"title,required"`
	Question string `doc:"question,required"`
	Note     string `doc:"note,required"`
}

//go:embed text.en.yaml
var englishText []byte

var english = sync.OnceValue(func() *wording {
	var w wording
	embedded("reports/text.en.yaml", englishText, &w)
	return &w
})

// finding fills a figure's title.
func (w *wording) finding(figure string, fields map[string]string) (string, error) {
	t, err := template.New(figure).Option("missingkey=zero").Parse(w.Figures[figure].Title)
	if err != nil {
		return "", fmt.Errorf("reports: title of figure %s: %w", figure, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, fields); err != nil {
		return "", fmt.Errorf("reports: title of figure %s: %w", figure, err)
	}
	return b.String(), nil
}

// column is a column's heading.
func (w *wording) column(name string) string {
	if title, ok := w.Columns[name]; ok {
		return title
	}
	return humanise(name)
}

// humanise makes words of a name that has no title: training_runs becomes Training runs.
func humanise(name string) string {
	words := strings.Split(name, " ")
	for i, w := range words {
		parts := strings.Split(w, "_")
		for j, part := range parts {
			bare := strings.TrimSuffix(part, ",")
			if written, ok := english().Acronyms[bare]; ok {
				parts[j] = written + part[len(bare):]
			}
		}
		words[i] = strings.Join(parts, " ")
	}
	return upper(strings.Join(words, " "))
}

func upper(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// lower puts a title inside a sentence; an acronym stays.
func lower(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

// titleOf is a word's title in the vocabulary, or words made of its name.
func titleOf(terms []lca.Term, name string) string {
	for _, t := range terms {
		if t.Name == name {
			return t.Title
		}
	}
	return humanise(name)
}

// letters gives each title a letter of its own, from the title where one is free.
func letters(titles []string) []series {
	used := map[rune]bool{}
	out := make([]series, len(titles))
	for i, title := range titles {
		out[i].Title, out[i].Style = title, i
		for _, r := range strings.ToUpper(title) + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
			if unicode.IsLetter(r) && !used[r] {
				used[r], out[i].Letter = true, string(r)
				break
			}
		}
	}
	return out
}

// choose keeps the series that a figure shows, with the letters and styles that they have among all.
func choose(all []series, names, shown []string) []series {
	out := make([]series, len(shown))
	for i, name := range shown {
		if at := slices.Index(names, name); at >= 0 {
			out[i] = all[at]
		}
	}
	return out
}

// terms are the vocabulary's names and, after them, what else was seen.
func terms(known []lca.Term, seen map[string]bool) []string {
	all := map[string]bool{}
	for s := range seen {
		all[s] = true
	}
	for _, t := range known {
		all[t.Name] = true
	}
	return ordered(lca.Names(known), all)
}

// classTitle is the title of a quality class, or of another class of the ledger.
func (p *page) classTitle(name string) string {
	if title, ok := p.Text.Classes[name]; ok {
		return title
	}
	if name == "" {
		return "No class given"
	}
	return titleOf(p.words.Qualities, name)
}

// classSeries gives quality classes, and whatever else a ledger calls a class, their letters and styles.
func (p *page) classSeries(seen map[string]bool) (classes []string, out []series) {
	names := terms(p.words.Qualities, seen)
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = p.classTitle(n)
	}
	classes = ordered(lca.Names(p.words.Qualities), seen)
	return classes, choose(letters(words), names, classes)
}
