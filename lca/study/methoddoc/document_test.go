package methoddoc_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/methoddoc"
	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
)

// documented is a method's documentation as HTML and as Markdown.
func documented(t *testing.T, ref, predecessor string) (page, text string) {
	t.Helper()
	var probs diag.List
	c := study.CheckMethod(ref, "", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	var before methoddoc.Predecessor
	if predecessor != "" {
		x := c.Since(predecessor, &probs)
		before = methoddoc.Predecessor{Method: x.Was.Method, Comparison: x}
	}
	return written(t, methoddoc.Of(c.Description(), before))
}

func written(t *testing.T, d *reports.Document) (page, text string) {
	t.Helper()
	var h, m bytes.Buffer
	if err := d.WriteHTML(&h); err != nil {
		t.Fatal(err)
	}
	if err := d.WriteMarkdown(&m); err != nil {
		t.Fatal(err)
	}
	return h.String(), m.String()
}

// Every embedded method has its documentation, complete by the file: no parameter, source, formula, reason or example is left out.
func TestTheDocumentationOfEveryEmbeddedMethodIsComplete(t *testing.T) {
	blank := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	for _, ref := range rules.EmbeddedNames() {
		t.Run(ref, func(t *testing.T) {
			var probs diag.List
			d := study.CheckMethod(ref, "", &probs).Description()
			page, _ := written(t, methoddoc.Of(d, methoddoc.Predecessor{}))
			text := blank(unescaped(page))
			must := []string{d.Title, d.Method, d.Date, d.Digest, d.Goal}
			for _, x := range d.Parameters {
				must = append(must, x.Name, x.Doc, x.Source, x.Distribution)
			}
			for _, x := range d.Factors {
				must = append(must, x.Factor, x.Doc)
			}
			for _, k := range d.Kinds {
				for _, q := range k.Quantities {
					for _, tier := range q.Tiers {
						must = append(must, tier.Expr, tier.When, tier.Normal, tier.Why)
					}
				}
				for _, r := range k.Impacts {
					must = append(must, r.Name, r.Value, r.Amount, r.Factor, r.When, r.Normal, r.Why, r.Unless)
				}
				for _, u := range k.FunctionalUnits {
					must = append(must, u.Name, u.Count)
				}
				for _, s := range k.ShareOut {
					must = append(must, s.Name, s.Count, s.Over, s.Key, s.Lineage)
				}
			}
			for _, x := range append(append([]rules.StatementText{}, d.CutOffs...), d.Exclusions...) {
				must = append(must, x.Name, x.Reason)
				if x.Estimate != nil {
					must = append(must, x.Estimate.Source)
				}
			}
			for _, e := range d.Examples {
				must = append(append(must, e.Name, e.Source, e.Doc), e.Expect...)
			}
			for _, x := range must {
				if !strings.Contains(text, blank(x)) {
					t.Errorf("the documentation does not say %q", x)
				}
			}
		})
	}
}

// unescaped is what a reader of the page sees.
func unescaped(page string) string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&#43;", "+", "&amp;", "&").Replace(text)
}

func TestTheBoundaryTellsWhatCountsInEachStage(t *testing.T) {
	_, text := documented(t, "observatory@1.0.0", "")
	boundary := text[strings.Index(text, "## System boundary"):strings.Index(text, "## Value choices")]
	for _, want := range []string{
		"| Stage | Training runs | Deployments | Fleet |",
		"| Transport | `device_transport` service; all categories | `device_transport` service; all categories | `device_transport` fleet; all categories |",
		"`electricity_market` service, market-based; climate change",
		"| Inference | nothing counts | `electricity_location` service, location-based; climate change<br>",
		"`e_waste` fleet; e-waste",
		"18.7 % of manufacturing, climate change<br>Source: Schneider et al. 2025",
		"| network and user devices | outside the boundary",
	} {
		if !strings.Contains(boundary, want) {
			t.Errorf("the boundary does not say %s:\n%s", want, boundary)
		}
	}
}

func TestAMethodShowsWhatItChanged(t *testing.T) {
	const method = `method: m
version: "1"
status: draft
date: "2025-01-01"
title: A method
categories: [climate_change]
kinds:
  training_runs:
    impacts:
      - {name: final_energy, perspective: service, stage: training, category: final_energy, value: energy}
`
	folder := t.TempDir()
	was, now := filepath.Join(folder, "was.yaml"), filepath.Join(folder, "now.yaml")
	more := strings.Replace(method, "value: energy", "value: energy * 2", 1) + "      - {name: e_waste, perspective: fleet, stage: end_of_life, category: e_waste, value: hardware.mass}\n"
	for name, text := range map[string]string{was: method, now: strings.Replace(more, `version: "1"`, `version: "2"`, 1)} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	page, text := documented(t, now, was)
	for _, want := range []string{"It revises <code>m@1</code>. 2 differences: 1 added and 1 changed.", "Impacts of training runs: 1 added and 1 changed"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	for _, want := range []string{
		"| **final\\_energy**<br>*changed* value | energy<br>was.yaml:10:100 | energy \\* 2<br>now.yaml:10:100 |",
		"| **e\\_waste**<br>*added* | not there | perspective: fleet<br>stage: end\\_of\\_life<br>category: e\\_waste<br>value: hardware.mass<br>now.yaml:11:9 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %s:\n%s", want, text[strings.Index(text, "## Differences"):])
		}
	}
	if _, text := documented(t, was, ""); !strings.Contains(text, "The method revises no other.") {
		t.Error("a method without a predecessor does not say so")
	}
}

func TestRequirementsThatAreNotAddressedAreShown(t *testing.T) {
	d := &rules.Description{Method: "m@1", Title: "A method", Meets: []rules.RequirementText{{Requirement: "allocation", How: "by hours"}}}
	_, text := written(t, methoddoc.Of(d, methoddoc.Predecessor{Method: "m@0"}))
	for _, want := range []string{"| by hours |", "| *not addressed* |", "It addresses 1 of ", "It revises `m@0`, which is not at hand", "The method offers none.", "The method has no parameters."} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %s:\n%s", want, text)
		}
	}
}

func TestChoicesAndWhatStandsInAreDocumented(t *testing.T) {
	file := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(file, []byte(rules.Template("")), 0o666); err != nil {
		t.Fatal(err)
	}
	_, text := documented(t, file, "")
	for _, want := range []string{"### `boundary`\n\nwhat of a device's life counts\n\n", "| `life_cycle` *default* | manufacturing too, by service life |", "Where the factor has no row, category by category: `like_manufacturing`", "Normal forms below are those of the defaults"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %s", want)
		}
	}
}

// A method of a stranger says whatever it likes, in every text that it has.
func TestNothingThatAMethodSaysBecomesMarkup(t *testing.T) {
	const evil = `</code><script>alert(1)</script><img src=x onerror=alert(1)> | [a](javascript:alert(1)) ` + "`" + ` **b** $c$`
	quoted := "'" + strings.ReplaceAll(evil, "'", "''") + "'"
	method := strings.NewReplacer("TEXT", quoted).Replace(`method: m
version: "1"
status: draft
date: "2025-01-01"
title: TEXT
doc: TEXT
goal: TEXT
categories: [climate_change]
meets: [{requirement: allocation, how: TEXT}]
choices:
  boundary: {default: a, doc: TEXT, options: {a: {doc: TEXT, source: TEXT}, b: {}}}
parameters:
  load: {value: 1, unit: "1", distribution: fixed, doc: TEXT, source: TEXT}
factors:
  electricity: {select: {flow: production, point: generation, scope: life_cycle, margin: average}, doc: TEXT}
kinds:
  training_runs:
    quantities:
      used: {unit: kWh, doc: TEXT, tiers: [{when: 'operator == "<script>|` + "`" + `" and choice.boundary == "a"', expr: energy * load}]}
    impacts:
      - {name: TEXT, doc: TEXT, perspective: service, stage: training, amount: used, factor: electricity, region: region}
    functional_units: [{name: TEXT, unit: "1", count: 1, doc: TEXT}]
cut_offs: [{name: TEXT, reason: TEXT, estimate: {stage: training, category: climate_change, share: 0.1, source: TEXT}}]
exclusions: [{name: TEXT, reason: TEXT}]
examples: [{name: TEXT, kind: training_runs, doc: TEXT, source: TEXT, row: {energy: 1}, expect: {used: 1 kWh}}]
`)
	folder := t.TempDir()
	file, other := filepath.Join(folder, "m.yaml"), filepath.Join(folder, "n.yaml")
	for name, text := range map[string]string{file: method, other: strings.ReplaceAll(method, "alert(1)", "alert(2)")} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	page, text := documented(t, file, other)
	var probs diag.List
	c := study.CompareMethods(file, other, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	difference, differenceText := written(t, methoddoc.Difference(c))
	for _, page := range []string{page, difference} {
		if strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(page, `href="javascript`) || strings.Count(page, "&lt;script&gt;") < 5 {
			t.Error("a text of the method became markup of the page")
		}
	}
	for _, text := range []string{text, differenceText} {
		for _, line := range strings.Split(text, "\n") {
			outside := regexp.MustCompile("``.*?``|`[^`]*`").ReplaceAllString(line, "") // code spans show what they hold
			if strings.Contains(outside, "<script") || strings.Contains(outside, "<img") || strings.Contains(outside, "[a](") || strings.Contains(outside, " $c") {
				t.Errorf("a text of the method became markup: %s", line)
			}
		}
	}
}
