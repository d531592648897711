package datasets

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// opened is the embedded edition as inventories.
func opened(t testing.TB) map[string]*Inventory {
	t.Helper()
	files, err := OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*Inventory{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		k, _ := KindByName(name)
		var probs diag.List
		out[name] = OpenInventory(k, []File{{Name: name + ".parquet", R: bytes.NewReader(files[name]), Size: int64(len(files[name]))}}, &probs)
		if err := probs.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestTheOpenEditionHasNoProblems(t *testing.T) {
	inventories := opened(t)
	catalogue := map[string]*IDs{}
	for _, name := range KindNames() {
		inv := inventories[name]
		if inv == nil {
			t.Fatalf("the open edition has no %s", name)
		}
		ids, err := inv.IDs()
		if err != nil {
			t.Fatal(err)
		}
		catalogue[name] = ids
	}
	for _, name := range KindNames() {
		var probs diag.List
		if err := inventories[name].Check(context.Background(), CheckOptions{Catalogue: catalogue}, &probs); err != nil {
			t.Fatal(err)
		}
		for _, p := range probs.Problems() {
			t.Errorf("%s", p)
		}
	}
}

func TestTheOpenEditionIsAsLargeAsPromised(t *testing.T) {
	inventories := opened(t)
	for name, least := range map[string]int64{"hardware": 25, "training_runs": 25, "deployments": 12, "fleet": 1} {
		if got := inventories[name].TotalRows(); got < least {
			t.Errorf("%s has %d rows, want at least %d", name, got, least)
		}
	}
}

func TestTheOpenEditionSurvivesParquet(t *testing.T) {
	inventories := opened(t)
	for _, k := range Kinds() {
		text, err := openFiles.ReadFile("open/" + k.Name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		var probs diag.List
		want := FromCSV(k, k.Name, bytes.NewReader(text), &probs)
		got, err := inventories[k.Name].Table(k.Names())
		if err != nil {
			t.Fatal(err)
		}
		var a, b strings.Builder
		if err := WriteCSV(&a, k, want); err != nil {
			t.Fatal(err)
		}
		if err := WriteCSV(&b, k, got); err != nil {
			t.Fatal(err)
		}
		if a.String() != b.String() {
			t.Errorf("%s is not the same after Parquet", k.Name)
		}
	}
}

func TestAnEditionHasOneDigest(t *testing.T) {
	files, err := OpenEdition()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		text, _ := openFiles.ReadFile("open/" + k.Name + ".csv")
		for range 10 {
			var probs diag.List
			var buf bytes.Buffer
			if err := WriteInventory(&buf, k, FromCSV(k, k.Name, bytes.NewReader(text), &probs)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(buf.Bytes(), files[k.Name]) {
				t.Fatalf("%s has other bytes when written again", k.Name)
			}
		}
	}
}

func TestAScaffoldIsAValidInventory(t *testing.T) {
	for _, k := range Kinds() {
		table, err := k.Scaffold()
		if err != nil {
			t.Fatal(err)
		}
		var text, file bytes.Buffer
		if err := WriteCSV(&text, k, table); err != nil {
			t.Fatal(err)
		}
		var probs diag.List
		if FromCSV(k, k.Name+".csv", &text, &probs) == nil {
			t.Errorf("%s: the scaffold's CSV: %v", k.Name, probs.Err())
		}
		if err := WriteInventory(&file, k, table); err != nil {
			t.Fatal(err)
		}
		inv := OpenInventory(k, []File{{Name: k.Name, R: bytes.NewReader(file.Bytes()), Size: int64(file.Len())}}, &probs)
		if inv == nil {
			t.Fatalf("%s: the scaffold's Parquet: %v", k.Name, probs.Err())
		}
		if err := inv.Check(context.Background(), CheckOptions{}, &probs); err != nil || probs.Err() != nil {
			t.Errorf("%s: %v %v", k.Name, err, probs.Err())
		}
	}
}
