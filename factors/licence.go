package factors

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/licence"
)

// Licence is a row of the registry of licences.
type Licence = licence.Licence

// Licences returns the registry of licences, LicenceNamed finds one of them.
var (
	Licences     = licence.All
	LicenceNamed = licence.Named
)

// LicenceUse is what a pack holds under a licence.
type LicenceUse struct {
	Licence
	Known  bool     // the registry has it
	Tables []string // files with rows of it, in the order of the pack
	Rows   int
}

// LicenceUses lists the licences of a pack's rows in the order of their first row. Derived rows are under those of the rows they were computed from.
func (p *Pack) LicenceUses() []LicenceUse {
	var out []LicenceUse
	by := map[string]int{}
	seen := map[[2]string]bool{}
	for i := range p.Rows {
		r := &p.Rows[i]
		if r.Derived != nil {
			continue
		}
		at, ok := by[r.Licence]
		if !ok {
			at = len(out)
			by[r.Licence] = at
			l, known := LicenceNamed(r.Licence)
			if l.ID = r.Licence; !known {
				l.Redistribute = "unknown"
			}
			out = append(out, LicenceUse{Licence: l, Known: known})
		}
		out[at].Rows++
		if key := [2]string{r.Licence, r.table.shown}; !seen[key] {
			seen[key] = true
			out[at].Tables = append(out[at].Tables, strings.TrimPrefix(r.table.File, "./"))
		}
	}
	return out
}
