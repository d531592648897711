package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// mutate damages a file: a few bits flipped in its body or in its footer, a stretch overwritten, cut out or doubled, or its end cut off.
func mutate(random *rand.Rand, file []byte) []byte {
	bad := bytes.Clone(file)
	footer := len(bad) - 8 - int(bad[len(bad)-8]) - int(bad[len(bad)-7])<<8
	from := random.IntN(len(bad) - 16)
	to := from + 1 + random.IntN(15)
	switch random.IntN(7) {
	case 0:
		for range 1 + random.IntN(4) {
			bad[random.IntN(footer)] ^= 1 << random.IntN(8)
		}
	case 1:
		for range 1 + random.IntN(4) {
			bad[footer+random.IntN(len(bad)-footer)] ^= 1 << random.IntN(8)
		}
	case 2:
		for i := range bad[from:to] {
			bad[from+i] = byte(random.Uint32())
		}
	case 3: // sizes and counts become large
		for i := range bad[from:to] {
			bad[from+i] = 0xff
		}
	case 4:
		bad = bad[:random.IntN(len(bad))]
	case 5:
		bad = slices.Delete(bad, from, to)
	case 6:
		bad = slices.Insert(bad, from, bad[from:to]...)
	}
	return bad
}

// survey reads all that a file offers: its bounds, and each column on its own as its type and as digests.
func survey(file []byte) error {
	f, err := Open("x.parquet", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return err
	}
	var first error
	for g := range f.RowGroups() {
		for i, c := range f.Columns() {
			f.Bounds(g, i)
			for _, digest := range []bool{false, true} {
				if c.Hint != "" || digest && c.Type != lca.Text {
					continue
				}
				rows, err := drainColumn(f, g, Wanted{i, c.Type, digest})
				if err == nil && rows != f.RowGroupRows(g) {
					return fmt.Errorf("%d rows of %d in column %s without an error", rows, f.RowGroupRows(g), c.Name)
				}
				if first == nil {
					first = err
				}
			}
		}
	}
	return first
}

func drainColumn(f *File, group int, w Wanted) (rows int64, err error) {
	r, err := f.ReadColumns(group, []Wanted{w})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	var b column.Batch
	for {
		more, err := r.Next(&b)
		if err != nil || !more {
			return rows, err
		}
		rows += int64(b.Rows)
	}
}

// Two thousand damaged files: each is refused by an error that says what it is about, or has the rows that it declares. None of them ends the
// process or keeps it for long.
func TestADamagedFileIsRefusedOrWhole(t *testing.T) {
	files := othersFiles(t)
	half := func(row int) bool { return row%2 == 0 }
	files["arrow, version 1"] = oddTable(t, 300, half, parquet.WithDataPageSize(500), parquet.WithBatchSize(50))
	files["arrow, version 2"] = oddTable(t, 300, half, parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithCompression(compress.Codecs.Brotli))
	files["arrow, plain"] = oddTable(t, 300, half, parquet.WithDictionaryDefault(false), parquet.WithCompression(compress.Codecs.Snappy))
	files["ours"], files["small"] = written(t, mixed, mixedTable(200), 64), smallFile(t, 60)
	names := slices.Sorted(maps.Keys(files))
	random := rand.New(rand.NewPCG(9, 10))
	refused := 0
	for i := range 2000 {
		name := names[i%len(names)]
		bad := mutate(random, files[name])
		what := fmt.Sprintf("mutant %d, of %s", i, name)
		done := make(chan error, 1)
		go func() {
			defer func() {
				if p := recover(); p != nil {
					done <- fmt.Errorf("panic: %v", p)
				}
			}()
			done <- survey(bad)
		}()
		select {
		case err := <-done:
			var inv *diag.Invalid
			if err != nil && !errors.As(err, &inv) {
				t.Fatalf("%s: %v", what, err)
			}
			if err != nil {
				refused++
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("%s is read for more than five seconds", what)
		}
	}
	if refused < 1000 {
		t.Errorf("only %d of 2000 mutants were noticed", refused)
	}
	for name, file := range files {
		if err := survey(file); err != nil {
			t.Errorf("%s without damage: %v", name, err)
		}
	}
}
