package main

import (
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// leastMemory is the least that a run is given: less would not hold the readers of a few columns.
const leastMemory = 256 << 20

// memoryUnits are the units that an amount of memory is written in.
var memoryUnits = []struct {
	name  string
	bytes float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}}

// parseMemory reads an amount of memory: a number with a unit, or a whole number of bytes.
func parseMemory(text string) (int64, error) {
	number, scale := text, 1.0
	for _, u := range memoryUnits {
		if n, ok := strings.CutSuffix(text, u.name); ok {
			number, scale = strings.TrimSuffix(n, " "), u.bytes
			break
		}
	}
	digits := strings.Trim(number, "0123456789")
	n, err := strconv.ParseFloat(number, 64)
	switch size := float64(n * scale); {
	case err != nil || digits != "" && (digits != "." || scale == 1):
		return 0, fmt.Errorf("expected an amount of memory such as 512MiB, 2GiB, 1.5GB or a number of bytes")
	case size < leastMemory:
		return 0, fmt.Errorf("expected 256MiB or more")
	case size >= math.MaxInt64:
		return 0, fmt.Errorf("expected an amount of memory that a machine may have")
	default:
		return int64(size), nil
	}
}

// limitMemory makes the run time collect what is no longer used before the program takes more than the setting says, and returns the setting in bytes.
func (a *app) limitMemory() int64 {
	n, err := parseMemory(a.settings.Memory)
	if err != nil {
		panic(err) // settings are checked as they are loaded
	}
	debug.SetMemoryLimit(n)
	if os.Getenv("GOGC") == "" { // most of what a run holds are sums, in which there is nothing to look for: collecting more often costs next to nothing
		debug.SetGCPercent(50)
	}
	return n
}
