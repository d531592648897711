package document

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// A comma inside { } that cuts a value is told once, and what was meant is read.
func TestACommaInBracesIsToldOnce(t *testing.T) {
	for _, c := range []struct{ name, text, place, stray, hint, value string }{
		{"in a function", "{a: max(hours, count * time), b: 1}", "m.yaml:1:14", `"count * time)" stands as a key of its own`,
			"put quotes around the whole text: 'max(hours, count * time)'", "max(hours, count * time)"},
		{"in two functions", "{a: max(x, min(y, z)), b: 1}", "m.yaml:1:10", `"min(y" and "z))" stand as keys of their own`,
			"put quotes around the whole text: 'max(x, min(y, z))'", "max(x, min(y, z))"},
		{"ahead of a colon", `{a: m == "x" ? max(p, q) : 0, b: 1}`, "m.yaml:1:21", `"q)" stands as a key of its own`,
			`put quotes around the whole text: 'm == "x" ? max(p, q) : 0'`, `m == "x" ? max(p, q) : 0`},
		{"behind a single quote", `{a: max(o'clock, q), b: 1}`, "m.yaml:1:16", `"q)" stands as a key of its own`,
			`put quotes around the whole text: "max(o'clock, q)"`, `max(o'clock, q)`},
		{"around a choice", "{a: max(p, q ? r : s), b: 1}", "m.yaml:1:10", `"q ? r" stands`, "'max(p, q ? r : s)'", "max(p, q ? r : s)"},
		{"in a distribution", "{a: lognormal(3, 1.5), b: 1}", "m.yaml:1:16", `"1.5)" stands`, "'lognormal(3, 1.5)'", "lognormal(3, 1.5)"},
		{"of thousands", "{a: 70,000,000, b: 1}", "m.yaml:1:7", `"000" and "000" stand as keys`, "write 70000000", "70000000"},
		{"of thousands in a formula", "{a: 1,000 * x, b: 1}", "m.yaml:1:6", `"000 * x" stands`, "write 1000 * x", "1000 * x"},
		{"for a point", "{a: energy * 0,8, b: 1}", "m.yaml:1:15", `"8" stands`, "write energy * 0.8", "energy * 0.8"},
		{"for a point of three digits", "{a: 0,125, b: 1}", "m.yaml:1:6", `"125" stands`, "write 0.125", "0.125"},
		{"in a text", "{a: Smith, 2020, b: 1}", "m.yaml:1:10", `"2020" stands`, "'Smith, 2020'", "Smith, 2020"},
		{"ahead of a key without its colon", "{a: kWh, c, b: 1}", "m.yaml:1:8", `"c" stands`, "'kWh, c'; a key is followed by a colon: c: ...", "kWh, c"},
		{"at the end of a line", "{a: max(x,\n  y), b: 1}", "m.yaml:1:10", `"y)" stands`, "'max(x, y)'", "max(x, y)"},
		{"behind letters of several bytes", "{é: ü, a: max(x, y), b: 1}", "m.yaml:1:16", `"y)" stands`, "'max(x, y)'", "max(x, y)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			root := Parse("m.yaml", []byte(c.text), &probs)
			got := probs.Problems()
			if len(got) != 1 {
				t.Fatalf("%d problems: %v", len(got), got)
			}
			p := got[0]
			if p.Place.String() != c.place || !strings.HasPrefix(p.Message, "a comma ends a value inside { }: "+c.stray) || !strings.HasSuffix(p.Hint, c.hint) {
				t.Errorf("got %v\nwant %s, %s, %s", p, c.place, c.stray, c.hint)
			}
			if a := root.Get("a"); a.Text != c.value || !a.Cut || !a.Flow || root.Get("b").Text != "1" || root.Get("b").Cut {
				t.Errorf("a is %q, cut: %v; b is %q", a.Text, a.Cut, root.Get("b").Text)
			}
			if want := 2 + strings.Count(c.text, "é"); len(root.Fields) != want {
				t.Errorf("%d keys, want %d", len(root.Fields), want)
			}
		})
	}
}

// What is no value that a comma cut stays as it is.
func TestOtherKeysWithoutValueStay(t *testing.T) {
	for text, keys := range map[string]int{
		"{a, b: 1}": 2, "{a: , b: 1}": 2, "{a: [1, 2], b}": 2, `{a: "x, y", b: 1}`: 2, "{a: (x, b: 1}": 2, "{a: (x, b: [1)]}": 2, "{a: 1, b: }": 2, "{a: {x: 1}, b}": 2, "a: x\nb:\n": 2,
	} {
		var probs diag.List
		root := Parse("m.yaml", []byte(text), &probs)
		if err := probs.Err(); err != nil || len(root.Fields) != keys {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// A number that a comma cut is complained of once, though no number is left.
func TestACutNumberIsNotComplainedOfAgain(t *testing.T) {
	for _, text := range []string{"{n: 70,000,000}", "{n: Smith, 2020}", "{n: 1,2,3}"} {
		var probs diag.List
		var into struct {
			N float64 `doc:"n,required"`
		}
		Decode(Parse("m.yaml", []byte(text), &probs), &into, &probs)
		if got := probs.Problems(); len(got) != 1 {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestAQuoteInBracesIsExplained(t *testing.T) {
	for text, want := range map[string]string{
		`a: {expr: q(0, "kWh"), unit: h}`:           `put quotes around the whole text: 'q(0, "kWh")'`,
		`a: {expr: q(0, "kWh")}`:                    `put quotes around the whole text: 'q(0, "kWh")'`,
		`a: {expr: r in ["x", "y"] ? p : q, b: {}}`: `put quotes around the whole text: 'r in ["x", "y"] ? p : q'`,
		`a: {b: 1`: `a text that holds`,
	} {
		var probs diag.List
		Parse("m.yaml", []byte(text), &probs)
		got := probs.Problems()
		if len(got) != 1 || !strings.HasPrefix(got[0].Hint, want) {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
	}
}

func TestPlacesInsideQuotes(t *testing.T) {
	for _, c := range []struct {
		text   string
		offset int
		want   string
	}{
		{`é: "hours + hour"`, 8, "m.yaml:1:13"},
		{`a: 'hours + hour'`, 12, "m.yaml:1:17"},
		{`a: 'x ''y'' z'`, 2, "m.yaml:1:4"}, // the quotes are written twice
		{`a: "x \"y\" z"`, 1, "m.yaml:1:6"},
		{`a: "x \"y\" z"`, 8, "m.yaml:1:4"},
		{"a: 'x\n  y'", 0, "m.yaml:1:5"},
		{"a: 'x\n  y'", 2, "m.yaml:1:4"},
		{"a: x y", 2, "m.yaml:1:6"},
	} {
		var probs diag.List
		n := Parse("m.yaml", []byte(c.text), &probs).Fields[0].Value
		if got := n.Within(0, c.offset).String(); got != c.want {
			t.Errorf("%s at %d of %q: %s, want %s", c.text, c.offset, n.Text, got, c.want)
		}
	}
}

func TestNumbersWithSomethingBehindThem(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"3 a", "write value: 3, unit: a"},
		{"57 g CO2e/kWh", "write value: 57, unit: g CO2e/kWh"},
		{"80 %", `write value: 80, unit: "%"`},
		{"70B", "write 70e9"},
		{"70 B", "write value: 70, unit: B"},
		{"7 billion", "write 7e9"},
		{`"70,000"`, "write 70000"},
		{`"0,8"`, "write 0.8"},
		{"soon", ""},
	} {
		var probs diag.List
		var into struct {
			Value float64 `doc:"value"`
			Unit  string  `doc:"unit"`
		}
		Decode(Parse("m.yaml", []byte("value: "+c.value), &probs), &into, &probs)
		if got := probs.Problems(); len(got) != 1 || got[0].Hint != c.want {
			t.Errorf("%s: got %v, want %q", c.value, got, c.want)
		}
	}
	if got := NumberHint("3 a"); got != "" {
		t.Errorf("where no unit is due: %q", got)
	}
}
