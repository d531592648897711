package parquet

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// A closed reader's memory serves the next one, whatever column and row group that reads, while others read at the same time.
func TestReadersThatShareMemoryShareNoValues(t *testing.T) {
	data := oddTable(t, 9000, gaps["at random"], parquet.WithDataPageSize(2000), parquet.WithBatchSize(100))
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(w Wanted) string {
		r, err := f.ReadColumns(0, []Wanted{w})
		if err != nil {
			t.Error(err)
			return ""
		}
		defer r.Close()
		var out strings.Builder
		var b column.Batch
		for {
			more, err := r.Next(&b)
			if err != nil {
				t.Error(err)
			}
			if err != nil || !more {
				return out.String()
			}
			for i := range b.Rows {
				if c := &b.Columns[0]; c.Type == column.Digested {
					fmt.Fprint(&out, c.Digests[i], " ")
				} else {
					fmt.Fprint(&out, cell(c, i), " ")
				}
			}
		}
	}
	var all []Wanted
	for i, c := range f.Columns() {
		all = append(all, Wanted{i, c.Type, false})
		if c.Type == lca.Text {
			all = append(all, Wanted{i, c.Type, true})
		}
	}
	want := make([]string, len(all))
	for i, w := range all {
		f.spare = sync.Pool{} // memory of its own
		want[i] = read(w)
	}
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 3 * len(all) {
				k := (i*(2*worker+1) + worker) % len(all)
				if got := read(all[k]); got != want[k] {
					t.Errorf("%+v is read otherwise after others", all[k])
				}
			}
		})
	}
	wg.Wait()
}

// A row without a value has zero, also in memory that held something else.
func TestARowWithoutAValueHasZero(t *testing.T) {
	data := oddTable(t, 9000, gaps["at random"])
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range f.Columns() {
		for _, digest := range []bool{false, true} {
			if digest && c.Type != lca.Text {
				continue
			}
			r, err := f.ReadColumns(0, []Wanted{{i, c.Type, digest}})
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
				for row := range b.Rows {
					c := &b.Columns[0]
					if c.Valid.Get(row) {
						continue
					}
					if c.Floats != nil && c.Floats[row] != 0 || c.Codes != nil && c.Codes[row] != 0 || c.Bools != nil && c.Bools[row] || c.Digests != nil && c.Digests[row] != (column.Digest{}) {
						t.Fatalf("column %d has something in row %d", i+1, row+1)
					}
				}
			}
			r.Close()
		}
	}
}

func TestADigestIsForTextOnly(t *testing.T) {
	data := written(t, mixed, mixedTable(10), 10)
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.ReadColumns(0, []Wanted{{Column: 1, Type: lca.Number, Digest: true}})
	if want := "parquet: t: a digest of the column energy, which is not read as text"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDigestsHaveNoLimitOfDistinctStrings(t *testing.T) {
	many := make([]string, maxStrings+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	data := oneColumn(t, logical(parquet.Types.ByteArray, nil), many, parquet.WithDictionaryDefault(false))
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := drainColumn(f, 0, Wanted{0, lca.Text, true}); err != nil || rows != int64(len(many)) {
		t.Errorf("as digests: %d rows, %v", rows, err)
	}
	_, err = drainColumn(f, 0, Wanted{0, lca.Text, false})
	if want := "more than 1048576 distinct strings in a row group; write smaller row groups"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("as codes: %v, want %s", err, want)
	}
}

func TestWhatNoStringMayBeIsRefusedInDigestsToo(t *testing.T) {
	for value, want := range map[string]string{
		"\xff":                           "a string is not UTF-8",
		strings.Repeat("x", 30) + "\xff": "a string is not UTF-8",
		strings.Repeat("x", 1<<16+1):     "a string has 65537 bytes; at most 65536 are read",
	} {
		for _, dictionary := range []bool{false, true} {
			data := oneColumn(t, logical(parquet.Types.ByteArray, nil), []string{"a", value}, parquet.WithDictionaryDefault(dictionary), parquet.WithStats(false))
			f, err := Open("t", bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := drainColumn(f, 0, Wanted{0, lca.Text, true}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%.40q: got %v, want %s", value, err, want)
			}
		}
	}
}

func TestStringsAreTakenForASCIIOnlyWhereTheyAre(t *testing.T) {
	for n := range 20 {
		text := strings.Repeat("x", n)
		behind := text + "éééééééééé" // what follows the string in a page
		if got := shortASCII([]byte(behind), n); got != (n <= 16) {
			t.Errorf("%d letters: %t", n, got)
		}
		for at := range n {
			b := []byte(text + "xxxxxxxxxxxxxxxx")
			b[at] = 0x80
			if shortASCII(b, n) {
				t.Errorf("byte %d of %d is beyond ASCII and was not seen", at+1, n)
			}
		}
	}
}

func TestABadValueInADictionaryIsAFaultOnlyInARowThatHasIt(t *testing.T) {
	dict := plainDoubles(1, math.NaN(), 2)
	indices := append([]byte{2, 5}, packed([]uint32{0, 2, 0, 0, 2, 0, 0, 2, 0, 0}, 2)...)
	chunk := append(handPage{2, 24, 24, 3, encPlain, dict, 0, false}.bytes(), handPage{0, int64(len(indices)), int64(len(indices)), 10, encRLEDict, indices, 0, false}.bytes()...)
	if err := readChunk(chunk, compress.Codecs.Uncompressed, double); err != nil {
		t.Errorf("no row has it: %v", err)
	}
	indices = append([]byte{2, 5}, packed([]uint32{0, 2, 0, 0, 2, 0, 1, 2, 1, 0}, 2)...)
	chunk = append(handPage{2, 24, 24, 3, encPlain, dict, 0, false}.bytes(), handPage{0, int64(len(indices)), int64(len(indices)), 10, encRLEDict, indices, 0, false}.bytes()...)
	err := readChunk(chunk, compress.Codecs.Uncompressed, double)
	if want := "x row 7 column x: NaN is not a number that can be calculated with; leave the value out where it is not known [bad-value]"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func plainDoubles(values ...float64) []byte {
	b := make([]byte, 8*len(values))
	for i, v := range values {
		for k := range 8 {
			b[8*i+k] = byte(math.Float64bits(v) >> (8 * k))
		}
	}
	return b
}

// counted counts the reads of a file.
type counted struct {
	io.ReaderAt
	reads, bytes int
}

func (c *counted) ReadAt(b []byte, at int64) (int, error) {
	c.reads++
	c.bytes += len(b)
	return c.ReaderAt.ReadAt(b, at)
}

func TestAChunkOfManyPagesIsReadByFewCallsAndOnce(t *testing.T) {
	values := make([]float64, 1_000_000)
	for i := range values {
		values[i] = float64(i)
	}
	for name, page := range map[string]int64{"small pages": 2000, "pages larger than what is read ahead": 3 << 20} {
		data := oneColumn(t, logical(parquet.Types.Double, nil), values, parquet.WithDictionaryDefault(false), parquet.WithDataPageSize(page), parquet.WithBatchSize(100))
		in := &counted{ReaderAt: bytes.NewReader(data)}
		f, err := Open("t", in, int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		in.reads, in.bytes = 0, 0
		if rows, err := drainColumn(f, 0, Wanted{0, lca.Number, false}); err != nil || rows != 1_000_000 {
			t.Fatal(rows, err)
		}
		if chunk := int(f.Bytes(0, []int{0})); in.bytes != chunk || in.reads > 2+2*chunk/maxAhead {
			t.Errorf("%s: %d reads of %d bytes in all, of a chunk of %d", name, in.reads, in.bytes, chunk)
		}
	}
}
