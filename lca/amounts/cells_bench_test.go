package amounts

import (
	"math/rand/v2"
	"testing"
)

// Adding up rows of many patterns in no order: each adds six of 22 sums of one of 25,000 blocks.
func BenchmarkCells(b *testing.B) {
	b.Run("Sums", func(b *testing.B) { benchmarkCells(b, false) })
	b.Run("Spread", func(b *testing.B) { benchmarkCells(b, true) })
}

func benchmarkCells(b *testing.B, spread bool) {
	const rows, groups, bundles, sums = 4096, 25_000, 22, 6
	r := rand.New(rand.NewPCG(3, 4))
	batches := make([]Rows, 500)
	for i := range batches {
		for range 136 {
			batches[i].Groups = append(batches[i].Groups, int32(r.IntN(groups)))
			batches[i].At = append(batches[i].At, int32(len(batches[i].At)))
			batches[i].Shapes = append(batches[i].Shapes, int32(r.IntN(bundles)))
		}
	}
	each := make([]float64, rows)
	for i := range each {
		each[i] = r.Float64()
	}
	c := &Cells{Spread: spread}
	for range groups {
		c.Group(nil, 0)
	}
	part := c.Part(Part{})
	for i := range int32(bundles) {
		shape := Shape{Part: part}
		for s := range int32(sums) {
			shape.Sums = append(shape.Sums, ShapeSum{Bundle: (i*7 + s) % bundles, Value: s})
		}
		c.Shape(shape)
	}
	for i := 0; b.Loop(); i++ {
		x := &batches[i%len(batches)]
		x.Values = [][]float64{each, each, each, each, each, each}
		c.AddRows(x)
	}
	c.Settle()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/136, "ns/row")
}
