package reports

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func some(v float64) *float64 { return &v }

// asIs leaves names as they are.
func asIs(name string) string { return name }

// ranged is a year with intervals of a width, in shares of the value.
func ranged(year int, v, wide float64) Projected {
	return Projected{Year: year, Value: v, P05: some(v * (1 - wide)), P25: some(v * (1 - wide*0.4)), P75: some(v * (1 + wide*0.5)), P95: some(v * (1 + wide*1.3))}
}

// exampleFan is an outlook with a scenario of each sort: with bands, to a later year, without intervals and with a gap, of one year. All its figures but the published
// ones are invented.
func exampleFan(name func(string) string) *Fan {
	course := func(title string, growth float64, last int) Scenario {
		s := Scenario{Title: name(title)}
		v := 415e9
		for year := 2024; year <= last; year++ {
			s.Years = append(s.Years, ranged(year, v, 0.05*float64(year-2024)))
			v *= growth
		}
		return s
	}
	f := &Fan{Unit: "kWh", Line: name("Median"), Base: &Baseline{2024, 415e9}, Year: 2030, Scenarios: []Scenario{
		course("Base", 1.147, 2030), course("Lift-Off", 1.2, 2030), course("Headwinds", 1.083, 2030),
		course("High efficiency of models, of hardware and of everything that stands in a data centre", 1.115, 2035), {Title: name("Without an interval")}, {Title: name("One year")},
	}}
	f.Scenarios[0].Published = []Published{{Label: name("IEA"), Year: 2030, Value: 945e9}, {Label: name("IEA, Key Questions on Energy and AI, an update"), Year: 2030, Value: 950e9}, {Label: name("IEA"), Year: 2025, Value: 485e9}}
	f.Scenarios[1].Published = []Published{{Label: name("IEA"), Year: 2030, Value: 1260e9, Text: name(">1,260 TWh")}}
	for year := 2024; year <= 2030; year++ {
		f.Scenarios[4].Years = append(f.Scenarios[4].Years, Projected{Year: year, Value: 415e9 * (1 + 0.09*float64(year-2024))})
	}
	f.Scenarios[4].Years[3].Value = math.NaN()
	f.Scenarios[5].Years = []Projected{ranged(2030, 700e9, 0.2)}
	return f
}

// plainFan is one scenario of some years, without intervals.
func plainFan(values map[int]float64) *Fan {
	s := Scenario{Title: "Only"}
	for year, v := range values {
		s.Years = append(s.Years, Projected{Year: year, Value: v})
	}
	return &Fan{Unit: "kWh", Scenarios: []Scenario{s}}
}

// figurePage is a document with figures, each with its table.
func figurePage(figures ...Figure) *Document {
	part := &Part{Key: "figures", Heading: Words("Figures")}
	for i, f := range figures {
		key := "figure/" + strconv.Itoa(i)
		d := &Drawn{Key: key, Title: "A finding", Question: "A question?", Source: "invented", Figure: f}
		switch f := f.(type) {
		case *Fan:
			d.Note, d.Sheet = f.Note(), f.Sheet(key+"/table", "Outlook")
		case *Tornado:
			d.Note, d.Sheet = f.Note(), f.Sheet(key+"/table", "Drivers")
		}
		part.Blocks = append(part.Blocks, Block{Drawn: d})
	}
	return &Document{Kicker: "Outlook", Title: "Outlook", Parts: []*Part{part}}
}

// drawings are a figure's for wide and for narrow pages.
func drawings(f Figure) []string {
	return []string{string(f.svg("id", wide, "A finding", f.told())), string(f.svg("id", narrow, "A finding", f.told()))}
}

// staysInside checks that a drawing has numbers only, and that its marks and the beginnings of its texts lie within it.
func staysInside(t *testing.T, svg string) {
	t.Helper()
	box := regexp.MustCompile(`viewBox="0 0 (\S+) (\S+)"`).FindStringSubmatch(svg)
	if box == nil {
		t.Fatalf("no viewBox: %.200s", svg)
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%q is no coordinate", s)
		}
		return v
	}
	width, height := number(box[1]), number(box[2])
	body := svg[strings.Index(svg, "</desc>"):]
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(body, bad) {
			t.Errorf("the drawing holds %s", bad)
		}
	}
	for _, m := range regexp.MustCompile(`(?:<text[^>]* x="|[ML])(-?[\d.]+)(?:" y="|,)(-?[\d.]+)`).FindAllStringSubmatch(regexp.MustCompile(`(?s)<defs>.*?</defs>`).ReplaceAllString(body, ""), -1) {
		if x, y := number(m[1]), number(m[2]); x < -0.1 || x > width+0.1 || y < -0.1 || y > height+0.1 {
			t.Errorf("%s lies outside of %s × %s", m[0], box[1], box[2])
		}
	}
}

// texts are what a drawing has written.
func texts(svg string) (out []string) {
	for _, m := range regexp.MustCompile(`<text[^>]*>([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestAFanWritesTheLabelledYearWithItsRatioAndWhatOthersPublished(t *testing.T) {
	for _, svg := range drawings(exampleFan(asIs)) {
		staysInside(t, svg)
		all := "|" + strings.Join(texts(svg), "|") + "|"
		for _, want := range []string{
			"|2030: 940 TWh|", "|90 %: 660 to 1,310|", "|940|", "|×2.3|", // 945, of which the interval carries two digits
			"|2030: 640 TWh|", "|640|", "|×1.5|", // without an interval
			"|2024: 415 TWh|", "|All panels have one scale, in TWh|", "|Bands: parameters within one scenario only|", "|IEA: 945 TWh, 2030|", "|IEA: &gt;1,260 TWh, 2030|",
		} {
			if !strings.Contains(strings.ReplaceAll(all, "\u00a0", " "), want) {
				t.Errorf("the drawing does not say %s in\n%s", want, all)
			}
		}
	}
	if note := exampleFan(asIs).Note(); !strings.Contains(note, "50 % or 90 %") || !strings.Contains(note, "scenarios and parameters are never in one band") {
		t.Errorf("the caption is %q", note)
	}
	value, ratio := exampleFan(asIs).Outcome(0)
	if strings.ReplaceAll(value, "\u00a0", " ") != "940 TWh (90 %: 660 to 1,310)" || ratio != "×2.3" {
		t.Errorf("the outcome is %s, %s", value, ratio)
	}
}

func TestRatiosHaveADecimalOrWhatTheIntervalCarries(t *testing.T) {
	for _, tc := range []struct {
		value, base float64
		b           *between
		want        string
	}{
		{945, 415, nil, "×2.3"}, {10127, 415, nil, "×24.4"}, {141514, 415, nil, "×341"}, {1e9, 2e5, nil, "×5,000"}, {420, 415, nil, "×1.01"}, {380, 415, nil, "×0.92"}, {2, 415, nil, "×0.0048"}, {0, 415, nil, "×0"},
		{945, 415, &between{100, 4000}, "×2.3"}, {10127, 415, &between{5000, 20000}, "×24"}, {945, 415, &between{944, 946}, "×2.3"}, {1, 1e-300, nil, "×1.000 × 10³⁰⁰"},
	} {
		if got := english().times(tc.value, tc.base, tc.b); got != tc.want {
			t.Errorf("%v of %v is %s, want %s", tc.value, tc.base, got, tc.want)
		}
	}
}

// subpaths counts the areas of one look.
func subpaths(svg, look string) int {
	n := 0
	for _, m := range regexp.MustCompile(`<path `+regexp.QuoteMeta(look)+` d="([^"]*)"`).FindAllStringSubmatch(svg, -1) {
		n += strings.Count(m[1], "M")
	}
	return n
}

func TestEachScenarioHasBandsOfItsOwn(t *testing.T) {
	svg := drawings(exampleFan(asIs))[0]
	if most, half := subpaths(svg, mostLook), subpaths(svg, halfLook); most != 6 || half != 6 { // of five scenarios, and in the legend
		t.Errorf("%d and %d bands", most, half)
	}
	if n := subpaths(svg, courseLook); n != 8 { // six lines, one in two pieces, and in the legend
		t.Errorf("%d pieces of lines", n)
	}
	f := plainFan(map[int]float64{2024: 1e9, 2030: 2e9})
	svg = drawings(f)[0]
	if subpaths(svg, mostLook)+subpaths(svg, halfLook) > 0 || strings.Contains(svg, "Bands") || !strings.Contains(f.Note(), "No value has an interval.") {
		t.Error("values without intervals have a band")
	}
	// a year in the midst without its interval breaks the band
	s := Scenario{Title: "Broken"}
	for year := 2024; year <= 2028; year++ {
		s.Years = append(s.Years, ranged(year, 5e9, 0.2))
	}
	s.Years[2].P05, s.Years[2].P95 = nil, nil
	svg = drawings(&Fan{Unit: "kWh", Scenarios: []Scenario{s}})[0]
	if most, half := subpaths(svg, mostLook), subpaths(svg, halfLook); most != 3 || half != 2 {
		t.Errorf("%d and %d bands where a year lacks one", most, half)
	}
}

func TestAllPanelsHaveOneScaleThatHoldsNothing(t *testing.T) {
	f := &Fan{Unit: "kg", Scenarios: []Scenario{{Title: "Large", Years: []Projected{{Year: 2030, Value: 4.6e6}}}, {Title: "Small", Years: []Projected{{Year: 2030, Value: 3}}}}}
	for _, svg := range drawings(f) {
		all := strings.Join(texts(svg), "|")
		for _, tick := range []string{"|0|", "|5|"} {
			if strings.Count("|"+all+"|", tick) != 2 {
				t.Errorf("%s does not stand at both panels: %s", tick, all)
			}
		}
	}
	f.Scenarios[1].Years[0].Value = -2e6 // both axes go below 0 then
	for _, svg := range drawings(f) {
		if staysInside(t, svg); strings.Count(strings.Join(texts(svg), "|"), "|−2|") != 2 {
			t.Errorf("the axes do not hold −2: %v", texts(svg))
		}
	}
}

func TestMoreThanTwelveScenariosAreCounted(t *testing.T) {
	f := &Fan{Unit: "kWh"}
	for i := range 15 {
		f.Scenarios = append(f.Scenarios, Scenario{Title: fmt.Sprintf("Scenario %02d", i), Years: []Projected{{Year: 2030, Value: float64(i+1) * 1e9}}})
	}
	f.Scenarios = append(f.Scenarios, Scenario{Title: "Empty"})
	for _, svg := range drawings(f) {
		staysInside(t, svg)
		if body := strings.Join(texts(svg), "|"); strings.Count(body, "Scenario ") != 12 || !strings.Contains(body, "In the table alone: 3 more") {
			t.Errorf("the panels are %s", body)
		}
	}
	if note := f.Note(); !strings.Contains(note, "in the table alone: 3.") || !strings.Contains(note, "without a value: 1.") {
		t.Errorf("the caption is %q", note)
	}
	if got := len(f.Sheet("key", "caption").Rows); got != 15 {
		t.Errorf("the table has %d rows", got)
	}
}

func TestTheTableOfAFanHasAllOfIt(t *testing.T) {
	page := markdownOf(t, figurePage(exampleFan(asIs)))
	for _, want := range []string{
		"| Scenario | Year | Median, TWh | 50 % | 90 % | Ratio to 2024 |", "| Base year | 2024 | 415 |", "| Base | 2030 | 940 | 830 to 1,090 | 660 to 1,310 | ×2.3 |",
		"| Without an interval | 2027 | not supplied |", "| Base, published: IEA | 2030 | 945 TWh |",
	} {
		if !strings.Contains(strings.ReplaceAll(page, "\u00a0", " "), want) {
			t.Errorf("the table lacks %s in\n%s", want, page)
		}
	}
}

func TestAFanOfTheSameYearsInAnotherOrderIsTheSame(t *testing.T) {
	f, g := exampleFan(asIs), exampleFan(asIs)
	for i := range g.Scenarios {
		years := g.Scenarios[i].Years
		for a, b := 0, len(years)-1; a < b; a, b = a+1, b-1 {
			years[a], years[b] = years[b], years[a]
		}
	}
	if htmlOf(t, figurePage(f)) != htmlOf(t, figurePage(g)) {
		t.Error("the order of years changes the figure")
	}
}

func TestAFanOfWhatCannotBeDrawnIsDrawnWithoutIt(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tc := range []struct {
		name string
		fan  *Fan
		want []string // what Check says; nil: nothing
	}{
		{"nothing at all", &Fan{}, []string{"there is no scenario"}},
		{"a scenario without a year", &Fan{Scenarios: []Scenario{{Title: "A"}}}, []string{`"A" has no year`}},
		{"one year", plainFan(map[int]float64{2030: 5e9}), nil},
		{"one year of nothing", plainFan(map[int]float64{2030: 0}), nil},
		{"values below 0", plainFan(map[int]float64{2024: -5e9, 2030: -7e9}), nil},
		{"values of many orders", plainFan(map[int]float64{2024: 1e-30, 2027: 1, 2030: 1e30}), nil},
		{"two centuries", plainFan(map[int]float64{1850: 1, 2050: 2}), nil},
		{"the first and the last year that there is", plainFan(map[int]float64{1000: 1, 9999: 2}), nil},
		{"no numbers", plainFan(map[int]float64{2024: nan, 2025: inf, 2026: -inf, 2027: 1e301, 2028: 3}), []string{`"Only", 2024: the value is NaN`, "2025: the value is +Inf", "2026: the value is -Inf", "2027: the value is 1e+301"}},
		{"nothing but NaN", plainFan(map[int]float64{2024: nan}), []string{"the value is NaN"}},
		{"the largest values", plainFan(map[int]float64{2024: -1e300, 2030: 1e300}), nil},
		{"the smallest values", plainFan(map[int]float64{2024: 5e-324, 2030: 1e-320}), nil},
		{"years that are none", plainFan(map[int]float64{0: 1, -5: 2, 2030: 3, math.MaxInt: 4}), []string{"0: the year has not four digits", "-5: the year has not", "9223372036854775807: the year has not"}},
		{"a labelled year that no scenario has", &Fan{Year: 2040, Scenarios: plainFan(map[int]float64{2030: 1}).Scenarios}, nil},
		{"a labelled year that is none", &Fan{Year: -1, Scenarios: plainFan(map[int]float64{2030: 1}).Scenarios}, []string{"the labelled year -1"}},
		{"a base that is no number", &Fan{Base: &Baseline{2024, nan}, Scenarios: plainFan(map[int]float64{2030: 1}).Scenarios}, []string{"the base is NaN in the year 2024"}},
		{"a base of 0", &Fan{Base: &Baseline{2024, 0}, Scenarios: plainFan(map[int]float64{2030: 1}).Scenarios}, nil},
		{"a base of no year", &Fan{Base: &Baseline{0, 5}, Scenarios: plainFan(map[int]float64{2030: 1}).Scenarios}, []string{"the base is 5 in the year 0"}},
		{"broken intervals", &Fan{Scenarios: []Scenario{{Title: "A", Years: []Projected{{Year: 2024, Value: 1, P05: some(0)}, {Year: 2025, Value: 1, P25: some(2), P75: some(0)},
			{Year: 2026, Value: 1, P05: some(nan), P95: some(2)}, {Year: 2027, Value: 9, P05: some(1), P95: some(2)}, {Year: 2028, Value: 1, P05: some(0.9), P95: some(2), P25: some(0.5), P75: some(1.5)}}}}},
			[]string{"2024: an interval has one end", "2025: an interval's ends are no numbers in order", "2026: an interval's ends", "2027: the value 9 is outside its 90 % interval, 1 to 2", "2028: the 50 % interval is not within"}},
		{"names that are missing or twice there", &Fan{Scenarios: []Scenario{{Title: " ", Years: []Projected{{Year: 2024}, {Year: 2024}}}, {Title: "A", Years: []Projected{{Year: 2024}}}, {Title: "A", Years: []Projected{{Year: 2024}}}}},
			[]string{"scenario 1 has no title", "the year 2024 twice", `two scenarios are called "A"`}},
		{"published values that are none", &Fan{Scenarios: []Scenario{{Title: "A", Years: []Projected{{Year: 2024, Value: 1}}, Published: []Published{{"IEA", 2030, nan, ""}, {"", 2030, 1, ""}, {"IEA", 0, 1, ""}}}}},
			[]string{`NaN of the year 2030, published by "IEA"`, `1 of the year 2030, published by ""`, "1 of the year 0"}},
		{"more published values than are drawn", &Fan{Scenarios: []Scenario{{Title: "A", Years: []Projected{{Year: 2024, Value: 1}}, Published: []Published{{"a", 2030, 1, ""}, {"b", 2030, 1, ""}, {"c", 2030, 1, ""}, {"d", 2030, 1, ""}, {"e", 2030, 1, ""}, {"f", 2030, 1, ""}, {"g", 2030, 1, ""}}}}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, svg := range drawings(tc.fan) {
				staysInside(t, svg)
			}
			htmlOf(t, figurePage(tc.fan))
			saysAll(t, tc.fan.Check(), tc.want)
		})
	}
}

// saysAll checks that an error has all problems, and that there is none where none is wanted.
func saysAll(t *testing.T, err error, want []string) {
	t.Helper()
	if (err != nil) != (len(want) > 0) {
		t.Fatalf("the error is %v, want %q", err, want)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error does not say %q:\n%v", w, err)
		}
	}
}
