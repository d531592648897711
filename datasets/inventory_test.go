package datasets

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// run is a training run with what every row needs.
func run(id string, change map[string]any) map[string]any {
	row := map[string]any{"run_id": id, "model_id": "m", "phase": "pretraining", "scope": "volume", "source": "s", "licence": "CC0-1.0", "quality": "reported"}
	for k, v := range change {
		row[k] = v
	}
	return row
}

// runs is a file of training runs with the columns that the rows have. A row's nil takes a value away.
func runs(t testing.TB, name string, units map[string]string, rows ...map[string]any) File {
	t.Helper()
	k, _ := KindByName("training_runs")
	used := map[string]bool{}
	for _, r := range rows {
		for c := range r {
			used[c] = true
		}
	}
	var fields []lca.Field
	for _, f := range k.Fields() {
		if used[f.Name] {
			f.Required = false
			f.Unit = units[f.Name]
			fields = append(fields, f)
			delete(used, f.Name)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(used)) {
		fields = append(fields, lca.Field{Name: c})
	}
	b := parquet.NewBuilder(fields)
	for _, r := range rows {
		for i, f := range fields {
			switch v := r[f.Name].(type) {
			case string:
				b.Text(i, v)
			case float64:
				b.Number(i, v)
			case int:
				b.Number(i, float64(v))
			default:
				b.Missing(i)
			}
		}
	}
	table := b.Table()
	var buf bytes.Buffer
	w, err := parquet.Create(&buf, fields, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&column.Batch{Rows: table.Rows, Columns: table.Data}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return File{Name: name, R: bytes.NewReader(buf.Bytes()), Size: int64(buf.Len())}
}

// problems opens and checks training runs and returns each problem's text.
func problems(t testing.TB, jobs int, files ...File) []string {
	t.Helper()
	k, _ := KindByName("training_runs")
	var probs diag.List
	if inv := OpenInventory(k, files, &probs); inv != nil {
		opt := CheckOptions{Jobs: jobs, Catalogue: map[string]*IDs{"hardware": NewIDs("h100", "a100")}}
		if err := inv.Check(context.Background(), opt, &probs); err != nil {
			t.Fatal(err)
		}
	}
	var out []string
	for _, p := range probs.Problems() {
		out = append(out, p.String())
	}
	return out
}

func TestEachProblemOfAnInventorySaysWhatWhereAndWhatInstead(t *testing.T) {
	for name, tc := range map[string]struct {
		files func() []File
		want  []string
	}{
		"a row without problems": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"energy": 1.0, "energy_boundary": "it", "hardware_id": "h100", "started": 100, "ended": 100, "mfu": 1.0, "pue": 1.0}))}
		}, nil},
		"a missing required column": {func() []File {
			r := run("r1", nil)
			delete(r, "model_id")
			return []File{runs(t, "a", nil, r)}
		}, []string{"a column model_id: the column \"model_id\" is missing; training_runs needs it [missing-column]\n   the model that was trained"}},
		"an unknown column": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"device_hour": 1.0}))}
		}, []string{"a column device_hour: training_runs has no column \"device_hour\" [unknown-column]\n" +
			"   a column that nothing reads could hold what a result depends on\n   did you mean device_hours?"}},
		"a unit of another kind": {func() []File {
			return []File{runs(t, "a", map[string]string{"energy": "kg CO2e"}, run("r1", map[string]any{"energy": 1.0}))}
		}, []string{"a column energy: energy is in kg CO2e; it cannot be converted to kWh [unit-mismatch]"}},
		"a unit where there is none": {func() []File {
			return []File{runs(t, "a", map[string]string{"region": "kWh"}, run("r1", map[string]any{"region": "FRA"}))}
		}, []string{"a column region: the file states the unit \"kWh\"; region has none [unit-mismatch]"}},
		"a missing value": {func() []File {
			return []File{runs(t, "a", nil, run("r1", nil), run("r2", map[string]any{"source": nil}), run("r3", map[string]any{"source": ""}))}
		}, []string{
			"a row 2 column source: source is missing; every row needs it [missing-value]\n   where the row's figures were published",
			"a row 3 column source: source is missing; every row needs it [missing-value]\n   where the row's figures were published"}},
		"a word that is none of the list": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"phase": "pre-training"}))}
		}, []string{"a row 1 column phase: \"pre-training\" is not a value of phase [bad-value]\n" +
			"   did you mean pretraining? one of pretraining, finetuning, development, idle, failed, whole"}},
		"a negative energy": {func() []File {
			return []File{runs(t, "a", nil, run("r1", nil), run("r2", map[string]any{"energy": -5.0, "energy_boundary": "it"}))}
		}, []string{"a row 2 column energy: energy is -5 kWh; it cannot be negative [out-of-range]"}},
		"a negative energy in another unit": {func() []File {
			return []File{runs(t, "a", map[string]string{"energy": "MWh"}, run("r1", map[string]any{"energy": -5.0, "energy_boundary": "it"}))}
		}, []string{"a row 1 column energy: energy is -5000 kWh; it cannot be negative [out-of-range]"}},
		"a PUE below one and an MFU above": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"pue": 0.9, "mfu": 1.5}))}
		}, []string{
			"a row 1 column mfu: mfu is 1.5; it cannot be above 1 [out-of-range]",
			"a row 1 column pue: pue is 0.9; it cannot be below 1 [out-of-range]"}},
		"an end before its beginning": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"started": 19783, "ended": 19782}))} // 19783 is 2024-03-01
		}, []string{"a row 1 column ended: ended 2024-02-29 is before started 2024-03-01 [out-of-range]"}},
		"an id twice in one file": {func() []File {
			return []File{runs(t, "a", nil, run("r1", nil), run("r2", nil), run("r1", nil))}
		}, []string{"a row 3 column run_id: the id of this row stands already in a row 1 [duplicate-id]\n   the same activity counted twice would double its impact"}},
		"an id in two files": {func() []File {
			return []File{runs(t, "b", nil, run("r1", nil)), runs(t, "a", nil, run("r2", nil), run("r1", nil))}
		}, []string{"a row 2 column run_id: the id of this row stands already in b row 1 [duplicate-id]\n   the same activity counted twice would double its impact"}},
		"a hardware id that resolves to nothing": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"hardware_id": "h100"}), run("r2", map[string]any{"hardware_id": "h1000"}), run("r3", map[string]any{"hardware_id": "h1000"}))}
		}, []string{"a row 2 column hardware_id: no row of hardware has the id \"h1000\" [unknown-reference]\n" +
			"   what the row refers to cannot be taken into account\n   did you mean h100?"}},
		"a part of nothing": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"part_of": "r2"}), run("r3", map[string]any{"part_of": "r9"})), runs(t, "b", nil, run("r2", nil))}
		}, []string{"a row 2 column part_of: no row of training_runs has the id \"r9\" [unknown-reference]\n   what the row refers to cannot be taken into account"}},
		"parts of each other": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"part_of": "r2"}), run("r2", map[string]any{"part_of": "r1"}))}
		}, []string{
			"a row 1 column part_of: part_of \"r2\" leads back to itself [cycle]\n   no row would be the whole that enters a total",
			"a row 2 column part_of: part_of \"r1\" leads back to itself [cycle]\n   no row would be the whole that enters a total"}},
		"a part of its own alternative": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"part_of": "r2"}), run("r2", map[string]any{"part_of": "r3", "alternative_to": "r1"}), run("r3", nil))}
		}, []string{
			"a row 1 column part_of: part_of \"r2\" leads back to itself [cycle]\n   no row would be the whole that enters a total",
			"a row 2 column alternative_to: alternative_to \"r1\" leads back to itself [cycle]\n   no row would be the whole that enters a total"}},
		"a model continued by its own successor": {func() []File {
			parent := func(id, of string) map[string]any { return run(id, map[string]any{"parent_run_id": of}) }
			return []File{runs(t, "a", nil, parent("r1", "r2"), parent("r2", "r3"), parent("r4", "r1")), runs(t, "b", nil, parent("r3", "r1"), parent("r5", "r9"))}
		}, []string{
			"a row 1 column parent_run_id: by parent_run_id \"r2\" continues itself: r2 → r3 → r1 → r2 [cycle]\n   nothing would come first, and what it bears could not be handed on",
			"a row 2 column parent_run_id: by parent_run_id \"r3\" continues itself: r3 → r1 → r2 → r3 [cycle]\n   nothing would come first, and what it bears could not be handed on",
			"a row 3 column parent_run_id: by parent_run_id \"r1\" continues itself: r1 → r2 → r3 → r1 [cycle]\n   nothing would come first, and what it bears could not be handed on",
			"b row 2 column parent_run_id: no row of training_runs has the id \"r9\" [unknown-reference]\n   what the row refers to cannot be taken into account"}},
		"a part that continues what its whole is an alternative to": {func() []File { // neither chain is closed
			return []File{runs(t, "a", nil, run("r1", map[string]any{"part_of": "r2", "parent_run_id": "r3"}), run("r2", map[string]any{"alternative_to": "r3"}), run("r3", nil))}
		}, nil},
		"an energy without its boundary": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"energy": 5.0, "energy_boundary": "it"}), run("r2", map[string]any{"energy": 5.0}))}
		}, []string{"a row 2 column energy: energy is given without energy_boundary: nothing can be made of it [missing-value]\n   energy_boundary: what energy covers"}},
		"a contract without its factor": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"contract_share": 1.0}))}
		}, []string{"a row 1 column contract_share: contract_share is given without contract_factor: nothing can be made of it [missing-value]\n" +
			"   contract_factor: emission factor of those instruments, as declared"}},
		"a PUE in per cent": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"pue": 125.0}))}
		}, []string{"a row 1 column pue: pue is 125; it cannot be above 5 [out-of-range]"}},
		"regions that are no codes": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"region": "France"}), run("r2", map[string]any{"region": "XQZ"}))}
		}, []string{
			"a row 1 column region: region \"France\" is not in the registry of regions [bad-value]\n   write FRA",
			"a row 2 column region: region \"XQZ\" is not in the registry of regions [bad-value]\n   an ISO 3166-1 alpha-3 code such as FRA, or WOR where nothing is known"}},
		"a year beside other dates": {func() []File {
			return []File{runs(t, "a", nil, run("r1", map[string]any{"started": 19783, "ended": 19784, "year": 2020}))} // 19783 is 2024-03-01
		}, []string{"a row 1 column year: year is 2020, but the dates are in 2024 [out-of-range]\n   give dates or a year, not both"}},
		"a file cut short beside a good one": {func() []File {
			f := runs(t, "a", nil, run("r1", nil))
			f.Size -= 10
			return []File{runs(t, "b", nil, run("r2", nil)), f}
		}, []string{"a: not readable as Parquet: it does not end with \"PAR1\": the file is cut short [bad-parquet]"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := problems(t, 1, tc.files()...); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
		})
	}
}

func TestAColumnOfAnotherTypeSaysWhatIsAccepted(t *testing.T) {
	var buf bytes.Buffer
	fields := []lca.Field{{Name: "hardware_id", Type: lca.Number}}
	b := parquet.NewBuilder(fields)
	b.Number(0, 1)
	table := b.Table()
	if err := parquet.WriteSmall(&buf, fields, table, nil); err != nil {
		t.Fatal(err)
	}
	k, _ := KindByName("training_runs")
	var probs diag.List
	OpenInventory(k, []File{{Name: "a", R: bytes.NewReader(buf.Bytes()), Size: int64(buf.Len())}}, &probs)
	want := "a column hardware_id: the column holds DOUBLE (none); string is needed [bad-type]\n   accepted: BYTE_ARRAY (STRING, ENUM or none)"
	found := false
	for _, p := range probs.Problems() {
		found = found || p.String() == want
	}
	if !found {
		t.Errorf("got %v, want %s", probs.Problems(), want)
	}
}

// A file in other units yields canonical ones; a column that a file lacks is missing; batches know their file and row.
func TestColumnsArriveInCanonicalUnits(t *testing.T) {
	k, _ := KindByName("training_runs")
	var probs diag.List
	inv := OpenInventory(k, []File{
		runs(t, "a", map[string]string{"energy": "MWh", "wall_time": "d"}, run("r1", map[string]any{"energy": 1.5, "wall_time": 2.0}), run("r2", map[string]any{"energy": nil})),
		runs(t, "b", nil, run("r3", map[string]any{"energy": 7.0, "year": 2024})),
	}, &probs)
	if inv == nil {
		t.Fatal(probs.Err())
	}
	if inv.Parts() != 2 || inv.Rows(0) != 2 || inv.TotalRows() != 3 || !reflect.DeepEqual(inv.Files(), []string{"a", "b"}) {
		t.Errorf("%d parts, %d rows in the first, %d in all, files %v", inv.Parts(), inv.Rows(0), inv.TotalRows(), inv.Files())
	}
	var got []string
	for p := range inv.Parts() {
		r, err := inv.Open(p, []string{"year", "energy", "run_id", "wall_time", "region"})
		if err != nil {
			t.Fatal(err)
		}
		var b column.Batch
		for {
			more, err := r.Next(&b)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			for i := range b.Rows {
				line := fmt.Sprintf("%s/%d:", inv.Files()[b.File], b.First+int64(i))
				for _, c := range b.Columns {
					switch {
					case !c.Valid.Get(i):
						line += " -"
					case c.Type == column.String:
						line += " " + c.Dict.Values[c.Codes[i]]
					default:
						line += fmt.Sprintf(" %v", c.Floats[i])
					}
				}
				got = append(got, line)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	want := []string{"a/1: - 1500 r1 48 -", "a/2: - - r2 - -", "b/1: 2024 7 r3 - -"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	table, err := inv.Table([]string{"energy"})
	if err != nil || table.Rows != 3 || table.Data[0].Floats[0] != 1500 || table.Data[0].Valid.Get(1) {
		t.Errorf("table %+v, %v", table, err)
	}
	if _, err := inv.Open(0, []string{"nonsense"}); err == nil {
		t.Error("a column that the kind lacks was opened")
	}
}

func TestProblemsDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	files := faulty(t)
	want := problems(t, 1, files...)
	if len(want) < 100 {
		t.Fatalf("only %d problems", len(want))
	}
	for _, jobs := range []int{2, 3, 8} {
		if got := problems(t, jobs, files...); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers find other problems than one", jobs)
		}
	}
}

func TestACancelledCheckStops(t *testing.T) {
	k, _ := KindByName("training_runs")
	var probs diag.List
	inv := OpenInventory(k, []File{runs(t, "a", nil, run("r1", nil))}, &probs)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := inv.Check(ctx, CheckOptions{}, &probs); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestBoundsAreInCanonicalUnits(t *testing.T) {
	inv := openRuns(t,
		runs(t, "a", map[string]string{"energy": "MWh"}, run("r1", map[string]any{"energy": 1.5, "pue": 1.25}), run("r2", map[string]any{"energy": nil}), run("r3", map[string]any{"energy": -2.0})),
		runs(t, "b", nil, run("r4", map[string]any{"energy": 3.0, "year": nil})))
	for _, tc := range []struct {
		part   int
		column string
		want   parquet.Bounds
	}{
		{0, "energy", parquet.Bounds{Min: -2000, Max: 1500, Missing: 1}},
		{0, "pue", parquet.Bounds{Min: 1.25, Max: 1.25, Missing: 2}},
		{0, "year", parquet.Bounds{Missing: 3, Empty: true}}, // which the file lacks
		{1, "energy", parquet.Bounds{Min: 3, Max: 3}},
		{1, "year", parquet.Bounds{Missing: 1, Empty: true}},
	} {
		if got, ok := inv.Bounds(tc.part, tc.column); !ok || got != tc.want {
			t.Errorf("part %d, %s: %+v, %t, want %+v", tc.part, tc.column, got, ok, tc.want)
		}
	}
	if _, ok := inv.Bounds(0, "nonsense"); ok {
		t.Error("a column that the kind lacks has bounds")
	}
	huge := openRuns(t, runs(t, "a", map[string]string{"energy": "MWh"}, run("r1", map[string]any{"energy": 1e307})))
	if b, ok := huge.Bounds(0, "energy"); ok {
		t.Errorf("what is too large to convert has bounds %+v", b)
	}
}

func TestBytesAreThoseOfTheColumnsThatTheFileHas(t *testing.T) {
	inv := openRuns(t, runs(t, "a", nil, run("r1", map[string]any{"energy": 1.0}), run("r2", nil)))
	energy, id, both, all := inv.Bytes(0, []string{"energy"}), inv.Bytes(0, []string{"run_id"}), inv.Bytes(0, []string{"energy", "run_id", "year", "energy"}), inv.Bytes(0, nil)
	if energy <= 0 || id <= 0 || both != energy+id || all <= both {
		t.Errorf("energy %d, run_id %d, both %d, all %d", energy, id, both, all)
	}
}
