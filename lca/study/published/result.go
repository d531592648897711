package published

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Result is what came of an expectation.
type Result struct {
	Case      string
	ID        string
	What      string
	Published string // as printed
	Computed  string // in the same unit; "missing" where nothing came out
	Off       string // of what was published, in per cent, with its sign
	Tolerance string // as the case states it; of a bound empty
	Result    string // in words, see Judge
	Class     string
	Method    string
	Source    string
	Note      string

	OK       bool     // it is as the case says
	Measured Measured // what came out, exactly as the engine tells it
}

// Measured is what a method gave for a selection.
type Measured struct {
	Value *big.Rat // nil where there is none
	Unit  unit.Unit
	Why   string // there is none
}

// Words of results.
const (
	pass    = "pass"
	fail    = "FAIL"
	outside = ", OUTSIDE its tolerance"
	differs = "does not reproduce"
)

// Judge compares what was measured with what was expected. An exact number within its tolerance is "pass", else "FAIL". Of a number that rests on another
// one the result is its class, "fitted, within its tolerance" or OUTSIDE, and never a pass. Of a recomputation it is "does not reproduce" where what comes out is what the case says
// and not what was printed. What is not so is a problem at the expectation's place.
func (c *Case) Judge(e *Expectation, m Measured, probs *diag.List) Result {
	r := Result{Case: c.Name, ID: e.ID, What: e.What, Class: string(e.Class), Method: c.MethodOf(e), Source: c.cite(e.Source), Note: e.Note, Tolerance: e.Within, Computed: "missing", Measured: m}
	stated := e.Value
	if stated == nil {
		stated = e.LessThan
		r.Published = "less than " + stated.Text
	} else {
		r.Published = stated.Text
	}
	var got *big.Rat
	if m.Value != nil {
		var ok bool
		if got, ok = convert(m.Value, m.Unit, stated.Unit); !ok {
			p := e.At.Problem(diag.UnitMismatch, "%s is expected in %s (%s), and comes in %s (%s)", e.ID, stated.Unit, stated.Unit.Dimension(), m.Unit, m.Unit.Dimension())
			p.Hint = "state it in a unit that fits"
			probs.Add(p)
			r.Result = fail
			return r
		}
	}
	within := false
	if got != nil {
		r.Computed = written(got, stated)
		if e.LessThan != nil {
			within = got.Cmp(stated.Number) < 0
		} else {
			r.Off = percent(got, stated.Number)
			within = e.meets(got, stated)
		}
	}
	message := ""
	switch {
	case e.Class == Recomputation && got != nil && within:
		r.Result = fail
		message = "is said not to come out as published, and does: " + r.Computed
	case e.Class == Recomputation && got != nil && e.meets(got, e.Recomputed):
		r.Result, r.OK = differs, true
	case e.Class == Recomputation:
		r.Result = fail
		message = "is said to come out as " + e.Recomputed.Text + ", got " + r.Computed
	case e.Class == Exact && within:
		r.Result, r.OK = pass, true
	case e.Class == Exact:
		r.Result = fail
		message = "was published as " + r.Published + ", got " + r.Computed
	case within:
		r.Result, r.OK = string(e.Class)+", within its tolerance", true
	default:
		r.Result = string(e.Class) + outside
		message = "was published as " + r.Published + ", got " + r.Computed
	}
	if r.OK {
		return r
	}
	if r.Off != "" && e.Class != Recomputation {
		message += " (" + r.Off + "; within " + e.Within + ")"
	}
	if got == nil && m.Why != "" {
		message += ": " + m.Why
	}
	p := e.At.Problem(diag.ExampleFailed, "%s, %s: %s", e.ID, e.What, message)
	p.Why = "case " + c.Name + " by " + c.MethodOf(e)
	probs.Add(p)
	return r
}

// meets reports whether a number is within the tolerance of another one, exactly.
func (e *Expectation) meets(got *big.Rat, stated *Figure) bool {
	if e.Value.Unit.Equal(stated.Unit) {
		return e.near(got, stated.Number)
	}
	same, ok := stated.in(e.Value.Unit)
	return ok && e.near(got, same)
}

func (e *Expectation) near(got, stated *big.Rat) bool {
	off := new(big.Rat).Sub(got, stated)
	off.Abs(off)
	if e.absolute != nil {
		most, ok := e.absolute.in(e.Value.Unit)
		return ok && off.Cmp(most) <= 0
	}
	most := new(big.Rat).Mul(e.relative, stated)
	return off.Cmp(most.Abs(most)) <= 0
}

// written is a number in a figure's unit, with six digits or one more than the figure has.
func written(v *big.Rat, like *Figure) string {
	f, _ := v.Float64()
	text := strconv.FormatFloat(f, 'g', max(6, min(like.digits+1, 17)), 64)
	if strings.Contains(text, "e") || !strings.Contains(text, ".") {
		if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 1e-4 && n < 1e15 {
			text = strconv.FormatFloat(n, 'f', -1, 64)
		}
	} else {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if _, unit, ok := strings.Cut(like.Text, " "); ok {
		text += " " + strings.TrimSpace(unit)
	}
	return text
}

// percent is how far a number is off another one, with its sign and two digits; empty where that is 0.
func percent(got, stated *big.Rat) string {
	if stated.Sign() == 0 {
		return ""
	}
	share := new(big.Rat).Quo(new(big.Rat).Sub(got, stated), stated)
	f, _ := share.Mul(share, big.NewRat(100, 1)).Float64()
	sign := "+"
	if f < 0 {
		sign, f = "-", -f
	}
	if f < 1e-12 {
		return "0 %"
	}
	text := strconv.FormatFloat(f, 'g', 2, 64)
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 1e-4 && n < 1e6 {
		text = strconv.FormatFloat(n, 'f', -1, 64)
	}
	return sign + text + " %"
}

// Quotient is what was measured for one expectation over what was for another.
func Quotient(a, b Measured) Measured {
	switch {
	case a.Value == nil:
		return a
	case b.Value == nil:
		return b
	case b.Value.Sign() == 0:
		return Measured{Why: "the second number is 0"}
	}
	over, ok := convert(b.Value, b.Unit, a.Unit)
	if !ok {
		return Measured{Why: a.Unit.String() + " over " + b.Unit.String() + " is no plain number"}
	}
	return Measured{Value: new(big.Rat).Quo(a.Value, over), Unit: unit.One}
}

// Tallies are the words by which results are counted, see Result.Tally.
var Tallies = []string{"passed", "failed", string(Derived), string(Partial), string(Fitted), "not reproduced, as stated"}

// Tally is the word of Tallies for a result.
func (r *Result) Tally() string {
	switch {
	case !r.OK:
		return Tallies[1]
	case r.Class == string(Exact):
		return Tallies[0]
	case r.Class == string(Recomputation):
		return Tallies[5]
	}
	return r.Class
}
