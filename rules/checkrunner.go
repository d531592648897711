package rules

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// CheckRunner evaluates checks over batches. It belongs to one goroutine.
type CheckRunner struct {
	p       *CheckProgram
	machine *vector.Machine
	slots   []column.Column
	rows    column.Bitmap
	mixed   []mixture
}

// mixture is what a check about all rows has counted.
type mixture struct {
	rows    []int64 // with each word
	lacking int64
}

// NewRunner prepares a runner.
func (p *CheckProgram) NewRunner() *CheckRunner {
	r := &CheckRunner{p: p, machine: vector.NewMachine(p.p.builder), slots: make([]column.Column, len(p.p.slots)), mixed: make([]mixture, len(p.checks))}
	for i := range p.checks {
		r.mixed[i].rows = make([]int64, len(p.checks[i].words))
	}
	return r
}

// Start forgets the dictionaries of the part before.
func (r *CheckRunner) Start() { r.machine.Forget() }

// Evaluate runs the checks over a batch whose columns are those of CheckProgram.Columns, in order. found is called for each row of which a check
// is true, by check and row; message writes what it says of the row, and is of use until found returns.
func (r *CheckRunner) Evaluate(b *column.Batch, found func(check, row int, message func() string)) {
	copy(r.slots, b.Columns)
	r.machine.Load(r.slots, b.Rows)
	for i := range r.p.checks {
		c := &r.p.checks[i]
		r.rows = fillBits(r.rows, b.Rows)
		r.machine.Eval(c.when).True(r.rows)
		if c.counted != nil {
			r.count(i)
			continue
		}
		for w, word := range r.rows {
			for ; word != 0; word &= word - 1 {
				row := w*64 + bits.TrailingZeros64(word)
				found(i, row, func() string { return r.message(c, row) })
			}
		}
	}
}

// count adds the rows of the batch to a check about all rows.
func (r *CheckRunner) count(check int) {
	c, m := &r.p.checks[check], &r.mixed[check]
	if !slices.ContainsFunc(r.rows, func(w uint64) bool { return w != 0 }) {
		return
	}
	words := r.machine.Eval(c.counted)
	for w, word := range r.rows {
		for ; word != 0; word &= word - 1 {
			row := w*64 + bits.TrailingZeros64(word)
			if words.Has(row) {
				if at := slices.Index(c.words, words.String(row)); at >= 0 {
					m.rows[at]++
				}
			}
		}
	}
	r.machine.Eval(c.lacking).True(r.rows)
	m.lacking += int64(r.rows.Count())
}

// Merge adds what another runner has counted.
func (r *CheckRunner) Merge(other *CheckRunner) {
	for i := range r.mixed {
		for w, n := range other.mixed[i].rows {
			r.mixed[i].rows[w] += n
		}
		r.mixed[i].lacking += other.mixed[i].lacking
	}
}

// Mixed calls found for each check about all rows that finds rows of several words, of which some lack what would bring them together.
func (r *CheckRunner) Mixed(found func(c *Suspicion, message string)) {
	for i := range r.p.checks {
		c, m := &r.p.checks[i], &r.mixed[i]
		words := 0
		for _, n := range m.rows {
			if n > 0 {
				words++
			}
		}
		if words > 1 && m.lacking > 0 {
			found(c.Suspicion, strings.NewReplacer("{counts}", c.counts(m.rows), "{lacking}", numberText(float64(m.lacking))).Replace(c.Message))
		}
	}
}

// message writes what a check says of a row of the batch.
func (r *CheckRunner) message(c *compiledCheck, row int) string {
	var b strings.Builder
	for _, part := range c.message {
		if part.value == nil {
			b.WriteString(part.text)
			continue
		}
		v := r.machine.Eval(part.value)
		switch {
		case !v.Has(row):
			b.WriteString("unknown")
		case v.Type == column.Bool:
			b.WriteString(strconv.FormatBool(v.Bool(row)))
		case v.Type == column.String:
			b.WriteString(strconv.Quote(cut(v.String(row))))
		case part.date:
			b.WriteString(time.Unix(int64(v.Float(row))*86400, 0).UTC().Format(time.DateOnly))
		case part.exact:
			b.WriteString(numberText(v.Float(row)) + part.unit)
		default:
			b.WriteString(roundedText(v.Float(row)) + part.unit)
		}
	}
	return b.String()
}

// cut shortens a long text from a file.
func cut(text string) string { return diag.Excerpt(text, 80) }

// roundedText writes a computed number with four digits.
func roundedText(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 3, 64), 64)
	if err != nil {
		return "unknown"
	}
	return numberText(rounded)
}

// Problem makes a problem of what a check found.
func (c *Suspicion) Problem(at diag.Place, message string) diag.Problem {
	at.Column = c.Column
	return diag.Problem{Code: c.Code, Severity: c.Severity, Place: at, Message: message, Why: c.Why, Hint: c.Hint}
}
