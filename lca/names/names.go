// Package names is the registry of what inventories and factor packs refer to by a code: which codes there are, what else they are
// called, and what is part of what.
package names

import (
	_ "embed"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// World is the code of the region that holds all others. It has no parent.
const World = "WOR"

//go:embed regions.csv
var regionsText []byte

// Regions returns the embedded registry of regions. It is shared and immutable.
var Regions = sync.OnceValue(func() *RegionTable {
	var probs diag.List
	table := LoadRegions("lca/names/regions.csv", regionsText, &probs)
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return table
})
