package parquet

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

var (
	errShort = errors.New("the page is cut short or damaged")
	errIndex = errors.New("a value points outside the dictionary")
)

// hybrid decodes Parquet's mixture of runs and bit-packed groups, which holds definition levels and dictionary indices.
type hybrid struct {
	b      []byte
	width  uint  // bits of a value, 0 to 32
	run    int   // values left of a run
	value  int32 // of the run
	packed int   // values left of a bit-packed group
	bits   uint64
	have   uint // valid bits in bits
}

func newHybrid(b []byte, width uint) hybrid { return hybrid{b: b, width: width} }

// header opens the next run or group.
func (h *hybrid) header() error {
	n, k := binary.Uvarint(h.b)
	if k <= 0 || n>>1 == 0 || n>>1 > maxPageValues {
		return errShort
	}
	h.b = h.b[k:]
	if n&1 == 1 {
		h.packed, h.bits, h.have = int(n>>1)*8, 0, 0
		return nil
	}
	size := int(h.width+7) / 8
	if len(h.b) < size {
		return errShort
	}
	var v uint32
	for i := range size {
		v |= uint32(h.b[i]) << (8 * i)
	}
	h.b, h.run, h.value = h.b[size:], int(n>>1), int32(v)
	return nil
}

// read fills out. Where a group's last bytes are cut off because no value stands in them, that is no fault.
func (h *hybrid) read(out []int32) error {
	mask := uint64(1)<<h.width - 1
	for len(out) > 0 {
		switch {
		case h.run > 0:
			n := min(h.run, len(out))
			for i := range n {
				out[i] = h.value
			}
			h.run -= n
			out = out[n:]
		case h.packed > 0:
			n := min(h.packed, len(out))
			for i := range n {
				for h.have < h.width {
					if len(h.b) == 0 {
						return errShort
					}
					h.bits |= uint64(h.b[0]) << h.have
					h.b = h.b[1:]
					h.have += 8
				}
				out[i] = int32(h.bits & mask)
				h.bits >>= h.width
				h.have -= h.width
			}
			h.packed -= n
			out = out[n:]
		default:
			if err := h.header(); err != nil {
				return err
			}
		}
	}
	return nil
}

// check walks n values without keeping them and returns their sum, which of definition levels is how many rows have a value. No
// value may exceed most.
func check(b []byte, width uint, n int, most int32) (sum int64, err error) {
	h := newHybrid(b, width)
	var buf [512]int32
	for n > 0 {
		if h.run > 0 { // a run may be long: it is not unrolled
			k := min(h.run, n)
			if h.value < 0 || h.value > most {
				return 0, errIndex
			}
			sum += int64(k) * int64(h.value)
			h.run -= k
			n -= k
			continue
		}
		if h.packed == 0 {
			if err := h.header(); err != nil {
				return 0, err
			}
			continue
		}
		if k := min(h.packed, n) / 8; h.width == 1 && h.have == 0 && k > 0 && most == 1 { // whole bytes of levels are counted at once
			if len(h.b) < k {
				return 0, errShort
			}
			for _, b := range h.b[:k] {
				sum += int64(bits.OnesCount8(b))
			}
			h.b, h.packed, n = h.b[k:], h.packed-8*k, n-8*k
			continue
		}
		k := min(h.packed, n, len(buf))
		if err := h.read(buf[:k]); err != nil {
			return 0, err
		}
		for _, v := range buf[:k] {
			if v < 0 || v > most {
				return 0, errIndex
			}
			sum += int64(v)
		}
		n -= k
	}
	return sum, nil
}
