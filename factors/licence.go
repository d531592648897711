package factors

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

// Licence is a row of the registry of licences.
type Licence struct {
	ID           string // SPDX identifier, or a word of ours where there is none
	Name         string
	Redistribute string // yes, share-alike (under the same licence alone) or no
	Attribution  bool   // the source must be named
	URL          string // of its text; empty where there is none
}

//go:embed licences.csv
var licencesText []byte

// Licences returns the registry of licences.
var Licences = sync.OnceValue(func() []Licence {
	records, err := csv.NewReader(bytes.NewReader(licencesText)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program
	}
	var out []Licence
	for _, r := range records[1:] {
		out = append(out, Licence{r[0], r[1], r[2], r[3] == "yes", r[4]})
	}
	return out
})

// LicenceNamed finds a licence of the registry.
func LicenceNamed(id string) (Licence, bool) {
	for _, l := range Licences() {
		if l.ID == id {
			return l, true
		}
	}
	return Licence{}, false
}

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
