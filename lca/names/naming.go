package names

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// findMakers lists under which names the makers of the entries may stand ahead of a name.
func (l *loading) findMakers() {
	l.makerKeys = map[string][]string{"": nil}
	for _, e := range l.entries {
		if _, ok := l.makerKeys[e.Maker]; ok {
			continue
		}
		maker, _ := l.organisations().Lookup(e.Maker)
		var keys []string
		for _, name := range append([]string{maker.ID, maker.Name}, maker.Aliases...) {
			if k := key(name); k != "" && !slices.Contains(keys, k) {
				keys = append(keys, k)
				l.makers = append(l.makers, prefix{k, e.Maker})
			}
		}
		l.makerKeys[e.Maker] = keys
	}
}

// name says what each key means. What is written wins over what is left of it without its maker.
func (l *loading) name() {
	for i, e := range l.entries {
		for j, name := range append([]string{e.ID, e.Name}, e.Aliases...) {
			if key(name) == "" && name != "" {
				_, at := l.field(l.rows[i], columnOf(j))
				l.probs.Errorf(diag.BadValue, at, "%q is no name: it has no letter and no digit, or more than %d bytes", name, longest)
			}
		}
	}
	written := func(_ Entry, name string) []string { return []string{key(name)} }
	l.pass(written, func(string) bool { return false })
	taken := maps.Clone(l.meaning)
	if l.counted {
		l.pass(l.withoutMaker, func(k string) bool { _, ok := taken[k]; return ok })
	}
	l.keys = slices.Sorted(maps.Keys(l.meaning))
}

// pass gives the keys of their names to entries: first what is an entry's own, then what is ambiguous.
func (l *loading) pass(keys func(Entry, string) []string, skip func(string) bool) {
	for i, e := range l.entries {
		for j, name := range append([]string{e.ID, e.Name}, e.Aliases...) {
			for _, k := range keys(e, name) {
				if k != "" && !skip(k) {
					l.own(i, columnOf(j), name, k)
				}
			}
		}
	}
	first := map[string]diag.Problem{}
	var ambiguous []string
	for i, e := range l.entries {
		_, at := l.field(l.rows[i], "ambiguous")
		for _, name := range e.Ambiguous {
			for _, k := range keys(e, name) {
				if k == "" || skip(k) {
					continue
				}
				if c, ok := l.given[k]; ok {
					l.probs.Errorf(diag.DuplicateName, at, "%q is ambiguous here and, in line %d, a name of %s", name, c.at.Line, l.entries[c.entry].ID)
					continue
				}
				if _, ok := first[k]; !ok {
					first[k] = diag.Problem{Code: diag.BadValue, Place: at, Message: fmt.Sprintf("%q is ambiguous, but only %s has it", name, e.ID),
						Hint: "write it at each entry that it may mean, or as an alias"}
					ambiguous = append(ambiguous, k)
				}
				if means := l.meaning[k]; len(means) == 0 || means[len(means)-1] != i {
					l.meaning[k] = append(means, i)
				}
			}
		}
	}
	for _, k := range ambiguous {
		if len(l.meaning[k]) == 1 {
			l.probs.Add(first[k])
		}
	}
}

// columnOf is the column of the nth of an entry's names: its id, its name, then its aliases.
func columnOf(n int) string {
	if n < 2 {
		return registryColumns[n]
	}
	return "aliases"
}

// own gives the key of a name to an entry alone.
func (l *loading) own(i int, column, name, k string) {
	_, at := l.field(l.rows[i], column)
	c, ok := l.given[k]
	if !ok {
		l.given[k] = claim{i, at}
		l.meaning[k] = []int{i}
		return
	}
	if other := l.entries[c.entry]; c.entry != i && other.ID != l.entries[i].ID {
		l.probs.Add(diag.Problem{Code: diag.DuplicateName, Place: at, Message: fmt.Sprintf("%q means %s and, in line %d, %s", name, l.entries[i].ID, c.at.Line, other.ID),
			Hint: "a name of several is written in the column ambiguous of each of them"})
	}
}

// withoutMaker returns what is left of the key of a name that opens with its entry's maker, for each name of the maker.
func (l *loading) withoutMaker(e Entry, name string) []string {
	var out []string
	for _, maker := range l.makerKeys[e.Maker] {
		if rest, ok := afterMaker(key(name), maker); ok {
			out = append(out, rest)
		}
	}
	return out
}
