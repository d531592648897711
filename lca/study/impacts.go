package study

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// impactTable adds contributions to the cells of the impact table, exactly, one result group after the other, and holds the cells of the groups that are
// done as rows in their order: scenario, year, perspective, accounting, category, stage, kind, item, model, organisation, region, hardware, quality, share_of; words
// in the order of the vocabulary, names by value.
type impactTable struct {
	p     *plan
	names *named
	sums  *sums
	shelf shelf

	bins      map[impactKey]*impactBin
	touched   []*impactBin // by the group that is not done
	inTotal   uint64       // bits of the cells that add up to a total
	count     int64
	odd       bool       // some value is negative or no number
	intervals *intervals // of rows; nil where nothing is drawn
	forms     *forms     // likewise
	items     map[kindPerspective]*itemCount
	scenarios []string // names by number
}

type kindPerspective struct {
	kind        int16
	perspective uint8
}

// itemCount counts the distinct items of a kind in a perspective's totals. An item's groups follow each other.
type itemCount struct {
	now, ever         int // in the study's year, and in all years
	lastNow, lastEver string
}

func (c *itemCount) add(item string, isNow bool) {
	if c.ever == 0 || c.lastEver != item {
		c.ever++
		c.lastEver = item
	}
	if isNow && (c.now == 0 || c.lastNow != item) {
		c.now++
		c.lastNow = item
	}
}

// impactKey is what sorts before the group: words by their places in the vocabulary, the kind by its place in the plan.
type impactKey struct {
	scenario                                 int32 // by number
	year                                     int32
	perspective, accounting, category, stage uint8
	kind                                     int16
}

// impactBin is the rows of a key, and the cells of the group that is not done: of each class one for each share_of.
type impactBin struct {
	key   impactKey
	rows  *bin
	cells []cell
	used  uint64 // a bit for each of the cells that has a value
	forms sumForms
}

// impactSize is that of a record: group, class, share_of, two bytes of room, value.
const impactSize = 16

func newImpactTable(p *plan, names *named, s *sums) *impactTable {
	t := &impactTable{p: p, names: names, sums: s, shelf: shelf{size: impactSize}, bins: map[impactKey]*impactBin{}, items: map[kindPerspective]*itemCount{}, scenarios: []string{scenario}}
	for i := range lca.Words().Qualities {
		t.inTotal |= 1 << (i * len(lca.Words().ShareOf)) // the first of share_of is total
	}
	return t
}

// bin is that of a key; it is made where there is none.
func (t *impactTable) bin(k impactKey) *impactBin {
	b := t.bins[k]
	if b == nil {
		words := lca.Words()
		b = &impactBin{key: k, rows: t.shelf.add(), cells: make([]cell, len(words.Qualities)*len(words.ShareOf))}
		t.bins[k] = b
	}
	return b
}

// add adds a value of the group that is not done.
func (t *impactTable) add(b *impactBin, class int, shareOf uint8, value float64) {
	if b.used == 0 {
		t.touched = append(t.touched, b)
	}
	i := class*len(lca.Words().ShareOf) + int(shareOf)
	b.used |= 1 << i
	t.sums.add(&b.cells[i], value)
}

// done makes rows of a group's cells.
func (t *impactTable) done(group uint32) error {
	shares := len(lca.Words().ShareOf)
	for _, b := range t.touched {
		if b.used&t.inTotal != 0 {
			k := kindPerspective{b.key.kind, b.key.perspective}
			if t.items[k] == nil {
				t.items[k] = &itemCount{}
			}
			t.items[k].add(t.names.last[0], int(b.key.year) == t.p.study.Year)
		}
		for ; b.used != 0; b.used &= b.used - 1 {
			i := bits.TrailingZeros64(b.used)
			record, err := t.shelf.put(b.rows)
			if err != nil {
				return err
			}
			v := t.sums.take(&b.cells[i])
			if t.forms != nil {
				t.forms.cell(b, i/shares, i%shares, v)
			}
			if !(v >= 0 && v <= math.MaxFloat64) {
				t.odd = true
			}
			binary.LittleEndian.PutUint32(record, group)
			record[4], record[5] = uint8(i/shares), uint8(i%shares)
			binary.LittleEndian.PutUint64(record[8:], math.Float64bits(v))
			t.count++
		}
	}
	t.touched = t.touched[:0]
	return nil
}

// years are those of the rows, ascending.
func (t *impactTable) years() []int {
	var out []int
	for k := range t.bins {
		out = append(out, int(k.year))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// each visits the rows in their order. A row is good until visit returns.
func (t *impactTable) each(visit func(row *lca.Impact, group uint32) error) error {
	words, p := lca.Words(), t.p
	sorted := make([]*impactBin, 0, len(t.bins))
	for _, b := range t.bins {
		sorted = append(sorted, b)
	}
	slices.SortFunc(sorted, func(x, y *impactBin) int {
		a, b := &x.key, &y.key
		return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(a.year, b.year), cmp.Compare(a.perspective, b.perspective), cmp.Compare(a.accounting, b.accounting),
			cmp.Compare(a.category, b.category), cmp.Compare(a.stage, b.stage), strings.Compare(p.kinds[a.kind].kind.Name, p.kinds[b.kind].kind.Name))
	})
	row := lca.Impact{Study: p.study.Name, Method: p.method.Ref(), Pack: p.pack.Ref()}
	item, model, organisation, region, hardware := &t.names.columns[0], &t.names.columns[1], &t.names.columns[2], &t.names.columns[3], &t.names.columns[4]
	for _, b := range sorted {
		category, kind := &words.Categories[b.key.category], p.kinds[b.key.kind].kind.Name
		row.Scenario = t.scenarios[b.key.scenario]
		row.Year, row.Stage, row.Category, row.Unit = int(b.key.year), words.Stages[b.key.stage].Name, category.Name, category.Unit
		row.Perspective, row.Accounting = words.Perspectives[b.key.perspective].Name, words.Accountings[b.key.accounting].Name
		row.Kind, row.FunctionalUnit = kind, p.functionalUnit(kind)
		err := t.shelf.each(b.rows, func(record []byte) error {
			group := binary.LittleEndian.Uint32(record)
			row.Quality, row.ShareOf = words.Qualities[record[4]].Name, words.ShareOf[record[5]].Name
			row.Value = math.Float64frombits(binary.LittleEndian.Uint64(record[8:]))
			row.Item, row.Model, row.Organisation = item.name(group), model.name(group), organisation.name(group)
			row.Region, row.Hardware = region.name(group), hardware.name(group)
			row.P05, row.P50, row.P95 = t.intervals.row(rowForm{b, group, record[4], record[5]})
			return visit(&row, group)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
