package names

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Found is what a text names: one entry, or one of several candidates, or nothing known.
type Found struct {
	ID         string   // the one entry; empty otherwise
	Count      float64  // how many of it: "8 x NVIDIA A100-SXM4-80GB" is 8; 0 where the text does not say
	Candidates []string // two or more ids where the name is ambiguous, in the order of the registry
	Nearest    string   // where nothing is known by that name: an id that may have been meant; may be empty
}

// Known reports whether the text names one entry.
func (f Found) Known() bool { return f.ID != "" }

var (
	countAhead  = regexp.MustCompile(`^([1-9][0-9]{0,6})\s*[xX×*]\s*(\S.*)$`)
	countBehind = regexp.MustCompile(`^(.*[^\s_-])[\s_-]*[xX×]\s*([1-9][0-9]{0,6})((?:_(?i:TRT|Triton|MaxQ|Custom))*)$`) // the names of MLPerf's systems end in the software
)

// Find returns what a text names. Upper and lower case, spaces, hyphens and trademark signs do not matter, and who makes a thing may stand ahead of
// its name or not. A number of pieces may stand ahead of a device's name or behind: 8 x A100, A100x8. A text that names several things is not
// taken apart: "NVIDIA A100,NVIDIA H100" is unknown. Nothing is guessed: a name that several entries have gives all of them.
func (r *Registry) Find(text string) Found {
	text = strings.TrimSpace(text)
	if len(text) > longest {
		return Found{}
	}
	name, count, means := text, 0.0, r.named(text)
	if means == nil && r.counted {
		if bare, n := counted(text); n > 0 {
			name, count, means = bare, n, r.named(bare)
			if more := r.named(bare + "x"); more != nil && !strings.HasSuffix(text, bare) {
				means = union(means, more) // 8 of MI300, or MI300X and an 8
			}
		}
	}
	switch len(means) {
	case 0:
		return Found{Nearest: r.nearest(name)}
	case 1:
		return Found{ID: r.entries[means[0]].ID, Count: count}
	}
	f := Found{Count: count}
	for _, i := range means {
		f.Candidates = append(f.Candidates, r.entries[i].ID)
	}
	return f
}

// counted takes the number of pieces off a text; 0 where it tells none.
func counted(text string) (name string, n float64) {
	number := ""
	if m := countAhead.FindStringSubmatch(text); m != nil {
		number, name = m[1], m[2]
	} else if m := countBehind.FindStringSubmatch(text); m != nil {
		name, number = m[1], m[2]
	}
	n, _ = strconv.ParseFloat(number, 64)
	return name, n
}

// named returns the entries that a name stands for, with or without its maker; nil for none.
func (r *Registry) named(name string) []int {
	k := key(name)
	if means, ok := r.meaning[k]; ok {
		return means
	}
	var means []int
	for _, p := range r.makers {
		rest, ok := afterMaker(k, p.key)
		if !ok {
			continue
		}
		for _, i := range r.meaning[rest] {
			if r.entries[i].Maker == p.maker {
				means = union(means, []int{i})
			}
		}
	}
	return means
}

// afterMaker returns the key of a name without its maker, which opens it.
func afterMaker(k, maker string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(k, maker)
	rest = strings.TrimLeft(rest, "-/") // 01.AI 6B; google/gemma
	return rest, ok && len(rest) > 1
}

// union merges two ascending lists.
func union(a, b []int) []int {
	out := make([]int, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case len(a) > 0 && a[0] == b[0]:
			b = b[1:]
		default:
			out, b = append(out, b[0]), b[1:]
		}
	}
	return out
}

// nearest returns the id that somebody who wrote name may have meant.
func (r *Registry) nearest(name string) string {
	near, ok := r.meaning[diag.Nearest(key(name), r.keys)]
	if !ok {
		return ""
	}
	return r.entries[near[0]].ID
}
