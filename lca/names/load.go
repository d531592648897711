package names

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The columns of a registry. Those behind source may be left out.
var registryColumns = []string{"id", "name", "kind", "aliases", "ambiguous", "source", "maker", "parent", "device", "devices"}

const neededColumns = 6

var (
	idStyle     = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	versionLine = regexp.MustCompile(`^# version: ([0-9]+\.[0-9]+\.[0-9]+)\r?\n`)
)

// loading is a registry while its table is read, with what is needed to tell what is wrong with it.
type loading struct {
	*Registry
	rows  []row
	index map[string]int // where a column is in a row
	probs *diag.List
	given map[string]claim // keys of ids, names and aliases

	organisations func() *Registry    // where makers are looked for
	makerKeys     map[string][]string // under which names a maker may stand ahead of a name
}

// claim is an entry that has a name, and where that is written.
type claim struct {
	entry int
	at    diag.Place
}

// Load reads a registry: CSV whose first line is "# version: 1.0.0", with the columns id, name, kind, aliases, ambiguous, source, in any order, and
// as may be maker (an id of the registry of organisations), parent (an id of the same table), device and devices (what one of it is made of, and of
// how many). Aliases and ambiguous names are separated by semicolons. It adds to probs every id, name or alias that stands for two entries, with
// or without their makers; every ambiguous name that is anybody's own or of one entry alone; and every reference to nothing. The registry
// returned is only to be used where there was none.
func Load(file string, text []byte, probs *diag.List) *Registry {
	return loadWith(file, text, Organisations, probs)
}

// loadWith is Load where makers gives the registry that holds them; nil: the table itself.
func loadWith(file string, text []byte, makers func() *Registry, probs *diag.List) *Registry {
	l := &loading{Registry: &Registry{byID: map[string]int{}, meaning: map[string][]int{}}, index: map[string]int{}, probs: probs, given: map[string]claim{}}
	if l.organisations = makers; makers == nil {
		l.organisations = func() *Registry { return l.Registry }
	}
	if m := versionLine.FindSubmatch(text); m != nil {
		l.version = fmt.Sprintf("%s+%x", m[1], sha256.Sum256(text))[:len(m[1])+1+12]
	} else {
		probs.Errorf(diag.MissingValue, diag.Place{File: file, Line: 1}, "the table does not begin with its version, such as # version: 1.0.0")
	}
	readRows(file, text, 0, probs, l.header, l.add)
	l.checkReferences()
	l.findMakers()
	l.name()
	return l.Registry
}

func (l *loading) header(r row) bool {
	ok := true
	for i, c := range r.fields {
		switch _, twice := l.index[c]; {
		case !slices.Contains(registryColumns, c):
			p := diag.Problem{Code: diag.UnknownColumn, Place: r.at[i], Message: fmt.Sprintf("a registry has no column %q", c), Hint: "known here: " + strings.Join(registryColumns, ", ")}
			if near := diag.Nearest(c, registryColumns); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			l.probs.Add(p)
			ok = false
		case twice:
			l.probs.Errorf(diag.DuplicateName, r.at[i], "the column %s stands twice", c)
			ok = false
		}
		l.index[c] = i
	}
	for _, c := range registryColumns[:neededColumns] {
		if _, has := l.index[c]; !has {
			l.probs.Errorf(diag.MissingColumn, diag.Place{File: r.at[0].File, Line: r.at[0].Line}, "the table has no column %s", c)
			ok = false
		}
	}
	_, l.counted = l.index["devices"]
	return ok
}

// field returns the field of a row in a column and its place; nothing where the table does not have the column.
func (l *loading) field(r row, column string) (string, diag.Place) {
	i, ok := l.index[column]
	if !ok {
		return "", r.at[0]
	}
	return strings.TrimSpace(r.fields[i]), r.at[i]
}

func (l *loading) add(r row) {
	get := func(column string) string { text, _ := l.field(r, column); return text }
	e := Entry{ID: get("id"), Name: get("name"), Kind: get("kind"), Maker: get("maker"), Parent: get("parent"), Device: get("device"), Source: get("source")}
	e.Aliases, e.Ambiguous = split(get("aliases")), split(get("ambiguous"))
	for _, c := range []string{"id", "name", "kind"} {
		if text, at := l.field(r, c); text == "" {
			l.probs.Errorf(diag.MissingValue, at, "the entry has no %s", c)
		}
	}
	_, at := l.field(r, "id")
	if e.ID != "" && !idStyle.MatchString(e.ID) {
		l.probs.Errorf(diag.BadValue, at, "the id %q is not made of lower-case letters, digits and single hyphens or points", e.ID)
	}
	if text, at := l.field(r, "devices"); text != "" || e.Device != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1e6 || e.Device == "" {
			l.probs.Errorf(diag.BadValue, at, "devices is %q; a whole number from 1 belongs to each device, and to nothing else", text)
		}
		e.Devices = n
	}
	n := len(l.entries)
	if first, ok := l.byID[e.ID]; ok {
		_, before := l.field(l.rows[first], "id")
		l.probs.Errorf(diag.DuplicateID, at, "the id %s stands also in line %d", e.ID, before.Line)
	} else {
		l.byID[e.ID] = n
	}
	l.entries, l.rows = append(l.entries, e), append(l.rows, r)
}

// checkReferences looks for every maker, parent and device, and for circles of the latter two.
func (l *loading) checkReferences() {
	refer := func(i int, column, id string, to *Registry) {
		if _, ok := to.byID[id]; ok {
			return
		}
		_, at := l.field(l.rows[i], column)
		p := diag.Problem{Code: diag.UnknownReference, Place: at, Message: fmt.Sprintf("the %s %q of %s is not in the registry", column, id, l.entries[i].ID)}
		if near := diag.Nearest(id, to.IDs()); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		l.probs.Add(p)
	}
	for i, e := range l.entries {
		if e.Maker != "" {
			refer(i, "maker", e.Maker, l.organisations())
		}
		if e.Parent != "" {
			refer(i, "parent", e.Parent, l.Registry)
		}
		if e.Device != "" {
			refer(i, "device", e.Device, l.Registry)
		}
		l.checkCircle(i, "parent", func(e Entry) string { return e.Parent })
		l.checkCircle(i, "device", func(e Entry) string { return e.Device })
	}
}

func (l *loading) checkCircle(i int, column string, next func(Entry) string) {
	at, ok := i, true
	for steps := 0; ok; steps++ {
		if steps > 100 {
			_, place := l.field(l.rows[i], column)
			l.probs.Errorf(diag.Cycle, place, "the %ss of %s go round in a circle", column, l.entries[i].ID)
			return
		}
		at, ok = l.byID[next(l.entries[at])]
	}
}

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
	written := func(e Entry, name string) []string { return []string{key(name)} }
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
					l.own(i, columnOf(j), k)
				}
			}
		}
	}
	places := map[string]diag.Place{}
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
				if _, ok := places[k]; !ok {
					places[k] = at
					ambiguous = append(ambiguous, k)
				}
				if means := l.meaning[k]; len(means) == 0 || means[len(means)-1] != i {
					l.meaning[k] = append(means, i)
				}
			}
		}
	}
	for _, k := range ambiguous {
		if means := l.meaning[k]; len(means) == 1 {
			l.probs.Add(diag.Problem{Code: diag.BadValue, Place: places[k], Message: fmt.Sprintf("%q is ambiguous, but only %s has it", k, l.entries[means[0]].ID),
				Hint: "write it at each entry that it may mean, or as an alias"})
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

// own gives a key to an entry alone.
func (l *loading) own(i int, column, k string) {
	_, at := l.field(l.rows[i], column)
	c, ok := l.given[k]
	if !ok {
		l.given[k] = claim{i, at}
		l.meaning[k] = []int{i}
		return
	}
	if other := l.entries[c.entry]; c.entry != i && other.ID != l.entries[i].ID {
		l.probs.Add(diag.Problem{Code: diag.DuplicateName, Place: at, Message: fmt.Sprintf("%q means %s and, in line %d, %s", k, l.entries[i].ID, c.at.Line, other.ID),
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
