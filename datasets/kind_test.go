package datasets

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestTheKindsAreThoseOfTheDesign(t *testing.T) {
	if got := strings.Join(KindNames(), " "); got != "deployments fleet hardware training_runs" {
		t.Errorf("kinds %s", got)
	}
	k, ok := KindByName("training_runs")
	if !ok || k.ID != "run_id" || !k.Activity || k.Groups["model"] != "model_id" || k.Period != (Period{"started", "ended", "year"}) {
		t.Fatalf("training_runs is %+v", k)
	}
	f, ok := k.Column("energy")
	if !ok || f.Unit != "kWh" || f.Type != lca.Number || f.Min == nil || *f.Min != 0 || f.Max != nil || f.Required {
		t.Errorf("energy is %+v", f)
	}
	if f, _ := k.Column("ended"); f.After != "started" {
		t.Errorf("ended may be before %q", f.After)
	}
	if _, ok := KindByName("fleets"); ok {
		t.Error("there is a kind fleets")
	}
}

func TestAKindsFileIsReadStrictly(t *testing.T) {
	good := `kind: k
title: K
doc: d
id: id
activity: true
groups: {item: id}
period: {from: a, to: b}
columns:
  - {name: id, type: string, required: true, doc: d}
  - {name: a, type: date, doc: d}
  - {name: b, type: date, doc: d}
  - {name: n, type: number, unit: kWh, min: 0, doc: d}
  - {name: m, type: number, unit: h, doc: d}
  - {name: g, type: integer, doc: d}
  - {name: t, type: string, doc: d}
  - {name: s, type: string, required: true, values: [x, y], doc: d}
merge: {origin: [a], provenance: [b], prefer: [{column: s, best: first}]}
aggregate: {by: [s], years: [a], sum: [{column: n, or: [m], share: m}], mean: {m: n}, worst: [g], constant: {t: several}}
samples:
  - {id: x, n: 1, s: x}
`
	var probs diag.List
	if LoadKind("k.yaml", []byte(good), &probs) == nil {
		t.Fatal(probs.Err())
	}
	for name, tc := range map[string]struct{ old, new, want string }{
		"a key that is none":             {"title: K", "titel: K", `k.yaml:2:1: unknown key "titel" [unknown-key]`},
		"a type that is none":            {"type: date, doc: d}\n  - {name: b", "type: day, doc: d}\n  - {name: b", `k.yaml:10:21: no type "day"; there are number, integer, string, date, boolean [bad-type]`},
		"a unit that is none":            {"unit: kWh", "unit: kWhh", `k.yaml:12:35: unit "kWhh":`},
		"bounds of a string":             {"type: string,", "type: string, min: 0,", "only numbers have a unit and bounds [bad-value]"},
		"values of a number":             {"unit: kWh,", "unit: kWh, values: [a],", "only strings have values and references [bad-value]"},
		"a column twice":                 {"name: b", "name: a", `the column "a" stands twice [duplicate-name]`},
		"an id that is no column":        {"id: id", "id: ident", `k.yaml:4:5: id: no column "ident" [unknown-name]`},
		"a group that is no column":      {"{item: id}", "{item: x}", `k.yaml:6:16: groups item: no column "x" [unknown-name]`},
		"a period that is no date":       {"to: b", "to: n", `k.yaml:7:23: period to: the column "n" is a number [bad-type]`},
		"a merge by no column":           {"origin: [a]", "origin: [o]", `merge: no column "o" [unknown-name]`},
		"a preference of a number":       {"{column: s, best", "{column: n, best", `prefer: the column "n" is a number [bad-type]`},
		"a preference of the middle":     {"best: first", "best: middle", `"middle" is neither first nor last [bad-value]`},
		"a sum of texts":                 {"{column: n, or", "{column: t, or", `sum: the column "t" is a string [bad-type]`},
		"a column of two parts in a sum": {"worst: [g]", "worst: [m]", `worst: the column "m" has another part in a sum already [duplicate-name]`},
		"a mean weighed by what is not":  {"mean: {m: n}", "mean: {m: g}", `mean: "g" is no column that is added [unknown-name]`},
		"a sum without a column of all":  {"by: [s]", "by: [t]", `every row needs the column "s", of which a sum would have nothing [missing-key]`},
		"a sample of no column":          {"{id: x, n: 1, s: x}", "{id: x, o: 1, s: x}", `sample 1: no column "o" [unknown-column]`},
		"a sample out of bounds":         {"n: 1", "n: -1", `k.yaml:20:16: sample 1: n is -1 kWh; it cannot be negative [out-of-range]`},
		"a sample without what it must":  {"{id: x, n: 1, s: x}", "{n: 1, s: x}", `sample 1: the column "id" is required [missing-value]`},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			k := LoadKind("k.yaml", []byte(strings.Replace(good, tc.old, tc.new, 1)), &probs)
			var all []string
			for _, p := range probs.Problems() {
				all = append(all, p.String())
			}
			if k != nil || !strings.Contains(strings.Join(all, "\n"), tc.want) {
				t.Errorf("got %s, want %s", strings.Join(all, "\n"), tc.want)
			}
		})
	}
}

func TestASchemaIsPrintedThreeWays(t *testing.T) {
	k, _ := KindByName("fleet")
	for format, want := range map[string][]string{
		"table": {"Fleet (fleet)\n", "count_basis       string", "shipped | installed | planned", "an id of hardware", ">= 0", "read from Parquet"},
		"csv":   {"name,type,unit,required,allowed,doc,parquet\n", `count,number,1,true,>= 0,number of devices,"DOUBLE (none), `},
	} {
		var buf bytes.Buffer
		if err := WriteSchema(&buf, k, format); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(buf.String(), w) {
				t.Errorf("the %s lacks %q:\n%s", format, w, buf.String())
			}
		}
	}
	var buf bytes.Buffer
	if err := WriteSchema(&buf, k, "json"); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Kind    string
		Columns []struct{ Name, Unit string }
	}
	if err := json.Unmarshal(buf.Bytes(), &got); err != nil || got.Kind != "fleet" || len(got.Columns) != len(k.Columns) {
		t.Errorf("json: %v %+v", err, got)
	}
	if err := WriteSchema(&buf, k, "xml"); err == nil {
		t.Error("xml was written")
	}
}
