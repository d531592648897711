package parquet

import (
	"fmt"
	"io"
	"unsafe"
)

// pageBuffer is memory that is used again and again.
type pageBuffer struct {
	b       []byte
	charged int // bytes of it that count against what a Reader may hold
}

// sized gives the buffer a length. What a Reader holds is counted by what it asked for, not by what the memory happens to have room for,
// so that a file that is too large is so each time.
func (b *pageBuffer) sized(n int, held *int) ([]byte, error) {
	if n > b.charged {
		if err := charge(held, n-b.charged); err != nil {
			return nil, err
		}
		b.charged = n
	}
	if n > cap(b.b) {
		b.b = make([]byte, n)
	}
	b.b = b.b[:n]
	return b.b, nil
}

// maxSpared is the largest piece of memory, in bytes, that outlives the Reader that needed it.
const maxSpared = 4 << 20

// spared is a slice's memory, empty, unless it is large.
func spared[T any](s []T) []T {
	var v T
	if uintptr(cap(s))*unsafe.Sizeof(v) > maxSpared {
		return nil
	}
	return s[:0]
}

// charge adds bytes to what a Reader holds.
func charge(held *int, n int) error {
	if *held += n; *held > maxHeld {
		return fmt.Errorf("the pages read at a time hold more than %d bytes", maxHeld)
	}
	return nil
}

// window shows a stretch of a file, from pos to end, and reads ahead: many pages by one call.
type window struct {
	r        io.ReaderAt
	pos, end int64
	ahead    int64 // bytes to read at once
	held     *int  // bytes that all columns of the reader hold
	buffer   pageBuffer
	from     int64 // what the buffer holds begins here in the file
}

// peek returns the n bytes at pos, which must not reach beyond end. They are good until the next call.
func (w *window) peek(n int64) ([]byte, error) {
	var known []byte
	if at := w.pos - w.from; at >= 0 && at <= int64(len(w.buffer.b)) {
		known = w.buffer.b[at:]
	}
	if int64(len(known)) >= n {
		return known[:n], nil
	}
	b, err := w.buffer.sized(int(max(n, min(w.ahead, w.end-w.pos))), w.held)
	if err != nil {
		return nil, err
	}
	have := copy(b, known)
	w.from = w.pos
	if err := readFull(w.r, b[have:], w.pos+int64(have)); err != nil {
		w.buffer.b = b[:have]
		return nil, err
	}
	return b[:n], nil
}
