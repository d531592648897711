package parquet

import (
	"encoding/binary"
	"fmt"
)

// stringPage yields the strings of a page that holds them without a dictionary, in whatever encoding.
type stringPage struct {
	encoding int64
	body     []byte // what is left
	prefixes []int64
	suffixes []int64
	last     []byte
}

func (s *stringPage) begin(p page) (err error) {
	s.encoding, s.body = p.encoding, p.body
	switch p.encoding {
	case encPlain:
	case encDeltaLength:
		s.suffixes, s.body, err = readDeltas(p.body, p.present)
	case encDeltaBytes:
		if s.prefixes, s.body, err = readDeltas(p.body, p.present); err == nil {
			s.suffixes, s.body, err = readDeltas(s.body, p.present)
		}
		s.last = s.last[:0]
	default:
		err = fmt.Errorf("encoding %d is not read", p.encoding)
	}
	return err
}

// next returns the next string. Its memory is the page's, or good until the next call.
func (s *stringPage) next() ([]byte, error) {
	switch s.encoding {
	case encPlain: // its length stands before it
		if len(s.body) < 4 {
			return nil, errShort
		}
		n := int64(binary.LittleEndian.Uint32(s.body))
		s.body = s.body[4:]
		return s.take(n)
	case encDeltaLength:
		n := s.suffixes[0]
		s.suffixes = s.suffixes[1:]
		return s.take(n)
	}
	keep := s.prefixes[0]
	b, err := s.take(s.suffixes[0])
	if err != nil || keep < 0 || keep > int64(len(s.last)) {
		return nil, errShort
	}
	s.prefixes, s.suffixes = s.prefixes[1:], s.suffixes[1:]
	s.last = append(s.last[:keep], b...)
	return s.last, nil
}

func (s *stringPage) take(n int64) ([]byte, error) {
	if n < 0 || n > int64(len(s.body)) {
		return nil, errShort
	}
	b := s.body[:n]
	s.body = s.body[n:]
	return b, nil
}
