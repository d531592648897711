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

func TestPeriodsOutsideTheCalendarAreNone(t *testing.T) {
	for _, year := range []float64{0, 1066, 1969, 2201, 1e300, -1e300, 2024.5, math.NaN(), math.Inf(1)} {
		if p, ok := PeriodOf(0, false, 0, false, year, true); ok {
			t.Errorf("year %v is %v", year, p)
		}
	}
	for _, days := range [][2]float64{{-1, 5}, {5, day(2201, 1, 1)}, {math.NaN(), 5}, {5, math.NaN()}, {math.Inf(-1), math.Inf(1)}} {
		if p, ok := PeriodOf(days[0], true, days[1], true, 0, false); ok {
			t.Errorf("days %v are %v", days, p)
		}
	}
	for _, year := range []float64{1970, 2200} {
		if p, ok := PeriodOf(0, false, 0, false, year, true); !ok || p.First() != int(year) || p.Last() != int(year) {
			t.Errorf("year %v is %v", year, p)
		}
	}
}

func TestALoneDayIsADay(t *testing.T) {
	for _, c := range []struct {
		from, to       float64
		hasFrom, hasTo bool
	}{{day(2024, 12, 31) + 0.9, 0, true, false}, {0, day(2024, 12, 31), false, true}, {day(2024, 12, 31) + 0.1, day(2024, 12, 31) + 0.9, true, true}} {
		p, ok := PeriodOf(c.from, c.hasFrom, c.to, c.hasTo, 1999, true)
		if !ok || p.First() != 2024 || p.Last() != 2024 || p.Share(2024) != 1 {
			t.Errorf("%+v is %v, %t", c, p, ok)
		}
	}
}

// The shares of any period add up to one, each the days in the year over all days.
func TestSharesAddUpToOne(t *testing.T) {
	for from := day(2019, 1, 1); from < day(2025, 1, 1); from += 17 {
		for length := 0.0; length < 1500; length += 113 {
			p, ok := PeriodOf(from, true, from+length, true, 0, false)
			if !ok {
				t.Fatal(from, length)
			}
			days := 0.0
			for y := p.First(); y <= p.Last(); y++ {
				days += p.Share(y) * (length + 1)
			}
			if math.Abs(days-(length+1)) > 1e-9 {
				t.Fatalf("%v days from %v: %v days spread", length+1, from, days)
			}
		}
	}
}
