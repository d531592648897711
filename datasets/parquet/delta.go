package parquet

import (
	"encoding/binary"
)

// Pages in encodings that arrive seldom are rewritten as plain pages before they are read, so that one path reads all.

// readDeltas decodes n whole numbers in DELTA_BINARY_PACKED and returns the bytes after them.
func readDeltas(b []byte, n int) (out []int64, rest []byte, err error) {
	c := cursor{b: b}
	block, minis, total, first := c.varint(), c.varint(), c.varint(), c.zigzag()
	if c.short || n > maxDelta || total != uint64(n) || minis == 0 || minis > 1024 || block > 1<<20 || block%minis != 0 || block/minis == 0 {
		return nil, nil, errShort
	}
	perMini := int(block / minis)
	out = make([]int64, 0, n)
	if n > 0 {
		out = append(out, first)
	}
	for last := first; len(out) < n; {
		least := c.zigzag()
		widths := c.take(minis)
		if c.short {
			return nil, nil, errShort
		}
		for _, width := range widths {
			if len(out) == n {
				break
			}
			if width > 64 {
				return nil, nil, errShort
			}
			packed := c.take(uint64(perMini) * uint64(width) / 8)
			if c.short {
				return nil, nil, errShort
			}
			for i := 0; i < perMini && len(out) < n; i++ {
				last += least + int64(bitsAt(packed, i*int(width), uint(width)))
				out = append(out, last)
			}
		}
	}
	return out, b[c.i:], nil
}

// bitsAt is the number of width bits that begins at a bit of b, lowest bit first.
func bitsAt(b []byte, bit int, width uint) uint64 {
	var v uint64
	for got := uint(0); got < width; {
		shift := uint(bit) & 7
		v |= uint64(b[bit>>3]>>shift) << got
		step := min(8-shift, width-got)
		got += step
		bit += int(step)
	}
	if width < 64 {
		v &= 1<<width - 1
	}
	return v
}

// plainDeltas rewrites n delta-coded numbers of size bytes as plain.
func plainDeltas(b []byte, n, size int) ([]byte, error) {
	values, _, err := readDeltas(b, n)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, n*size)
	for _, v := range values {
		if size == 4 {
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		} else {
			out = binary.LittleEndian.AppendUint64(out, uint64(v))
		}
	}
	return out, nil
}

// plainSplit rewrites n numbers in BYTE_STREAM_SPLIT, the first bytes of all numbers before the second bytes of all, as plain.
func plainSplit(b []byte, n, size int) ([]byte, error) {
	if len(b) < n*size {
		return nil, errShort
	}
	out := make([]byte, n*size)
	for i := range n {
		for k := range size {
			out[i*size+k] = b[k*n+i]
		}
	}
	return out, nil
}
