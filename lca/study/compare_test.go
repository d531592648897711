package study

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/attribution"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// sideOfTest is an edition of a test: what stands in its three files.
type sideOfTest struct {
	rows                []map[string]any // runs
	overhead, intensity float64          // parameters
	pue                 map[string]float64
	grid                map[string]float64 // kg CO2e/kWh
	tiers               []string           // of the quantity site_pue
	extra               bool               // an impact more
	where               string
	counted             string // an option of the method's choice; empty: the default
}

const methodOfTest = `method: test
version: "%d"
status: draft
date: "2025-01-01"
title: A method of a test
categories: [climate_change]
classes: {row: quality}
choices:
  counted: {default: all, options: {all: {doc: made up}, half: {doc: made up}}}
parameters:
  overhead: {value: %v, unit: "1", distribution: 'lognormal(%[2]v, 1.2)', source: made up}
  intensity: {value: %v, unit: L/kWh, distribution: fixed, source: made up}
factors:
  electricity: {fallbacks: [{nearest_year: 3}, {world: true}], doc: made up}
  pue: {fallbacks: [{nearest_year: 3}], doc: made up}
kinds:
  training_runs:
    lookups:
      operator_pue: {factor: pue, technology: organisation}
    quantities:
      site_pue:
        unit: "1"
        tiers: [%s]
      facility_energy:
        unit: kWh
        tiers: [{when: choice.counted == "half", expr: 0.5 * energy * site_pue}, {expr: energy * site_pue}]
    impacts:
      - {name: electricity, perspective: service, stage: training, accounting: [location], amount: facility_energy, factor: electricity, region: region}
      - {name: final_energy, perspective: service, stage: training, accounting: [location], category: final_energy, value: facility_energy}
      - {name: water, perspective: service, stage: training, accounting: [location], category: water_consumption, value: 'facility_energy * intensity'}
`

const packOfTest = `pack: test
version: "%d"
status: draft
date: "2025-01-01"
title: Factors of a test
doc: Made up.
factors:
  - {name: electricity, title: Electricity, per: kWh, keys: [region, year], doc: made up}
  - {name: pue, title: PUE, per: "1", unit: "1", keys: [technology, year], doc: made up}
`

// write writes a study of an inventory, a pack and a method, each of the editions whose numbers are given, and returns its path.
func writeEdition(t *testing.T, dir string, sides []sideOfTest, inventory, pack, method, boundary int) string {
	t.Helper()
	put := func(name, text string) {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return
		}
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	m := &sides[method]
	text := fmt.Sprintf(methodOfTest, method+1, m.overhead, m.intensity, strings.Join(m.tiers, ", "))
	if m.extra {
		text += "      - {name: more, perspective: service, stage: inference, accounting: [location], category: final_energy, value: 'energy * overhead'}\n"
	}
	put(fmt.Sprintf("method-%d.yaml", method), text)
	p := &sides[pack]
	put(fmt.Sprintf("pack-%d/pack.yaml", pack), fmt.Sprintf(packOfTest, pack+1))
	table := "factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,source,url,released,licence,note\n"
	for _, region := range slices.Sorted(keysOf(p.grid)) {
		table += fmt.Sprintf("electricity,climate_change,%s,,2020,2025,%v,kg CO2e/kWh,\"lognormal(%v, 1.3)\",,production,generation,life_cycle,average,reported,made up,,2025,CC0-1.0,\n", region, p.grid[region], p.grid[region])
	}
	for _, operator := range slices.Sorted(keysOf(p.pue)) {
		table += fmt.Sprintf("pue,,,%s,2020,2025,%v,1,fixed,,,,,,reported,made up,,2025,CC0-1.0,\n", operator, p.pue[operator])
	}
	put(fmt.Sprintf("pack-%d/factors.csv", pack), table)
	put(fmt.Sprintf("runs-%d.parquet", inventory), runsTable(t, sides[inventory].rows))
	name := fmt.Sprintf("study-%d%d%d%d", inventory, pack, method, boundary)
	where := ""
	if sides[boundary].where != "" {
		where = "where: {training_runs: '" + sides[boundary].where + "'}\n"
	}
	if sides[boundary].counted != "" {
		where += "choices: {counted: " + sides[boundary].counted + "}\n"
	}
	put(name+".yaml", fmt.Sprintf("study: %s\nyear: 2024\ndraws: 0\nmethod: ./method-%d.yaml\npack: ./pack-%d\ninventories: {training_runs: runs-%d.parquet}\ngroup_by: [item, region]\naccept_overlaps: [{kind: training_runs, rows: [\"*\"], reason: made up}]\n%s", name, method, pack, inventory, where))
	return filepath.Join(dir, name+".yaml")
}

func keysOf(m map[string]float64) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func runsTable(t *testing.T, rows []map[string]any) string {
	t.Helper()
	kind, _ := datasets.KindByName("training_runs")
	var fields []lca.Field
	columns := []string{"run_id", "model_id", "organisation", "phase", "energy", "energy_boundary", "energy_basis", "pue", "region", "year", "scope", "source", "licence", "quality"}
	for _, name := range columns {
		c, _ := kind.Column(name)
		fields = append(fields, c.Field)
	}
	b := parquet.NewBuilder(fields)
	for _, row := range rows {
		for i, name := range columns {
			switch v := row[name].(type) {
			case string:
				b.Text(i, v)
			case float64:
				b.Number(i, v)
			default:
				b.Missing(i)
			}
		}
	}
	var out bytes.Buffer
	if err := parquet.WriteSmall(&out, fields, b.Table(), nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func run1(id string, energy float64, region, organisation string, pue any) map[string]any {
	return map[string]any{"run_id": id, "model_id": "m", "organisation": organisation, "phase": "pretraining", "energy": energy, "energy_boundary": "facility", "energy_basis": "metered", "pue": pue,
		"region": region, "year": 2024.0, "scope": "volume", "source": "made up", "licence": "CC0-1.0", "quality": "measured"}
}

var tiersOfTest = []string{"{expr: pue}", "{expr: operator_pue}", "{expr: overhead}"}

// someSides are two editions at random. Each of what may differ differs or does not.
func someSides(r *rand.Rand) []sideOfTest {
	regions, operators := []string{"FRA", "DEU", "USA", "WOR"}, []string{"ours", "theirs"}
	a := sideOfTest{overhead: 1 + r.Float64(), intensity: r.Float64(), pue: map[string]float64{}, grid: map[string]float64{"WOR": 0.5}, tiers: tiersOfTest}
	for _, region := range regions[:3] {
		if r.IntN(3) > 0 {
			a.grid[region] = r.Float64()
		}
	}
	for _, o := range operators {
		if r.IntN(2) > 0 {
			a.pue[o] = 1 + r.Float64()
		}
	}
	pue := func() any {
		if r.IntN(2) == 0 {
			return nil
		}
		return 1 + r.Float64()
	}
	for i := range 3 + r.IntN(6) {
		a.rows = append(a.rows, run1(fmt.Sprint("run", i), 1000*r.Float64(), regions[r.IntN(4)], operators[r.IntN(2)], pue()))
	}
	b := sideOfTest{overhead: a.overhead, intensity: a.intensity, pue: map[string]float64{}, grid: map[string]float64{}, tiers: a.tiers}
	for k, v := range a.pue {
		b.pue[k] = v
	}
	for k, v := range a.grid {
		b.grid[k] = v
	}
	if r.IntN(3) > 0 { // rows
		for i, row := range a.rows {
			next := map[string]any{}
			for k, v := range row {
				next[k] = v
			}
			switch r.IntN(6) {
			case 0:
				continue // removed
			case 1:
				next["energy"] = 1000 * r.Float64()
			case 2:
				next["energy"], next["region"], next["pue"] = 1000*r.Float64(), regions[r.IntN(4)], pue()
			case 3:
				next["run_id"] = fmt.Sprint("renamed", i)
			}
			b.rows = append(b.rows, next)
		}
		b.rows = append(b.rows, run1("new", 1000*r.Float64(), regions[r.IntN(4)], operators[r.IntN(2)], pue()))
		r.Shuffle(len(b.rows), func(i, j int) { b.rows[i], b.rows[j] = b.rows[j], b.rows[i] })
	} else {
		b.rows = a.rows
	}
	if r.IntN(3) > 0 { // factors
		b.grid["FRA"] = r.Float64()
		if r.IntN(2) == 0 {
			b.grid["WOR"] = r.Float64()
			delete(b.grid, "DEU")
		}
		if r.IntN(2) == 0 {
			b.pue["ours"] = 1 + r.Float64()
			delete(b.pue, "theirs")
		}
	}
	if r.IntN(3) > 0 { // rules
		b.overhead = 1 + r.Float64()
		switch r.IntN(3) {
		case 0:
			b.tiers = []string{tiersOfTest[0], tiersOfTest[2]}
		case 1:
			b.tiers = []string{"{when: 'energy > q(500, \"kWh\")', expr: 1.5}", tiersOfTest[0], tiersOfTest[1], tiersOfTest[2]}
		}
		if r.IntN(2) == 0 {
			b.intensity = r.Float64()
		}
		b.extra = r.IntN(2) == 0
	}
	switch r.IntN(5) {
	case 0:
		a.counted = "half"
	case 1:
		b.counted = "half"
	case 2:
		b.where = `energy > q(300, "kWh")`
	}
	return []sideOfTest{a, b}
}

func compared(t *testing.T, a, b string, o CompareOptions) *Comparison {
	t.Helper()
	var probs diag.List
	ctx := context.Background()
	x, y := LoadFile(ctx, a, &probs), LoadFile(ctx, b, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	c, err := Compare(ctx, x, y, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *Comparison) total(category string) *ComparedTotal {
	for i := range c.Totals {
		if c.Totals[i].Category == category && c.Totals[i].Year == c.B.Year {
			return &c.Totals[i]
		}
	}
	return nil
}

// What holds of any two editions: parts add up to the difference to the bit, the other way round they change their signs, what does not differ has none, and an edition does not differ from itself.
func TestPartsOfAnyTwoEditions(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	r := rand.New(rand.NewPCG(11, 1))
	causes := map[string]int{}
	items := 0
	for range 30 {
		sides := someSides(r)
		dir := t.TempDir()
		a, b := writeEdition(t, dir, sides, 0, 0, 0, 0), writeEdition(t, dir, sides, 1, 1, 1, 1)
		there, back := compared(t, a, b, CompareOptions{}), compared(t, b, a, CompareOptions{})
		for i := range there.Totals {
			x := &there.Totals[i]
			y := back.total(x.Category)
			if x.Difference == nil {
				continue
			}
			if *x.Difference != *x.B-*x.A {
				t.Errorf("%s: the difference of %v and %v is %v", x.Category, *x.A, *x.B, *x.Difference)
			}
			sum := 0.0
			var rounding float64
			for _, i := range r.Perm(len(x.Parts)) {
				if x.Parts[i].Cause == roundingCause {
					rounding = x.Parts[i].Value
				} else {
					sum += x.Parts[i].Value
				}
			}
			if sum+rounding != *x.Difference {
				t.Errorf("%s: the parts add up to %v, not %v", x.Category, sum+rounding, *x.Difference)
			}
			size := math.Abs(*x.A) + math.Abs(*x.B)
			for _, p := range x.Causes {
				at := slices.IndexFunc(y.Causes, func(q CausePart) bool { return q.Cause == p.Cause })
				switch {
				case at < 0 && math.Abs(p.Value) > 1e-12*size:
					t.Errorf("%s: %s has %v, and nothing the other way round", x.Category, p.Cause, p.Value)
				case at >= 0 && math.Abs(p.Value+y.Causes[at].Value) > 1e-14*size:
					t.Errorf("%s: %s has %v, and %v the other way round", x.Category, p.Cause, p.Value, y.Causes[at].Value)
				}
				causes[p.Cause]++
			}
			items += len(x.Parts)
		}
		for _, cause := range there.Causes {
			if cause.Name == unexplainedCause {
				t.Errorf("unexplained: %+v", there.Totals)
			}
			same := map[string]bool{inventoryCause: &sides[0].rows[0] == &sides[1].rows[0], boundaryCause: sides[1].where == "" && sides[0].counted == sides[1].counted}
			if same[cause.Name] {
				t.Errorf("%s does not differ, and is a cause", cause.Name)
			}
		}
		self := compared(t, b, b, CompareOptions{})
		if self.Differs() || len(self.Causes) > 0 {
			t.Errorf("an edition differs from itself: %+v", self.Causes)
		}
	}
	for _, cause := range []string{inventoryCause, factorsCause, rulesCause, boundaryCause} {
		if causes[cause] < 8 {
			t.Errorf("%s is tried %d times", cause, causes[cause])
		}
	}
	if items < 300 {
		t.Errorf("%d parts try too little", items)
	}
}

// The oracle runs a study for each corner, made of files, and averages over all orders of the causes. A factor that one pack alone has stands in where a corner asks for it, so that both packs
// have all here.
func TestPartsOfCausesAreThoseOfStudiesOfAllCorners(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	r := rand.New(rand.NewPCG(12, 1))
	for range 12 {
		sides := someSides(r)
		for _, region := range []string{"FRA", "DEU", "USA", "WOR"} {
			for i := range sides {
				if sides[i].grid[region] == 0 {
					sides[i].grid[region] = r.Float64()
				}
			}
		}
		dir := t.TempDir()
		c := compared(t, writeEdition(t, dir, sides, 0, 0, 0, 0), writeEdition(t, dir, sides, 1, 1, 1, 1), CompareOptions{})
		names := []string{inventoryCause, factorsCause, rulesCause, boundaryCause}
		values := map[string][]float64{}
		for set := range 16 {
			file := writeEdition(t, dir, sides, set&1, set>>1&1, set>>2&1, set>>3&1)
			var probs diag.List
			s := LoadFile(context.Background(), file, &probs)
			res, p, err := s.computed(context.Background(), Options{}, &probs)
			if err != nil {
				t.Fatal(err)
			}
			err = res.impacts.each(func(row *lca.Impact, _ uint32) error {
				if values[row.Category] == nil {
					values[row.Category] = make([]float64, 16)
				}
				values[row.Category][set] += row.Value
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			res.close()
			p.close()
		}
		for category, corners := range values {
			x := c.total(category)
			if x == nil || x.Difference == nil {
				continue
			}
			size := slices.Max(corners)
			for i, want := range attribution.Shapley(4, corners) {
				got := 0.0
				for _, p := range x.Causes {
					if p.Cause == names[i] {
						got = p.Value
					}
				}
				if math.Abs(got-want) > 1e-11*size {
					t.Errorf("%s: %s has %v, by studies of all corners %v", category, names[i], got, want)
				}
			}
		}
	}
}

// The same rows in another order, cut otherwise, by any number of workers, give the same comparison to the byte.
func TestAComparisonDoesNotDependOnOrderOrWorkers(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	for range 6 {
		sides := someSides(r)
		of := func(o CompareOptions) string {
			dir := t.TempDir()
			c := compared(t, writeEdition(t, dir, sides, 0, 0, 0, 0), writeEdition(t, dir, sides, 1, 1, 1, 1), o)
			c.Rules = nil // whose places name the folder
			for i := range c.Causes {
				for k := range c.Causes[i].Items {
					c.Causes[i].Items[k].Was, c.Causes[i].Items[k].Now = "", ""
				}
			}
			text, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		first := of(CompareOptions{Options: Options{Jobs: 1}})
		for i := range sides {
			shuffled := slices.Clone(sides[i].rows)
			r.Shuffle(len(shuffled), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
			sides[i].rows = shuffled
		}
		if again := of(CompareOptions{Options: Options{Jobs: 7}}); withoutExamples(again) != withoutExamples(first) {
			t.Errorf("in another order, by more workers:\n%s\nnot\n%s", again, first)
		}
	}
}

// withoutExamples takes out which rows are named as examples: these are the first in the file.
func withoutExamples(text string) string {
	var c Comparison
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err.Error()
	}
	for i := range c.Causes {
		for k := range c.Causes[i].Items {
			if c.Causes[i].Name == inventoryCause {
				c.Causes[i].Items[k].Detail, _, _ = strings.Cut(c.Causes[i].Items[k].Detail, ":")
			}
		}
	}
	out, _ := json.Marshal(c)
	return string(out)
}

// Two runs that do the same get the same, and what both sides of a change of formula do alike is parted in halves.
func TestEqualCausesGetEqualParts(t *testing.T) {
	side := func(overhead, grid float64) sideOfTest {
		return sideOfTest{rows: []map[string]any{run1("one", 100, "FRA", "ours", nil)}, overhead: overhead, intensity: 1, grid: map[string]float64{"FRA": grid, "WOR": 1}, pue: map[string]float64{}, tiers: tiersOfTest}
	}
	sides := []sideOfTest{side(1.5, 1.5), side(2.5, 2.5)}
	dir := t.TempDir()
	c := compared(t, writeEdition(t, dir, sides, 0, 0, 0, 0), writeEdition(t, dir, sides, 1, 1, 1, 1), CompareOptions{})
	x := c.total("climate_change")
	if len(x.Causes) != 2 || x.Causes[0].Value != x.Causes[1].Value || x.Causes[0].Value != 200 {
		t.Errorf("100 kWh × (1.5 × 1.5 to 2.5 × 2.5) kg/kWh: 400 kg more, 200 of each, not %+v", x.Causes)
	}
}

// A row of a region and of an operator that one pack alone knows: what it bears is the inventory's, for the other study does not lack what it does not ask for. So are its draws.
func TestANewRowsFactorsCountAsTheInventorys(t *testing.T) {
	a := sideOfTest{rows: []map[string]any{run1("one", 100, "FRA", "ours", nil)}, overhead: 1.5, intensity: 1, grid: map[string]float64{"FRA": 0.5}, pue: map[string]float64{"ours": 1}, tiers: tiersOfTest[1:2]}
	b := a
	b.rows = append(slices.Clone(a.rows), run1("two", 80, "DEU", "theirs", nil))
	b.grid, b.pue = map[string]float64{"FRA": 0.5, "DEU": 0.5}, map[string]float64{"ours": 1, "theirs": 1}
	sides := []sideOfTest{a, b}
	dir := t.TempDir()
	var probs diag.List
	var studies [2]*Study
	for i := range studies {
		studies[i] = LoadFile(context.Background(), writeEdition(t, dir, sides, i, i, 0, 0), &probs)
		if err := studies[i].Draw(1000); err != nil {
			t.Fatal(err)
		}
	}
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	c, err := Compare(context.Background(), studies[0], studies[1], CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	x := c.total("climate_change")
	if len(x.Causes) != 1 || x.Causes[0].Cause != inventoryCause || x.Causes[0].Value != 40 {
		t.Fatalf("80 kWh × 0.5 kg/kWh are the inventory's: %+v", x.Causes)
	}
	if p := x.Causes[0]; !(*p.P05 < 40 && 40 < *p.P95) || p.WithinNoise() {
		t.Errorf("the interval of 40 is %v to %v", *p.P05, *p.P95)
	}
}

// Packs of which each defines a factor more than the other: a row is one item all the same.
func TestARowOfPacksWithOtherFactorsIsOneItem(t *testing.T) {
	side := func(grid, energy float64) sideOfTest {
		return sideOfTest{rows: []map[string]any{run1("one", energy, "FRA", "ours", 1.0)}, overhead: 1, intensity: 1, grid: map[string]float64{"FRA": grid}, pue: map[string]float64{}, tiers: tiersOfTest[:1]}
	}
	sides := []sideOfTest{side(0.5, 100), side(0.6, 200)}
	dir := t.TempDir()
	a, b := writeEdition(t, dir, sides, 0, 0, 0, 0), writeEdition(t, dir, sides, 1, 1, 0, 0)
	for i := range sides {
		file := filepath.Join(dir, fmt.Sprintf("pack-%d/pack.yaml", i))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		more := fmt.Sprintf("  - {name: own%d, title: One's own, per: kWh, keys: [region], doc: made up}\n", i)
		if err := os.WriteFile(file, append(text, more...), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	x := compared(t, a, b, CompareOptions{}).total("climate_change")
	var factors []Part
	for _, p := range x.Parts {
		if p.Cause == factorsCause {
			factors = append(factors, p)
		}
	}
	if len(factors) != 1 || math.Abs(factors[0].Value-15) > 1e-12 { // 0.1 kg/kWh × (100 + 200)/2 kWh
		t.Errorf("the row's part: %+v", factors)
	}
}

// EcoLogits 0.8 to 0.9 to 0.9.4 on requests to models of 24 and 70 billion parameters, 400 tokens each, at a PUE of 1.2: METHODS's B1, B-bis and A2.
func TestTheRevisionsOfEcoLogits(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	rows := []asked{{id: "24b", region: "WOR", active: 24e9, total: 24e9, tokens: 400, pue: 1.2, wue: 0.569}, {id: "70b", region: "WOR", active: 70e9, total: 70e9, tokens: 400, pue: 1.2, wue: 0.569}}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "requests.parquet"), []byte(requestTable(t, rows)), 0o666); err != nil {
		t.Fatal(err)
	}
	between := func(was, now string) *Comparison {
		var probs diag.List
		var studies [2]*Study
		for i, method := range []string{was, now} {
			studies[i] = OfInventories(context.Background(), []string{"a", "b"}[i], method, NewestPack(), []string{filepath.Join(dir, "requests.parquet")}, &probs)
		}
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		c, err := Compare(context.Background(), studies[0], studies[1], CompareOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	near := func(what string, got, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(got/want-1) <= tolerance) {
			t.Errorf("%s is %v, not %v", what, got, want)
		}
	}
	c := between("ecologits@0.8", "ecologits@0.9")
	for _, n := range c.Names {
		if n.By == "item" && n.Category == "final_energy" {
			near("the whole request of "+n.Name, *n.A / *n.B, map[string]float64{"24b": 55.39, "70b": 18.96}[n.Name], 5e-4)
		}
	}
	for _, q := range c.Quantities {
		if q.Name == "gpu_energy" {
			near("the GPUs' energy at most", 1 / *q.LeastRatio, 65.84, 1e-4)
			near("the GPUs' energy at least", 1 / *q.MostRatio, 23.84, 2e-4)
		}
	}
	// The changes that A2 lists, each a cause, and no other: PUE is 1.2 in both here, water is in 0.9 alone.
	named := func(c *Comparison) (out []string) {
		for _, cause := range c.Causes {
			for _, item := range cause.Items {
				out = append(out, item.Name)
			}
		}
		return out
	}
	want := []string{"parameter default_quantisation", "parameter gpu_climate_change", "parameter server_climate_change", "parameter server_abiotic_depletion", "parameter server_primary_energy",
		"deployments quantity gpus", "deployments quantity energy_per_token", "deployments quantity time_per_token", "deployments quantity server_energy", "deployments quantity life_share"}
	if got := named(c); !slices.Equal(got, want) {
		t.Errorf("causes: %q, not %q", got, want)
	}
	if w := c.total("water_consumption"); w.A != nil || w.Difference != nil || len(w.Parts) > 0 {
		t.Errorf("water is new, and has nothing to be compared with: %+v", w)
	}

	c = between("ecologits@0.9", "ecologits@0.9.4")
	if got := named(c); !slices.Equal(got, []string{"deployments quantity water_energy"}) {
		t.Errorf("causes: %q", got)
	}
	for i := range c.Totals {
		x := &c.Totals[i]
		if x.Category == "water_consumption" {
			near("water of 0.9 over that of 0.9.4", *x.A / *x.B, 1.2, 1e-12) // PUE, counted once too often
		} else if *x.Difference != 0 {
			t.Errorf("%s changed by %v", x.Category, *x.Difference)
		}
	}
}
