package datasets

import "github.com/ai-impact-observatory/ailca/lca/column"

// maxIDs bounds how many ids or references a check holds.
const maxIDs = 1 << 21

// class is a part of all digests, one in 2^class: equal ids are either both in it or both not. A higher class lies within each lower one.
type class uint32

// lastClass cannot be halved any more.
const lastClass class = 64

func (c class) covers(k column.Digest) bool { return c.has(k.Hi ^ k.Lo) }

// has tells by the two halves of a digest, one taken from the other.
func (c class) has(halves uint64) bool { return halves&(1<<c-1) == 0 }

// sample maps digests to values and, once it holds too many, only those of an ever higher class.
type sample[V any] struct {
	m     map[column.Digest]V
	most  int
	class class
}

func newSample[V any](most int) sample[V] { return sample[V]{m: map[column.Digest]V{}, most: most} }

// put adds a value unless the key has one, and reports whether it is held now.
func (s *sample[V]) put(k column.Digest, v V) bool {
	if _, exists := s.m[k]; exists || !s.class.covers(k) {
		return false
	}
	s.m[k] = v
	for len(s.m) > s.most && s.class < lastClass {
		s.class++
		for k := range s.m {
			if !s.class.covers(k) {
				delete(s.m, k)
			}
		}
	}
	if len(s.m) > s.most { // even the last class is full, of digests that were made for it
		delete(s.m, k)
	}
	_, held := s.m[k]
	return held
}
