// Package levers reads levers: actions that may shrink an impact, each with what it changes, under which conditions, and what may eat up the gain.
//
// A lever is a file. Under set it gives names of a method - columns of the inventory, parameters, lookups, quantities, impacts - other values in the rows for which its condition holds, in the language of
// methods (see rules.Overrides). Under factors it has the method look up a factor otherwise. What it does is the difference between a study's results with these values and without: nothing is saved or
// avoided beyond that, and what happens outside of the study, such as a rebound, is told in words alone.
//
// Numbers of a lever are its parameters, with source and distribution like a method's. They are drawn with everything else, so that the interval of a difference has what is not known of the action too.
// A number that nobody but whoever acts can know has no value in the file: the study gives it.
//
// A lever that asks under other factors than the study's, such as marginal ones, has both of its cases computed with them (under): factors of two sorts are never set against each other. Such a lever stands
// apart. It is not added to others, and with marginal factors it is consequential and says so.
package levers

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/shelf"
)

// Lever is an action. It is immutable.
type Lever struct {
	Name         string
	Version      string
	Status       string // draft or released
	Date         string
	Title        string
	Area         string // see Areas
	Doc          string
	Conditions   string // where it can be done, and what it takes
	Rebound      string // what may eat up the gain, or burden something else
	Source       string
	URL          string
	Licence      string
	Translations map[string]shelf.Translation // of title, conditions and rebound, by language
	Excludes     []string                     // names of levers that cannot be had beside it
	Approach     string                       // attributional or consequential
	Accountings  []string                     // under which its difference is told; empty: each
	Under        rules.Overrides              // factors with which both cases are computed; nothing: the study as it is
	Overrides    rules.Overrides
	Asks         []Ask  // numbers that the study gives
	Digest       string // SHA-256 of the file

	root       *document.Node
	parameters []rules.Parameter
	given      []string // names of parameters that a study gave
}

// Approaches: whether a difference is of what is documented, by average factors, or of what a change would cause, by marginal ones.
const (
	Attributional = "attributional"
	Consequential = "consequential"
)

// Apart reports whether the lever's cases are computed with factors of their own. What it does is then not added to what other levers do.
func (l *Lever) Apart() bool { return l.Under.Factors != nil }

// Parameters are the lever's numbers, under the names that they have in its formulas.
func (l *Lever) Parameters() []rules.Parameter {
	out := slices.Clone(l.parameters)
	for i := range out {
		out[i].Name = strings.TrimPrefix(out[i].Name, l.Name+".")
	}
	return out
}

// Ref is name@version.
func (l *Lever) Ref() string { return l.Name + "@" + l.Version }

// Against reports whether two levers cannot be had together.
func (l *Lever) Against(o *Lever) bool {
	return l.Name == o.Name || slices.Contains(l.Excludes, o.Name) || slices.Contains(o.Excludes, l.Name)
}

// Problem makes a problem of the lever as a whole.
func (l *Lever) Problem(code diag.Code, format string, args ...any) diag.Problem {
	return l.root.Get("lever").Problem(code, format, args...)
}

// Area is a sort of levers. Areas stand in the order in which levers of several are applied.
type Area struct {
	Name  string `doc:"name,required"`
	Title string `doc:"title,required"`
	Doc   string `doc:"doc,required"`
}

//go:embed areas.yaml
var areasFile []byte

//go:embed */*.yaml
var embedded embed.FS

//go:embed template.yaml
var template []byte

var files = shelf.Shelf{FS: embedded, What: "lever"}

// Areas are all areas, in order.
var Areas = sync.OnceValue(func() []Area {
	var probs diag.List
	var raw struct {
		Areas []Area `doc:"areas,required"`
	}
	if root := document.Parse("rules/levers/areas.yaml", areasFile, &probs); root != nil {
		document.Decode(root, &raw, &probs)
	}
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return raw.Areas
})

func areaNames() (out []string) {
	for _, a := range Areas() {
		out = append(out, a.Name)
	}
	return out
}

// Rank is the place of the lever's area among all.
func (l *Lever) Rank() int { return slices.Index(areaNames(), l.Area) }

// Template is a lever to start from, with every key of the format explained.
func Template() []byte { return slices.Clone(template) }

// Names lists the embedded levers as name@version, sorted.
func Names() []string { return files.Names() }

// ShortNames lists the names of the embedded levers, each once, sorted.
func ShortNames() (out []string) {
	for _, ref := range Names() {
		name, _, _ := strings.Cut(ref, "@")
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Newest is the newest embedded version of a name, as name@version; the name itself where there is none.
func Newest(name string) string { return files.Newest(name) }

// Text is an embedded lever's file; nil where there is none.
func Text(ref string) []byte {
	_, text := files.Text(ref)
	return text
}

// Embedded loads an embedded lever by name@version, or the newest version of a name. All problems go to probs; nil where there are any.
func Embedded(ref string, probs *diag.List) *Lever {
	file, text := files.Text(ref)
	if text == nil {
		probs.Add(files.NotFound(ref))
		return nil
	}
	return Load(file, text, probs)
}

// All are the newest versions of all embedded levers, by area and name.
func All(probs *diag.List) (out []*Lever) {
	for _, ref := range Names() {
		name, _, _ := strings.Cut(ref, "@")
		if Newest(name) != ref {
			continue
		}
		if l := Embedded(ref, probs); l != nil {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b *Lever) int { return a.Rank() - b.Rank() })
	return out
}

// maxSet is how many names a lever overrides at most.
const maxSet = 100

// Load reads a lever. All problems of its form go to probs, and the lever is nil where there are any; whether a method has what it names, and its formulas are sound, is known only where it is applied.
func Load(name string, text []byte, probs *diag.List) *Lever {
	before := probs.Count(diag.Error)
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	if root.Get("lever") == nil {
		for _, x := range []struct{ key, what string }{{"scenario", "a scenario"}, {"kinds", "a method"}, {"study", "a study, or the record of a run"}, {"pack", "the definition of a factor pack"}, {"inventories", "a study"}} {
			if root.Get(x.key) != nil {
				p := root.Problem(diag.Usage, "this is %s, not a lever", x.what)
				p.Hint = "a lever begins with lever: NAME; ailca levers template prints one"
				probs.Add(p)
				return nil
			}
		}
	}
	var raw struct {
		Lever        string                       `doc:"lever,required"`
		Version      string                       `doc:"version,required"`
		Status       string                       `doc:"status,required"`
		Date         string                       `doc:"date,required"`
		Title        string                       `doc:"title,required"`
		Area         string                       `doc:"area,required"`
		Doc          string                       `doc:"doc"`
		Conditions   string                       `doc:"conditions,required"`
		Rebound      string                       `doc:"rebound,required"`
		Source       string                       `doc:"source,required"`
		URL          string                       `doc:"url"`
		Licence      string                       `doc:"licence"`
		Translations map[string]shelf.Translation `doc:"translations"`
		Excludes     []string                     `doc:"excludes"`
		Approach     string                       `doc:"approach"`
		Accountings  []string                     `doc:"accountings"`
		Under        *document.Node               `doc:"under"`
		Factors      *document.Node               `doc:"factors"`
		Parameters   *document.Node               `doc:"parameters"`
		Set          []rules.Override             `doc:"set"`
	}
	document.Decode(root, &raw, probs)
	shelf.Head(root, "lever", []string{"title", "conditions", "rebound", "source"}, probs)
	shelf.Translations(root, []string{"title", "conditions", "rebound"}, probs)
	if n := root.Get("area"); n != nil && n.Kind == document.Scalar && !slices.Contains(areaNames(), raw.Area) {
		p := n.Problem(diag.UnknownName, "there is no area %q", raw.Area)
		p.Hint = "one of " + strings.Join(areaNames(), ", ")
		probs.Add(p)
	}
	changes := !nothing(raw.Factors)
	switch n := root.Get("set"); {
	case n == nil && !changes && root.Kind == document.Map:
		probs.Add(root.Problem(diag.MissingKey, "the key %q is missing", "set"))
	case n != nil && (n.Kind == document.List || n.Kind == document.Null) && (len(raw.Set) == 0 && !changes || len(raw.Set) > maxSet):
		probs.Add(n.Problem(diag.BadValue, "a lever sets one name at least and %d at most, not %d", maxSet, len(raw.Set)))
	}
	for i, x := range raw.Excludes {
		if x == raw.Lever || !shelf.IsName(x) {
			probs.Add(root.Get("excludes").Items[i].Problem(diag.BadValue, "%q is no name of another lever", x))
		}
	}
	sum := sha256.Sum256(text)
	l := &Lever{Name: raw.Lever, Version: raw.Version, Status: raw.Status, Date: raw.Date, Title: raw.Title, Area: raw.Area, Doc: raw.Doc, Conditions: raw.Conditions, Rebound: raw.Rebound, Source: raw.Source,
		URL: raw.URL, Licence: raw.Licence, Translations: raw.Translations, Excludes: raw.Excludes, Digest: hex.EncodeToString(sum[:]), root: root}
	l.Approach, l.Accountings = cmp.Or(raw.Approach, Attributional), raw.Accountings
	parameters := l.asks(raw.Parameters, probs)
	l.Overrides = rules.Overrides{Name: raw.Lever, Digest: l.Digest, Parameters: parameters, Set: raw.Set}
	if changes {
		l.Overrides.Factors = raw.Factors
	}
	if !nothing(raw.Under) {
		l.Under = rules.Overrides{Name: raw.Lever, Digest: "under " + l.Digest, Factors: raw.Under}
	}
	l.checkFactors(probs)
	if probs.Count(diag.Error) == before {
		l.parameters = (&rules.Method{}).Overridden(&l.Overrides, probs).Parameters
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return l
}
