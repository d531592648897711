package second

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math"
)

// Sum digests the values of a column in their order, in a form that no implementation has a say in: a byte for what follows, then a number's bits or a
// text's length and bytes. The zero value is ready.
type Sum struct {
	h   hash.Hash
	buf []byte
}

// Missing adds a row without a value.
func (s *Sum) Missing() { s.put(0) }

// Number adds a number, an integer or a day.
func (s *Sum) Number(v float64) {
	if v == 0 {
		v = 0 // without its sign
	}
	s.buf = binary.LittleEndian.AppendUint64(append(s.buf, 1), math.Float64bits(v))
	s.full()
}

// Text adds a text.
func (s *Sum) Text(v string) {
	s.buf = append(binary.LittleEndian.AppendUint64(append(s.buf, 2), uint64(len(v))), v...)
	s.full()
}

// Truth adds a truth value.
func (s *Sum) Truth(v bool) {
	if v {
		s.put(4)
	} else {
		s.put(3)
	}
}

func (s *Sum) put(b byte) {
	s.buf = append(s.buf, b)
	s.full()
}

func (s *Sum) full() {
	if len(s.buf) >= 16<<10 {
		s.flush()
	}
}

func (s *Sum) flush() {
	if s.h == nil {
		s.h = sha256.New()
	}
	s.h.Write(s.buf)
	s.buf = s.buf[:0]
}

// Next returns the digest of what was added and begins anew.
func (s *Sum) Next() (d Digest) {
	s.flush()
	s.h.Sum(d[:0])
	s.h.Reset()
	return d
}
