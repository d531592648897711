package names

import (
	"crypto/sha256"
	"fmt"
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
	if len(l.index) == 0 && probs.Count(diag.Error) == 0 {
		probs.Errorf(diag.MissingColumn, diag.Place{File: file}, "the table has no header")
	}
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
	if first, ok := l.byID[e.ID]; ok {
		_, before := l.field(l.rows[first], "id")
		l.probs.Errorf(diag.DuplicateID, at, "the id %s stands also in line %d", e.ID, before.Line)
	} else if e.ID != "" {
		l.byID[e.ID] = len(l.entries)
	}
	l.entries, l.rows = append(l.entries, e), append(l.rows, r)
}

// checkReferences looks for every maker, parent and device, and for circles of the latter two.
func (l *loading) checkReferences() {
	unknown := 0
	refer := func(i int, column, id string, to *Registry) {
		if _, ok := to.byID[id]; ok {
			return
		}
		_, at := l.field(l.rows[i], column)
		p := diag.Problem{Code: diag.UnknownReference, Place: at, Message: fmt.Sprintf("the %s %q of %s is not in the registry", column, id, l.entries[i].ID)}
		if unknown++; unknown <= 100 { // in a table of nothing else, looking for each would take for ever
			if near := diag.Nearest(id, to.IDs()); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
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
