package parquet

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// packed lays numbers out bit by bit, lowest first, in whole groups of eight.
func packed(values []uint32, width int) []byte {
	out := make([]byte, (len(values)+7)/8*width)
	for i, v := range values {
		for k := range width {
			bit := i*width + k
			out[bit/8] |= byte(v>>k&1) << (bit % 8)
		}
	}
	return out
}

// hybridBytes writes numbers as runs and groups, one after the other as chance has it. The last group is cut where no value stands in it.
func hybridBytes(random *rand.Rand, width, n int) (b []byte, values []uint32) {
	number := func() uint32 { return uint32(random.Uint64() & (1<<width - 1)) }
	for len(values) < n {
		if random.IntN(2) == 0 {
			run, v := 1+random.IntN(200), number()
			b = binary.AppendUvarint(b, uint64(run)<<1)
			for k := range (width + 7) / 8 {
				b = append(b, byte(v>>(8*k)))
			}
			values = append(values, slices.Repeat([]uint32{v}, run)...)
			continue
		}
		group := make([]uint32, 8*(1+random.IntN(60)))
		for i := range group {
			group[i] = number()
		}
		b = append(binary.AppendUvarint(b, uint64(len(group)/8)<<1|1), packed(group, width)...)
		if values = append(values, group...); len(values) >= n {
			b = b[:len(b)-(len(values)-n)*width/8]
		}
	}
	return b, values[:n]
}

func TestIndicesOfEveryWidthAreUnpackedInPiecesOfAnySize(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	dict := make([]uint32, 1<<16) // an index is its own value; widths beyond it are tested by their low indices
	for i := range dict {
		dict[i] = uint32(i)
	}
	for width := range 33 {
		for range 40 {
			n := 1 + random.IntN(900)
			b, want := hybridBytes(random, min(width, 16), n)
			if width > 16 { // the same numbers, in more bits
				b = append(binary.AppendUvarint(nil, uint64((n+7)/8)<<1|1), packed(want, width)...)
			}
			h := hybrid{b: b, width: width}
			got := make([]uint32, n)
			for at := 0; at < n; {
				k := min(1+random.IntN(300), n-at)
				if err := gather(&h, dict, got[at:at+k]); err != nil {
					t.Fatalf("width %d, values from %d of %d: %v", width, at, n, err)
				}
				at += k
			}
			if !slices.Equal(got, want) {
				t.Fatalf("width %d: got %v, want %v", width, got, want)
			}
			if err := gather(&h, dict, make([]uint32, 2000)); err == nil && width > 0 {
				t.Fatalf("width %d: values were read beyond the end", width)
			}
		}
	}
}

func TestAnIndexOutsideTheDictionaryIsAFault(t *testing.T) {
	dict := make([]int32, 5)
	for name, b := range map[string][]byte{
		"in a run":               {20, 5},
		"in a group":             append([]byte{3}, packed([]uint32{0, 1, 2, 3, 4, 5, 0, 0}, 3)...),
		"with the highest bit":   {20, 0xff, 0xff, 0xff, 0xff},
		"in a dictionary of one": {20, 7},
	} {
		width := 3
		if len(b) == 5 {
			width = 32
		}
		h := hybrid{b: b, width: width}
		if err := gather(&h, dict, make([]int32, 8)); err != errIndex {
			t.Errorf("%s: %v", name, err)
		}
	}
	h := hybrid{b: append([]byte{3}, packed([]uint32{0, 1, 2, 3, 4, 7, 7, 7}, 3)...), width: 3}
	if err := gather(&h, dict, make([]int32, 5)); err != nil {
		t.Errorf("what only fills a group up: %v", err)
	}
}

func TestBitsAreReadToAnyRowInPiecesOfAnySize(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		n := 1 + random.IntN(700)
		b, want := hybridBytes(random, 1, n)
		whole := bitRuns{b: b}
		r, first := whole, random.IntN(130)
		out := column.NewBitmap(first + n)
		total := 0
		for at := 0; at < n; {
			k := min(1+random.IntN(200), n-at)
			set, err := r.read(out, first+at, k)
			if err != nil {
				t.Fatal(err)
			}
			total += set
			at += k
		}
		ones := 0
		for i, v := range want {
			ones += int(v)
			if out.Get(first+i) != (v == 1) {
				t.Fatalf("bit %d of %d is %t", i, n, v == 0)
			}
		}
		if count, err := whole.read(nil, 0, n); count != ones || total != ones || out.Count() != ones || err != nil {
			t.Fatalf("%d bits are set: counted %d, read %d, %d in the bitmap, %v", ones, count, total, out.Count(), err)
		}
		if _, err := r.read(nil, 0, 2000); err == nil {
			t.Fatal("bits were read beyond the end")
		}
	}
	two := bitRuns{b: []byte{20, 2}}
	if _, err := two.read(nil, 0, 1); err == nil {
		t.Error("a run of twos is taken for bits")
	}
}

func TestValuesAreSpreadOverTheRowsThatHaveOne(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for round := range 3000 {
		at, n := random.IntN(200), 1+random.IntN(400)
		valid := column.NewBitmap(at + n + random.IntN(100))
		rows, want := make([]int32, n), make([]int32, n)
		for i := range rows {
			rows[i] = -1 // what the former batch left
		}
		present := 0
		often := round % 11 // of ten rows have a value; every third round some words are full
		for i := range n {
			if random.IntN(10) < often || i/100%2 == 0 && round%3 == 0 {
				valid.Set(at + i)
				rows[present] = int32(present + 1)
				present++
				want[i] = int32(present)
			}
		}
		spread(rows, valid, at, n, present)
		if !slices.Equal(rows, want) {
			t.Fatalf("%d values in %d rows from row %d: %v, want %v", present, n, at, rows, want)
		}
		for k := range present {
			if row := nthSet(valid, at, k); want[row-at] != int32(k+1) {
				t.Fatalf("value %d stands in row %d", k, row)
			}
		}
	}
}

// Whatever bytes a page has, its indices and levels end in values within bounds or in an error.
func FuzzIndicesAndLevels(f *testing.F) {
	f.Add([]byte{3, 0x88, 0xc6, 0xfa}, 3, 8)
	f.Add([]byte{20, 1}, 1, 10)
	f.Fuzz(func(t *testing.T, b []byte, width, n int) {
		if width < 0 || width > 32 || n < 0 || n > 1<<16 {
			t.Skip()
		}
		out := make([]int, n)
		h := hybrid{b: b, width: width}
		if err := gather(&h, []int{7, 8, 9}, out); err == nil {
			for _, v := range out {
				if v < 7 || v > 9 {
					t.Fatal(out)
				}
			}
		}
		levels := bitRuns{b: b}
		valid := column.NewBitmap(n)
		if set, err := levels.read(valid, 0, n); err == nil && (set != valid.Count() || set > n) {
			t.Fatalf("%d bits set, %d counted", valid.Count(), set)
		}
	})
}
