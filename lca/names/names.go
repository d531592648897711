// Package names is the registry of what inventories and factor packs refer to by a code or an id: which there are, what else they are
// called, and what is part of what. Regions have a table of their own; hardware, models and organisations are each a Registry.
//
// # What a name means
//
// Registry.Find answers what a text names: one entry, or several candidates, or nothing known. A table says by which names an entry is known
// and nothing else (aliases), and by which it is known among others (ambiguous): H100 stands at three entries, and is none of them. Two
// spellings are the same name where they differ in upper and lower case, accents, spaces, hyphens, brackets and trademark signs alone.
// Maker and number of pieces are understood, not listed: 8 x NVIDIA A100-SXM4-80GB, A100-SXM4-80GBx8. An alias is there only where it is
// certain; to add one is a row's business, and the loader refuses it where it would change what another name means.
//
// # Where the names of hardware, models and organisations come from
//
// The ids are those of the open edition, and in its style for what that does not have. Names are what these sources print, each named in
// the column source:
//
//	Epoch AI                   devices of Machine Learning Hardware, Notable AI Models and GPU Clusters, models, organisations, under
//	                           CC BY 4.0 (https://epoch.ai/data)
//	Green Algorithms           devices, CC BY 4.0
//	MLCO2, CodeCarbon          devices, MIT
//	CO2 Inference, ML.ENERGY   models as Hugging Face names them
//	MLPerf                     systems with power measured (Apache-2.0); its benchmarks are models with MLPerf ahead: MLPerf llama2-70b-99
//	EcoLogits                  names under which providers serve models that are here
//
// An instruct or 8-bit release of a model is a name of that model, as the open edition has it; other fine-tunes are models of their own. A
// system is made of devices: a node of eight accelerators is one entry, that says of which and how many. Bare names of families that a
// source gives figures for, such as Epoch's NVIDIA A100, are ambiguous and no entries.
//
// # Where the codes of regions come from
//
// Countries have the alpha-3 codes of ISO 3166-1, and their alpha-2 codes as aliases. Subdivisions, which are states and provinces, have the
// codes of ISO 3166-2: all of the United States and Canada, elsewhere those that sources name. The codes of all others open with who gave
// them, for one word may be a code of two:
//
//	aws: azure: coreweave: gcp: ovh: seeweb:   regions of cloud providers, as in the providers' public lists of regions; an alias such as
//	                                           azure:East US 2 is the name that a provider displays
//	em:                                        zones of Electricity Maps that are neither a country nor a subdivision. A zone is found by
//	                                           its key with em: before it, else by the bare key: em:IT-NO is the north of Italy, while
//	                                           IT-NO in ISO 3166-2 is Novara
//	egrid:                                     subregions of the eGRID of the United States' Environmental Protection Agency
//	cambium:                                   generation and emission assessment regions of NREL's Cambium
//
// The parent of a grid zone or a provider's region is the smallest region here that holds it by what sources say; where they say no more
// than a country, or differ, it is the country. States' two letters alone are no aliases: CA is Canada.
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

//go:embed hardware.csv
var hardwareText []byte

// Hardware returns the embedded registry of types of devices and of what is made of them. It is shared and immutable.
var Hardware = embedded("hardware.csv", &hardwareText, Organisations)

//go:embed models.csv
var modelsText []byte

// Models returns the embedded registry of models. It is shared and immutable.
var Models = embedded("models.csv", &modelsText, Organisations)

//go:embed organisations.csv
var organisationsText []byte

// Organisations returns the embedded registry of organisations. It is shared and immutable.
var Organisations = embedded("organisations.csv", &organisationsText, nil)

// embedded loads a registry that is part of the program, once.
func embedded(file string, text *[]byte, makers func() *Registry) func() *Registry {
	return sync.OnceValue(func() *Registry {
		var probs diag.List
		r := loadWith("lca/names/"+file, *text, makers, &probs)
		if err := probs.Err(); err != nil {
			panic(err) // the file is part of the program
		}
		return r
	})
}
