package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/metadata"
)

const magic = "PAR1"

// open reads and checks everything that can be checked without decoding a page.
func (f *File) open(size int64) error {
	footer, end, err := readFooter(f.r, size)
	if err != nil {
		return err
	}
	if err := scanFooter(footer); err != nil {
		return err
	}
	md, err := metadata.NewFileMetaData(footer, nil)
	if err != nil {
		return fmt.Errorf("the footer is damaged (%v)", err)
	}
	if md.IsSetEncryptionAlgorithm() {
		return errors.New("the file is encrypted")
	}
	for _, kv := range md.GetKeyValueMetadata() {
		f.meta = append(f.meta, KeyValue{kv.GetKey(), kv.GetValue()})
	}
	if err := f.readSchema(md); err != nil {
		return err
	}
	return f.readGroups(md, end)
}

// readFooter returns the footer's bytes and where in the file they begin.
func readFooter(r io.ReaderAt, size int64) ([]byte, int64, error) {
	if size < 12 {
		return nil, 0, fmt.Errorf("the file has %d bytes; the smallest Parquet file has more", size)
	}
	var head [4]byte
	var tail [8]byte
	if err := readFull(r, head[:], 0); err != nil {
		return nil, 0, err
	}
	if err := readFull(r, tail[:], size-8); err != nil {
		return nil, 0, err
	}
	switch end := string(tail[4:]); {
	case end == "PARE":
		return nil, 0, errors.New("the file is encrypted")
	case string(head[:]) != magic:
		return nil, 0, errors.New(`it does not begin with "PAR1"`)
	case end != magic:
		return nil, 0, errors.New(`it does not end with "PAR1": the file is cut short`)
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	if n > size-12 || n > maxFooter {
		return nil, 0, fmt.Errorf("it declares a footer of %d bytes in a file of %d", n, size)
	}
	footer := make([]byte, n)
	return footer, size - 8 - n, readFull(r, footer, size-8-n)
}

func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading %d bytes at %d: %w", len(b), at, err)
}

// readSchema accepts flat schemas only.
func (f *File) readSchema(md *metadata.FileMetaData) error {
	root := md.Schema.Root()
	n := md.Schema.NumColumns()
	if n == 0 || n > maxColumns {
		return fmt.Errorf("the file has %d columns", n)
	}
	seen := make(map[string]bool, n)
	for i := range root.NumFields() {
		if root.Field(i).Name() == "" {
			return errors.New("a column has no name")
		}
		if seen[root.Field(i).Name()] {
			return fmt.Errorf("two columns are named %q", root.Field(i).Name())
		}
		seen[root.Field(i).Name()] = true
	}
	for i := range n {
		c := md.Schema.Column(i)
		if i >= root.NumFields() || c.Path() != root.Field(i).Name() || c.MaxRepetitionLevel() != 0 || c.MaxDefinitionLevel() > 1 {
			return fmt.Errorf("the column %q is nested or repeated; only flat columns are read", c.Path())
		}
		if c.PhysicalType() < parquet.Types.Boolean || c.PhysicalType() > parquet.Types.FixedLenByteArray {
			return fmt.Errorf("the column %q has an unknown type", c.Name())
		}
		out := Column{Name: c.Name(), Physical: c.PhysicalType().String(), Logical: "none", Nullable: c.MaxDefinitionLevel() == 1, schema: c}
		if l := c.LogicalType(); l != nil && !l.IsNone() {
			out.Logical = l.String()
		}
		out.as, out.scale, out.Hint = classify(c)
		if (out.as == decimal32 || out.as == decimal64) && (out.scale < 0 || out.scale > 18) {
			out.as, out.Hint = foreign, "a DECIMAL of 0 to 18 places is read"
		}
		out.Type = out.as.natural()
		out.Unit, _ = f.Lookup(UnitKey(out.Name))
		f.columns = append(f.columns, out)
	}
	return nil
}

// codecs are the compressions that are read.
var codecs = map[compress.Compression]bool{
	compress.Codecs.Uncompressed: true, compress.Codecs.Snappy: true, compress.Codecs.Gzip: true,
	compress.Codecs.Zstd: true, compress.Codecs.Brotli: true,
}

// readGroups checks that every row group has every column, that their row counts agree with each other and with the file's, and
// that each chunk lies between the magic and the footer.
func (f *File) readGroups(md *metadata.FileMetaData, footer int64) error {
	for g, rg := range md.GetRowGroups() {
		fault := func(format string, args ...any) error {
			return fmt.Errorf("row group %d: %s", g+1, fmt.Sprintf(format, args...))
		}
		rows := rg.GetNumRows()
		if rows < 0 || rows > maxRows-f.rows {
			return fault("it declares %d rows", rows)
		}
		if len(rg.GetColumns()) != len(f.columns) {
			return fault("it has %d columns, the file %d", len(rg.GetColumns()), len(f.columns))
		}
		out := group{rows: rows, first: f.rows + 1}
		for i, cc := range rg.GetColumns() {
			name := f.columns[i].Name
			m := cc.MetaData
			switch {
			case m == nil:
				return fault("the column %q has no metadata", name)
			case cc.IsSetFilePath():
				return fault("the column %q lies in another file", name)
			case len(m.GetPathInSchema()) != 1 || m.GetPathInSchema()[0] != name:
				return fault("column %d is not %q", i+1, name)
			case parquet.Type(m.GetType()) != f.columns[i].schema.PhysicalType():
				return fault("the column %q is %s, in the schema %s", name, parquet.Type(m.GetType()), f.columns[i].Physical)
			case m.GetNumValues() != rows:
				return fault("the column %q has %d values in %d rows", name, m.GetNumValues(), rows)
			case !codecs[compress.Compression(m.GetCodec())]:
				return fault("the column %q is compressed by %s; write SNAPPY, ZSTD, GZIP or BROTLI", name, m.GetCodec())
			}
			from := m.GetDataPageOffset()
			if m.IsSetDictionaryPageOffset() && m.GetDictionaryPageOffset() > 0 && m.GetDictionaryPageOffset() < from {
				from = m.GetDictionaryPageOffset()
			}
			size := m.GetTotalCompressedSize()
			if from < 4 || size < 0 || from > footer || size > footer-from {
				return fault("the column %q lies outside the file", name)
			}
			ch := chunk{from: from, to: from + size, codec: compress.Compression(m.GetCodec())}
			if s := m.GetStatistics(); s != nil {
				ch.claims = claimsOf(s)
			}
			out.chunks = append(out.chunks, ch)
		}
		f.groups = append(f.groups, out)
		f.rows += rows
	}
	if f.rows != md.GetNumRows() {
		return fmt.Errorf("the row groups have %d rows, the footer says %d", f.rows, md.GetNumRows())
	}
	return nil
}
