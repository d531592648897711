package main

import "testing"

func TestAmountsOfMemoryAreReadWithTheirUnit(t *testing.T) {
	for text, want := range map[string]int64{
		"256MiB":     256 << 20,
		"512 MiB":    512 << 20,
		"1GiB":       1 << 30,
		"1.5GiB":     3 << 29,
		"1GB":        1_000_000_000,
		"300000000":  300_000_000,
		"0.25GiB":    256 << 20,
		"262144KiB":  256 << 20,
		"400000kB":   400_000_000,
		"2TiB":       2 << 40,
		"1TB":        1_000_000_000_000,
		"268435456":  256 << 20,
		"2684354.56": 0,
	} {
		got, err := parseMemory(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v; expected %d", text, got, err, want)
		}
	}
}

func TestWhatIsNoAmountOfMemoryIsRefused(t *testing.T) {
	for _, text := range []string{"", "GiB", "2", "255MiB", "268435455", "-1GiB", "+1GiB", "1e3GiB", "0x10GiB", "1_000MiB", "1,5GiB", "1.5.1GiB", "inf", "NaNGiB", "2G", "2gib", "2  GiB", " 2GiB",
		"2GiB ", "300000000.5", "9000000TiB", "99999999999999999999999999"} {
		if got, err := parseMemory(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}
