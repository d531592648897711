package study

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

// Sampling is how the figures of a study are drawn.
type Sampling struct {
	Draws     int // 0: no intervals
	Seed      uint64
	Points    draws.Sampling
	Quantiles []float64 // probabilities beside 0.05, 0.5 and 0.95, ascending
	// Tolerance is how far the ends of a total's interval may be off, as a part of the total, with 95 % confidence; while they are further off, draws are
	// doubled up to MostDraws. 0: nobody asks.
	Tolerance float64
	MostDraws int
	// MostIntervals is how many rows of a table, and how many values of a column that totals are told by, have intervals: of a table with more none has.
	MostIntervals int
}

// Limits of a study's draws.
const (
	defaultIntervals = 10_000
	mostIntervals    = 1_000_000
	defaultDraws     = 10_000
	fewestDraws      = 100
	mostDraws        = 1_000_000
)

// samplingDoc is what a study file says of its draws.
type samplingDoc struct {
	Draws     *document.Node
	Seed      int
	Points    string
	Quantiles []float64
	Tolerance float64
	MostDraws int
	Intervals int
}

// sampling checks what the study file says of draws.
func (s *Study) sampling(raw samplingDoc, n int, probs *diag.List) {
	bad := func(key string, format string, args ...any) {
		probs.Add(s.doc.Get(key).Problem(diag.BadValue, format, args...))
	}
	out := Sampling{Draws: n, Seed: uint64(raw.Seed), Points: draws.Random, Quantiles: raw.Quantiles, Tolerance: raw.Tolerance, MostDraws: raw.MostDraws}
	if raw.Draws == nil {
		out.Draws = defaultDraws
	}
	if out.Draws != 0 && (out.Draws < fewestDraws || out.Draws > mostDraws) {
		bad("draws", "draws are %d to %d, or 0 for no intervals; found %d", fewestDraws, mostDraws, n)
	}
	if raw.Seed < 0 {
		bad("seed", "a seed is a whole number from 0, found %d", raw.Seed)
	}
	if raw.Points != "" {
		points, ok := draws.Named(raw.Points)
		if !ok {
			p := s.doc.Get("sampling").Problem(diag.UnknownName, "there is no way of sampling named %q", raw.Points)
			p.Hint = "one of " + strings.Join(draws.Samplings(), ", ")
			if near := diag.Nearest(raw.Points, draws.Samplings()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			probs.Add(p)
		}
		out.Points = points
	}
	out.Quantiles = s.quantiles(raw.Quantiles, probs)
	switch stated := s.doc.Get("tolerance"); {
	case !(raw.Tolerance >= 0 && raw.Tolerance < 1):
		bad("tolerance", "the tolerance is a part of the total, such as 0.01; found %v", raw.Tolerance)
	case raw.Tolerance == 0 && stated != nil && stated.Kind == document.Scalar:
		p := stated.Problem(diag.BadValue, "a tolerance of 0 is reached by no number of draws")
		p.Hint = "tolerance: 0.01, or leave it out"
		probs.Add(p)
	}
	if raw.MostDraws != 0 && raw.Tolerance == 0 {
		bad("max_draws", "max_draws bounds how many draws a tolerance may ask for, and the study states no tolerance")
	}
	if raw.Draws != nil && n == 0 {
		for _, key := range []string{"quantiles", "tolerance"} {
			if at := s.doc.Get(key); at != nil && at.Kind != document.Null {
				p := at.Problem(diag.UnusedName, "the key %s is of no use: the study draws nothing", key)
				p.Severity, p.Hint = diag.Warning, "leave out draws: 0, or "+key
				probs.Add(p)
			}
		}
	}
	if out.Tolerance > 0 && out.MostDraws == 0 {
		out.MostDraws = max(100_000, out.Draws)
	}
	if raw.MostDraws != 0 && (raw.MostDraws < out.Draws || raw.MostDraws > mostDraws) {
		bad("max_draws", "max_draws is %d to %d here, found %d", out.Draws, mostDraws, raw.MostDraws)
	}
	out.MostIntervals = raw.Intervals
	switch n := s.doc.Get("max_intervals"); {
	case n == nil:
		out.MostIntervals = defaultIntervals
	case raw.Intervals < 1 || raw.Intervals > mostIntervals:
		bad("max_intervals", "max_intervals is 1 to %d rows of a table, found %d", mostIntervals, raw.Intervals)
	}
	s.Sampling = out
}

// quantiles checks the probabilities of quantiles. Those that stand beside every total anyhow are left out, which a note says.
func (s *Study) quantiles(stated []float64, probs *diag.List) []float64 {
	var out []float64
	last := 0.0
	percent := slices.ContainsFunc(stated, func(q float64) bool { return q > 1 && q < 100 })
	for i, q := range stated {
		at := s.doc.Get("quantiles").Items[i]
		p := at.Problem(diag.OutOfRange, "quantiles are probabilities above 0 and below 1, ascending; found %v", q)
		switch {
		case percent && q >= 1 && q < 100:
			p.Hint = fmt.Sprintf("in parts of 1: %v", q/100)
			probs.Add(p)
			q /= 100
		case !(q > 0 && q < 1):
			probs.Add(p)
		case q <= last:
			p.Hint = "each once, from the least to the greatest"
			probs.Add(p)
		case slices.Contains([]float64{0.05, 0.5, 0.95}, q):
			p = at.Problem(diag.UnusedName, "the quantile %v stands beside every total anyhow", q)
			p.Severity = diag.Note
			probs.Add(p)
		default:
			out = append(out, q)
		}
		last = max(last, q)
	}
	return out
}

// Draw has the study draw so many times, whatever its file says.
func (s *Study) Draw(n int) error {
	if n != 0 && (n < fewestDraws || n > mostDraws) {
		return fmt.Errorf("draws are %d to %d, or 0 for no intervals; found %d", fewestDraws, mostDraws, n)
	}
	s.Sampling.Draws, s.Sampling.MostDraws = n, max(n, s.Sampling.MostDraws)
	s.asked.Draws = &n
	s.said = append(s.said, fmt.Sprintf("--draws %d", n))
	return nil
}

// Seed has the study draw from a seed, whatever its file says.
func (s *Study) Seed(seed uint64) {
	s.Sampling.Seed = seed
	s.asked.Seed = &seed
	s.said = append(s.said, fmt.Sprintf("--seed %d", seed))
}

// describe says how the figures were drawn.
func (s *Sampling) describe() string {
	if s.Draws == 0 {
		return "not computed"
	}
	if s.Tolerance > 0 && s.MostDraws > s.Draws {
		return fmt.Sprintf("%d to %d draws, by a tolerance of %v, %s, seed %d", s.Draws, s.MostDraws, s.Tolerance, s.Points, s.Seed)
	}
	return fmt.Sprintf("%d draws, %s, seed %d", s.Draws, s.Points, s.Seed)
}

// sampled is what run.json says of how figures were drawn.
type sampled struct {
	Seed       uint64         `json:"seed"`
	Points     string         `json:"points"`
	Quantiles  []float64      `json:"quantiles,omitempty"`
	Tolerance  float64        `json:"tolerance,omitempty"`
	Error      *float64       `json:"largest_error,omitempty"` // of the ends of totals' intervals, as a part of the total, where a tolerance is stated
	Reached    *bool          `json:"tolerance_reached,omitempty"`
	Quantities int            `json:"quantities"`           // that are drawn
	Redrawn    []redrawnCount `json:"redrawn,omitempty"`    // rows that rules without normal form were redrawn from
	Dimensions []string       `json:"dimensions,omitempty"` // quantities that Sobol points are given to, in order; all others are random
}

// design is that of the draws of a model. Sobol points go to the quantities that the method's rank names, then to its other parameters, as far as
// there are dimensions.
func (p *plan) design(q *quantities, n int) (*draws.Design, error) {
	s := &p.study.Sampling
	var ranked []string
	if s.Points == draws.Sobol {
		ranked = q.ranked(draws.MaxRanked)
	}
	return draws.New(s.Seed, s.Points, n, ranked)
}

// ranked are the names of at most so many drawn numbers of the model, the most important first. An error that quantities share comes before what each has of its own,
// and in place of what is computed from a mix what it is computed from.
func (q *quantities) ranked(most int) []string {
	var out []string
	add := func(name string) {
		if len(out) < most && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	var variable func(id int32)
	variable = func(id int32) {
		v := &q.model.Variables[id]
		switch {
		case v.Made != nil:
		case v.Sum != nil:
			for i := range v.Sum {
				for _, power := range v.Sum[i].Product {
					variable(power.Variable)
				}
			}
		default:
			if v.Common != "" {
				add(montecarlo.CommonName(v.Common))
			}
			add(v.Name)
		}
	}
	parameter := func(name string) {
		if id, ok := q.variables[originParameter+" "+name]; ok && id >= 0 {
			variable(id)
		}
	}
	var rows []*factors.Row // in an order that their names give
	for r, id := range q.rows {
		if id >= 0 {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b *factors.Row) int {
		return strings.Compare(q.model.Variables[q.rows[a]].Name, q.model.Variables[q.rows[b]].Name)
	})
	factor := func(name string) {
		for _, r := range rows {
			if r.Factor == name {
				variable(q.rows[r])
			}
		}
	}
	if u := q.p.method.Uncertainty; u != nil {
		for _, word := range u.Rank {
			parameter(word)
			factor(q.p.source(word))
		}
	}
	for _, name := range q.p.pack.Rank {
		factor(name)
	}
	for i := range q.p.method.Parameters {
		parameter(q.p.method.Parameters[i].Name)
	}
	return out
}
