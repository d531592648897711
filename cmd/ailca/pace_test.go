package main

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/study"
)

func TestThePaceOfARunIsOneLine(t *testing.T) {
	for want, p := range map[string]study.Performance{
		"20,000,000 rows in 1.9 s (10.5 million rows/s), 494 MiB read, peak memory 312 MiB": {Rows: 20_000_000, Seconds: 1.9, BytesRead: 494 << 20, PeakMemory: 312 << 20},
		"149 rows in 0.16 s, 77 KiB read, peak memory 1.5 GiB":                              {Rows: 149, Seconds: 0.164, BytesRead: 77 << 10, PeakMemory: 3 << 29},
		"1 row in 0.001 s, 1 byte read":                                                     {Rows: 1, BytesRead: 1},
		"1,000,000 rows in 1,234 s (810 rows/s), 1 MiB read":                                {Rows: 1_000_000, Seconds: 1234.4, BytesRead: 1 << 20},
		"100,000 rows in 10 s (10,030 rows/s), 1,023 bytes read":                            {Rows: 100_000, Seconds: 9.97, BytesRead: 1023},
		"2 rows in 1 s, 1 MiB read, peak memory 2048 TiB":                                   {Rows: 2, Seconds: 1, BytesRead: 1<<20 - 1, PeakMemory: 1 << 51},
		"0 rows in 100 s, 0 bytes read":                                                     {Seconds: 99.7},
	} {
		if got := pace(&p); got != want {
			t.Errorf("%q, expected %q", got, want)
		}
	}
}
