package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// Brackets are counted before any parser sees them, first over the file and then, for texts that come another way, over the formula.
func TestBracketsWithoutEndAreRefused(t *testing.T) {
	for _, n := range []int{50, 8000, 500_000} {
		method := strings.Replace(soundMethod, "FORMULA", strings.Repeat("(", n)+"energy", 1)
		if got := problemsOf(t, method); len(got) != 1 || got[0] != "m.yaml:31:80: nested deeper than 48 levels [too-large]" {
			t.Errorf("%d brackets: %q", n, got)
		}
	}
	for n, want := range map[int]string{64: "unexpected token EOF", 65: "brackets nested deeper than 64", 500_000: "the formula has 500006 bytes"} {
		var probs diag.List
		c := &compiler{m: &Method{}, schema: runsSchema(), probs: &probs, p: &Program{builder: &vector.Builder{}}}
		c.check(&document.Node{Kind: document.Scalar, Text: strings.Repeat("(", n) + "energy"})
		if err := probs.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d brackets: %v, want %s", n, err, want)
		}
	}
}

// A formula is never run while it is read: what doubles a text twelve times is refused as it stands.
func TestDoublingsAreRefusedUnread(t *testing.T) {
	formula := `"0123456789abcdef"`
	for range 12 {
		formula = "(" + formula + " + " + formula + ")"
		if len(formula) > 4000 {
			break
		}
	}
	method := strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+formula, 1)
	got := problemsOf(t, method)
	if len(got) == 0 || !strings.HasSuffix(got[0], "+ takes numbers, not a string [bad-type]") {
		t.Errorf("got %q", got)
	}
	doubled := "let a = \"x\" + \"x\"; "
	for i := range 12 {
		doubled += fmt.Sprintf("let %c = %c + %c; ", 'b'+i, 'a'+i, 'a'+i)
	}
	method = strings.Replace(soundMethod, "{unit: kWh, expr: FORMULA}", "\n        unit: kWh\n        expr: |\n          "+doubled+"energy", 1)
	if got := problemsOf(t, method); len(got) != 1 || !strings.HasSuffix(got[0], "this construct is not part of the rules language [refused-construct]") {
		t.Errorf("got %q", got)
	}
}

func TestAMethodWithTooManyNamesIsRefused(t *testing.T) {
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, "      n%d: {unit: kWh, expr: energy}\n", i)
	}
	got := problemsOf(t, strings.Replace(strings.Replace(soundMethod, "FORMULA", "energy", 1), "    impacts:\n", many.String()+"    impacts:\n", 1))
	if len(got) != 1 || got[0] != "m.yaml: runs has 1018 columns, parameters, lookups and quantities; at most 1000 are taken [too-large]" {
		t.Errorf("got %q", got)
	}
}

// A hostile method is refused in bounded time and memory: each of these has about a megabyte.
func TestHostileMethodsEndSoon(t *testing.T) {
	sound := strings.Replace(soundMethod, "FORMULA", "energy", 1)
	with := func(old, new string) string { return strings.Replace(sound, old, new, 1) }
	quantities := func(n int, line func(i int) string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "      n%d: {unit: kWh, %s}\n", i, line(i))
		}
		return with("    impacts:\n", b.String()+"    impacts:\n")
	}
	sum := func(n int, part string) string { return "(" + strings.Repeat(part+" + ", n) + part + ")" }
	var ladder, tiers strings.Builder
	for i := range maxSteps {
		fmt.Fprintf(&ladder, "      - {from: r%d, to: r%d, times: %s / count}\n", i, i+1, sum(60, "count"))
	}
	for range 64 {
		tiers.WriteString("          - {yields: r0, expr: energy}\n")
	}
	for name, c := range map[string]struct{ method, want string }{
		"a chain of quantities": {quantities(950, func(i int) string { return fmt.Sprintf("expr: n%d", (i+1)%950) }), "[cycle]"},
		"a long chain":          {quantities(950, func(i int) string { return fmt.Sprintf("expr: %s", []string{fmt.Sprintf("n%d", i+1), "energy"}[i/949]) }), ""},
		"unknown names":         {quantities(900, func(i int) string { return "expr: " + sum(60, fmt.Sprintf("x%dyzyzyzyzyz", i)) }), "[unknown-name]"},
		"many parts":            {quantities(900, func(i int) string { return fmt.Sprintf("expr: %s * %d", sum(60, "energy"), i) }), "[too-large]"},
		"products of sums": {quantities(900, func(i int) string {
			return fmt.Sprintf("expr: %senergy * %d", strings.Repeat("(load + count) * ", 5), i)
		}), "[too-large]"},
		"a steep ladder": {strings.Replace(strings.Replace(strings.Replace(with("      - {from: device, to: node, times: load}\n      - {from: node, to: it, times: load}\n", ladder.String()),
			"          - {yields: node, expr: energy}\n", tiers.String(), 1), "used.it", "used.r16", 1), "expr: energy}\n    impacts", "expr: "+
			func() string {
				var parts []string
				for i := range 17 {
					parts = append(parts, fmt.Sprintf("used.r%d", i))
				}
				return strings.Join(parts, " + ")
			}()+"}\n    impacts", 1), "[too-large]"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			got := problemsOf(t, c.method)
			if took := time.Since(began); took > time.Minute {
				t.Errorf("it took %s", took)
			}
			if c.want == "" && got != nil || c.want != "" && !strings.Contains(strings.Join(got, "\n"), c.want) {
				t.Errorf("%d problems, want %s: %q", len(got), c.want, got[:min(1, len(got))])
			}
		})
	}
}
