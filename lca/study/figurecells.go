package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// figureTree is a derivation in the making.
type figureTree struct {
	f      *Figures
	p      *plan
	a      *assessment
	picked *pickedRows
	top    int

	cells []*figureCell // parallel to what is picked and shown
	sums  []*rowSum     // of amounts of shown contributions
	ways  map[way]*exact.Sum
	gaps  map[gapNote]*gapCount
}

// figureCell is a row of the impact table with the contributions to it.
type figureCell struct {
	row   lca.Impact
	parts ranking[contribution] // the largest
	rest  exact.Sum
	count int64
	sum   exact.Sum
}

// contribution is what a rule's amounts with one factor bring to a cell.
type contribution struct {
	part   *part
	class  int
	mono   int32
	amount float64
	value  float64
	rows   *rowSum
}

// rowSum is an amount as a cell of the amounts table has it: a sum over rows.
type rowSum struct {
	inventory int
	names     []string // of the group
	units     string
	key       amounts.Key
	sum       exact.Grid
	rows      int64

	traced exact.Grid // what rows were seen to add
	read   int64      // how many: others are those of amounts tables of other runs
	shown  []tracedRow
}

// gapNote is an accepted gap through which something is missing in the figure.
type gapNote struct {
	gap  *Gap
	rule string
}

type gapCount struct {
	rows  int64
	first amounts.Origin
	file  string
}

// contributions finds what the cells that are picked are the sums of.
func (t *figureTree) contributions() error {
	t.ways, t.gaps = map[way]*exact.Sum{}, map[gapNote]*gapCount{}
	by := map[[len(cellColumns)]string]*figureCell{}
	for i := range t.picked.shown {
		c := &figureCell{row: t.picked.shown[i], parts: ranking[contribution]{most: t.top, compare: largerContribution}}
		t.cells = append(t.cells, c)
		by[cellOf(&c.row)] = c
	}
	row := lca.Impact{Study: t.p.study.Name, Scenario: scenario, Method: t.p.method.Ref(), Pack: t.p.pack.Ref()}
	err := gathered{t.f.res.scan}.Groups(func(g *amounts.Group) error {
		row.Kind = t.p.kinds[g.Inventory].kind.Name
		row.Item, row.Model, row.Organisation, row.Region, row.Hardware = g.Names[0], g.Names[1], g.Names[2], g.Names[3], g.Names[4]
		row.FunctionalUnit = t.p.functionalUnit(row.Kind)
		for i := range g.Cells {
			t.cell(g, i, &row, by)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range t.cells {
		if got := c.sum.Float64(); got != c.row.Value {
			return fmt.Errorf("explain: the contributions to %q add up to %v, and the cell is %v", rowWords(&c.row), got, c.row.Value)
		}
		for i := range c.parts.kept {
			t.sums = append(t.sums, c.parts.kept[i].rows)
		}
	}
	return nil
}

// cellColumns tell cells of the table apart.
var cellColumns = [...]string{"kind", "item", "model", "organisation", "region", "hardware", "stage", "year", "perspective", "accounting", "share_of", "quality", "category"}

func cellOf(row *lca.Impact) (out [len(cellColumns)]string) {
	for i, c := range cellColumns {
		out[i] = impactWord(row, c)
	}
	return out
}

func largerContribution(a, b *contribution) int {
	return cmp.Compare(math.Abs(b.value), math.Abs(a.value))
}

// cell takes what a cell of amounts brings to those of the impact table that are picked, as the assessment does.
func (t *figureTree) cell(g *amounts.Group, i int, row *lca.Impact, by map[[len(cellColumns)]string]*figureCell) {
	key, c := &g.Cells[i].Key, &g.Cells[i].Cell
	f := &t.a.flows[key.Flow]
	if f.unit || key.Status != amounts.InTotal {
		return
	}
	words := lca.Words()
	row.Year, row.Stage, row.Perspective, row.ShareOf = int(key.Year), words.Stages[f.stage].Name, words.Perspectives[f.perspective].Name, words.ShareOf[f.shareOf].Name
	var m *monomial
	amount := 0.0
	if key.Mono != amounts.Refused {
		m = t.a.monomial(key.Mono)
		amount = float64(c.Sum.Float64() * m.value)
	}
	for _, part := range t.a.answer(key).parts {
		category := words.Categories[part.scope.categoryAt]
		row.Category, row.Unit = category.Name, category.Unit
		class := max(int(key.Class), part.class)
		row.Quality = words.Qualities[class].Name
		for u := range part.scope.under {
			row.Accounting = part.scope.under[u].name
			if m == nil || part.refused {
				t.gap(row, part, key, c, m != nil)
				continue
			}
			if !t.picked.where.pick(row) {
				continue
			}
			x := contribution{part: part, class: class, mono: key.Mono, amount: amount, value: amount}
			if part.found != nil {
				x.value = float64(amount * part.factor)
			}
			for _, w := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(part.ways, m.ways)))) {
				w := t.a.ledger.ways.all[w]
				if t.ways[w] == nil {
					t.ways[w] = &exact.Sum{}
				}
				t.ways[w].Add(x.value)
			}
			shown := by[cellOf(row)]
			if shown == nil {
				continue
			}
			shown.count++
			shown.sum.Add(x.value)
			if shown.parts.enters(&x) {
				x.rows = &rowSum{inventory: g.Inventory, names: slices.Clone(g.Names), units: g.Units, key: *key, sum: c.Sum, rows: c.Rows}
			}
			if dropped, any := shown.parts.add(x); any {
				shown.rest.Add(dropped.value)
			}
		}
	}
}

// gap notes a contribution without a value, under a gap that the study accepts. Its quality class is that of nothing.
func (t *figureTree) gap(row *lca.Impact, part *part, key *amounts.Key, c *amounts.Cell, hasAmount bool) {
	where := slices.DeleteFunc(slices.Clone(t.picked.where), func(c condition) bool { return c.column == "quality" })
	if !where.pick(row) {
		return
	}
	k := t.p.kinds[part.scope.flow.kind]
	note := gapNote{t.p.study.accepts(t.a.holeOf(part, key, hasAmount)), part.scope.flow.rule.Name}
	if note.gap == nil {
		return
	}
	n := t.gaps[note]
	if n == nil {
		n = &gapCount{first: c.First, file: k.files()[c.First.File]}
		t.gaps[note] = n
	}
	n.rows += c.Whole
	if file := k.files()[c.First.File]; file == n.file && c.First.Before(n.first) || file < n.file {
		n.first, n.file = c.First, file
	}
}

// place is that of a gap's first row.
func (n *gapCount) place() diag.Place { return diag.Place{File: n.file, Row: n.first.Row} }
