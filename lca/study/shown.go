package study

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/reports"
)

// shown gathers, while the result tables are written, what the report is made of: its size does not grow with theirs.
type shown struct {
	totals  *reports.Totals
	entries *reports.Entries

	mu    sync.Mutex                 // the tables are written at the same time
	items map[string]map[string]bool // by kind, for kinds whose rows are listed by name: items that have a result
}

func (p *plan) newShown() *shown {
	s := &shown{totals: &reports.Totals{Year: p.study.Year}, entries: &reports.Entries{}, items: map[string]map[string]bool{}}
	for _, k := range p.kinds {
		if k.inventory.TotalRows() <= maxListed && p.study.inGroup("item") {
			s.items[k.kind.Name] = map[string]bool{}
		}
	}
	return s
}

// holdings tells how many items stand in the totals, by name.
func (t *impactTable) holdings() (out []reports.Holding) {
	for k, c := range t.items {
		out = append(out, reports.Holding{Perspective: lca.Words().Perspectives[k.perspective].Name, Kind: t.p.kinds[k.kind].kind.Name, Now: c.now, Ever: c.ever})
	}
	slices.SortFunc(out, func(a, b reports.Holding) int {
		return cmp.Or(strings.Compare(a.Perspective, b.Perspective), strings.Compare(a.Kind, b.Kind))
	})
	return out
}

func (s *shown) impact(row *lca.Impact) {
	s.totals.Add(row)
	s.has(row.Kind, row.Item)
}

func (s *shown) intensity(row *lca.Intensity) {
	s.entries.Add(row)
	s.has(row.Kind, row.Item)
}

func (s *shown) has(kind, item string) {
	if items := s.items[kind]; items != nil {
		s.mu.Lock()
		items[item] = true
		s.mu.Unlock()
	}
}
