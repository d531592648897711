package factors

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// boundaries: how much of a machine an embodied value holds; each holds those before it.
var boundaries = []string{"die", "board", "accelerator", "server", "rack", "building"}

// Boundaries lists what a row's boundary may be, the least first. Where several rows fit a key equally, Resolve takes the fullest.
func Boundaries() []string { return slices.Clone(boundaries) }

// rank orders boundaries: 0 for none, then from die to building.
func rank(boundary string) uint8 { return uint8(slices.Index(boundaries, boundary) + 1) }

// Select names one kind of electricity figure among several. An empty field takes whatever the pack holds, but only where it holds
// a single kind: figures of two kinds are never mixed.
type Select struct {
	Flow   string // production or consumption
	Point  string // generation or delivered
	Scope  string // life_cycle or operational
	Margin string // average, marginal or residual
}

// selectors are the fields of Select with the words each may hold.
var selectors = [4]struct {
	name  string
	words []string
}{
	{"flow", []string{"production", "consumption"}},
	{"point", []string{"generation", "delivered"}},
	{"scope", []string{"life_cycle", "operational"}},
	{"margin", []string{"average", "marginal", "residual"}},
}

// values are the fields in the order of selectors.
func (s Select) values() [4]string { return [4]string{s.Flow, s.Point, s.Scope, s.Margin} }

func (f *Form) selectors() Select { return Select{f.Flow, f.Point, f.Scope, f.Margin} }

// over is the selection with those fields changed that s names.
func (s Select) over(to Select) Select {
	return Select{cmp.Or(s.Flow, to.Flow), cmp.Or(s.Point, to.Point), cmp.Or(s.Scope, to.Scope), cmp.Or(s.Margin, to.Margin)}
}

// apart are the fields in which a row's kind of figure differs from what was asked for: as the row has them, and as they were asked.
func (s Select) apart(asked Select) (have, instead Select) {
	for _, f := range [...]struct{ has, want, have, instead *string }{
		{&s.Flow, &asked.Flow, &have.Flow, &instead.Flow}, {&s.Point, &asked.Point, &have.Point, &instead.Point},
		{&s.Scope, &asked.Scope, &have.Scope, &instead.Scope}, {&s.Margin, &asked.Margin, &have.Margin, &instead.Margin}} {
		if *f.want != "" && *f.has != *f.want {
			*f.have, *f.instead = *f.has, *f.want
		}
	}
	return have, instead
}

// Check refuses a word that no row can hold.
func (s Select) Check() error {
	for i, v := range s.values() {
		if v != "" && !slices.Contains(selectors[i].words, v) {
			return fmt.Errorf("unknown %s %q: %s", selectors[i].name, v, meant(v, selectors[i].words))
		}
	}
	return nil
}

// matches reports whether a row is of the kind asked for.
func (s *Select) matches(r *Row) bool {
	return (s.Flow == "" || s.Flow == r.Flow) && (s.Point == "" || s.Point == r.Point) &&
		(s.Scope == "" || s.Scope == r.Scope) && (s.Margin == "" || s.Margin == r.Margin)
}

func (s Select) String() string {
	var parts []string
	for i, v := range s.values() {
		if v != "" {
			parts = append(parts, selectors[i].name+" "+v)
		}
	}
	return strings.Join(parts, ", ")
}

// keyWords are what the rows of a factor may be found by.
var keyWords = []string{"region", "year", "technology"}

// meant answers a word that is not in a list: the nearest one, or all of a short list.
func meant(word string, known []string) string {
	if near := diag.Nearest(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	if len(known) > 12 || len(known) == 0 {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}

// period writes years: "2020", "2015 to 2020", "any year".
func period(from, to int) string {
	switch {
	case from == 0:
		return "any year"
	case from == to:
		return strconv.Itoa(from)
	}
	return strconv.Itoa(from) + " to " + strconv.Itoa(to)
}
