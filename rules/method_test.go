package rules

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Each case replaces a piece of the sound method.
func TestWrongMethodFilesAreRefusedAtTheirPlace(t *testing.T) {
	quantities := func(lines string) string { return "tested: {unit: kWh, expr: energy}\n" + lines }
	const tested = "tested: {unit: kWh, expr: energy}"
	for _, c := range []struct{ name, old, new, want string }{
		{"a key that is not known", "title: Sound", "titel: Sound", `m.yaml:1:1: the key "title" is missing [missing-key]`},
		{"a key that is missing", "title: Sound\n", "", `m.yaml:1:1: the key "title" is missing [missing-key]`},
		{"a status that is no word", "status: draft", "status: final", `m.yaml:3:9: unknown word "final" [unknown-name]`},
		{"a category that is unknown", "[climate_change]", "[climate_chnge]", `m.yaml:6:14: unknown word "climate_chnge" [unknown-name]`},
		{"an anchor", "value: 0.5", "value: &x 0.5", `m.yaml:12:17: YAML anchors are not accepted here; write the value out [refused-construct]`},
		{"a parameter without source", `"uniform(0.4, 0.6)", source: made up`, `"uniform(0.4, 0.6)"`, `m.yaml:12:9: the key "source" is missing [missing-key]`},
		{"a parameter with an empty source", `0.6)", source: made up`, `0.6)", source: ""`, `m.yaml:12:76: a parameter needs a source [missing-value]`},
		{"a parameter without distribution", `distribution: "uniform(0.4, 0.6)", `, "", `m.yaml:12:9: the key "distribution" is missing [missing-key]`},
		{"a median that is not the value", "uniform(0.4, 0.6)", "uniform(0.4, 0.9)", `m.yaml:12:47: the median of uniform(0.4, 0.9) is 0.65, the value is 0.5: more than 0.5 % apart [bad-distribution]`},
		{"an unknown distribution", "uniform(0.4, 0.6)", "unifrom(0.4, 0.6)", `m.yaml:12:47: unknown distribution "unifrom"; did you mean uniform? [bad-distribution]`},
		{"a value that is no number", "value: 0.5", "value: half", `m.yaml:12:17: expected a number, found "half" [bad-type]`},
		{"a unit that is not known", `value: 5, unit: kWh`, `value: 5, unit: kwh`, `m.yaml:13:27: unit "kwh": unknown unit kwh; write kWh [bad-unit]`},
		{"a class that is unknown", "source: made up}\n  limit", "class: guessed, source: made up}\n  limit", `m.yaml:12:75: unknown word "guessed" [unknown-name]`},
		{"a name with a capital", "  load: {", "  Load: {", `m.yaml:12:3: "Load" is not a name of a parameter [bad-value]`},
		{"a word of the language as a name", tested, quantities("      not: {unit: kWh, expr: energy}"), `m.yaml:32:12: not names a quantity, but it is a word of the language already [duplicate-name]`},
		{"a fallback of two kinds", "{nearest_year: 3}", "{nearest_year: 3, world: true}", `m.yaml:15:29: a fallback is one of nearest_year: N, parent_region: true, world: true, technology: NAME [bad-value]`},
		{"a column that grades but holds no words", "    energy_basis: {of", "    count: {of", `m.yaml:10:12: the column count of runs holds no words that could grade others [bad-type]`},
		{"a row's class in a column that the kind lacks", "row: quality", "row: qualty", `m.yaml:8:8: the class of a row must stand in a text column of runs, not in "qualty" [unknown-name]`},
		{"a grading word without class", "{metered: measured}", "{metered: }", `m.yaml:10:50: the word metered needs a quality class [missing-value]`},
		{"a ladder with a gap", "{from: node, to: it,", "{from: nod, to: it,", `m.yaml:20:9: the step starts at nod, but the one before leads to node [bad-value]`},
		{"a ladder that comes back", "{from: node, to: it,", "{from: node, to: device,", `m.yaml:20:9: the ladder comes to device twice [duplicate-name]`},
		{"a ladder without steps", "      - {from: device, to: node, times: load}\n      - {from: node, to: it, times: load}\n", "      []\n", `m.yaml:18:5: a ladder needs at least one step [missing-key]`},
		{"a ladder that is not there", "ladder: boundary", "ladder: boundry", `m.yaml:28:17: there is no ladder "boundry" [unknown-name]`},
		{"a tier without its rung", "{yields: node, expr: energy}", "{expr: energy}", `m.yaml:30:13: the tier must say which rung of boundary it yields [missing-key]`},
		{"a rung that is not there", "{yields: node, expr", "{yields: nod, expr", `m.yaml:30:22: unknown word "nod" [unknown-name]`},
		{"a rung without a ladder", tested, "tested: {unit: kWh, tiers: [{yields: node, expr: energy}]}", `m.yaml:31:35: yields says a rung, but tested stands on no ladder [bad-value]`},
		{"a quantity without a formula", tested, "tested: {unit: kWh}", `m.yaml:31:15: the quantity tested needs an expr or tiers [missing-key]`},
		{"a quantity with two", tested, "tested: {unit: kWh, expr: energy, tiers: [{expr: energy}]}", `m.yaml:31:33: a quantity has either tiers or one expr, not both [bad-value]`},
		{"a class beside tiers", tested, "tested: {unit: kWh, class: modelled, tiers: [{expr: energy}]}", `m.yaml:31:34: each tier says its own class [bad-value]`},
		{"a tier's condition that is a number", tested, "tested: {unit: kWh, tiers: [{when: energy, expr: energy}]}", `m.yaml:31:42: when must be true or false, not a number [bad-type]`},
		{"a quantity without a unit", tested, "tested: {expr: energy}", `m.yaml:31:15: the key "unit" is missing [missing-key]`},
		{"a quantity that uses itself", tested, "tested: {unit: kWh, expr: tested * 2}", `m.yaml:31:33: tested uses itself: tested → tested [cycle]`},
		{"quantities that use each other", tested, "tested: {unit: kWh, expr: second}\n      second: {unit: kWh, expr: third}\n      third: {unit: kWh, expr: second + energy}", `m.yaml:33:32: second uses itself: second → third → second [cycle]`},
		{"a quantity under a column's name", tested, quantities("      mass: {unit: kWh, expr: tested}"), `m.yaml:32:13: mass names a quantity, but it is a column of runs already [duplicate-name]`},
		{"a quantity under a parameter's name", tested, quantities("      limit: {unit: kWh, expr: tested}"), `m.yaml:32:14: limit names a quantity, but it is a parameter already [duplicate-name]`},
		{"a quantity under a table's name", tested, quantities("      hardware: {unit: kWh, expr: tested}"), `m.yaml:32:17: hardware names a quantity, but it is a table that runs refers to already [duplicate-name]`},
		{"a quantity written twice", tested, quantities("      tested: {unit: kWh, expr: energy}"), `m.yaml:32:7: the key "tested" stands twice in this map [duplicate-name]`},
		{"a lookup of an unknown factor", "{factor: losses,", "{factor: loses,", `m.yaml:24:24: the factor pack has no factor "loses" [unknown-name]`},
		{"a lookup without its key", "{factor: losses, region: region}", "{factor: losses}", `m.yaml:24:15: losses is found by region: the key "region" is missing here [missing-key]`},
		{"a lookup with a key too many", "{factor: losses, region: region}", "{factor: losses, region: region, technology: phase}", `m.yaml:24:60: losses is not found by technology, but by region [unknown-key]`},
		{"a lookup by a number", "{factor: losses, region: region}", "{factor: losses, region: count}", `m.yaml:24:40: region must be a text, not a number [bad-type]`},
		{"an impact of an unknown factor", "factor: electricity, region", "factor: elctricity, region", `m.yaml:33:84: the factor pack has no factor "elctricity" [unknown-name]`},
		{"an impact in another unit", "amount: tested, factor: electricity, region: region", "amount: tested, factor: free", `m.yaml:33:68: the amount for the factor free is due in kg, but its formula yields kWh [unit-mismatch]`},
		{"an impact with half of two forms", "amount: tested, factor: electricity, region: region", "amount: tested", `m.yaml:33:9: the impact use needs either amount and factor, or category and value [missing-key]`},
		{"an impact in another unit than its category", "value: used.it", "value: mass", `m.yaml:34:92: the impact heat is due in kWh, but its formula yields kg [unit-mismatch]`},
		{"a category of an impact that is unknown", "category: final_energy", "category: final_enrgy", `m.yaml:34:71: unknown word "final_enrgy" [unknown-name]`},
		{"a stage that is unknown", "name: use, perspective: service, stage: training", "name: use, perspective: service, stage: trainng", `m.yaml:33:50: unknown word "trainng" [unknown-name]`},
		{"a perspective that is unknown", "name: use, perspective: service", "name: use, perspective: servic", `m.yaml:33:34: unknown word "servic" [unknown-name]`},
		{"two impacts of one name", "name: heat", "name: use", `m.yaml:34:9: two impacts are named use [duplicate-name]`},
		{"an impact's condition that is a text", "name: heat,", "name: heat, when: region,", `m.yaml:34:28: when must be true or false, not a string [bad-type]`},
		{"an impact's time that is no date", "name: heat,", "name: heat, time: energy,", `m.yaml:34:28: time must name a date column of runs, not "energy" [unknown-name]`},
		{"a functional unit without count", "count: count, ", "", `m.yaml:36:9: the key "count" is missing [missing-key]`},
		{"a functional unit in another unit", "count: count", "count: energy", `m.yaml:36:39: the functional unit run is due in 1, but its formula yields kWh [unit-mismatch]`},
		{"a functional unit of an unknown unit", `{name: run, unit: "1"`, `{name: run, unit: runs`, "m.yaml:36:27: unit \"runs\": unknown unit runs; `ailca units` lists those that are known [bad-unit]"},
		{"a comparison class of numbers", "class: [phase]", "class: [energy]", `m.yaml:36:54: a comparison class is made of text columns of runs, not "energy" [unknown-name]`},
		{"two functional units of one name", "class: [phase]}\n", "class: [phase]}\n      - {name: run, unit: \"1\", count: count}\n", `m.yaml:37:9: two functional units are named run [duplicate-name]`},
		{"a formula that is a list", tested, "tested: {unit: kWh, expr: [energy]}", `m.yaml:31:33: expected a formula, found a list [bad-type]`},
		{"a kind with an unknown key", "    impacts:\n", "    impact:\n", `m.yaml:23:5: the key "impacts" is missing [missing-key]`},
		{"an unless of an unknown factor", "factor: electricity, region: region", "factor: electricity, region: region, unless: {factor: embodid, technology: hardware_id, boundary: [server]}", `m.yaml:33:130: the factor pack has no factor "embodid" [unknown-name]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			sound := strings.Replace(soundMethod, "FORMULA", "energy", 1)
			method := strings.Replace(sound, c.old, c.new, 1)
			if method == sound {
				t.Fatalf("%q does not stand in the method", c.old)
			}
			got := problemsOf(t, method)
			if len(got) == 0 {
				t.Fatal("no problem")
			}
			if got[0] != c.want {
				t.Errorf("got  %s\nwant %s", got[0], c.want)
			}
		})
	}
}

func TestCyclesThroughLookupsAreFound(t *testing.T) {
	sound := strings.Replace(soundMethod, "FORMULA", "energy * losses * first", 1)
	for _, c := range []struct{ lookups, want string }{
		{`first: {factor: pue, technology: 'first > 1 ? region : phase'}`, `lookup first uses itself: lookup first → lookup first [cycle]`},
		{`first: {factor: pue, technology: 'second > 1 ? region : phase'}
      second: {factor: pue, technology: 'first > 1 ? region : phase'}`, `lookup first uses itself: lookup first → lookup second → lookup first [cycle]`},
		{`first: {factor: pue, technology: 'tested > limit ? region : phase'}`, `lookup first uses itself: lookup first → tested → lookup first [cycle]`},
	} {
		got := problemsOf(t, strings.Replace(sound, "    lookups:\n", "    lookups:\n      "+c.lookups+"\n", 1))
		if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("got %q\nwant %s", got, c.want)
		}
	}
}

func TestARowWithoutPeriodNeedsATimeOfItsOwn(t *testing.T) {
	schema := runsSchema()
	schema.From, schema.Year = "", ""
	var probs diag.List
	m := Load("m.yaml", []byte(strings.Replace(soundMethod, "FORMULA", "energy", 1)), &probs)
	Compile(m, schema, parsePack(t, errorPack), nil, &probs)
	var got []string
	for _, p := range probs.Problems() {
		got = append(got, p.Message)
	}
	want := []string{"rows of runs have no period: the impact use must say its time", "rows of runs have no period: the impact heat must say its time",
		"rows of runs have no period: nothing can be counted for a year"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestAFilterIsACondition(t *testing.T) {
	for text, want := range map[string]string{
		"energy":             "where:1:1: where must be true or false, not a number [bad-type]",
		"regoin == \"FRA\"":  `where:1:1: unknown name "regoin": it is no column of runs, parameter, lookup or quantity [unknown-name]`,
		"region == \"FRA\" ": "",
	} {
		var probs diag.List
		m := Load("m.yaml", []byte(strings.Replace(soundMethod, "FORMULA", "energy", 1)), &probs)
		Compile(m, runsSchema(), parsePack(t, errorPack), document.Parse("where", []byte(text), &probs), &probs)
		got := ""
		if err := probs.Err(); err != nil {
			got, _, _ = strings.Cut(err.Error(), "\n")
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
