package scenarios

import (
	"slices"
	"strings"
)

// Changes between two scenarios.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	Words   = "words" // what it rests on is told otherwise; values are the same
)

// Difference is a driver or a term in which two scenarios differ.
type Difference struct {
	Name  string  `json:"name"`
	Term  bool    `json:"term,omitempty"`
	What  string  `json:"what"`
	Unit  string  `json:"unit"`
	Was   *Side   `json:"was,omitempty"`
	Now   *Side   `json:"now,omitempty"`
	Where []Where `json:"where,omitempty"` // values that differ
}

// Side is what one scenario says of it.
type Side struct {
	Basis        string `json:"basis"`
	Source       string `json:"source,omitempty"`
	Doc          string `json:"doc,omitempty"`
	Distribution string `json:"distribution,omitempty"`
	From         string `json:"from"` // the scenario that states it
	Place        string `json:"place"`
}

// Where is a year in which values differ. A value is nil where a scenario has none.
type Where struct {
	Of   Asked    `json:"of,omitzero"`
	Year int      `json:"year"`
	Was  *float64 `json:"was"`
	Now  *float64 `json:"now"`
}

// Differences lists in what two scenarios differ, by name: drivers, then terms. Values are compared in the years that both cover.
func Differences(a, b *Scenario) []Difference {
	var out []Difference
	for _, term := range []bool{false, true} {
		was, now := a.Drivers, b.Drivers
		if term {
			was, now = a.Terms, b.Terms
		}
		var names []string
		for _, d := range slices.Concat(was, now) {
			names = append(names, d.Name)
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			d := Difference{Name: name, Term: term, Was: sideOf(was, name), Now: sideOf(now, name)}
			switch {
			case d.Was == nil:
				d.What = Added
			case d.Now == nil:
				d.What = Removed
			default:
				d.What = Changed
			}
			for _, s := range []*Scenario{b, a} {
				if x, ok := s.Get(name); ok {
					d.Unit = x.Measured()
				}
			}
			d.Where = differentValues(a, b, name)
			if d.What == Changed && len(d.Where) == 0 {
				x, y := *d.Was, *d.Now
				x.From, y.From, x.Place, y.Place = "", "", "", ""
				if x == y {
					continue
				}
				if d.What = Words; x.Distribution != y.Distribution {
					d.What = Changed
				}
			}
			out = append(out, d)
		}
	}
	return out
}

func sideOf(list []Driver, name string) *Side {
	i := slices.IndexFunc(list, func(d Driver) bool { return d.Name == name })
	if i < 0 {
		return nil
	}
	d := &list[i]
	return &Side{Basis: d.Basis, Source: d.Source, Doc: d.Doc, Distribution: d.DistText, From: d.From, Place: d.at.Place.String()}
}

// differentValues are the values of a name that differ, in the years that both scenarios cover.
func differentValues(a, b *Scenario, name string) (out []Where) {
	keys := slices.Concat(a.Keys(name), b.Keys(name))
	slices.SortFunc(keys, compareAsked)
	for _, of := range slices.Compact(keys) {
		for y := max(a.From, b.From); y <= min(a.To, b.To); y++ {
			x, _ := a.Value(name, of, y)
			z, _ := b.Value(name, of, y)
			if x != z {
				out = append(out, Where{of, y, x.pointer(), z.pointer()})
			}
		}
	}
	return out
}

func compareAsked(a, b Asked) int {
	return strings.Compare(a.Region+"\x00"+a.Task+"\x00"+a.Category+"\x00"+a.Kind, b.Region+"\x00"+b.Task+"\x00"+b.Category+"\x00"+b.Kind)
}

func (a *Answer) pointer() *float64 {
	if !a.Given {
		return nil
	}
	return &a.Value
}

// String names what is asked for; empty for all.
func (a Asked) String() string {
	return strings.Join(slices.DeleteFunc([]string{a.Region, a.Task, a.Category, a.Kind}, func(s string) bool { return s == "" }), ", ")
}
