package names

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Region is a place that an activity or a factor belongs to: a country, a part of one, a continent, the world.
type Region struct {
	Code    string   // ISO 3166-1 alpha-3 for countries, ISO 3166-2 for subdivisions, else with who gave it: em:JP-TK
	Name    string   // in English
	Kind    string   // what sort of region it is: world, continent, country, subdivision, grid_zone, provider_region
	Parent  string   // code of the region that it is part of; empty for the world
	Aliases []string // other names and codes under which sources print it
}

// RegionTable is a hierarchy of regions. It is immutable and safe for concurrent use.
type RegionTable struct {
	regions []Region
	byCode  map[string]int
	byName  map[string]int // folded codes, names and aliases
}

// Lookup returns a region by its code, exactly as written.
func (t *RegionTable) Lookup(code string) (Region, bool) {
	i, ok := t.byCode[code]
	if !ok {
		return Region{}, false
	}
	return t.regions[i], true
}

// Parent returns the code of the region that a region is part of; false for the world and for unknown codes.
func (t *RegionTable) Parent(code string) (string, bool) {
	i, ok := t.byCode[code]
	if !ok || t.regions[i].Parent == "" {
		return "", false
	}
	return t.regions[i].Parent, true
}

// Within reports whether a region is another or part of it, at any depth.
func (t *RegionTable) Within(code, whole string) bool {
	for ok := t.known(code); ok; code, ok = t.Parent(code) {
		if code == whole {
			return true
		}
	}
	return false
}

func (t *RegionTable) known(code string) bool {
	_, ok := t.byCode[code]
	return ok
}

// Canonical returns the code of a region that is written as a code, a name or an alias; upper and lower case and surrounding spaces
// do not matter.
func (t *RegionTable) Canonical(nameOrAlias string) (code string, ok bool) {
	i, ok := t.byName[fold(nameOrAlias)]
	if !ok {
		return "", false
	}
	return t.regions[i].Code, true
}

// Codes lists all codes in the order of the registry.
func (t *RegionTable) Codes() []string {
	out := make([]string, len(t.regions))
	for i, r := range t.regions {
		out[i] = r.Code
	}
	return out
}

// Kinds lists the kinds of regions, each once, in the order of the registry.
func (t *RegionTable) Kinds() []string {
	var out []string
	for _, r := range t.regions {
		if !slices.Contains(out, r.Kind) {
			out = append(out, r.Kind)
		}
	}
	return out
}

// Nearest returns the code that somebody who wrote word may have meant, for "did you mean"; empty where none is near. A word with a colon or a
// hyphen may be any code; a word without is never taken for a mistyped one of those, which are so many that one is near to everything. It may
// be all of a code that follows the colon, as us-east-1 is of aws:us-east-1.
func (t *RegionTable) Nearest(word string) string {
	word = strings.TrimSpace(word)
	if code, ok := t.Canonical(word); ok {
		return code
	}
	if code := t.unprefixed(word); code != "" {
		return code
	}
	var candidates []string
	short, compound := len(word) <= 4, isCompound(word)
	for _, r := range t.regions {
		if (short || compound) && isCompound(r.Code) == compound {
			candidates = append(candidates, r.Code)
		}
		if !short && (compound || !strings.Contains(r.Code, ":")) {
			candidates = append(append(candidates, r.Name), r.Aliases...)
		}
	}
	code, _ := t.Canonical(diag.Nearest(word, candidates))
	return code
}

// isCompound reports whether a code has parts, such as US-VA and em:JP-TK.
func isCompound(code string) bool { return strings.ContainsAny(code, ":-") }

// unprefixed returns the one code that is word behind a colon; empty where none is or several are.
func (t *RegionTable) unprefixed(word string) string {
	found := ""
	for _, r := range t.regions {
		if _, rest, ok := strings.Cut(r.Code, ":"); ok && strings.EqualFold(rest, word) {
			if found != "" {
				return ""
			}
			found = r.Code
		}
	}
	return found
}

func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
