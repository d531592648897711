package parquet

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// truths reads truth values.
type truths struct {
	bits  bitRuns
	words [BatchRows / 64]uint64
}

func (t *truths) dictionary(page) error { return errShort }

func (t *truths) page(p page) error {
	switch {
	case p.encoding == encPlain && len(p.body) >= (p.present+7)/8:
		t.bits = plainBits(p.body, p.present)
	case p.encoding == encRLE && len(p.body) >= 4: // behind their size in bytes
		t.bits = bitRuns{b: p.body[4:]}
	case p.encoding == encPlain || p.encoding == encRLE:
		return errShort
	default:
		return fmt.Errorf("encoding %d is not read", p.encoding)
	}
	return nil
}

func (t *truths) values(out *column.Column, at, n int) error {
	clear(t.words[:])
	if _, err := t.bits.read(t.words[:], 0, n); err != nil {
		return err
	}
	dst := out.Bools[at : at+n]
	for i := range dst {
		dst[i] = t.words[i>>6]>>uint(i&63)&1 != 0
	}
	return nil
}

func (t *truths) spread(c *chunkReader, at, n, present int) {
	spread(c.out.Bools[at:at+n], c.valid, at, n, present)
}
