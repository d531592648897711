package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// pace says on one line what a run read and what it took.
func pace(p *study.Performance) string {
	line := fmt.Sprintf("%s in %s", plural(p.Rows, "row"), seconds(p.Seconds))
	if rate := float64(p.Rows) / p.Seconds; p.Rows >= manyRows {
		line += " (" + rowsPerSecond(rate) + ")"
	}
	line += ", " + size(p.BytesRead) + " read"
	if p.PeakMemory > 0 {
		line += ", peak memory " + size(p.PeakMemory)
	}
	return line
}

// manyRows is from how many rows on a rate says something: below, the time is that of the method and the report.
const manyRows = 100_000

func seconds(s float64) string {
	if s < 10 {
		return strconv.FormatFloat(max(s, 0.001), 'g', 2, 64) + " s"
	}
	return grouped(int64(s+0.5)) + " s"
}

func rowsPerSecond(rate float64) string {
	if rate >= 1e6 {
		return strconv.FormatFloat(rate/1e6, 'f', 1, 64) + " million rows/s"
	}
	return grouped(int64(rate)) + " rows/s"
}

// size writes a number of bytes with the unit that leaves it between 1 and 1,024, or in bytes.
func size(n int64) string {
	if n < 1<<10 {
		return plural(n, "byte")
	}
	v, unit := float64(n), 0 // of bytes; then of sizes, from 1
	for ; v >= 1023.5 && unit < len(sizes); unit++ {
		v = float64(v / 1024)
	}
	digits := 0
	if v < 9.95 {
		digits = 1
	}
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', digits, 64), ".0") + " " + sizes[unit-1]
}

var sizes = [...]string{"KiB", "MiB", "GiB", "TiB"}

// grouped writes a whole number with commas between thousands.
func grouped(n int64) string { return diag.Grouped(n) }
