package diff

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// inventory makes one of CSV texts without their header, each a file.
func inventory(t testing.TB, kind, head string, texts ...string) *datasets.Inventory {
	t.Helper()
	k, _ := datasets.KindByName(kind)
	var probs diag.List
	var files []datasets.File
	for i, text := range texts {
		table := datasets.FromCSV(k, "t.csv", strings.NewReader(head+"\n"+text), &probs)
		if table == nil {
			t.Fatal(probs.Err())
		}
		var b bytes.Buffer
		w, err := parquet.Create(&b, k.Fields(), nil)
		if err == nil {
			err = w.Write(&column.Batch{Rows: table.Rows, Columns: table.Data})
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, datasets.File{Name: fmt.Sprintf("%d.parquet", i), R: bytes.NewReader(b.Bytes()), Size: int64(b.Len())})
	}
	inv := datasets.OpenInventory(k, files, &probs)
	if inv == nil {
		t.Fatal(probs.Err())
	}
	return inv
}

const head = "hardware_id,name,class,rated_power,source,licence,quality"

func hardware(t testing.TB, texts ...string) *datasets.Inventory {
	t.Helper()
	return inventory(t, "hardware", head, texts...)
}

func compareAll(t testing.TB, was, now *datasets.Inventory, limit int) *Result {
	t.Helper()
	var probs diag.List
	r, err := Compare(context.Background(), was, now, limit, &probs)
	if err != nil || r == nil {
		t.Fatal(err, probs.Problems())
	}
	return r
}

func TestRowsAreToldApartByTheirIDs(t *testing.T) {
	was := hardware(t, "a,A,accelerator,700,s,CC0-1.0,reported\nb,B,accelerator,400,s,CC0-1.0,reported\n", "c,C,accelerator,,s,CC0-1.0,reported\nd,D,accelerator,10,s,CC0-1.0,reported\n")
	now := hardware(t, "e,E,accelerator,1,s,CC0-1.0,reported\nd2,D,accelerator,10,s,CC0-1.0,reported\na,A,accelerator,750,s2,CC0-1.0,reported\nc,C,accelerator,5,s,CC0-1.0,reported\n")
	r := compareAll(t, was, now, 100)
	var got strings.Builder
	fmt.Fprintf(&got, "%d %d: %d same, %d added, %d removed, %d renamed, %d changed, %v\n", r.Was, r.Now, r.Same, r.Added, r.Removed, r.Renamed, r.Changed, r.Columns)
	for _, c := range r.Changes {
		fmt.Fprintf(&got, "%s %s %s %q %q\n", c.What, c.ID, c.Column, c.Was, c.Now)
	}
	const want = `4 4: 0 same, 1 added, 1 removed, 1 renamed, 2 changed, [{rated_power 2} {source 1}]
removed b  "" ""
renamed d hardware_id "d" "d2"
added e  "" ""
changed a rated_power "700" "750"
changed a source "s" "s2"
changed c rated_power "" "5"
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

func TestTheOrderOfRowsAndTheirFilesAreNoDifference(t *testing.T) {
	a, b := "a,A,accelerator,700,s,CC0-1.0,reported\n", "b,B,accelerator,400,s,CC0-1.0,reported\n"
	if r := compareAll(t, hardware(t, a+b), hardware(t, b, a), 10); r.Differs() || r.Same != 2 {
		t.Errorf("found %+v", r)
	}
	if r := compareAll(t, nil, hardware(t, a+b), 10); r.Added != 2 || r.Same != 0 {
		t.Errorf("against nothing: %+v", r)
	}
	if r := compareAll(t, hardware(t, a+b), nil, 1); r.Removed != 2 || len(r.Changes) != 1 || r.More != 1 {
		t.Errorf("nothing against it: %+v", r)
	}
}

func TestRowsWithoutIDsAreComparedAsTheyAre(t *testing.T) {
	const head, row = "deployment_id,model_id,requests,scope,source,licence,quality", ",m,%d,intensity,s,CC0-1.0,measured\n"
	rows := func(requests ...any) string { return fmt.Sprintf(strings.Repeat(row, len(requests)), requests...) }
	r := compareAll(t, inventory(t, "deployments", head, rows(1, 2, 2, 3)), inventory(t, "deployments", head, rows(2, 1, 4)), 10)
	if r.Same != 2 || r.Removed != 2 || r.Added != 1 || r.Changed != 0 {
		t.Errorf("found %+v", r)
	}
}

func TestAnIDThatStandsTwiceIsRefused(t *testing.T) {
	a := hardware(t, "a,A,accelerator,1,s,CC0-1.0,reported\n", "a,A,accelerator,2,s,CC0-1.0,reported\n")
	var probs diag.List
	r, err := Compare(context.Background(), a, a, 10, &probs)
	if text := fmt.Sprint(probs.Problems()); r != nil || err != nil || !strings.Contains(text, "rows 1 and 2 have the same id") {
		t.Errorf("%v %v %s", r, err, text)
	}
}

// A thousand random changes are all found, counted and listed, whatever the order of the rows; more than a chunk of them too.
func TestEveryChangeIsFound(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const n = chunk + 1000
	var was, now []string
	changed, removed, added := 0, 0, 0
	for i := range n {
		row := func(id, power int) string {
			return fmt.Sprintf("h%d,H%d,accelerator,%d,s,CC0-1.0,reported\n", id, id, power)
		}
		was = append(was, row(i, i))
		switch random.IntN(20) {
		case 0:
			removed++
		case 1:
			added++
			now = append(now, row(i, i), row(n+i, i))
		case 2:
			now = append(now, row(i, i))
		default:
			changed++
			now = append(now, row(i, i+1))
		}
	}
	random.Shuffle(len(now), func(i, j int) { now[i], now[j] = now[j], now[i] })
	half := len(now) / 2
	r := compareAll(t, hardware(t, strings.Join(was, "")), hardware(t, strings.Join(now[:half], ""), strings.Join(now[half:], "")), 1<<20)
	if r.Changed != int64(changed) || r.Removed != int64(removed) || r.Added != int64(added) || len(r.Changes) != changed+removed+added || r.More != 0 {
		t.Fatalf("%d changed, %d removed, %d added: found %d, %d, %d, %d listed, %d more", changed, removed, added, r.Changed, r.Removed, r.Added, len(r.Changes), r.More)
	}
	for _, c := range r.Changes[removed+added:] {
		var id, power, later int
		fmt.Sscanf(c.ID+" "+c.Was+" "+c.Now, "h%d %d %d", &id, &power, &later)
		if c.Column != "rated_power" || power != id || later != id+1 {
			t.Fatalf("%+v", c)
		}
	}
}
