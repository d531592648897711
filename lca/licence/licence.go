// Package licence is the registry of licences under which figures come: of factors and of inventories alike.
package licence

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

// Licence is a row of the registry.
type Licence struct {
	ID           string // SPDX identifier, or a word of ours where there is none
	Name         string
	Redistribute string // yes, share-alike (under the same licence alone) or no
	Attribution  bool   // the source must be named
	URL          string // of its text; empty where there is none
}

//go:embed licences.csv
var text []byte

// All returns the registry. The slice is shared: do not change it.
var All = sync.OnceValue(func() []Licence {
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program
	}
	var out []Licence
	for _, r := range records[1:] {
		out = append(out, Licence{r[0], r[1], r[2], r[3] == "yes", r[4]})
	}
	return out
})

// Named finds a licence of the registry.
func Named(id string) (Licence, bool) {
	for _, l := range All() {
		if l.ID == id {
			return l, true
		}
	}
	return Licence{}, false
}

// IDs lists what may stand in a column of licences.
func IDs() []string {
	var out []string
	for _, l := range All() {
		out = append(out, l.ID)
	}
	return out
}

// SPDX reports whether the licence's id is an SPDX identifier, not a word of ours.
func (l *Licence) SPDX() bool {
	return !strings.Contains(l.ID, " ") && !strings.HasPrefix(l.ID, "LicenseRef-")
}

// Forbids reports whether a licence does not let everyone pass the data on.
func (l *Licence) Forbids() bool { return l.Redistribute == "no" }

// ShareAlike reports whether what builds on the data is shared under the same licence alone.
func (l *Licence) ShareAlike() bool { return l.Redistribute == "share-alike" }
