package stock

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func always(l Lifetime) func(int) Lifetime { return func(int) Lifetime { return l } }

// changing lifetimes, as those of devices of later years are longer.
func changing(year int) Lifetime {
	return Lifetime{3 + float64(((year%7)+7)%7)/4, 1 + float64(((year%5)+5)%5)/2}
}

func constantly(x float64, years int) []float64 {
	return slices.Repeat([]float64{x}, years)
}

// Three cohorts whose year of retirement is known; 2026 needs 1.2 × 90 = 108 and 2027 0.5 × 90 = 45 devices.
//
//	                          2025            2026                2027
//	10 of 2020 until 2027     10              10                  -
//	80 of 2023 until 2026     80              -                   -
//	5 of 2021 until 2024      -               -                   -
//	shipped in 2026                           108 - 10 = 98       98
//	stock                     90              108                 98, of which 98 - 45 = 53 are idle
//	mean age                  (10×5 + 80×2)   (10×6 + 98×0)       98×1 / 98 = 1
//	                          / 90 = 7/3      / 108 = 5/9
//
// Those of 2026 live for so long that none has left within a year: exp(-(1/(1000/0.994))^100) = 1.
func TestCohortsLeaveInTheYearThatIsKnown(t *testing.T) {
	cohorts := []Cohort{{Year: 2020, Count: 10, AtBase: true, Retired: 2027}, {Year: 2023, Count: 80, Retired: 2026}, {Year: 2021, Count: 5, Retired: 2024}}
	f, err := project(2025, cohorts, always(Lifetime{1000, 100}), []float64{1.2, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	want := []Year{
		{Year: 2025, Stock: 90, MeanAge: 210. / 90, Output: 1},
		{Year: 2026, Stock: 108, Shipments: 98, Retirements: 80, MeanAge: 60. / 108, Output: 1},
		{Year: 2027, Stock: 98, Shipments: 0, Retirements: 10, Idle: 53, MeanAge: 1, Output: 1},
	}
	if !slices.Equal(f.Years, want) {
		t.Errorf("%v, not %v", f.Years, want)
	}
	for i, c := range []Series{
		{2020, []float64{10, 10, 0}, []float64{0, 0, 10}},
		{2023, []float64{80, 0, 0}, []float64{0, 80, 0}},
		{2021, []float64{0, 0, 0}, []float64{0, 0, 0}},
		{2026, []float64{0, 98, 98}, []float64{0, 0, 0}},
		{2027, []float64{0, 0, 0}, []float64{0, 0, 0}},
		{2025, []float64{0, 0, 0}, []float64{0, 0, 0}},
	} {
		var got Series
		if i < f.Cohorts() {
			got = f.Cohort(i)
		} else {
			got = f.New(c.Year)
		}
		if got.Year != c.Year || !slices.Equal(got.Stock, c.Stock) || !slices.Equal(got.Retirements, c.Retirements) {
			t.Errorf("%v, not %v", got, c)
		}
	}
}

// With a mean of 5 years and shape 2, scale² = 25 / Γ(3/2)² = 25 / (π/4) = 100/π, so that exp(-π age² / 100) are left:
//
//	age   0  1         2         3
//	left  1  0.969072  0.881911  0.753713
//
// 1000 devices of 2024 as shipped are 969.07 at the end of 2025, 881.91 a year later and 753.71 in 2027. As counted at the end of 2025, 1000 are
// 1000 × 0.881911 / 0.969072 = 910.06 and 1000 × 0.753713 / 0.969072 = 777.77.
func TestShippedAndInstalledCohorts(t *testing.T) {
	for _, c := range []struct {
		atBase bool
		want   []float64
	}{{false, []float64{969.072, 881.911, 753.713}}, {true, []float64{1000, 910.057, 777.768}}} {
		f, err := shipping(2025, []Cohort{{Year: 2024, Count: 1000, AtBase: c.atBase}}, always(Lifetime{5, 2}), []float64{0, 100})
		if err != nil {
			t.Fatal(err)
		}
		got := f.Cohort(0)
		for i, want := range c.want {
			if math.Abs(got.Stock[i]-want) > 2e-3 {
				t.Errorf("at base %v: %v are left in year %d, not %v", c.atBase, got.Stock[i], i, want)
			}
		}
		if last := f.Years[2]; last.Shipments != 100 || last.Stock != got.Stock[2]+100 || last.Idle != 0 || math.Abs(last.MeanAge-3*got.Stock[2]/last.Stock) > 1e-15 {
			t.Errorf("at base %v: %v", c.atBase, last)
		}
	}
}

// oracle follows each cohort by its share in rational numbers, by the definition: years by cohorts, each from the survival of its lifetime.
func oracle(base int, cohorts []Cohort, life func(int) Lifetime, demand []float64) (stock, shipments, retirements, idle []*big.Rat) {
	rat := func(x float64) *big.Rat { return new(big.Rat).SetFloat64(x) }
	quantum := rat(Quantum)
	grid := func(x *big.Rat, half bool) *big.Rat { // down, or to the nearest
		q := new(big.Rat).Quo(x, quantum)
		if half {
			q.Add(q, rat(0.5))
		}
		n := new(big.Int).Quo(q.Num(), q.Denom())
		return new(big.Rat).Mul(new(big.Rat).SetInt(n), quantum)
	}
	all := slices.Clone(cohorts)
	left := func(c Cohort, year int) *big.Rat {
		count := grid(rat(c.Count), true)
		l := life(c.Year)
		switch {
		case c.Retired != 0 && year >= c.Retired:
			return new(big.Rat)
		case c.Retired != 0:
			return count
		}
		share := l.Survival(float64(year - c.Year))
		if c.AtBase {
			share = l.since(float64(base-c.Year), float64(year-c.Year))
		}
		return grid(count.Mul(count, rat(share)), false)
	}
	total := func(year int) *big.Rat {
		sum := new(big.Rat)
		for _, c := range all {
			sum.Add(sum, left(c, year))
		}
		return sum
	}
	opening := total(base)
	last := opening
	stock = append(stock, opening)
	for i, d := range demand {
		year := base + 1 + i
		need := grid(new(big.Rat).Mul(rat(d), opening), true)
		kept := total(year)
		missing := new(big.Rat).Sub(need, kept)
		over := new(big.Rat).Neg(missing)
		for _, x := range []*big.Rat{missing, over} {
			if x.Sign() < 0 {
				x.SetInt64(0)
			}
		}
		count, _ := missing.Float64()
		all = append(all, Cohort{Year: year, Count: count})
		retirements = append(retirements, new(big.Rat).Sub(last, kept))
		last = total(year)
		stock, shipments, idle = append(stock, last), append(shipments, missing), append(idle, over)
	}
	return stock, shipments, retirements, idle
}

// someFleet makes cohorts of both kinds, some of which have a known end.
func someFleet(r *rand.Rand, base, cohorts int) (out []Cohort) {
	for range cohorts {
		c := Cohort{Year: base - r.IntN(12), Count: math.Exp(8 * r.Float64()), AtBase: r.IntN(2) == 0}
		if r.IntN(4) == 0 {
			c.Retired = c.Year + r.IntN(15)
			if c.AtBase {
				c.Retired = base + 1 + r.IntN(6)
			}
		}
		out = append(out, c)
	}
	return out
}

func someDemand(r *rand.Rand, years int) (out []float64) {
	x := 1.0
	for range years {
		x *= math.Exp(0.3 * r.NormFloat64())
		out = append(out, x)
	}
	return out
}

// Products of a count and a share are rounded before they are rounded down: where that makes a whole quantum of a little less, the two differ by one.
func TestProjectionsAreThoseOfRationalArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	const base, years = 2025, 12
	for range 40 {
		cohorts, demand := someFleet(r, base, 1+r.IntN(8)), someDemand(r, years)
		f, err := project(base, cohorts, changing, demand)
		if err != nil {
			t.Fatal(err)
		}
		stock, shipments, retirements, idle := oracle(base, cohorts, changing, demand)
		near := func(what string, year int, got float64, want *big.Rat) {
			w, _ := want.Float64()
			if math.Abs(got-w) > 8*Quantum {
				t.Errorf("%s of %d: %v, not %v", what, year, got, w)
			}
		}
		for i, y := range f.Years {
			near("stock", y.Year, y.Stock, stock[i])
			if i > 0 {
				near("shipments", y.Year, y.Shipments, shipments[i-1])
				near("retirements", y.Year, y.Retirements, retirements[i-1])
				near("idle", y.Year, y.Idle, idle[i-1])
			}
		}
	}
}

// balance checks all that must hold to the last bit.
func balance(t *testing.T, f *Flow) {
	t.Helper()
	var all []Series
	for i := range f.Cohorts() {
		all = append(all, f.Cohort(i))
	}
	for _, y := range f.Years[1:] {
		all = append(all, f.New(y.Year))
	}
	var shipments, retirements float64
	for i, y := range f.Years {
		var stock, leave, ages float64
		for _, s := range all {
			stock += s.Stock[i]
			leave += s.Retirements[i]
			ages += s.Stock[i] * float64(y.Year-s.Year)
			if s.Stock[i] < 0 || s.Retirements[i] < 0 || i > 0 && y.Year != s.Year && s.Stock[i] != s.Stock[i-1]-s.Retirements[i] {
				t.Errorf("%d, those of %d: %v left and %v retired", y.Year, s.Year, s.Stock[i], s.Retirements[i])
			}
		}
		shipments += y.Shipments
		retirements += y.Retirements
		if stock != y.Stock || leave != y.Retirements || f.Years[0].Stock+shipments-retirements != stock {
			t.Errorf("%v: cohorts have %v, of which %v retire; since the base year %v are shipped and %v retired", y, stock, leave, shipments, retirements)
		}
		if math.Abs(ages-y.MeanAge*stock) > 1e-14*ages {
			t.Errorf("%v: the mean age is %v", y, ages/stock)
		}
		for _, x := range []float64{y.Stock, y.Shipments, y.Retirements, y.Idle} {
			if q := x / Quantum; q != math.Trunc(q) || x < 0 || math.Signbit(x) {
				t.Errorf("%v: %v is no multiple of the quantum", y, x)
			}
		}
		if i == 0 {
			continue
		}
		if last := f.Years[i-1].Stock; last+y.Shipments-y.Retirements != y.Stock {
			t.Errorf("%v: %v + %v - %v", y, last, y.Shipments, y.Retirements)
		}
		if s := f.New(y.Year); s.Stock[i] != y.Shipments || y.Shipments > 0 && y.Idle > 0 {
			t.Errorf("%v: %v are new", y, s.Stock[i])
		}
	}
}

func TestStockAndFlowsBalanceToTheBit(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for range 100 {
		base := 1990 + r.IntN(50)
		cohorts, demand := someFleet(r, base, r.IntN(30)), someDemand(r, r.IntN(40))
		f, err := project(base, cohorts, changing, demand)
		if err != nil {
			t.Fatal(err)
		}
		balance(t, f)
		opening := f.Years[0].Stock
		for i, d := range demand {
			y := f.Years[i+1]
			if need := math.RoundToEven(d*opening/Quantum) * Quantum; y.Stock-y.Idle != need {
				t.Errorf("%v, of which %v is needed", y, need)
			}
		}
	}
}

// At the end of the grid: 2^33 - 1 devices are there, and one is shipped.
func TestTheWholeGridIsUsed(t *testing.T) {
	cohorts := []Cohort{{Year: 2025, Count: MaxDevices - 1, AtBase: true}}
	f, err := shipping(2025, cohorts, changing, []float64{0, 0.25, 0.75, 0, 0, 0, 0, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	balance(t, f)
	if _, err := shipping(2025, cohorts, changing, []float64{0, 1 + Quantum}); !errors.Is(err, ErrBeyondGrid) {
		t.Errorf("a quantum more gives %v", err)
	}
}

// A fleet to which as much has been shipped each year for as long as devices live stays as it is, exactly, whatever the lifetime and the count.
func TestAStationaryFleetStaysAsItIs(t *testing.T) {
	const base = 2025
	for _, l := range []Lifetime{{5, 1}, {4.5, 1.3}, {6, 3.6}, {1, 1.5}, {0.25, 2}, {5, 100}, {20, 2}} {
		for _, count := range []float64{1, 1000. / 3, 123456.789, Quantum, 0x1p20} {
			var cohorts []Cohort
			for year := base - 500; year <= base; year++ {
				cohorts = append(cohorts, Cohort{Year: year, Count: count})
			}
			f, err := project(base, cohorts, always(l), constantly(1, 60))
			if err != nil {
				t.Fatal(err)
			}
			first, count := f.Years[0], math.RoundToEven(count/Quantum)*Quantum
			for _, y := range f.Years[1:] {
				if y.Shipments != count || y.Retirements != count || y.Stock != first.Stock || y.MeanAge != first.MeanAge || y.Idle != 0 {
					t.Fatalf("%v, of %v: %v, and at first %v", l, count, y, first)
				}
			}
			// As if shipped on the last day of the year: the stock is that of half a year more than the mean, where lives are longer than years.
			if years := first.Stock / count; count > 1 && l.Mean > 1 && math.Abs(years-l.Mean-0.5) > 0.15 {
				t.Errorf("%v: the stock is %v years of shipments", l, years)
			}
		}
	}
}

// The shipments that a demand takes give the same fleet where they are given.
func TestTheShipmentsOfADemandGiveItsStock(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		cohorts, demand := someFleet(r, 2025, 10), someDemand(r, 20)
		driven, err := project(2025, cohorts, changing, demand)
		if err != nil {
			t.Fatal(err)
		}
		var shipments []float64
		for _, y := range driven.Years[1:] {
			shipments = append(shipments, y.Shipments)
		}
		given, err := shipping(2025, cohorts, changing, shipments)
		if err != nil {
			t.Fatal(err)
		}
		for i, y := range driven.Years {
			y.Idle = 0
			if given.Years[i] != y {
				t.Errorf("%v, and given its shipments %v", y, given.Years[i])
			}
		}
	}
}

// A projection that begins in a later year, with what was shipped until then, goes on as the one that began before.
func TestALaterBaseYearGoesOn(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 3))
	for range 50 {
		cohorts := someFleet(r, 2025, 10)
		for i := range cohorts {
			cohorts[i].AtBase = false
		}
		shipments := make([]float64, 20)
		for i := range shipments {
			shipments[i] = math.Exp(5 * r.NormFloat64())
		}
		long, err := shipping(2025, cohorts, changing, shipments)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range shipments[:8] {
			cohorts = append(cohorts, Cohort{Year: 2026 + i, Count: s})
		}
		short, err := shipping(2033, cohorts, changing, shipments[8:])
		if err != nil {
			t.Fatal(err)
		}
		if begin := long.Years[8]; short.Years[0].Stock != begin.Stock || short.Years[0].MeanAge != begin.MeanAge {
			t.Errorf("it begins with %v, not %v", short.Years[0], begin)
		}
		if !slices.Equal(short.Years[1:], long.Years[9:]) {
			t.Errorf("it goes on with %v, not %v", short.Years[1:], long.Years[9:])
		}
	}
}

func TestTheOrderOfCohortsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 3))
	cohorts, demand := someFleet(r, 2025, 40), someDemand(r, 20)
	want, err := project(2025, cohorts, changing, demand)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		r.Shuffle(len(cohorts), func(i, k int) { cohorts[i], cohorts[k] = cohorts[k], cohorts[i] })
		if got, err := project(2025, cohorts, changing, demand); err != nil || !slices.Equal(got.Years, want.Years) {
			t.Errorf("%v, and in another order %v, %v", want.Years, got, err)
		}
	}
}

func TestCohortsKeepTheirLifetime(t *testing.T) {
	life := func(year int) Lifetime {
		if year <= 2025 {
			return Lifetime{3, 2}
		}
		return Lifetime{6, 2}
	}
	f, err := shipping(2025, []Cohort{{Year: 2025, Count: 1 << 20}}, life, []float64{1 << 20, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	old, later := f.Cohort(0), f.New(2026)
	for age := range 3 {
		for _, c := range []struct{ got, mean float64 }{{old.Stock[age], 3}, {later.Stock[age+1], 6}} {
			if want := math.Floor((1<<40)*Lifetime{c.mean, 2}.Survival(float64(age))) * Quantum; c.got != want {
				t.Errorf("%v of mean %v are left at %d, not %v", c.got, c.mean, age, want)
			}
		}
	}
}

func TestFleetsOfNothing(t *testing.T) {
	for _, cohorts := range [][]Cohort{nil, {{Year: 2020, Count: 0}}, {{Year: 2020, Count: Quantum / 2}}, {{Year: 2020, Count: math.Copysign(0, -1), AtBase: true}}} {
		never := func(int) Lifetime { t.Error("there are no devices, whose lifetime is asked"); return Lifetime{} }
		f, err := project(2025, cohorts, never, []float64{1, 5, 0})
		if err != nil {
			t.Fatal(err)
		}
		for _, y := range f.Years {
			if y != (Year{Year: y.Year}) {
				t.Error(y)
			}
		}
		if f, err = shipping(2025, cohorts, nil, nil); err != nil || len(f.Years) != 1 {
			t.Error(f, err)
		}
	}
	// Long gone, but for those that are counted.
	f, err := project(2025, []Cohort{{Year: 1900, Count: 9}, {Year: 1900, Count: 9, AtBase: true}}, always(Lifetime{5, 2}), []float64{1})
	if err != nil || f.Years[0].Stock != 9 || f.Years[0].MeanAge != 125 || f.Cohort(0).Stock[0] != 0 {
		t.Error(f, err)
	}
}

func TestWhatIsNoFleetIsRefused(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	one := []Cohort{{Year: 2025, Count: 1}}
	of := func(c Cohort) []Cohort { return []Cohort{{Year: 2025, Count: 1}, c} }
	for _, c := range []struct {
		says    string
		is      error
		base    int
		cohorts []Cohort
		demand  []float64
	}{
		{"the base year 0", nil, 0, nil, nil},
		{"the base year 10000", nil, 10000, nil, nil},
		{"too many years: 1001, at most 1000", ErrTooMany, 2025, one, make([]float64, 1001)},
		{"too many cohorts: 100001, at most 100000", ErrTooMany, 2025, make([]Cohort, 100_001), nil},
		{"cohort 1, of 2024: count: -1 is negative", ErrNegative, 2025, of(Cohort{Year: 2024, Count: -1}), nil},
		{"cohort 1, of 2024: count: NaN is not a finite number", ErrNotFinite, 2025, of(Cohort{Year: 2024, Count: nan}), nil},
		{"cohort 1, of 2024: count: +Inf", ErrNotFinite, 2025, of(Cohort{Year: 2024, Count: inf}), nil},
		{"cohort 1, of 2024: count: 1e+10 is more than 2^33", ErrBeyondGrid, 2025, of(Cohort{Year: 2024, Count: 1e10}), nil},
		{"cohort 1, of 2024: count: 1.7e+308", ErrBeyondGrid, 2025, of(Cohort{Year: 2024, Count: 1.7e308}), nil},
		{"cohort 1, of 2024: with all before them, 8.589934593e+09 devices", ErrBeyondGrid, 2025, of(Cohort{Year: 2024, Count: MaxDevices, AtBase: true}), nil},
		{"cohort 1, of 2026: put into service after the base year 2025", nil, 2025, of(Cohort{Year: 2026}), nil},
		{"cohort 1, of 1024: put into service more than 1000 years before", nil, 2025, of(Cohort{Year: 1024}), nil},
		{": put into service more than 1000 years before the base year 2025", nil, 2025, of(Cohort{Year: math.MinInt}), nil},
		{"cohort 1, of 2024: retired in 2023, before it was put into service", nil, 2025, of(Cohort{Year: 2024, Retired: 2023}), nil},
		{"cohort 1, of 2024: in service at the end of the base year 2025 and retired in 2025", nil, 2025, of(Cohort{Year: 2024, AtBase: true, Retired: 2025}), nil},
		{"cohort 1, of 2013: lifetime: the mean of 0 years", nil, 2025, of(Cohort{Year: 2013, Count: 1}), nil},
		{"shipments of 2034: lifetime: the mean of 0 years", nil, 2033, nil, []float64{7}},
		{"demand of 2027: -0.5 is negative", ErrNegative, 2025, one, []float64{1, -0.5}},
		{"demand of 2026: NaN is not a finite number", ErrNotFinite, 2025, one, []float64{nan}},
		{"demand of 2026: +Inf", ErrNotFinite, 2025, nil, []float64{inf}},
		{"stock needed in 2026: 1e+10 is more than", ErrBeyondGrid, 2025, one, []float64{1e10}},
		{"shipments of 2027: with all before", ErrBeyondGrid, 2025, one, []float64{8e9, 8.5e9}},
	} {
		life := func(year int) Lifetime {
			if year == 2013 || year == 2034 {
				return Lifetime{}
			}
			return Lifetime{5, 2}
		}
		f, err := project(c.base, c.cohorts, life, c.demand)
		if c.base == 2033 {
			f, err = shipping(c.base, c.cohorts, life, c.demand)
		}
		if f != nil || err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%v, %v; it should say %q", f, err, c.says)
		}
	}
	for _, c := range []struct {
		shipments float64
		is        error
	}{{-1, ErrNegative}, {nan, ErrNotFinite}, {-inf, ErrNotFinite}, {1e10, ErrBeyondGrid}} {
		if f, err := shipping(2025, one, always(Lifetime{5, 2}), []float64{1, c.shipments}); f != nil || !errors.Is(err, c.is) || !strings.Contains(err.Error(), "shipments of 2027: ") {
			t.Errorf("%v: %v, %v", c.shipments, f, err)
		}
	}
}

// All bounds at once, with lives as long as they may be.
func TestTheLargestProjection(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	cohorts := make([]Cohort, MaxCohorts)
	for i := range cohorts {
		cohorts[i] = Cohort{Year: 2025 - i%(MaxYears+1), Count: 1000, AtBase: i%2 == 0}
	}
	f, err := project(2025, cohorts, always(Lifetime{MaxMean, 1}), constantly(1, MaxYears))
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range f.Years[1:] {
		if y.Stock != f.Years[0].Stock || y.Stock != f.Years[i].Stock+y.Shipments-y.Retirements {
			t.Fatal(y)
		}
	}
	if age := f.Years[MaxYears].MeanAge; !(age > 100 && age < 2*MaxYears) {
		t.Error("the mean age is", age)
	}
}

// project and shipping are projections of devices that all do as much.
func project(base int, cohorts []Cohort, life func(int) Lifetime, demand []float64) (*Flow, error) {
	return (&Fleet{Base: base, Cohorts: cohorts, Life: life}).ByDemand(demand)
}

func shipping(base int, cohorts []Cohort, life func(int) Lifetime, shipments []float64) (*Flow, error) {
	return (&Fleet{Base: base, Cohorts: cohorts, Life: life}).ByShipments(shipments)
}

// Devices that come later do twice as much. 90 of output 1 and 10 of output 2 do 110 at the end of 2025; none leaves for long. In 2026 1.5 times as much is needed:
//
//	2026: 1.5 × 110 = 165, 55 are missing, 55/2 = 27.5 devices of output 2 are shipped; (110 + 55) / 127.5 = 1.294118 each
//	2027: 0.5 × 110 = 55, 110 too many, 110 / 1.294118 = 85 devices of the mean output are idle
func TestNewDevicesThatDoMoreAreFewer(t *testing.T) {
	f := &Fleet{Base: 2025, Cohorts: []Cohort{{Year: 2020, Count: 90, AtBase: true, Retired: 3000}, {Year: 2025, Count: 10, AtBase: true, Retired: 3000, Output: 2}},
		Life: always(Lifetime{1000, 100}), Output: func(int) float64 { return 2 }}
	flow, err := f.ByDemand([]float64{1.5, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	y := flow.Years
	if y[0].Output != 1.1 || y[1].Shipments != 27.5 || y[1].Stock != 127.5 || math.Abs(y[1].Output-165/127.5) > 1e-15 || y[2].Shipments != 0 || math.Abs(y[2].Idle-85) > 1e-6 {
		t.Errorf("%+v", y)
	}
	f.Output = func(int) float64 { return 0 }
	if _, err := f.ByDemand([]float64{1.5}); err == nil || err.Error() != "devices of 2026: the output is 0: no number of such devices does what is needed" {
		t.Error(err)
	}
	f.Cohorts[0].Output = -1
	if _, err := f.ByDemand([]float64{1.5}); !errors.Is(err, ErrNegative) {
		t.Error(err)
	}
}
