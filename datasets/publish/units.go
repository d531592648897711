package publish

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

//go:embed units.csv
var unitsText string

// ucum gives each unit of the kinds in the Unified Code for Units of Measure, which other programs read.
var ucum = sync.OnceValue(func() map[string]string {
	records, err := csv.NewReader(strings.NewReader(unitsText)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program
	}
	out := map[string]string{}
	for _, r := range records[1:] {
		out[r[0]] = r[1]
	}
	return out
})
