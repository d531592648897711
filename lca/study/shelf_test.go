package study

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

func TestAShelfGivesEachBinsRecordsInTheirOrderWhateverItsBudget(t *testing.T) {
	for _, budget := range []int64{0, 1, 4096, 100_000} {
		folder := t.TempDir()
		s := shelf{size: 8, budget: budget, dir: folder}
		bins := []*bin{s.add(), s.add(), s.add()}
		want := make([][]uint64, len(bins))
		r := rand.New(rand.NewPCG(1, uint64(budget)))
		for n := range uint64(30_000) {
			i := r.IntN(3) * r.IntN(2) // the first bin is the largest
			record, err := s.put(bins[i])
			if err != nil {
				t.Fatal(err)
			}
			binary.LittleEndian.PutUint64(record, n)
			want[i] = append(want[i], n)
		}
		if budget > 0 && s.end == 0 {
			t.Fatalf("budget %d: nothing went to a file", budget)
		}
		if most := max(budget, int64(firstChunk*s.size)); budget > 0 && s.held > most {
			t.Errorf("budget %d: %d bytes are held", budget, s.held)
		}
		for i, b := range bins {
			var got []uint64
			err := s.each(b, func(record []byte) error {
				got = append(got, binary.LittleEndian.Uint64(record))
				return nil
			})
			if err != nil || !slices.Equal(got, want[i]) {
				t.Errorf("budget %d, bin %d: %d records, want %d; %v", budget, i, len(got), len(want[i]), err)
			}
		}
		s.close()
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("budget %d: %s is left", budget, left[0].Name())
		}
	}
}
