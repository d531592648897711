package factors

import "testing"

func TestADateHoldsUntilTheLastDayThatItMayMean(t *testing.T) {
	for date, want := range map[string]int32{
		"2025": 20251231, "2025-01": 20250131, "2025-04": 20250430, "2023-02": 20230228, "2024-02": 20240229, "2025-12": 20251231,
		"2025-02-28": 20250228, "2024-02-29": 20240229, "1999-12-31": 19991231, "0001": 11231,
	} {
		if got, ok := lastDay(date); !ok || got != want {
			t.Errorf("%s is %d, %v; want %d", date, got, ok, want)
		}
	}
	for _, date := range []string{"", "25", "202", "20250", "2025-", "2025-0", "2025-00", "2025-13", "2025-1", "2025-02-29", "2025-04-31", "2025-04-00", "2025-04-1", "2025-04-010",
		"2025-04-01 ", " 2025", "2025/04/01", "0000", "-025", "+025", "٢٠٢٥", "2025-04-01T00:00:00Z", "next year"} {
		if got, ok := lastDay(date); ok {
			t.Errorf("%q is taken for %d", date, got)
		}
	}
}
