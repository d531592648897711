package amounts

import (
	"math"
	"time"
)

const (
	firstYear = 1970
	lastYear  = 2200
)

// newYears are the days since 1970-01-01 of each first of January.
var newYears = func() (days [lastYear - firstYear + 2]float64) {
	for i := range days {
		days[i] = float64(time.Date(firstYear+i, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	}
	return days
}()

// YearOf is the calendar year of a date in days since 1970-01-01; 0 outside 1970 to 2200.
func YearOf(day float64) int {
	if !(day >= 0) || day >= newYears[len(newYears)-1] {
		return 0
	}
	i := int(day / 365.2425)
	for i > 0 && newYears[i] > day {
		i--
	}
	for newYears[i+1] <= day {
		i++
	}
	return firstYear + i
}

// YearKnown reports whether a calendar year is one of 1970 to 2200.
func YearKnown(year int) bool { return year >= firstYear && year <= lastYear }

// Period is the time that a row covers: whole days, both included, or a calendar year where no day is known.
type Period struct {
	From, To float64 // days since 1970-01-01
	Year     int     // set where the days are not known
}

// PeriodOf makes the period of a row. A lone first or last day stands for a day. Without any date and year ok is false, and so it is of
// what ends before it starts, lies outside 1970 to 2200 or is no whole year.
func PeriodOf(from float64, hasFrom bool, to float64, hasTo bool, year float64, hasYear bool) (p Period, ok bool) {
	switch {
	case hasFrom && hasTo:
		p = Period{From: math.Floor(from), To: math.Floor(to)}
	case hasFrom:
		p = Period{From: math.Floor(from), To: math.Floor(from)}
	case hasTo:
		p = Period{From: math.Floor(to), To: math.Floor(to)}
	case hasYear:
		if !(year >= firstYear && year <= lastYear) || year != math.Trunc(year) {
			return p, false
		}
		return Period{Year: int(year)}, true
	default:
		return p, false
	}
	return p, YearOf(p.From) != 0 && YearOf(p.To) != 0 && p.To >= p.From
}

// First is the year of the first day.
func (p Period) First() int {
	if p.Year != 0 {
		return p.Year
	}
	return YearOf(p.From)
}

// Last is the year of the last day.
func (p Period) Last() int {
	if p.Year != 0 {
		return p.Year
	}
	return YearOf(p.To)
}

// Share is the part of the period that falls in a year: days in the year over all days.
func (p Period) Share(year int) float64 {
	if p.Year != 0 || p.First() == p.Last() {
		return 1
	}
	i := year - firstYear
	days := min(p.To+1, newYears[i+1]) - max(p.From, newYears[i])
	return days / (p.To + 1 - p.From)
}

// NewYear is the first of January of a year from 1970 to 2201, in days since 1970-01-01.
func NewYear(year int) int { return int(newYears[year-firstYear]) }
