package study

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules"
)

// partialReader reads the cells of an amounts table.
type partialReader struct {
	p         *plan
	x         *partial
	space     *amounts.Space
	memory    int                         // bytes that the cells of the kind at hand may take; 0: any
	scratch   string                      // folder for what does not fit
	cells     map[string]*amounts.Cells   // by kind
	groups    map[string]map[string]int32 // by kind, then names
	offset    map[string]int              // by kind, the number of the table's first file among those of the kind
	lookups   map[string]int32
	monomials map[string]int32
	row       int64
}

func (r *partialReader) read(ctx context.Context) error {
	fields, err := parquet.Fields[lca.Amount]()
	if err != nil {
		return err
	}
	var at []int
	var types []lca.FieldType
	for n, f := range fields {
		i := r.x.file.Column(f.Name)
		if i < 0 && n >= squaresColumn && !r.x.part.Spread {
			continue // neither is read of tables that do not hold both
		}
		if i < 0 {
			return r.x.damaged(0, f.Name, "the column is missing")
		}
		at, types = append(at, i), append(types, f.Type)
	}
	for g := range r.x.file.RowGroups() {
		rd, err := r.x.file.ReadAs(g, at, types)
		if err != nil {
			return err
		}
		var b column.Batch
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			more, err := rd.Next(&b)
			if err != nil {
				return err
			}
			if !more {
				break
			}
			for i := range b.Rows {
				r.row = b.First + int64(i)
				if err := r.cell(&b, i); err != nil {
					return err
				}
			}
		}
		if err := rd.Close(); err != nil {
			return err
		}
	}
	return nil
}

// squaresColumn is the place of squares among the columns, which largest follows.
const squaresColumn = 23

// readSpread reads how a cell's amounts are spread.
func readSpread(squares, largest, rows string) (*amounts.Spread, error) {
	s := &amounts.Spread{}
	sum, err := hex.DecodeString(squares)
	if err == nil {
		err = s.Squares.UnmarshalBinary(sum)
	}
	if err != nil {
		return nil, err
	}
	var list []float64
	if err := json.Unmarshal([]byte(largest), &list); err != nil || len(list) != len(s.Largest) {
		return nil, fmt.Errorf("%q is no list of %d amounts", largest, len(s.Largest))
	}
	copy(s.Largest[:], list)
	var numbers []string
	if err := json.Unmarshal([]byte(rows), &numbers); err != nil || len(numbers) != len(s.Rows) {
		return nil, fmt.Errorf("%q is no list of %d numbers of rows", rows, len(s.Rows))
	}
	for i, text := range numbers {
		if s.Rows[i], err = strconv.ParseUint(text, 16, 64); err != nil {
			return nil, fmt.Errorf("%q is no number of a row", text)
		}
	}
	if !s.Valid() {
		return nil, fmt.Errorf("the largest amounts %s are not those of such squares", largest)
	}
	return s, nil
}

// cell reads a row.
func (r *partialReader) cell(b *column.Batch, i int) error {
	text := func(at int) string {
		if at >= len(b.Columns) { // of a table that was written before there was such a column
			return ""
		}
		if c := &b.Columns[at]; c.Valid.Get(i) {
			return c.Dict.Values[c.Codes[i]]
		}
		return ""
	}
	number := func(at int) int64 {
		if c := &b.Columns[at]; c.Valid.Get(i) {
			return int64(c.Floats[i])
		}
		return 0
	}
	kind := slices.IndexFunc(r.p.kinds, func(k *kindPlan) bool { return k.kind.Name == text(0) })
	if _, counted := r.x.part.Counts[text(0)]; kind < 0 || !counted {
		return r.x.damaged(r.row, "kind", "it counts no rows of the kind %q", text(0))
	}
	k := r.p.kinds[kind]
	rule := number(2)
	if rule < 0 || int(rule) >= len(k.program.Flows) || k.program.Flows[rule].Name != text(1) {
		return r.x.damaged(r.row, "rule", "the method has no rule %d %q", rule, text(1))
	}
	target := amounts.Target{Flow: int32(k.first) + int32(rule), Lookup: amounts.None, Unless: amounts.None}
	status, ok := amounts.ParseStatus(text(4))
	class := slices.Index(lca.Names(lca.Words().Qualities), text(6))
	if !ok || class < 0 {
		return r.x.damaged(r.row, "status", "%q, %q", text(4), text(6))
	}
	target.Class = uint8(class)
	var err error
	if target.Lookup, err = r.lookup(text(14)); err == nil {
		target.Unless, err = r.lookup(text(15))
	}
	if err == nil {
		target.Mono, err = r.monomial(text(16), k.program)
	}
	if err != nil {
		return r.x.damaged(r.row, "monomial", "%v", err)
	}
	cell := amounts.Cell{Rows: number(19), Whole: number(20), First: amounts.Origin{Row: number(22)}}
	sum, err := hex.DecodeString(text(18))
	if err == nil {
		err = cell.Sum.UnmarshalBinary(sum)
	}
	if err != nil {
		return r.x.damaged(r.row, "sum", "%v", err)
	}
	if r.p.spread {
		if cell.Spread, err = readSpread(text(squaresColumn), text(squaresColumn+1), text(squaresColumn+2)); err != nil {
			return r.x.damaged(r.row, "squares", "%v", err)
		}
	}
	offset := int64(r.offset[k.kind.Name])
	if file := number(21); cell.Rows < 0 || cell.Whole < 0 || file < 0 || file >= int64(len(k.files()))-offset || cell.First.Row < 1 || len(text(7)) != k.units() || strings.Trim(text(7), "01") != "" {
		return r.x.damaged(r.row, "rows", "its rows are not those of a file")
	} else {
		cell.First.File = int32(file + offset)
	}
	year := number(5)
	if _, ok := amounts.PeriodOf(0, false, 0, false, float64(year), true); !ok && year != 0 {
		return r.x.damaged(r.row, "year", "the year %d", year)
	}
	group, err := r.group(k, text(8), text(9), text(10), text(11), text(12), text(13))
	if err != nil {
		return r.x.damaged(r.row, "comparison", "%v", err)
	}
	cells := r.cells[k.kind.Name]
	cells.Block(cells.Part(amounts.Part{Status: status, Year: int32(year), Units: text(7)}), group).Put(&r.space.Bundles, target, &cell)
	return r.spill(k.kind.Name)
}

// spill moves the cells of a kind to a file where they take too much memory.
func (r *partialReader) spill(kind string) error {
	cells := r.cells[kind]
	if r.memory == 0 || cells.Bytes() <= r.memory/2 { // the other half is for finding groups
		return nil
	}
	r.groups[kind] = map[string]int32{}
	return cells.Spill(r.scratch)
}

// group is the number of the group of names, the last of which are a JSON list.
func (r *partialReader) group(k *kindPlan, names ...string) (int32, error) {
	kind := k.kind.Name
	if r.cells[kind] == nil {
		r.cells[kind], r.groups[kind] = &amounts.Cells{Spread: r.p.spread}, map[string]int32{}
	}
	key := jsonText(names)
	if group, ok := r.groups[kind][key]; ok {
		return group, nil
	}
	var rest []string
	last := len(names) - 1
	if err := json.Unmarshal([]byte(names[last]), &rest); err != nil {
		return 0, err
	}
	if columns := len(k.groups) + len(k.splits()) - groupColumns; len(rest) != columns {
		return 0, fmt.Errorf("%d words for %d columns", len(rest), columns)
	}
	group := r.cells[kind].Group(append(slices.Clone(names[:last]), rest...), 0)
	r.groups[kind][key] = group
	return group, nil
}

func (r *partialReader) lookup(text string) (int32, error) {
	if text == "" {
		return amounts.None, nil
	}
	id, ok := r.lookups[text]
	if !ok {
		var names []*string
		if err := json.Unmarshal([]byte(text), &names); err != nil || len(names) != 2 {
			return 0, fmt.Errorf("%q is no pair of region and technology", text)
		}
		tuple := []int32{amounts.None, amounts.None}
		for i, n := range names {
			if n != nil {
				tuple[i] = r.space.Names.ID(*n)
			}
		}
		id = r.space.Tuples.ID(tuple)
		r.lookups[text] = id
	}
	return id, nil
}

func (r *partialReader) monomial(text string, program *rules.Program) (int32, error) {
	if text == "" {
		return amounts.Refused, nil
	}
	id, ok := r.monomials[text]
	if !ok {
		var powers [][2]any
		if err := json.Unmarshal([]byte(text), &powers); err != nil {
			return 0, err
		}
		if len(powers) > maxPower {
			return 0, fmt.Errorf("a product of %d powers", len(powers))
		}
		id = amounts.One
		for _, q := range powers {
			name, isName := q[0].(string)
			exponent, isNumber := q[1].(float64)
			symbol, known := program.Symbol(name, r.p.factorSymbol)
			if !isName || !isNumber || !known || exponent != float64(int32(exponent)) || exponent == 0 || exponent > maxPower || exponent < -maxPower {
				return 0, fmt.Errorf("%v is no power of a symbol of the method and the pack", q)
			}
			id = r.space.Monomials.Multiply(id, r.space.Monomials.Symbol(symbol), int32(exponent))
		}
		r.monomials[text] = id
	}
	return id, nil
}

// maxPower is above any exponent of a normal form, and above how many powers it has.
const maxPower = 1 << 10
