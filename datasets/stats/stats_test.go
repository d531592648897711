package stats

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// row is a deployment with what the tests look at; nil is a missing value.
type row struct {
	id, model, source any
	energy            any
}

// inventory writes rows into files of a number of rows each.
func inventory(t testing.TB, rows []row, perFile int) *datasets.Inventory {
	t.Helper()
	k, _ := datasets.KindByName("deployments")
	var fields []lca.Field
	for _, name := range []string{"deployment_id", "model_id", "source", "energy"} {
		f, _ := k.Column(name)
		field := f.Field
		field.Required = false
		fields = append(fields, field)
	}
	for _, name := range []string{"scope", "licence", "quality"} { // which every file needs
		f, _ := k.Column(name)
		fields = append(fields, f.Field)
	}
	var files []datasets.File
	for part := range slices.Chunk(rows, perFile) {
		b := parquet.NewBuilder(fields)
		for _, r := range part {
			for i, v := range []any{r.id, r.model, r.source, r.energy, "intensity", "CC0-1.0", "measured"} {
				switch v := v.(type) {
				case nil:
					b.Missing(i)
				case string:
					b.Text(i, v)
				case float64:
					b.Number(i, v)
				}
			}
		}
		table := b.Table()
		var out bytes.Buffer
		w, err := parquet.Create(&out, fields, nil)
		if err == nil {
			err = w.Write(&column.Batch{Rows: table.Rows, Columns: table.Data})
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, datasets.File{Name: fmt.Sprint(len(files)), R: bytes.NewReader(out.Bytes()), Size: int64(out.Len())})
	}
	var probs diag.List
	inv := datasets.OpenInventory(k, files, &probs)
	if inv == nil {
		t.Fatal(probs.Err())
	}
	return inv
}

func of(t testing.TB, inv *datasets.Inventory) (*Stats, map[string]Column) {
	t.Helper()
	s, err := Of(context.Background(), inv)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Column{}
	for _, c := range s.Columns {
		by[c.Name] = c
	}
	return s, by
}

func TestFiguresOfAFewRowsAreExact(t *testing.T) {
	s, by := of(t, inventory(t, []row{{"a", "m", "s", 1.0}, {"b", "m", "s", 4.0}, {"c", "n", "t", nil}, {nil, "m", "t", 2.0}, {"e", "o", "t", 1000.0}}, 2))
	if s.Rows != 5 || s.Files != 3 {
		t.Errorf("%d rows in %d files", s.Rows, s.Files)
	}
	e := by["energy"]
	if e.Missing != 1 || e.MissingShare != 0.2 || e.Distinct != 4 || !e.DistinctExact || e.Unit != "kWh" {
		t.Errorf("energy: %+v", e)
	}
	n := e.Numbers
	if n.Min.V != 1 || n.P25.V != 1 || n.Median.V != 2 || n.P75.V != 4 || n.Max.V != 1000 || n.Mean.V != 1007.0/4 || !n.QuantilesExact {
		t.Errorf("energy: %+v, mean %v", n, n.Mean)
	}
	if e.Spark != "███········█" { // over three powers of ten, each twelfth is a ratio
		t.Errorf("energy is drawn as %q", e.Spark)
	}
	if got := by["model_id"].Top; !slices.Equal(got, []Count{{"m", 3}, {"n", 1}, {"o", 1}}) {
		t.Errorf("models: %v", got)
	}
	if id := by["deployment_id"]; id.Distinct != 4 || id.Top != nil || id.Missing != 1 {
		t.Errorf("ids: %+v", id)
	}
}

// Neither the order of the rows nor the cut into files changes a byte, also where sketches are in use: 200,000 rows of as many models.
func TestTheFiguresDependOnTheRowsAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("many rows on one goroutine")
	}
	random := rand.New(rand.NewPCG(5, 6))
	var rows []row
	for i := range 200_000 {
		model := fmt.Sprint("m", i) // none of them frequent
		if i%10 == 0 {
			model = "frequent"
		} else if i%100 == 1 {
			model = "less frequent"
		}
		rows = append(rows, row{fmt.Sprint("id", i), model, "s", math.Floor(random.ExpFloat64()*1e6) / 1e6})
	}
	text := func(inv *datasets.Inventory) (string, map[string]Column) {
		s, by := of(t, inv)
		s.Files = 0
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b), by
	}
	want, by := text(inventory(t, rows, 1<<20))
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	if got, _ := text(inventory(t, rows, 70_000)); got != want {
		t.Errorf("in another order and other files:\n%s\nbefore:\n%s", got, want)
	}
	if got := by["model_id"].Top; !slices.Equal(got, []Count{{"frequent", 20_000}, {"less frequent", 2_000}}) {
		t.Errorf("the frequent models: %v", got)
	}
	if c := by["deployment_id"]; c.DistinctExact || math.Abs(float64(c.Distinct)-200_000) > 2_000 {
		t.Errorf("of 200,000 ids %d are estimated", c.Distinct)
	}
	var energy []float64
	for _, r := range rows {
		energy = append(energy, r.energy.(float64))
	}
	slices.Sort(energy)
	n := by["energy"].Numbers
	for _, q := range []struct {
		share float64
		got   float64
	}{{0.05, n.P05.V}, {0.25, n.P25.V}, {0.5, n.Median.V}, {0.75, n.P75.V}, {0.95, n.P95.V}} {
		exactly := energy[int(math.Ceil(q.share*float64(len(energy))))-1]
		if n.QuantilesExact || math.Abs(q.got-exactly) > 0.004*exactly {
			t.Errorf("the quantile %v is %v, exactly %v", q.share, q.got, exactly)
		}
	}
	if n.Min.V != energy[0] || n.Max.V != energy[len(energy)-1] {
		t.Error("the ends are not exact")
	}
}

func TestTheLargestNumbersHaveFigures(t *testing.T) {
	s, by := of(t, inventory(t, []row{{"a", "m", "s", math.MaxFloat64}, {"b", "m", "s", math.MaxFloat64}, {"c", strings.Repeat("x", 60_000), "s", 0.0}}, 10))
	if _, err := json.Marshal(s); err != nil {
		t.Error(err)
	}
	if n := by["energy"].Numbers; n.Max.V != math.MaxFloat64 || by["energy"].Spark == "" {
		t.Errorf("%+v", n)
	}
	if top := by["model_id"].Top; len(top[1].Value) > shownText+3 {
		t.Errorf("a text of %d bytes is shown", len(top[1].Value))
	}
}

func TestManyDatesAreCountedByTheDay(t *testing.T) {
	s := spread{dates: true}
	for range 6_000 {
		for month := range 12 {
			s.add(float64(20_089 + 30*month)) // from 2025-01-01
		}
	}
	if got := s.quantiles(0.05, 0.5, 0.95); !slices.Equal(got, []float64{20_089, 20_239, 20_419}) || !s.exactly() {
		t.Errorf("quantiles of 72,000 rows: %v, exactly %v", got, s.exactly())
	}
	if got := s.spark(); got != "████████████" {
		t.Errorf("as many rows each month are drawn as %q", got)
	}
}

func TestDatesOfAHostileFileStayBounded(t *testing.T) {
	days := func(order func(n int) int) *spread {
		s := &spread{dates: true}
		for i := range 200_000 {
			s.add(float64(order(i)*1000 - 50_000_000))
		}
		return s
	}
	s, other := days(func(i int) int { return i }), days(func(i int) int { return 199_999 - i })
	if len(s.cells) > heldValues || s.exactly() {
		t.Errorf("%d cells", len(s.cells))
	}
	q := s.quantiles(0.25, 0.5)
	if !slices.Equal(q, other.quantiles(0.25, 0.5)) {
		t.Error("the order makes a difference")
	}
	if math.Abs(q[0]) > 2e8/65_536 || math.Abs(q[1]-50_000_000) > 2e8/65_536 {
		t.Errorf("quantiles %v", q)
	}
}

func TestASpreadByRatiosSaysSo(t *testing.T) {
	_, by := of(t, inventory(t, []row{{"a", "m", "s", 1.0}, {"b", "m", "s", 4.0}, {"c", "m", "s", 1000.0}}, 3))
	if !by["energy"].SparkLog {
		t.Error("three powers of ten are not drawn by ratios")
	}
	_, by = of(t, inventory(t, []row{{"a", "m", "s", 1.0}, {"b", "m", "s", 4.0}, {"c", "m", "s", 100.0}}, 3))
	if by["energy"].SparkLog {
		t.Error("two powers of ten are")
	}
	s := spread{dates: true}
	s.add(1)
	s.add(20_000)
	if s.byRatios() {
		t.Error("dates are")
	}
}
