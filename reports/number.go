package reports

import (
	_ "embed"
	"math"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// step is a unit to which a value is scaled for print: a value in the table's unit, divided by Factor, is in Name.
type step struct {
	Name   string  `doc:"name,required"`
	Factor float64 `doc:"factor,required"`

	in *wording `doc:"-"`
}

//go:embed units.yaml
var unitsText []byte

// ladders gives each unit's steps, smallest first.
var ladders = sync.OnceValue(func() map[string][]step {
	var file struct {
		Units []struct {
			Unit  string `doc:"unit,required"`
			Steps []step `doc:"steps,required"`
		} `doc:"units,required"`
	}
	embedded("reports/units.yaml", unitsText, &file)
	out := map[string][]step{}
	for _, u := range file.Units {
		out[u.Unit] = u.Steps
	}
	return out
})

// embedded decodes a file that is part of the program.
func embedded(name string, text []byte, into any) {
	var probs diag.List
	if root := document.Parse(name, text, &probs); root != nil {
		document.Decode(root, into, &probs)
	}
	if err := probs.Err(); err != nil {
		panic(err)
	}
}

// scale chooses the step in which the median of the absolute values that are not 0 has one to three digits before the point: one unit
// for all of them, so that they can be compared.
func (w *wording) scale(unit string, values ...float64) step {
	numerator, per, ratio := strings.Cut(unit, "/")
	steps := ladders()[numerator]
	if len(steps) == 0 {
		return step{Name: w.unitName(unit), Factor: 1, in: w}
	}
	var sizes []float64
	for _, v := range values {
		if v != 0 {
			sizes = append(sizes, math.Abs(v))
		}
	}
	var best step
	if len(sizes) == 0 {
		for _, s := range steps {
			if best.Name == "" || s.Factor == 1 {
				best = s
			}
		}
	} else {
		sort.Float64s(sizes)
		best = steps[0]
		for _, s := range steps[1:] {
			if s.Factor <= sizes[len(sizes)/2] {
				best = s
			}
		}
	}
	if ratio {
		best.Name = w.unitName(best.Name) + "/" + w.named(per)
	}
	best.Name, best.in = w.unitName(best.Name), w
	return best
}

// Printed are values as reports print them, three digits each in one unit that suits them, which is a multiple of the unit that they are in.
func Printed(in string, values ...float64) (texts []string, unit string) {
	s := english().scale(in, values...)
	for _, v := range values {
		texts = append(texts, s.in.short(v/s.Factor))
	}
	return texts, s.Name
}

// number is a value as it is printed.
type number struct {
	Text string // three significant digits in Unit
	Unit string
	Full string // all digits in the table's unit, thousands separated, with the unit
	Raw  string // all digits in the table's unit, as a program reads them

	Between   string // the interval in Unit; empty where there is none
	Low, High string // its ends, as Raw
}

func (s step) number(value float64, unit string) number {
	return number{Text: s.in.short(value / s.Factor), Unit: s.Name, Full: s.in.full(value) + " " + unit, Raw: raw(value)}
}

// between is the interval of a value, in the same unit.
type between struct{ low, high float64 }

// times is the interval of so many times a value; nil of none.
func (b *between) times(n float64) *between {
	if b == nil {
		return nil
	}
	return &between{float64(b.low * n), float64(b.high * n)}
}

// within is number of a value with its interval, rounded to what the interval carries.
func (s step) within(value float64, unit string, b *between) number {
	n := s.number(value, unit)
	if b == nil {
		return n
	}
	n.Low, n.High = raw(b.low), raw(b.high)
	v, low, high := value/s.Factor, b.low/s.Factor, b.high/s.Factor
	place, ok := placeOf(v, low, high)
	if !ok {
		n.Between = s.in.to(s.in.short(low), s.in.short(high))
		return n
	}
	n.Text, n.Between = s.in.atPlace(v, min(place, magnitude(v)-1)), s.in.to(s.in.atPlace(low, ownPlace(low, place)), s.in.atPlace(high, ownPlace(high, place)))
	return n
}

// rough is number with two digits: of a value without an interval, where others have one. More would say that it is known better than they are.
func (s step) rough(value float64, unit string) number {
	n := s.number(value, unit)
	if v := value / s.Factor; v != 0 && drawable(v) {
		n.Text = s.in.atPlace(v, magnitude(v)-1)
	}
	return n
}

// placeOf is the power of ten to which a value and its interval are rounded: that of the second digit of half the interval's width, so that either end changes by at
// most a fortieth of the width, and no less than that of the value's sixth digit. There is none of an interval without width.
func placeOf(value, low, high float64) (place int, ok bool) {
	half := float64((high - low) / 2)
	if !(half > 0) || math.IsInf(half, 0) {
		return 0, false
	}
	return max(magnitude(half)-1, magnitude(value)-5), true
}

// ownPlace is that of an end that has no digit at the interval's place: its second digit, since nothing but 0 is printed as 0.
func ownPlace(v float64, place int) int {
	if v != 0 && magnitude(v) < place {
		return magnitude(v) - 1
	}
	return place
}

// Rounded is a value with the ends of its interval as they are published: rounded to what the interval carries, the rule of all reports.
func Rounded(value, low, high float64) (v, l, h float64) {
	place, ok := placeOf(value, low, high)
	if !ok {
		return value, low, high
	}
	return rounded(value, min(place, magnitude(value)-1)), rounded(low, ownPlace(low, place)), rounded(high, ownPlace(high, place))
}

// magnitude is the power of ten of a number's leading digit; that of 0 is the lowest there is.
func magnitude(v float64) int {
	if v == 0 {
		return math.MinInt32
	}
	_, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, 64), "e")
	n, _ := strconv.Atoi(power)
	return n
}

// rounded is a number at a power of ten.
func rounded(v float64, place int) float64 {
	if v == 0 {
		return 0
	}
	digits := magnitude(v) - place // behind the leading one
	if digits < 0 {                // one more place, or nothing
		unit, _ := strconv.ParseFloat("1e"+strconv.Itoa(place), 64)
		return float64(math.Round(v/unit) * unit)
	}
	out, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits, 64), 64)
	return out
}

// atPlace prints a number rounded to a power of ten.
func (w *wording) atPlace(v float64, place int) string {
	v = rounded(v, place)
	if v == 0 {
		return "0"
	}
	if e := magnitude(v); e < -3 || e > 8 {
		return w.powered(v, max(0, e-place))
	}
	return w.group(strconv.FormatFloat(v, 'f', max(0, -place), 64))
}

// powered prints digits behind the point and a power of ten.
func (w *wording) powered(v float64, digits int) string {
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', digits, 64), "e")
	exponent, _ := strconv.Atoi(power)
	return minus(strings.Replace(mantissa, ".", w.or().Numbers.Point, 1)) + " × 10" + superscript(exponent)
}

// one formats a value that stands alone.
func (w *wording) one(value float64, unit string) number {
	return w.scale(unit, value).number(value, unit)
}

func (n number) String() string {
	if n.Unit == "" || n.Unit == "1" {
		return n.Text
	}
	return n.Text + "\u00a0" + strings.ReplaceAll(n.Unit, " ", "\u00a0")
}

// words is the value with its unit and, where it has one, its interval.
func (n number) words() string {
	if n.Between == "" {
		return n.String()
	}
	return n.String() + " (" + n.Between + ")"
}

// raw is the shortest text that reads back as the same number, without an exponent where people write none: below 10²¹, as JSON does.
func raw(v float64) string {
	if size := math.Abs(v); size >= 1e6 && size < 1e21 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// short rounds to three significant digits: 1,290 or 0.0432, and powers of ten beyond what is read at a glance.
func (w *wording) short(v float64) string {
	if v == 0 {
		return "0"
	}
	mantissa, power, _ := strings.Cut(strconv.FormatFloat(v, 'e', 2, 64), "e")
	exponent, err := strconv.Atoi(power)
	if err != nil { // an infinity or NaN, which tables do not hold
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	if exponent < -3 || exponent > 8 {
		return w.powered(v, 2)
	}
	rounded, _ := strconv.ParseFloat(mantissa+"e"+power, 64)
	return w.group(strconv.FormatFloat(rounded, 'f', max(0, 2-exponent), 64))
}

// full prints every digit that distinguishes the number.
func (w *wording) full(v float64) string {
	if a := math.Abs(v); v != 0 && (a < 1e-7 || a >= 1e15) {
		return minus(strings.Replace(strconv.FormatFloat(v, 'e', -1, 64), ".", w.or().Numbers.Point, 1))
	}
	return w.group(strconv.FormatFloat(v, 'f', -1, 64))
}

// group separates thousands as the language does, and writes its point and a true minus sign.
func (w *wording) group(s string) string {
	w = w.or()
	digits := strings.TrimPrefix(s, "-")
	sign := minus(s[:len(s)-len(digits)])
	whole, fraction, point := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + w.Numbers.Thousands + whole[i:]
	}
	if point {
		whole += w.Numbers.Point + fraction
	}
	return sign + whole
}

func minus(s string) string { return strings.Replace(s, "-", "−", 1) }

func superscript(n int) string {
	return strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸",
		"9", "⁹").Replace(strconv.Itoa(n))
}

// percent prints a share; what is neither nothing nor all is never rounded to either.
func (w *wording) percent(share float64) string {
	p, sign := float64(share*100), w.or().Numbers.Percent
	switch {
	case p == 0:
		return "0" + sign
	case p > 0 && p < 0.1:
		return w.or().Numbers.Below + w.group("0.1") + sign
	case p < 10 && p > 0:
		return w.group(strconv.FormatFloat(p, 'f', 1, 64)) + sign
	case p > 99 && p < 100:
		return w.or().Numbers.Above + "99" + sign
	}
	return w.group(strconv.FormatFloat(p, 'f', 0, 64)) + sign
}

// count prints how many.
func count[T int | int64](w *wording, n T) string { return w.group(strconv.FormatInt(int64(n), 10)) }

// yearText is empty for no year.
func yearText(y int) string {
	if y == 0 {
		return ""
	}
	return strconv.Itoa(y)
}
