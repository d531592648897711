package reports

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"
)

// exampleTornado has drivers of each sort: to both sides, turned round, to one side, of no effect. All its figures are invented.
func exampleTornado(name func(string) string) *Tornado {
	driver := func(label, low, high string, l, h float64) Driver {
		return Driver{Label: name(label), Low: Setting{name(low), l}, High: Setting{name(high), h}}
	}
	return &Tornado{Unit: "kWh", Center: Level{name("Base, 2030"), 945e9}, Most: 7, Drivers: []Driver{
		driver("Overhead of data centres (PUE)", "1.08", "1.6", 870e9, 1130e9),
		driver("Growth of use", "+8 % a year", "+22 % a year", 640e9, 1420e9),
		driver("Hardware efficiency", "1.1× a year", "1.5× a year", 1280e9, 720e9),
		driver("Lifetime of servers and of all the accelerators within them, in years of operation", "three years and a half, as bought", "six years", 951.2e9, 939.7e9),
		driver("Batch size", "8", "256", 1010e9, 1060e9),
		driver("Transport", "ship", "air", 944e9, 945e9),
		driver("Staff travel", "none", "some", 945e9, 945e9),
		driver("Packaging", "little", "much", 945e9, 945e9),
	}}
}

func TestATornadoHasTheLongestBarFirst(t *testing.T) {
	var got []string
	for _, d := range exampleTornado(asIs).Ranked() {
		got = append(got, strings.Fields(d.Label)[0])
	}
	// Batch size moves the result by 115 from the central one, though its two results are 50 apart
	if want := "Growth Hardware Overhead Batch Lifetime Transport Staff Packaging"; strings.Join(got, " ") != want {
		t.Errorf("the order is %v", got)
	}
	for _, svg := range drawings(exampleTornado(asIs)) {
		staysInside(t, svg)
		all := strings.Join(texts(svg), "|")
		for _, want := range []string{"Base, 2030: 945 TWh", "L +8 % a year · H +22 % a year", "L 640|", "H 1,420|", "H 720|", "L 1,280|", "H 939.7|", "Of no larger range, in the table alone: 1 more"} {
			if !strings.Contains(strings.ReplaceAll(all, "\u00a0", " "), want) {
				t.Errorf("the drawing does not say %q in\n%s", want, all)
			}
		}
		if strings.Contains(all, "Packaging") || strings.Index(all, "Growth") > strings.Index(all, "Hardware") {
			t.Errorf("the rows are %s", all)
		}
	}
	if driver, results := exampleTornado(asIs).Largest(); driver != "Growth of use" || results != "640 to 1,420\u00a0TWh" {
		t.Errorf("the finding is %s, %s", driver, results)
	}
	if note := exampleTornado(asIs).Note(); !strings.Contains(note, "in the table alone: 1.") {
		t.Errorf("the caption is %q", note)
	}
}

func TestTheTableOfATornadoHasAllDriversInItsOrder(t *testing.T) {
	tornado := exampleTornado(asIs)
	tornado.Drivers = append(tornado.Drivers, Driver{"Unknown", Setting{"a", math.NaN()}, Setting{"b", 1e12}})
	page := markdownOf(t, figurePage(tornado))
	at := -1
	for _, want := range []string{
		"| Driver | Low | High | Result at low, TWh | Result at high, TWh | Range, TWh |", "| Base, 2030 |  |  | 945 | 945 |  |", `| Growth of use | \+8 % a year | \+22 % a year | 640 | 1,420 | 780 |`,
		"| Packaging | little | much | 945 | 945 | 0 |", "| Unknown | a | b | not supplied | 1,000 |  |",
	} {
		next := strings.Index(page, want)
		if next <= at {
			t.Errorf("the table has no %s after what goes ahead of it:\n%s", want, page)
		}
		at = next
	}
	if !strings.Contains(tornado.Note(), "Drivers without a result: 1.") {
		t.Errorf("the caption is %q", tornado.Note())
	}
}

func TestATornadoOfWhatCannotBeDrawnIsDrawnWithoutIt(t *testing.T) {
	nan := math.NaN()
	of := func(center float64, results ...float64) *Tornado {
		out := &Tornado{Unit: "kWh", Center: Level{"Center", center}}
		for i := 0; i+1 < len(results); i += 2 {
			out.Drivers = append(out.Drivers, Driver{string(rune('A' + i/2)), Setting{"low", results[i]}, Setting{"high", results[i+1]}})
		}
		return out
	}
	for _, tc := range []struct {
		name    string
		tornado *Tornado
		want    []string // what Check says; nil: nothing
	}{
		{"nothing at all", &Tornado{}, []string{"there is no driver"}},
		{"a center that is no number", of(nan, 1, 2), []string{"the central result is NaN"}},
		{"results that are no numbers", of(1, nan, 2, 1, math.Inf(1), 1, 1e301, 0.5, 2), []string{`"A": the results are NaN and 2`, `"B": the results are 1 and +Inf`, `"C": the results are 1 and 1e+301`}},
		{"no effect", of(945e9, 945e9, 945e9), nil},
		{"all 0", of(0, 0, 0), nil},
		{"below 0", of(-5e9, -8e9, -4.9e9), nil},
		{"far from 0 and close together", of(1e9, 0.99999e9, 1.00002e9), nil},
		{"far below 0 and close together", of(-1e9, -1.01e9, -0.98e9), nil},
		{"above and below 0", of(1, -5, 7), nil},
		{"far apart", of(1, 1e-30, 1e30), nil},
		{"the largest results", of(0, -1e300, 1e300), nil},
		{"the smallest results", of(5e-324, 0, 1e-320), nil},
		{"names that are missing or twice there", &Tornado{Most: -1, Drivers: []Driver{{Label: ""}, {Label: "A", Low: Setting{"1", 0}, High: Setting{"2", 0}}, {Label: "A", Low: Setting{"1", 0}}}},
			[]string{"-1 drivers at most", "driver 1 has no label", `two drivers are called "A"`, `"A" lacks the text of a setting`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, svg := range drawings(tc.tornado) {
				staysInside(t, svg)
			}
			htmlOf(t, figurePage(tc.tornado))
			saysAll(t, tc.tornado.Check(), tc.want)
		})
	}
}

// Names come from strangers' files: wherever they stand in an outlook they stay text.
func TestNothingThatAnOutlookSaysBecomesMarkup(t *testing.T) {
	drawing := regexp.MustCompile(`(?s)<svg .*?</svg>`)
	saysNothingAsMarkup(t, func(text string) string { // drawings have as many lines of text as names need
		name := func(string) string { return text }
		return drawing.ReplaceAllString(htmlOf(t, figurePage(exampleFan(name), exampleTornado(name))), "")
	})
	elements := regexp.MustCompile(`^</?(svg|title|desc|defs|pattern|path|g|text)$`)
	for _, evil := range payloads {
		name := func(string) string { return evil }
		for _, f := range []Figure{exampleFan(name), exampleTornado(name)} {
			for _, svg := range drawings(f) {
				staysInside(t, svg)
				if strings.ContainsAny(svg, "\x1b\x00\u202e\u200b") || strings.Contains(svg, "<script") {
					t.Errorf("%q becomes markup or a control character", evil)
				}
				for _, tag := range regexp.MustCompile(`<[^\s/>]+|</[^\s>]+`).FindAllString(svg, -1) {
					if !elements.MatchString(tag) {
						t.Errorf("%q makes a %s", evil, tag)
					}
				}
				for dec := xml.NewDecoder(strings.NewReader(svg)); ; {
					if _, err := dec.Token(); err == io.EOF {
						break
					} else if err != nil {
						t.Fatalf("%q: the drawing is not well-formed: %v", evil, err)
					}
				}
			}
		}
	}
}

func TestLongNamesAreShortenedAndNumbersAreNot(t *testing.T) {
	long := func(name string) string { return name + strings.Repeat(" and_what_has_no_end", 9) }
	for _, f := range []Figure{exampleFan(long), exampleTornado(long)} {
		for _, svg := range drawings(f) {
			staysInside(t, svg)
			for _, text := range texts(svg) {
				if len([]rune(text)) > 120 {
					t.Errorf("a text of %d characters: %s", len([]rune(text)), text)
				}
			}
			all := strings.ReplaceAll(strings.Join(texts(svg), "|"), "\u00a0", " ")
			for _, want := range map[bool][]string{true: {"…: 945 TWh, 2030", "2030: 940 TWh|", "90 %: 660 to 1,310|"}, false: {"…: 945 TWh|", "H 1,420"}}[strings.Contains(all, "Bands")] {
				if !strings.Contains(all, want) {
					t.Errorf("the drawing does not say %q in\n%s", want, all)
				}
			}
		}
	}
}

func TestAnOutlookIsTheSameEachTimeAndAsksForNothing(t *testing.T) {
	page := func() string { return htmlOf(t, figurePage(exampleFan(asIs), exampleTornado(asIs))) }
	first := page()
	for range 3 {
		if page() != first {
			t.Fatal("the same outlook gives other bytes")
		}
	}
	asksForNothing(t, strings.ReplaceAll(first, "url(#", "("))
	if strings.Count(first, "<svg") != 4 || strings.Count(first, "<title id=") != 4 || strings.Count(first, "<desc id=") != 4 {
		t.Error("a drawing has no title or no description")
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(first, -1) {
		if ids[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
}

func TestAnOutlookInABrowser(t *testing.T) {
	long := func(name string) string { return name + strings.Repeat(" and_what_has_no_end", 9) }
	var page bytes.Buffer
	if err := figurePage(exampleFan(asIs), exampleTornado(asIs), exampleFan(long), exampleTornado(long)).WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	openEverywhere(t, &page, 1)
}
