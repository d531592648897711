package study

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
)

// intensities gathers burdens and counts of functional units, one result group after the other, and holds the ratios of the groups that are done as rows
// in their order: kind, functional unit, comparison class, year, scope, group, category, perspective, accounting. Rows that do not count a unit take no
// part in its ratio, neither above nor below: the engine keeps them in groups of their own.
type intensities struct {
	p     *plan
	names *named
	sums  *sums
	units [][]int32 // of each kind, the flows that count a unit, in order
	shelf shelf

	classes map[string]int32 // comparison classes by their words, each with its length before it
	texts   []string         // of each class, as the table says it
	open    map[ratioKey]*ratio
	order   []*ratio // those open, as they came
	spare   []*ratio

	counted []countedUnit // of the group of amounts that is looked at
	met     []metRatios
	at      int

	bins    map[ratioBinKey]*ratioBin
	touched []*ratioBin
	count   int64
	odd     bool // some value is no number

	shared    []lca.Intensity // what is shared out, in order; see shareOut
	forms     *forms          // nil where nothing is drawn
	intervals *intervals      // of rows; nil where nothing is drawn
}

// noGroup is the group of rows whose names stand in the row alone.
const noGroup = math.MaxUint32

// addShared adds a row that stands after those of all groups.
func (in *intensities) addShared(row lca.Intensity) {
	in.shared = append(in.shared, row)
	in.count++
	in.odd = in.odd || row.Value-row.Value != 0
}

// ratioKey identifies, within a result group, what an intensity divides: the rows of one comparison class that count a functional unit. An item's ratio is
// over all years in which it has a part, any other is of one calendar year.
type ratioKey struct {
	flow   int32 // the flow that counts the unit
	class  int32
	year   int32
	status amounts.Status
}

// ratio is the sums of such rows.
type ratio struct {
	key     ratioKey
	last    int32 // last calendar year
	units   cell
	burdens []burden // by category, perspective and accounting
	form    *form    // of the units; nil where nothing is drawn
}

type burden struct {
	value      cell
	class      int
	supplied   bool // some part has a value
	incomplete bool // some part was refused
	form       *form
}

// countedUnit is a unit that a group's rows count, and the class in which they do.
type countedUnit struct{ flow, class int32 }

// metRatios are a group's ratios of a year and status, one for each counted unit.
type metRatios struct {
	year   int32
	status amounts.Status
	ratios []*ratio
}

func newIntensities(p *plan, names *named, s *sums) *intensities {
	in := &intensities{p: p, names: names, sums: s, units: make([][]int32, len(p.kinds)), shelf: shelf{size: intensitySize}, classes: map[string]int32{},
		open: map[ratioKey]*ratio{}, bins: map[ratioBinKey]*ratioBin{}}
	for i, f := range p.flows {
		if f.Unit != nil {
			in.units[p.flowKind[i]] = append(in.units[p.flowKind[i]], int32(i))
		}
	}
	return in
}

// begin looks at the next group of amounts.
func (in *intensities) begin(g *amounts.Group) {
	in.counted, in.met, in.at = in.counted[:0], in.met[:0], 0
	units := in.units[g.Inventory]
	if len(units) == 0 {
		return
	}
	counted := g.Units // a letter for each unit
	for u, flow := range units {
		if counted[u] == '1' {
			in.counted = append(in.counted, countedUnit{flow, in.class(flow, g)})
		}
	}
}

// class is the number of a group's comparison class for a unit.
func (in *intensities) class(flow int32, g *amounts.Group) int32 {
	kind := in.p.kinds[g.Inventory]
	var buffer [256]byte
	key := buffer[:0]
	for _, at := range kind.classes[int(flow)-kind.first] {
		key = binary.AppendUvarint(key, uint64(len(g.Names[at])))
		key = append(key, g.Names[at]...)
	}
	id, ok := in.classes[string(key)]
	if !ok {
		id = int32(len(in.texts))
		in.classes[string(key)] = id
		var words []string
		for _, at := range kind.classes[int(flow)-kind.first] {
			words = append(words, cmp.Or(g.Names[at], "not stated"))
		}
		in.texts = append(in.texts, strings.Clone(strings.Join(words, ", "))) // a group's names are not kept
	}
	return id
}

// ratios are those to which a group's amounts of a year and status belong.
func (in *intensities) ratios(year int32, status amounts.Status) []*ratio {
	if len(in.counted) == 0 {
		return nil
	}
	for range in.met { // years and statuses come in their order for each flow
		if m := &in.met[in.at]; m.year == year && m.status == status {
			return m.ratios
		}
		if in.at++; in.at == len(in.met) {
			in.at = 0
		}
	}
	m := metRatios{year: year, status: status}
	for _, u := range in.counted {
		k := ratioKey{flow: u.flow, class: u.class, year: year, status: status}
		if in.names.last[0] != "" {
			k.year = 0
		}
		m.ratios = append(m.ratios, in.ratio(k))
	}
	in.at = len(in.met)
	in.met = append(in.met, m)
	return m.ratios
}

func (in *intensities) ratio(k ratioKey) *ratio {
	r := in.open[k]
	if r == nil {
		if n := len(in.spare); n > 0 {
			r, in.spare = in.spare[n-1], in.spare[:n-1]
		} else {
			words := lca.Words()
			r = &ratio{burdens: make([]burden, len(words.Categories)*len(words.Perspectives)*len(words.Accountings))}
		}
		r.key, r.last = k, math.MinInt32
		in.open[k] = r
		in.order = append(in.order, r)
	}
	return r
}

// burdenAt is the place of a category's burden.
func burdenAt(category, perspective, accounting uint8) int {
	words := lca.Words()
	return (int(category)*len(words.Perspectives)+int(perspective))*len(words.Accountings) + int(accounting)
}

// add adds a contribution of a year to a burden; one that is refused makes the group's figure incomplete.
func (in *intensities) add(r *ratio, year int32, at int, refused bool, value float64, class int) {
	r.last = max(r.last, year)
	b := &r.burdens[at]
	if refused {
		b.incomplete = true
		return
	}
	b.supplied = true
	b.class = max(b.class, class)
	in.sums.add(&b.value, value)
}

// scopeOf is the word of a status in the table.
var scopeOf = map[amounts.Status]string{amounts.InTotal: "volume", amounts.PartOf: "volume", amounts.Alternative: "volume",
	amounts.Intensity: "intensity", amounts.AlternativeIntensity: "intensity", amounts.Sample: "sample", amounts.AlternativeSample: "sample"}

// apart are the words by which a class keeps rows apart that state what others state, or a part of it: summed up with those they would weigh twice.
var apart = map[amounts.Status]string{amounts.PartOf: "part of another row", amounts.Alternative: "alternative to another row",
	amounts.AlternativeIntensity: "alternative to another row", amounts.AlternativeSample: "alternative to another row"}

// done makes rows of a group's ratios. A burden that has no value is absent, not 0; the ledger tells why.
func (in *intensities) done(group uint32) error {
	for _, r := range in.order {
		in.close(r, group)
		in.spare = append(in.spare, r)
	}
	in.order = in.order[:0]
	clear(in.open)
	for _, b := range in.touched {
		if b.ratios > 1 {
			slices.SortFunc(b.group, compareRatioRows)
		}
		for i := range b.group {
			record, err := in.shelf.put(b.rows)
			if err != nil {
				return err
			}
			b.group[i].put(record, group)
			in.count++
		}
		b.group, b.ratios = b.group[:0], 0
	}
	in.touched = in.touched[:0]
	return nil
}

// close gives a ratio's rows to their bin and empties it.
func (in *intensities) close(r *ratio, group uint32) {
	n := in.sums.take(&r.units)
	var b *ratioBin
	words := lca.Words()
	for i := range r.burdens {
		d := &r.burdens[i]
		if d.supplied && n > 0 {
			if b == nil {
				b = in.bin(r)
			}
			v := in.sums.take(&d.value)
			if q := v / n; q-q != 0 {
				in.odd = true
			}
			pair := i % (len(words.Perspectives) * len(words.Accountings))
			form := 0
			if in.forms != nil {
				form = in.forms.ratio(d.form, r.form, in, b, i, group, v/n)
			}
			b.group = append(b.group, ratioRow{form: form, category: i / (len(words.Perspectives) * len(words.Accountings)), perspective: pair / len(words.Accountings),
				accounting: pair % len(words.Accountings), quality: d.class, impact: v, units: n, complete: !d.incomplete})
		} else if d.supplied {
			in.sums.take(&d.value)
		}
		*d = burden{}
	}
	r.form = nil
}

// bin is that of a ratio whose group is done.
func (in *intensities) bin(r *ratio) *ratioBin {
	text := in.texts[r.key.class]
	if why := apart[r.key.status]; why != "" {
		if text != "" {
			text += ", "
		}
		text += why
	}
	k := ratioBinKey{flow: r.key.flow, text: text, year: r.last, scope: scopeOf[r.key.status]}
	b := in.bins[k]
	if b == nil {
		b = &ratioBin{key: k, rows: in.shelf.add()}
		in.bins[k] = b
	}
	if b.ratios == 0 {
		in.touched = append(in.touched, b)
	}
	b.ratios++
	return b
}
