package study

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca/scratch"
)

// shelf holds the rows of a result table as records of a fixed size, in bins that are read one after the other. Whoever fills it puts each row into the
// bin of those columns that sort first, in the order of those that sort next: so nothing is ever sorted, and a table may be far larger than memory.
//
// Beyond its budget the shelf moves what it holds into one temporary file. The zero value with a size is ready and has no budget.
type shelf struct {
	size   int    // bytes of a record
	budget int64  // bytes that are held in memory; 0: without bound
	dir    string // of the temporary file; empty: the system's

	bins []*bin
	held int64
	file *scratch.File
	end  int64
}

// bin holds records in their order: first those in the file.
type bin struct {
	blocks []block
	chunks [][]byte
}

// block is a run of records in the file.
type block struct{ at, length int64 }

const (
	firstChunk = 16      // records of a bin's first chunk of memory; each next one is twice as large
	largeChunk = 1 << 12 // up to this
)

// add makes a bin.
func (s *shelf) add() *bin {
	b := &bin{}
	s.bins = append(s.bins, b)
	return b
}

// put appends a record to a bin and returns its bytes, to be filled before the next call.
func (s *shelf) put(b *bin) ([]byte, error) {
	last := len(b.chunks) - 1
	if last < 0 || len(b.chunks[last]) == cap(b.chunks[last]) {
		n := firstChunk * s.size
		if last >= 0 {
			n = min(2*cap(b.chunks[last]), largeChunk*s.size)
		}
		if s.budget > 0 && s.held > 0 && s.held+int64(n) > s.budget {
			if err := s.spill(); err != nil {
				return nil, fmt.Errorf("moving result rows to a temporary file: %w", err)
			}
			n = firstChunk * s.size
		}
		s.held += int64(n)
		b.chunks = append(b.chunks, make([]byte, 0, n))
		last = len(b.chunks) - 1
	}
	c := b.chunks[last]
	b.chunks[last] = c[:len(c)+s.size]
	return b.chunks[last][len(c):], nil
}

// spill moves all records into the file.
func (s *shelf) spill() error {
	if s.file == nil {
		f, err := scratch.Create(s.dir)
		if err != nil {
			return err
		}
		s.file = f
	}
	for _, b := range s.bins {
		if len(b.chunks) == 0 {
			continue
		}
		at := s.end
		for _, c := range b.chunks {
			if _, err := s.file.WriteAt(c, s.end); err != nil {
				return err
			}
			s.end += int64(len(c))
		}
		b.blocks = append(b.blocks, block{at, s.end - at})
		b.chunks = nil
	}
	s.held = 0
	return nil
}

// each visits a bin's records in their order. A record is good until visit returns.
func (s *shelf) each(b *bin, visit func(record []byte) error) error {
	all := func(records []byte) error {
		for ; len(records) > 0; records = records[s.size:] {
			if err := visit(records[:s.size:s.size]); err != nil {
				return err
			}
		}
		return nil
	}
	var window []byte
	for _, k := range b.blocks {
		if window == nil {
			window = make([]byte, largeChunk*s.size)
		}
		for k.length > 0 {
			w := window[:min(k.length, int64(len(window)))]
			if _, err := s.file.ReadAt(w, k.at); err != nil {
				return fmt.Errorf("reading result rows from a temporary file: %w", err)
			}
			if err := all(w); err != nil {
				return err
			}
			k.at, k.length = k.at+int64(len(w)), k.length-int64(len(w))
		}
	}
	for _, c := range b.chunks {
		if err := all(c); err != nil {
			return err
		}
	}
	return nil
}

// close lets go of the file. It may be called more than once.
func (s *shelf) close() {
	if s.file == nil {
		return
	}
	s.file.Close()
	s.file = nil
}
