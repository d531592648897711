package scenarios

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// embeddedScenario loads an embedded scenario.
func embeddedScenario(t testing.TB, ref string) *Scenario {
	t.Helper()
	var probs diag.List
	s := Embedded(ref, &probs)
	if err := probs.Err(); err != nil {
		t.Fatalf("%s: %v", ref, err)
	}
	return s
}

// askedBy asks for a key of a driver.
func askedBy(d *Driver, key string) (of Asked) {
	switch d.By {
	case "region":
		of.Region = key
	case "task":
		of.Task = key
	case "category":
		of.Category = key
	case "kind":
		of.Kind = key
	}
	return of
}

// valueOf is a value that is given.
func valueOf(t testing.TB, s *Scenario, name string, of Asked, year int) float64 {
	t.Helper()
	a, ok := s.Value(name, of, year)
	if !ok || !a.Given {
		t.Fatalf("%s says nothing of %s of %v in %d", s.Ref(), name, of, year)
	}
	return a.Value
}

// everyValue writes all values of a scenario, to the bit, save those of names that are left out.
func everyValue(s *Scenario, without ...string) string {
	var b strings.Builder
	for _, list := range [][]Driver{s.Drivers, s.Terms} {
		for _, d := range list {
			if slices.Contains(without, d.Name) {
				continue
			}
			for _, of := range s.Keys(d.Name) {
				for y := s.From; y <= s.To; y++ {
					a, ok := s.Value(d.Name, of, y)
					fmt.Fprintf(&b, "%s %v %d %x %t %t %t\n", d.Name, of, y, math.Float64bits(a.Value), a.Given, a.Held, ok)
				}
			}
		}
	}
	return b.String()
}

// A series is exactly what it says at its points; between them growth has one rate, a line and a step lie between the two.
func TestSeriesGoThroughTheirPoints(t *testing.T) {
	scenarios := []*Scenario{sound(t, `
drivers:
  volume: {basis: derived, series: {2024: 0.1, 2027: 0.7, 2030: 0.3}, between: growth}
  model_size: {basis: derived, series: {2024: 0.1, 2026: 0.7, 2030: 0.3}, between: linear}
  tokens_per_request: {basis: derived, series: {2024: 0.1, 2026: 0.7, 2030: 0.3}, between: step}
  training_compute: {basis: derived, series: {2026: 3, 2028: 5}, between: growth, before: growth, after: growth}
  shipments: {basis: derived, series: {2026: 3, 2028: 5}, between: linear, before: hold, after: hold}
  sector_electricity: {basis: derived, unit: GWh/a, series: {2024: 1001, 2030: 945000.7}, between: growth}
`)}
	for _, ref := range Names() {
		scenarios = append(scenarios, embeddedScenario(t, ref))
	}
	for _, s := range scenarios {
		for _, d := range slices.Concat(s.Drivers, s.Terms) {
			for _, c := range d.Values {
				if c.Form != "series" {
					continue
				}
				at := func(year int) float64 { return valueOf(t, s, d.Name, askedBy(&d, c.Key), year) }
				num, den := 1.0, 1.0
				if d.Definition != nil {
					num, den, _ = unit.Ratio(d.Unit, d.Definition.unit)
				}
				for i, p := range c.Points {
					if p.Year < s.From || p.Year > s.To {
						continue
					}
					if got, want := at(p.Year), float64(p.Value*num)/den; got != want {
						t.Errorf("%s: %s %s in %d is %v, the point %v", s.Ref(), d.Name, c.Key, p.Year, got, want)
					}
					if i+1 == len(c.Points) || c.Points[i+1].Year > s.To {
						continue
					}
					low, high := at(p.Year), at(c.Points[i+1].Year)
					first := at(p.Year+1) / low
					if low > high {
						low, high = high, low
					}
					for y := p.Year; y < c.Points[i+1].Year; y++ {
						v := at(y)
						if v < low || v > high {
							t.Errorf("%s: %s in %d is %v, outside %v to %v", s.Ref(), d.Name, y, v, low, high)
						}
						if ratio := at(y+1) / v; c.Between == "growth" && math.Abs(ratio/first-1) > 1e-12 {
							t.Errorf("%s: %s grows by %v from %d on, and by %v from %d on", s.Ref(), d.Name, ratio, y, first, p.Year)
						}
						if c.Between == "step" && v != at(p.Year) {
							t.Errorf("%s: %s steps in %d", s.Ref(), d.Name, y)
						}
					}
				}
			}
		}
	}
	s := scenarios[0]
	for _, c := range []struct {
		name string
		year int
		want float64
	}{
		{"training_compute", 2024, 9.0 / 5}, // 3 · (5/3)^(−2/2)
		{"training_compute", 2030, 25.0 / 3},
		{"shipments", 2024, 3}, {"shipments", 2030, 5},
		{"model_size", 2025, 0.4}, {"tokens_per_request", 2029, 0.7},
	} {
		if got := valueOf(t, s, c.name, Asked{}, c.year); math.Abs(got/c.want-1) > 1e-15 {
			t.Errorf("%s in %d: %v, want %v", c.name, c.year, got, c.want)
		}
	}
}

// Values are converted as their quotient with a whole number is rounded: once.
func TestUnitsAreConvertedExactly(t *testing.T) {
	s := sound(t, `
drivers:
  sector_electricity: {basis: derived, unit: GWh/a, by: region, of: {USA: {value: 1001}, CHN: {series: {2024: 415300, 2030: 1.1}, between: growth}, otherwise: {growth: 10 %, start: 7.7}}}
  ai_share: {basis: derived, unit: "%", value: 42.5}
  grid_intensity: {basis: derived, unit: g CO2e/kWh, value: 59.6}
  lifetime: {basis: derived, unit: h, value: 43830}
published:
  - {what: in TWh, driver: sector_electricity, for: USA, year: 2024, value: 1.001, class: exact}
  - {what: in GWh, driver: sector_electricity, for: USA, year: 2024, value: 1001, unit: GWh/a, class: exact}
`)
	for _, c := range []struct {
		name, region string
		want         float64
	}{
		{"sector_electricity", "USA", 1.001}, {"sector_electricity", "CHN", 415.3}, {"sector_electricity", "FRA", 0.0077},
		{"ai_share", "", 0.425}, {"grid_intensity", "", 0.0596}, {"lifetime", "", 43830.0 / 8760},
	} {
		if got := valueOf(t, s, c.name, Asked{Region: c.region}, 2024); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.name, c.region, got, c.want)
		}
	}
}

// What a scenario does not name is as in the one that it rests on, to the bit, unless a formula reads what it names.
func TestAScenarioChangesWhatItNamesAlone(t *testing.T) {
	for _, ref := range Names() {
		s := embeddedScenario(t, ref)
		if s.BasedOn == "" {
			continue
		}
		base := embeddedScenario(t, s.BasedOn)
		changed := map[string]bool{}
		for _, list := range [][]Driver{s.Drivers, s.Terms} {
			for _, d := range list {
				changed[d.Name] = d.From == s.Ref()
			}
		}
		for range len(changed) { // as often as formulas may read each other
			for name := range changed {
				d, _ := s.Get(name)
				for _, c := range d.Values {
					changed[name] = changed[name] || slices.ContainsFunc(c.reads(), func(read string) bool { return changed[read] })
				}
			}
		}
		same := 0
		for name, is := range changed {
			if is {
				continue
			}
			same++
			for _, of := range slices.Concat(base.Keys(name), s.Keys(name)) {
				for y := max(s.From, base.From); y <= min(s.To, base.To); y++ {
					was, _ := base.Value(name, of, y)
					if now, _ := s.Value(name, of, y); now != was {
						t.Errorf("%s: %s of %v in %d is %v, of %s %v", ref, name, of, y, now, base.Ref(), was)
					}
				}
			}
		}
		t.Logf("%s: %d of %d are as in %s", ref, same, len(changed), base.Ref())
	}
}

// A scenario may cover a part of the years of the one that it rests on: growth does not begin anew.
func TestAScenarioOfFewerYearsHasTheSameValues(t *testing.T) {
	files := map[string]string{"other.yaml": head + `
drivers:
  volume: {basis: derived, growth: {2025: 50 %, 2027: 10 %}, start: 3}
  model_size: {basis: derived, expr: volume + a + year}
terms:
  a: {basis: derived, growth: -20 %}
`, "mine.yaml": strings.Replace(strings.Replace(head, "from: 2024", "from: 2026", 1), "to: 2030", "to: 2028", 1) + "based_on: other.yaml\n"}
	s, problems := loaded(files)
	if s == nil {
		t.Fatal(problems)
	}
	var probs diag.List
	base := Load("other.yaml", []byte(files["other.yaml"]), nil, &probs)
	for _, name := range []string{"volume", "model_size", "a"} {
		for y := 2026; y <= 2028; y++ {
			if got, want := valueOf(t, s, name, Asked{}, y), valueOf(t, base, name, Asked{}, y); got != want {
				t.Errorf("%s in %d: %v, below %v", name, y, got, want)
			}
		}
	}
	if _, ok := s.Value("volume", Asked{}, 2025); ok {
		t.Error("a year that the scenario does not cover has a value")
	}
}

// emit writes a node in one line, with the keys of each map in a random order; in the order of the file where random is nil.
func emit(n *document.Node, random *rand.Rand) string {
	switch n.Kind {
	case document.Scalar:
		return strconv.Quote(n.Text)
	case document.List:
		var items []string
		for _, i := range n.Items {
			items = append(items, emit(i, random))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case document.Map:
		var fields []string
		for _, f := range n.Fields {
			fields = append(fields, strconv.Quote(f.Key)+": "+emit(f.Value, random))
		}
		if random != nil {
			random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
	return "null"
}

const manyKeys = `
regions:
  nordics: {title: Nordic countries, members: [SWE, NOR, DNK]}
  northern: {title: North, members: [SWE, NOR, DNK, FIN, ISL, GBR]}
  americas: {title: America, members: [NOA, SAM]}
drivers:
  volume: {basis: derived, by: region, of: {USA: {value: 2}, EUR: {growth: 10 %}, nordics: {value: 3}, WOR: {expr: a * year}}}
  model_size: {basis: derived, by: task, of: {chat: {value: 2}, search: {expr: volume * 2}, otherwise: hold}}
  published_index: {basis: derived, by: category, of: {climate_change: {expr: model_size + volume}, otherwise: {value: 1}}}
  hardware_efficiency: {basis: derived, by: kind, of: {deployments: {growth: 28 %}, otherwise: hold}}
  pue: {basis: derived, by: region, of: {northern: {value: 1.1}, americas: {value: 1.3}, CAN: {value: 1.2}, otherwise: {value: 1.5}}}
  tokens_per_request: {basis: derived, expr: 'pue * volume * hardware_efficiency'}
terms:
  a: {basis: derived, by: region, of: {CHN: {value: 4}, otherwise: {value: 1}}}
  b: {basis: derived, expr: a + model_size}
`

// The order of keys, drivers, terms and regions changes no value.
func TestOrderChangesNoValue(t *testing.T) {
	texts := map[string]string{"mine.yaml": withHead(manyKeys)}
	for _, ref := range Names() {
		name, version, _ := strings.Cut(ref, "@")
		text, err := embedded.ReadFile(name + "/" + version + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		texts[ref] = string(text)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for name, text := range texts {
		var probs diag.List
		s := Load(name, []byte(text), nil, &probs)
		root := document.Parse(name, []byte(text), &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			shuffled := emit(root, random)
			other := Load(name, []byte(shuffled), nil, &probs)
			if err := probs.Err(); err != nil {
				t.Fatalf("%v\n%s", err, shuffled)
			}
			if everyValue(other) != everyValue(s) {
				t.Errorf("%s has other values in another order:\n%s", name, shuffled)
			}
		}
	}
}

// A region takes its own key, else that of the scenario's region that has it, else its continent's, else that of the scenario's region that has the continent, else the world's, else that of all others.
func TestARegionTakesTheNearestKey(t *testing.T) {
	all := map[string]string{"FRA": "1", "alps": "2", "EUR": "3", "old-world": "4", "WOR": "5", "otherwise": "6"}
	order := []string{"FRA", "alps", "EUR", "old-world", "WOR", "otherwise"}
	for from := range order {
		var courses []string
		for _, key := range order[from:] {
			courses = append(courses, key+": {value: "+all[key]+"}")
		}
		s := sound(t, `
regions:
  alps: {title: Alps, members: [FRA, CHE, ITA, AUT]}
  old-world: {title: Old world, members: [EUR, ASI, AFR]}
drivers:
  volume: {basis: derived, by: region, of: {`+strings.Join(courses, ", ")+`}}
`)
		if got, want := valueOf(t, s, "volume", Asked{Region: "FRA"}, 2024), float64(from+1); got != want {
			t.Errorf("of %v France takes %v, want %v", order[from:], got, want)
		}
		for region, nearest := range map[string]int{"CHE": 1, "DEU": 2, "EUR": 2, "JPN": 3, "BRA": 4, "WOR": 4, "": 4, "aws:nowhere": 4, "alps": 1, "old-world": 3} {
			at := max(from, nearest)
			if got, want := valueOf(t, s, "volume", Asked{Region: region}, 2024), float64(at+1); got != want {
				t.Errorf("of %v %q takes %v, want %v", order[from:], region, got, want)
			}
			if want := order[at]; region != "" && want != otherwise && s.Nearest("volume", region) != want {
				t.Errorf("of %v the nearest of %q is %s, want %s", order[from:], region, s.Nearest("volume", region), want)
			}
		}
	}
}

// Drivers that are told apart by other regions do not get in each other's way: a country takes of each what is nearest to it there.
func TestDriversOfOtherRegionsDoNotMeet(t *testing.T) {
	s := sound(t, manyKeys)
	for _, c := range []struct {
		region      string
		volume, pue float64
	}{
		{"SWE", 3, 1.1}, {"FIN", 1, 1.1}, {"DEU", 1, 1.5}, {"USA", 2, 1.3}, {"MEX", 2024, 1.3}, {"CAN", 2024, 1.2}, {"CHN", 4 * 2024, 1.5}, {"JPN", 2024, 1.5}, {"", 2024, 1.5},
		{"nordics", 3, 1.1}, {"northern", 1, 1.1}, {"americas", 2024, 1.3},
	} {
		of := Asked{Region: c.region}
		if v, p := valueOf(t, s, "volume", of, 2024), valueOf(t, s, "pue", of, 2024); v != c.volume || p != c.pue {
			t.Errorf("%q: volume %v and PUE %v, want %v and %v", c.region, v, p, c.volume, c.pue)
		}
	}
	// Of all regions that there are: what Value takes is the course of the key that Nearest names.
	for _, ref := range append(Names(), "") {
		if ref != "" {
			s = embeddedScenario(t, ref)
		} else {
			s = sound(t, manyKeys)
		}
		for _, d := range s.Drivers {
			if d.By != "region" || d.computed() {
				continue
			}
			for _, code := range names.Regions().Codes() {
				at := slices.IndexFunc(d.Values, func(c Course) bool { return c.Key == s.Nearest(d.Name, code) })
				got, _ := s.Value(d.Name, Asked{Region: code}, s.To)
				if at < 0 {
					if got.Given || got.Held {
						t.Errorf("%s: %s of %s has a value, and no key", s.Ref(), d.Name, code)
					}
					continue
				}
				if want, given := d.Values[at].value(s.To); got.Given != given || given && got.Value != want {
					t.Errorf("%s: %s of %s is %v, its key %s says %v", s.Ref(), d.Name, code, got, d.Values[at].Key, want)
				}
			}
		}
	}
}

// Where a scenario says that it says nothing, what is computed from that says nothing either, and nothing else does.
func TestHoldGoesThroughFormulas(t *testing.T) {
	s := sound(t, `
drivers:
  volume: {basis: derived, by: region, of: {USA: {value: 2}, otherwise: hold}}
  model_size: {basis: derived, expr: a * 2}
  tokens_per_request: {basis: derived, expr: volume ?? 7}
  training_compute: {basis: derived, by: region, of: {USA: {expr: volume}, FRA: {expr: 2 * year}, otherwise: {value: 1}}}
  software_efficiency: {basis: derived, by: task, of: {chat: {expr: volume}, otherwise: {value: 1}}}
  shipments: {basis: derived, expr: gap * 2}
  device_power: {basis: derived, expr: 'year > 2026 ? volume : 3'}
  hardware_efficiency: {basis: derived, by: kind, of: {deployments: {expr: volume}, otherwise: hold}}
terms:
  a: {basis: derived, expr: b + 1}
  b: {basis: derived, expr: volume + 1}
  gap: {basis: derived, by: region, of: {CHN: {value: 3}}}
`)
	const given, held, nothing = "given", "held", "nothing"
	for _, c := range []struct {
		name string
		of   Asked
		want string
		v    float64
	}{
		{"volume", Asked{Region: "USA"}, given, 2}, {"volume", Asked{Region: "FRA"}, held, 0}, {"volume", Asked{}, held, 0},
		{"b", Asked{Region: "USA"}, given, 3}, {"b", Asked{Region: "FRA"}, held, 0},
		{"a", Asked{Region: "FRA"}, held, 0}, {"model_size", Asked{Region: "USA"}, given, 8}, {"model_size", Asked{Region: "FRA"}, held, 0}, {"model_size", Asked{}, held, 0},
		{"tokens_per_request", Asked{Region: "FRA"}, given, 7}, {"tokens_per_request", Asked{Region: "USA"}, given, 2},
		{"training_compute", Asked{Region: "USA"}, given, 2}, {"training_compute", Asked{Region: "FRA"}, given, 2 * 2027}, {"training_compute", Asked{Region: "CHN"}, given, 1},
		{"software_efficiency", Asked{Region: "FRA", Task: "chat"}, held, 0}, {"software_efficiency", Asked{Region: "FRA"}, given, 1}, {"software_efficiency", Asked{Region: "USA", Task: "chat"}, given, 2},
		{"shipments", Asked{Region: "CHN"}, given, 6}, {"shipments", Asked{Region: "FRA"}, nothing, 0}, // nobody says that nothing is said
		{"device_power", Asked{Region: "FRA"}, held, 0}, {"device_power", Asked{Region: "USA"}, given, 2},
		{"hardware_efficiency", Asked{Region: "USA", Kind: "deployments"}, given, 2}, {"hardware_efficiency", Asked{Region: "FRA", Kind: "deployments"}, held, 0}, {"hardware_efficiency", Asked{Region: "USA"}, held, 0},
	} {
		a, ok := s.Value(c.name, c.of, 2027)
		got := map[[2]bool]string{{true, false}: given, {false, true}: held, {false, false}: nothing}[[2]bool{a.Given, a.Held}]
		if !ok || got != c.want || a.Value != c.v {
			t.Errorf("%s of %v is %s %v, want %s %v", c.name, c.of, got, a.Value, c.want, c.v)
		}
	}
	if a, _ := s.Value("device_power", Asked{Region: "FRA"}, 2025); !a.Given || a.Value != 3 {
		t.Error("a formula that does not get to what is held says something")
	}
}

// The digest is another one after a change of any byte of the file, or of what it rests on.
func TestTheDigestIsOfEveryByte(t *testing.T) {
	digest := func(mine, below string) string {
		s, problems := loaded(map[string]string{"mine.yaml": mine, "below.yaml": below})
		if s == nil {
			t.Fatal(problems)
		}
		return s.Digest
	}
	below := head + "drivers: {volume: {basis: derived, value: 1}} # remark\n"
	mine := head + "based_on: below.yaml # remark\n"
	met := map[string]bool{digest(mine, below): true}
	once := func(what, d string) {
		if met[d] || len(d) != 64 {
			t.Errorf("%s leaves the digest as it was", what)
		}
		met[d] = true
	}
	for i := strings.Index(mine, "# remark") + 2; i < len(mine)-1; i++ {
		once(fmt.Sprintf("byte %d", i), digest(mine[:i]+"X"+mine[i+1:], below))
	}
	for i := strings.Index(below, "# remark") + 2; i < len(below)-1; i++ {
		once(fmt.Sprintf("byte %d of what it rests on", i), digest(mine, below[:i]+"X"+below[i+1:]))
	}
	once("a line more", digest(mine+"\n", below))
	once("a line more of what it rests on", digest(mine, below+"\n"))
	once("another year", digest(strings.Replace(mine, "to: 2030", "to: 2029", 1), below))
	once("another word of what it rests on", digest(mine, strings.Replace(below, "title: T", "title: U", 1)))
	for _, ref := range Names() {
		once(ref, embeddedScenario(t, ref).Digest)
	}
}

// A scenario is shared: whoever asks gets the same, from wherever.
func TestManyMayAskAtOnce(t *testing.T) {
	for _, s := range []*Scenario{sound(t, manyKeys), embeddedScenario(t, "iea-base@2025.1"), embeddedScenario(t, "capgemini-intermediate@2025.1")} {
		want := everyValue(s)
		nearest := func() string {
			return s.Nearest("sector_electricity", "FRA") + s.Nearest("pue", "SWE") + fmt.Sprint(len(s.Outcomes()))
		}
		wantNearest := nearest()
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				if everyValue(s) != want || nearest() != wantNearest {
					t.Errorf("%s has other values", s.Ref())
				}
			})
		}
		group.Wait()
	}
}

// A scenario's name alone is its newest version.
func TestANameAloneIsTheNewestVersion(t *testing.T) {
	if got := Newest("iea-base"); got != "iea-base@2025.1" {
		t.Errorf("the newest IEA base case is %s", got)
	}
	if got := Newest("nobody"); got != "nobody" {
		t.Errorf("an unknown name becomes %s", got)
	}
}
