package reports

import (
	"regexp"
	"strings"
	"testing"
)

func ageFigure(t *testing.T, year int, ages ...FactorAge) *figure {
	t.Helper()
	p, err := newPage(&Edition{Study: "s", Year: year, Method: "m@1", Pack: "p@1", Factors: ages})
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.AgeFigure()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// cellsOf are the numbers of a drawing's cells.
func cellsOf(svg string) (out []string) {
	for _, m := range regexp.MustCompile(`>(\d[\d,]*)</text>`).FindAllStringSubmatch(svg, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestAgesCountRowsThatDescribeAnEarlierYear(t *testing.T) {
	f := ageFigure(t, 2024, FactorAge{"electricity", 2022, 3}, FactorAge{"electricity", 2024, 5}, FactorAge{"embodied", 0, 2}, FactorAge{"pue", 2025, 1})
	if want := "3 of 11 factor rows behind the totals of 2024 describe an earlier year, the oldest 2022; 2 are of no year"; f.Title != want {
		t.Errorf("%q, want %q", f.Title, want)
	}
	if want := "factor,year,years before the study's,rows\nelectricity,2022,2,3\nelectricity,2024,0,5\nembodied,No year,,2\npue,2025,0,1\n"; f.Table.text() != want {
		t.Errorf("%q, want %q", f.Table.text(), want)
	}
	for _, svg := range []string{string(f.Wide), string(f.Narrow)} {
		if got := strings.Join(cellsOf(svg), " "); !strings.Contains(got, "2022 2023 2024 2025") {
			t.Errorf("the years are %s: each between the first and the last has a column", got)
		}
	}
}

// What is older than seven columns stands in the first, and the table has both the sum and its parts.
func TestOldFactorsStandTogether(t *testing.T) {
	f := ageFigure(t, 2024, FactorAge{"generation", 1998, 2}, FactorAge{"generation", 2011, 4}, FactorAge{"generation", 2024, 1})
	if !strings.Contains(f.Title, "6 of 7 ") || !strings.Contains(f.Title, "the oldest 1998") {
		t.Errorf("%q", f.Title)
	}
	if !strings.Contains(string(f.Wide), ">≤ 2018</text>") || !strings.Contains(string(f.Wide), ">6</text>") {
		t.Errorf("the first column is not what is older: %s", f.Wide)
	}
	if got := f.Table.Rows[0]; got[1].Text != "≤ 2018" || got[3].Text != "6" || len(f.Table.Rows) != 4 {
		t.Errorf("%+v", f.Table.Rows)
	}
}

func TestNoAgesOfWhatIsNotSaid(t *testing.T) {
	if f := ageFigure(t, 2024); f != nil {
		t.Error(f.Title)
	}
	if f := ageFigure(t, 2024, FactorAge{"electricity", -5, 3}, FactorAge{"electricity", 2024, 0}); f != nil {
		t.Error(f.Title)
	}
	if f := ageFigure(t, 2024, FactorAge{"electricity", 2024, 3}); f == nil || !strings.HasPrefix(f.Title, "None of 3 factor rows") {
		t.Error(f)
	}
}
