package draws

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// philox is the block of Philox4x32-10 for a counter and a key: J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, Parallel random
// numbers: as easy as 1, 2, 3, SC11 (2011). Each block is computed by itself, so that no draw needs the one before.
func philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	const (
		multiply0, multiply1 = 0xd2511f53, 0xcd9e8d57
		weyl0, weyl1         = 0x9e3779b9, 0xbb67ae85 // the golden ratio and the root of three, less one
	)
	c0, c1, c2, c3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range 10 {
		p0, p1 := uint64(c0)*multiply0, uint64(c2)*multiply1
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += weyl0
		k1 += weyl1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// stream is the random numbers of one quantity for one purpose. Key and the upper half of the counter are a hash of seed, purpose and name:
// two streams are the same by chance of 2^-128.
type stream struct {
	key   [2]uint32
	upper [2]uint32
}

func newStream(seed uint64, purpose, name string) stream {
	text := binary.LittleEndian.AppendUint64(nil, seed)
	text = append(text, purpose...)
	text = append(text, 0) // no purpose holds it
	text = append(text, name...)
	h := sha256.Sum256(text)
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(h[4*i:]) }
	return stream{key: [2]uint32{word(0), word(1)}, upper: [2]uint32{word(2), word(3)}}
}

// pair is block i of the stream: numbers 2i and 2i+1.
func (s *stream) pair(i uint64) (even, odd uint64) {
	b := philox([4]uint32{uint32(i), uint32(i >> 32), s.upper[0], s.upper[1]}, s.key)
	return uint64(b[0])<<32 | uint64(b[1]), uint64(b[2])<<32 | uint64(b[3])
}

// each calls do with the numbers from..from+n-1 of the stream and their place from 0 on.
func (s *stream) each(from, n int, do func(i int, bits uint64)) {
	i := 0
	if from&1 == 1 && n > 0 {
		_, odd := s.pair(uint64(from) / 2)
		do(0, odd)
		i = 1
	}
	for ; i < n; i += 2 {
		even, odd := s.pair(uint64(from+i) / 2)
		do(i, even)
		if i+1 < n {
			do(i+1, odd)
		}
	}
}

// inside is the middle of one of 2^52 equal parts of 0 to 1, by the highest bits: neither 0 nor 1, and exact.
func inside(x uint64) float64 { return float64((float64(x>>12) + 0.5) * 0x1p-52) }

// mix is the finaliser of SplitMix64: G. L. Steele, D. Lea and C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA (2014),
// with the constants of D. Stafford's variant 13. Each bit of the result depends on each of x.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// permutation is a keyed order of 0..n-1: a Feistel network (M. Luby and C. Rackoff, SIAM J. Comput. 17 (1988)) on the fewest bits that
// hold n-1, walked until it comes back into the range (J. Black and P. Rogaway, Ciphers with arbitrary finite domains, CT-RSA 2002): below
// two rounds on average, nothing stored.
type permutation struct {
	n           uint64
	left, right uint // bits of the halves
	keys        [feistelRounds]uint64
}

const feistelRounds = 8

func newPermutation(s stream, n int) permutation {
	width := uint(bits.Len64(uint64(n - 1)))
	p := permutation{n: uint64(n), left: width / 2, right: width - width/2}
	for i := range p.keys {
		p.keys[i], _ = s.pair(uint64(i))
	}
	return p
}

func (p *permutation) at(k uint64) uint64 {
	for {
		l, r := k>>p.right, k&(1<<p.right-1)
		for i := 0; i < feistelRounds; i += 2 {
			r ^= mix(p.keys[i]+l) & (1<<p.right - 1)
			l ^= mix(p.keys[i+1]+r) & (1<<p.left - 1)
		}
		if k = l<<p.right | r; k < p.n {
			return k
		}
	}
}
