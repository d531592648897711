package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// tracedKey names a cell.
type tracedKey struct {
	names, units string
	key          amounts.Key
}

// tracedSums adds up what a trace shows.
func tracedSums(t *testing.T, inv *Inventory, space *amounts.Space, jobs int, wanted func(names []string) bool) map[tracedKey]exact.Grid {
	t.Helper()
	var mu sync.Mutex
	var names []string
	sums := map[tracedKey]exact.Grid{}
	err := Trace(context.Background(), inv, space, Tracing{Jobs: jobs, Columns: []string{"t_note"},
		Wanted: func(n []string) (int, bool) {
			mu.Lock()
			defer mu.Unlock()
			names = append(names, strings.Join(n, "|"))
			return len(names) - 1, wanted(n)
		},
		Visitor: func() func(e *Entering) error {
			return func(e *Entering) error {
				mu.Lock()
				defer mu.Unlock()
				if e == nil {
					return nil
				}
				if at := len(inv.TraceColumns([]string{"t_note"})); len(e.Batch.Columns) != at || e.Batch.Columns[at-1].Dict.Values[e.Batch.Columns[at-1].Codes[e.At]] != fmt.Sprint("row ", e.Row, " of ", e.File) {
					return fmt.Errorf("the visit of row %d sees another one", e.Row)
				}
				k := tracedKey{names[e.Group], e.Units, e.Key}
				sum := sums[k]
				err := sum.Add(e.Amount())
				sums[k] = sum
				return err
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// A trace shows what a scan adds: of every cell, the amounts of its rows add up to its sum, to the bit, whether the scan adds rows by their patterns or not.
func TestTracedAmountsAddUpToTheCells(t *testing.T) {
	defer func(was int) { tracingMemory = was }(tracingMemory)
	r := rand.New(rand.NewPCG(2, 3))
	for round := range 8 {
		rows := randomRows(600)
		for i := range rows {
			rows[i]["t_note"] = fmt.Sprint("row ", i+1, " of 0")
		}
		if tracingMemory = 64 << 20; round%2 == 1 {
			tracingMemory = 1000 // names are forgotten again and again
		}
		space := &amounts.Space{}
		inv := inventoryOf(oneFile(rows, 1+r.IntN(300), 1+r.IntN(200)), space)
		if round >= 4 {
			inv = patterned(oneFile(rows, 1+r.IntN(300), 1+r.IntN(200)), space, 5)
		}
		res, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: 2})
		if err != nil {
			t.Fatal(err)
		}
		wanted := func(names []string) bool { return round%4 < 2 || names[0] == "item 3" }
		got := tracedSums(t, &inv, space, 1+r.IntN(3), wanted)
		met := 0
		err = res.Groups(func(g *amounts.Group) error {
			for i := range g.Cells {
				c := &g.Cells[i]
				if c.Key.Mono == amounts.Refused || !wanted(g.Names) {
					continue
				}
				met++
				if k := (tracedKey{strings.Join(g.Names, "|"), g.Units, c.Key}); got[k] != c.Cell.Sum {
					t.Errorf("%v: the rows add up to %v, the cell is %v", k, got[k], c.Cell.Sum.Float64())
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if met == 0 || met != len(got) {
			t.Errorf("the scan has %d cells, the trace %d", met, len(got))
		}
	}
}

func TestAVisitsErrorAndACancelledContextEndATrace(t *testing.T) {
	space := &amounts.Space{}
	inv := inventoryOf(oneFile(randomRows(50), 10), space)
	stop := errors.New("stop")
	of := Tracing{Jobs: 2, Wanted: func([]string) (int, bool) { return 0, true }, Visitor: func() func(*Entering) error { return func(*Entering) error { return stop } }}
	if err := Trace(context.Background(), &inv, space, of); err != stop {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Trace(ctx, &inv, space, of); err != context.Canceled {
		t.Errorf("%v", err)
	}
}
