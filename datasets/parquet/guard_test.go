package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/parquet/compress"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// readAll opens and reads a file as a stranger's: it returns the rows read and the first error.
func readAll(file []byte) (rows int64, err error) {
	f, err := Open("x.parquet", bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return 0, err
	}
	var columns []int
	for i, c := range f.Columns() {
		if c.Hint == "" {
			columns = append(columns, i)
		}
	}
	for g := range f.RowGroups() {
		r, err := f.Read(g, columns)
		if err != nil {
			return rows, err
		}
		var b column.Batch
		for {
			more, err := r.Next(&b)
			if err != nil {
				return rows, err
			}
			if !more {
				break
			}
			rows += int64(b.Rows)
		}
	}
	if rows != f.Rows() {
		return rows, fmt.Errorf("%d rows of %d without an error", rows, f.Rows())
	}
	return rows, nil
}

// within runs readAll and fails the test where it panics or takes longer than ten seconds.
func within(t *testing.T, what string, file []byte) (int64, error) {
	t.Helper()
	type result struct {
		rows int64
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- result{0, fmt.Errorf("panic: %v", p)}
			}
		}()
		rows, err := readAll(file)
		done <- result{rows, err}
	}()
	select {
	case r := <-done:
		if r.err != nil {
			var inv *diag.Invalid
			if !errors.As(r.err, &inv) {
				t.Fatalf("%s: %v", what, r.err)
			}
		}
		return r.rows, r.err
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: still reading after ten seconds", what)
		return 0, nil
	}
}

func TestATruncatedFileIsRefused(t *testing.T) {
	for name, file := range map[string][]byte{"arrow": written(t, mixed, mixedTable(3000), 1024), "small": smallFile(t, 300)} {
		for n := 0; n < len(file); n += 1 + len(file)/500 {
			if _, err := within(t, fmt.Sprintf("%s cut to %d bytes", name, n), file[:n]); err == nil {
				t.Fatalf("%s cut to %d of %d bytes was read", name, n, len(file))
			}
		}
	}
	_, err := readAll(smallFile(t, 300)[:1000])
	if want := `x.parquet: not readable as Parquet: it does not end with "PAR1": the file is cut short [bad-parquet]`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Bits all over a small file are flipped, one at a time. Without checksums some flips decode to other values: what must not happen is a panic,
// a hang, or rows that go missing in silence.
func TestAFlippedBitNeverPanicsNorHangs(t *testing.T) {
	for name, file := range map[string][]byte{"arrow": written(t, mixed, mixedTable(200), 64), "small": smallFile(t, 60)} {
		tried, refused := 0, 0
		for bit := 0; bit < len(file)*8; bit += 13 { // no multiple of 8: each place in a byte has its turn
			tried++
			bad := bytes.Clone(file)
			bad[bit/8] ^= 1 << (bit % 8)
			if _, err := within(t, fmt.Sprintf("%s with bit %d flipped", name, bit), bad); err != nil {
				refused++
			}
		}
		if refused < tried/8 {
			t.Errorf("%s: only %d of %d flips were noticed", name, refused, tried)
		}
	}
}

// A page in a chunk, written by hand.
type handPage struct {
	kind, uncompressed, compressed, values, encoding int64
	body                                             []byte
	crc                                              uint32
	hasCRC                                           bool
}

func (p handPage) bytes() []byte {
	zigzag := func(b []byte, v int64) []byte { return binary.AppendUvarint(b, uint64(v<<1)^uint64(v>>63)) }
	b := zigzag([]byte{0x15}, p.kind)
	b = zigzag(append(b, 0x15), p.uncompressed)
	b = zigzag(append(b, 0x15), p.compressed)
	if p.hasCRC {
		b = zigzag(append(b, 0x15), int64(int32(p.crc)))
	}
	id := map[int64]byte{0: 5, 2: 7}[p.kind]
	last := byte(3)
	if p.hasCRC {
		last = 4
	}
	b = append(b, (id-last)<<4|wireStruct)
	b = zigzag(append(b, 0x15), p.values)
	b = zigzag(append(b, 0x15), p.encoding)
	if p.kind == 0 {
		b = zigzag(append(b, 0x15), encRLE)
		b = zigzag(append(b, 0x15), encRLE)
	}
	return append(append(b, 0, 0), p.body...)
}

func TestAPageIsRefusedForWhatItDeclares(t *testing.T) {
	eight := make([]byte, 80)
	good := handPage{0, 80, 80, 10, encPlain, eight, 0, false}
	with := func(change func(p *handPage)) handPage {
		p := good
		change(&p)
		return p
	}
	for name, tc := range map[string]struct {
		pages []handPage
		codec compress.Compression
		want  string
	}{
		"a gibibyte":                    {[]handPage{with(func(p *handPage) { p.uncompressed = 1 << 30 })}, compress.Codecs.Snappy, "it declares 1073741824 bytes, 80 compressed; at most 67108864 are read"},
		"a negative size":               {[]handPage{with(func(p *handPage) { p.uncompressed = -1 })}, compress.Codecs.Snappy, "it declares -1 bytes"},
		"more bytes than there are":     {[]handPage{with(func(p *handPage) { p.compressed = 81 })}, compress.Codecs.Uncompressed, "it declares 81 bytes where 80 are left"},
		"more rows than the row group":  {[]handPage{with(func(p *handPage) { p.values = 11 })}, compress.Codecs.Uncompressed, "it declares 11 values"},
		"a negative number of rows":     {[]handPage{with(func(p *handPage) { p.values = -1 })}, compress.Codecs.Uncompressed, "it declares -1 values"},
		"fewer rows than the row group": {[]handPage{with(func(p *handPage) { p.values = 9 })}, compress.Codecs.Uncompressed, "1 rows are missing at its end"},
		"a wrong checksum":              {[]handPage{with(func(p *handPage) { p.crc, p.hasCRC = 1, true })}, compress.Codecs.Uncompressed, "its checksum does not match"},
		"a snappy block of 4 GiB": {[]handPage{with(func(p *handPage) { p.body, p.compressed = []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, 6 })},
			compress.Codecs.Snappy, "it does not decompress: the page is cut short or damaged"},
		"an unknown encoding":         {[]handPage{with(func(p *handPage) { p.encoding = 77 })}, compress.Codecs.Uncompressed, "encoding 77 is not read"},
		"indices before a dictionary": {[]handPage{with(func(p *handPage) { p.encoding = encRLEDict })}, compress.Codecs.Uncompressed, "dictionary indices without a dictionary"},
		"an index outside": {[]handPage{{2, 8, 8, 1, encPlain, eight[:8], 0, false}, {0, 3, 3, 10, encRLEDict, []byte{1, 20, 1}, 0, false}},
			compress.Codecs.Uncompressed, "a value points outside the dictionary"},
		"two dictionaries": {[]handPage{{2, 8, 8, 1, encPlain, eight[:8], 0, false}, {2, 8, 8, 1, encPlain, eight[:8], 0, false}},
			compress.Codecs.Uncompressed, "a second dictionary"},
		"a dictionary after data": {[]handPage{with(func(p *handPage) { p.values = 5 }), {2, 8, 8, 1, encPlain, eight[:8], 0, false}},
			compress.Codecs.Uncompressed, "a dictionary after data"},
		"a dictionary larger than its page": {[]handPage{{2, 8, 8, 1 << 20, encPlain, eight[:8], 0, false}}, compress.Codecs.Uncompressed, "cut short or damaged"},
		"plain values that are too few":     {[]handPage{with(func(p *handPage) { p.body, p.compressed, p.uncompressed = eight[:72], 72, 72 })}, compress.Codecs.Uncompressed, "cut short or damaged"},
		// block of 2^40 values in one miniblock: a decoder would reserve memory for them
		"a delta block beyond memory": {[]handPage{with(func(p *handPage) {
			p.body = binary.AppendUvarint(nil, 1<<40)
			p.body = append(p.body, 1, 10, 0)
			p.encoding, p.compressed, p.uncompressed = encDelta, int64(len(p.body)), int64(len(p.body))
		})}, compress.Codecs.Uncompressed, "cut short or damaged"},
		"a delta page without values": {[]handPage{with(func(p *handPage) {
			p.body = []byte{128, 1, 4, 0, 0}
			p.encoding, p.compressed, p.uncompressed = encDelta, 5, 5
		})}, compress.Codecs.Uncompressed, "cut short or damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			var chunk []byte
			for _, p := range tc.pages {
				chunk = append(chunk, p.bytes()...)
			}
			as := double
			if tc.pages[0].encoding == encDelta {
				as = int64s
			}
			if err := readChunk(chunk, tc.codec, as); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
	if err := readChunk(good.bytes(), compress.Codecs.Uncompressed, double); err != nil {
		t.Errorf("the page that the cases change: %v", err)
	}
	sum := with(func(p *handPage) { p.crc, p.hasCRC = crc32.ChecksumIEEE(p.body), true })
	if err := readChunk(sum.bytes(), compress.Codecs.Uncompressed, double); err != nil {
		t.Errorf("a page with its checksum: %v", err)
	}
}

// readChunk reads ten required doubles, or whole numbers where the encoding is of those.
func readChunk(data []byte, codec compress.Compression, as carrier) error {
	f := &File{name: "x", r: bytes.NewReader(data), rows: 10,
		columns: []Column{{Name: "x", as: as, Type: as.natural()}},
		groups:  []group{{rows: 10, first: 1, chunks: []chunk{{to: int64(len(data)), codec: codec}}}}}
	r, err := f.Read(0, []int{0})
	if err != nil {
		return err
	}
	var b column.Batch
	for {
		if more, err := r.Next(&b); err != nil || !more {
			return err
		}
	}
}

func TestAFooterIsWalkedBeforeItIsDecoded(t *testing.T) {
	deep := bytes.Repeat([]byte{0x1c}, 100_000) // a struct in a struct in a struct
	huge := append([]byte{0x29, 0xfc}, binary.AppendUvarint(nil, 1<<40)...)
	wide := append([]byte{0x29, 0xfc}, binary.AppendUvarint(nil, maxColumns+2)...)
	wide = append(wide, make([]byte, maxColumns+2)...)
	for name, tc := range map[string]struct {
		footer []byte
		want   string
	}{
		"nested without end":           {deep, "the footer is cut short or damaged"},
		"a list longer than the file":  {huge, "the footer is cut short or damaged"},
		"more columns than anyone has": {wide, "the schema has 4098 elements; at most 4096 columns are read"},
	} {
		t.Run(name, func(t *testing.T) {
			file := append([]byte(magic), tc.footer...)
			file = binary.LittleEndian.AppendUint32(file, uint32(len(tc.footer)))
			file = append(file, magic...)
			if _, err := readAll(file); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestAFileSaysWhyItIsNoParquetFile(t *testing.T) {
	good := written(t, mixed, mixedTable(10), 10)
	patch := func(at int, b string) []byte {
		out := bytes.Clone(good)
		copy(out[(at+len(out))%len(out):], b)
		return out
	}
	for name, tc := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":                     {nil, "the file has 0 bytes; the smallest Parquet file has more"},
		"text":                        {[]byte("hardware_id,name\nx,y\n"), `it does not begin with "PAR1"`},
		"encrypted":                   {patch(-4, "PARE"), "the file is encrypted"},
		"a footer beyond the file":    {patch(-8, "\xff\xff\xff\x00"), fmt.Sprintf("it declares a footer of 16777215 bytes in a file of %d", len(good))},
		"a footer that is not Thrift": {patch(-9, "\xff"), "the footer is"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readAll(tc.file)
			if err == nil || !strings.HasPrefix(err.Error(), "x.parquet: not readable as Parquet: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func FuzzOpenAndRead(f *testing.F) {
	f.Add(written(f, mixed, mixedTable(40), 16))
	f.Add(smallFile(f, 20))
	f.Add([]byte("PAR1\x15\x04\x00\x00\x00\x00PAR1"))
	for _, file := range othersFiles(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := survey(file); err != nil {
			var inv *diag.Invalid
			if !errors.As(err, &inv) {
				t.Fatal(err)
			}
		}
	})
}
