package study

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRowsMatchByIDAndThoseWithoutByContent(t *testing.T) {
	was := []rowNumber{{1, 10}, {2, 20}, {3, 30}, {0, 40}, {0, 40}, {0, 50}, {7, 70}}
	now := []rowNumber{{0, 40}, {3, 31}, {1, 10}, {9, 90}, {0, 60}, {8, 70}}
	j := match(was, now)
	if !slices.Equal(j.added, []int32{3, 4}) || !slices.Equal(j.removed, []int32{1, 4, 5}) || !slices.Equal(j.changed, [][2]int32{{2, 1}}) || j.renamed != 1 {
		t.Errorf("%+v", j)
	}
}

// Against counting by maps, of rows at random.
func TestMatchingAccountsForEachRowOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		some := func() (out []rowNumber) {
			seen := map[uint64]bool{}
			for range r.IntN(30) {
				x := rowNumber{uint64(r.IntN(20)), uint64(r.IntN(8))}
				if x.id != 0 && seen[x.id] {
					continue // ids are distinct
				}
				seen[x.id] = true
				out = append(out, x)
			}
			return out
		}
		was, now := some(), some()
		j := match(was, now)
		same := 0
		byID, byContent := map[uint64]uint64{}, map[uint64]int{}
		for _, x := range was {
			if x.id == 0 {
				byContent[x.content]++
			} else {
				byID[x.id] = x.content
			}
		}
		for _, x := range now {
			if content, ok := byID[x.id]; x.id != 0 && ok && content == x.content {
				same++
			} else if x.id == 0 && byContent[x.content] > 0 {
				byContent[x.content]--
				same++
			}
		}
		if got := len(was) - len(j.removed) - len(j.changed) - j.renamed; got != same {
			t.Errorf("%d rows of A are the same in B, by counting %d", got, same)
		}
		if got := len(now) - len(j.added) - len(j.changed) - j.renamed; got != same {
			t.Errorf("%d rows of B are the same in A, by counting %d", got, same)
		}
	}
}
