package reports

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
)

// By hand: totals of 1,000, 400 and 10 kg from 100, 10 and 1 runs, at 10, 40 and 10 kg each. The medians are 10 runs and 10 kg.
func volumesEdition() *Edition {
	e := &Edition{Study: "s", Year: 2024, Method: "m@1", Pack: "p@1"}
	for i, units := range []float64{1, 100, 10} {
		value := []float64{10, 10, 40}[i]
		e.Intensities = append(e.Intensities, lca.Intensity{Study: "s", Year: 2024, Category: "climate_change", Unit: "kg CO2e/run", Perspective: "service", Accounting: "location", Kind: "training_runs", Scope: "volume",
			FunctionalUnit: "run", ComparisonClass: "one class", Item: []string{"small", "many", "costly"}[i], Impact: units * value, Units: units, Value: value, Quality: "modelled", Complete: true, Method: "m@1", Pack: "p@1"})
	}
	return e
}

func volumeFigure(t *testing.T, e *Edition) *figure {
	t.Helper()
	p, err := newPage(e)
	if err != nil {
		t.Fatal(err)
	}
	f, err := p.VolumeFigure(p.Kinds()[0])
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestVolumesSayWhetherALargeTotalIsMuchOrCostly(t *testing.T) {
	f := volumeFigure(t, volumesEdition())
	if f == nil {
		t.Fatal("no figure")
	}
	if want := "Of 3 entries shown, many has the largest total: 10 times the median volume, at 1.0 times the median intensity"; f.Title != want {
		t.Errorf("%q, want %q", f.Title, want)
	}
	if f.About != "One class, per run" {
		t.Errorf("the class is printed as %q", f.About)
	}
	want := "name,volume,intensity [kg CO2e/run],total [kg CO2e],quality\nmany,100,10,1000,modelled\ncostly,10,40,400,modelled\nsmall,1,10,10,modelled\nmedian,10,10,,\n"
	if got := f.Table.text(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Points stand where their numbers are: one that takes ten times as much per unit, of a tenth of the units, lies on one line of equal totals with another.
func TestVolumesLieOnLinesOfEqualTotals(t *testing.T) {
	e := volumesEdition()
	e.Intensities[0].Value, e.Intensities[0].Impact = 1000, 1000 // as large a total as that of 100 runs
	f := volumeFigure(t, e)
	slope := func(x0, y0, x1, y1 float64) float64 { return (y1 - y0) / (x1 - x0) }
	var points [][2]float64
	// a rhomb of modelled figures begins at its upper corner
	for _, m := range regexp.MustCompile(`M([\d.]+),([\d.]+)L[\d.]+,[\d.]+L[\d.]+,[\d.]+L[\d.]+,[\d.]+z`).FindAllStringSubmatch(string(f.Wide), -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		y, _ := strconv.ParseFloat(m[2], 64)
		points = append(points, [2]float64{x, y})
	}
	line := regexp.MustCompile(`class="iso" d="M([\d.]+),([\d.]+)L([\d.]+),([\d.]+)`).FindStringSubmatch(string(f.Wide))
	if len(points) != 4 || line == nil { // one of them in the legend
		t.Fatalf("%d points, line %v", len(points), line)
	}
	var ends [4]float64
	for i := range ends {
		ends[i], _ = strconv.ParseFloat(line[i+1], 64)
	}
	many, small := points[1], points[2]
	if a, b := slope(many[0], many[1], small[0], small[1]), slope(ends[0], ends[1], ends[2], ends[3]); math.Abs(a-b) > 0.01*math.Abs(b) {
		t.Errorf("the points of one total lie on a slope of %v, the lines on one of %v", a, b)
	}
}

func TestNamesOfVolumesDoNotMeet(t *testing.T) {
	e := volumesEdition()
	first := e.Intensities[0]
	for i := range 60 { // many of about one size
		first.Item, first.Units, first.Value = "a run with a longer name, number "+strconv.Itoa(i), 50+float64(i%7), 10+float64(i%5)
		first.Impact = first.Units * first.Value
		e.Intensities = append(e.Intensities, first)
	}
	f := volumeFigure(t, e)
	for _, svg := range []string{string(f.Wide), string(f.Narrow)} {
		var taken []box
		for _, m := range regexp.MustCompile(`<text x="([\d.]+)" y="([\d.]+)">(a run[^<]*)<`).FindAllStringSubmatch(svg, -1) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			b := box{x, y - 9, x + extent(m[3], 12), y + 3}
			for _, o := range taken {
				if b.meets(o) {
					t.Errorf("%q stands over another name", m[3])
				}
			}
			taken = append(taken, b)
		}
		if len(taken) == 0 {
			t.Error("no name is drawn")
		}
	}
	if n := len(f.Table.Rows); n != volumesShown+1 || !strings.HasPrefix(f.Note, "Drawn are 30 of 63 entries") {
		t.Errorf("%d rows, and %q", n, f.Note)
	}
}

func TestNoVolumesOfWhatHasNone(t *testing.T) {
	for what, change := range map[string]func(x *lca.Intensity){
		"benchmarks":      func(x *lca.Intensity) { x.Scope = "intensity" },
		"one size":        func(x *lca.Intensity) { x.Units, x.Impact = 1, x.Value },
		"nothing at all":  func(x *lca.Intensity) { x.Value, x.Impact = 0, 0 },
		"parts of others": func(x *lca.Intensity) { x.ComparisonClass = "part of another row" },
		"infinite":        func(x *lca.Intensity) { x.Value = math.Inf(1) },
	} {
		e := volumesEdition()
		for i := range e.Intensities {
			change(&e.Intensities[i])
		}
		if f := volumeFigure(t, e); f != nil {
			t.Errorf("%s: %s", what, f.Title)
		}
	}
}
