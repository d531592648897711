package study

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// The amounts of the open edition under a hundred names each, as those of a large inventory: assessed, and written as tables.
func BenchmarkManyGroups(b *testing.B) {
	ctx := context.Background()
	var probs diag.List
	p, err := EmbeddedEdition(&probs).prepare(ctx, 0, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		b.Fatal(err)
	}
	defer p.close()
	run := &runState{space: &amounts.Space{}}
	p.startChecks()
	scan, err := engine.Scan(ctx, p.inventories(run), run.space, engine.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var groups []amounts.Group
	cells := 0
	err = scan.Groups(func(g *amounts.Group) error {
		for n := range 100 {
			names := slices.Clone(g.Names)
			names[0] = fmt.Sprintf("%s %d", names[0], n)
			groups = append(groups, amounts.Group{Inventory: g.Inventory, Names: names, Units: g.Units, Cells: slices.Clone(g.Cells)})
			cells += len(g.Cells)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	assessed := func() *result {
		res := &result{assessment: p.newAssessment(run.space, &Options{}), shown: p.newShown()}
		for i := range groups {
			if err := res.group(&groups[i]); err != nil {
				b.Fatal(err)
			}
		}
		if err := res.done(); err != nil {
			b.Fatal(err)
		}
		return res
	}
	b.Run("assess", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			assessed()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(cells), "ns/cell")
	})
	b.Run("write", func(b *testing.B) {
		res := assessed()
		b.ReportAllocs()
		for b.Loop() {
			for _, write := range []func(io.Writer) error{p.writeImpacts(res), p.writeIntensities(res)} {
				if err := write(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(res.impacts.count+res.intensities.count), "ns/row")
	})
}
