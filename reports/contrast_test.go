package reports

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// channels are red, green and blue of a colour #rgb or #rrggbb, in linear light from 0 to 1.
func channels(t *testing.T, hex string) (out [3]float64) {
	t.Helper()
	digits := strings.TrimPrefix(hex, "#")
	if len(digits) == 3 {
		digits = strings.Repeat(digits[:1], 2) + strings.Repeat(digits[1:2], 2) + strings.Repeat(digits[2:], 2)
	}
	if len(digits) != 6 {
		t.Fatalf("%q is no colour", hex)
	}
	for i := range out {
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
		out[i] = c
	}
	return out
}

// luminance is WCAG's relative luminance.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	c := channels(t, hex)
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
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

// modes are the schemes of colours that pages have: the light one, in which they are printed, too, and the dark one.
var modes = []string{"light", "dark"}

// allStyle is the style of all pages.
func allStyle(t *testing.T) string {
	t.Helper()
	css := string(styleSheet())
	for _, name := range []string{"document.css", "summary.css", "index.css", "trace.css"} {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		css += string(text)
	}
	return css
}

// inks are the colours that the style sheet names, in a mode.
func inks(t *testing.T, mode string) map[string]string {
	t.Helper()
	css := string(styleSheet())
	light := regexp.MustCompile(`(?m)^:root\{([^}]*)\}`).FindStringSubmatch(css)
	dark := regexp.MustCompile(`@media screen and \(prefers-color-scheme:dark\)\{\n:root\{([^}]*)\}\n\}`).FindStringSubmatch(css)
	if light == nil || dark == nil {
		t.Fatal("the style sheet has not both modes")
	}
	vars := map[string]string{}
	read := func(text string) {
		for _, m := range regexp.MustCompile(`--([a-z0-9]+):(#[0-9a-f]{6})\b`).FindAllStringSubmatch(text, -1) {
			vars[m[1]] = m[2]
		}
	}
	if read(light[1]); mode == "dark" {
		named := len(vars)
		clear(vars)
		if read(dark[1]); len(vars) != named || named < 15 {
			t.Fatalf("%d colours are named for light pages, %d for dark ones", named, len(vars))
		}
	}
	return vars
}

// rule is a rule of the style sheets with the colours that it sets in a mode.
type rule struct{ selector, color, background, outline, border, fill, stroke string }

func styleRules(t *testing.T, mode string) []rule {
	t.Helper()
	vars := inks(t, mode)
	colour := func(body, property string) string {
		m := regexp.MustCompile(`(?:^|;)` + property + `:[^;]*?(#[0-9a-fA-F]+|var\(--[a-z0-9]+\)|inherit)`).FindStringSubmatch(body)
		if m == nil || m[1] == "inherit" {
			return ""
		}
		name, ok := strings.CutPrefix(m[1], "var(--")
		if !ok {
			t.Fatalf("%s is set to %s: a colour without a name is the same in both modes", property, m[1])
		}
		hex := vars[strings.TrimSuffix(name, ")")]
		if hex == "" {
			t.Fatalf("%s is set to %s, which is no colour", property, m[1])
		}
		return hex
	}
	var out []rule
	for _, m := range regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`).FindAllStringSubmatch(allStyle(t), -1) {
		out = append(out, rule{strings.TrimSpace(m[1]), colour(m[2], "color"), colour(m[2], "background"), colour(m[2], "outline"), colour(m[2], "border-(?:left|top)"), colour(m[2], "fill"), colour(m[2], "stroke")})
	}
	return out
}

// TestTextOfThePageHasContrast takes a text's background from its own rule; where that sets none, the text must do on every background
// that the style sheet gives to what is not a control of its own: the page, and the wash under code and under a row that is pointed at. Lines of --line tell nothing.
func TestTextOfThePageHasContrast(t *testing.T) {
	for _, mode := range modes {
		rules, checked := styleRules(t, mode), 0
		var grounds []string
		for _, r := range rules {
			if r.background != "" && (r.color == "" || r.selector == "body") {
				grounds = append(grounds, r.background)
			}
		}
		if len(grounds) < 3 {
			t.Fatalf("only the backgrounds %v were found", grounds)
		}
		atLeast := func(r rule, what, ground string, want float64) {
			if what == "" || what == inks(t, mode)["line"] {
				return
			}
			checked++
			if got := contrast(t, what, ground); got < want {
				t.Errorf("%s: %s has %s on %s, contrast %.2f", mode, r.selector, what, ground, got)
			}
		}
		for _, r := range rules {
			on := grounds
			if r.background != "" && r.selector != "body" {
				on = []string{r.background}
			}
			for _, ground := range on {
				atLeast(r, r.color, ground, 4.5)
				atLeast(r, r.outline, ground, 3)
				atLeast(r, r.border, ground, 3)
			}
		}
		if checked < 30 {
			t.Errorf("%s: only %d pairs were checked", mode, checked)
		}
	}
}

// textLooks are the looks of figures that texts have.
var textLooks = regexp.MustCompile(`svg( \.(soft|aside|tick),?)*$`)

// TestFiguresHaveContrast holds texts to 4.5:1, on their area or on the page, and all that a figure tells by an area or a line to 3:1.
// Lines of a grid tell nothing, and the 90 % band of a fan is told by its edge.
func TestFiguresHaveContrast(t *testing.T) {
	for _, mode := range modes {
		vars, checked := inks(t, mode), 0
		atLeast := func(what, a, b string, want float64) {
			checked++
			if got := contrast(t, a, b); got < want {
				t.Errorf("%s: %s, %s on %s, has contrast %.2f, want %.1f", mode, what, a, b, got, want)
			}
		}
		for _, r := range styleRules(t, mode) {
			switch tellsNothing := func(hex string) bool { return hex == "" || hex == vars["paper"] || hex == vars["line"] }; {
			case !strings.HasPrefix(r.selector, "svg"):
			case regexp.MustCompile(`^svg \.o\d$`).MatchString(r.selector): // text, over an area of the colour of its stroke
				atLeast(r.selector, r.fill, r.stroke, 4.5)
			case r.fill != "" && textLooks.MatchString(strings.ReplaceAll(r.selector, ",svg", "")):
				atLeast(r.selector, r.fill, vars["paper"], 4.5)
			default:
				for _, hex := range []string{r.fill, r.stroke} {
					if !tellsNothing(hex) {
						atLeast(r.selector, hex, vars["paper"], 3)
					}
				}
			}
		}
		// what is read off a fan's band: its edge is held above, the line is seen on it
		atLeast("the line of a fan on its band", vars["accent"], vars["pale"], 3)
		if checked < 25 {
			t.Errorf("%s: only %d pairs were checked", mode, checked)
		}
	}
}

// A figure has no colour of its own: what it draws has a look that the style sheet knows, in both modes.
func TestColoursOfFiguresAreThoseOfTheStyleSheet(t *testing.T) {
	known := map[string]bool{}
	for _, r := range styleRules(t, "light") {
		if strings.HasPrefix(r.selector, "svg") {
			for _, m := range regexp.MustCompile(`\.([a-z0-9]+)`).FindAllStringSubmatch(r.selector, -1) {
				known[m[1]] = true
			}
		}
	}
	var outlook bytes.Buffer
	if err := figurePage(exampleFan(asIs), exampleTornado(asIs)).WriteHTML(&outlook); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, page := range []string{written(t, wholeEdition()), outlook.String()} {
		for _, d := range regexp.MustCompile(`(?s)<svg .*?</svg>`).FindAllString(page, -1) {
			if m := regexp.MustCompile(` (?:fill|stroke|color|font|style)[a-z-]*="([^u][^"]*)"`).FindString(d); m != "" {
				t.Errorf("a drawing sets%s by itself", m)
			}
			for _, m := range regexp.MustCompile(` class="([^"]*)"`).FindAllStringSubmatch(d, -1) {
				for look := range strings.FieldsSeq(m[1]) {
					if used[look] = true; !known[look] {
						t.Errorf("a drawing has the look %q, which no style sheet gives", look)
					}
				}
			}
		}
	}
	if len(used) < 20 {
		t.Errorf("only the looks %v were seen", used)
	}
}

// vision is what of a linear RGB colour is seen: Machado, Oliveira and Fernandes, A physiologically-based model for simulation of color vision deficiency, 2009, severity 1.
var visions = map[string][3][3]float64{
	"all three cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":      {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia":    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":      {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// labOf is a colour as it is seen, in CIELAB (D65).
func labOf(t *testing.T, hex string, seen [3][3]float64) [3]float64 {
	t.Helper()
	linear := channels(t, hex)
	var rgb, xyz [3]float64
	for i := range rgb {
		for j := range linear {
			rgb[i] += seen[i][j] * linear[j]
		}
		rgb[i] = min(1, max(0, rgb[i]))
	}
	for i, row := range [3][3]float64{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}} { // sRGB to XYZ, IEC 61966-2-1
		for j := range rgb {
			xyz[i] += row[j] * rgb[j]
		}
		if xyz[i] /= [3]float64{0.9505, 1, 1.089}[i]; xyz[i] > 216.0/24389 {
			xyz[i] = math.Cbrt(xyz[i])
		} else {
			xyz[i] = (24389.0/27*xyz[i] + 16) / 116
		}
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

// The six fills are apart in either mode, for whatever eyes: by 25 units of CIELAB (a difference of 2.3 is just noticed), which is more than hue alone could give to all of them.
func TestFillsStayApartForColourBlindReaders(t *testing.T) {
	for _, mode := range modes {
		vars := inks(t, mode)
		for name, seen := range visions {
			for i := range fillCount {
				for j := range i {
					a, b := vars["f"+strconv.Itoa(i)], vars["f"+strconv.Itoa(j)]
					p, q := labOf(t, a, seen), labOf(t, b, seen)
					if d := math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2])); d < 25 {
						t.Errorf("%s, %s: %s and %s are %.1f apart", mode, name, a, b, d)
					}
				}
			}
		}
	}
	white, red := labOf(t, "#ffffff", visions["all three cones"]), labOf(t, "#ff0000", visions["all three cones"])
	if math.Abs(white[0]-100) > 0.1 || math.Abs(white[1]) > 0.1 || math.Abs(red[0]-53.2) > 0.1 || math.Abs(red[1]-80.1) > 0.2 { // CIELAB of sRGB's white and red
		t.Errorf("white is %v, red %v", white, red)
	}
}

// A card stands alone, with the colours of a light page.
func TestACardHasTheColoursOfLightPages(t *testing.T) {
	vars := inks(t, "light")
	for name, hex := range map[string]string{"ink": ink, "soft": soft, "line": line, "accent": accent} {
		if vars[name] != hex {
			t.Errorf("the card's %s is %s, the page's %s", name, hex, vars[name])
		}
	}
}
