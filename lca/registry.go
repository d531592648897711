package lca

import (
	_ "embed"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Category is an impact category or an inventory indicator printed beside them.
type Category struct {
	Name      string `doc:"name,required"`
	Title     string `doc:"title,required"`
	Indicator string `doc:"indicator,required"`
	Model     string `doc:"model,required"`
	Unit      string `doc:"unit,required"`
	Type      string `doc:"type,required"` // impact or indicator
}

// Term is an entry of a closed list of words: a stage, a perspective, an accounting.
type Term struct {
	Name  string `doc:"name,required"`
	Title string `doc:"title,required"`
	Doc   string `doc:"doc"`
}

// Vocabulary is what may stand in the columns of result tables.
type Vocabulary struct {
	Categories   []Category `doc:"categories,required"`
	Stages       []Term     `doc:"stages,required"`
	Perspectives []Term     `doc:"perspectives,required"`
	Accountings  []Term     `doc:"accountings,required"`
	ShareOf      []Term     `doc:"share_of,required"`
	Qualities    []Term     `doc:"qualities,required"` // best first
	Scopes       []Term     `doc:"scopes,required"`
}

//go:embed registry.yaml
var registryText []byte

// Words returns the embedded vocabulary. It is shared: do not change it.
var Words = sync.OnceValue(func() *Vocabulary {
	var probs diag.List
	var v Vocabulary
	if root := document.Parse("lca/registry.yaml", registryText, &probs); root != nil {
		document.Decode(root, &v, &probs)
	}
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return &v
})

// Category returns a category by name.
func (v *Vocabulary) Category(name string) (Category, bool) {
	for _, c := range v.Categories {
		if c.Name == name {
			return c, true
		}
	}
	return Category{}, false
}

// CategoryNames lists the categories' names in order.
func (v *Vocabulary) CategoryNames() []string {
	out := make([]string, len(v.Categories))
	for i, c := range v.Categories {
		out[i] = c.Name
	}
	return out
}

// CategoryTitle is the title of a category; of one that is unknown its name.
func (v *Vocabulary) CategoryTitle(name string) string {
	if c, ok := v.Category(name); ok {
		return c.Title
	}
	return name
}

// Title is the title of the term of a name; of one that is unknown the name.
func Title(terms []Term, name string) string {
	for _, t := range terms {
		if t.Name == name {
			return t.Title
		}
	}
	return name
}

// Names lists the terms' names in order.
func Names(terms []Term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.Name
	}
	return out
}
