package levers

import (
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
)

func TestEmbeddedLeversAndTheTemplateAreSound(t *testing.T) {
	var probs diag.List
	all := All(&probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	if len(all) < 14 {
		t.Errorf("%d levers", len(all))
	}
	for i, l := range all {
		if i > 0 && all[i-1].Rank() > l.Rank() {
			t.Errorf("%s stands before %s", all[i-1].Ref(), l.Ref())
		}
		for _, x := range l.Excludes {
			if !slices.ContainsFunc(all, func(o *Lever) bool { return o.Name == x && o.Against(l) }) {
				t.Errorf("%s excludes %s, which is none", l.Ref(), x)
			}
		}
	}
	if l := Load("template.yaml", Template(), &probs); l == nil {
		t.Error(probs.Err())
	}
}

func TestWrongLeversAreToldAtTheirPlaces(t *testing.T) {
	sound := string(Template())
	for what, c := range map[string]struct{ old, new, want string }{
		"area":           {"area: facility", "area: house", `x.yaml:7:7 there is no area "house"`},
		"no set":         {"set:\n  - name", "sets:\n  - name", `x.yaml:2:1 the key "set" is missing`},
		"name":           {"my-lever", "My lever", `x.yaml:2:8 "My lever" is no name of a lever`},
		"an empty set":   {"set:\n", "set:\nsets:\n", "a lever sets one name at least"},
		"itself":         {"excludes: []", "excludes: [my-lever]", `x.yaml:21:12 "my-lever" is no name of another lever`},
		"unknown key":    {"    when:", "    wen:", `x.yaml:41:5 unknown key "wen"`},
		"no source":      {"doc: power usage effectiveness\n    source: example", "doc: power usage effectiveness", `the key "source" is missing`},
		"not the median": {"distribution: fixed\n", "distribution: uniform(1, 2)\n", "median"},
		"empty rebound":  {"rebound: >-\n  What may eat up the gain, or burden something else.", "rebound: ''", "rebound is empty"},
		"approach":       {"approach: attributional", "approach: marginal", `there is no approach "marginal"`},
		"no margin":      {"approach: attributional", "approach: consequential", "a consequential lever says under under which marginal factors it is computed with"},
		"marginal alone": {"under: {}", "under: {electricity: {select: {margin: marginal}}}", "electricity is marginal, and the lever is not said to be consequential"},
		"half marginal":  {"factors: {}\n", "factors: {electricity: {select: {margin: marginal}}}\n", "the lever's case has electricity of another sort than the case that it is set against"},
		"a stand-in":     {"approach: attributional\nunder: {}", "approach: consequential\nunder: {electricity: {select: {margin: marginal}, fallbacks: [{kind: {margin: average}}]}}", "electricity is of several sorts, average, marginal"},
		"kinds of both":  {"under: {}", "under: {electricity: {kinds: [fleet]}}", "under says with which factors both cases are computed, of whatever kind"},
		"accountings":    {"under: {}", "accountings: [location]", "accountings are named of a lever whose cases have factors of their own"},
		"an accounting":  {"under: {}", "under: {electricity: {of: x}}\naccountings: [place]", `there is no accounting "place"`},
		"ask":            {"    value: 1.1\n", "    ask: true\n    value: 1.1\n", `unknown key "value"`},
		"no most":        {"    value: 1.1\n    unit: \"1\"\n    distribution: fixed\n    min: 1\n    doc: power usage effectiveness\n    source: example", "    ask: true\n    unit: \"1\"\n    min: 0\n    doc: share", "low_pue, in the unit 1, is left to the study without max"},
		"no least":       {"    value: 1.1\n    unit: \"1\"\n    distribution: fixed\n    min: 1\n    doc: power usage effectiveness\n    source: example", "    ask: true\n    unit: \"%\"\n    max: 100\n    doc: share", "low_pue, in the unit %, is left to the study without min"},
		"a study":        {"lever: my-lever", "study: my-lever", "x.yaml:2:1 this is a study, or the record of a run, not a lever"},
	} {
		text := strings.Replace(sound, c.old, c.new, 1)
		if text == sound {
			t.Fatalf("%s: the template does not have %q", what, c.old)
		}
		var probs diag.List
		if l := Load("x.yaml", []byte(text), &probs); l != nil {
			t.Errorf("%s: it was taken", what)
		}
		var got []string
		for _, p := range probs.Problems() {
			got = append(got, p.Place.String()+" "+p.Message)
		}
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(Template())
	for _, ref := range Names() {
		f.Add(Text(ref))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var probs diag.List
		l := Load("x.yaml", text, &probs)
		if l == nil && probs.Err() == nil {
			t.Error("refused without a problem")
		}
		if l != nil && (l.Rebound == "" || l.Conditions == "" || len(l.Overrides.Set) == 0 && l.Overrides.Factors == nil) {
			t.Errorf("%+v", l)
		}
	})
}

// Texts may stand in other languages; a language that is none, and a text that levers do not have, are told.
func TestTranslationsOfALever(t *testing.T) {
	var probs diag.List
	for _, l := range All(&probs) {
		fr := l.Translations["fr"]
		if fr.Title == "" || fr.Conditions == "" || fr.Rebound == "" {
			t.Errorf("%s is not in French", l.Ref())
		}
	}
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(Template()), "  fr:\n    title:", "  French:\n    goal: x\n    title:", 1)
	Load("x.yaml", []byte(text), &probs)
	for _, want := range []string{`"French" is no code of a language [bad-value]`, `the file has no text "goal" that could be translated [unknown-key]`} {
		if !slices.ContainsFunc(probs.Problems(), func(p diag.Problem) bool { return strings.Contains(p.String(), want) }) {
			t.Errorf("%v does not say %s", probs.Err(), want)
		}
	}
}

// Margins of both cases are the same, whichever of them is marginal.
func TestAnAverageIsNotSetAgainstAMargin(t *testing.T) {
	text := string(Text(Newest("cleaner-grid-marginal"))) + "factors: {electricity: {kinds: [deployments], select: {margin: average}}}\n"
	var probs diag.List
	if l := Load("x.yaml", []byte(text), &probs); l != nil || !strings.Contains(probs.Err().Error(), "the lever's case has electricity of another sort than the case that it is set against, average beside marginal") {
		t.Errorf("it was taken: %v", probs.Err())
	}
}

// What a lever says of stand-ins for a factor by the hour or of the margin is what it does: neither another place's nor one of long ago.
func TestNothingStandsInForMarginsAndHours(t *testing.T) {
	for _, name := range []string{"cleaner-grid-marginal", "cleaner-hours"} {
		var probs diag.List
		l := Embedded(name, &probs)
		for _, o := range []*rules.Overrides{&l.Under, &l.Overrides} {
			rules.CheckUses(o.Factors, &probs, func(u *rules.FactorUse, _ []string) {
				for _, f := range u.Fallbacks {
					if f != (rules.Fallback{NearestYear: f.NearestYear}) || f.NearestYear > 2 {
						t.Errorf("%s: %s falls back to %+v", name, u.Factor, f)
					}
				}
			})
		}
		if err := probs.Err(); err != nil || !strings.Contains(l.Conditions, "at most two years away") {
			t.Errorf("%s: %v, %s", name, err, l.Conditions)
		}
	}
}
