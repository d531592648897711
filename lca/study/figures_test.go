package study

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// figuresOf opens the figures of a study.
func figuresOf(t testing.TB, s *Study, o Options) *Figures {
	t.Helper()
	var probs diag.List
	f, err := OpenFigures(context.Background(), s, o, &probs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// traced derives a figure and reads its JSON as any program would.
func traced(t testing.TB, f *Figures, q Query) (*trace.Tree, map[string]any) {
	t.Helper()
	tree, err := f.Trace(context.Background(), q)
	if err != nil {
		t.Fatalf("%v: %v", q, err)
	}
	var b bytes.Buffer
	if err := tree.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := json.Unmarshal(b.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	return tree, read
}

// exactly selects one row of the impact table by all that tells it apart.
func exactly(row *lca.Impact) (words []string) {
	for _, c := range cellColumns {
		words = append(words, c+"="+impactWord(row, c))
	}
	return words
}

// recomputed is what a node of a trace comes to, from its leaves up: as float64 by the operations of the format, and in exact arithmetic, with the number of
// roundings on the way to it; -1 where something is subtracted, so that roundings say nothing of the error.
func recomputed(n map[string]any) (v float64, exact *big.Rat, roundings int) {
	v, _ = n["value"].(float64)
	exact = new(big.Rat).SetFloat64(v)
	list, _ := n["remainder"].([]any)
	for _, more := range list {
		exact.Add(exact, new(big.Rat).SetFloat64(more.(float64)))
	}
	var values []float64
	var exacts []*big.Rat
	var exponents []int
	longest, all := 0, 0
	children, _ := n["children"].([]any)
	for _, c := range children {
		c := c.(map[string]any)
		x, e, r := recomputed(c)
		exponent, has := c["exponent"].(float64)
		if !has {
			exponent = 1
		}
		values, exacts, exponents = append(values, x), append(exacts, e), append(exponents, int(exponent))
		if r < 0 || longest < 0 {
			longest, all = -1, -1
		} else {
			longest, all = max(longest, r), all+r
		}
	}
	switch n["operation"] {
	case "sum":
		rounded, whole := new(big.Rat), new(big.Rat)
		for i, c := range children {
			whole.Add(whole, exacts[i])
			part := new(big.Rat).SetFloat64(values[i])
			list, _ := c.(map[string]any)["remainder"].([]any)
			for _, more := range list {
				part.Add(part, new(big.Rat).SetFloat64(more.(float64)))
			}
			rounded.Add(rounded, part)
			if part.Sign() < 0 {
				longest = -1
			}
		}
		if v, _ = rounded.Float64(); longest >= 0 {
			longest++
		}
		return v, whole, longest
	case "product":
		v, exact = 1, big.NewRat(1, 1)
		for i := range values {
			for range exponents[i] {
				v = float64(v * values[i])
				exact.Mul(exact, exacts[i])
			}
		}
		for i := range values {
			for range -exponents[i] {
				v /= values[i]
				exact.Quo(exact, exacts[i])
			}
		}
		if all >= 0 {
			all += len(values)
		}
		return v, exact, all
	case "difference":
		return values[0] - values[1], exact.Sub(exacts[0], exacts[1]), -1
	case "negation":
		return -values[0], exact.Neg(exacts[0]), longest
	case "minimum":
		return min(values[0], values[1]), exact, longest
	case "maximum":
		return max(values[0], values[1]), exact, longest
	case "same":
		if children[0].(map[string]any)["value"] != nil {
			return values[0], exacts[0], longest
		}
	}
	return v, exact, 0
}

// comesTo checks that a tree, recomputed from its JSON, is a value: to the bit, and in exact arithmetic up to its roundings.
func comesTo(t testing.TB, what any, read map[string]any, want float64) (bounded bool) {
	t.Helper()
	v, exact, roundings := recomputed(read["figure"].(map[string]any))
	if math.Float64bits(v) != math.Float64bits(want) {
		t.Errorf("%v: the tree comes to %v, published is %v", what, v, want)
	}
	if roundings < 0 {
		return false
	}
	ulp := math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want)
	off, _ := new(big.Rat).Sub(exact, new(big.Rat).SetFloat64(want)).Float64()
	if math.Abs(off) > float64(float64(roundings+1)*ulp) {
		t.Errorf("%v: after %d roundings the tree is off by %v, that is %v ulp", what, roundings, off, off/ulp)
	}
	return true
}

// Any cell of the published table comes out of its tree, as JSON has it: to the bit in float64, and in exact arithmetic within an ulp for each rounding.
func TestTreesOfTheOpenEditionComeToThePublishedCells(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	folder, _ := openEdition(t)
	rows := rowsOf[lca.Impact](t, folder, "impacts.parquet")
	var probs diag.List
	f := figuresOf(t, EmbeddedEdition(&probs), Options{})
	r := rand.New(rand.NewPCG(11, 3))
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	// 200 cells: of each category as many, and of what these leave any.
	var picked []lca.Impact
	met := map[string]int{}
	for _, row := range rows {
		if met[row.Category]++; met[row.Category] <= 25 {
			picked = append(picked, row)
		}
	}
	for _, row := range rows {
		if len(picked) < 200 && !slices.ContainsFunc(picked, func(p lca.Impact) bool { return cellOf(&p) == cellOf(&row) }) {
			picked = append(picked, row)
		}
	}
	if len(picked) < 200 || len(met) < 5 {
		t.Fatalf("%d cells of %d categories", len(picked), len(met))
	}
	bounded := 0
	for i := range picked {
		_, read := traced(t, f, Query{Selection: exactly(&picked[i]), Top: 1 + r.IntN(5)})
		if comesTo(t, exactly(&picked[i]), read, picked[i].Value) {
			bounded++
		}
	}
	if bounded < 150 {
		t.Errorf("of %d trees alone nothing was subtracted", bounded)
	}
}

// Rows of a log over several years, parts of others, in samples, with gaps, cut into files: cells, and sums over several of them.
func TestTreesOfALogComeToItsCells(t *testing.T) {
	rows := randomLog(400)
	fields := logColumns(rows)
	f := figuresOf(t, studyOfLog(t, "", logFiles(t, fields, rows, 2, 50)...), Options{Jobs: 2})
	var all []lca.Impact
	if err := f.Each(func(row *lca.Impact) error { all = append(all, *row); return nil }); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(4, 4))
	shares := 0
	for range 60 {
		row := all[r.IntN(len(all))]
		tree, read := traced(t, f, Query{Selection: exactly(&row)})
		comesTo(t, exactly(&row), read, row.Value)
		var look func(n *trace.Node)
		look = func(n *trace.Node) {
			if n.Kind == trace.Share {
				shares++
			}
			if n.Kind == trace.Coefficient && len(n.Children) == 0 {
				t.Errorf("a coefficient of %v is not explained", exactly(&row))
			}
			for _, c := range n.Children {
				look(c)
			}
		}
		look(tree.Figure)
	}
	if shares == 0 {
		t.Error("no row over several years was among them")
	}
	want := new(big.Rat)
	for i := range all {
		if row := &all[i]; row.Category == "final_energy" && row.Accounting == "market" && row.Perspective == "service" && row.ShareOf == "total" {
			want.Add(want, new(big.Rat).SetFloat64(row.Value))
		}
	}
	total, _ := want.Float64()
	tree, read := traced(t, f, Query{Selection: []string{"market", "perspective=service", "share_of=total"}, Category: "final_energy", Top: 3})
	comesTo(t, "all years", read, total)
	if !strings.Contains(tree.Figure.Label, "cumulative 2022 to 20") || len(tree.Figure.Children) != 4 || tree.Figure.Children[3].Kind != trace.Rest {
		t.Errorf("%s has %d children", tree.Figure.Label, len(tree.Figure.Children))
	}
}

// stripped is a tree without the places of its rows, which are all that the order of rows may change.
func stripped(n *trace.Node) *trace.Node {
	out := *n
	if out.Kind == trace.Row {
		out.Place = nil
	}
	out.Children, out.Explained = nil, nil
	for _, c := range n.Children {
		out.Children = append(out.Children, stripped(c))
	}
	for _, c := range n.Explained {
		out.Explained = append(out.Explained, stripped(c))
	}
	return &out
}

func TestTheOrderOfRowsAndWorkersChangesNoTree(t *testing.T) {
	rows := randomLog(300)
	fields := logColumns(rows)
	r := rand.New(rand.NewPCG(5, 6))
	text := func(rows []logRow, files, groupRows int, o Options) (out []string) {
		s := studyOfLog(t, "", logFiles(t, fields, rows, files, groupRows)...)
		s.GroupBy = []string{"model"}
		f := figuresOf(t, s, o)
		for _, selection := range [][]string{{"large", "location"}, {"small", "market", "year=2023"}, {"tiny", "manufacturing"}} {
			tree, _ := traced(t, f, Query{Selection: selection, Top: 4})
			tree.Figure = stripped(tree.Figure)
			for i := range tree.Notes {
				tree.Notes[i].Place = nil
			}
			var b bytes.Buffer
			if err := tree.WriteJSON(&b); err != nil {
				t.Fatal(err)
			}
			out = append(out, b.String())
		}
		return out
	}
	want := text(rows, 1, 1000, Options{Jobs: 1})
	for range 3 {
		shuffled := slices.Clone(rows)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := text(shuffled, 1+r.IntN(4), 1+r.IntN(90), Options{Jobs: 1 + r.IntN(4)})
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("another order gives another tree:\n%s\nnot\n%s", got[i], want[i])
			}
		}
	}
}

// Of a sum over very many rows the largest are shown, and all others add up to what is left, to the bit.
func TestTheRestOfManyRowsIsExact(t *testing.T) {
	const count = 50_000
	r := rand.New(rand.NewPCG(9, 9))
	rows := make([]logRow, count)
	want := new(big.Rat)
	for i := range rows {
		energy := r.ExpFloat64() * math.Pow(10, float64(r.IntN(8)-4))
		want.Add(want, new(big.Rat).SetFloat64(energy))
		rows[i] = logRow{"deployment_id": fmt.Sprint("d", i), "scope": "volume", "year": 2023.0, "energy": energy, "energy_boundary": "facility", "model_id": "m", "service": "s", "quality": "measured", "source": "a test", "licence": "CC0-1.0"}
	}
	s := withMethod(t, studyOfLog(t, "", logFiles(t, logColumns(rows), rows, 1, 7000)...), strings.Replace(energyMethod, "      - {name: request, unit: request, count: requests, class: [scope]}", "      - {name: kWh, unit: kWh, count: energy}", 1))
	s.GroupBy = nil
	f := figuresOf(t, s, Options{Jobs: 2})
	total, _ := want.Float64()
	tree, read := traced(t, f, Query{Selection: []string{"location"}, Category: "final_energy", Top: 7})
	comesTo(t, "the total", read, total)
	sum := tree.Figure.Children[0].Children[0].Children[0].Children[0]
	if sum.Kind != trace.Rows || sum.Count != count || len(sum.Children) != 8 {
		t.Fatalf("%s of %d rows has %d children", sum.Kind, sum.Count, len(sum.Children))
	}
	rest := sum.Children[7]
	if rest.Count != count-7 || !strings.HasPrefix(rest.Label, "the rest: 49") {
		t.Errorf("the rest: %+v", rest)
	}
	for i := range 7 {
		if i > 0 && *sum.Children[i].Value > *sum.Children[i-1].Value {
			t.Errorf("row %d is larger than the one before", i)
		}
	}
}

func TestSelectionsThatMeanNothingOrTooMuchAreTold(t *testing.T) {
	var probs diag.List
	f := figuresOf(t, EmbeddedEdition(&probs), Options{})
	for name, tc := range map[string]struct {
		q    Query
		want []string // parts of the message
	}{
		"a misspelt stage":                    {Query{Selection: []string{"gpt-3-175b-pretraining/trainin"}}, []string{"nothing in the impact table is named", "did you mean gpt-3-175b-pretraining/training?"}},
		"a stage that an item does not have":  {Query{Selection: []string{"gpt-3-175b-pretraining/inference"}}, []string{"nothing", "training"}},
		"a name that others write longer":     {Query{Selection: []string{"GPT 3"}}, []string{"did you mean", "gpt-3-175b"}},
		"a column that is not there":          {Query{Selection: []string{"stagee=training"}}, []string{`no column "stagee"`, "did you mean stage?"}},
		"a misspelt word of a column":         {Query{Selection: []string{"stage=trainin"}}, []string{`no row of the impact table has the stage "trainin"`, "did you mean stage=training?"}},
		"two words of one column":             {Query{Selection: []string{"stage=training", "stage=inference"}}, []string{"no row has both"}},
		"two accountings":                     {Query{Selection: []string{"stage=training", "year=2024"}}, []string{"accounting location and market, which are not added", "choose one: accounting=location, accounting=market"}},
		"two perspectives":                    {Query{Selection: []string{"stage=manufacturing", "year=2024"}}, []string{"perspective"}},
		"words that are not together":         {Query{Selection: []string{"gpt-3-175b-pretraining", "stage=inference"}}, []string{"no row of the impact table has all of", "stage=training"}},
		"words of which no one is in the way": {Query{Selection: []string{"region=FRA", "kind=deployments", "year=2017"}}, []string{"there are with"}},
		"two categories":                      {Query{Selection: []string{"category=final_energy"}, Category: "climate_change"}, []string{"asks for the category"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Trace(context.Background(), tc.q)
			if err == nil {
				t.Fatal("it was traced")
			}
			if diag.Exit(err) != 2 {
				t.Errorf("exit code %d", diag.Exit(err))
			}
			for _, part := range tc.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v\ndoes not say %q", err, part)
				}
			}
		})
	}
}

// What stands under both accountings alike needs no choice.
func TestAFigureThatIsTheSameUnderBothAccountings(t *testing.T) {
	var probs diag.List
	f := figuresOf(t, EmbeddedEdition(&probs), Options{})
	tree, _ := traced(t, f, Query{Selection: []string{"gpt-3-175b-pretraining/manufacturing"}})
	if len(tree.Notes) == 0 || tree.Notes[0].Type != "accounting" {
		t.Errorf("%+v", tree.Notes)
	}
}

// Numbers far below what people measure lose digits as they enter a sum of rows; that stands in the tree too.
func TestWhatTinyNumbersLoseIsShown(t *testing.T) {
	var rows []logRow
	for i, energy := range []float64{1.1e-30, 2.3e-27, 5.1e-24} {
		rows = append(rows, logRow{"deployment_id": fmt.Sprint("d", i), "scope": "volume", "year": 2023.0, "energy": energy, "energy_boundary": "facility", "model_id": "m", "service": "s",
			"quality": "measured", "source": "a test", "licence": "CC0-1.0"})
	}
	s := withMethod(t, studyOfLog(t, "", logFiles(t, logColumns(rows), rows, 1, 7)...), strings.Replace(energyMethod, "count: requests, class: [scope]", `count: 'q(1, "request")'`, 1))
	s.GroupBy = nil
	f := figuresOf(t, s, Options{})
	var published float64
	if err := f.Each(func(row *lca.Impact) error { published = row.Value; return nil }); err != nil {
		t.Fatal(err)
	}
	tree, read := traced(t, f, Query{Selection: []string{"location"}, Category: "final_energy"})
	comesTo(t, "tiny", read, published)
	sum := tree.Figure.Children[0].Children[0].Children[0].Children[0]
	if last := sum.Children[len(sum.Children)-1]; len(sum.Children) != 4 || last.Kind != trace.Rounding || math.Abs(*last.Value) > 0x1p-127 {
		t.Errorf("%d rows, last %+v", len(sum.Children), last)
	}
}
