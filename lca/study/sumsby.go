package study

import "slices"

// sumsBy adds up by keys. The zero value is empty.
type sumsBy struct {
	keys   []uint64 // 1 + key at the place that it hashes to, or the next free one; 0 where there is none
	values []float64
	count  int
}

func (s *sumsBy) add(key uint64, value float64) {
	if 3*s.count >= 2*len(s.keys) {
		s.grow()
	}
	at := s.place(key)
	if s.keys[at] == 0 {
		s.keys[at] = key + 1
		s.count++
	}
	s.values[at] += value
}

// place is where a key stands, or would.
func (s *sumsBy) place(key uint64) int {
	mask := uint64(len(s.keys) - 1)
	h := key * 0x9E3779B97F4A7C15
	at := (h ^ h>>32) & mask
	for s.keys[at] != 0 && s.keys[at] != key+1 {
		at = (at + 1) & mask
	}
	return int(at)
}

func (s *sumsBy) grow() {
	old := *s
	s.keys, s.values = make([]uint64, max(8, 2*len(old.keys))), make([]float64, max(8, 2*len(old.keys)))
	for i, k := range old.keys {
		if k != 0 {
			at := s.place(k - 1)
			s.keys[at], s.values[at] = k, old.values[i]
		}
	}
}

// visit visits the sums in no order that means anything.
func (s *sumsBy) visit(visit func(key uint64, value float64)) {
	for i, k := range s.keys {
		if k != 0 {
			visit(k-1, s.values[i])
		}
	}
}

// each visits the sums in the order that compare gives the keys, which must tell any two apart.
func (s *sumsBy) each(compare func(a, b uint64) int, visit func(key uint64, value float64)) {
	keys := make([]uint64, 0, s.count)
	for _, k := range s.keys {
		if k != 0 {
			keys = append(keys, k-1)
		}
	}
	slices.SortFunc(keys, compare)
	for _, k := range keys {
		visit(k, s.values[s.place(k)])
	}
}
