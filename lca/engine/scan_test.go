package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func day(y, m, d int) float64 {
	return float64(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func scan(t *testing.T, jobs int, s Source) (*Result, error) {
	t.Helper()
	space := &amounts.Space{}
	res, err := Scan(context.Background(), []Inventory{inventoryOf(s, space)}, space, Options{Jobs: jobs})
	if err == nil {
		err = res.Groups(func(*amounts.Group) error { return nil })
	}
	return res, err
}

// cells lists all cells of a table.
func cells(t *testing.T, r *Result) (out []amounts.Entry) {
	t.Helper()
	if err := r.Groups(func(g *amounts.Group) error { out = append(out, g.Cells...); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// lines scans rows in one part and writes the table without the bits of its sums.
func lines(t *testing.T, rows ...row) (string, Counts) {
	t.Helper()
	res, err := scan(t, 1, oneFile(rows))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(tableText(res, false)), "\n") {
		line, _, _ = strings.Cut(line, " (")
		out = append(out, line)
	}
	return strings.Join(out, "\n"), res.Counts[0]
}

func TestARowsAmountStandsUnderItsYearGroupAndSymbols(t *testing.T) {
	got, counts := lines(t,
		row{"amount": 10.0, "year": 2024.0, "t_symbol": "pue", "t_region": "FRA", "t_item": "a"},
		row{"amount": 5.0, "year": 2024.0, "t_symbol": "pue", "t_region": "FRA", "t_item": "a", "extra": 1.0},
		row{"amount": 7.0, "year": 2024.0},
		row{"year": 2024.0, "t_item": "a"})
	want := `flow 0, 2024, in total, class 0: - - - at  = 7 of 1 rows
flow 0, 2024, in total, class 0: a - - refused = 0 of 1 rows
flow 0, 2024, in total, class 2: a - FRA at FRA = 1 of 1 rows
flow 0, 2024, in total, class 2: a - FRA at FRA × pue^1 = 15 of 2 rows`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if counts.Grades[0][amounts.InTotal] != [8]int64{1, 1, 0, 2} || counts.Grades[1] != [amounts.Statuses][8]int64{} {
		t.Errorf("grades %v", counts.Grades)
	}
}

func TestTwoTermsOfOneSymbolCountTheirRowOnce(t *testing.T) {
	got, _ := lines(t, row{"amount": 10.0, "extra": 1.0, "year": 2024.0})
	if want := "flow 0, 2024, in total, class 0: - - - at  = 11 of 1 rows"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestAPeriodIsSpreadOverItsYearsByDays(t *testing.T) {
	// 2022-12-22 to 2024-01-08: 10 + 365 + 8 = 383 days.
	got, _ := lines(t, row{"amount": 383.0, "from": day(2022, 12, 22), "to": day(2024, 1, 8), "year": 1999.0}, row{"from": day(2023, 12, 31), "to": day(2024, 1, 1)})
	want := `flow 0, 2022, in total, class 0: - - - at  = 10 of 1 rows
flow 0, 2023, in total, class 0: - - - at  = 365 of 1 rows
flow 0, 2023, in total, class 0: - - - refused = 0 of 1 rows
flow 0, 2024, in total, class 0: - - - at  = 8 of 1 rows
flow 0, 2024, in total, class 0: - - - refused = 0 of 1 rows`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestARowWithoutPeriodIsCountedAndEntersNothing(t *testing.T) {
	got, counts := lines(t, row{"amount": 1.0, "year": 2024.0}, row{"amount": 1.0}, row{}, row{"amount": 1.0, "from": day(2024, 2, 1), "to": day(2024, 1, 1)},
		row{"amount": 1.0, "year": 1066.0}, row{"amount": 1.0, "t_drop": "yes"}, row{"amount": 1.0, "t_basis": "planned"})
	if want := "flow 0, 2024, in total, class 0: - - - at  = 1 of 1 rows"; got != want {
		t.Errorf("got\n%s", got)
	}
	if counts.NoPeriod != 4 || counts.FirstNoPeriod != (amounts.Origin{Row: 2}) {
		t.Errorf("%d rows without a period, the first at %v", counts.NoPeriod, counts.FirstNoPeriod)
	}
}

// A flow with a date of its own takes its year from that, whatever the row's period; outside the calendar it is refused, not put elsewhere.
func TestAFlowWithADateOfItsOwn(t *testing.T) {
	got, counts := lines(t, row{"t_kind": "device", "date": day(2021, 7, 1)}, row{"t_kind": "device", "date": day(2021, 7, 2), "year": 2024.0, "amount": 3.0},
		row{"t_kind": "device", "date": day(1969, 12, 31)}, row{"t_kind": "device", "date": day(2300, 1, 1)}, row{"t_kind": "device"})
	want := `flow 0, 2024, in total, class 0: - - - at  = 3 of 1 rows
flow 1, 0, in total, class 0: - - - refused = 0 of 3 rows
flow 1, 2021, in total, class 0: - - - = 2 of 2 rows`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if counts.NoPeriod != 4 {
		t.Errorf("%d rows without a period", counts.NoPeriod)
	}
}

func TestStatusesSayWhatARowTakesPartIn(t *testing.T) {
	base := row{"amount": 1.0, "year": 2024.0}
	with := func(pairs ...string) row {
		r := maps.Clone(base)
		for i := 0; i < len(pairs); i += 2 {
			r[pairs[i]] = pairs[i+1]
		}
		return r
	}
	got, counts := lines(t, base, with("t_scope", "volume"), with("t_scope", "intensity"), with("t_scope", "sample"), with("t_part_of", "x"),
		with("t_part_of", "x", "t_scope", "sample"), with("t_basis", "planned"), with("t_basis", "installed"), with("t_drop", "yes"), with("t_drop", "yes", "t_basis", "planned"),
		with("t_alternative_to", "x"), with("t_alternative_to", "x", "t_part_of", "x"), with("t_alternative_to", "x", "t_scope", "intensity"), with("t_alternative_to", "x", "t_scope", "sample"),
		with("t_alternative_to", "x", "t_basis", "planned"))
	want := `flow 0, 2024, alternative to another row, class 0: - - - at  = 2 of 2 rows
flow 0, 2024, in total, class 0: - - - at  = 3 of 3 rows
flow 0, 2024, intensity, alternative to another row, class 0: - - - at  = 1 of 1 rows
flow 0, 2024, intensity, class 0: - - - at  = 1 of 1 rows
flow 0, 2024, part of another row, class 0: - - - at  = 1 of 1 rows
flow 0, 2024, sample, alternative to another row, class 0: - - - at  = 1 of 1 rows
flow 0, 2024, sample, class 0: - - - at  = 2 of 2 rows`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if counts.Rows != [amounts.Statuses]int64{3, 1, 2, 1, 2, 2, 2, 1, 1} {
		t.Errorf("rows %v", counts.Rows)
	}
}

// picky is a source that refuses to open some of its parts.
type picky struct {
	*memorySource
	closed []bool
}

func (p picky) Open(ctx context.Context, part int, columns []string) (Reader, error) {
	if p.closed[part] {
		return nil, errBroken
	}
	return p.memorySource.Open(ctx, part, columns)
}

func TestPartsThatAreRuledOutAreCountedAndNotOpened(t *testing.T) {
	rows := randomRows(300)
	for i := 100; i < 200; i++ {
		rows[i] = maps.Clone(rows[i])
		rows[i]["t_drop"] = "yes"
	}
	res, err := scan(t, 1, oneFile(rows))
	if err != nil {
		t.Fatal(err)
	}
	want, counts := tableText(res, true), res.Counts[0]
	for _, jobs := range []int{1, 8} {
		out := []bool{false, true, true, false}
		s := picky{oneFile(rows, 100, 50, 50), out}
		space := &amounts.Space{}
		inv := inventoryOf(s, space)
		inv.RuledOut = out
		var progress atomic.Int64
		res, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: jobs, Progress: func(rows int64) { progress.Add(rows) }})
		if err != nil {
			t.Fatal(err)
		}
		if got := tableText(res, true); got != want {
			t.Errorf("%d jobs: another table:\n%s", jobs, difference(got, want))
		}
		if got := res.Counts[0]; got.Rows != counts.Rows || !slices.Equal(got.Grades, counts.Grades) || got.NoPeriod != counts.NoPeriod || progress.Load() != 300 {
			t.Errorf("%d jobs: counts %v, want %v; progress %d", jobs, got, counts, progress.Load())
		}
	}
}

// Equivalent scans give equivalent tables: to the bit, whatever the cut, the workers, the order of columns and, but for the first row of each
// cell, of rows.
func TestTheTableDoesNotDependOnHowItIsRead(t *testing.T) {
	rows := randomRows(700)
	plain := func() *Result {
		t.Helper()
		space := &amounts.Space{}
		res, err := Scan(context.Background(), []Inventory{inventoryOf(oneFile(rows), space)}, space, Options{Jobs: 1, Spread: true})
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	res := plain()
	want, counts := tableText(res, true), res.Counts[0]
	if len(cells(t, res)) < 200 || counts.NoPeriod == 0 {
		t.Fatalf("the rows try too little: %d cells", len(cells(t, res)))
	}
	check := func(name string, s *memorySource, jobs int, columns []string, origins bool) {
		t.Helper()
		space := &amounts.Space{}
		res, err := Scan(context.Background(), []Inventory{inventoryOf(s, space, columns...)}, space, Options{Jobs: jobs, Spread: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := tableText(res, origins); got != want {
			t.Errorf("%s, %d jobs: another table:\n%s", name, jobs, difference(got, want))
		}
		got := res.Counts[0]
		if got.Rows != counts.Rows || !slices.Equal(got.Grades, counts.Grades) || got.NoPeriod != counts.NoPeriod || origins && got.FirstNoPeriod != counts.FirstNoPeriod {
			t.Errorf("%s, %d jobs: counts %v, want %v", name, jobs, got, counts)
		}
	}
	cuts := [][]int{nil, {1}, {0, 350, 0}, {64, 64, 64, 64}, {63, 65, 1, 128}, slices.Repeat([]int{10}, 69)}
	for _, sizes := range cuts {
		for _, batch := range []int{0, 1, 64, 100} {
			for _, jobs := range []int{1, 2, 8} {
				s := oneFile(rows, sizes...)
				s.batch = batch
				check(fmt.Sprint("parts ", sizes, ", batches of ", batch), s, jobs, nil, true)
			}
		}
	}
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 0))
		columns := slices.Clone(evaluatorColumns)
		r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
		check("columns in another order", oneFile(rows, 100, 200), 2, columns, true)
	}
	want = tableText(plain(), false)
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		shuffled := slices.Clone(rows)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		check("rows in another order", oneFile(shuffled, 100, 300), 8, nil, false)
	}
}

func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

func TestTwiceTheActivityIsTwiceTheAmount(t *testing.T) {
	once := []row{{"amount": 3.0, "from": day(2022, 1, 1), "to": day(2024, 12, 31)}, {"amount": 0.1, "year": 2023.0}}
	twice := append(slices.Clone(once), once...)
	a, err := scan(t, 1, oneFile(once))
	if err != nil {
		t.Fatal(err)
	}
	b, err := scan(t, 2, oneFile(twice, 2))
	if err != nil {
		t.Fatal(err)
	}
	other := cells(t, b)
	for i, e := range cells(t, a) {
		x, y := e.Cell, other[i].Cell
		if y.Sum.Float64() != 2*x.Sum.Float64() || y.Rows != 2*x.Rows {
			t.Errorf("cell %d: %v and %v", i, x.Sum.Float64(), y.Sum.Float64())
		}
	}
}

func TestSeveralInventoriesAndFilesShareOneTable(t *testing.T) {
	space := &amounts.Space{}
	first := &memorySource{files: []string{"a", "b"}, parts: []memoryPart{{1, 5, []row{{"amount": 1.0, "year": 2024.0}}}, {0, 3, []row{{"amount": 2.0, "year": 2024.0}}}}}
	second := oneFile([]row{{"amount": 4.0, "year": 2024.0}})
	one, two := inventoryOf(first, space), inventoryOf(second, space)
	two.First = 2
	res, err := Scan(context.Background(), []Inventory{one, two}, space, Options{Jobs: 3})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(tableText(res, true)), "\n") {
		got = append(got, line[:6]+line[strings.Index(line, " = "):strings.Index(line, " (")]+line[strings.Index(line, ")")+1:])
	}
	if want := "flow 0 = 3 of 2 rows from 0:3\nflow 2 = 4 of 1 rows from 0:1"; strings.Join(got, "\n") != want {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestAnEmptyInventoryHasAnEmptyTable(t *testing.T) {
	for _, s := range []*memorySource{{}, oneFile(nil), oneFile(nil, 0, 0)} {
		res, err := scan(t, 4, s)
		if err != nil || len(cells(t, res)) != 0 || res.Counts[0].Rows != [amounts.Statuses]int64{} {
			t.Errorf("%v, %v", res, err)
		}
	}
}

func firstProblem(t *testing.T, err error) string {
	t.Helper()
	var invalid *diag.Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("%v is no *diag.Invalid", err)
	}
	line, _, _ := strings.Cut(invalid.List.Problems()[0].String(), "\n")
	return line
}

// Parts end in any order; the error is that of the first part that has one, at its row.
func TestAnAmountThatIsNoNumberIsRefusedAtItsRow(t *testing.T) {
	for amount, want := range map[float64]string{
		math.NaN():   "rows.parquet row 32: the amount for rule use is NaN: a value to be summed is not a finite number [not-finite]",
		math.Inf(-1): "rows.parquet row 32: the amount for rule use is -Inf: a value to be summed is not a finite number [not-finite]",
		0x1p63:       "rows.parquet row 32: the amount for rule use is 9.223372036854776e+18: a sum leaves the range of ±2^63 [overflow]",
	} {
		rows := make([]row, 100)
		for i := range rows {
			rows[i] = row{"amount": 1.0, "year": 2024.0}
		}
		rows[31] = row{"amount": amount, "year": 2024.0}
		rows[55] = row{"amount": math.Inf(1), "year": 2024.0}
		rows[99] = row{"amount": math.NaN(), "year": 2024.0}
		for _, jobs := range []int{1, 2, 8, 8, 8} {
			for _, batch := range []int{0, 1, 7} {
				s := oneFile(rows, slices.Repeat([]int{10}, 9)...)
				s.batch = batch
				_, err := scan(t, jobs, s)
				if got := firstProblem(t, err); got != want {
					t.Errorf("%d jobs: %s", jobs, got)
				}
				if diag.Exit(err) != 4 {
					t.Errorf("exit code %d", diag.Exit(err))
				}
			}
		}
	}
}

// Planned and filtered rows enter nothing, so that their amounts cannot be wrong.
func TestARowThatEntersNothingIsNotRefused(t *testing.T) {
	got, _ := lines(t, row{"amount": math.NaN(), "year": 2024.0, "t_drop": "yes"}, row{"amount": math.Inf(1), "year": 2024.0, "t_basis": "planned"}, row{"amount": 1.0, "year": 2024.0})
	if want := "flow 0, 2024, in total, class 0: - - - at  = 1 of 1 rows"; got != want {
		t.Errorf("got\n%s", got)
	}
}

// Which worker meets an overflow is chance; the message is not.
func TestASumOutOfRangeGivesTheSameErrorForAnyJobs(t *testing.T) {
	var rows []row
	for i := range 40 {
		rows = append(rows, row{"amount": 0x1p61, "year": 2024.0 - float64(i%2), "t_item": fmt.Sprint("item ", i%2)})
	}
	const want = "rows.parquet row 1: the sum for rule use in 2024, which begins at this row and has 20, is out of range [overflow]"
	for _, jobs := range []int{1, 2, 8, 8, 8, 8} {
		for _, sizes := range [][]int{nil, {20}, {1, 2, 3, 4}, slices.Repeat([]int{1}, 39)} {
			_, err := scan(t, jobs, oneFile(rows, sizes...))
			if got := firstProblem(t, err); got != want {
				t.Errorf("%d jobs, parts %v: %s", jobs, sizes, got)
			}
		}
	}
	// Two workers that are each in range and together are not: the merge finds it.
	two := []row{{"amount": 0x1p62, "year": 2024.0}, {"amount": 0x1p62, "year": 2024.0}}
	s := oneFile(two, 1)
	s.delay = 5 * time.Millisecond
	_, err := scan(t, 2, s)
	if got := firstProblem(t, err); got != "rows.parquet row 1: the sum for rule use in 2024, which begins at this row and has 2, is out of range [overflow]" {
		t.Errorf("got %s", got)
	}
}

func TestAReadersErrorIsThatOfTheFirstBrokenPart(t *testing.T) {
	rows := randomRows(200)
	for range 20 {
		s := oneFile(rows, slices.Repeat([]int{10}, 19)...)
		s.batch = 5
		s.delay = time.Millisecond
		s.fail = map[int]error{3: errBroken, 4: errors.New("another"), 11: errors.New("a third")}
		if _, err := scan(t, 8, s); err != errBroken {
			t.Fatalf("got %v, want that of part 3", err)
		}
	}
}

func TestACancelledScanStopsAndSaysSo(t *testing.T) {
	space := &amounts.Space{}
	rows := randomRows(300)
	for _, jobs := range []int{1, 4} {
		ctx, cancel := context.WithCancel(context.Background())
		s := oneFile(rows, slices.Repeat([]int{10}, 29)...)
		s.batch = 1
		var read atomic.Int64
		_, err := Scan(ctx, []Inventory{inventoryOf(s, space)}, space, Options{Jobs: jobs, Progress: func(n int64) {
			if read.Add(n) == 20 {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if read.Load() >= 300 {
			t.Errorf("all %d rows were read", read.Load())
		}
	}
}

func TestProgressAddsUpToTheRows(t *testing.T) {
	space := &amounts.Space{}
	var read atomic.Int64
	_, err := Scan(context.Background(), []Inventory{inventoryOf(oneFile(randomRows(123), 50), space)}, space, Options{Progress: func(n int64) { read.Add(n) }})
	if err != nil || read.Load() != 123 {
		t.Errorf("%d rows, %v", read.Load(), err)
	}
}

// A kind without columns of its own for period, scope and the like has every row in its total.
func TestAKindWithoutRolesHasEveryRowInItsTotal(t *testing.T) {
	space := &amounts.Space{}
	inv := inventoryOf(oneFile([]row{{"t_kind": "device", "date": day(2024, 1, 1), "t_scope": "sample", "t_part_of": "x", "t_basis": "planned", "year": 1999.0, "amount": 1.0}}), space)
	inv.Scope, inv.PartOf, inv.AlternativeTo, inv.Planned, inv.From, inv.To, inv.Year, inv.Groups = "", "", "", Match{}, "", "", "", nil
	res, err := Scan(context.Background(), []Inventory{inv}, space, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, _, _ := strings.Cut(tableText(res, false), " ("); got != "flow 1, 2024, in total, class 0: = 1 of 1 rows" || res.Counts[0].NoPeriod != 0 {
		t.Errorf("got %s, %d without a period", got, res.Counts[0].NoPeriod)
	}
}

// Rows of one pattern are added by what the rules made of one of them; that, and applying the rules to each, gives one table to the bit.
func TestPatternsGiveWhatTheRulesGiveRowByRow(t *testing.T) {
	rows := append(randomRows(3000), row{"amount": 1.0, "year": 2023.5}, row{"amount": 1.0, "year": 1492.0}, row{"amount": 1.0, "year": 3e300},
		row{"amount": 1.0, "year": 2020.0, "from": day(2023, 1, 1)})
	read := func(s *memorySource, jobs int, change func(inv *Inventory)) (string, Counts) {
		t.Helper()
		space := &amounts.Space{}
		inv := patterned(s, space, 0)
		change(&inv)
		res, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		return tableText(res, true), res.Counts[0]
	}
	want, counts := read(oneFile(rows), 1, func(inv *Inventory) { inv.Uses = nil })
	for _, odd := range []int{0, 1, 3} {
		for _, batch := range []int{0, 1, 64, 1000} {
			for _, jobs := range []int{1, 3} {
				s := oneFile(rows, 500, 0, 1200)
				s.batch = batch
				got, gotCounts := read(s, jobs, func(inv *Inventory) {
					made := inv.New
					inv.New = func() Evaluator { e := made().(*evaluator); e.odd = odd; return e }
				})
				if got != want {
					t.Fatalf("every %d. pattern not known, batches of %d: %s", odd, batch, difference(got, want))
				}
				if !reflect.DeepEqual(gotCounts, counts) {
					t.Fatalf("every %d. pattern not known, batches of %d: counts %v, want %v", odd, batch, gotCounts, counts)
				}
			}
		}
	}
}

// A bound on memory changes where amounts are kept, and nothing else; no file is left.
func TestSpilledAmountsAreTheSameToTheBit(t *testing.T) {
	rows := randomRows(3000)
	for i := range rows {
		rows[i]["t_item"] = fmt.Sprintf("item %d", i*7919%500)
	}
	read := func(dated, spread bool, jobs, memory int) (string, Counts) {
		t.Helper()
		space, dir := &amounts.Space{}, t.TempDir()
		s := oneFile(rows, 500, 0, 1200, 300)
		s.batch = 100
		inv := patterned(s, space, 3)
		if dated {
			inv = inventoryOf(s, space)
		}
		res, err := Scan(context.Background(), []Inventory{inv}, space, Options{Jobs: jobs, Memory: memory, Scratch: dir, Spread: spread})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := res.Close(); err != nil {
				t.Error(err)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%v was left", left)
			}
		}()
		if text := tableText(res, true); text != tableText(res, true) {
			t.Error("a second walk gives another table")
		} else {
			return text, res.Counts[0]
		}
		return "", Counts{}
	}
	for _, dated := range []bool{false, true} {
		want, counts := read(dated, true, 1, 0)
		if without, _ := read(dated, false, 2, 10_000); without != regexp.MustCompile(" spread .*? from").ReplaceAllString(want, " from") {
			t.Error("without spreads the table is another one")
		}
		for _, memory := range []int{1, 10_000, 100_000} {
			for _, jobs := range []int{1, 2, 5} {
				got, gotCounts := read(dated, true, jobs, memory)
				if got != want {
					t.Errorf("%d jobs, %d bytes: %s", jobs, memory, difference(got, want))
				}
				if !reflect.DeepEqual(gotCounts, counts) {
					t.Errorf("%d jobs, %d bytes: counts %v, want %v", jobs, memory, gotCounts, counts)
				}
			}
		}
	}
}

// A scan that ends early closes what it has spilled.
func TestAScanThatFailsLeavesNoFile(t *testing.T) {
	space, dir := &amounts.Space{}, t.TempDir()
	s := oneFile(randomRows(300), 100, 100)
	s.batch, s.fail = 10, map[int]error{2: errBroken}
	if _, err := Scan(context.Background(), []Inventory{inventoryOf(s, space)}, space, Options{Jobs: 2, Memory: 1, Scratch: dir}); !errors.Is(err, errBroken) {
		t.Fatalf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
	if _, err := Scan(context.Background(), []Inventory{inventoryOf(oneFile(randomRows(300)), space)}, space, Options{Memory: 1, Scratch: dir + "/nowhere"}); err == nil {
		t.Error("amounts were spilled to a folder that is not there")
	}
}

func BenchmarkScan(b *testing.B) {
	rows := randomRows(4096)
	for i := range rows { // of few patterns, as rows of a log are
		rows[i] = row{"amount": float64(i), "year": 2024.0, "t_item": fmt.Sprintf("item %d", i*7919%1000), "t_region": "FRA", "t_scope": "volume"}
	}
	for _, way := range []string{"ByPattern", "RowByRow", "ByPatternSpread", "RowByRowSpread"} {
		b.Run(way, func(b *testing.B) {
			space := &amounts.Space{}
			s := oneFile(rows)
			inv := patterned(s, space, 0)
			if strings.HasPrefix(way, "RowByRow") {
				inv.Uses = nil
			}
			l := newLane(&inv, space, 0, strings.HasSuffix(way, "Spread"))
			l.begin()
			r, _ := s.Open(context.Background(), 0, l.layout.columns)
			batch := nextOf(r)
			b.ReportAllocs()
			for b.Loop() {
				if err := l.batch(batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/row")
		})
	}
}
