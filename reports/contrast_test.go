package reports

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance is WCAG's relative luminance of a colour #rgb or #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	digits := strings.TrimPrefix(hex, "#")
	if len(digits) == 3 {
		digits = strings.Repeat(digits[:1], 2) + strings.Repeat(digits[1:2], 2) + strings.Repeat(digits[2:], 2)
	}
	if len(digits) != 6 {
		t.Fatalf("%q is no colour", hex)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		v, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(v) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

// contrast is WCAG's ratio of two colours, 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastIsThatOfWCAG(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want float64
	}{{"#000", "#ffffff", 21}, {"#767676", "#fff", 4.54}, {"#777777", "#fff", 4.48}, {"#0000ff", "#ffffff", 8.59}} {
		if got := contrast(t, tc.a, tc.b); math.Abs(got-tc.want) > 0.005 {
			t.Errorf("%s on %s has %.3f, want %.2f", tc.a, tc.b, got, tc.want)
		}
	}
}

// rule is a rule of the style sheet with the colours that it sets, variables resolved.
type rule struct{ selector, color, background, outline string }

func styleRules(t *testing.T) []rule {
	t.Helper()
	css := string(documentStyle()) // which begins with the report's
	vars := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z]+):(#[0-9a-fA-F]+)`).FindAllStringSubmatch(css, -1) {
		vars[m[1]] = m[2]
	}
	colour := func(body, property string) string {
		m := regexp.MustCompile(`(?:^|;)` + property + `:[^;]*?(#[0-9a-fA-F]+|var\(--[a-z]+\)|inherit)`).FindStringSubmatch(body)
		if m == nil || m[1] == "inherit" {
			return ""
		}
		if name, ok := strings.CutPrefix(m[1], "var(--"); ok {
			hex := vars[strings.TrimSuffix(name, ")")]
			if hex == "" {
				t.Fatalf("%s is set to %s, which is no colour", property, m[1])
			}
			return hex
		}
		return m[1]
	}
	var out []rule
	for _, m := range regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`).FindAllStringSubmatch(css, -1) {
		out = append(out, rule{strings.TrimSpace(m[1]), colour(m[2], "color"), colour(m[2], "background"), colour(m[2], "outline")})
	}
	return out
}

// TestTextOfThePageHasContrast takes a text's background from its own rule; where that sets none, the text must do on every background
// that the style sheet gives to what is not a control of its own: the page, and the wash under code and under a row that is pointed at.
func TestTextOfThePageHasContrast(t *testing.T) {
	rules, checked := styleRules(t), 0
	var grounds []string
	for _, r := range rules {
		if r.background != "" && (r.color == "" || r.selector == "body") {
			grounds = append(grounds, r.background)
		}
	}
	if len(grounds) < 3 {
		t.Fatalf("only the backgrounds %v were found", grounds)
	}
	for _, r := range rules {
		on := grounds
		if r.background != "" && r.selector != "body" {
			on = []string{r.background}
		}
		for _, ground := range on {
			if r.color != "" {
				checked++
				if got := contrast(t, r.color, ground); got < 4.5 {
					t.Errorf("%s writes %s on %s, contrast %.2f", r.selector, r.color, ground, got)
				}
			}
			if r.outline != "" {
				checked++
				if got := contrast(t, r.outline, ground); got < 3 {
					t.Errorf("%s draws %s on %s, contrast %.2f", r.selector, r.outline, ground, got)
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d pairs were checked", checked)
	}
}

// TestFiguresHaveContrast holds small text to 4.5:1, on its area or on the page, and what a figure tells by an area or a column to 3:1.
// Grid lines tell nothing.
func TestFiguresHaveContrast(t *testing.T) {
	const paper = "#ffffff"
	atLeast := func(what, a, b string, want float64) {
		if got := contrast(t, a, b); got < want {
			t.Errorf("%s, %s on %s, has contrast %.2f, want %.1f", what, a, b, got, want)
		}
	}
	for i, f := range fills {
		atLeast("the text of fill "+strconv.Itoa(i), f.text, f.fill, 4.5)
		atLeast("fill "+strconv.Itoa(i), f.fill, paper, 3)
	}
	atLeast("text", ink, paper, 4.5)
	atLeast("quiet text", soft, paper, 4.5)
	atLeast("the column of the study's year", accent, paper, 3)
	atLeast("another year's column", pale, paper, 3)
	// nothing else is drawn: every colour of a page's drawings is one of these
	known := map[string]bool{ink: true, soft: true, line: true, accent: true, pale: true, paper: true}
	for _, f := range fills {
		known[f.fill], known[f.text] = true, true
	}
	page := written(t, example())
	for _, d := range regexp.MustCompile(`(?s)<svg .*?</svg>`).FindAllString(page, -1) {
		for _, m := range regexp.MustCompile(`(?:fill|stroke)="(#[^"]*)"`).FindAllStringSubmatch(d, -1) {
			if !known[m[1]] {
				t.Fatalf("a drawing uses %s, which no test knows", m[1])
			}
		}
	}
}
