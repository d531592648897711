package parquet

import "encoding/binary"

// unpackGroups fills out, whose length is a multiple of eight, with numbers of width bits (1 to 32) that lie in b without gaps, lowest
// bit first. Eight numbers take width bytes. Bytes that b lacks at its end count as zero: the caller knows what it may use.
func unpackGroups(out []uint32, b []byte, width int) {
	// Eight bytes can be loaded wherever one of these groups' numbers begins.
	groups := min(len(out)/8, max(0, len(b)-8)/width)
	unpackFast(out[:8*groups], b, width)
	for out, b = out[8*groups:], b[groups*width:]; len(out) > 0; out = out[8:] {
		var padded [40]byte
		n := copy(padded[:width], b)
		b = b[n:]
		unpackFast(out[:8], padded[:], width)
	}
}

// unpackFast unpacks groups behind each of which b has eight bytes.
func unpackFast(out []uint32, b []byte, width int) {
	w := uint(width) & 63
	mask := uint64(1)<<w - 1
	switch {
	case width <= 8: // a group in one load
		for ; len(out) >= 8; out, b = out[8:], b[width:] {
			v := binary.LittleEndian.Uint64(b)
			out[0], out[1], out[2], out[3] = uint32(v&mask), uint32(v>>w&mask), uint32(v>>(2*w)&mask), uint32(v>>(3*w)&mask)
			v >>= 4 * w
			out[4], out[5], out[6], out[7] = uint32(v&mask), uint32(v>>w&mask), uint32(v>>(2*w)&mask), uint32(v>>(3*w)&mask)
		}
	case width <= 15: // four in a load; the fifth begins at a byte or in its middle
		for ; len(out) >= 8; out, b = out[8:], b[width:] {
			v := binary.LittleEndian.Uint64(b)
			out[0], out[1], out[2], out[3] = uint32(v&mask), uint32(v>>w&mask), uint32(v>>(2*w)&mask), uint32(v>>(3*w)&mask)
			v = binary.LittleEndian.Uint64(b[width/2:]) >> (4 * (w & 1))
			out[4], out[5], out[6], out[7] = uint32(v&mask), uint32(v>>w&mask), uint32(v>>(2*w)&mask), uint32(v>>(3*w)&mask)
		}
	default: // one in a load: seven bits before it and its 32 have room in 64
		for ; len(out) >= 8; out, b = out[8:], b[width:] {
			for i := range 8 {
				bit := uint(i) * w
				out[i] = uint32(binary.LittleEndian.Uint64(b[bit/8:]) >> (bit & 7) & mask)
			}
		}
	}
}
