package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// pickedRows are the rows of the impact table that a query picks.
type pickedRows struct {
	where conditions
	shown []lca.Impact // the largest, and how many of others there are with what they add up to
	rest  exact.Sum
	count int64 // of all
	sum   exact.Sum
	years []int // ascending

	digest [3]uint64 // of the rows and how many they are

	sameUnder []string // accountings under which all is the same: the first of them is traced
}

// defaultCategory is the one that is meant where nobody says which.
const defaultCategory = "climate_change"

// pick finds the rows that a query means. Those that do not add up are refused, with what to choose from.
func (f *Figures) pick(q *Query) (*pickedRows, error) {
	var probs diag.List
	where, err := f.conditions(q, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return nil, err
	}
	out, err := f.gather(f.Each, where, q.Top, &probs)
	if err == nil && out == nil {
		err = probs.Err()
	}
	return out, err
}

// words says of each word of a selection what it may mean, the likeliest first.
func (f *Figures) words(q *Query, probs *diag.List) (alternatives [][]conditions) {
	for _, word := range q.Selection {
		name, value, keyed := strings.Cut(word, "=")
		if keyed {
			if !slices.Contains(impactColumns, name) {
				x := diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("the impact table has no column %q to select by", name), Hint: oneOf(name, impactColumns)}
				if value != "" && diag.Nearest(name, impactColumns) == "" {
					x.Hint = "columns: " + strings.Join(impactColumns, ", ") + "; a name with = in it is written item=NAME"
				}
				probs.Add(x)
				continue
			}
			alternatives = append(alternatives, []conditions{{{name, value}}})
			continue
		}
		var may []conditions
		if at := strings.LastIndexByte(word, '/'); at >= 0 {
			for _, column := range nameColumns {
				if column != "stage" {
					may = append(may, conditions{{column, word[:at]}, {"stage", word[at+1:]}})
				}
			}
		}
		for _, column := range nameColumns {
			may = append(may, conditions{{column, word}})
		}
		alternatives = append(alternatives, may)
	}
	return alternatives
}

// conditions finds what each word of a query means: the first of its meanings that some row has.
func (f *Figures) conditions(q *Query, probs *diag.List) (conditions, error) {
	alternatives := f.words(q, probs)
	met := make([]int, len(alternatives)) // which meaning; none yet: their number
	for i := range met {
		met[i] = len(alternatives[i])
	}
	err := f.Each(func(row *lca.Impact) error {
		for i, may := range alternatives {
			for k := range may[:met[i]] {
				if may[k].pick(row) {
					met[i] = k
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out conditions
	for i, may := range alternatives {
		if met[i] == len(may) {
			if err := f.unknown(may, probs); err != nil {
				return nil, err
			}
			continue
		}
		for _, c := range may[met[i]] {
			if before := out.on(c.column); before != nil && before.word != c.word {
				probs.Add(diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("the selection asks for %s and for %s: no row has both", before, c)})
			}
			out = append(out, c)
		}
	}
	if err := f.category(q, &out, probs); err != nil {
		return nil, err
	}
	return out, nil
}

// category adds the category that is asked for.
func (f *Figures) category(q *Query, to *conditions, probs *diag.List) error {
	said := to.on("category")
	switch {
	case said != nil && q.Category != "" && said.word != q.Category:
		probs.Add(diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("the selection asks for the category %s, and --category for %s", said.word, q.Category)})
		return nil
	case said != nil:
		return nil
	}
	c := condition{"category", cmp.Or(q.Category, defaultCategory)}
	*to = append(*to, c)
	if q.Category == "" {
		return nil
	}
	some, err := f.has(conditions{c})
	if err == nil && !some {
		err = f.unknown([]conditions{{c}}, probs)
	}
	return err
}

// has reports whether some row meets conditions.
func (f *Figures) has(c conditions) (some bool, err error) {
	err = f.Each(func(row *lca.Impact) error {
		some = some || c.pick(row)
		return nil
	})
	return some, err
}

// mostChoices is how many values of a column are listed, mostLooked how many are looked through for the one that was meant.
const (
	mostChoices = 12
	mostLooked  = 100_000
)

// values lists the distinct words of rows in a column, in the order of the table.
func (f *Figures) values(column string, where conditions) ([]string, error) {
	var out []string
	seen := map[string]bool{}
	err := f.Each(func(row *lca.Impact) error {
		if word := impactWord(row, column); word != "" && len(out) < mostLooked && !seen[word] && where.pick(row) {
			word = strings.Clone(word)
			seen[word] = true
			out = append(out, word)
		}
		return nil
	})
	return out, err
}

// listed writes a few values, and how many more there are.
func listed(column string, values []string) string {
	more := ""
	if len(values) > mostChoices {
		more = fmt.Sprintf(", and %d more", len(values)-mostChoices)
		values = values[:mostChoices]
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = column + "=" + v
	}
	return strings.Join(texts, ", ") + more
}

// unknown tells of words that no row has, and what was likely meant.
func (f *Figures) unknown(may []conditions, probs *diag.List) error {
	x := diag.Problem{Code: diag.Usage}
	if len(may) == 1 { // column=value
		c := may[0][0]
		values, err := f.values(c.column, nil)
		if err != nil {
			return err
		}
		x.Message = fmt.Sprintf("no row of the impact table has the %s %q", c.column, c.word)
		switch near := diag.Nearest(c.word, values); {
		case len(values) == 0:
			x.Hint = "none has a value in this column"
			if slices.Contains(groups, c.column) {
				x.Hint = fmt.Sprintf("the study does not group its results by %s: group_by", c.column)
			}
		case near != "":
			x.Hint = fmt.Sprintf("did you mean %s=%s?", c.column, near)
		default:
			x.Hint = listed(c.column, values)
		}
		probs.Add(x)
		return nil
	}
	word := may[len(may)-1][0].word
	x.Message = fmt.Sprintf("nothing in the impact table is named %q", word)
	name, stage := word, ""
	if len(may[0]) == 2 {
		name, stage = may[0][0].word, may[0][1].word
	}
	nearest, within := "", ""
	var holding []string // the name, as others write it
	for _, column := range nameColumns {
		values, err := f.values(column, nil)
		if err != nil {
			return err
		}
		if slices.Contains(values, name) { // the name is there: it is the stage that is not
			nearest, within = name, column
			break
		}
		if near := diag.Nearest(name, values); near != "" && within == "" {
			nearest, within = near, column
		}
		for _, v := range values {
			if len(squeezed(name)) >= 3 && strings.Contains(squeezed(v), squeezed(name)) && !slices.Contains(holding, v) {
				holding = append(holding, v)
			}
		}
	}
	switch {
	case within == "" && len(holding) > 0:
		x.Hint = "did you mean " + strings.Join(holding[:min(len(holding), mostChoices)], ", ") + "?"
	case within == "":
		x.Hint = "write column=value, with a column of " + strings.Join(impactColumns, ", ")
	case stage == "":
		x.Hint = fmt.Sprintf("did you mean %s (%s)?", nearest, within)
	default:
		stages, err := f.values("stage", conditions{{within, nearest}})
		if err != nil {
			return err
		}
		if near := diag.Nearest(stage, stages); near != "" {
			x.Hint = fmt.Sprintf("did you mean %s/%s?", nearest, near)
		} else {
			x.Hint = fmt.Sprintf("%s %s has the stages %s", within, nearest, strings.Join(stages, ", "))
		}
	}
	probs.Add(x)
	return nil
}

// squeezed is a name without what people leave out or write otherwise.
func squeezed(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// notAdded are the columns of which rows of several words are not added up, each with the reason.
var notAdded = []struct{ column, why string }{
	{"perspective", "perspectives look at the same burdens from two sides: each has its own total"},
	{"accounting", "accountings are two ways to count the same electricity: each has its own total"},
	{"share_of", "an option is an alternative to what stands in a total, and a credit a memo line"},
}

// gather takes what conditions pick; nil where the rows are none or not to be added, which is told.
func (f *Figures) gather(each func(visit func(row *lca.Impact) error) error, where conditions, top int, probs *diag.List) (*pickedRows, error) {
	out := &pickedRows{where: where}
	words := make([][]string, len(notAdded))
	open := where.on("accounting") == nil
	under := map[string]*[3]uint64{} // of each accounting, where rows are compared: what they are but for it
	r := ranking[lca.Impact]{most: top, compare: func(a, b *lca.Impact) int { return cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)) }}
	err := each(func(row *lca.Impact) error {
		if !where.pick(row) {
			return nil
		}
		out.count++
		out.sum.Add(row.Value)
		if !slices.Contains(out.years, row.Year) {
			out.years = append(out.years, row.Year)
		}
		for i := range notAdded {
			if word := impactWord(row, notAdded[i].column); !slices.Contains(words[i], word) {
				words[i] = append(words[i], word)
			}
		}
		if open || f.published != nil {
			digest := under[row.Accounting]
			if digest == nil {
				digest = &[3]uint64{}
				under[row.Accounting] = digest
			}
			other := *row
			other.Accounting = ""
			d := column.DigestOf(fmt.Sprintf("%q %x", rowWords(&other), math.Float64bits(row.Value)))
			digest[0], digest[1], digest[2] = digest[0]+d.Lo, digest[1]+d.Hi, digest[2]+1
		}
		if dropped, any := r.add(*row); any {
			out.rest.Add(dropped.Value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(out.years)
	for _, d := range under {
		for i := range d {
			out.digest[i] += d[i]
		}
	}
	out.shown = r.kept
	if out.count == 0 {
		return nil, f.nothing(where, probs)
	}
	if names := words[1]; open && len(names) > 1 && allSame(under) {
		only, err := f.gather(each, append(slices.Clone(where), condition{"accounting", names[0]}), top, probs)
		if only != nil {
			only.sameUnder = names
		}
		return only, err
	}
	refused := false
	for i := range notAdded {
		if len(words[i]) < 2 {
			continue
		}
		refused = true
		probs.Add(diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("the selection has rows of the %s %s, which are not added", notAdded[i].column, strings.Join(words[i], " and ")),
			Why: notAdded[i].why, Hint: "choose one: " + listed(notAdded[i].column, words[i])})
	}
	if whole := lca.Words().ShareOf[0].Name; len(words[2]) == 1 && words[2][0] != whole && out.count > 1 {
		refused = true
		x := diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("the selection has %d rows of the share_of %s, which are not added", out.count, words[2][0]), Why: notAdded[2].why}
		for _, c := range impactColumns {
			values, err := f.values(c, where)
			if err != nil {
				return nil, err
			}
			if len(values) > 1 {
				x.Hint = "choose one: " + listed(c, values)
				break
			}
		}
		probs.Add(x)
	}
	if refused {
		return nil, nil
	}
	return out, nil
}

func rowWords(row *lca.Impact) (out []string) {
	for _, c := range impactColumns {
		out = append(out, impactWord(row, c))
	}
	return out
}

func allSame(under map[string]*[3]uint64) bool {
	var first *[3]uint64
	for _, d := range under {
		if first != nil && *first != *d {
			return false
		}
		first = d
	}
	return true
}

func joinedConditions(where conditions) string {
	texts := make([]string, len(where))
	for i, c := range where {
		texts[i] = c.String()
	}
	return strings.Join(texts, ", ")
}

// nothing tells that no row meets all conditions, and of each what the others leave to choose from.
func (f *Figures) nothing(where conditions, probs *diag.List) error {
	x := diag.Problem{Code: diag.Usage, Message: "no row of the impact table has all of " + joinedConditions(where)}
	var hints []string
	for i, c := range where {
		values, err := f.values(c.column, where.without(i))
		if err != nil {
			return err
		}
		if len(values) > 0 {
			hints = append(hints, listed(c.column, values))
		}
	}
	for i := 1; i < len(where) && len(hints) == 0; i++ { // no condition alone stands in the way: how far they go together
		some, err := f.has(where[:i+1])
		if err != nil {
			return err
		}
		if some {
			continue
		}
		values, err := f.values(where[i].column, where[:i])
		if err != nil {
			return err
		}
		hints = append(hints, fmt.Sprintf("with %s %s", joinedConditions(where[:i]), listed(where[i].column, values)))
	}
	if len(hints) > 0 {
		x.Hint = "there are " + strings.Join(hints, "; or ")
	}
	probs.Add(x)
	return nil
}
