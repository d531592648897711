package study

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/stock"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// lives compiles the quantity that says how long devices last.
func (x *projecting) lives(k *kindPlan) (*rules.Readings, error) {
	var probs diag.List
	name := k.kind.Stock.Life
	if x.p.method.Reconcile != nil {
		name = x.p.method.Reconcile.Fleet.Life
	}
	at := x.p.study.at("method")
	node := &document.Node{Kind: document.Scalar, Text: name, Place: at.Place}
	r := rules.CompileReadings(x.p.method, schemaOf(k.kind, x.p.references(&probs)), x.p, []*document.Node{node}, &probs)
	if r == nil {
		problem := at.Problem(diag.UnknownName, "the method %s has no quantity %s for %s: nothing says how long devices last", x.p.method.Ref(), name, k.kind.Name)
		problem.Hint = "add it, or leave " + k.kind.Name + " out of the study"
		var own diag.List
		own.Add(problem)
		return nil, own.Err()
	}
	if _, ok := unit.Factor(r.Unit(0), unit.MustParse("a")); !ok {
		probs.Add(at.Problem(diag.UnitMismatch, "%s of %s is in %s; a service life is a time", name, x.p.method.Ref(), r.Unit(0)))
		return nil, probs.Err()
	}
	return r, nil
}

// cohortKey is what devices of one cohort have in common.
type cohortKey struct {
	region, hardware string
	year, retired    int
	atBase           bool
	life             float64
}

// readFleet reads the rows of devices into cohorts.
func (x *projecting) readFleet(ctx context.Context, f *fleetProjection, lives *rules.Readings) error {
	base := x.years[0]
	toYears, _ := unit.Factor(lives.Unit(0), unit.MustParse("a"))
	counts := map[cohortKey]*exact.Sum{}
	made := map[string]map[int]*exact.Sum{}
	var probs diag.List
	of := fleetColumns{count: f.stock.Count, from: f.stock.From, retired: f.stock.Retired, word: f.stock.Installed.Column}
	err := x.p.fleetRows(ctx, f.kind, of, lives, func(row *fleetRow) error {
		if !row.hasCount || !row.hasFrom {
			return nil // such rows are refused by the inventory's checks
		}
		year := amounts.YearOf(row.from)
		if year > base {
			f.left++
			return nil
		}
		region := row.region
		if made[region] == nil {
			region = strings.Clone(region)
			made[region] = map[int]*exact.Sum{}
		}
		if made[region][year] == nil {
			made[region][year] = &exact.Sum{}
		}
		made[region][year].Add(row.count)
		retired := 0
		if row.hasRetired {
			if retired = amounts.YearOf(row.retired); retired <= base {
				return nil
			}
		}
		if !row.hasLife && retired == 0 {
			if probs.Count(diag.Error) == 0 {
				probs.Add(x.p.study.at("inventories", f.kind.kind.Name).Problem(diag.MissingAmount, "the service life of some devices is not known, of %s for example: %s", row.hardware, row.why))
			}
			return nil
		}
		key := cohortKey{region: region, hardware: row.hardware, year: year, retired: retired, atBase: row.word == f.stock.Installed.Word, life: float64(row.life * toYears)}
		sum := counts[key]
		if sum == nil {
			key.region, key.hardware = strings.Clone(region), strings.Clone(row.hardware)
			sum = &exact.Sum{}
			counts[key] = sum
		}
		sum.Add(row.count)
		return nil
	})
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return err
	}
	for region, years := range made {
		r := &regionFleet{made: map[int]float64{}, held: map[cohortOf]float64{}}
		f.regions[region] = r
		for year, sum := range years {
			r.made[year] = sum.Float64()
			if r.made[year] >= stock.Quantum {
				r.mixMade = max(r.mixMade, year)
			}
		}
	}
	keys := make([]cohortKey, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b cohortKey) int {
		atBase := func(k *cohortKey) int {
			if k.atBase {
				return 1
			}
			return 0
		}
		return cmp.Or(strings.Compare(a.region, b.region), cmp.Compare(a.year, b.year), strings.Compare(a.hardware, b.hardware), cmp.Compare(a.retired, b.retired), cmp.Compare(atBase(&a), atBase(&b)), cmp.Compare(a.life, b.life))
	})
	for _, k := range keys {
		r, n := f.regions[k.region], counts[k].Float64()
		c := stock.Cohort{Year: k.year, Count: n, AtBase: k.atBase, Retired: k.retired, Life: stock.Lifetime{Mean: k.life}}
		if k.retired != 0 {
			c.AtBase, c.Life = true, stock.Lifetime{}
		}
		r.cohorts, r.of, r.lives = append(r.cohorts, c), append(r.of, cohortOf{k.hardware, k.year}), append(r.lives, k.life)
		r.held[cohortOf{k.hardware, k.year}] += n
	}
	for _, r := range f.regions {
		for of, n := range r.held {
			if n >= stock.Quantum {
				r.mixHeld = max(r.mixHeld, of.year)
			}
		}
		r.meanLife()
	}
	return nil
}

// meanLife is that of the devices that came last.
func (r *regionFleet) meanLife() {
	var lives, counts exact.Sum
	for i, c := range r.cohorts {
		if c.Year == r.mixHeld && r.lives[i] > 0 {
			lives.Add(float64(c.Count * r.lives[i]))
			counts.Add(c.Count)
		}
	}
	if n := counts.Float64(); n > 0 {
		r.life = lives.Float64() / n
		return
	}
	for _, life := range r.lives { // of those that came last none is known
		if life > 0 {
			r.life = life
		}
	}
}
