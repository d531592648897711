package merge

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// aggregate turns the confidential rows into sums, and says of the others how many they are. Nothing of a row is handed on but the words of its group, where
// the group's sum may be published.
func (k *kindMerge) aggregate() {
	groups := map[string][]*statement{}
	for _, s := range k.sumsLeft {
		switch {
		case k.stated(s, k.at.partOf).there:
			k.left["a part of another row"]++
		case k.stated(s, k.at.alternativeTo).there:
			k.left["an alternative to another row"]++
		default:
			key := k.groupOf(s).key()
			groups[key] = append(groups[key], s)
		}
	}
	based := map[string]bool{}
	for _, s := range k.fixed {
		based[k.groupOf(s).key()] = true
	}
	suppressed, rows := map[string]int{}, map[string]int64{}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		all := groups[key]
		sum, why := k.sum(all)
		if why == "" && based[key] { // the same rows may have been handed in again, with somebody's that are new
			sum, why = nil, "the base has a sum of the group, and the difference of the two may be somebody's value"
		}
		if why != "" {
			suppressed[why]++
			rows[why] += int64(len(all))
			continue
		}
		k.sums = append(k.sums, sum)
		k.published[sum.name] = sum
		k.changes = append(k.changes, Change{Kind: k.kind.Name, ID: sum.name, Action: Aggregated, Rows: int64(len(all)), Reason: sum.text(k.at.source)})
	}
	for _, why := range slices.Sorted(maps.Keys(suppressed)) {
		groups := "1 group"
		if n := suppressed[why]; n != 1 {
			groups = fmt.Sprintf("%d groups", n)
		}
		k.changes = append(k.changes, Change{Kind: k.kind.Name, Action: Suppressed, Rows: rows[why], Reason: groups + ": " + why})
	}
	for _, why := range slices.Sorted(maps.Keys(k.left)) {
		k.changes = append(k.changes, Change{Kind: k.kind.Name, Action: Left, Rows: k.left[why], Reason: why})
	}
}

// group is what the rows of a sum have in common.
type group struct {
	words []string
	years [][2]int // of the dates, and of the period: first and last
}

func (g *group) key() string { return strings.Join(g.words, "\x00") + fmt.Sprint("\x00", g.years) }

func (k *kindMerge) groupOf(s *statement) *group {
	g := &group{}
	for _, name := range k.kind.Sums.By {
		g.words = append(g.words, s.text(k.index(name)))
	}
	for _, name := range k.kind.Sums.Years {
		y := 0
		if c := s.cell(k.index(name)); c.there {
			y = yearOf(c.number)
		}
		g.years = append(g.years, [2]int{y, y})
	}
	p := k.kind.Period
	if p == (datasets.Period{}) {
		return g
	}
	from, to, year := s.cell(k.index(p.From)), s.cell(k.index(p.To)), s.cell(k.index(p.Year))
	var span [2]int
	switch {
	case from.there && to.there:
		span = [2]int{yearOf(from.number), yearOf(to.number)}
	case from.there:
		span = [2]int{yearOf(from.number), yearOf(from.number)}
	case to.there:
		span = [2]int{yearOf(to.number), yearOf(to.number)}
	case year.there:
		span = [2]int{int(year.number), int(year.number)}
	}
	g.years = append(g.years, span)
	return g
}

// index is where a column stands among the kind's, -1 for none.
func (k *kindMerge) index(name string) int {
	return slices.IndexFunc(k.kind.Columns, func(f field) bool { return f.Name == name })
}

// sum is the row that is published of a group, or why there is none.
func (k *kindMerge) sum(rows []*statement) (*statement, string) {
	few := fmt.Sprintf("fewer than %d contributors have a share", k.version.Minimum)
	contributors := map[string]bool{}
	licences := map[string]bool{}
	for _, s := range rows {
		contributors[s.identity] = true
		licences[s.origin.Licence] = true
	}
	if len(contributors) < k.version.Minimum {
		return nil, few
	}
	out := &statement{set: map[int]cell{}}
	published := map[string][]float64{} // the rows' values of each column that is added
	for _, add := range k.kind.Sums.Sum {
		values, ok := k.added(add, rows)
		if !ok {
			continue // a sum over some of the rows would pass for one over all
		}
		total := exact.Total(values)
		if total == 0 {
			continue // which would say of each that it is zero
		}
		shares := map[string]*exact.Sum{}
		for i, s := range rows {
			if values[i] != 0 {
				if shares[s.identity] == nil {
					shares[s.identity] = &exact.Sum{}
				}
				shares[s.identity].Add(values[i])
			}
		}
		if len(shares) < k.version.Minimum {
			return nil, few
		}
		largest, second := 0.0, 0.0
		for _, share := range shares {
			v := share.Float64()
			largest, second = max(largest, v), max(second, min(largest, v))
		}
		switch protection := TheRules().Protection; {
		case largest > k.version.Largest*total:
			return nil, fmt.Sprintf("one contributor has more than %v of a total", k.version.Largest)
		case total-largest-second < protection*largest:
			return nil, fmt.Sprintf("another contributor could tell the largest share in a total to within %v of it", protection)
		}
		published[add.Column] = values
		out.set[k.index(add.Column)] = cell{there: true, number: total}
	}
	if len(published) == 0 {
		return nil, "no quantity is known of all of its rows"
	}
	k.means(out, rows, published)
	k.words(out, rows)
	g := k.groupOf(rows[0])
	k.common(out, g)
	sum := sha256.Sum256([]byte(k.version.Name + "\x00" + k.version.Version + "\x00" + k.kind.Name + "\x00" + g.key()))
	out.name = fmt.Sprintf("sum-%s-%x", k.version.Version, sum[:6])
	for n := 7; k.groups[out.name] != nil || k.published[out.name] != nil; n++ {
		out.name = fmt.Sprintf("sum-%s-%x", k.version.Version, sum[:n])
	}
	out.id = out.name
	out.set[k.at.id] = textCell(out.name)
	out.set[k.at.source] = textCell(fmt.Sprintf("sum over %d confidential rows of %d contributors", len(rows), len(contributors)))
	out.set[k.at.licence] = textCell(strings.Join(slices.Sorted(maps.Keys(licences)), " AND "))
	return out, ""
}

// added lists the values of a column that is added; false where a row has none.
func (k *kindMerge) added(add datasets.Sum, rows []*statement) ([]float64, bool) {
	var out []float64
	for _, s := range rows {
		c := s.cell(k.index(add.Column))
		v := c.number
		if !c.there {
			if len(add.Or) == 0 {
				return nil, false
			}
			v = 1
			missing := 0
			for _, name := range add.Or {
				f := s.cell(k.index(name))
				if !f.there {
					missing++
				}
				v = float64(v * f.number)
			}
			if missing > 0 {
				return nil, false
			}
		}
		if add.Share != "" {
			if share := s.cell(k.index(add.Share)); share.there {
				v = float64(v * share.number)
			}
		}
		out = append(out, v)
	}
	return out, true
}

// means sets the weighted means of what every row has a value of. Where all values that weigh anything are the same, the mean would be each one's.
func (k *kindMerge) means(out *statement, rows []*statement, published map[string][]float64) {
	for _, name := range slices.Sorted(maps.Keys(k.kind.Sums.Mean)) {
		weights := published[k.kind.Sums.Mean[name]]
		if weights == nil {
			continue
		}
		i := k.index(name)
		var above, below exact.Sum
		var first cell
		all, same := true, true
		for n, s := range rows {
			c := s.cell(i)
			all = all && c.there
			if weights[n] != 0 {
				if !first.there {
					first = c
				}
				same = same && c == first
			}
			above.Add(float64(weights[n] * c.number))
			below.Add(weights[n])
		}
		if all && !same {
			out.set[i] = cell{there: true, number: above.Float64() / below.Float64()}
		}
	}
}

// words sets the worst words and grades, and the constants.
func (k *kindMerge) words(out *statement, rows []*statement) {
	for _, name := range k.kind.Sums.Worst {
		i := k.index(name)
		f := k.kind.Columns[i]
		for _, s := range rows {
			c := s.cell(i)
			worse := c.number > out.set[i].number
			if f.Type == lca.Text {
				worse = slices.Index(f.Values, c.text) > slices.Index(f.Values, out.set[i].text)
			}
			if c.there && (!out.set[i].there || worse) {
				out.set[i] = c
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.kind.Sums.Constant)) {
		out.set[k.index(name)] = textCell(k.kind.Sums.Constant[name])
	}
}

// common sets what the rows of a group have in common.
func (k *kindMerge) common(out *statement, g *group) {
	for n, name := range k.kind.Sums.By {
		out.set[k.index(name)] = textCell(g.words[n])
	}
	for n, name := range k.kind.Sums.Years {
		if y := g.years[n][0]; y != 0 {
			out.set[k.index(name)] = dayCell(y, time.January, 1)
		}
	}
	p := k.kind.Period
	if p == (datasets.Period{}) {
		return
	}
	switch span := g.years[len(g.years)-1]; {
	case span[0] == 0:
	case span[0] == span[1]:
		out.set[k.index(p.Year)] = cell{there: true, number: float64(span[0])}
	default:
		out.set[k.index(p.From)], out.set[k.index(p.To)] = dayCell(span[0], time.January, 1), dayCell(span[1], time.December, 31)
	}
}

func yearOf(days float64) int { return time.Unix(int64(days)*86400, 0).UTC().Year() }

func dayCell(year int, month time.Month, day int) cell {
	return cell{there: true, number: float64(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)}
}
