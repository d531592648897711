package factors

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// rich is a pack with everything that a choice between rows can hang on: kinds of figures, boundaries, series, releases and derived rows.
const rich = `pack: rich
version: "1"
status: draft
date: "2026-01-31"
title: A pack with random rows of every sort
factors:
  - {name: electricity, title: Electricity, per: kWh, keys: [region, year]}
  - {name: mix, title: Mix, per: kWh, unit: "1", keys: [region, year, technology]}
  - {name: generation, title: Generation, per: kWh, keys: [technology, year]}
  - {name: embodied, title: Devices, per: "1", keys: [technology]}
  - {name: losses, title: Losses of a technology in a region, per: "1", keys: [region, technology, year]}
  - {name: nothing, title: Nothing, per: "1", keys: [region]}
series:
  - {name: s1, title: First, why: it is preferred}
  - {name: s2, title: Second, why: it is not}
derived:
  - {factor: electricity, categories: [climate_change], mix: mix, per_technology: generation, select: {margin: average}}
`

// figure is one row of a random pack, or the rows of a mix.
type figure struct {
	factor, region, technology string
	from, to                   int
	value                      int // of a mix the share of coal in quarters; the rest is wind
	margin, boundary           string
	series, released           string
	grams                      bool
	note                       string
}

// rows writes the figure as lines of a table.
func (f figure) rows() []string {
	period := ","
	if f.from > 0 {
		period = fmt.Sprintf("%d,%d", f.from, f.to)
	}
	category, unit, value := "climate_change", map[string]string{"electricity": "kg CO2e/kWh", "generation": "kg CO2e/kWh", "mix": "1"}[f.factor], fmt.Sprint(f.value)
	if unit == "" {
		unit = "kg CO2e"
	}
	if f.grams {
		unit, value = strings.Replace(unit, "kg", "g", 1), value+"000"
	}
	line := func(category, technology, value, unit string) string {
		return fmt.Sprintf("%s,%s,%s,%s,%s,%s,%s,fixed,%s,,,,%s,reported,S,,%s,CC0-1.0,%s,%s", f.factor, category, f.region, technology, period, value, unit, f.boundary, f.margin, f.released, f.note, f.series)
	}
	if f.factor == "mix" {
		return []string{line("", "coal", fmt.Sprint(float64(f.value)/4), unit), line("", "wind", fmt.Sprint(1-float64(f.value)/4), unit)}
	}
	return []string{line(category, f.technology, value, unit)}
}

// clashes reports whether a pack that holds both is refused.
func (f figure) clashes(o figure) bool {
	day, _ := lastDay(f.released)
	other, _ := lastDay(o.released)
	return f.factor == o.factor && f.region == o.region && f.technology == o.technology && f.margin == o.margin && f.boundary == o.boundary && f.rank() == o.rank() && day == other &&
		(f.from == 0 || o.from == 0 || f.from <= o.to && o.from <= f.to)
}

func (f figure) rank() int { return slices.Index([]string{"s1", "s2"}, f.series) }

func drawFigure(t *rapid.T) figure {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	f := figure{factor: pick("factor", "electricity", "electricity", "mix", "mix", "generation", "generation", "generation", "embodied", "losses"), value: rapid.IntRange(0, 4).Draw(t, "value"),
		series: pick("series", "", "s1", "s2", "s3"), released: pick("released", "2024", "2025", "2025-06", "2025-06-30", "2025-02-28", "2026"), grams: rapid.Bool().Draw(t, "grams")}
	if f.factor != "embodied" && rapid.IntRange(0, 4).Draw(t, "dated") > 0 {
		f.from = rapid.IntRange(2019, 2023).Draw(t, "from")
		f.to = f.from + rapid.IntRange(0, 2).Draw(t, "years")
	}
	if f.factor == "electricity" || f.factor == "mix" || f.factor == "losses" {
		f.region = pick("region", "FRA", "FRA", "US-VA", "USA", "EUR", "WOR")
	}
	switch f.factor {
	case "electricity":
		f.margin = pick("margin", "average", "average", "residual")
	case "mix":
		f.grams = false
	case "generation":
		f.technology = pick("technology", "coal", "wind")
	default:
		f.technology = pick("technology", "a", "b", "other")
		f.boundary = pick("boundary", "", "die", "server")
	}
	return f
}

func drawFigures(t *rapid.T, most int, among ...figure) []figure {
	var out []figure
	for range rapid.IntRange(1, most).Draw(t, "figures") {
		if f := drawFigure(t); !slices.ContainsFunc(out, f.clashes) && !slices.ContainsFunc(among, f.clashes) {
			out = append(out, f)
		}
	}
	return out
}

func tableOf(figures []figure) string {
	out := ""
	for _, f := range figures {
		out += strings.Join(f.rows(), "\n") + "\n"
	}
	return out
}

func loadRich(t *rapid.T, o Options, layers ...[]figure) *Pack {
	fsys := fstest.MapFS{"p/pack.yaml": {Data: []byte(rich)}}
	at := []At{{fsys, "p", "p"}}
	for i, figures := range layers {
		name := "p/rows.csv"
		if i > 0 {
			name = fmt.Sprintf("over-%d.csv", i)
			at = append(at, At{fsys, name, name})
		}
		fsys[name] = &fstest.MapFile{Data: []byte(tableHeader + tableOf(figures))}
	}
	var probs diag.List
	p := Stack(at, o, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(listed(&probs))
	}
	return p
}

// question is a key with all that an answer hangs on.
type question struct {
	key Key
	sel Select
}

// questions are all keys over what drawFigure draws, and some that nothing answers.
var questions = sync.OnceValue(func() []question {
	var out []question
	for _, sel := range []Select{{}, {Margin: "average"}, {Margin: "residual"}} {
		for year := 2017; year <= 2027; year++ {
			for _, region := range []string{"FRA", "aws:us-east-1", "US-VA", "USA", "NOA", "EUR", "WOR", ""} {
				out = append(out, question{Key{Factor: "electricity", Category: "climate_change", Region: region, Year: year}, sel})
			}
		}
	}
	for _, year := range []int{0, 2018, 2021, 2022, 2090} {
		for _, region := range []string{"FRA", "US-VA", ""} {
			for _, technology := range []string{"a", "b", "other", "coal", "x", ""} {
				for _, factor := range []string{"losses", "embodied", "generation", "nothing", "unknown", "electricity"} {
					out = append(out, question{Key{Factor: factor, Category: "climate_change", Region: region, Technology: technology, Year: year}, Select{}})
				}
			}
		}
	}
	return append(out, question{Key{Factor: "electricity", Category: "climate_change", Region: "nowhere", Year: 2021}, Select{Margin: "average"}}, question{Key{Factor: "electricity", Category: "primary_energy", Region: "FRA", Year: 2020}, Select{}}, question{Key{Factor: "mix", Region: "FRA", Technology: "coal", Year: 2020}, Select{}})
})

func drawSteps(t *rapid.T) Policy {
	all := rapid.Permutation([]Step{{Kind: NearestYear, Max: rapid.IntRange(1, 4).Draw(t, "distance")}, {Kind: ParentRegion, Max: rapid.IntRange(0, 2).Draw(t, "levels")}, {Kind: WorldRegion},
		{Kind: OtherTechnology, To: "other"}, {Kind: OtherKind, Select: Select{Margin: rapid.SampledFrom([]string{"average", "residual"}).Draw(t, "margin")}}}).Draw(t, "steps")
	pol, err := NewPolicy(all[:rapid.IntRange(0, len(all)).Draw(t, "declared")]...)
	if err != nil {
		t.Fatal(err)
	}
	return pol
}

// answer is all that a lookup says of a figure, without where its row stands and, of a row of several years, which others.
func (p *Pack) answer(q question, pol Policy) (string, Found, error) {
	f, err := p.Resolve(q.key, q.sel, pol)
	if err != nil {
		var ambiguous *Ambiguous
		if errors.As(err, &ambiguous) {
			return "ambiguous", f, err
		}
		return "absent", f, err
	}
	r := f.Row
	return fmt.Sprint(quantity(r.Value, r.UnitText), r.Distribution, *r.Form, *r.Origin, r.Note, r.published, len(r.Derived), f.Asked, f.Taken, f.Steps(), f.Kind), f, nil
}

// A row more leaves an answer as it was, or is itself what is found, alone or among what that is derived from; or the answer is refused since there are two kinds of figure now.
func TestOneRowMoreIsFoundItselfOrChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures, pol := drawFigures(t, 20), drawSteps(t)
		more := drawFigure(t)
		if slices.ContainsFunc(figures, more.clashes) {
			return
		}
		more.note = "new"
		was := loadRich(t, Options{}, figures)
		is := loadRich(t, Options{}, slices.Insert(slices.Clone(figures), rapid.IntRange(0, len(figures)).Draw(t, "where"), more))
		for _, q := range questions() {
			before, _, _ := was.answer(q, pol)
			after, f, err := is.answer(q, pol)
			if before == after {
				continue
			}
			var ambiguous *Ambiguous
			if errors.As(err, &ambiguous) {
				if more.factor == q.key.Factor && slices.Contains(ambiguous.Values, more.margin) || more.factor == "mix" || more.factor == "generation" {
					continue
				}
			}
			if err != nil || f.Row.Note != "new" && !slices.ContainsFunc(f.Row.Derived, func(id int32) bool { return is.Rows[id].Note == "new" }) {
				t.Fatalf("%v: %s, and with %v %s", q, before, more.rows(), after)
			}
		}
	})
}

// What is laid over a pack changes only answers whose row is of it, or derived from a row of it.
func TestAnOverlayChangesOnlyWhatIsTakenFromIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pol := drawSteps(t)
		layers := [][]figure{drawFigures(t, 20)}
		for range rapid.IntRange(1, 2).Draw(t, "layers") {
			layers = append(layers, drawFigures(t, 5))
		}
		under, over := loadRich(t, Options{}, layers[0]), loadRich(t, Options{}, layers...)
		for _, q := range questions() {
			before, _, _ := under.answer(q, pol)
			after, f, err := over.answer(q, pol)
			if err == nil {
				parts := over.Overlaid(f.Row)
				for _, part := range parts {
					if part.Derived != nil || !over.Layer(part).Overlay {
						t.Fatalf("%v: %s is not of an upper layer", q, part)
					}
				}
				if len(parts) > 0 {
					continue
				}
			}
			if before != after && after != "ambiguous" {
				t.Fatalf("%v: %s, and with the layers %s", q, before, after)
			}
		}
	})
}

// The answers do not hang on the order of rows, nor on how they are divided into tables.
func TestTheOrderOfRowsAndTablesMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures, pol := drawFigures(t, 20), drawSteps(t)
		var lines []string
		for _, f := range figures {
			lines = append(lines, f.rows()...)
		}
		fsys := fstest.MapFS{"p/pack.yaml": {Data: []byte(rich)}}
		for _, line := range rapid.Permutation(lines).Draw(t, "order") {
			name := "p/" + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "table") + ".csv"
			if fsys[name] == nil {
				fsys[name] = &fstest.MapFile{Data: []byte(tableHeader)}
			}
			fsys[name].Data = append(fsys[name].Data, line+"\n"...)
		}
		var probs diag.List
		shuffled := Stack([]At{{fsys, "p", "p"}}, Options{}, &probs)
		if probs.Err() != nil {
			t.Fatal(listed(&probs))
		}
		plain := loadRich(t, Options{}, figures)
		for _, q := range questions() {
			a, _, errA := plain.answer(q, pol)
			b, _, errB := shuffled.answer(q, pol)
			if a != b || errA != nil && errA.Error() != errB.Error() {
				t.Fatalf("%v: %s in one order, %s in another; %v, %v", q, a, b, errA, errB)
			}
		}
	})
}

// A Finder says what Resolve says of every key, asked again and from several goroutines at once.
func TestAFinderGivesTheAnswersOfResolve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, pol := loadRich(t, Options{}, drawFigures(t, 20), drawFigures(t, 3)), drawSteps(t)
		type kind struct {
			factor, category string
			sel              Select
		}
		finders := map[kind]*Finder{}
		for _, q := range questions() {
			if k := (kind{q.key.Factor, q.key.Category, q.sel}); finders[k] == nil {
				finders[k] = p.NewFinder(k.factor, k.category, k.sel, pol)
			}
		}
		wrong := make(chan string, 4)
		var all sync.WaitGroup
		for worker := range 4 {
			all.Go(func() {
				list := slices.Clone(questions())
				if worker%2 == 1 {
					slices.Reverse(list)
				}
				for _, q := range list {
					f := finders[kind{q.key.Factor, q.key.Category, q.sel}]
					region, technology := f.Region(q.key.Region), f.Technology(q.key.Technology)
					want, wantErr := p.Resolve(q.key, q.sel, pol)
					if region < 0 || technology < 0 {
						// What has no code is found by a fallback or not at all.
						if wantErr == nil && want.Exact() {
							wrong <- fmt.Sprintf("%v has no code, and is found exactly", q)
							return
						}
						continue
					}
					got, err := f.Find(region, technology, q.key.Year)
					if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) || f.Row(region, technology, q.key.Year) != want.Row {
						wrong <- fmt.Sprintf("%v: %v, %v; Resolve says %v, %v", q, got, err, want, wantErr)
						return
					}
				}
			})
		}
		all.Wait()
		close(wrong)
		for w := range wrong {
			t.Fatal(w)
		}
	})
}

// A day hides exactly the rows that may have been published later, and what is derived is derived from the others; a far day hides nothing.
func TestADayHidesExactlyWhatMayHaveBeenPublishedLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures, pol := drawFigures(t, 20), drawSteps(t)
		day := rapid.SampledFrom([]string{"2024-12-31", "2025-02-27", "2025-02-28", "2025-06-29", "2025-06-30", "2025-12-31", "2026-12-30", "2026-12-31", "9999-12-31"}).Draw(t, "day")
		var known []figure
		for _, f := range figures {
			if last, _ := lastDay(f.released); fmt.Sprint(last) <= strings.ReplaceAll(day, "-", "") {
				known = append(known, f)
			}
		}
		if len(known) == 0 {
			return
		}
		a, b := loadRich(t, Options{AsOf: day}, figures), loadRich(t, Options{}, known)
		if len(a.Rows) != len(b.Rows) || a.Layers[0].Rows != b.Layers[0].Rows || a.Layers[0].Rows+a.Layers[0].Later != strings.Count(tableOf(figures), "\n") {
			t.Fatalf("%d rows as of %s, %d were published by then: %+v", len(a.Rows), day, len(b.Rows), a.Layers[0])
		}
		for _, q := range questions() {
			got, _, _ := a.answer(q, pol)
			want, _, _ := b.answer(q, pol)
			if got != want {
				t.Fatalf("%v: %s as of %s, %s with what was published by then", q, got, day, want)
			}
		}
	})
}

// A pack laid over itself gives the answers that it gives alone, and hides all of its own rows beneath.
func TestAPackOverItselfChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures, pol := drawFigures(t, 20), drawSteps(t)
		fsys := fstest.MapFS{"p/pack.yaml": {Data: []byte(rich)}, "p/rows.csv": {Data: []byte(tableHeader + tableOf(figures))}}
		var probs diag.List
		twice := Stack([]At{{fsys, "p", "p"}, {fsys, "p", "p"}}, Options{}, &probs)
		if probs.Err() != nil {
			t.Fatal(listed(&probs))
		}
		once := loadRich(t, Options{}, figures)
		if len(twice.Rows) != 2*len(once.Rows) || twice.Layers[1].Masks != len(once.Rows) || twice.Layers[0].Masks != 0 {
			t.Fatalf("%d rows alone, %d over itself, of which %d hide others", len(once.Rows), len(twice.Rows), twice.Layers[1].Masks)
		}
		for _, q := range questions() {
			a, f, _ := once.answer(q, pol)
			b, over, err := twice.answer(q, pol)
			if a != b {
				t.Fatalf("%v: %s alone, %s over itself", q, a, b)
			}
			if err == nil && (!twice.Layer(over.Row).Overlay || cmp.Compare(over.Row.order, f.Row.order) != 0) {
				t.Fatalf("%v is found beneath: %v", q, over.Row)
			}
		}
	})
}
