package amounts

import (
	"math"
	"testing"
	"time"
)

func day(y, m, d int) float64 {
	return float64(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func TestYearOfAgreesWithTheCalendarOnEveryDay(t *testing.T) {
	for d := 0.0; d < 84006; d++ { // to the end of 2199
		want := time.Unix(int64(d)*86400, 0).UTC().Year()
		if got := YearOf(d + 0.5); got != want {
			t.Fatalf("day %v is in %d, got %d", d, want, got)
		}
	}
}

func TestAPeriodIsSpreadByDays(t *testing.T) {
	// 2022-12-22 to 2023-01-20 is 30 days, 10 of them in 2022.
	p, ok := PeriodOf(day(2022, 12, 22), true, day(2023, 1, 20), true, 0, false)
	if !ok || p.First() != 2022 || p.Last() != 2023 {
		t.Fatalf("period %v from %d to %d", p, p.First(), p.Last())
	}
	if got := p.Share(2022); math.Abs(got-10.0/30) > 1e-15 {
		t.Errorf("share of 2022 is %v, want 1/3", got)
	}
	if got := p.Share(2023); math.Abs(got-20.0/30) > 1e-15 {
		t.Errorf("share of 2023 is %v, want 2/3", got)
	}
}

func TestAPeriodWithoutDatesIsItsYear(t *testing.T) {
	p, ok := PeriodOf(0, false, 0, false, 2024, true)
	if !ok || p.First() != 2024 || p.Last() != 2024 || p.Share(2024) != 1 {
		t.Errorf("period %v", p)
	}
	if _, ok := PeriodOf(0, false, 0, false, 0, false); ok {
		t.Error("a row without dates and year has a period")
	}
	if _, ok := PeriodOf(day(2024, 2, 1), true, day(2024, 1, 1), true, 0, false); ok {
		t.Error("a row that ends before it starts has a period")
	}
}
