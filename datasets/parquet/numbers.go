package parquet

import (
	"errors"
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// numbers reads numbers of every carrier from the bytes of a page.
type numbers struct {
	column *Column
	as     lca.FieldType
	kernel kernel
	width  int // bytes of a value

	begun   bool      // there is a dictionary
	dict    []float64 // its values
	refused []byte    // its bytes where a value of it cannot be taken: a fault only in a row that has it
	held    *int

	coded   bool   // the page holds indices
	indices hybrid // of the page
	plain   []byte // what is left of a page without indices
	split   int    // values of a page in BYTE_STREAM_SPLIT, 0 for other pages
	taken   int    // of those
	scratch []byte
}

func (s *numbers) dictionary(p page) error {
	if len(p.body) < p.rows*s.width {
		return errShort
	}
	if err := charge(s.held, 8*p.rows); err != nil {
		return err
	}
	s.begun, s.dict = true, resized(s.dict, p.rows)
	if s.kernel(s.dict, p.body) {
		return nil
	}
	if err := charge(s.held, len(p.body)); err != nil {
		return err
	}
	s.refused = append(s.refused[:0], p.body...)
	for i := range s.dict {
		if !s.kernel(s.dict[i:i+1], p.body[i*s.width:]) {
			s.dict[i] = refusedAt(i)
		}
	}
	return nil
}

// refusedAt stands in a dictionary for a value that cannot be taken: no number, with its place in the dictionary in the low bits.
func refusedAt(i int) float64 { return math.Float64frombits(0x7ff8<<48 | uint64(i)) }

func (s *numbers) page(p page) (err error) {
	s.coded, s.split, s.taken, s.plain = false, 0, 0, p.body
	switch {
	case p.encoding == encPlain:
		if len(p.body) < p.present*s.width {
			err = errShort
		}
	case p.encoding == encPlainDict || p.encoding == encRLEDict:
		s.coded = true
		s.indices, err = p.indices(s.begun)
	case p.encoding == encDelta && s.column.integral():
		s.scratch, err = plainDeltas(s.scratch[:0], p.body, p.present, s.width)
		s.plain = s.scratch
	case p.encoding == encByteSplit:
		if len(p.body) < p.present*s.width {
			err = errShort
		}
		s.split = p.present
	default:
		err = fmt.Errorf("encoding %d is not read", p.encoding)
	}
	return err
}

// integral reports whether the column's values lie in the file as whole numbers.
func (c *Column) integral() bool { return c.as != double && c.as != single }

// indices begins a page of dictionary indices.
func (p *page) indices(dictionary bool) (hybrid, error) {
	switch {
	case !dictionary:
		return hybrid{}, errors.New("dictionary indices without a dictionary")
	case len(p.body) == 0 || p.body[0] > 32:
		return hybrid{}, errShort
	}
	return hybrid{b: p.body[1:], width: int(p.body[0])}, nil
}

func (s *numbers) values(out *column.Column, at, n int) error {
	dst := out.Floats[at : at+n]
	if s.coded {
		if err := gather(&s.indices, s.dict, dst); err != nil || s.refused == nil {
			return err
		}
		for i, v := range dst {
			if v-v != 0 {
				raw := s.refused[int(math.Float64bits(v)&(1<<48-1))*s.width:]
				return refuse(i, "%s", fault(s.column, s.as, raw))
			}
		}
		return nil
	}
	src := s.plain
	if s.split > 0 {
		s.scratch = joinSplit(s.scratch[:0], s.plain, s.split, s.taken, n, s.width)
		s.taken += n
		src = s.scratch
	} else {
		s.plain = s.plain[n*s.width:]
	}
	if s.kernel(dst, src) {
		return nil
	}
	for i := range n {
		if message := fault(s.column, s.as, src[i*s.width:]); message != "" {
			return refuse(i, "%s", message)
		}
	}
	return errShort
}

func (s *numbers) spread(c *chunkReader, at, n, present int) {
	spread(c.out.Floats[at:at+n], c.valid, at, n, present)
}

// resized gives a slice a length, in the memory that it has where that is large enough. What it holds is then of no meaning.
func resized[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}
