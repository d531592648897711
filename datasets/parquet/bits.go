package parquet

import (
	"encoding/binary"
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// bitRuns decodes numbers of one bit from runs and bit-packed groups: definition levels of flat columns and truth values.
type bitRuns struct {
	b      []byte
	run    int // bits left of a run
	one    bool
	packed int // bits left of bit-packed groups
	at     int // bit of b where they begin
}

// plainBits are n bits without headers.
func plainBits(b []byte, n int) bitRuns { return bitRuns{b: b, packed: n} }

func (r *bitRuns) header() error {
	n, packed, rest, err := runHeader(r.b[r.at/8:]) // groups take whole bytes
	switch {
	case err != nil:
		return err
	case packed:
		r.b, r.packed = rest, n
	case len(rest) == 0:
		return errShort
	case rest[0] > 1:
		return errIndex
	default:
		r.b, r.run, r.one = rest[1:], n, rest[0] == 1
	}
	r.at = 0
	return nil
}

// read puts the next n bits into rows at to at+n of the bitmap, where they must be zero, and returns how many are set. With a nil
// bitmap it counts only.
func (r *bitRuns) read(out column.Bitmap, at, n int) (set int, err error) {
	for n > 0 {
		switch {
		case r.run > 0:
			k := min(r.run, n)
			if r.one {
				set += k
				if out != nil {
					setRange(out, at, k)
				}
			}
			r.run -= k
			at, n = at+k, n-k
		case r.packed > 0:
			k := min(r.packed, n)
			if k > 8*len(r.b)-r.at {
				return 0, errShort
			}
			r.packed -= k
			for n -= k; k > 0; {
				step := min(k, 64-at&63)
				w := bitsFrom(r.b, r.at) & (^uint64(0) >> uint(64-step))
				set += bits.OnesCount64(w)
				if out != nil {
					out[at>>6] |= w << uint(at&63)
				}
				r.at += step
				at, k = at+step, k-step
			}
		default:
			if err := r.header(); err != nil {
				return 0, err
			}
		}
	}
	return set, nil
}

// bitsFrom is the 64 bits of b from a bit on, zeros behind its end.
func bitsFrom(b []byte, bit int) uint64 {
	b = b[bit>>3:]
	shift := uint(bit & 7)
	if len(b) >= 9 {
		return binary.LittleEndian.Uint64(b)>>shift | uint64(b[8])<<(64-shift)
	}
	var padded [9]byte
	copy(padded[:], b)
	return binary.LittleEndian.Uint64(padded[:])>>shift | uint64(padded[8])<<(64-shift)
}

// setRange sets n bits from a row on.
func setRange(out column.Bitmap, at, n int) {
	for n > 0 {
		step := min(n, 64-at&63)
		out[at>>6] |= ^uint64(0) >> uint(64-step) << uint(at&63)
		at, n = at+step, n-step
	}
}

// spread moves values, which lie in front of rows, to those of the n rows from at on that have one, and clears the others. rows begins at row
// at of the bitmap.
func spread[T any](rows []T, valid column.Bitmap, at, n, present int) {
	var none T
	next := present // values not yet moved
	for end := n; end > 0; {
		size := (at+end-1)&63 + 1 // rows of this word of the bitmap
		size = min(size, end)
		first := end - size
		w := valid[(at+first)>>6] >> uint((at+first)&63)
		full := ^uint64(0) >> uint(64-size)
		switch w &= full; w {
		case full:
			next -= size
			copy(rows[first:end], rows[next:])
		case 0:
			clear(rows[first:end])
		default:
			// Every row takes the value before it without a branch, then the rows without one are cleared.
			for i := size - 1; i >= 0; i-- {
				next -= int(w >> uint(i) & 1)
				rows[first+i] = rows[next]
			}
			for gaps := ^w & full; gaps != 0; gaps &= gaps - 1 {
				rows[first+bits.TrailingZeros64(gaps)] = none
			}
		}
		end = first
	}
}

// nthSet is the row of the k-th (from 0) of the bitmap's set bits from row at on.
func nthSet(valid column.Bitmap, at, k int) int {
	for ; ; at++ {
		if valid.Get(at) {
			if k == 0 {
				return at
			}
			k--
		}
	}
}
