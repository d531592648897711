package parquet

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/file"
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
	whole    []byte // levels and body in one
}

// pages walks the pages of a column chunk. Buffers are reused: a data page is good until the next call, a dictionary for the whole
// chunk.
type pages struct {
	r        io.ReaderAt
	pos, end int64
	codec    compress.Compression
	nullable bool
	left     int64 // rows of the chunk that no page has yielded yet
	number   int   // of the current page, from 1
	dict     int   // values of the dictionary, -1 before there is one
	begun    bool  // a data page was read
	held     *int  // bytes that all columns of the reader hold
	window   []byte
	packed   []byte
	data     []byte
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
			p.pos += h.compressed
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
		if err := p.grow(&p.window, int(size)); err != nil {
			return pageHeader{}, err
		}
		if err := readFull(p.r, p.window, p.pos); err != nil {
			return pageHeader{}, err
		}
		h, n, ok := readPageHeader(p.window)
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
	if err := p.grow(&p.packed, int(h.compressed)); err != nil {
		return page{}, err
	}
	if err := readFull(p.r, p.packed, p.pos); err != nil {
		return page{}, err
	}
	p.pos += h.compressed
	if h.hasCRC && crc32.ChecksumIEEE(p.packed) != h.crc {
		return page{}, errors.New("its checksum does not match")
	}
	if err := p.grow(&p.data, int(h.uncompressed)); err != nil {
		return page{}, err
	}
	plain := int64(0) // leading bytes that are never compressed
	codec := p.codec
	if h.kind == 3 {
		plain = h.defBytes + h.repBytes
		copy(p.data, p.packed[:plain])
		if h.plain {
			codec = compress.Codecs.Uncompressed
		}
	}
	if err := decompress(codec, p.data[plain:], p.packed[plain:]); err != nil {
		return page{}, fmt.Errorf("it does not decompress: %w", err)
	}
	out := page{rows: int(h.values), present: int(h.values), encoding: h.encoding, body: p.data}
	switch {
	case h.kind == 2:
		if h.encoding != encPlain && h.encoding != encPlainDict {
			return page{}, fmt.Errorf("a dictionary in encoding %d", h.encoding)
		}
		out.dict, p.dict = true, out.rows
		p.data = nil // the typed readers decode a dictionary as its values are asked for
		return out, nil
	case h.kind == 3:
		out.levels, out.body, out.whole = p.data[h.repBytes:plain], p.data[plain:], p.data[h.repBytes:]
	case p.nullable:
		if h.levels != encRLE {
			return page{}, fmt.Errorf("definition levels in encoding %d", h.levels)
		}
		if len(p.data) < 4 {
			return page{}, errShort
		}
		n := int64(p.data[0]) | int64(p.data[1])<<8 | int64(p.data[2])<<16 | int64(p.data[3])<<24
		if n > int64(len(p.data)-4) {
			return page{}, errShort
		}
		out.levels, out.body, out.whole = p.data[4:4+n], p.data[4+n:], p.data[4:]
	}
	p.left -= h.values
	p.begun = true
	if !p.nullable {
		out.levels, out.whole = nil, out.body
		return out, nil
	}
	sum, err := check(out.levels, 1, out.rows, 1)
	if err != nil {
		return page{}, errors.New("its definition levels are damaged")
	}
	out.present = int(sum)
	return out, nil
}

// grow gives a buffer a length, within what the whole reader may hold.
func (p *pages) grow(b *[]byte, n int) error {
	if n > cap(*b) {
		if *p.held += n - cap(*b); *p.held > maxHeld {
			return fmt.Errorf("the pages read at a time hold more than %d bytes", maxHeld)
		}
		*b = make([]byte, n)
	}
	*b = (*b)[:n]
	return nil
}

// feed hands pages of numbers and truth values to Arrow's typed readers. What they would believe without looking is checked here.
type feed struct {
	*pages
	width  int // bytes of a value, 0 for truth values
	rows   int // of the current page that nobody has read yet
	failed error
	page   file.Page
}

func (f *feed) SetMaxPageHeaderSize(int) {}
func (f *feed) Page() file.Page          { return f.page }
func (f *feed) Err() error               { return f.failed }

// Reset is there for the interface; a feed serves one chunk.
func (f *feed) Reset(parquet.BufferedReader, int64, compress.Compression, *file.CryptoContext) {
	f.failed = errors.New("a page feed cannot be reset")
}

// Next advances to the next page.
func (f *feed) Next() bool {
	f.page = nil
	if f.failed != nil {
		return false
	}
	p, err := f.next()
	if err == io.EOF {
		return false
	}
	if err == nil {
		err = f.prepare(p)
	}
	f.failed = err
	return err == nil
}

// prepare makes a page that the typed readers can be trusted with: plain, dictionary indices, or runs of truth values.
func (f *feed) prepare(p page) error {
	if p.dict {
		if f.width == 0 || len(p.body) < p.rows*f.width {
			return errShort
		}
		f.page = file.NewDictionaryPage(memory.NewBufferBytes(p.body), int32(p.rows), parquet.Encodings.Plain)
		return nil
	}
	enc := parquet.Encodings.Plain
	data, err := p.whole, error(nil)
	rewritten := func(body []byte, e error) {
		data, err = append(p.levels[:len(p.levels):len(p.levels)], body...), e
	}
	switch {
	case p.present == 0: // no value follows the levels
	case p.encoding == encPlain:
		if need := max(p.present*f.width, (p.present+7)/8); len(p.body) < need {
			err = errShort
		}
	case p.encoding == encPlainDict || p.encoding == encRLEDict:
		enc = parquet.Encodings.RLEDict
		err = f.indices(p)
	case p.encoding == encRLE && f.width == 0:
		enc = parquet.Encodings.RLE
		if len(p.body) < 4 {
			err = errShort
		} else {
			_, err = check(p.body[4:], 1, p.present, 1)
		}
	case p.encoding == encDelta && f.width > 0:
		rewritten(plainDeltas(p.body, p.present, f.width))
	case p.encoding == encByteSplit && f.width > 0:
		rewritten(plainSplit(p.body, p.present, f.width))
	default:
		err = fmt.Errorf("encoding %d is not read", p.encoding)
	}
	if err != nil {
		return err
	}
	// Levels and values as in a page of version 2, whatever the version in the file.
	f.rows += p.rows
	f.page = file.NewDataPageV2(memory.NewBufferBytes(data), int32(p.rows), int32(p.rows-p.present), int32(p.rows), enc,
		int32(len(p.levels)), 0, int32(len(data)), false)
	return nil
}

// indices checks the dictionary indices of a page.
func (p *pages) indices(pg page) error {
	switch {
	case p.dict < 0:
		return errors.New("dictionary indices without a dictionary")
	case len(pg.body) == 0 || pg.body[0] > 32:
		return errShort
	}
	_, err := check(pg.body[1:], uint(pg.body[0]), pg.present, int32(p.dict-1))
	return err
}
