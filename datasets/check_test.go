package datasets

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

var catalogue = CheckOptions{Catalogue: map[string]*IDs{"hardware": NewIDs("h100", "a100")}}

// openRuns opens files of training runs.
func openRuns(t testing.TB, files ...File) *Inventory {
	t.Helper()
	k, _ := KindByName("training_runs")
	var probs diag.List
	inv := OpenInventory(k, files, &probs)
	if inv == nil {
		t.Fatal(probs.Err())
	}
	return inv
}

// texts are the texts of problems.
func texts(probs *diag.List) []string {
	var out []string
	for _, p := range probs.Problems() {
		out = append(out, p.String())
	}
	return out
}

// manyIDs is 30 files of 40 rows. The ids of a third of the rows stand in other rows too, near by or far off.
func manyIDs(t testing.TB) []File {
	var files []File
	for f := range 30 {
		var rows []map[string]any
		for i := range 40 {
			n := f*40 + i
			switch n % 6 {
			case 0:
				n -= n % 12
			case 3:
				n = n * 7 % 400
			}
			rows = append(rows, run(fmt.Sprintf("r%d", n), nil))
		}
		files = append(files, runs(t, fmt.Sprintf("f%02d", f), nil, rows...))
	}
	return files
}

// Whoever reads a part drops ids early that the class will not cover. What is found is what going through all rows in order finds, for any
// limit and any number of workers.
func TestDuplicatesAreThoseOfGoingThroughTheRowsInOrder(t *testing.T) {
	files := manyIDs(t)
	inv := openRuns(t, files...)
	for _, most := range []int{3, 50, 200, 100_000} {
		// One row after the other, into a map that is thinned when it has more than most.
		var want []string
		held, row := map[string]string{}, 0
		var c class
		for part := range inv.Parts() {
			r, _ := inv.Open(part, []string{"run_id"})
			var b column.Batch
			for more, _ := r.Next(&b); more; more, _ = r.Next(&b) {
				for i := range b.Rows {
					row++
					id := b.Columns[0].Dict.Values[b.Columns[0].Codes[i]]
					if !c.covers(column.DigestOf(id)) {
						continue
					}
					at := fmt.Sprintf("%s row %d", inv.Files()[part], i+1)
					if first, twice := held[id]; twice {
						want = append(want, fmt.Sprintf("%s column run_id: the id of this row stands already in %s", at, first))
						continue
					}
					for held[id] = at; len(held) > most; {
						c++
						for id := range held {
							if !c.covers(column.DigestOf(id)) {
								delete(held, id)
							}
						}
					}
				}
			}
			r.Close()
		}
		if row != 1200 || len(want) == 0 || (c > 0) != (most < 1000) {
			t.Fatalf("at most %d: %d rows, class %d, %d duplicates", most, row, c, len(want))
		}
		for _, jobs := range []int{1, 2, 8} {
			var probs diag.List
			if err := inv.newChecking(catalogue, most).run(context.Background(), jobs, &probs); err != nil {
				t.Fatal(err)
			}
			var got []string
			warned := false
			for _, p := range probs.Problems() {
				if p.Severity == diag.Warning {
					warned = strings.Contains(p.Message, fmt.Sprintf("one of %d ids", 1<<c))
					continue
				}
				got = append(got, p.Place.String()+": "+p.Message)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("at most %d, %d workers: got %d duplicates, want %d\n%s", most, jobs, len(got), len(want), strings.Join(got, "\n"))
			}
			if warned != (c > 0) {
				t.Errorf("at most %d, %d workers: the warning does not say one of %d", most, jobs, 1<<c)
			}
		}
	}
}

// faulty is files with a fault of every sort, of which one is in the first row of all.
func faulty(t testing.TB) []File {
	var files []File
	for f := range 9 {
		var rows []map[string]any
		for i := range 50 {
			rows = append(rows, run(fmt.Sprintf("r%d", (f*50+i)%400), map[string]any{
				"energy": float64(i - 3), "hardware_id": []string{"h100", "none", fmt.Sprintf("x%d", i)}[i%3], "part_of": fmt.Sprintf("r%d", i*20)}))
		}
		files = append(files, runs(t, fmt.Sprintf("f%d", f), nil, rows...))
	}
	return files
}

// read reads a part to its end and returns the ids that were handed on.
func read(t testing.TB, c *Checking, part int, columns ...string) (ids []string) {
	t.Helper()
	r, err := c.Open(context.Background(), part, columns)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b column.Batch
	for {
		more, err := r.Next(&b)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return ids
		}
		if len(b.Columns) != len(columns) {
			t.Fatalf("%d columns for %v", len(b.Columns), columns)
		}
		for i := range b.Rows {
			if at := slices.Index(columns, "run_id"); at >= 0 {
				ids = append(ids, b.Columns[at].Dict.Values[b.Columns[at].Codes[i]])
			}
		}
	}
}

func TestReadingPartsInAnyOrderFindsWhatACheckFinds(t *testing.T) {
	for name, files := range map[string][]File{"ids": manyIDs(t), "faults": faulty(t)} {
		inv := openRuns(t, files...)
		var probs diag.List
		if err := inv.Check(context.Background(), catalogue, &probs); err != nil {
			t.Fatal(err)
		}
		want := texts(&probs)
		parts := make([]int, inv.Parts())
		for i := range parts {
			parts[i] = i
		}
		backwards := slices.Clone(parts)
		slices.Reverse(backwards)
		for order, parts := range map[string][]int{"forwards": parts, "backwards": backwards} {
			for _, columns := range [][]string{nil, {"energy", "year"}, {"run_id", "energy", "run_id"}} {
				c := inv.NewChecking(catalogue)
				for _, part := range parts {
					read(t, c, part, columns...)
				}
				var probs diag.List
				if !finished(t, c, &probs) {
					t.Errorf("%s %s %v: the checking is not complete", name, order, columns)
				}
				if got := texts(&probs); !reflect.DeepEqual(got, want) {
					t.Errorf("%s %s %v: %d problems, want %d", name, order, columns, len(got), len(want))
				}
			}
		}
		c := inv.NewChecking(catalogue)
		var readers sync.WaitGroup
		for _, part := range parts {
			readers.Go(func() { read(t, c, part, "energy") })
		}
		readers.Wait()
		var together diag.List
		if !finished(t, c, &together) || !reflect.DeepEqual(texts(&together), want) {
			t.Errorf("%s: reading all parts at a time finds other problems", name)
		}
	}
}

func TestOnlySoundRowsAreHandedOn(t *testing.T) {
	inv := openRuns(t,
		runs(t, "a", nil, run("r1", nil), run("r2", nil)),
		runs(t, "b", nil, run("r3", map[string]any{"energy": -1.0, "energy_boundary": "it"})),
		runs(t, "c", nil, run("r4", map[string]any{"hardware_id": "none"})))
	c := inv.NewChecking(catalogue)
	var got []string
	for part := range inv.Parts() {
		got = append(got, read(t, c, part, "run_id")...)
	}
	if want := []string{"r1", "r2"}; !reflect.DeepEqual(got, want) {
		t.Errorf("handed on %v, want %v", got, want)
	}
	var probs diag.List
	if !finished(t, c, &probs) || probs.Count(diag.Error) != 2 {
		t.Errorf("problems %v", texts(&probs))
	}
}

func TestACheckingIsIncompleteWhereAPartWasNotReadToItsEnd(t *testing.T) {
	inv := openRuns(t, runs(t, "a", nil, run("r1", nil)), runs(t, "b", nil, run("r1", nil)))
	for name, second := range map[string]func(c *Checking){
		"a part was never opened": func(c *Checking) {},
		"a part was left": func(c *Checking) {
			r, err := c.Open(context.Background(), 1, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
		},
		"the context ended": func(c *Checking) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			r, err := c.Open(ctx, 1, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Next(new(column.Batch)); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			r.Close()
		},
	} {
		c := inv.NewChecking(catalogue)
		read(t, c, 0, "energy")
		second(c)
		var probs diag.List
		if finished(t, c, &probs) || len(probs.Problems()) != 0 {
			t.Errorf("%s: problems %v", name, texts(&probs))
		}
	}
}

// A part that is left alone may be wrong in whatever way; the others are checked as ever, and refer to it.
func TestPartsThatAreLeftAloneOnlyResolveReferences(t *testing.T) {
	whole := func(id, of string) map[string]any { return run(id, map[string]any{"part_of": of}) }
	faulty := map[string]any{"energy": -1.0, "energy_boundary": "it", "hardware_id": "none"}
	for name, tc := range map[string]struct {
		files []File // those named l are left alone
		want  []string
	}{
		"all of them":               {[]File{runs(t, "l", nil, run("r1", faulty))}, nil},
		"the last, with faults":     {[]File{runs(t, "a", nil, run("r1", nil)), runs(t, "l", nil, run("r2", faulty))}, nil},
		"the first, with the whole": {[]File{runs(t, "l", nil, run("r1", faulty)), runs(t, "a", nil, whole("r2", "r1"))}, nil},
		"with an id of another row": {[]File{runs(t, "l", nil, run("r1", nil)), runs(t, "a", nil, run("r1", nil), whole("r2", "r3")), runs(t, "l", nil, run("r3", nil))}, nil},
		"referring to nothing":      {[]File{runs(t, "a", nil, whole("r1", "r2")), runs(t, "l", nil, whole("r2", "nobody"))}, nil},
		"without ids": {[]File{runs(t, "a", nil, whole("r1", "nobody")), runs(t, "l", nil, run("", nil))},
			[]string{"a row 1 column part_of: no row of training_runs has the id \"nobody\""}},
		"and neither has the whole": {[]File{runs(t, "a", nil, whole("r1", "nobody")), runs(t, "l", nil, run("r2", nil))},
			[]string{"a row 1 column part_of: no row of training_runs has the id \"nobody\""}},
		"through which a row leads back to itself": {[]File{runs(t, "a", nil, whole("r1", "r2")), runs(t, "l", nil, whole("r2", "r3")), runs(t, "l", nil, whole("r3", "r1"))},
			[]string{"a row 1 column part_of: part_of \"r2\" leads back to itself"}},
		"between faulty parts": {[]File{runs(t, "a", nil, run("r1", nil)), runs(t, "l", nil, run("r2", faulty)), runs(t, "a", nil, run("r1", nil))},
			[]string{"a row 1 column run_id: the id of this row stands already in a row 1"}},
	} {
		inv := openRuns(t, tc.files...)
		opt := CheckOptions{Catalogue: catalogue.Catalogue, Leave: make([]bool, inv.Parts())}
		for part, file := range inv.Files() {
			opt.Leave[part] = file == "l"
		}
		var once, fused diag.List
		if err := inv.Check(context.Background(), opt, &once); err != nil {
			t.Fatal(err)
		}
		c := inv.NewChecking(opt)
		for part := inv.Parts() - 1; part >= 0; part-- {
			if !opt.Leave[part] {
				read(t, c, part)
			}
		}
		if !finished(t, c, &fused) {
			t.Errorf("%s: the checking is not complete", name)
		}
		for _, probs := range []*diag.List{&once, &fused} {
			var got []string
			for _, p := range probs.Problems() {
				got = append(got, p.Place.String()+": "+p.Message)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%s: got %q, want %q", name, got, tc.want)
			}
		}
	}
}

// Memory is bounded also where the first part is the last to be read: nobody waits for it, for nobody may be reading it, and the checking is given up.
func TestACheckingIsGivenUpWhereTooMuchWaitsForAPart(t *testing.T) {
	inv := openRuns(t, manyIDs(t)...)
	c := inv.newChecking(catalogue, 50)
	for part := inv.Parts() - 1; part >= 0; part-- {
		read(t, c, part, "energy")
		if c.held > c.most+40 {
			t.Fatalf("%d are waiting", c.held)
		}
	}
	var probs diag.List
	if finished(t, c, &probs) {
		t.Error("the checking is complete")
	}
}

// What checking costs beside decoding: one batch of the columns that a log has.
func BenchmarkChecksOfABatch(b *testing.B) {
	var rows []map[string]any
	for i := range column.BatchRows {
		rows = append(rows, run(fmt.Sprint("r", i), map[string]any{"energy": float64(i), "energy_boundary": "it", "device_hours": float64(i % 7), "tokens": float64(i),
			"hardware_id": "h100", "region": []string{"FRA", "USA"}[i%2], "year": 2024, "organisation": "o", "energy_basis": "metered"}))
	}
	c := openRuns(b, runs(b, "a", nil, rows...)).NewChecking(catalogue)
	r, err := c.open(context.Background(), 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	if more, err := r.r.Next(&r.all); err != nil || !more {
		b.Fatal(more, err)
	}
	for b.Loop() {
		r.check.batch(&r.all)
		r.check.gathered.ids = r.check.gathered.ids[:0]
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/column.BatchRows, "ns/row")
}

// What setting ids against each other costs, of an inventory with ten times as many as are held.
func BenchmarkDuplicatesAmongManyIDs(b *testing.B) {
	const rows = 10 * maxIDs
	for b.Loop() {
		l, g := &links{ids: newIDTable(maxIDs, rows)}, &gathered{}
		for i := range uint64(rows) {
			e := newIDSlot(column.Digest{Hi: (i + 1) * 0x9e3779b97f4a7c15, Lo: (i + 1) * 0xd1b54a32d192ed03}, place(i+1))
			if l.ids.class.has(e.halves) {
				g.ids = append(g.ids, e)
			}
			if len(g.ids) == segment {
				l.merge(g)
				g.ids = g.ids[:0]
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

// finished finishes a check in a context that nobody cancels.
func finished(t testing.TB, c *Checking, probs *diag.List) bool {
	t.Helper()
	done, err := c.Finish(context.Background(), probs)
	if err != nil {
		t.Fatal(err)
	}
	return done
}
