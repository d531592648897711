package engine

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

func TestAYearOutOfTheCalendarDoesNotHideRowsOverSeveralYears(t *testing.T) {
	rows := []row{{"amount": 1.0, "year": 1900.0}, {"amount": 1.0, "year": 2024.0}, // a batch without days
		{"amount": 4.0, "from": day(2023, 12, 31), "to": day(2024, 1, 1)}, {"amount": 1.0, "year": 2024.0}}
	s := oneFile(rows)
	s.batch = 2
	read := func(by bool) (string, int64) {
		space := &amounts.Space{}
		inv := patterned(s, space, 0)
		if !by {
			inv.Uses = nil
		}
		res, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		return tableText(res, true), res.Counts[0].NoPeriod
	}
	want, missing := read(false)
	got, gotMissing := read(true)
	if got != want || missing != gotMissing {
		t.Errorf("%s; %d rows without a period, want %d", difference(got, want), gotMissing, missing)
	}
}

// constantEvaluator reads nothing: every row counts 1.
type constantEvaluator struct {
	evaluator
	flow Flow
}

func (e *constantEvaluator) Flow(int) *Flow { return &e.flow }
func (e *constantEvaluator) Evaluate(b *column.Batch) error {
	e.keep = nil
	e.flow = Flow{Class: make([]uint8, b.Rows), Terms: []Term{{Coefficient: make([]float64, b.Rows)}}}
	return nil
}
func (e *constantEvaluator) Formulas(row int, formulas [][]int32) bool { return true }

func TestRowsOfWhichNothingIsReadAreOfOnePattern(t *testing.T) {
	space := &amounts.Space{}
	inv := Inventory{Kind: "runs", Source: oneFile([]row{{}, {}}), Flows: []FlowSpec{{Name: "use"}}, New: func() Evaluator { return &constantEvaluator{} }}
	res, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: 1})
	if err != nil || res.Counts[0].Rows[amounts.InTotal] != 2 {
		t.Errorf("%v", err)
	}
}

// wide has so many flows, of which each has a formula of its own: the amount times its number.
type wide struct {
	flows []Flow
	in    []column.Column
	n     int
}

func (e *wide) Start()              {}
func (e *wide) Flow(i int) *Flow    { return &e.flows[i] }
func (e *wide) Keep() column.Bitmap { return nil }
func (e *wide) Quantity(int) *Grade { return nil }
func (e *wide) Evaluate(b *column.Batch) error {
	for f := range e.flows {
		e.flows[f] = Flow{Class: make([]uint8, b.Rows), Terms: []Term{{Coefficient: make([]float64, b.Rows)}}}
		for i := range b.Rows {
			e.flows[f].Rows = append(e.flows[f].Rows, int32(i))
			e.flows[f].Terms[0].Coefficient[i] = b.Columns[0].Floats[i] * float64(f)
		}
	}
	return nil
}
func (e *wide) Formulas(_ int, formulas [][]int32) bool {
	for f := range formulas {
		formulas[f] = append(formulas[f][:0], int32(f))
	}
	return true
}
func (e *wide) Inputs(int32) []int                              { return []int{0} }
func (e *wide) Load(columns []column.Column, _ []int, rows int) { e.in, e.n = columns, rows }
func (e *wide) Formula(f int32) ([]float64, float64) {
	out := make([]float64, e.n)
	for i := range out {
		out[i] = e.in[0].Floats[i] * float64(f)
	}
	return out, 0
}

func TestRowsOfManyFormulasAreAddedLikeOthers(t *testing.T) {
	var rows []row
	for i := range 10 {
		rows = append(rows, row{"amount": float64(i), "year": 2024.0, "t_item": fmt.Sprint(i % 3)})
	}
	read := func(uses []Use) string {
		space := &amounts.Space{}
		inv := Inventory{Kind: "runs", Source: oneFile(rows), Columns: []string{"amount"}, Uses: uses, Groups: []string{"t_item"}, Year: "year",
			New: func() Evaluator { return &wide{flows: make([]Flow, 300)} }, Flows: make([]FlowSpec, 300)}
		res, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: 1})
		if err != nil {
			t.Fatal(err)
		}
		return tableText(res, true)
	}
	if got, want := read([]Use{ByPresence}), read(nil); got != want {
		t.Error(difference(got, want))
	}
}

// Rows that hardly have anything in common: many words in one column, or in two together.
func TestRowsOfEverNewPatternsAreAddedLikeOthers(t *testing.T) {
	defer func(patterns, met int) { maxPatterns, maxMet = patterns, met }(maxPatterns, maxMet)
	maxPatterns, maxMet = 500, 4000
	for name, words := range map[string]func(i int) (string, string){
		"one column":  func(i int) (string, string) { return fmt.Sprint(i), "" },
		"two columns": func(i int) (string, string) { return fmt.Sprint(i / 70), fmt.Sprint(i % 70) },
	} {
		rows := make([]row, 3*maxMet)
		for i := range rows {
			a, b := words(i)
			rows[i] = row{"amount": float64(i), "year": 2024.0, "t_drop": a, "t_symbol": b}
		}
		read := func(by bool) (string, Counts, int) {
			space := &amounts.Space{}
			s := oneFile(rows, slices.Repeat([]int{700}, len(rows)/700)...)
			inv := patterned(s, space, 0, "t_drop", "amount", "extra", "date", "t_symbol", "t_region", "t_kind")
			if !by {
				inv.Uses = nil
			}
			w := &worker{inventories: []Inventory{inv}, space: space, lanes: make([]*lane, 1)}
			for part := range s.parts {
				if err := w.part(context.Background(), task{part: part}); err != nil {
					t.Fatal(err)
				}
			}
			res := merge([]*worker{w}, w.inventories, space)
			return tableText(res, true), res.Counts[0], w.lanes[0].patterns.bytes()
		}
		want, counts, _ := read(false)
		got, gotCounts, bytes := read(true)
		if got != want || !reflect.DeepEqual(gotCounts, counts) {
			t.Errorf("%s: %s; counts %v, want %v", name, difference(got, want), gotCounts, counts)
		}
		if bytes > 2<<20 {
			t.Errorf("%s: patterns take %d bytes", name, bytes)
		}
	}
}

// A bound on memory is one on the amounts of all inventories together.
func TestInventoriesShareTheMemoryOfAWorker(t *testing.T) {
	space := &amounts.Space{}
	var inventories []Inventory
	for range 4 {
		rows := randomRows(2000)
		for i := range rows {
			rows[i]["t_item"] = fmt.Sprint(i)
		}
		s := oneFile(rows)
		s.batch = 50
		inventories = append(inventories, inventoryOf(s, space))
	}
	alone := &worker{inventories: inventories, space: space, lanes: make([]*lane, len(inventories))}
	if err := alone.part(context.Background(), task{}); err != nil {
		t.Fatal(err)
	}
	memory := alone.bytes() * 3 / 2
	w := &worker{inventories: inventories, space: space, memory: memory, options: Options{Scratch: t.TempDir()}, lanes: make([]*lane, len(inventories))}
	for i := range inventories {
		if err := w.part(context.Background(), task{inventory: i}); err != nil {
			t.Fatal(err)
		}
		if got := w.bytes(); got > memory {
			t.Errorf("after %d inventories: %d bytes, of %d", i+1, got, memory)
		}
	}
	if err := merge([]*worker{w}, inventories, space).Close(); err != nil {
		t.Error(err)
	}
}
