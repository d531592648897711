package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/apache/arrow/go/v17/parquet/compress"
)

// Encodings of a page by their numbers in the format.
const (
	encPlain       = 0
	encPlainDict   = 2
	encRLE         = 3
	encDelta       = 5
	encDeltaLength = 6
	encDeltaBytes  = 7
	encRLEDict     = 8
	encByteSplit   = 9
)

// page is one decompressed page whose structure was checked.
type page struct {
	dict     bool
	rows     int // of a data page; of a dictionary the number of its values
	present  int // rows that have a value
	encoding int64
	levels   []byte // definition levels; nil where no row can lack a value
	body     []byte
}

// pages walks the pages of a column chunk. Buffers are reused: a page is good until the next call.
type pages struct {
	window
	codec    compress.Compression
	nullable bool
	left     int64      // rows of the chunk that no page has yielded yet
	number   int        // of the current page, from 1
	dict     int        // values of the dictionary, -1 before there is one
	begun    bool       // a data page was read
	data     pageBuffer // the page, decompressed
}

// next returns the chunk's next page, io.EOF after the last.
func (p *pages) next() (page, error) {
	for p.left > 0 {
		if p.pos >= p.end {
			return page{}, fmt.Errorf("%d rows are missing at its end", p.left)
		}
		p.number++
		h, err := p.header()
		if err != nil {
			return page{}, err
		}
		switch h.kind {
		case 0, 2, 3:
		default:
			p.pos += h.compressed // of a kind that holds no rows
			continue
		}
		out, err := p.load(h)
		if err != nil {
			return page{}, err
		}
		if out.dict || out.rows > 0 {
			return out, nil
		}
	}
	return page{}, io.EOF
}

// header reads the header at pos, moves pos behind it and checks every size in it.
func (p *pages) header() (pageHeader, error) {
	for size := int64(1 << 10); ; size *= 8 {
		size = min(size, p.end-p.pos, maxHeader)
		b, err := p.peek(size)
		if err != nil {
			return pageHeader{}, err
		}
		h, n, ok := readPageHeader(b)
		if !ok {
			if size == p.end-p.pos || size == maxHeader {
				return h, errors.New("its header is damaged")
			}
			continue
		}
		p.pos += int64(n)
		switch {
		case h.uncompressed < 0 || h.uncompressed > maxPage || h.compressed > maxPage+maxPage/8:
			return h, fmt.Errorf("it declares %d bytes, %d compressed; at most %d are read", h.uncompressed, h.compressed, maxPage)
		case h.compressed < 0 || h.compressed > p.end-p.pos:
			return h, fmt.Errorf("it declares %d bytes where %d are left", h.compressed, p.end-p.pos)
		case h.values < 0 || h.values > maxPageValues || h.kind != 2 && h.values > p.left:
			return h, fmt.Errorf("it declares %d values", h.values)
		case h.kind == 3 && (h.defBytes < 0 || h.repBytes < 0 || h.defBytes+h.repBytes > min(h.uncompressed, h.compressed)):
			return h, errors.New("its levels are larger than itself")
		case h.kind == 2 && p.dict >= 0:
			return h, errors.New("a second dictionary")
		case h.kind == 2 && p.begun:
			return h, errors.New("a dictionary after data")
		}
		return h, nil
	}
}

// load reads, verifies and decompresses a page, and checks its levels.
func (p *pages) load(h pageHeader) (page, error) {
	packed, err := p.peek(h.compressed)
	if err != nil {
		return page{}, err
	}
	p.pos += h.compressed
	if h.hasCRC && crc32.ChecksumIEEE(packed) != h.crc {
		return page{}, errors.New("its checksum does not match")
	}
	plain := int64(0) // leading bytes that are never compressed
	codec := p.codec
	if h.kind == 3 {
		plain = h.defBytes + h.repBytes
		if h.plain {
			codec = compress.Codecs.Uncompressed
		}
	}
	data := packed
	if codec != compress.Codecs.Uncompressed {
		if data, err = p.data.sized(int(h.uncompressed), p.held); err != nil {
			return page{}, err
		}
		copy(data, packed[:plain])
		err = decompress(codec, data[plain:], packed[plain:])
	} else if h.compressed != h.uncompressed {
		err = errShort
	}
	if err != nil {
		return page{}, fmt.Errorf("it does not decompress: %w", err)
	}
	out := page{rows: int(h.values), present: int(h.values), encoding: h.encoding, body: data}
	switch {
	case h.kind == 2:
		if h.encoding != encPlain && h.encoding != encPlainDict {
			return page{}, fmt.Errorf("a dictionary in encoding %d", h.encoding)
		}
		out.dict, p.dict = true, out.rows
		return out, nil
	case h.kind == 3:
		out.levels, out.body = data[h.repBytes:plain], data[plain:]
	case p.nullable:
		if h.levels != encRLE {
			return page{}, fmt.Errorf("definition levels in encoding %d", h.levels)
		}
		if len(data) < 4 {
			return page{}, errShort
		}
		n := int64(binary.LittleEndian.Uint32(data))
		if n > int64(len(data)-4) {
			return page{}, errShort
		}
		out.levels, out.body = data[4:4+n], data[4+n:]
	}
	p.left -= h.values
	p.begun = true
	if !p.nullable {
		out.levels = nil
		return out, nil
	}
	levels := bitRuns{b: out.levels}
	if out.present, err = levels.read(nil, 0, out.rows); err != nil {
		return page{}, errors.New("its definition levels are damaged")
	}
	return out, nil
}
