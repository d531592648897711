package parquet

import "encoding/binary"

// Pages in encodings that arrive seldom are rewritten as plain pages before they are read, so that one path reads all.

// readDeltas decodes n whole numbers in DELTA_BINARY_PACKED and returns the bytes after them.
func readDeltas(b []byte, n int) (out []int64, rest []byte, err error) {
	c := cursor{b: b}
	block, minis, total, first := c.varint(), c.varint(), c.varint(), c.zigzag()
	if c.short || n > maxDelta || total != uint64(n) || minis == 0 || minis > 1024 || block > 1<<20 || block%minis != 0 || block/minis == 0 || block/minis%8 != 0 {
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
			mask := ^uint64(0) >> (64 - width)
			for i := 0; i < perMini && len(out) < n; i++ {
				last += least + int64(bitsFrom(packed, i*int(width))&mask)
				out = append(out, last)
			}
		}
	}
	return out, b[c.i:], nil
}

// plainDeltas appends n delta-coded numbers of size bytes as plain.
func plainDeltas(out, b []byte, n, size int) ([]byte, error) {
	values, _, err := readDeltas(b, n)
	if err != nil {
		return out, err
	}
	for _, v := range values {
		if size == 4 {
			out = binary.LittleEndian.AppendUint32(out, uint32(v))
		} else {
			out = binary.LittleEndian.AppendUint64(out, uint64(v))
		}
	}
	return out, nil
}

// joinSplit appends as plain the values from to from+n of a page in BYTE_STREAM_SPLIT: there the first bytes of all numbers stand before the
// second bytes of all. b has values of size bytes.
func joinSplit(out, b []byte, values, from, n, size int) []byte {
	out = append(out, make([]byte, n*size)...)
	for k := range size {
		part := b[k*values+from:][:n]
		for i, v := range part {
			out[i*size+k] = v
		}
	}
	return out
}
