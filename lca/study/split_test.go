package study

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// runLog runs a study of deployments whose cells have their spread, if asked for, and are split by columns. visit sees the groups of its scan.
func runLog(t *testing.T, dir, inventories, amountsFiles, out string, spread bool, split []string, visit func(g *amounts.Group)) (folder string, err error) {
	t.Helper()
	ctx := context.Background()
	s, o, err := loadLog(t, dir, inventories, amountsFiles, out)
	if err != nil {
		return "", err
	}
	var probs diag.List
	names := s.Amounts
	s.Amounts = nil // opened below, when it is known what they must hold
	p, err := s.compiled(ctx, 1, &probs)
	if err != nil {
		return "", err
	}
	defer p.close()
	s.Amounts, p.spread = names, spread
	for _, k := range p.kinds {
		k.split = split
	}
	p.openPartials(ctx, &probs)
	if err := p.matchPartials(ctx, &probs); err != nil {
		return "", err
	}
	if err := probs.Err(); err != nil {
		return "", err
	}
	run := &runState{space: &amounts.Space{}, options: o, started: time.Now()}
	res, err := p.compute(ctx, run, &probs)
	if err != nil {
		return "", err
	}
	defer res.close()
	if visit != nil {
		if err := (gathered{res.scan}).Groups(func(g *amounts.Group) error { visit(g); return nil }); err != nil {
			return "", err
		}
	}
	folder = filepath.Join(o.Out, s.Name)
	return folder, p.write(ctx, run, res, folder)
}

// Neither the spread of amounts nor what splits them changes a result; tables of parts of an inventory add up in both.
func TestWhatSplitsAmountsChangesNoResult(t *testing.T) {
	dir := t.TempDir()
	logRows(t, filepath.Join(dir, "a.parquet"), 0, 700)
	logRows(t, filepath.Join(dir, "b.parquet"), 700, 1500)
	split := []string{"quality", "", "energy_basis"}
	plain, err := logStudy(t, dir, "deployments: [a.parquet, b.parquet]", "", "plain")
	if err != nil {
		t.Fatal(err)
	}
	run := func(inventories, amountsFiles, out string) string {
		t.Helper()
		cells, portions := 0, 0
		folder, err := runLog(t, dir, inventories, amountsFiles, out, true, split, func(g *amounts.Group) {
			for i := range g.Cells {
				cells++
				portions += len(g.Portions[i])
				for _, part := range g.Portions[i] {
					if len(part.Names) != 3 || part.Names[0] == "" || part.Names[1] != "" || part.Spread == nil || g.Cells[i].Cell.Spread == nil {
						t.Fatalf("portion %+v", part)
					}
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if portions <= cells {
			t.Errorf("%s: %d cells are split into %d", out, cells, portions)
		}
		return folder
	}
	whole := run("deployments: [a.parquet, b.parquet]", "", "whole")
	run("deployments: b.parquet", "", "second")
	sum := run("deployments: a.parquet", "second/log/amounts.parquet", "sum")
	tight := run("deployments: a.parquet", "second/log/amounts.parquet", "tight2")
	for _, folder := range []string{whole, sum, tight} {
		for _, name := range []string{"impacts.parquet", "ledger.parquet", "intensities.parquet"} {
			if !bytes.Equal(read(t, folder, name), read(t, plain.Folder, name)) {
				t.Errorf("%s: %s is not that of the study without", folder, name)
			}
		}
	}
	want := rowsOf[lca.Amount](t, whole, "amounts.parquet")
	for _, folder := range []string{sum, tight} {
		if got := rowsOf[lca.Amount](t, folder, "amounts.parquet"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the table of amounts is not that of the whole", folder)
		}
	}
	if slices.ContainsFunc(want, func(a lca.Amount) bool { return len(a.Squares) != 48 || !strings.HasPrefix(a.Largest, "[") }) {
		t.Error("a row does not say how its amounts are spread")
	}
	for _, a := range rowsOf[lca.Amount](t, plain.Folder, "amounts.parquet") {
		if a.Squares != "" || a.Largest != "" {
			t.Fatalf("without spread: %+v", a)
		}
	}
}

// A table whose amounts are not spread, or split otherwise, is refused where a run needs them to be; one that holds more is read.
func TestAmountsWithoutTheirSpreadAreRefusedWhereItIsNeeded(t *testing.T) {
	dir, _ := halfLog(t)
	const first = "first/log/amounts.parquet"
	_, err := runLog(t, dir, "deployments: b.parquet", first, "sum", true, nil, nil)
	for _, want := range []string{"first/log/amounts.parquet cannot be added: the table does not hold their squares and the largest of them", "write the table anew by ailca run STUDY --amounts"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, got %v", want, err)
		}
	}
	_, err = runLog(t, dir, "deployments: b.parquet", first, "sum", false, []string{"quality"}, nil)
	if want := `the split of amounts is not that of the study (null, here {"deployments":["quality"]})`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("want %s, got %v", want, err)
	}
	if _, err := runLog(t, dir, "deployments: a.parquet", "", "spread", true, nil, nil); err != nil {
		t.Fatal(err)
	}
	for _, spread := range []bool{false, true} {
		if _, err := runLog(t, dir, "deployments: b.parquet", "spread/log/amounts.parquet", "sum", spread, nil, nil); err != nil {
			t.Errorf("spread %v: %v", spread, err)
		}
	}
}

// Tables that were written before there were the columns squares and largest are read.
func TestAmountsOfTheTimeBeforeSpreadsAreRead(t *testing.T) {
	dir, f := halfLog(t)
	fields, err := parquet.Fields[lca.Amount]()
	if err != nil {
		t.Fatal(err)
	}
	fields = fields[:squaresColumn]
	var at []int
	var types []lca.FieldType
	for _, field := range fields {
		at, types = append(at, f.Column(field.Name)), append(types, field.Type)
	}
	var out bytes.Buffer
	w, err := parquet.Create(&out, fields, f.Metadata())
	if err != nil {
		t.Fatal(err)
	}
	for g := range f.RowGroups() {
		rd, err := f.ReadAs(g, at, types)
		if err != nil {
			t.Fatal(err)
		}
		var b column.Batch
		for {
			more, err := rd.Next(&b)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			if err := w.Write(&b); err != nil {
				t.Fatal(err)
			}
		}
		rd.Close()
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "former.parquet"), out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	former, err := logStudy(t, dir, "deployments: b.parquet", "former.parquet", "former sum")
	if err != nil {
		t.Fatal(err)
	}
	now, err := logStudy(t, dir, "deployments: b.parquet", "first/log/amounts.parquet", "sum")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, former.Folder, "impacts.parquet"), read(t, now.Folder, "impacts.parquet")) {
		t.Error("the same amounts give other results")
	}
}

func TestDamagedSpreadsAreRefused(t *testing.T) {
	none := strings.Repeat("0", 48)
	if s, err := readSpread(strings.Repeat("0", 15)+"9"+strings.Repeat("0", 32), "[0,0,0,0]", `["0","0","0","0"]`); err != nil || s.Squares.Float64() != 9 {
		t.Errorf("got %+v, %v", s, err)
	}
	const rows = `["0","0","0","0"]`
	for _, x := range [][3]string{{"", "[0,0,0,0]", rows}, {"00", "[0,0,0,0]", rows}, {none, "", rows}, {none, "[1,0,0]", rows}, {none, "[1,0,0,0]", rows}, {none, `["a",0,0,0]`, rows},
		{none, "[0,0,0,1]", rows}, {none, "[0,0,0,0]", ""}, {none, "[0,0,0,0]", `["0","0","0"]`}, {none, "[0,0,0,0]", `["0","0","0","x"]`}, {none, "[0,0,0,0]", `["5","0","0","0"]`}} {
		if s, err := readSpread(x[0], x[1], x[2]); err == nil {
			t.Errorf("%v is read as %+v", x, s)
		}
	}
}
