package parquet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/klauspost/compress/zstd"
)

// unzstd decodes within the limit of a page, whatever a frame declares. A Decoder is safe for concurrent DecodeAll.
var unzstd = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxPage), zstd.WithDecoderConcurrency(1))
})

// decompress fills dst, whose length is the size that the page declares; a page of any other size is an error. Memory beyond dst
// is bounded by the codec's window.
func decompress(codec compress.Compression, dst, src []byte) error {
	switch codec {
	case compress.Codecs.Uncompressed:
		if len(src) != len(dst) {
			return errShort
		}
		copy(dst, src)
		return nil
	case compress.Codecs.Snappy:
		// The decoder allocates what the block's own header says, so that is looked at first.
		n, k := binary.Uvarint(src)
		if k <= 0 || n != uint64(len(dst)) {
			return errShort
		}
		c, err := compress.GetCodec(codec)
		if err != nil {
			return err
		}
		if len(dst) > 0 { // it panics on a corrupt block; Reader recovers
			copy(dst, c.Decode(dst, src))
		}
		return nil
	case compress.Codecs.Zstd:
		d, err := unzstd()
		if err != nil {
			return err
		}
		out, err := d.DecodeAll(src, dst[:0])
		if err != nil {
			return err
		}
		if len(out) != len(dst) {
			return errShort
		}
		copy(dst, out)
		return nil
	case compress.Codecs.Gzip:
		r, err := gzip.NewReader(bytes.NewReader(src))
		if err != nil {
			return err
		}
		return exactly(r, dst)
	case compress.Codecs.Brotli:
		c, err := compress.GetCodec(codec)
		if err != nil {
			return err
		}
		return exactly(c.NewReader(bytes.NewReader(src)), dst)
	}
	return fmt.Errorf("compression %s is not read", codec)
}

// exactly reads a stream that must end where dst does.
func exactly(r io.Reader, dst []byte) error {
	if _, err := io.ReadFull(r, dst); err != nil {
		return errShort
	}
	var more [1]byte
	if n, _ := r.Read(more[:]); n != 0 {
		return errShort
	}
	return nil
}
