package study

import "testing"

// A row of 2015 to 2025 describes 2024 as well as any; one of 2019 to 2021 is three years old in 2024, and was not yet there in 2018.
func TestRowsDescribeTheYearNearestToTheStudys(t *testing.T) {
	for _, x := range []struct{ from, to, year, want int }{{2015, 2025, 2024, 2024}, {2019, 2021, 2024, 2021}, {2019, 2021, 2018, 2019}, {2023, 2023, 2024, 2023}, {0, 0, 2024, 0}} {
		if got := described(x.from, x.to, x.year); got != x.want {
			t.Errorf("%d to %d describes %d in %d, want %d", x.from, x.to, got, x.year, x.want)
		}
	}
}
