package rules

import (
	"cmp"
	"embed"
	"path"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Ratings is how rows are rated for the quality of their data: indicators with levels from 1, very good, to 5, very poor, each found by rules. It is
// immutable and shared.
type Ratings struct {
	Name          string
	Title         string
	Doc           string
	Source        string
	Indicators    []Indicator
	Classes       []QualityClass // of the mean, ascending
	Levels        []QualityClass // of the handbook's rating, ascending
	ClassesSource string
	Weight        string // column by which levels are weighted beside the rows

	m     *Method
	names checkNames
}

// Indicator is one of the things that a rating is made of.
type Indicator struct {
	Name      string       `doc:"name,required"`
	Short     string       `doc:"short,required"`
	Column    string       `doc:"column,required"` // in which a row may declare its level
	Pedigree  string       `doc:"pedigree"`        // the indicator of the pedigree matrix that asks for the same; empty for none
	Rules     []RatingRule `doc:"rules,required"`
	Otherwise struct {
		Level int    `doc:"level,required"`
		Why   string `doc:"why,required"`
	} `doc:"otherwise,required"`
	At *document.Node `doc:"@"`
}

// RatingRule gives a level to rows. Level 0 says that the indicator does not apply.
type RatingRule struct {
	Kinds []string       `doc:"kinds,required"`
	Level int            `doc:"level,required"`
	When  *document.Node `doc:"when,required"`
	Why   string         `doc:"why,required"`
	At    *document.Node `doc:"@"`
}

// QualityClass names ratings up to a value.
type QualityClass struct {
	Name string  `doc:"name,required"`
	Most float64 `doc:"most,required"`
}

// Levels is the number of levels, 0 for what does not apply included.
const Levels = 6

//go:embed quality
var ratingFiles embed.FS

// EmbeddedRatings is the rating that is part of the program.
var EmbeddedRatings = sync.OnceValue(func() *Ratings {
	const file = "quality/ilcd.yaml"
	text, err := ratingFiles.ReadFile(file)
	if err != nil {
		panic(err) // the file is part of the program
	}
	var probs diag.List
	r := LoadRatings(path.Join("rules", file), text, &probs)
	if err := probs.Err(); err != nil {
		panic(err)
	}
	return r
})

// LoadRatings reads a file of ratings. All problems of form go to probs; nil where there are any. Conditions are checked by Compile.
func LoadRatings(name string, text []byte, probs *diag.List) *Ratings {
	before := probs.Count(diag.Error)
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	var raw struct {
		Quality       string         `doc:"quality,required"`
		Title         string         `doc:"title,required"`
		Doc           string         `doc:"doc,required"`
		Source        string         `doc:"source,required"`
		Classes       []QualityClass `doc:"classes,required"`
		Levels        []QualityClass `doc:"levels,required"`
		ClassesSource string         `doc:"classes_source,required"`
		Weight        string         `doc:"weight,required"`
		Constants     *document.Node `doc:"constants"`
		Definitions   *document.Node `doc:"definitions"`
		Indicators    []Indicator    `doc:"indicators,required"`
	}
	document.Decode(root, &raw, probs)
	r := &Ratings{Name: raw.Quality, Title: raw.Title, Doc: raw.Doc, Source: raw.Source, Indicators: raw.Indicators, Classes: raw.Classes, Levels: raw.Levels, ClassesSource: raw.ClassesSource,
		Weight: raw.Weight, m: &Method{Name: raw.Quality, file: name, root: root}}
	l := &loader{m: r.m, probs: probs}
	l.constants(raw.Constants)
	l.definitions(raw.Definitions, &r.names)
	ascending := func(key string, classes []QualityClass) {
		if len(classes) == 0 || !slices.IsSortedFunc(classes, func(a, b QualityClass) int { return cmp.Compare(a.Most, b.Most) }) {
			probs.Add(root.Problem(diag.BadValue, "%s stand in ascending order, and there is one at least", key))
		}
	}
	ascending("classes", r.Classes)
	ascending("levels", r.Levels)
	if len(r.Indicators) == 0 || len(r.Indicators) > 64 {
		probs.Add(root.Get("indicators").Problem(diag.BadValue, "a rating has 1 to 64 indicators"))
	}
	level := func(at *document.Node, level int) {
		if level < 0 || level >= Levels {
			probs.Add(at.Get("level").Problem(diag.OutOfRange, "levels are 1, very good, to 5, very poor, and 0 for what does not apply"))
		}
	}
	for i := range r.Indicators {
		in := &r.Indicators[i]
		level(in.At.Get("otherwise"), in.Otherwise.Level)
		for _, rule := range in.Rules {
			level(rule.At, rule.Level)
		}
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return r
}

// Class is the class of a mean rating.
func (r *Ratings) Class(mean float64) string { return named(r.Classes, mean) }

// Level is the handbook's level of a rating by its formula.
func (r *Ratings) Level(rating float64) string { return named(r.Levels, rating) }

// named is the first class that a rating does not exceed, else the last.
func named(classes []QualityClass, rating float64) string {
	for _, c := range classes {
		if rating <= c.Most {
			return c.Name
		}
	}
	return classes[len(classes)-1].Name
}

// RatingProgram is ratings compiled for a kind of inventory. It is immutable and shared by runners.
type RatingProgram struct {
	Ratings *Ratings
	p       *Program
	levels  []*vector.Expr // of each indicator
	weight  *vector.Expr   // nil where the kind has no such column
}

// Compile compiles the ratings for the schema's kind. All problems go to probs; the program is of use only where they hold no error.
func (r *Ratings) Compile(schema *Schema, lists map[string][]string, probs *diag.List) *RatingProgram {
	shared := newShared(schema)
	out := &RatingProgram{Ratings: r, p: shared.p}
	c := shared.compiler(r.m, r.names, schema, lists, probs)
	if !c.distinctNames() {
		return out
	}
	b := c.p.builder
	number := func(name string, at *document.Node) *vector.Expr {
		f, ok := c.field(name)
		if typ, date, _ := typeOf(f); !ok || typ != column.Float || date {
			probs.Add(at.Problem(diag.UnknownName, "%s has no column %q of numbers", schema.Kind, name))
			return nil
		}
		return b.Column(c.slot(slot{column: name}), column.Float)
	}
	for i := range r.Indicators {
		in := &r.Indicators[i]
		level := b.Number(float64(in.Otherwise.Level))
		for _, rule := range slices.Backward(in.Rules) {
			if !slices.Contains(rule.Kinds, schema.Kind) {
				continue
			}
			if when := c.condition(rule.When, "when"); when != nil {
				// What is not known is not true: If would leave such a row without a level.
				level = b.Make(vector.If, b.Make(vector.Coalesce, when, b.Flag(false)), b.Number(float64(rule.Level)), level)
			}
		}
		if declared := number(in.Column, in.At.Get("column")); declared != nil {
			level = b.Make(vector.Coalesce, declared, level)
		}
		out.levels = append(out.levels, level)
	}
	if _, ok := c.field(r.Weight); ok {
		out.weight = number(r.Weight, r.m.root.Get("weight"))
	}
	return out
}

// Columns are the inventory's columns that the ratings read.
func (p *RatingProgram) Columns() []string { return p.p.Columns() }
