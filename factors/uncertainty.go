package factors

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/elementary"
)

// Indicator is a row of the pedigree matrix: how much a shortcoming of a figure widens its distribution.
type Indicator struct {
	Name        string
	Score       int     // 1, the best, to 5
	Variance    float64 // of the logarithm
	Description string
}

// PedigreeSource cites the matrix.
const PedigreeSource = "Weidema et al. (2013), Overview and methodology: data quality guideline for the ecoinvent database version 3, table 10.5; basic variance table 10.3"

// BasicVariance is the variance of the logarithm that a figure has with the best scores throughout, where its row does not say another: that of the
// demand of energy and materials and of carbon dioxide in table 10.3. Transport has 0.12.
const BasicVariance = 0.0006

//go:embed pedigree.csv
var pedigreeText []byte

// Pedigree returns the pedigree matrix: five indicators, five scores each.
var Pedigree = sync.OnceValue(func() []Indicator {
	records, err := csv.NewReader(bytes.NewReader(pedigreeText)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program
	}
	var out []Indicator
	for _, r := range records[1:] {
		score, err := strconv.Atoi(r[1])
		variance, other := strconv.ParseFloat(r[2], 64)
		if err != nil || other != nil {
			panic(fmt.Sprint("factors/pedigree.csv: ", r))
		}
		out = append(out, Indicator{r[0], score, variance, r[3]})
	}
	return out
})

// pedigreeForm is how a row asks for a distribution by its pedigree.
const pedigreeForm = "write pedigree(reliability,completeness,temporal,geographical,technological) with scores from 1, the best, to 5, and where it is not 0.0006 the basic variance: pedigree(2,1,1,1,2,basic 0.12)"

// parseUncertainty reads a cell of the column distribution: a distribution, a pedigree, or the spread of several series.
func parseUncertainty(text string) (uncertainty, error) {
	name, rest, call := strings.Cut(text, "(")
	switch name {
	case "pedigree":
		return parsePedigree(rest, call)
	case "spread":
		u := uncertainty{words: text, spread: true}
		if call {
			of, closed := strings.CutSuffix(rest, ")")
			if !closed || strings.TrimSpace(of) != of || of == "" || strings.ContainsAny(of, "()") {
				return u, fmt.Errorf("write spread, or spread(TECHNOLOGY) to take that of another technology")
			}
			u.of = of
		}
		return u, nil
	}
	d, err := dist.Parse(text)
	if near := diag.Nearest(name, []string{"pedigree", "spread"}); err != nil && near != "" {
		err = fmt.Errorf("unknown distribution %q; did you mean %s?", name, near)
	} else if strings.TrimSpace(text) == "" {
		err = fmt.Errorf("the row has no distribution: write fixed where none is known, pedigree(2,1,1,1,2) for that of its scores, spread for that of several publications, or one of %s", strings.Join(dist.Forms()[1:], ", "))
	} else if _, known := dist.Named(strings.TrimSpace(name)); !known {
		err = fmt.Errorf("%w, pedigree(scores), spread", err)
	}
	u := uncertainty{words: "declared", dist: d}
	if d.Family() == dist.Fixed {
		u.words = "none"
	}
	return u, err
}

func parsePedigree(list string, call bool) (uncertainty, error) {
	list, closed := strings.CutSuffix(list, ")")
	if !call || !closed {
		return uncertainty{}, fmt.Errorf("%s", pedigreeForm)
	}
	parts := strings.Split(list, ",")
	matrix := Pedigree()
	variance := BasicVariance
	if len(parts) == len(matrix)/5+1 {
		basic, ok := strings.CutPrefix(strings.TrimSpace(parts[len(parts)-1]), "basic ")
		v, err := strconv.ParseFloat(basic, 64)
		if !ok || err != nil || !decimal(basic) || !(v >= 0 && v <= 10) {
			return uncertainty{}, fmt.Errorf("%s", pedigreeForm)
		}
		variance, parts = v, parts[:len(parts)-1]
	}
	if len(parts) != len(matrix)/5 {
		return uncertainty{}, fmt.Errorf("a pedigree has five scores: %s", pedigreeForm)
	}
	for i, part := range parts {
		score := strings.TrimSpace(part)
		if len(score) != 1 || score < "1" || score > "5" {
			return uncertainty{}, fmt.Errorf("the score of %s is %q, not 1 to 5: %s", matrix[5*i].Name, score, pedigreeForm)
		}
		variance += matrix[5*i+int(score[0]-'1')].Variance
	}
	return uncertainty{words: "pedigree(" + list + ")", gsd2: elementary.Exp(float64(2 * math.Sqrt(variance)))}, nil
}

// fewest is how many publications a spread is taken of at least.
const fewest = 3

// spread gives the rows that ask for it the distribution that the values of several series have: lognormal about the row's own value, with the
// standard deviation of the values' logarithms. Of each series the value counts that is found, so that its former releases, which are history, do not.
// All values are of one boundary and kind of figure, and of the row's layer or one beneath: what is laid over a row does not change it. Where a
// day leaves too few of them, nobody could have stated a spread on it: the row has none, which a note says.
func (l *loader) spread() {
	early := 0
	for i := range l.pack.Rows {
		r := &l.pack.Rows[i]
		if !strings.HasPrefix(r.Uncertainty, "spread") {
			continue
		}
		of := l.cell(colDistribution, r.Uncertainty).spread.of
		if n := len(l.beside(r, of)); n > maxBeside {
			l.probs.Errorf(diag.TooLarge, r.Place(), "a spread is taken of at most %d rows of one place; %s has %d", maxBeside, r.title(), n)
			return
		}
		values := l.published(r, of)
		if len(values) < fewest && l.pack.AsOf != "" {
			r.Measure = l.measures.measure(r.Unit, r.UnitText, "none")
			early++
			continue
		}
		if len(values) < fewest {
			p := diag.Problem{Code: diag.BadDistribution, Place: r.Place(), Message: fmt.Sprintf("the spread of %s has %d values: at least %d are needed", strings.TrimSpace(r.title()+" "+of), len(values), fewest),
				Why: "a spread is taken of values of different series within one boundary and kind of figure; releases of one series are its history"}
			if len(values) > 0 {
				p.Hint = "found: " + strings.Join(slices.Sorted(maps.Keys(values)), ", ")
			}
			l.probs.Add(p)
			continue
		}
		if r.Value == 0 {
			continue
		}
		d, err := dist.New(dist.Lognormal, r.Value, gsd2(slices.Sorted(maps.Values(values))))
		if err != nil {
			l.probs.Errorf(diag.BadDistribution, r.Place(), "the spread of %s: %v", r.title(), err)
		}
		r.Distribution = d
	}
	if early > 0 {
		l.probs.Add(diag.Problem{Code: diag.MissingValue, Severity: diag.Note,
			Message: fmt.Sprintf("%d rows have no distribution as of %s: too few publications gave a value by then to take a spread of", early, l.pack.AsOf)})
	}
}

// published is what each series says of a row's key, or of another technology's, in the row's unit. A value of 0 has no logarithm and is left out.
func (l *loader) published(r *Row, technology string) map[string]float64 {
	found := map[string]*Row{}
	for _, id := range l.beside(r, technology) {
		o := &l.pack.Rows[id]
		if o.Form != r.Form || !o.overlaps(r) || o.Series == "" || o.layer > r.layer {
			continue
		}
		if best := found[o.Series]; best == nil || o.before(best) {
			found[o.Series] = o
		}
	}
	values := map[string]float64{}
	for name, o := range found {
		if factor, ok := l.scale(o, r.Unit, r.UnitText); ok && o.Value > 0 {
			values[name] = float64(o.Value * factor)
		}
	}
	return values
}

// maxBeside bounds the rows that are looked at for each row that asks for a spread.
const maxBeside = 2000

// beside are the rows of a row's place, or of another technology's.
func (l *loader) beside(r *Row, technology string) []int32 {
	code := r.technology
	if technology != "" {
		code = l.pack.technologies.find(technology)
	}
	return l.pack.series[seriesKey{r.Factor, r.Category}].rows(r.region, code)
}

// gsd2 is the square of the geometric standard deviation of values: exp(2 s), where s is the sample standard deviation of their logarithms.
func gsd2(values []float64) float64 {
	logs := make([]float64, len(values))
	mean := 0.0
	for i, v := range values {
		logs[i] = elementary.Ln(v)
		mean += logs[i] / float64(len(values))
	}
	squares := 0.0
	for _, x := range logs {
		squares += float64((x - mean) * (x - mean))
	}
	return elementary.Exp(float64(2 * math.Sqrt(squares/float64(len(values)-1))))
}
