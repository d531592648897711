package factors

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Correlation says that rows of a layer err together: those of one factor and category that differ only in the keys along, in when they were released and
// in their values. The normal scores of any two of them have the correlation Rho (a Gaussian copula with one factor): the score of each is √Rho times
// one that all have in common plus √(1 − Rho) times its own.
type Correlation struct {
	Factor     string
	Categories []string // empty: all of the factor, each for itself
	Along      []string // of region, year, technology and series, in this order
	Rho        float64  // above 0, at most 1
	Source     string
	Place      diag.Place // in pack.yaml
}

// correlationEntry is an entry of correlations in pack.yaml.
type correlationEntry struct {
	Factor     string         `doc:"factor,required"`
	Categories []string       `doc:"categories"`
	Along      []string       `doc:"along,required"`
	Rho        float64        `doc:"rho,required"`
	Source     string         `doc:"source,required"`
	At         *document.Node `doc:"@"`
}

// of reports whether the declaration is of a factor's category.
func (c *Correlation) of(factor, category string) bool {
	return c.Factor == factor && (len(c.Categories) == 0 || slices.Contains(c.Categories, category))
}

// correlate checks an entry of correlations and adds it to the layer.
func (l *loader) correlate(e correlationEntry) {
	if e.At == nil || e.At.Kind != document.Map || e.Factor == "" {
		return // said already
	}
	before := l.probs.Count(diag.Error)
	d, ok := l.pack.Definition(e.Factor)
	if !ok {
		p := e.At.Get("factor").Problem(diag.UnknownName, "the pack defines no factor %q", e.Factor)
		p.Hint = meant(e.Factor, l.factorNames())
		l.probs.Add(p)
		return
	}
	l.categories(e.At, e.Categories)
	along := e.At.Get("along")
	if along != nil && len(along.Items) == 0 && along.Kind != document.Scalar && along.Kind != document.Map {
		p := along.Problem(diag.MissingValue, "rows that differ in nothing are one row: along names what they may differ in")
		p.Hint = "along: [year]"
		l.probs.Add(p)
	}
	for i, k := range e.Along {
		n := along.Items[i]
		switch {
		case !slices.Contains(alongWords, k):
			p := n.Problem(diag.UnknownName, "rows cannot differ along %q", k)
			p.Hint = meant(k, alongWords)
			l.probs.Add(p)
		case k != seriesWord && !d.Keyed(k):
			p := n.Problem(diag.BadValue, "%s is not found by %s, so that no two of its rows differ in it", d.Name, k)
			p.Hint = "its keys are " + list(d.Keys)
			l.probs.Add(p)
		case slices.Contains(e.Along[:i], k):
			l.probs.Add(n.Problem(diag.DuplicateName, "the key %s is given twice", k))
		}
	}
	if n := e.At.Get("rho"); n != nil && n.Kind == document.Scalar && !n.Cut && !(e.Rho > 0 && e.Rho <= 1) {
		p := n.Problem(diag.OutOfRange, "rho is above 0 and at most 1, not %v", e.Rho)
		p.Hint = "1: the rows have one error; rows that have nothing in common need no declaration"
		l.probs.Add(p)
	}
	if n := e.At.Get("source"); n != nil && strings.TrimSpace(e.Source) == "" {
		p := n.Problem(diag.MissingValue, "a correlation needs a source")
		p.Hint = "what is an assumption says so: source: an assumption, since all years are computed with the same emission factors"
		l.probs.Add(p)
	}
	for i := range l.layer.Correlations {
		o := &l.layer.Correlations[i]
		if o.Factor != e.Factor || len(o.Categories) > 0 && len(e.Categories) > 0 && !slices.ContainsFunc(e.Categories, func(c string) bool { return slices.Contains(o.Categories, c) }) {
			continue
		}
		p := e.At.Problem(diag.DuplicateName, "rows of %s would be in two correlations: this one and that at %s", e.Factor, o.Place)
		p.Hint = "a row shares one error with others: name categories that do not overlap, or all keys in one along"
		l.probs.Add(p)
	}
	if l.probs.Count(diag.Error) > before {
		return
	}
	sorted := slices.DeleteFunc(slices.Clone(alongWords), func(k string) bool { return !slices.Contains(e.Along, k) })
	l.layer.Correlations = append(l.layer.Correlations, Correlation{e.Factor, e.Categories, sorted, e.Rho, e.Source, e.At.Place})
}

// Correlation is the declaration that a row falls under, of those of its own layer; nil where there is none. A derived row has none: those that it is
// computed from have theirs.
func (p *Pack) Correlation(r *Row) *Correlation {
	if r.Derived != nil {
		return nil
	}
	for i := range p.Layers[r.layer].Correlations {
		if c := &p.Layers[r.layer].Correlations[i]; c.of(r.Factor, r.Category) {
			return c
		}
	}
	return nil
}

// Common is the name of the error that a row shares with others, and the correlation of the normal scores of any two of them; "" and 0 where it shares none.
// The name is made of what these rows have in common, and does not change when rows are added: "electricity climate_change FRA production generation
// life_cycle average, all years". It is no QuantityName.
func (p *Pack) Common(r *Row) (name string, rho float64) {
	c := p.Correlation(r)
	if c == nil {
		return "", 0
	}
	return p.layerName(r) + r.named(c.Along) + allOf(c.Along), c.Rho
}

// allOf says along what rows share an error.
func allOf(along []string) string {
	var all []string
	for _, k := range along {
		all = append(all, plurals[k])
	}
	return ", all " + strings.Join(all, " and ")
}

var plurals = map[string]string{"region": "regions", "year": "years", "technology": "technologies", seriesWord: "series"}

// seriesWord is what rows may differ in beside the keys of their factor: values of several publications, of which one rests on another.
const seriesWord = "series"

var alongWords = append(slices.Clone(keyWords), seriesWord)

// QuantityName is the name under which a row is drawn: factor, category, region, technology, years, boundary, kind of figure, series, and release, as far as
// the row has them. No two rows of a pack have the same. It depends on the row alone, and on the name of the layer where that is laid over others: rows that
// are added elsewhere, their order and the pack's version change nothing, so that two versions of a pack draw the same for a row that both have.
func (p *Pack) QuantityName(r *Row) string {
	name := p.layerName(r) + r.named(nil)
	if r.Released != "" {
		name += " (" + r.Released + ")"
	}
	if r.Derived != nil {
		name += " derived"
	}
	return name
}

// Meaning names what a row is a value of: factor, category, region, technology, years, boundary and kind of figure. Rows of two packs that have the same answer the same question,
// whatever their publication, release and layer; so may several of one pack.
func (r *Row) Meaning() string { return r.named([]string{seriesWord}) }

// CommonMeaning is Common, with a name that depends on neither publication nor layer.
func (p *Pack) CommonMeaning(r *Row) (name string, rho float64) {
	c := p.Correlation(r)
	if c == nil {
		return "", 0
	}
	return r.named(append(slices.Clone(c.Along), seriesWord)) + allOf(c.Along), c.Rho
}

// named is what a row is a value of, without the keys that are left out and without its release. A factor has either a region (a technology, a year) on
// each row or on none, and the words of forms are all different: what is empty may be left out.
func (r *Row) named(leaveOut []string) string {
	parts := []string{r.Factor, r.Category}
	if !slices.Contains(leaveOut, "region") {
		parts = append(parts, r.Region)
	}
	if !slices.Contains(leaveOut, "technology") {
		technology := r.Technology
		if strings.ContainsAny(technology, " ,\"()") {
			technology = strconv.Quote(technology)
		}
		parts = append(parts, technology)
	}
	if !slices.Contains(leaveOut, "year") && r.From != 0 {
		years := strconv.Itoa(r.From)
		if r.To != r.From {
			years = fmt.Sprintf("%d-%d", r.From, r.To)
		}
		parts = append(parts, years)
	}
	parts = append(parts, r.Boundary)
	for _, word := range r.selectors().values() {
		parts = append(parts, word)
	}
	if r.Series != "" && !slices.Contains(leaveOut, seriesWord) {
		parts = append(parts, "by "+r.Series)
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

// layerName stands ahead of names of rows of layers that are laid over others: the layer's name without its version, and from the second of the
// same name on its number among these.
func (p *Pack) layerName(r *Row) string {
	if r.layer == 0 {
		return ""
	}
	name, _, _ := strings.Cut(p.Layers[r.layer].Ref, "@")
	same := 1
	for _, below := range p.Layers[1:r.layer] {
		if other, _, _ := strings.Cut(below.Ref, "@"); other == name {
			same++
		}
	}
	if same > 1 {
		name += "#" + strconv.Itoa(same)
	}
	return name + ": "
}
