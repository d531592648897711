package amounts

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"

	"github.com/ai-impact-observatory/ailca/lca/scratch"
)

// run is a part of a scratch file that holds groups in the order of their names, each with its blocks. It is good within one program, for it holds
// numbers of the run's space:
//
//	group   names: how many, then each; blocks: how many, then each
//	block   status, year, units, sums: how many, then each
//	sum     2 × bundle, and 1 more where it left its range; 24 bytes; rows; file and row of the first; where spreads are kept 88 bytes
//
// Numbers are written as Uvarint, texts with their length before them.
type run struct {
	file     *scratch.File
	from, to int64
	spread   bool
}

// Spill writes the cells to a file in a folder, in which further ones follow, and empties them: groups are to be added anew, parts and shapes stay.
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
	c.runs = append(c.runs, run{c.spill, c.size, c.size + w.size, c.Spread})
	c.size += w.size
	c.names, c.neighbours, c.slab, c.bytes = nil, nil, nil, 0
	clear(c.blocks)
	c.staged = staged{} // as large as what has gone; the ranges of groups are others
	return nil
}

// Restart forgets parts and shapes, where there are no groups.
func (c *Cells) Restart() {
	*c = Cells{Memory: c.Memory, Spread: c.Spread, spill: c.spill, size: c.size, runs: c.runs}
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
	for _, f := range t.files {
		errs = append(errs, f.Close())
	}
	t.lists, t.files = nil, nil
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
		spreads := b.block.spreads()
		for i := range b.block.entries {
			e := &b.block.entries[i]
			bundle := 2 * uint64(e.bundle)
			if b.block.isOver(e.bundle) {
				bundle++
			}
			s.number(bundle)
			s.buffer, _ = e.sum.AppendBinary(s.buffer) // it has no error
			s.number(uint64(e.rows))
			s.number(uint64(e.file))
			s.number(uint64(e.row))
			if spreads != nil {
				s.buffer = spreads[i].append(s.buffer)
			}
		}
	}
	n, _ := s.w.Write(s.buffer)
	s.size += int64(n)
	s.buffer = s.buffer[:0]
}

// runWalk goes through a run.
type runWalk struct {
	r      io.Reader
	window []byte // read, and not looked at yet
	buffer []byte
	spread bool // sums have theirs
	ended  bool
	short  bool // something was asked for that is not there
	name   []string
	held   []heldBlock
	failed error
}

// walk begins a run, of which so many are read at a time.
func (r *run) walk(runs int) *runWalk {
	return &runWalk{r: io.NewSectionReader(r.file, r.from, r.to-r.from), buffer: make([]byte, min(max(32<<20/runs, 1<<12), 1<<18)), spread: r.spread}
}

func (w *runWalk) names() []string     { return w.name }
func (w *runWalk) blocks() []heldBlock { return w.held }

func (w *runWalk) next() (bool, error) {
	if w.need(1); w.failed != nil || len(w.window) == 0 {
		return false, w.failed
	}
	w.name = w.name[:0]
	for range w.number() {
		w.name = append(w.name, w.text())
	}
	w.held = nil // the group's blocks may be held when the walk is at the next
	for range w.number() {
		h := heldBlock{part: Part{Status: Status(w.number()), Year: int32(w.number()), Units: w.text()}, block: &Block{}}
		h.block.entries = make([]entry, w.number())
		if w.spread {
			h.block.more = &more{spreads: make([]Spread, len(h.block.entries))}
		}
		for i := range h.block.entries {
			w.entry(h.block, i)
		}
		w.held = append(w.held, h)
	}
	if w.failed == nil && w.ended && w.short {
		w.failed = io.ErrUnexpectedEOF
	}
	return w.failed == nil, w.failed
}

// maxEntry is above what an entry takes: five numbers, a sum and a spread.
const maxEntry = 5*binary.MaxVarintLen64 + 24 + spreadBytes

func (w *runWalk) entry(b *Block, i int) {
	e := &b.entries[i]
	w.need(maxEntry)
	bundle := w.number()
	if e.bundle = int32(bundle / 2); bundle&1 == 1 {
		b.markOver(e.bundle)
	}
	if sum := w.take(24); sum != nil {
		if err := e.sum.UnmarshalBinary(sum); err != nil && w.failed == nil {
			w.failed = err
		}
	}
	e.rows, e.file, e.row = int64(w.number()), int32(w.number()), int64(w.number())
	if !w.spread {
		return
	}
	if spread := w.take(spreadBytes); spread != nil {
		if err := b.more.spreads[i].read(spread); err != nil && w.failed == nil {
			w.failed = err
		}
	}
}

// need reads on where less than so many bytes are there. At the run's end there may be fewer.
func (w *runWalk) need(n int) {
	if len(w.window) >= n || w.ended {
		return
	}
	if n > len(w.buffer) {
		w.buffer = append(make([]byte, 0, n), w.window...)[:n]
		w.window = w.buffer[:len(w.window)]
	}
	have := copy(w.buffer, w.window)
	k, err := io.ReadFull(w.r, w.buffer[have:])
	w.window = w.buffer[:have+k]
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		w.ended = true
	} else if err != nil && w.failed == nil {
		w.failed = err
	}
}

// take gives the next bytes; nil, and an error, where there are fewer.
func (w *runWalk) take(n int) []byte {
	if w.need(n); len(w.window) < n {
		w.short = true
		w.window = nil
		return nil
	}
	b := w.window[:n]
	w.window = w.window[n:]
	return b
}

// number reads a number; 0 after an error, so that nothing is made of what is no number.
func (w *runWalk) number() uint64 {
	if len(w.window) < binary.MaxVarintLen64 {
		w.need(binary.MaxVarintLen64)
	}
	n, k := binary.Uvarint(w.window)
	if k <= 0 {
		w.short, w.window = true, nil
		return 0
	}
	w.window = w.window[k:]
	return n
}

func (w *runWalk) text() string { return string(w.take(int(w.number()))) }
