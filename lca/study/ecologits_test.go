package study

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// These tests compute EcoLogits' estimate of requests twice: as studies of the embedded methods, and from the published formulas and constants in
// arithmetic of precision bits, in which nothing of the rules language takes part.

const precision = 320

func num(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

// dec reads a constant as it was published, digit for digit.
func dec(text string) *big.Float {
	x, _, err := big.ParseFloat(text, 10, precision, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return x
}

func sum(first *big.Float, more ...*big.Float) *big.Float {
	out := new(big.Float).Set(first)
	for _, x := range more {
		out.Add(out, x)
	}
	return out
}

func product(first *big.Float, more ...*big.Float) *big.Float {
	out := new(big.Float).Set(first)
	for _, x := range more {
		out.Mul(out, x)
	}
	return out
}

func quotient(first *big.Float, more ...*big.Float) *big.Float {
	out := new(big.Float).Set(first)
	for _, x := range more {
		out.Quo(out, x)
	}
	return out
}

// exponential is e to the power of x, by its series at x / 2^32, squared 32 times. What is lost is far below 2^-200 of it for |x| < 64.
func exponential(x *big.Float) *big.Float {
	small := new(big.Float).SetMantExp(x, -32)
	out, term := num(1), num(1)
	for n := 1.0; n < 30; n++ {
		term = quotient(product(term, small), num(n))
		out = sum(out, term)
	}
	for range 32 {
		out = product(out, out)
	}
	return out
}

func TestTheExponentialOfTheseTestsIsThatOfTheLiterature(t *testing.T) {
	e := dec("2.71828182845904523536028747135266249775724709369995957496696762772407663035354759457138217852516642742746")
	for _, c := range []struct{ got, want *big.Float }{{exponential(num(1)), e}, {exponential(num(-1)), quotient(num(1), e)}, {exponential(num(3)), product(e, e, e)}, {exponential(num(0)), num(1)}} {
		if off := difference(c.got, c.want); off > 1e-75 {
			t.Errorf("off by %g", off)
		}
	}
}

// difference is the relative difference of two numbers.
func difference(got, want *big.Float) float64 {
	if want.Sign() == 0 {
		return math.Abs(asFloat(got))
	}
	return math.Abs(asFloat(quotient(sum(got, product(num(-1), want)), want)))
}

func asFloat(x *big.Float) float64 {
	f, _ := x.Float64()
	return f
}

// mix is what 1 kWh of a region's electricity burdens: kg CO2e, kg Sbe, MJ and litres.
type mix struct{ climate, depletion, primary, water float64 }

var mixes = map[string]mix{
	"WOR": {0.590478, 7.37708e-8, 9.988, 5.04}, // of the regression vectors; a mix of another revision for each country
	"USA": {0.38355, 9.855e-8, 9.6884, 3.1321},
	"SWE": {0.03582, 7.771e-8, 4.73, 6.032},
	"FRA": {0.0801, 4.8e-8, 11.29, 3.674},
}

// asked is one row: requests to a model. What is 0 it does not say.
type asked struct {
	id, region                               string
	active, total, tokens, requests, latency float64
	batch, bits, pue, wue                    float64
}

// outcomes are the results of a row: energy in kWh, electricity and manufacture in kg CO2e, kg Sbe and MJ, water in m3.
type outcomes struct {
	gpus, gpuEnergy, time, energy  *big.Float
	climate, depletion, primary    *big.Float
	water                          *big.Float
	madeClimate, madeSb, madeJoule *big.Float
}

// revision is what EcoLogits computes with in one of its revisions.
type revision struct {
	method       string
	energyPer    func(billions, batch *big.Float) *big.Float // kWh of one GPU for each token
	timePer      func(billions, batch *big.Float) *big.Float // s for each token
	bits         float64
	powerOfTwo   bool
	server       string // kW
	years        float64
	batch        float64
	pue          float64 // of all data centres; 0: of the row
	gpu, machine [3]string
	water        func(it, pue, wue, mix *big.Float) *big.Float // litres; nil: none
}

func revisions() []revision {
	one := revision{method: "ecologits@0.8", bits: 4, server: "1", years: 5, batch: 1, pue: 1.2,
		gpu: [3]string{"143", "5.1e-3", "1828"}, machine: [3]string{"3000", "0.24", "38000"},
		energyPer: func(p, _ *big.Float) *big.Float { return sum(product(dec("8.91e-8"), p), dec("1.43e-6")) },
		timePer:   func(p, _ *big.Float) *big.Float { return sum(product(dec("8.02e-4"), p), dec("2.23e-2")) },
	}
	two := revision{method: "ecologits@0.9", bits: 16, powerOfTwo: true, server: "1.2", years: 3, batch: 64,
		gpu: [3]string{"164", "5.1e-3", "1828"}, machine: [3]string{"5700", "0.37", "70000"},
		energyPer: func(p, b *big.Float) *big.Float {
			wh := sum(product(dec("1.1665273170451914e-6"), exponential(product(dec("-0.011205921025579175"), b)), p), dec("4.052928146734005e-5"))
			return quotient(wh, num(1000))
		},
		timePer: func(p, b *big.Float) *big.Float {
			return sum(product(dec("6.785088094353663e-4"), p), product(dec("3.119310311688259e-4"), b), dec("1.9473717579473387e-2"))
		},
		water: func(it, pue, wue, mix *big.Float) *big.Float { return product(it, pue, sum(wue, product(pue, mix))) },
	}
	three := two
	three.method = "ecologits@0.9.4"
	three.water = func(it, pue, wue, mix *big.Float) *big.Float { return product(it, sum(wue, product(pue, mix))) }
	return []revision{one, two, three}
}

// of computes a row.
func (r *revision) of(a asked) outcomes {
	or := func(v, otherwise float64) *big.Float {
		if v == 0 {
			v = otherwise
		}
		return num(v)
	}
	requests := or(a.requests, 1)
	billions := quotient(or(a.active, a.total), num(1e9))
	batch := num(r.batch)
	if r.batch > 1 {
		batch = or(a.batch, r.batch)
	}
	tokens := quotient(num(a.tokens), requests)

	// GB over the 80 GB of a card, rounded up; in fractions, so that a model that fills its cards needs no other.
	bits, _ := or(a.bits, r.bits).Rat(nil)
	cards := new(big.Rat).SetFloat64(a.total)
	cards.Mul(cards, bits).Mul(cards, big.NewRat(12, 10*8*80*1e9))
	count := new(big.Int).Quo(new(big.Int).Add(cards.Num(), new(big.Int).Sub(cards.Denom(), big.NewInt(1))), cards.Denom()).Int64()
	for r.powerOfTwo && count&(count-1) != 0 {
		count++
	}
	out := outcomes{gpus: num(float64(count))}

	out.time = product(tokens, r.timePer(billions, batch))
	if latency := num(a.latency); a.latency != 0 && latency.Cmp(out.time) < 0 {
		out.time = latency
	}
	out.gpuEnergy = product(out.gpus, num(a.tokens), r.energyPer(billions, batch))
	server := product(requests, quotient(out.time, num(3600)), dec(r.server), quotient(out.gpus, num(8), batch))
	it := sum(out.gpuEnergy, server)
	pue := num(a.pue)
	if r.pue != 0 {
		pue = dec("1.2")
	}
	out.energy = product(it, pue)
	m := mixes[a.region]
	out.climate, out.depletion, out.primary = product(out.energy, num(m.climate)), product(out.energy, num(m.depletion)), product(out.energy, num(m.primary))
	if r.water != nil {
		out.water = quotient(r.water(it, pue, num(a.wue), num(m.water)), num(1000))
	}
	life := quotient(product(requests, out.time), batch, num(r.years*365*86400))
	made := func(i int) *big.Float {
		return product(life, sum(product(quotient(out.gpus, num(8)), dec(r.machine[i])), product(out.gpus, dec(r.gpu[i]))))
	}
	out.madeClimate, out.madeSb, out.madeJoule = made(0), made(1), made(2)
	return out
}

// place is a result by item, stage and category.
type place struct{ item, stage, category string }

// cells are what a row must give.
func (o outcomes) cells(item string) map[place]*big.Float {
	out := map[place]*big.Float{
		{item, "inference", "final_energy"}:          o.energy,
		{item, "inference", "climate_change"}:        o.climate,
		{item, "inference", "abiotic_depletion"}:     o.depletion,
		{item, "inference", "primary_energy"}:        o.primary,
		{item, "manufacturing", "climate_change"}:    o.madeClimate,
		{item, "manufacturing", "abiotic_depletion"}: o.madeSb,
		{item, "manufacturing", "primary_energy"}:    o.madeJoule,
	}
	if o.water != nil {
		out[place{item, "inference", "water_consumption"}] = o.water
	}
	return out
}

// studied runs a study of the rows and returns its cells.
func studied(t *testing.T, method string, rows []asked) map[place]float64 {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table := "factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,source,url,released,licence,note\n"
	for _, region := range []string{"FRA", "SWE", "USA", "WOR"} {
		m := mixes[region]
		for _, r := range []string{
			fmt.Sprintf("climate_change,%s,,,,%v,kg CO2e/kWh,fixed,,production,generation,life_cycle", region, m.climate),
			fmt.Sprintf("abiotic_depletion,%s,,,,%v,kg Sbe/kWh,fixed,,,,life_cycle", region, m.depletion),
			fmt.Sprintf("primary_energy,%s,,,,%v,MJ/kWh,fixed,,,,life_cycle", region, m.primary),
			fmt.Sprintf("water_consumption,%s,,,,%v,L/kWh,fixed,,,,operational", region, m.water),
		} {
			table += "electricity," + r + ",average,reported,figures of this test,,2025,CC0-1.0,\n"
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "mixes"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("mixes/mixes.csv", table)
	write("mixes/pack.yaml", "pack: mixes\nversion: \"1\"\nstatus: draft\ndate: \"2025-01-01\"\ntitle: Mixes of this test\ndoc: Those of the vectors, and others.\n"+
		"factors: [{name: electricity, title: Electricity, per: kWh, keys: [region, year], doc: average mixes}]\n")
	write("deployments.parquet", requestTable(t, rows))
	write("study.yaml", "study: requests\nyear: 2025\ndraws: 0\nmethod: "+method+"\npack: ./mixes\ninventories: {deployments: deployments.parquet}\ngroup_by: [item]\n")
	var probs diag.List
	s := LoadFile(context.Background(), filepath.Join(dir, "study.yaml"), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	sum, err := Run(context.Background(), s, Options{Out: filepath.Join(dir, "out")})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(sum.Folder, "impacts.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.Open("impacts.parquet", bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	impacts, err := parquet.ReadRows[lca.Impact](f, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[place]float64{}
	for _, r := range impacts {
		if r.Accounting != "location" {
			t.Errorf("EcoLogits knows no contracts, but %s of %s has a %s-based result", r.Category, r.Item, r.Accounting)
		}
		if r.Unit != unitOf(r.Category) {
			t.Errorf("%s is in %s", r.Category, r.Unit)
		}
		out[place{r.Item, r.Stage, r.Category}] += r.Value
	}
	return out
}

func unitOf(category string) string {
	c, _ := lca.Words().Category(category)
	return c.Unit
}

// requestTable writes rows as Parquet.
func requestTable(t *testing.T, rows []asked) string {
	t.Helper()
	kind, _ := datasets.KindByName("deployments")
	columns := []string{"deployment_id", "model_id", "region", "year", "parameters_active", "parameters_total", "output_tokens", "requests", "latency", "batch", "quantisation", "pue", "wue",
		"scope", "source", "licence", "quality"}
	var fields []lca.Field
	for _, name := range columns {
		c, ok := kind.Column(name)
		if !ok {
			t.Fatalf("deployments have no column %s", name)
		}
		fields = append(fields, c.Field)
	}
	b := parquet.NewBuilder(fields)
	for _, a := range rows {
		for i, v := range []any{a.id, "model", a.region, 2025.0, a.active, a.total, a.tokens, a.requests, a.latency, a.batch, a.bits, a.pue, a.wue, "volume", "this test", "CC0-1.0", "reported"} {
			switch v := v.(type) {
			case string:
				b.Text(i, v)
			case float64:
				if v == 0 {
					b.Missing(i)
				} else {
					b.Number(i, v)
				}
			}
		}
	}
	var out bytes.Buffer
	if err := parquet.WriteSmall(&out, fields, b.Table(), nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// agree compares the study of rows with their computation in arithmetic of many digits.
func agree(t *testing.T, r revision, rows []asked) map[place]float64 {
	t.Helper()
	const tolerance = 1e-12
	got := studied(t, r.method, rows)
	expected, worst := 0, 0.0
	for _, a := range rows {
		for c, want := range r.of(a).cells(a.id) {
			expected++
			v, ok := got[c]
			off := difference(num(v), want)
			worst = max(worst, off)
			if !ok || off > tolerance {
				t.Errorf("%s %v: the study has %v, the formulas %.17g, %.2g apart; the row is %+v", r.method, c, v, want, off, a)
			}
		}
	}
	if expected != len(got) || expected == 0 {
		t.Errorf("%s: the study has %d results of %d", r.method, len(got), expected)
	}
	t.Logf("%s: %d results, the farthest %.2g apart", r.method, expected, worst)
	return got
}

// The regression vectors, to the last digit in which they are printed.
func TestEcoLogitsVectors(t *testing.T) {
	rows := []asked{
		{id: "7b", region: "WOR", active: 7.3e9, total: 7.3e9, tokens: 200, latency: 5, pue: 1.26, wue: 0.37},
		{id: "13b-of-47b", region: "WOR", active: 12.9e9, total: 46.7e9, tokens: 200, latency: 10, pue: 1.26, wue: 0.37},
		{id: "70b", region: "USA", active: 70e9, total: 70e9, tokens: 400, pue: 1.20, wue: 0.569},
		{id: "70b-world", region: "WOR", active: 70e9, total: 70e9, tokens: 400, pue: 1.20, wue: 0.569},
	}
	type line struct{ method, item, stage, category, printed string }
	printed := []line{
		{"ecologits@0.8", "7b", "inference", "final_energy", "7.076365e-4"},
		{"ecologits@0.8", "7b", "inference", "climate_change", "4.178438e-4"},
		{"ecologits@0.8", "7b", "manufacturing", "climate_change", "1.642567e-5"},
		{"ecologits@0.8", "13b-of-47b", "inference", "final_energy", "8.911019e-4"},
		{"ecologits@0.8", "13b-of-47b", "inference", "climate_change", "5.261761e-4"},
		{"ecologits@0.8", "13b-of-47b", "manufacturing", "climate_change", "2.144917e-5"},
		{"ecologits@0.8", "70b-world", "inference", "final_energy", "4.987493e-3"},
		{"ecologits@0.8", "70b-world", "inference", "climate_change", "2.945005e-3"},
		{"ecologits@0.8", "70b-world", "manufacturing", "climate_change", "1.030744e-4"},
	}
	for method, water := range map[string][3]string{"ecologits@0.9": {"1.032417e-7", "2.684210e-7", "1.138188e-6"}, "ecologits@0.9.4": {"8.193786e-8", "2.130325e-7", "9.484900e-7"}} {
		printed = append(printed, []line{
			{method, "7b", "inference", "final_energy", "1.536243521642994e-5"},
			{method, "7b", "inference", "climate_change", "9.07118e-6"},
			{method, "7b", "inference", "abiotic_depletion", "1.13330e-12"},
			{method, "7b", "inference", "primary_energy", "1.534400e-4"},
			{method, "7b", "inference", "water_consumption", water[0]}, // m3
			{method, "7b", "manufacturing", "climate_change", "7.237925e-7"},
			{method, "7b", "manufacturing", "abiotic_depletion", "4.240359e-11"},
			{method, "7b", "manufacturing", "primary_energy", "8.735057e-6"},
			{method, "13b-of-47b", "inference", "final_energy", "3.994122e-5"},
			{method, "13b-of-47b", "inference", "climate_change", "2.358441e-5"},
			{method, "13b-of-47b", "inference", "water_consumption", water[1]},
			{method, "13b-of-47b", "manufacturing", "climate_change", "2.790369e-6"},
			{method, "70b", "inference", "final_energy", "2.630116e-4"},
			{method, "70b", "inference", "climate_change", "1.008781e-4"},
			{method, "70b", "inference", "water_consumption", water[2]},
			{method, "70b", "manufacturing", "climate_change", "2.013485e-5"},
		}...)
	}
	checked := 0
	for _, r := range revisions() {
		got := agree(t, r, rows)
		for _, p := range printed {
			if p.method != r.method {
				continue
			}
			checked++
			mantissa, _, _ := strings.Cut(p.printed, "e")
			if v := got[place{p.item, p.stage, p.category}]; fmt.Sprintf("%.*e", len(mantissa)-2, v) != fmt.Sprintf("%.*e", len(mantissa)-2, asFloat(dec(p.printed))) {
				t.Errorf("%s %s %s %s: %v, printed %s", p.method, p.item, p.stage, p.category, v, p.printed)
			}
		}
	}
	if checked != len(printed) {
		t.Errorf("%d of %d vectors were checked", checked, len(printed))
	}
}

// Whatever rows say: some hundreds drawn at random, with and without what they may leave out, and those at whose size a card more is needed.
func TestEcoLogitsOnRandomRows(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 4))
	maybe := func(v float64) float64 { // left out in one of three rows
		if r.IntN(3) == 0 {
			return 0
		}
		return v
	}
	regions := []string{"FRA", "SWE", "USA", "WOR"}
	var rows []asked
	for i := range 400 {
		total := math.Exp(r.Float64()*7) * 1e9 // 1 to 1,100 billion
		requests := maybe(math.Floor(math.Exp(r.Float64() * 20)))
		tokens := math.Floor(1 + r.Float64()*3000)
		if requests != 0 {
			tokens *= requests
		}
		rows = append(rows, asked{
			id: fmt.Sprintf("random-%d", i), region: regions[r.IntN(len(regions))], total: total, active: maybe(total * (0.02 + 0.98*r.Float64())), tokens: tokens, requests: requests,
			latency: maybe(math.Exp(r.Float64()*8 - 3)), batch: maybe(float64(1 + r.IntN(512))), bits: maybe([]float64{4, 6, 8, 16, 32}[r.IntN(5)]), pue: 1 + r.Float64(), wue: 0.001 + 2*r.Float64(),
		})
	}
	for billions := 5.0; billions <= 2400; billions += 5 { // multiples of 100 and 400 fill cards to the brim
		rows = append(rows, asked{id: fmt.Sprintf("brim-%v", billions), region: "WOR", total: billions * 1e9, tokens: 100, pue: 1.1, wue: 0.5})
	}
	for _, revision := range revisions() {
		agree(t, revision, rows)
	}
}

// A fit in Wh that is taken for one in kWh, or the other way round, would give results a thousand times off: the methods say the unit of each constant, so that the
// revisions are apart by what the publication says, 65 times for this request, and a wrong unit fails the method's own examples.
func TestEcoLogitsFitsAreInTheUnitsTheyWereMadeIn(t *testing.T) {
	row := asked{id: "24b", region: "WOR", total: 24e9, tokens: 400, pue: 1.2, wue: 0.5}
	energy := map[string]float64{}
	for _, r := range revisions() {
		agree(t, r, []asked{row})
		energy[r.method] = asFloat(r.of(row).gpuEnergy)
	}
	if ratio := energy["ecologits@0.8"] / energy["ecologits@0.9"]; math.Abs(ratio-65) > 1 {
		t.Errorf("the revisions are %v apart", ratio)
	}
	for file, swap := range map[string][2]string{"0.8": {"unit: kWh/token\n    dist", "unit: Wh/token\n    dist"}, "0.9": {"unit: Wh/token\n    dist", "unit: kWh/token\n    dist"}} {
		text, err := os.ReadFile(filepath.Join("..", "..", "rules", "methods", "ecologits", file+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		wrong := filepath.Join(t.TempDir(), "wrong.yaml")
		if err := os.WriteFile(wrong, []byte(strings.ReplaceAll(string(text), swap[0], swap[1])), 0o600); err != nil {
			t.Fatal(err)
		}
		var probs diag.List
		c := CheckMethod(wrong, "", &probs)
		if c == nil {
			t.Fatal(probs.Err())
		}
		checks, err := c.RunExamples(context.Background(), &probs)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for _, of := range checks {
			for _, check := range of {
				if !check.OK && check.Name == "gpu_energy" {
					failed++
				}
			}
		}
		if failed < 2 {
			t.Errorf("%s: in the wrong unit, the energy of %d examples is wrong", file, failed)
		}
	}
}

// Twice the requests, with twice the tokens, are twice the burden; and requests counted in one row are those of as many rows.
func TestTwiceTheRequestsTwiceTheBurdens(t *testing.T) {
	single := asked{id: "single", region: "SWE", total: 46.7e9, active: 12.9e9, tokens: 230, requests: 1, latency: 4, pue: 1.16, wue: 0.09}
	double, unsaid := single, single
	double.id, double.requests, double.tokens = "double", 2, 460
	unsaid.id, unsaid.requests = "unsaid", 0
	for _, r := range revisions() {
		got := agree(t, r, []asked{single, double, unsaid})
		for c, v := range got {
			if c.item != "single" {
				continue
			}
			if two := got[place{"double", c.stage, c.category}]; two != 2*v {
				t.Errorf("%s %s %s: %v of one request, %v of two", r.method, c.stage, c.category, v, two)
			}
			if one := got[place{"unsaid", c.stage, c.category}]; one != v {
				t.Errorf("%s %s %s: %v where the row says one request, %v where it does not say", r.method, c.stage, c.category, v, one)
			}
		}
	}
}
