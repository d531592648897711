package names

import "slices"

// Entry is a thing of a registry: a type of device, a model, an organisation.
type Entry struct {
	ID        string   // lower case, with hyphens: nvidia-h100-sxm5-80gb
	Name      string   // in full
	Kind      string   // what sort of thing it is, in the words of its registry
	Maker     string   // id of the organisation that makes it; empty where none is told
	Parent    string   // id of the entry that it is part of; empty where none is told
	Aliases   []string // other names under which sources print it, and nothing else
	Ambiguous []string // names under which sources print it and others
	Device    string   // id of what one of it is made of, as eight accelerators are of a server; empty where that is not told
	Devices   int      // how many of them; 0 where there is no Device
	Source    string   // who prints the name
}

// Registry is a list of things with ids, names and aliases. It is immutable and safe for concurrent use.
type Registry struct {
	version string
	entries []Entry
	byID    map[string]int
	meaning map[string][]int // what a key stands for: one entry, or in the order of the registry those of an ambiguous name
	makers  []prefix
	keys    []string // of meaning, in order, for what was mistyped
	counted bool     // a name may come with a number of pieces
}

// prefix is the key of a name of an organisation that makes something.
type prefix struct{ key, maker string }

// Lookup returns an entry by its id, exactly as written.
func (r *Registry) Lookup(id string) (Entry, bool) {
	i, ok := r.byID[id]
	if !ok {
		return Entry{}, false
	}
	return r.entries[i], true
}

// IDs lists all ids in the order of the registry.
func (r *Registry) IDs() []string {
	out := make([]string, len(r.entries))
	for i, e := range r.entries {
		out[i] = e.ID
	}
	return out
}

// Kinds lists the kinds of entries, each once, in the order of the registry.
func (r *Registry) Kinds() []string {
	var out []string
	for _, e := range r.entries {
		if !slices.Contains(out, e.Kind) {
			out = append(out, e.Kind)
		}
	}
	return out
}

// Version is the version that the table states and the first digits of the table's digest: 1.0.0+5c2e0a91b7d3. A result that depends on what a
// name was found to be records it.
func (r *Registry) Version() string { return r.version }
