package amortise

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// half of the capacity goes to services.
func half(int) *big.Rat { return big.NewRat(1, 2) }

// A device of 4 years that is put into service on the first of January 2021 amortises 365 of its 1,460 days in each of 2021, 2022 and 2023. Of 2024, a leap
// year, it takes 365 days, too, and in 2025 it is beyond its life.
func TestADeviceAmortisesInEqualPartsOverItsLife(t *testing.T) {
	var f Fleet
	f.Add(Devices{From: amounts.NewYear(2021), Until: NeverRetired, Life: 4 * 365}, 10)
	p, err := f.Plan(2026)
	if err != nil {
		t.Fatal(err)
	}
	years, err := p.Account(map[int]float64{2021: 4000}, half)
	if err != nil || len(years) != 6 {
		t.Fatalf("%v, %v", years, err)
	}
	for i, want := range []Year{
		{Year: 2021, Opening: 0, Manufactured: 4000, Services: 500, Unused: 500, Closing: 3000},
		{Year: 2022, Opening: 3000, Services: 500, Unused: 500, Closing: 2000},
		{Year: 2023, Opening: 2000, Services: 500, Unused: 500, Closing: 1000},
		{Year: 2024, Opening: 1000, Services: 500, Unused: 500, Closing: 0},
		{Year: 2025}, {Year: 2026},
	} {
		got := years[i]
		if got.Amortised, got.Known = nil, false; got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	for year, want := range map[int]string{2021: "0", 2024: "1/366", 2025: "1", 2026: "1"} { // one day of 2024 is beyond the life
		if got := p.BeyondLife(year).RatString(); got != want {
			t.Errorf("%d: %s of the capacity is beyond its life, want %s", year, got, want)
		}
	}
}

// What is retired after one of four years is written off in the year of its last day: three quarters.
func TestWhatIsRetiredEarlyIsWrittenOff(t *testing.T) {
	var f Fleet
	f.Add(Devices{From: amounts.NewYear(2021), Until: amounts.NewYear(2022), Life: 4 * 365}, 3)
	f.Add(Devices{From: amounts.NewYear(2022), Until: NeverRetired, Life: 365}, 1)
	p, _ := f.Plan(2023)
	years, err := p.Account(map[int]float64{2021: 4000, 2022: 10}, half)
	if err != nil || years[0].WrittenOff != 3000 || years[0].Services != 500 || years[0].Closing != 0 || years[1].Manufactured != 10 || years[1].Closing != 0 || years[2].Opening != 0 {
		t.Fatalf("%+v, %v", years, err)
	}
}

func TestServicesCannotUseMoreThanThereIs(t *testing.T) {
	var f Fleet
	f.Add(Devices{From: amounts.NewYear(2021), Until: NeverRetired, Life: 2 * 365}, 10) // 5 lives a year
	p, _ := f.Plan(2022)
	for _, c := range []struct {
		used float64
		want string
		ok   bool
	}{{0, "0", true}, {2.5, "1/2", true}, {5, "1", true}, {5 + 1e-12, "1", true}, {5.1, "1", false}, {math.NaN(), "", false}, {-1, "", false}} {
		s, ok := p.Share(2021, c.used)
		if ok != c.ok || s != nil && s.RatString() != c.want {
			t.Errorf("%v lives: %v, %v", c.used, s, ok)
		}
	}
	if _, ok := p.Share(2019, 1); ok {
		t.Error("there was no device in 2019")
	}
	if _, err := p.Account(map[int]float64{2020: 1}, half); err == nil {
		t.Error("burdens of a year without devices")
	}
}

// Of fleets at random the account holds to the bit in every year, whatever the order in which devices are added; and over all years, once every device is at
// the end of its life or retired, what was manufactured is amortised or written off, to the bit.
func TestTheAccountHoldsToTheBit(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for n := range 150 {
		type some struct {
			d     Devices
			count float64
		}
		var all []some
		made := map[int]float64{}
		each := math.Ldexp(1+r.Float64(), r.IntN(120)-60)
		for range 1 + r.IntN(12) {
			from := amounts.NewYear(2015) + r.IntN(365*6)
			d := Devices{From: from, Until: NeverRetired, Life: []float64{365, 4 * 365, 5.5 * 365, 1000.1}[r.IntN(4)]}
			if r.IntN(2) == 0 {
				d.Until = from + 1 + r.IntN(365*7)
			}
			count := float64(r.IntN(5000)) + []float64{0, 0.1}[r.IntN(2)]
			all = append(all, some{d, count})
			made[amounts.YearOf(float64(from))] += float64(count * each)
		}
		shares := map[int]*big.Rat{}
		for y := 2015; y < 2040; y++ {
			if r.IntN(5) > 0 {
				shares[y] = new(big.Rat).SetFloat64(r.Float64())
			}
		}
		account := func() []Year {
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			var f Fleet
			for _, a := range all {
				f.Add(a.d, a.count)
			}
			p, err := f.Plan(2030)
			if err != nil {
				t.Fatal(err)
			}
			years, err := p.Account(made, func(y int) *big.Rat { return shares[y] })
			if err != nil {
				t.Fatal(err)
			}
			return years
		}
		years := account()
		var in, out, total float64
		for _, m := range made {
			total += m
		}
		for i, y := range years {
			if y.Opening+y.Manufactured != y.Services+y.Unused+y.WrittenOff+y.Closing {
				t.Fatalf("%d: %+v does not hold", n, y)
			}
			for _, v := range []float64{y.Opening, y.Manufactured, y.Services, y.Unused, y.WrittenOff, y.Closing} {
				if !(v >= 0) {
					t.Fatalf("%d: %+v has a negative term", n, y)
				}
			}
			if i > 0 && y.Opening != years[i-1].Closing || i == 0 && y.Opening != 0 {
				t.Fatalf("%d: %+v opens with something else than %+v closed with", n, y, years[max(i-1, 0)])
			}
			if m := made[y.Year]; math.Abs(y.Manufactured-m) > 1e-15*total {
				t.Fatalf("%d: %v was manufactured in %d, the account has %v", n, m, y.Year, y.Manufactured)
			}
			in += y.Manufactured
			out += y.Services + y.Unused + y.WrittenOff
			if in != out+y.Closing {
				t.Fatalf("%d: %v came in until %d, %v went out and %v is left", n, in, y.Year, out, y.Closing)
			}
		}
		if len(years) > 0 {
			if last := years[len(years)-1]; last.Closing != 0 || in != out { // by 2030 all lives are over
				t.Fatalf("%d: %v of %v is left", n, last.Closing, in)
			}
		}
		again := account()
		if !slices.EqualFunc(years, again, func(a, b Year) bool { a.Amortised, b.Amortised = nil, nil; return a == b }) {
			t.Fatalf("%d: another order gives another account", n)
		}
	}
}
