package reports

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// sectionOf is a section's text as read, without tags.
func sectionOf(t *testing.T, e *Edition, id string) string {
	t.Helper()
	part := regexp.MustCompile(`(?s)<section id="` + id + `".*?</section>`).FindString(written(t, e))
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(part, ""))
}

func TestTheYearsInventoryStandsBesideItsFigures(t *testing.T) {
	e := example()
	const want = "Documented for 2025: 3 training runs (18 in all years); 3 deployments (3 in all years)."
	if got := sectionOf(t, e, "key-figures"); !strings.Contains(got, want) {
		t.Errorf("the key figures do not say %q in\n%.900s", want, got)
	}
}

func TestKindWithoutARowInTheYearIsNamedBeforeTheShareOfAStage(t *testing.T) {
	e := example()
	if got := sectionOf(t, e, "stages"); !strings.Contains(got, "makes up") {
		t.Fatal("no stage share is headlined where every kind has rows")
	}
	for i := range e.Impacts {
		if e.Impacts[i].Kind == "deployments" {
			e.Impacts[i].Year = 2021 + i%2
		}
	}
	if got := sectionOf(t, e, "key-figures"); !strings.Contains(got, "no deployment (3 in all years: 2021 and 2022)") {
		t.Errorf("the missing kind is not named in\n%.900s", got)
	}
	got := sectionOf(t, e, "stages")
	if !strings.Contains(got, "No deployment is documented for 2025; of what is, training makes up 63% of the climate change") || strings.Contains(got, "Service perspective · Which stage of the life cycle matters, for which category?\nTraining makes up") {
		t.Errorf("the stages are headlined as\n%.400s", got)
	}
	e.Impacts = slices.DeleteFunc(e.Impacts, func(i lca.Impact) bool { return i.Kind == "deployments" })
	if got := sectionOf(t, e, "key-figures"); !strings.Contains(got, "no deployment (none enters a total in any year)") {
		t.Errorf("a kind without any total is not named in\n%.900s", got)
	}
}

func TestYearsAreToldInRanges(t *testing.T) {
	for want, years := range map[string][]int{"": nil, "2025": {2025}, "2022 and 2025": {2022, 2025}, "2018 to 2020": {2018, 2019, 2020}, "2018, 2019 and 2022 to 2025": {2018, 2019, 2022, 2023, 2024, 2025}} {
		if got := english().ranges(years); got != want {
			t.Errorf("%v is told as %q, want %q", years, got, want)
		}
	}
}

func TestCategoryWithoutAnyFacilityEnergyIsNotAssessed(t *testing.T) {
	e := example()
	for i := range e.Ledger {
		if l := &e.Ledger[i]; l.Type == "coverage" {
			*l.Share, l.Subject = 0, "electricity"
		}
	}
	key := sectionOf(t, e, "key-figures")
	if !strings.Contains(key, "Abiotic depletion, minerals and metals\nnot assessed\nElectricity has no factor: no factor.") {
		t.Errorf("it is headlined in\n%s", key)
	}
	if made := sectionOf(t, e, "made"); !strings.Contains(made, "Not assessed: Electricity has no factor. See accepted gaps.\nUnder each accounting: not assessed\n") {
		t.Errorf("it is said to be made in\n%s", made)
	}
	page := written(t, e)
	service, _, _ := strings.Cut(page, `id="key-fleet"`)
	sel := Selection{Study: e.Study, Year: e.Year, Perspective: "service", Accounting: "location", Method: e.Method, Pack: e.Pack, Category: "abiotic_depletion"}
	sum, err := Total(e.Impacts, sel)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html.UnescapeString(service), raw(sum)) {
		t.Error("the partial sum stands among the key figures")
	}
	flagged := `<data value="` + raw(sum) + `">`
	stages := regexp.MustCompile(`(?s)<section id="stages".*?</section>`).FindString(page)
	if at := strings.LastIndex(stages, flagged); at < 0 || !strings.Contains(stages[at:at+200], "not assessed") {
		t.Error("the table by stage does not hold the partial sum with a flag")
	}
	for _, d := range regexp.MustCompile(`(?s)<svg [^>]*aria-labelledby="(?:stages|quality)-service.*?</svg>`).FindAllString(page, -1) {
		if strings.Contains(d, "Abiotic") {
			t.Errorf("it is drawn: %.200s", d)
		}
	}
}

func TestIncompleteSaysWhatIsCoveredElseWhatIsRefused(t *testing.T) {
	e := example()
	if got := sectionOf(t, e, "key-figures"); !strings.Contains(got, "incomplete covers 23% of facility energy") {
		t.Errorf("no share of what is covered in\n%s", got)
	}
	for i := range e.Ledger {
		if l := &e.Ledger[i]; l.Type == "coverage" {
			*l.Share = 1
		}
	}
	e.Ledger = append(e.Ledger, lca.Entry{Type: "gap", Year: e.Year, Kind: "training_runs", Subject: "end_of_life", Category: "abiotic_depletion", Rows: 2},
		lca.Entry{Type: "gap", Year: e.Year - 1, Kind: "training_runs", Subject: "transport", Category: "abiotic_depletion", Rows: 1})
	// the gap of electricity counts 18 rows and the year has 3: a row stands in it more than once, so that parts are counted, of all gaps
	if got := sectionOf(t, e, "key-figures"); !strings.Contains(got, "incomplete refused: electricity (18 parts) and end of life (2 parts)\n") {
		t.Errorf("what is refused is not said in\n%s", got)
	}
}

func TestModelOfACategoryStandsUnderItsFigure(t *testing.T) {
	e := example()
	c, _ := lca.Words().Category("climate_change")
	if got := sectionOf(t, e, "key-figures"); !strings.Contains(got, c.Indicator+". Model: "+c.Model) {
		t.Error("a key figure without its model")
	}
	for _, id := range []string{"years", "stages", "activities"} {
		if !strings.Contains(sectionOf(t, e, id), "climate change, "+c.Model) {
			t.Errorf("the figures of %s do not name the model", id)
		}
	}
}

func TestEntriesWithinOtherEntriesAreListedAndNotDrawn(t *testing.T) {
	for _, within := range []string{"part of another row", "alternative to another row"} {
		e := example()
		for i := range e.Intensities {
			if row := &e.Intensities[i]; row.Kind == "deployments" {
				row.ComparisonClass += ", volume, " + within
			}
		}
		page := written(t, e)
		if strings.Contains(page, `<figure id="entries-deployments`) || !strings.Contains(page, `<table id="class-deployments`) {
			t.Errorf("entries that are %s are drawn, or not listed", within)
		}
		if !strings.Contains(page, `<figure id="entries-training-runs`) {
			t.Errorf("with entries that are %s no other class is drawn", within)
		}
	}
}

func TestSpreadTakesTheEndsAndEvenlyBetween(t *testing.T) {
	all := make([]*entry, 57)
	for i := range all {
		all[i] = &entry{Years: string(rune('A' + i))}
	}
	got := spread(all)
	if len(got) != dotted || got[0] != all[0] || got[dotted-1] != all[56] || got[7] != all[28] {
		t.Errorf("of 57 entries %d are taken, the middle one %v", len(got), got[7])
	}
	if got := spread(all[:4]); len(got) != 4 {
		t.Errorf("of 4 entries %d are taken", len(got))
	}
	got2 := sectionOf(t, example(), "activities")
	if strings.Contains(got2, "largest of") || !strings.Contains(got2, "Spread of climate change over 15 entries") {
		t.Error("a figure of entries reads as a ranking")
	}
}

func TestFallbacksAreToldInPlainWords(t *testing.T) {
	for detail, want := range map[string]string{
		"year 2024 -> 2023":                       "value of 2023 used for 2024",
		"region FRA -> WOR":                       "world value used for FRA",
		"region TWN -> CHN":                       "value of CHN used for TWN",
		"year 2024 -> 2022, region FRA -> WOR":    "value of 2022 used for 2024, world value used for FRA",
		"technology nvidia-h200 -> accelerator":   "value of accelerator used for nvidia-h200",
		"technology nvidia-h200 -> ":              "value of no stated technology used for nvidia-h200",
		"year 2024 -> 0":                          "value of no stated year used for 2024",
		"season winter -> summer":                 "season winter -> summer",
		"year 2024 -> 2023, and a human judgment": "year 2024 -> 2023, and a human judgment",
		"": "",
	} {
		if got := english().steps(detail); got != want {
			t.Errorf("%q is told as %q, want %q", detail, got, want)
		}
	}
	e := example()
	if got := sectionOf(t, e, "data-quality"); !strings.Contains(got, "value of 2024 used for 2025, world value used for FRA") {
		t.Error("the table of fallbacks does not tell in plain words")
	}
}

func TestRowsWithoutAValueReadWell(t *testing.T) {
	got := sectionOf(t, example(), "data-quality")
	if !strings.Contains(got, "No value, or none needed") || strings.Contains(got, "Absent") {
		t.Error("rows of the class absent do not read well")
	}
}

func TestRegisterJoinsAddressesOfOneSource(t *testing.T) {
	e := &Edition{Sources: []Source{
		{"wue", "B", "https://b.example/2", "CC0-1.0", 2}, {"pue", "Z", "", "CC0-1.0", 1},
		{"wue", "B", "https://b.example/1", "CC0-1.0", 3}, {"wue", "B", "https://b.example/1", "CC-BY-4.0", 5}, {"wue", "A", "https://a.example", "CC0-1.0", 4},
	}}
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range p.SourceTable().Rows {
		got = append(got, strings.Join([]string{row[1].Text, row[0].Text, row[0].URL, row[2].Text, row[3].Text, row[4].Text}, " "))
	}
	want := []string{"pue Z  CC0-1.0 1 ", "wue A https://a.example CC0-1.0 4 1", "wue B https://b.example/1 CC-BY-4.0 5 1", "wue B https://b.example/1 CC0-1.0 5 2"}
	if !slices.Equal(got, want) {
		t.Errorf("the register is\n%q, want\n%q", got, want)
	}
	if file := p.SourceTable().text(); strings.Count(file, "\n") != 6 || !strings.Contains(file, "https://b.example/2") {
		t.Errorf("the file does not list each: %s", file)
	}
	if e.Sources[0].Table != "wue" || e.Sources[1].Table != "pue" {
		t.Error("the edition was reordered")
	}
}
