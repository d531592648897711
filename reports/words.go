package reports

import (
	"cmp"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca"
)

// wording is a language's words around results.
type wording struct {
	Language       string             `doc:"language,required"`
	Numbers        numerals           `doc:"numbers,required"`
	Phrases        map[string]string  `doc:"phrases,required"` // see say
	Names          map[string]string  `doc:"names"`            // of quantities, parameters and the like, in lower case; left out: made of the words of the name
	Units          map[string]string  `doc:"units"`            // multiples whose names are words
	Words          map[string]words   `doc:"words"`            // by list of the vocabulary: its words in the language; left out: as the vocabulary has them
	Missing        string             `doc:"missing,required"`
	None           string             `doc:"none,required"`
	Same           string             `doc:"same,required"`
	Each           string             `doc:"each,required"`
	NoInterval     string             `doc:"no_interval,required"`
	NoSumInterval  string             `doc:"no_sum_interval,required"`
	Unsure         string             `doc:"unsure,required"`      // said of entries without intervals
	Drawn          string             `doc:"drawn,required"`       // said of a figure with intervals
	ShareError     string             `doc:"share_error,required"` // of shares of a variance; {error} is the largest
	ShareSum       string             `doc:"share_sum,required"`   // where they add up to more than all
	Alike          string             `doc:"alike,required"`       // of entries that intervals do not tell apart
	Incomplete     string             `doc:"incomplete,required"`
	Refused        string             `doc:"refused,required"`       // what the mark of an incomplete figure means
	NotAssessed    string             `doc:"not_assessed,required"`  // stands where a total would mislead
	Sorted         string             `doc:"sorted,required"`        // said under tables of entries
	Cases          string             `doc:"cases,required"`         // said under published calculations
	Together       string             `doc:"together,required"`      // what all levers do
	WithinNoise    string             `doc:"within_noise,required"`  // of a difference whose interval holds 0
	OutlookNotes   map[string]string  `doc:"outlook_notes,required"` // by perspective
	Acronyms       map[string]string  `doc:"acronyms,required"`      // how words of names are written
	PartialSum     string             `doc:"partial_sum,required"`   // what its mark means
	Kinds          map[string]noun    `doc:"kinds,required"`
	Classes        map[string]string  `doc:"classes,required"` // of ledger rows, beside the quality classes
	Columns        map[string]string  `doc:"columns,required"`
	Figures        map[string]caption `doc:"figures,required"`
	Correspondence map[string]asked   `doc:"correspondence,required"` // by item
}

// words are those of a list of the vocabulary, by name.
type words map[string]struct {
	Title     string `doc:"title,required"`
	Doc       string `doc:"doc"`
	Indicator string `doc:"indicator"`
	Model     string `doc:"model"`
}

// vocabulary is that of results with its words in the language.
func (w *wording) vocabulary() *lca.Vocabulary {
	v := *lca.Words()
	if w.Words == nil {
		return &v
	}
	v.Categories = slices.Clone(v.Categories)
	for i := range v.Categories {
		c := &v.Categories[i]
		if t, ok := w.Words["categories"][c.Name]; ok {
			c.Title, c.Indicator, c.Model = t.Title, t.Indicator, t.Model
		}
	}
	for name, list := range map[string]*[]lca.Term{"stages": &v.Stages, "perspectives": &v.Perspectives, "accountings": &v.Accountings, "share_of": &v.ShareOf, "qualities": &v.Qualities, "scopes": &v.Scopes} {
		*list = slices.Clone(*list)
		for i := range *list {
			if t, ok := w.Words[name][(*list)[i].Name]; ok {
				(*list)[i].Title, (*list)[i].Doc = t.Title, t.Doc
			}
		}
	}
	return &v
}

// asked is a requirement of reports in words.
type asked struct {
	Asks string `doc:"asks,required"`
	Why  string `doc:"why"` // it is missing, or does not apply
}

// numerals are how a language writes numbers.
type numerals struct {
	Thousands string `doc:"thousands,required"` // between groups of three digits
	Point     string `doc:"point,required"`
	Percent   string `doc:"percent,required"` // behind a share, with what parts them
	To        string `doc:"to,required"`      // between the ends of an interval, with what parts them
	Below     string `doc:"below,required"`   // ahead of what a share is less than, with what parts them
	Above     string `doc:"above,required"`
	Zero      string `doc:"zero,required"` // form of a noun behind 0: one or many
}

// or is the wording; English where there is none, as in documents that are written in English alone.
func (w *wording) or() *wording {
	if w == nil {
		return english()
	}
	return w
}

// pair sets a text behind the name of what it is of, and list puts clauses one after the other.
func (w *wording) pair(name, text string) string { return name + w.say("colon") + " " + text }
func (w *wording) list(clauses []string) string  { return strings.Join(clauses, w.say("semicolon")+" ") }

// named is a name of the program as the language has it, or as it is.
func (w *wording) named(name string) string { return cmp.Or(w.or().Names[name], name) }

// unitName is a multiple of a unit as the language writes it.
func (w *wording) unitName(name string) string { return cmp.Or(w.or().Units[name], name) }

// status is a state of a study, a method or a factor pack in words.
func (w *wording) status(name string) string { return cmp.Or(w.or().Phrases["status_"+name], name) }

// to joins the ends of an interval.
func (w *wording) to(low, high string) string { return low + w.or().Numbers.To + high }

// say fills a phrase of the catalogue: {0} is the first of the values, {1} the second.
func (w *wording) say(phrase string, values ...string) string {
	text, ok := w.or().Phrases[phrase]
	if !ok {
		panic("reports: no phrase " + phrase) // catalogues are part of the program
	}
	var pairs []string
	for i, v := range values {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// many fills one of two phrases, NAME_one or NAME_many, by a count, which is {0}.
func (w *wording) many(n int64, phrase string, values ...string) string {
	return w.say(w.plural(n, phrase+"_one", phrase+"_many"), append([]string{count(w, n)}, values...)...)
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
	Made     string `doc:"made,required"` // how the numbers of its table are made
}

//go:embed text.*.yaml
var catalogues embed.FS

// wordings are all languages, by their code. Each has a file text.CODE.yaml and a folder templates/CODE.
var wordings = sync.OnceValue(func() map[string]*wording {
	out := map[string]*wording{}
	entries, err := catalogues.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, e := range entries {
		text, err := catalogues.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		var w wording
		embedded("reports/"+e.Name(), text, &w)
		out[w.Language] = &w
	}
	return out
})

func english() *wording { return wordings()["en"] }

// Languages are the codes of the languages that reports are written in, English first.
func Languages() []string {
	out := slices.Sorted(maps.Keys(wordings()))
	slices.SortStableFunc(out, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "en":
			return -1
		case b == "en":
			return 1
		}
		return 0
	})
	return out
}

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
	return w.humanise(name)
}

// humanise makes words of a name that has no title: training_runs becomes Training runs.
func (w *wording) humanise(name string) string {
	if names := w.or().Names; names != nil {
		parts := strings.Split(name, ", ")
		for i, part := range parts {
			parts[i] = cmp.Or(names[part], part)
		}
		name = strings.Join(parts, ", ")
	}
	words := strings.Split(name, " ")
	for i, word := range words {
		parts := strings.Split(word, "_")
		for j, part := range parts {
			bare := strings.TrimSuffix(part, ",")
			if written, ok := w.or().Acronyms[bare]; ok {
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
func (w *wording) titleOf(terms []lca.Term, name string) string {
	for _, t := range terms {
		if t.Name == name {
			return t.Title
		}
	}
	return w.humanise(name)
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
		return p.Text.say("no_class")
	}
	return p.Text.titleOf(p.words.Qualities, name)
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
