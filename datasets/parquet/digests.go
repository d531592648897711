package parquet

import (
	"encoding/binary"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// digests reads strings as digests: what tells one string from another where nobody asks for the strings. None of them is kept, so that there
// is no limit on how many differ.
type digests struct {
	begun   bool            // there is a dictionary in the file
	dict    []column.Digest // of its strings
	held    *int
	strings stringPage
	coded   bool // the page holds indices
	indices hybrid
}

func (d *digests) dictionary(p page) error {
	if p.rows > len(p.body)/4 {
		return errShort
	}
	if err := charge(d.held, 16*p.rows); err != nil {
		return err
	}
	d.begun, d.dict = true, resized(d.dict, p.rows)
	_, err := plainDigests(d.dict, p.body)
	return err
}

func (d *digests) page(p page) (err error) {
	if d.coded = p.encoding == encPlainDict || p.encoding == encRLEDict; d.coded {
		d.indices, err = p.indices(d.begun)
		return err
	}
	return d.strings.begin(p)
}

func (d *digests) values(out *column.Column, at, n int) (err error) {
	dst := out.Digests[at : at+n]
	switch {
	case d.coded:
		return gather(&d.indices, d.dict, dst)
	case d.strings.encoding == encPlain:
		d.strings.body, err = plainDigests(dst, d.strings.body)
		return err
	}
	for i := range dst {
		b, err := d.strings.next()
		if err != nil {
			return err
		}
		if err := checkText(b); err != nil {
			return err
		}
		dst[i] = column.DigestOfBytes(b)
	}
	return nil
}

func (d *digests) spread(c *chunkReader, at, n, present int) {
	spread(c.out.Digests[at:at+n], c.valid, at, n, present)
}

// plainDigests fills dst from strings that their lengths stand before, and returns what is left of b.
func plainDigests(dst []column.Digest, b []byte) ([]byte, error) {
	for i := range dst {
		if len(b) < 4 {
			return nil, errShort
		}
		n := uint64(binary.LittleEndian.Uint32(b))
		b = b[4:]
		if n > uint64(len(b)) {
			return nil, errShort
		}
		text := b[:n]
		if !shortASCII(b, int(n)) {
			if err := checkText(text); err != nil {
				return nil, err
			}
		}
		dst[i] = column.DigestOfBytes(text)
		b = b[n:]
	}
	return b, nil
}

// shortASCII reports whether a string, the first n bytes of b, is known to be ASCII from the two words at b's front. It looks behind the
// string rather than byte by byte: for the ids of a log that is many times as fast as a general check.
func shortASCII(b []byte, n int) bool {
	if n > 16 || len(b) < 16 {
		return false
	}
	const high = 0x8080808080808080
	low := binary.LittleEndian.Uint64(b) & (^uint64(0) >> uint(64-8*min(n, 8)))
	rest := binary.LittleEndian.Uint64(b[8:]) & (^uint64(0) >> uint(64-8*max(n-8, 0)))
	return (low|rest)&high == 0
}
