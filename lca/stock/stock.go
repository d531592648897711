// Package stock follows a fleet of devices as stock and flow, year by year: what is in service, what is put into service, and what leaves.
//
//	stock at the end of a year = stock at the end of the year before + shipments of the year - retirements of the year
//
// A cohort is the devices that were put into service in one year. How many of them are still there depends on their age alone, by a Lifetime: the age at
// the end of a year is that year less the year of shipment. So devices count as shipped on the last day of their year: at its end all of them are in service,
// at the age of 0, and the first leave in the year after. Shipments that are spread over the year are half a year older on average, which this convention
// leaves out: of a fleet that ships as much each year it counts, at the end of a year, about half a year's shipments more.
//
// All counts are multiples of one Quantum of a device, a constant, and no more than MaxDevices in all. So no sum or difference of them is rounded, and the
// equation above holds in float64 to the last bit, as do sums of shipments and retirements over years and of all counts over cohorts. Of a cohort's survivors
// what is less than a quantum is gone: each cohort ends.
//
// This is the stock-driven and the inflow-driven model of dynamic material flow analysis (Müller 2006, Stock dynamics for forecasting material flows, Ecological
// Economics 59, 142 to 156), with Weibull distributed service lives.
package stock

import (
	"errors"
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// The grid of all counts, and bounds of a projection.
const (
	// Quantum is the unit of which all counts are whole multiples: about a millionth of a device.
	Quantum = 0x1p-20
	// MaxDevices bounds a cohort, and the stock of the base year with all later shipments together: 8.6e9 devices, 2^53 quanta.
	MaxDevices = 1 << 33
	// MaxYears bounds the years of a projection, and those for which a cohort can have been in service at the end of the base year.
	MaxYears = 1000
	// MaxCohorts bounds the cohorts with which a projection begins.
	MaxCohorts = 100_000
	// MaxBase bounds the base year, which is 1 or later.
	MaxBase = 9999
)

// Errors of projections and of Split, wrapped by what says where.
var (
	// ErrBeyondGrid says that a count of devices or a mass in kg is beyond 2^33, or that counts which add up are.
	ErrBeyondGrid = errors.New("more than 2^33, beyond which sums are not exact")
	// ErrNotFinite says that a number is NaN or infinite.
	ErrNotFinite = errors.New("not a finite number")
	// ErrNegative says that a number is below 0.
	ErrNegative = errors.New("negative")
	// ErrTooMany says that there are more than MaxYears or MaxCohorts.
	ErrTooMany = errors.New("too many")
)

// Cohort is the devices that were put into service in one year, the base year at the latest.
type Cohort struct {
	// Year in which they were put into service.
	Year int
	// Count of devices, rounded to the nearest quantum, half to even.
	Count float64
	// AtBase says which devices are counted: false, those that were shipped in Year, of which by their lifetime only some are still in service at the end of
	// the base year; true, those that are, as an inventory counts them.
	AtBase bool
	// Retired is the year in which all of them leave, where it is known: until then none does, whatever their lifetime. 0 where it is not known.
	Retired int
	// Life is the lifetime of these devices; the zero one stands for that of all devices of their year.
	Life Lifetime
	// Output is how much each of these devices does, relative to others: what is needed is an output, and newer devices may do more of it. 0 stands for 1.
	Output float64
}

// Year is what happened to the whole fleet in one year. All counts are multiples of Quantum.
type Year struct {
	Year int
	// Stock is the devices in service at the end of the year.
	Stock float64
	// Shipments are the devices put into service in the year, and Retirements those that left. Of the base year neither is told: both are 0.
	Shipments, Retirements float64
	// Idle is how much of Stock is above what is needed; 0 where the need is not told, in the base year and by ByShipments.
	Idle float64
	// MeanAge of the stock at the end of the year, in years; 0 where there is none.
	MeanAge float64
	// Output is the mean of the stock's devices; 0 where there are none.
	Output float64
}

// Flow is a projection, not to be changed.
type Flow struct {
	// Years has the base year and each later one.
	Years  []Year
	given  int // of fleets, those that are the caller's
	fleets []fleet
}

// Series is what became of the devices that were put into service in one year, with a value for each year of Flow.Years. The slices are the caller's.
type Series struct {
	Year               int // in which they were put into service
	Stock, Retirements []float64
}

// fleet is the devices of one cohort. Years are counted by their place in Flow.Years.
type fleet struct {
	year     int // of the calendar
	quanta   int64
	output   float64   // of each device
	enters   int       // first year that knows them
	survival []float64 // of the quanta, from the year that they enter; 0 beyond its end
	until    int       // where survival is nil: the year in which all leave
}

// left is the quanta that are in service at the end of a year.
func (f *fleet) left(t int) int64 {
	switch {
	case t < f.enters:
		return 0
	case f.survival != nil:
		if t-f.enters < len(f.survival) {
			return int64(math.Floor(float64(f.quanta) * f.survival[t-f.enters]))
		}
		return 0
	case t < f.until:
		return f.quanta
	}
	return 0
}

// Fleet is what a projection begins with.
type Fleet struct {
	Base    int // year, at the end of which the stock is known
	Cohorts []Cohort
	// Life gives the lifetime of devices by the year in which they were put into service, which they keep, and the same whenever it is asked. It is not asked where no devices were put into
	// service, their year of retirement is known, or a cohort has a lifetime of its own.
	Life func(year int) Lifetime
	// Output is how much each device does that is put into service in a projected year, as Cohort.Output of others; nil: 1.
	Output func(year int) float64
}

func (f *Fleet) output(year int) float64 {
	if f.Output == nil {
		return 1
	}
	return f.Output(year)
}

// ByDemand projects a fleet that is to follow a demand: demand[i] is the output that is needed at the end of the year base+1+i, relative to that of the stock at the end of the base year;
// where all devices do as much, it is the stock. In each year devices leave by their lifetimes; what is then missing is shipped, and what is then above the need is idle, counted in devices of
// the mean output of those that are kept. A fleet without stock needs none.
//
// The order of cohorts changes none of Flow.Years.
func (f *Fleet) ByDemand(demand []float64) (*Flow, error) {
	return f.project(len(demand), func(i int, opening, kept counted) (shipments, idle int64, err error) {
		if err := check(demand[i]); err != nil {
			return 0, 0, fmt.Errorf("demand of %d: %w", f.Base+1+i, err)
		}
		need, err := toGrid(float64(demand[i] * opening.output))
		if err != nil {
			return 0, 0, fmt.Errorf("stock needed in %d: %w", f.Base+1+i, err)
		}
		short, each := fromGrid(need)-kept.output, f.output(f.Base+1+i)
		if short < 0 {
			short, each = -short, kept.output/fromGrid(kept.stock)
		}
		devices, err := toGrid(short / each)
		switch {
		case err != nil:
			return 0, 0, fmt.Errorf("devices for what is needed in %d: %w", f.Base+1+i, err)
		case fromGrid(need) >= kept.output:
			return devices, 0, nil
		}
		return 0, devices, nil
	})
}

// ByShipments projects a fleet whose shipments are given: shipments[i] is the devices put into service in the year base+1+i, rounded to the nearest quantum, half to even.
func (f *Fleet) ByShipments(shipments []float64) (*Flow, error) {
	return f.project(len(shipments), func(i int, _, _ counted) (int64, int64, error) {
		quanta, err := toGrid(shipments[i])
		if err != nil {
			return 0, 0, fmt.Errorf("shipments of %d: %w", f.Base+1+i, err)
		}
		return quanta, 0, nil
	})
}

// projection is a Flow in the making.
type projection struct {
	Flow
	life    func(year int) Lifetime
	curves  map[curve][]float64
	shipped int64 // quanta: the base year's stock and all shipments
}

// curve names a curve of survival: that of devices put into service in a year, of which all are there at the end of the year from.
type curve struct {
	year, from int
	life       Lifetime
}

// project makes the base year and so many more. decide gives the i-th one's shipments and what is idle in it, by what was there at the end of the base year and what is kept of the year
// before.
func (f *Fleet) project(years int, decide func(i int, opening, kept counted) (shipments, idle int64, err error)) (*Flow, error) {
	base, cohorts, life := f.Base, f.Cohorts, f.Life
	switch {
	case base < 1 || base > MaxBase:
		return nil, fmt.Errorf("the base year %d is not within 1 to %d", base, MaxBase)
	case years > MaxYears:
		return nil, fmt.Errorf("%w years: %d, at most %d", ErrTooMany, years, MaxYears)
	case len(cohorts) > MaxCohorts:
		return nil, fmt.Errorf("%w cohorts: %d, at most %d", ErrTooMany, len(cohorts), MaxCohorts)
	}
	p := &projection{Flow: Flow{Years: make([]Year, years+1), given: len(cohorts)}, life: life, curves: map[curve][]float64{}}
	for t := range p.Years {
		p.Years[t].Year = base + t
	}
	for i, c := range cohorts {
		one, err := p.cohort(c)
		if err == nil {
			if one.output = c.Output; c.Output == 0 {
				one.output = 1
			}
			if err = checkOutput(one.output); err == nil {
				p.fleets = append(p.fleets, one)
				err = p.ship(one.left(0))
			}
		}
		if err != nil {
			return nil, fmt.Errorf("cohort %d, of %d: %w", i, c.Year, err)
		}
	}
	opening := p.count(0)
	p.Years[0].set(opening)
	for t := 1; t <= years; t++ {
		y := &p.Years[t]
		kept := p.count(t)
		each := f.output(y.Year)
		if err := checkOutput(each); err != nil {
			return nil, fmt.Errorf("devices of %d: %w", y.Year, err)
		}
		shipments, idle, err := decide(t-1, opening, kept)
		if err != nil {
			return nil, err
		}
		one := fleet{year: y.Year, quanta: shipments, output: each, enters: t, until: t}
		if shipments > 0 {
			if one.survival, err = p.survival(p.life(y.Year), y.Year, y.Year, t); err == nil {
				err = p.ship(shipments)
			}
			if err != nil {
				return nil, fmt.Errorf("shipments of %d: %w", y.Year, err)
			}
		}
		p.fleets = append(p.fleets, one)
		y.Shipments, y.Idle = fromGrid(shipments), fromGrid(idle)
		y.Retirements = p.Years[t-1].Stock - fromGrid(kept.stock)
		kept.stock += shipments // of the age of 0
		kept.output += float64(fromGrid(shipments) * each)
		y.set(kept)
	}
	flow := p.Flow
	return &flow, nil
}

// cohort reads a cohort of the caller's.
func (p *projection) cohort(c Cohort) (fleet, error) {
	base := p.Years[0].Year
	quanta, err := toGrid(c.Count)
	switch {
	case err != nil:
		return fleet{}, fmt.Errorf("count: %w", err)
	case c.Year > base:
		return fleet{}, fmt.Errorf("put into service after the base year %d", base)
	case c.Year < base-MaxYears:
		return fleet{}, fmt.Errorf("put into service more than %d years before the base year %d", MaxYears, base)
	case c.Retired != 0 && c.Retired < c.Year:
		return fleet{}, fmt.Errorf("retired in %d, before it was put into service", c.Retired)
	case c.Retired != 0 && c.Retired <= base && c.AtBase:
		return fleet{}, fmt.Errorf("in service at the end of the base year %d and retired in %d", base, c.Retired)
	case c.Retired != 0 || quanta == 0:
		return fleet{year: c.Year, quanta: quanta, until: max(c.Retired-base, 0)}, nil
	}
	from := c.Year
	if c.AtBase {
		from = base
	}
	life := c.Life
	if life == (Lifetime{}) {
		life = p.life(c.Year)
	}
	survival, err := p.survival(life, c.Year, from, 0)
	return fleet{year: c.Year, quanta: quanta, survival: survival}, err
}

// survival gives a curve from the year at t on. It ends where of no cohort a quantum is left.
func (p *projection) survival(life Lifetime, year, from, t int) ([]float64, error) {
	name := curve{year, from, life}
	if c := p.curves[name]; c != nil {
		return c, nil
	}
	if err := life.Check(); err != nil {
		return nil, fmt.Errorf("lifetime: %w", err)
	}
	c := []float64{} // not nil, even where none is left
	for ; t < len(p.Years); t++ {
		share := life.since(float64(from-year), float64(p.Years[t].Year-year))
		if share < Quantum/MaxDevices {
			break
		}
		c = append(c, share)
	}
	p.curves[name] = c
	return c, nil
}

// ship counts quanta that are put into service, all of which together are on the grid.
func (p *projection) ship(quanta int64) error {
	if p.shipped += quanta; p.shipped > MaxDevices/Quantum {
		return fmt.Errorf("with all before them, %v devices are %w", float64(float64(p.shipped)*Quantum), ErrBeyondGrid)
	}
	return nil
}

// counted is what is there at the end of a year: quanta, the sum of their ages (below 2^53 times 2 MaxYears, which is below 2^64), and what devices do together.
type counted struct {
	stock  int64
	ages   uint64
	output float64
}

// count counts what is there at the end of a year.
func (p *projection) count(t int) (c counted) {
	var output exact.Sum // in whatever order cohorts stand
	for i := range p.fleets {
		f := &p.fleets[i]
		if left := f.left(t); left > 0 {
			c.stock += left
			c.ages += uint64(left) * uint64(p.Years[t].Year-f.year)
			output.Add(float64(fromGrid(left) * f.output))
		}
	}
	c.output = output.Float64()
	return c
}

func (y *Year) set(c counted) {
	y.Stock = fromGrid(c.stock)
	if c.stock > 0 {
		y.MeanAge = float64(c.ages) / float64(c.stock)
		y.Output = c.output / y.Stock
	}
}

// checkOutput refuses what no device can do.
func checkOutput(x float64) error {
	if err := check(x); err != nil {
		return fmt.Errorf("output: %w", err)
	}
	if x == 0 {
		return errors.New("the output is 0: no number of such devices does what is needed")
	}
	return nil
}

// Cohorts is the number of cohorts with which the projection began.
func (f *Flow) Cohorts() int { return f.given }

// Cohort follows a cohort with which the projection began, by its place among them.
func (f *Flow) Cohort(i int) Series { return f.series(&f.fleets[:f.given][i]) }

// New follows the devices that were put into service in a projected year. Of other years it has zeros.
func (f *Flow) New(year int) Series {
	if i := year - f.Years[0].Year; i > 0 && i < len(f.Years) {
		return f.series(&f.fleets[f.given+i-1])
	}
	return f.series(&fleet{year: year})
}

func (f *Flow) series(one *fleet) Series {
	s := Series{Year: one.year, Stock: make([]float64, len(f.Years)), Retirements: make([]float64, len(f.Years))}
	for t := range f.Years {
		s.Stock[t] = fromGrid(one.left(t))
		if t > one.enters {
			s.Retirements[t] = s.Stock[t-1] - s.Stock[t]
		}
	}
	return s
}

// check refuses what is no count.
func check(x float64) error {
	switch {
	case x-x != 0:
		return fmt.Errorf("%v is %w", x, ErrNotFinite)
	case x < 0:
		return fmt.Errorf("%v is %w", x, ErrNegative)
	}
	return nil
}

// toGrid rounds a count or a mass to quanta, half to even; they are at most 2^53.
func toGrid(x float64) (int64, error) {
	if err := check(x); err != nil {
		return 0, err
	}
	quanta := math.RoundToEven(x / Quantum)
	if quanta > MaxDevices/Quantum {
		return 0, fmt.Errorf("%v is %w", x, ErrBeyondGrid)
	}
	return int64(quanta), nil
}

// fromGrid is exact.
func fromGrid(quanta int64) float64 { return float64(float64(quanta) * Quantum) }
