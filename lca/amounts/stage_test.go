package amounts

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/scratch"
)

// capacity is how many words of memory there are for what waits, used or not.
func (s *staged) capacity() (words int) {
	for _, p := range s.partitions {
		words += cap(p)
	}
	return words
}

func TestRowsInTheOrderOfTheirGroupsNeedNoMoreMemoryThanOthers(t *testing.T) {
	c := &Cells{Memory: 64 << 20}
	var space Space
	shape := c.Shape(Shape{Part: c.Part(Part{Year: 2024}), Sums: []ShapeSum{{Bundle: space.Bundles.ID([]Target{{}}), Value: 0}}})
	const groups, each = 1 << 16, 256
	for g := range groups {
		c.Group([]string{fmt.Sprint(g)}, 0)
	}
	// every group has a cell already
	r := Rows{}
	add := func(g, n int) {
		r.Shapes, r.Groups, r.At, r.Values = r.Shapes[:0], r.Groups[:0], r.At[:0], [][]float64{nil}
		for range n {
			r.Shapes, r.Groups, r.At, r.Values[0] = append(r.Shapes, shape), append(r.Groups, int32(g)), append(r.At, 1), append(r.Values[0], 1)
		}
		c.AddRows(&r)
	}
	for g := range groups {
		add(g, 1)
	}
	c.Settle()
	for g := range groups {
		add(g, each)
	}
	if got, most := 8*c.staged.capacity(), c.Memory; got > most {
		t.Errorf("what waits holds %d MiB, of %d for all", got>>20, most>>20)
	}
}

// Where the first amounts cannot be written, as on a disk that is full, the file must not stay open.
func TestAFileToWhichNothingCouldBeWrittenIsClosed(t *testing.T) {
	name := filepath.Join(t.TempDir(), "full")
	if err := os.WriteFile(name, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name) // not for writing
	if err != nil {
		t.Fatal(err)
	}
	var space Space
	c := &Cells{spill: &scratch.File{File: f}}
	if err := c.Block(c.Part(Part{Year: 2024}), c.Group(nil, 0)).Add(space.Bundles.ID([]Target{{}}), 0, 1, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.Spill(""); err == nil {
		t.Fatal("it was written")
	}
	table := Table{Space: &space}
	table.Add(0, c)
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Stat(); err == nil {
		t.Error("the file is open")
	}
}
