package draws

import (
	_ "embed"
	"math/bits"
	"strconv"
	"strings"
	"sync"
)

// direction holds a dimension of the Sobol points as 32 direction numbers, the first bit of a coordinate first.
type direction struct {
	v    [32]uint32
	upTo [32]uint32 // v[0] ^ ... ^ v[i]
}

//go:embed joe_kuo.txt
var joeKuo string

// directions are the direction numbers of all dimensions, from the primitive polynomials and first numbers of joe_kuo.txt. The recurrence
// is that of P. Bratley and B. L. Fox, Algorithm 659: implementing Sobol's quasirandom sequence generator, ACM TOMS 14 (1988).
var directions = sync.OnceValue(func() *[MaxRanked]direction {
	var out [MaxRanked]direction
	for i := range 32 {
		out[0].v[i] = 1 << (31 - i) // the first dimension is the bits of the index in reverse
	}
	dimension := 1
	for line := range strings.Lines(joeKuo) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" || words[0] == "d" {
			continue
		}
		n := make([]uint32, len(words))
		for i, w := range words {
			x, err := strconv.ParseUint(w, 10, 32)
			if err != nil {
				panic("joe_kuo.txt: " + err.Error()) // the file is part of the program
			}
			n[i] = uint32(x)
		}
		out[dimension].v = recurrence(n[2], n[3:])
		dimension++
	}
	if dimension != MaxRanked {
		panic("joe_kuo.txt: " + strconv.Itoa(dimension) + " dimensions")
	}
	for i := range out {
		d := &out[i]
		d.upTo[0] = d.v[0]
		for j := 1; j < 32; j++ {
			d.upTo[j] = d.upTo[j-1] ^ d.v[j]
		}
	}
	return &out
})

// recurrence continues the first direction numbers m of a primitive polynomial whose inner coefficients are the bits of a.
func recurrence(a uint32, m []uint32) (v [32]uint32) {
	s := len(m)
	for i := range v {
		if i < s {
			v[i] = m[i] << (31 - i)
			continue
		}
		v[i] = v[i-s] ^ v[i-s]>>s
		for k := 1; k < s; k++ {
			if a>>(s-1-k)&1 == 1 {
				v[i] ^= v[i-k]
			}
		}
	}
	return v
}

// point is the coordinate of point i, in units of 2^-32. The points are in the plain order, that of the index's bits; in the order of Gray
// codes, which others use, point i is here point i ^ i>>1.
func point(d *direction, i uint32) (x uint32) {
	for ; i != 0; i &= i - 1 {
		x ^= d.v[bits.TrailingZeros32(i)]
	}
	return x
}

// scramble is a nested uniform scramble (A. B. Owen, Randomly permuted (t,m,s)-nets and (t,s)-sequences, 1995): whether a bit of a
// coordinate is turned is random for each value of the bits before it, here by a hash of the key and of them, as B. Burley, Practical
// hash-based Owen scrambling, Journal of Computer Graphics Techniques 9 (2020). The points stay as evenly spread as they were, and each is
// uniformly distributed.
type scramble struct{ key uint64 }

func newScramble(s stream) scramble {
	key, _ := s.pair(0)
	return scramble{key}
}

func (s scramble) of(x uint32) uint32 {
	turned := uint32(0)
	for bit := range 32 {
		// a 1 before the bits above tells how many they are
		prefix := uint64(1)<<bit | uint64(x)>>(32-bit)
		turned |= uint32(mix(s.key+prefix*0x9e3779b97f4a7c15)>>63) << (31 - bit)
	}
	return x ^ turned
}
