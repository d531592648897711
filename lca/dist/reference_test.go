package dist

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// testdata/reference.txt holds numbers of 40 digits, rounded to 18.
func TestQuantilesAndMomentsAreThoseOf40Digits(t *testing.T) {
	text, err := os.ReadFile("testdata/reference.txt")
	if err != nil {
		t.Fatal(err)
	}
	worst, seen := map[string]float64{}, map[string]int{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if words[0] == "#" {
			continue
		}
		n := make([]float64, len(words))
		for i, w := range words[1:] {
			if n[i], err = strconv.ParseFloat(w, 64); err != nil {
				t.Fatal(line, err)
			}
		}
		off := func(what string, got, want, scale float64) {
			seen[what]++
			if got != want {
				worst[what] = max(worst[what], math.Abs(got-want)/scale)
			}
		}
		switch words[0] {
		case "quantile":
			off("quantile", NormalQuantile(n[0]), n[1], math.Abs(n[1]))
		case "cdf":
			off("cdf", NormalCDF(n[0]), n[1], n[1])
		case "pert":
			// to the width beside the lower bound, or above it to the value's distance from there
			d := parsed(t, "pert("+strings.Join(words[1:4], ",")+")")
			off("pert", d.Quantile(n[3]), n[4], max(n[4]-n[0], math.Abs(n[4])))
		case "moments":
			d := parsed(t, "truncated_normal("+strings.Join(words[1:5], ",")+")")
			off("mean", d.Mean(), n[4], math.Abs(n[4]))
			off("variance", d.Variance(), n[5], n[5])
		}
	}
	for what, most := range map[string]float64{"quantile": 6e-16, "cdf": 6e-16, "pert": 4e-15, "mean": 4e-16, "variance": 2e-14} {
		if worst[what] > most || seen[what] < 7 {
			t.Errorf("%s: %d numbers, the worst %.2g off, beyond %.2g", what, seen[what], worst[what], most)
		}
	}
}
