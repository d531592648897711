package amounts

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/scratch"
)

// run is a part of a scratch file that holds groups in the order of their names, each with its blocks. It is good within one program, for it holds
// numbers of the run's space:
//
//	group   names: how many, then each; blocks: how many, then each
//	block   status, year, units, sums: how many, then each
//	sum     2 × bundle, and 1 more where it left its range; 24 bytes; rows; file and row of the first
//
// Numbers are written as Uvarint, texts with their length before them.
type run struct {
	file     *scratch.File
	from, to int64
}

// Spill writes the cells to a file in a folder, in which further ones follow, and empties them: groups, parts and shapes are to be added anew.
func (c *Cells) Spill(dir string) error {
	c.Settle()
	if c.spill == nil {
		f, err := scratch.Create(dir)
		if err != nil {
			return err
		}
		c.spill = f
	}
	w := &spiller{w: bufio.NewWriterSize(io.NewOffsetWriter(c.spill, c.size), 1<<18)}
	for walk := c.walk(); ; {
		more, err := walk.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		w.group(walk.names(), walk.blocks())
	}
	if err := w.w.Flush(); err != nil {
		return err
	}
	c.runs = append(c.runs, run{c.spill, c.size, c.size + w.size})
	*c = Cells{spill: c.spill, size: c.size + w.size, runs: c.runs}
	return nil
}

// Close lets go of what was spilled.
func (c *Cells) Close() error {
	if c.spill == nil {
		return nil
	}
	err := c.spill.Close()
	c.spill, c.runs = nil, nil
	return err
}

// Close lets go of what was spilled of all cells.
func (t *Table) Close() error {
	var errs []error
	closed := map[*scratch.File]bool{}
	for _, l := range t.lists {
		if l.run != nil && !closed[l.run.file] {
			closed[l.run.file] = true
			errs = append(errs, l.run.file.Close())
		}
	}
	t.lists = nil
	return errors.Join(errs...)
}

// spiller writes groups. Errors stay in the writer until it is flushed.
type spiller struct {
	w      *bufio.Writer
	size   int64
	buffer []byte
}

func (s *spiller) number(n uint64) { s.buffer = binary.AppendUvarint(s.buffer, n) }

func (s *spiller) text(t string) {
	s.number(uint64(len(t)))
	s.buffer = append(s.buffer, t...)
}

func (s *spiller) group(names []string, blocks []heldBlock) {
	s.number(uint64(len(names)))
	for _, n := range names {
		s.text(n)
	}
	s.number(uint64(len(blocks)))
	for _, b := range blocks {
		s.number(uint64(b.part.Status))
		s.number(uint64(b.part.Year))
		s.text(b.part.Units)
		s.number(uint64(len(b.block.entries)))
		for i := range b.block.entries {
			e := &b.block.entries[i]
			bundle := 2 * uint64(e.bundle)
			if b.block.over[e.bundle] {
				bundle++
			}
			s.number(bundle)
			s.buffer, _ = e.sum.AppendBinary(s.buffer) // it has no error
			s.number(uint64(e.rows))
			s.number(uint64(e.file))
			s.number(uint64(e.row))
		}
	}
	n, _ := s.w.Write(s.buffer)
	s.size += int64(n)
	s.buffer = s.buffer[:0]
}

// runWalk goes through a run.
type runWalk struct {
	r      *bufio.Reader
	name   []string
	held   []heldBlock
	failed error
}

// walk begins a run, of which so many are read at a time.
func (r *run) walk(runs int) *runWalk {
	return &runWalk{r: bufio.NewReaderSize(io.NewSectionReader(r.file, r.from, r.to-r.from), min(max(32<<20/runs, 1<<12), 1<<18))}
}

func (w *runWalk) names() []string     { return w.name }
func (w *runWalk) blocks() []heldBlock { return w.held }

func (w *runWalk) next() (bool, error) {
	n, err := binary.ReadUvarint(w.r)
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	w.name = w.name[:0]
	for range n {
		w.name = append(w.name, w.text())
	}
	w.held = nil // the group's blocks may be held when the walk is at the next
	for range w.number() {
		h := heldBlock{part: Part{Status: Status(w.number()), Year: int32(w.number()), Units: w.text()}, block: &Block{}}
		h.block.entries = make([]entry, w.number())
		for i := range h.block.entries {
			w.entry(h.block, &h.block.entries[i])
		}
		w.held = append(w.held, h)
	}
	return w.failed == nil, w.failed
}

func (w *runWalk) entry(b *Block, e *entry) {
	bundle := w.number()
	if e.bundle = int32(bundle / 2); bundle&1 == 1 {
		if b.over == nil {
			b.over = map[int32]bool{}
		}
		b.over[e.bundle] = true
	}
	var sum [24]byte
	if _, err := io.ReadFull(w.r, sum[:]); err != nil {
		w.fail(err)
	} else if err := e.sum.UnmarshalBinary(sum[:]); err != nil && !errors.Is(err, exact.ErrOverflow) {
		w.fail(err)
	}
	e.rows, e.file, e.row = int64(w.number()), int32(w.number()), int64(w.number())
}

func (w *runWalk) fail(err error) {
	if w.failed == nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		w.failed = err
	}
}

// number reads a number; 0 after an error, so that nothing is made of what is no number.
func (w *runWalk) number() uint64 {
	if w.failed != nil {
		return 0
	}
	n, err := binary.ReadUvarint(w.r)
	if err != nil {
		w.fail(err)
		return 0
	}
	return n
}

func (w *runWalk) text() string {
	b := make([]byte, w.number())
	if _, err := io.ReadFull(w.r, b); err != nil {
		w.fail(err)
	}
	return string(b)
}
