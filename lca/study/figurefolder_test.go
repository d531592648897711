package study

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// publishedFigure derives a figure of a result folder, and of the open edition as its study.
func publishedFigure(t *testing.T, folder string, q Query) (*trace.Tree, error) {
	t.Helper()
	var probs diag.List
	f, err := OpenResultFigures(context.Background(), folder, "", Options{}, &probs)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Trace(context.Background(), q)
}

// A result folder's figure is explained as that of its study, and where one cell is a bit off it is told, with why.
func TestAPublishedFigureThatIsOneBitOffIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	folder := ownEdition(t)
	q := Query{Selection: []string{"gpt-3-175b-pretraining/training"}}
	tree, err := publishedFigure(t, folder, q)
	if err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	own, _ := traced(t, figuresOf(t, EmbeddedEdition(&probs), Options{}), q)
	var a, b bytes.Buffer
	if tree.WriteJSON(&a) != nil || own.WriteJSON(&b) != nil || a.String() != b.String() {
		t.Errorf("the folder's tree is\n%s\nand the study's\n%s", a.String(), b.String())
	}

	rows := rowsOf[lca.Impact](t, folder, impactsFile)
	was := 0.0
	for i := range rows {
		if r := &rows[i]; r.Item == "gpt-3-175b-pretraining" && r.Stage == "training" && r.Category == "climate_change" && r.Accounting == "location" {
			was, r.Value = r.Value, math.Nextafter(r.Value, 0)
		}
	}
	write := func(rows []lca.Impact) {
		var out bytes.Buffer
		if err := parquet.WriteRows(&out, rows, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, impactsFile), out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(rows)
	q.Selection = append(q.Selection, "location")
	tree, err = publishedFigure(t, folder, q)
	var different *DifferentFigure
	if !errors.As(err, &different) || different.Published != math.Nextafter(was, 0) || different.Computed != was || !strings.Contains(err.Error(), "impacts.parquet is not the one that the run wrote") {
		t.Fatalf("%v", err)
	}
	if tree == nil || *tree.Figure.Value != was {
		t.Error("what was computed is not explained")
	}

	// Two cells that make up for each other are told as well: the figure is the same, and where it comes from is not.
	var two []*lca.Impact
	for i := range rows {
		if r := &rows[i]; r.Category == "final_energy" && r.Stage == "training" && r.Year == 2023 && r.Accounting == "location" && len(two) < 2 {
			two = append(two, r)
		}
	}
	two[0].Value, two[1].Value = two[0].Value+1024, two[1].Value-1024
	write(rows)
	_, err = publishedFigure(t, folder, Query{Selection: []string{"stage=training", "year=2023", "location"}, Category: "final_energy"})
	if !errors.As(err, &different) || !strings.Contains(err.Error(), "from other rows of the impact table") {
		t.Errorf("%v", err)
	}

	// An item that no input gives.
	rows[0].Item, rows[0].Category = "nobody", "climate_change"
	write(rows)
	_, err = publishedFigure(t, folder, Query{Selection: []string{"item=nobody"}})
	if !errors.As(err, &different) || !strings.Contains(err.Error(), "give no such row any more") {
		t.Errorf("%v", err)
	}
}

func TestAFolderWithoutAnImpactTableIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	folder := ownEdition(t)
	at := filepath.Join(folder, impactsFile)
	content, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() error{
		"there is none": func() error { return nil },
		"a link":        func() error { return os.Symlink(filepath.Join(folder, "ledger.parquet"), at) },
		"a folder":      func() error { return os.Mkdir(at, 0o777) },
		"cut short":     func() error { return os.WriteFile(at, content[:len(content)/2], 0o666) },
	} {
		os.RemoveAll(at)
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if _, err := publishedFigure(t, folder, Query{Selection: []string{"market"}}); err == nil || diag.Exit(err) != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
