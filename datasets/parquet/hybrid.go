package parquet

import (
	"encoding/binary"
	"errors"
)

var (
	errShort = errors.New("the page is cut short or damaged")
	errIndex = errors.New("a value points outside the dictionary")
)

// hybrid decodes Parquet's mixture of runs and bit-packed groups of eight, which holds dictionary indices.
type hybrid struct {
	b      []byte
	width  int    // bits of a value, 0 to 32
	run    int    // values left of a run
	value  uint32 // of the run
	packed int    // values left of bit-packed groups that are not yet unpacked
	group  [8]uint32
	at, to int // group[at:to] is unpacked and was not asked for yet
}

// runHeader reads what stands before a run or a row of groups: how many values they have. A size that no page can have is refused,
// and so is none: it would be a step that gets nowhere.
func runHeader(b []byte) (values int, packed bool, rest []byte, err error) {
	n, k := binary.Uvarint(b)
	if k <= 0 || n>>1 == 0 || n>>1 > maxPageValues {
		return 0, false, nil, errShort
	}
	if n&1 == 1 {
		return int(n>>1) * 8, true, b[k:], nil
	}
	return int(n >> 1), false, b[k:], nil
}

// header opens the next run or group.
func (h *hybrid) header() error {
	n, packed, rest, err := runHeader(h.b)
	size := (h.width + 7) / 8
	switch {
	case err != nil:
		return err
	case h.width == 0:
		h.b, h.run, h.value = rest, n, 0
	case packed:
		h.b, h.packed = rest, n
	case len(rest) < size:
		return errShort
	default:
		var v uint32
		for i, b := range rest[:size] {
			v |= uint32(b) << (8 * i)
		}
		h.b, h.run, h.value = rest[size:], n, v
	}
	return nil
}

// unpack yields the next values of bit-packed groups, at least one and at most as many as out has. Where the last group's bytes are
// cut off because no value stands in them, that is no fault.
func (h *hybrid) unpack(out []uint32) (int, error) {
	n := copy(out, h.group[h.at:h.to])
	h.at += n
	if groups := min((len(out)-n)/8, h.packed/8, len(h.b)/h.width); groups > 0 {
		unpackGroups(out[n:n+8*groups], h.b, h.width)
		h.b = h.b[groups*h.width:]
		h.packed -= 8 * groups
		n += 8 * groups
	}
	if n < len(out) && h.packed > 0 { // a group of which only the beginning is asked for, or is there
		have := min(h.width, len(h.b))
		unpackGroups(h.group[:], h.b[:have], h.width)
		h.b = h.b[have:]
		h.packed -= 8
		h.at, h.to = 0, have*8/h.width
		k := copy(out[n:], h.group[:h.to])
		h.at += k
		n += k
	}
	if n == 0 {
		return 0, errShort
	}
	return n, nil
}

// gather fills out with the dictionary's values at the next indices. No index may lie outside the dictionary.
func gather[T any](h *hybrid, dict, out []T) error {
	var indices [256]uint32
	for len(out) > 0 {
		switch {
		case h.run > 0: // a run may be long: it is not unrolled into indices
			if uint64(h.value) >= uint64(len(dict)) {
				return errIndex
			}
			n := min(h.run, len(out))
			repeat(out[:n], dict[h.value])
			h.run -= n
			out = out[n:]
		case h.packed > 0 || h.at < h.to:
			n, err := h.unpack(indices[:min(len(out), len(indices))])
			if err != nil {
				return err
			}
			for i, v := range indices[:n] {
				if uint64(v) >= uint64(len(dict)) {
					return errIndex
				}
				out[i] = dict[v]
			}
			out = out[n:]
		default:
			if err := h.header(); err != nil {
				return err
			}
		}
	}
	return nil
}

// repeat fills out with a value by ever longer copies.
func repeat[T any](out []T, v T) {
	if len(out) == 0 {
		return
	}
	out[0] = v
	for n := 1; n < len(out); n *= 2 {
		copy(out[n:], out[:n])
	}
}
