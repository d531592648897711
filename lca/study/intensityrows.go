package study

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// ratioBinKey is what sorts before the group.
type ratioBinKey struct {
	flow  int32 // of the unit, which gives kind and name
	text  string
	year  int32
	scope string
}

type ratioBin struct {
	key    ratioBinKey
	rows   *bin
	group  []ratioRow // of the group that is not done
	ratios int        // which that group's rows come from
}

type ratioRow struct {
	category, perspective, accounting, quality int
	impact, units                              float64
	complete                                   bool
	form                                       int // number of what it is made of; 0: that is not kept
}

// intensitySize is that of a record: group, category, perspective and accounting, quality, completeness, three bytes of room, number of its form, impact, units.
const intensitySize = 32

// compareRatioRows orders rows of one group.
func compareRatioRows(a, b ratioRow) int {
	qualities := lca.Words().Qualities
	return cmp.Or(cmp.Compare(a.category, b.category), cmp.Compare(a.perspective, b.perspective), cmp.Compare(a.accounting, b.accounting),
		cmp.Compare(a.impact, b.impact), cmp.Compare(a.units, b.units), strings.Compare(qualities[a.quality].Name, qualities[b.quality].Name))
}

func (r *ratioRow) put(record []byte, group uint32) {
	binary.LittleEndian.PutUint32(record, group)
	record[4], record[5], record[6], record[7] = uint8(r.category), uint8(r.perspective), uint8(r.accounting), uint8(r.quality)
	if r.complete {
		record[8] = 1
	}
	binary.LittleEndian.PutUint32(record[12:], uint32(r.form))
	binary.LittleEndian.PutUint64(record[16:], math.Float64bits(r.impact))
	binary.LittleEndian.PutUint64(record[24:], math.Float64bits(r.units))
}

// each visits the rows in their order, what is shared out last. A row is good until visit returns.
func (in *intensities) each(visit func(row *lca.Intensity, group uint32) error) error {
	words, p := lca.Words(), in.p
	kind := func(b *ratioBin) string { return p.kinds[p.flowKind[b.key.flow]].kind.Name }
	sorted := make([]*ratioBin, 0, len(in.bins))
	for _, b := range in.bins {
		sorted = append(sorted, b)
	}
	slices.SortFunc(sorted, func(a, b *ratioBin) int {
		return cmp.Or(strings.Compare(kind(a), kind(b)), strings.Compare(p.flows[a.key.flow].Unit.Name, p.flows[b.key.flow].Unit.Name),
			strings.Compare(a.key.text, b.key.text), cmp.Compare(a.key.year, b.key.year), strings.Compare(a.key.scope, b.key.scope))
	})
	row := lca.Intensity{Study: p.study.Name, Scenario: scenario, Method: p.method.Ref(), Pack: p.pack.Ref()}
	item, model, organisation, region, hardware := &in.names.columns[0], &in.names.columns[1], &in.names.columns[2], &in.names.columns[3], &in.names.columns[4]
	for _, b := range sorted {
		unit := p.flows[b.key.flow].Unit.Name
		units := make([]string, len(words.Categories))
		for i, c := range words.Categories {
			units[i] = c.Unit + "/" + unit
		}
		row.Year, row.Kind, row.Scope, row.FunctionalUnit, row.ComparisonClass = int(b.key.year), kind(b), b.key.scope, unit, b.key.text
		err := in.shelf.each(b.rows, func(record []byte) error {
			group := binary.LittleEndian.Uint32(record)
			row.Category, row.Unit = words.Categories[record[4]].Name, units[record[4]]
			row.Perspective, row.Accounting = words.Perspectives[record[5]].Name, words.Accountings[record[6]].Name
			row.Quality, row.Complete = words.Qualities[record[7]].Name, record[8] != 0
			row.Impact, row.Units = math.Float64frombits(binary.LittleEndian.Uint64(record[16:])), math.Float64frombits(binary.LittleEndian.Uint64(record[24:]))
			row.Value = row.Impact / row.Units
			row.P05, row.P50, row.P95 = in.intervals.ratio(binary.LittleEndian.Uint32(record[12:]))
			row.Item, row.Model, row.Organisation = item.name(group), model.name(group), organisation.name(group)
			row.Region, row.Hardware = region.name(group), hardware.name(group)
			return visit(&row, group)
		})
		if err != nil {
			return err
		}
	}
	for i := range in.shared {
		row := in.shared[i]
		if err := visit(&row, noGroup); err != nil {
			return err
		}
	}
	return nil
}
