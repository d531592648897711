package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// split has the cells of an inventory split by columns that results do not show.
func split(inv Inventory, columns ...string) Inventory {
	inv.Groups, inv.Split = slices.Concat(inv.Groups, columns), len(columns)
	return inv
}

// Gathered over what splits them, groups and cells are those of a scan that does not split them, in the same order, and each cell's portions add up to it.
func TestGatheredCellsAreThoseOfAScanWithoutSplit(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 3))
		rows := randomRows(200 + r.IntN(600))
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		for i := range rows {
			if r.IntN(4) > 0 {
				rows[i]["t_source"] = fmt.Sprint("source ", r.IntN(5))
			}
			rows[i]["t_basis_of"] = []string{"", "metered", "declared"}[r.IntN(3)]
		}
		units := seed%2 == 0
		scanOf := func(dated, unit bool, o Options, columns ...string) (*Result, *amounts.Space) {
			t.Helper()
			space := &amounts.Space{}
			s := oneFile(rows, 100, r.IntN(50))
			s.batch = 1 + r.IntN(100)
			inv := patterned(s, space, 3)
			if dated {
				inv = inventoryOf(s, space)
			}
			inv.Flows[0].Unit = unit
			other := inventoryOf(oneFile(rows[:50]), space) // which nothing splits
			other.First = len(inv.Flows)
			res, err := Scan(context.Background(), []Inventory{split(inv, columns...), other}, space, o)
			if err != nil {
				t.Fatal(err)
			}
			return res, space
		}
		for _, dated := range []bool{false, true} {
			plain, _ := scanOf(dated, units, Options{Jobs: 1, Spread: true})
			want := tableLines(plain, plain.Groups, true)
			if got := tableLines(plain, plain.Gathered, true); !slices.Equal(got, want) {
				t.Fatal("gathered over nothing, the table is another one")
			}
			for _, o := range []Options{{Jobs: 1, Spread: true}, {Jobs: 3, Spread: true}, {Jobs: 2, Spread: true, Memory: 20_000, Scratch: t.TempDir()}} {
				res, _ := scanOf(dated, units, o, "t_source", "t_basis_of", "t_basis_of")
				if len(tableLines(res, res.Groups, true)) < 11*len(want)/10 {
					t.Fatalf("little is split: %d cells of %d", len(tableLines(res, res.Groups, true)), len(want))
				}
				if got := tableLines(res, res.Gathered, true); !slices.Equal(got, want) {
					t.Fatalf("seed %d, %+v: another table: %s", seed, o, difference(strings.Join(got, "\n"), strings.Join(want, "\n")))
				}
				portionsAddUp(t, res)
				if err := res.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// Cells that a word of several columns keys are those of a scan of rows that have this word in a column of their own.
func TestAMergedWordIsThatOfAColumn(t *testing.T) {
	word := func(words []string) string { // few words of many combinations, one of them empty
		switch {
		case words[0] == "" && words[1] == "":
			return ""
		case words[1] == "metered" || words[2] != "" || words[3] == "1":
			return "sure"
		}
		return "likely"
	}
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 4))
		rows := randomRows(200 + r.IntN(600))
		for i := range rows {
			if r.IntN(3) > 0 {
				rows[i]["t_source"] = fmt.Sprint("source ", r.IntN(40))
			}
			rows[i]["t_basis_of"] = []string{"", "metered", "declared"}[r.IntN(3)]
			source, _ := rows[i]["t_source"].(string)
			score := ""
			if n := r.IntN(6); n > 0 {
				rows[i]["score"] = float64(n)
				score = fmt.Sprint(n)
			}
			rows[i]["t_merged"] = word([]string{source, rows[i]["t_basis_of"].(string), "", score})
		}
		scan := func(o Options, change func(*Inventory)) []string {
			t.Helper()
			space := &amounts.Space{}
			s := oneFile(rows, 100, r.IntN(50))
			s.batch = 1 + r.IntN(100)
			inv := patterned(s, space, 3)
			if seed%2 == 0 {
				inv = inventoryOf(s, space)
			}
			change(&inv)
			inv.Split = 1
			res, err := Scan(context.Background(), []Inventory{inv}, space, o)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Close()
			return tableLines(res, res.Groups, true)
		}
		want := scan(Options{Jobs: 1, Spread: true}, func(inv *Inventory) { inv.Groups = append(slices.Clone(inv.Groups), "t_merged") })
		for _, o := range []Options{{Jobs: 1, Spread: true}, {Jobs: 3, Spread: true}, {Jobs: 2, Spread: true, Memory: 20_000, Scratch: t.TempDir()}} {
			got := scan(o, func(inv *Inventory) { inv.Merge = &Merge{[]string{"t_source", "t_basis_of", "", "score"}, word} })
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, %+v: another table: %s", seed, o, difference(strings.Join(got, "\n"), strings.Join(want, "\n")))
			}
		}
	}
}

// portionsAddUp checks that portions are sorted by names and make up the cells.
func portionsAddUp(t *testing.T, res *Result) {
	t.Helper()
	sources := map[string]bool{}
	err := res.Gathered(func(g *amounts.Group) error {
		if g.Inventory == 1 {
			if g.Portions != nil {
				t.Error("cells that nothing splits have portions")
			}
			return nil
		}
		for i, e := range g.Cells {
			var sum exact.Grid
			var rows int64
			var spread amounts.Spread
			for _, p := range g.Portions[i] {
				if err := sum.AddGrid(&p.Sum); err != nil {
					return err
				}
				rows += p.Rows
				spread.Merge(p.Spread)
				sources[p.Names[0]] = true
				if len(p.Names) != 3 || p.Names[1] != p.Names[2] {
					t.Errorf("names %q", p.Names)
				}
			}
			if sum != e.Cell.Sum || rows != e.Cell.Rows || spread != *e.Cell.Spread {
				t.Errorf("%v, %+v: portions %+v", g.Names, e, g.Portions[i])
			}
			if !slices.IsSortedFunc(g.Portions[i], func(a, b amounts.Portion) int { return slices.Compare(a.Names, b.Names) }) {
				t.Errorf("portions are not in order: %+v", g.Portions[i])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) != 6 { // and rows without one
		t.Errorf("sources %v", sources)
	}
}

// A sum out of range is found where its parts meet, at the first row of the whole.
func TestGatheredSumsOutOfRangeAreRefusedLikeOthers(t *testing.T) {
	rows := []row{{"amount": 0x1p62, "year": 2024.0, "t_source": "b"}, {"amount": 0x1p62, "year": 2024.0, "t_source": "a"}}
	message := func(columns ...string) string {
		t.Helper()
		space := &amounts.Space{}
		res, err := Scan(context.Background(), []Inventory{split(inventoryOf(oneFile(rows), space), columns...)}, space, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return firstProblem(t, res.Gathered(func(*amounts.Group) error { return nil }))
	}
	if got, want := message("t_source"), message(); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestAnErrorOfAVisitEndsAGatheredWalk(t *testing.T) {
	space := &amounts.Space{}
	res, err := Scan(context.Background(), []Inventory{split(inventoryOf(oneFile(randomRows(300)), space), "t_kind")}, space, Options{})
	if err != nil {
		t.Fatal(err)
	}
	stop, visits := errors.New("stop"), 0
	if err := res.Gathered(func(*amounts.Group) error { visits++; return stop }); err != stop || visits != 1 {
		t.Errorf("%d visits, %v", visits, err)
	}
}
