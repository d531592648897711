package comparedoc

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/study"
)

func some(v float64) *float64 { return &v }

// sample is a comparison with a name in every field.
func sample(name func(string) string) *study.Comparison {
	return &study.Comparison{Year: 2024,
		A: study.Compared{Study: name("first"), Title: name("First"), Method: name("m@1"), Pack: name("p@1"), Year: 2024},
		B: study.Compared{Study: name("second"), Title: name("Second"), Method: name("m@2"), Pack: name("p@2"), Year: 2024},
		Causes: []study.Cause{{Name: "inventory", Title: "rows", Items: []study.CauseItem{{Name: name("runs added"), Detail: name("1 row"), Now: name("runs.csv:1")}, {Name: name("runs removed"), Detail: "1 row"}}},
			{Name: "factors", Title: "factors", Items: []study.CauseItem{{Name: name("electricity FRA"), Detail: name("0.5 → 0.4"), Was: name("a.csv:2"), Now: name("b.csv:3")}}}},
		Totals: []study.ComparedTotal{
			{Year: 2024, Category: "climate_change", Unit: "kg CO2e", Perspective: "service", Accounting: "location", A: some(84), B: some(96.8), Difference: some(12.8), P05: some(5), P95: some(20),
				AComplete: true, Causes: []study.CausePart{{Cause: "inventory", Value: 27.2, P05: some(20), P95: some(30)}, {Cause: "factors", Value: -14.4, P05: some(-30), P95: some(2)}},
				Parts: []study.Part{{Cause: "inventory", Item: name("runs added"), Value: 46}, {Cause: "inventory", Item: name("runs removed"), Value: -18.8}, {Cause: "factors", Item: name("electricity FRA"), Value: -14.4}}},
			{Year: 2024, Category: "water_consumption", Unit: "m3", Perspective: "service", Accounting: "location", B: some(3)},
		},
		Names:      []study.ComparedName{{By: "model", Name: name("new"), Category: "climate_change", Perspective: "service", Accounting: "location", B: some(44), Causes: []float64{46, -2}}, {By: "model", Name: name("kept"), Category: "climate_change", Perspective: "service", Accounting: "location", A: some(60), B: some(52.8), Causes: []float64{5.2, -12.4}}},
		Quantities: []study.ComparedQuantity{{Kind: "training_runs", Name: name("facility_energy"), Unit: name("kWh"), A: some(102), B: some(93.5), Ratio: some(0.9167), LeastRatio: some(0.9), MostRatio: some(1), Rows: 2}},
		Notes:      []string{name("a note")},
	}
}

func page(t *testing.T, c *study.Comparison) string {
	t.Helper()
	var b strings.Builder
	if err := Of(c).WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThePageSaysWhatTheComparisonDoes(t *testing.T) {
	text := page(t, sample(func(s string) string { return s }))
	for _, want := range []string{
		"First and Second", "Climate change: 84.0 to 96.8 kg CO₂e (+15.2 %); most of all changed: inventory",
		"+46.0</text>", "−18.8</text>", "−14.4</text>", // bars, with their signs
		"-30 to 2, within noise", "none</td>", "nothing to compare with", "B incomplete", "b.csv:3", "facility_energy", "a note",
	} {
		if !strings.Contains(text, want) && !strings.Contains(strings.ReplaceAll(text, `<span class="label" aria-hidden="true">`, ""), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(text, "<script") {
		t.Error("there is script")
	}
}

// What rounding leaves is no cause that a finding could name, nor does it make two causes of one.
func TestTheFindingOfOneCauseIsItsItem(t *testing.T) {
	c := sample(func(s string) string { return s })
	total := &c.Totals[0]
	total.Causes = []study.CausePart{{Cause: "inventory", Value: 12.8}, {Cause: "rounding", Value: 1e-14}}
	total.Parts = []study.Part{{Cause: "inventory", Item: "runs added", Value: 31.6}, {Cause: "inventory", Item: "runs removed", Value: -18.8}, {Cause: "rounding", Item: "rounding", Value: 1e-14}}
	if text := page(t, c); !strings.Contains(text, "most of all changed: runs added") {
		t.Error("the item that changed most is not the finding")
	}
}

// The data keep what a sum's last bit makes of a cause; the page says 0.
func TestWhatRoundingMakesOfAnEntryIsNothing(t *testing.T) {
	c := sample(func(s string) string { return s })
	c.Names[1].Causes[1] = 0
	nothing := page(t, c)
	c.Names[1].Causes[1] = 7e-15
	if page(t, c) != nothing {
		t.Error("a part below rounding is told")
	}
	c.Names[1].Causes[1] = 7e-3
	if page(t, c) == nothing {
		t.Error("a part above rounding is not told")
	}
}

// Names come from strangers' files: wherever they stand they stay text.
func TestNamesStayText(t *testing.T) {
	const payload = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	text := page(t, sample(func(s string) string { return s + payload }))
	for _, bad := range []string{"<script", "<img", "onerror=alert(1)>"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q stands in the page", bad)
		}
	}
}

// Each drawing is sound XML, with a title and a description.
func TestDrawingsAreSound(t *testing.T) {
	text := page(t, sample(func(s string) string { return s + " & <so on>" }))
	count := 0
	for rest := text; ; count++ {
		from := strings.Index(rest, "<svg")
		if from < 0 {
			break
		}
		to := strings.Index(rest, "</svg>") + len("</svg>")
		svg := rest[from:to]
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, svg)
			}
		}
		if !strings.Contains(svg, "<title") || !strings.Contains(svg, "<desc") {
			t.Error("a drawing has no title, or no description")
		}
		rest = rest[to:]
	}
	if count != 4 { // two figures, wide and narrow
		t.Errorf("%d drawings", count)
	}
}
