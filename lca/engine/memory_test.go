package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// row is an input row of the tests; absent keys are missing values. Texts are strings, all else float64.
type row map[string]any

// memorySource is an inventory in memory, cut into parts and batches. Each part has its own dictionaries, in another order.
type memorySource struct {
	files []string
	parts []memoryPart
	batch int           // rows of a batch; 0: all of a part
	delay time.Duration // before the first batch of a part, for tests of the order in which parts end
	fail  map[int]error // of a part: its second batch cannot be read
}

type memoryPart struct {
	file  int
	first int64 // number of its first row
	rows  []row
}

func (s *memorySource) Parts() int           { return len(s.parts) }
func (s *memorySource) Rows(part int) int64  { return int64(len(s.parts[part].rows)) }
func (s *memorySource) Name(file int) string { return s.files[file] }
func (s *memorySource) Open(_ context.Context, part int, columns []string) (Reader, error) {
	r := &memoryReader{source: s, part: part, columns: columns, dicts: map[string]*column.Dict{}, codes: map[string]map[string]int32{}}
	return r, nil
}

type memoryReader struct {
	source  *memorySource
	part    int
	columns []string
	at      int
	dicts   map[string]*column.Dict
	codes   map[string]map[string]int32
	closed  bool
}

var errBroken = errors.New("the file is broken")

func (r *memoryReader) Next(b *column.Batch) (bool, error) {
	p := r.source.parts[r.part]
	if r.at == 0 {
		time.Sleep(r.source.delay)
	} else if err := r.source.fail[r.part]; err != nil {
		return false, err
	}
	n := len(p.rows) - r.at
	if r.source.batch > 0 {
		n = min(n, r.source.batch)
	}
	if n == 0 {
		return false, nil
	}
	rows := p.rows[r.at : r.at+n]
	b.Rows, b.First, b.File, b.Columns = n, p.first+int64(r.at), p.file, nil
	for _, name := range r.columns {
		b.Columns = append(b.Columns, r.column(name, rows))
	}
	r.at += n
	return true, nil
}

func (r *memoryReader) column(name string, rows []row) column.Column {
	c := column.Column{Valid: column.NewBitmap(len(rows))}
	isText := strings.HasPrefix(name, "t_")
	if isText {
		c.Type, c.Codes = column.String, make([]int32, len(rows))
	} else {
		c.Floats = make([]float64, len(rows))
	}
	for i, values := range rows {
		v, ok := values[name]
		if !ok {
			continue
		}
		c.Valid.Set(i)
		if !isText {
			c.Floats[i] = v.(float64)
			continue
		}
		codes := r.codes[name]
		if codes == nil {
			codes = map[string]int32{}
			r.codes[name], r.dicts[name] = codes, &column.Dict{}
		}
		code, known := codes[v.(string)]
		if !known {
			code = int32(len(codes))
			codes[v.(string)] = code
			// A published dictionary is never changed: a longer one takes its place.
			values := r.dicts[name].Values
			r.dicts[name] = &column.Dict{Values: append(values[:len(values):len(values)], v.(string))}
		}
		c.Codes[i] = code
	}
	if isText {
		c.Dict = r.dicts[name]
	}
	if c.Valid.Count() == len(rows) {
		c.Valid = nil
	}
	return c
}

func (r *memoryReader) Close() error {
	if r.closed {
		return errors.New("closed twice")
	}
	r.closed = true
	return nil
}

// oneFile cuts rows into parts of the given sizes; the last takes the rest.
func oneFile(rows []row, sizes ...int) *memorySource {
	s := &memorySource{files: []string{"rows.parquet"}}
	first := int64(1)
	for _, n := range append(sizes, len(rows)) {
		n = min(n, len(rows))
		s.parts = append(s.parts, memoryPart{0, first, rows[:n]})
		rows, first = rows[n:], first+int64(n)
	}
	return s
}

// evaluator has two flows. The first is amount × the symbol named by t_symbol, plus extra × nothing, found by t_region, missing where amount
// is; the second counts 1 at the date of its own, where t_kind is "device". Its quantity is amount, of class 2 where t_region is known.
type evaluator struct {
	space   *amounts.Space
	names   []string
	flows   [2]Flow
	grade   Grade
	keep    column.Bitmap
	started int
	loaded  []column.Column
	told    int // how often formulas were asked for
	odd     int // each so many times they are not told; 0: they always are
}

// evaluatorColumns are what it reads, in any order.
var evaluatorColumns = []string{"amount", "extra", "date", "t_symbol", "t_region", "t_kind", "t_drop"}

func (e *evaluator) Start()                { e.started++ }
func (e *evaluator) Flow(i int) *Flow      { return &e.flows[i] }
func (e *evaluator) Keep() column.Bitmap   { return e.keep }
func (e *evaluator) Quantity(i int) *Grade { return []*Grade{&e.grade, nil}[i] }

// Formulas are the columns themselves, amount, extra and the constant 1; odd ones, of rows of which more than that decides, are not told.
func (e *evaluator) Formulas(row int, formulas [][]int32) bool {
	formulas[0] = append(formulas[0][:0], 0, -1)
	if e.flows[0].Terms[1].Present.Get(row) {
		formulas[0][1] = 1
	}
	if len(formulas) > 1 {
		formulas[1] = append(formulas[1][:0], 2)
	}
	e.told++
	return e.odd == 0 || e.told%e.odd != 0
}

func (e *evaluator) Inputs(formula int32) []int {
	if formula == 2 {
		return nil
	}
	return []int{slices.Index(e.names, evaluatorColumns[formula])}
}

func (e *evaluator) Load(columns []column.Column, _ []int, rows int) { e.loaded = columns }

func (e *evaluator) Formula(formula int32) ([]float64, float64) {
	if formula == 2 {
		return nil, 1
	}
	return e.loaded[e.Inputs(formula)[0]].Floats, 0
}

func (e *evaluator) Evaluate(b *column.Batch) error {
	if e.started == 0 {
		return errors.New("evaluated before it was started")
	}
	if len(b.Columns) != len(e.names) {
		return fmt.Errorf("%d columns, want %d", len(b.Columns), len(e.names))
	}
	at := func(name string) *column.Column { return &b.Columns[slices.Index(e.names, name)] }
	word := func(name string, i int) string {
		if c := at(name); c.Valid.Get(i) {
			return c.Dict.Values[c.Codes[i]]
		}
		return ""
	}
	n := b.Rows
	e.flows, e.keep = [2]Flow{}, column.NewBitmap(n)
	f, g := &e.flows[0], &e.flows[1]
	f.Terms = []Term{{Coefficient: make([]float64, n), Monomials: make([]int32, n)}, {Coefficient: make([]float64, n), Monomial: amounts.One, Present: column.NewBitmap(n)}}
	f.Class, f.Lookup = make([]uint8, n), make([]int32, n)
	g.Class, g.Terms = make([]uint8, n), []Term{{Coefficient: make([]float64, n)}}
	e.grade = Grade{Valid: column.NewBitmap(n), Class: make([]uint8, n)}
	amount, extra, date := at("amount"), at("extra"), at("date")
	g.Time, g.HasTime = date.Floats, date.Valid
	for i := range n {
		if word("t_drop", i) != "yes" {
			e.keep.Set(i)
		}
		if word("t_kind", i) == "device" {
			g.Terms[0].Coefficient[i] = 1
			if date.Valid.Get(i) {
				g.Rows = append(g.Rows, int32(i))
			} else {
				g.Missing = append(g.Missing, int32(i))
			}
		}
		if !amount.Valid.Get(i) {
			f.Missing = append(f.Missing, int32(i))
			continue
		}
		f.Rows = append(f.Rows, int32(i))
		e.grade.Valid.Set(i)
		if word("t_region", i) != "" {
			e.grade.Class[i], f.Class[i] = 2, 2
		}
		f.Terms[0].Coefficient[i] = amount.Floats[i]
		if s := word("t_symbol", i); s != "" {
			f.Terms[0].Monomials[i] = e.space.Monomials.Symbol(amounts.Symbol{Name: s, Value: 2})
		}
		if extra.Valid.Get(i) {
			f.Terms[1].Present.Set(i)
			f.Terms[1].Coefficient[i] = extra.Floats[i]
		}
		f.Lookup[i] = e.space.Tuples.ID([]int32{e.space.Names.ID(word("t_region", i)), amounts.None})
	}
	return nil
}

// inventoryOf describes a source to the engine.
func inventoryOf(s Source, space *amounts.Space, columns ...string) Inventory {
	if len(columns) == 0 {
		columns = evaluatorColumns
	}
	return Inventory{Kind: "runs", Source: s, Columns: columns, Grades: 2,
		New:    func() Evaluator { return &evaluator{space: space, names: columns} },
		Flows:  []FlowSpec{{Name: "use"}, {Name: "made", HasTime: true}},
		Groups: []string{"t_item", "", "t_region"},
		Scope:  "t_scope", PartOf: "t_part_of", AlternativeTo: "t_alternative_to", Planned: Match{"t_basis", "planned"}, From: "from", To: "to", Year: "year"}
}

// patterned describes it without the flow that has a date of its own, so that rows can be added by their patterns; of those, every odd one is not known.
func patterned(s Source, space *amounts.Space, odd int, columns ...string) Inventory {
	inv := inventoryOf(s, space, columns...)
	inv.Flows = []FlowSpec{{Name: "use"}}
	for _, c := range inv.Columns {
		use := ByPresence
		if strings.HasPrefix(c, "t_") {
			use = ByValue
		}
		inv.Uses = append(inv.Uses, use)
	}
	inv.New = func() Evaluator { return &evaluator{space: space, names: inv.Columns, odd: odd} }
	return inv
}

// tableText writes an amounts table by values alone; with origins also the first row of each cell.
func tableText(r *Result, origins bool) string {
	lines := tableLines(r, r.Groups, origins)
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// tableLines writes the cells of a walk, in its order.
func tableLines(r *Result, groups func(func(g *amounts.Group) error) error, origins bool) []string {
	space := r.space
	name := func(s string) string { return cmp.Or(s, "-") }
	var lines []string
	err := groups(func(g *amounts.Group) error {
		for _, e := range g.Cells {
			var b strings.Builder
			k, c := e.Key, &e.Cell
			fmt.Fprintf(&b, "flow %d, %d, %s, class %d:", k.Flow, k.Year, k.Status, k.Class)
			for _, n := range g.Names {
				b.WriteString(" " + name(n))
			}
			if k.Lookup != amounts.None {
				b.WriteString(" at " + space.Names.Name(space.Tuples.Tuple(k.Lookup)[0]))
			}
			if k.Mono == amounts.Refused {
				b.WriteString(" refused")
			}
			for _, p := range space.Monomials.Powers(k.Mono) {
				fmt.Fprintf(&b, " × %s^%d", space.Monomials.At(p.Symbol).Name, p.Exponent)
			}
			fmt.Fprintf(&b, " = %v of %d rows", c.Sum.Float64(), c.Rows)
			sum, _ := c.Sum.MarshalBinary()
			fmt.Fprintf(&b, " (%x)", sum)
			if c.Spread != nil {
				fmt.Fprintf(&b, " spread %v", *c.Spread)
			}
			if origins {
				fmt.Fprintf(&b, " from %d:%d", c.First.File, c.First.Row)
			}
			lines = append(lines, b.String())
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	return lines
}

// randomRows makes rows with all that a scan looks at, a part of it missing.
func randomRows(n int) []row {
	r := rand.New(rand.NewPCG(9, 10))
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	var rows []row
	for i := range n {
		v := row{"amount": r.NormFloat64() * 1e3, "extra": r.Float64() * 1e-9, "date": 19000 + 1000*r.Float64(), "t_symbol": pick("pue", "losses", "pue a"),
			"t_region": pick("FRA", "DEU", "USA"), "t_kind": pick("device", "server"), "t_item": fmt.Sprintf("item %d", i%7), "t_scope": pick("volume", "volume", "intensity", "sample"),
			"t_part_of": "whole", "t_alternative_to": "other", "t_basis": pick("planned", "installed", "installed"), "t_drop": pick("yes", "no", "no", "no"),
			"from": 19000 + float64(r.IntN(800)), "year": float64(2020 + r.IntN(5))}
		v["to"] = v["from"].(float64) + float64(r.IntN(500))
		for _, name := range []string{"amount", "extra", "date", "t_symbol", "t_region", "t_kind", "t_scope", "t_basis", "from", "to", "year"} {
			if r.IntN(8) == 0 {
				delete(v, name)
			}
		}
		if r.IntN(6) > 0 {
			delete(v, "t_part_of")
		}
		if r.IntN(6) > 0 {
			delete(v, "t_alternative_to")
		}
		if r.IntN(40) == 0 {
			delete(v, "from")
			delete(v, "to")
			delete(v, "year")
		}
		rows = append(rows, v)
	}
	return rows
}

func nextOf(r Reader) *column.Batch {
	var b column.Batch
	if more, err := r.Next(&b); !more || err != nil {
		panic(fmt.Sprint(more, err))
	}
	return &b
}
