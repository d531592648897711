package study

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

// SensitivityOptions say of which total the sensitivity is told: empty fields are the first that the study has.
type SensitivityOptions struct {
	Category, Perspective, Accounting string

	Most int // quantities that are told of; 0: 20
}

// Sensitivity says what a total of a study's year depends on.
type Sensitivity struct {
	Total      lca.Interval
	Quantities []Sensitive // the one that explains most of the variance first
	Origins    []Sensitive // all of one origin together
}

// Sensitive is an uncertain quantity, or all that share an error, or all of one origin.
type Sensitive struct {
	Origin, Quantity string
	montecarlo.Index         // Sobol indices with their standard errors
	Low, High        float64 // the total where the quantity is at its 5th and at its 95th percentile and all others are at their values; NaN of an origin, and of several quantities together
	Elasticity       float64 // per cent of the total for each per cent of the quantity; NaN of an origin
}

// Sensitivity computes a study and says what one of its totals depends on.
func (s *Study) Sensitivity(ctx context.Context, o Options, of SensitivityOptions, probs *diag.List) (*Sensitivity, error) {
	if s.Sampling.Draws == 0 {
		probs.Add(s.at("draws").Problem(diag.BadValue, "the study has nothing drawn: draws is 0"))
		return nil, probs.Err()
	}
	res, p, err := s.computed(ctx, o, probs)
	if err != nil {
		return nil, err
	}
	defer p.close()
	defer res.close()
	f, q := res.forms, res.intervals.model
	sums := f.sumKeys()
	number, err := p.selected(sums, of)
	if err != nil {
		return nil, err
	}
	figure := &q.model.Figures[number]
	parted, err := p.shares(ctx, q, []int{number}, &o)
	if err != nil {
		return nil, err
	}
	if !parted.knows(figure) {
		probs.Add(s.at("inventories").Problem(diag.TooLarge, "the total is the sum of %d different products of %d quantities: its variance is told of a sum of at most %d",
			len(figure.Terms), q.count(), mostOfCauses))
		return nil, probs.Err()
	}
	x, err := parted.of(ctx, figure, cmp.Or(of.Most, 20))
	if err != nil {
		return nil, err
	}
	out := &Sensitivity{Total: res.intervals.sums[number]}
	// Errors of many rows stand in the figure by their mean, which is above their value: what is asked for is by how much the value changes.
	base := q.model.At(figure, nil, 0.5)
	at := func(variables []int32, u float64) float64 {
		return float64(out.Total.Value * (q.model.At(figure, variables, u) / base))
	}
	for _, u := range x.largest {
		part := &parted.parts[u]
		s := Sensitive{Origin: part.origin, Quantity: part.title, Index: x.each[u], Low: math.NaN(), High: math.NaN(), Elasticity: q.model.Elasticity(figure, part.variables)}
		if len(part.members) == 1 { // there is no low and high of several that are independent
			s.Low, s.High = at(part.variables, 0.05), at(part.variables, 0.95)
		}
		out.Quantities = append(out.Quantities, s)
	}
	for i, name := range origins {
		out.Origins = append(out.Origins, Sensitive{Origin: name, Index: x.origins[i], Low: math.NaN(), High: math.NaN(), Elasticity: math.NaN()})
	}
	return out, nil
}

// computed compiles, scans and assesses a study, which writes nothing. Both results are to be closed.
func (s *Study) computed(ctx context.Context, o Options, probs *diag.List) (*result, *plan, error) {
	p, err := s.prepare(ctx, o.Jobs, probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		p.close()
		return nil, nil, err
	}
	run := &runState{space: &amounts.Space{}, options: o}
	res, err := p.compute(ctx, run, probs)
	if err != nil {
		p.close()
		return nil, nil, err
	}
	probs.Merge(&res.warnings)
	return res, p, nil
}

// selected is the number of a total of the study's year among the aggregates.
func (p *plan) selected(sums []aggregateKey, of SensitivityOptions) (int, error) {
	w := lca.Words()
	asked := [...]string{of.Category, of.Perspective, of.Accounting}
	var known []string    // totals
	var parts [3][]string // their words
	for i, k := range sums {
		if k.by != byTotal || int(k.year) != p.study.Year {
			continue
		}
		own := [...]string{w.Categories[k.category].Name, w.Perspectives[k.perspective].Name, w.Accountings[k.accounting].Name}
		fits := true
		for at, word := range own {
			fits = fits && (asked[at] == "" || asked[at] == word)
			parts[at] = append(parts[at], word)
		}
		if fits {
			return i, nil
		}
		known = append(known, strings.Join(own[:], ", "))
	}
	var probs diag.List
	x := diag.Problem{Code: diag.NoTotal, Message: fmt.Sprintf("the study has no such total of %d", p.study.Year)}
	if words := slices.DeleteFunc(slices.Clone(asked[:]), func(s string) bool { return s == "" }); len(words) > 0 {
		x.Message = fmt.Sprintf("the study has no total of %d of %s", p.study.Year, strings.Join(words, ", "))
	}
	if len(known) > 0 {
		x.Hint = "totals: " + strings.Join(known, "; ")
	}
	for at, list := range parts {
		word := asked[at]
		if near := diag.Nearest(word, list); word != "" && !slices.Contains(list, word) && near != "" {
			x.Hint = "did you mean " + near + "?"
		}
	}
	probs.Add(x)
	return 0, probs.Err()
}

// Alternative is a total under one option of a method's choice, and what the ranking of its items does.
type Alternative struct {
	Choice, Option              string // empty: the method as the study takes it
	Category, Perspective, Unit string
	Accounting                  string
	Value                       float64
	Change                      float64 // part of the total of the method as the study takes it, under the first accounting
	Items                       int     // that have a value
	Tau                         float64 // Kendall's rank correlation with the items of that: 1 where no two change places; NaN of fewer than two
	First                       string  // the largest item
}

// Alternatives computes a study with each option of each choice of its method in turn, under each accounting: choices are discrete, and stand in no interval.
func (s *Study) Alternatives(ctx context.Context, o Options, of SensitivityOptions, probs *diag.List) ([]Alternative, error) {
	plain := *s
	plain.Sampling.Draws = 0
	var base map[string]float64
	var whole float64
	var out []Alternative
	one := func(t *Study, choice, option string) error {
		list := probs
		if choice != "" {
			list = &diag.List{} // what is odd about the study has been told
		}
		res, p, err := t.computed(ctx, o, list)
		if err != nil {
			return err
		}
		defer p.close()
		defer res.close()
		for _, a := range lca.Words().Accountings {
			sums, total := map[string]*exact.Sum{}, &exact.Sum{}
			category, perspective, unit := of.Category, of.Perspective, ""
			err := res.impacts.each(func(row *lca.Impact, _ uint32) error {
				if row.Year != s.Year || row.ShareOf != lca.Words().ShareOf[0].Name || row.Accounting != a.Name {
					return nil
				}
				category, perspective = cmp.Or(category, row.Category), cmp.Or(perspective, row.Perspective)
				if row.Category == category && row.Perspective == perspective {
					name := cmp.Or(row.Item, row.Model, row.Organisation, row.Region, row.Hardware)
					if sums[name] == nil {
						sums[name] = &exact.Sum{}
					}
					sums[name].Add(row.Value)
					total.Add(row.Value)
					unit = row.Unit
				}
				return nil
			})
			if err != nil {
				return err
			}
			if len(sums) == 0 {
				continue
			}
			items, value := map[string]float64{}, total.Float64()
			for name, sum := range sums {
				items[name] = sum.Float64()
			}
			if base == nil {
				base, whole = items, value
			}
			x := Alternative{Choice: choice, Option: option, Category: category, Perspective: perspective, Unit: unit, Accounting: a.Name, Value: value, Change: value/whole - 1, Items: len(items), Tau: kendall(base, items)}
			largest := math.Inf(-1)
			for _, name := range slices.Sorted(maps.Keys(items)) {
				if items[name] > largest {
					x.First, largest = name, items[name]
				}
			}
			out = append(out, x)
		}
		return nil
	}
	if err := one(&plain, "", ""); err != nil {
		return nil, err
	}
	m := s.loadMethod(probs)
	if m == nil {
		return nil, probs.Err()
	}
	for _, v := range m.Variants()[1:] {
		var text strings.Builder
		choice, option := "", ""
		taken := m.Taken()
		for i, c := range v.Taken() {
			fmt.Fprintf(&text, "%s: %s\n", c[0], document.Quote(c[1]))
			if taken[i] != c {
				choice, option = c[0], c[1]
			}
		}
		t := plain
		t.Choices = document.Parse("choices", []byte(text.String()), probs)
		if err := one(&t, choice, option); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// kendall is the rank correlation tau-a of values that both have by name (Kendall 1938): pairs in one order less pairs in the other, over all pairs.
func kendall(a, b map[string]float64) float64 {
	const most = 2000 // names: pairs are all looked at
	var names []string
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if _, both := b[name]; both && len(names) < most {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		return math.NaN()
	}
	sum := 0
	for i := range names {
		for k := range i {
			x, y := cmp.Compare(a[names[i]], a[names[k]]), cmp.Compare(b[names[i]], b[names[k]])
			sum += x * y
		}
	}
	return float64(sum) / float64(len(names)*(len(names)-1)/2)
}
