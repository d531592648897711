package reports

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Bounds of what a report lists of an intensity table.
const (
	listedRows    = 5000  // a table of no more rows is listed whole
	listedEntries = shown // of a larger one the largest entries of each class,
	listedSample  = 60    // and, for its figure, a sample of them
	listedClasses = 30    // and the classes with most entries
)

// Entries takes an intensity table row by row, in its order, and keeps what a report lists of it: the whole of a small table; of a large one the largest
// entries of each comparison class, a sample of all, and how many there are from which value to which. The sample follows from the entries' names, so that
// the same table gives the same report. The zero value is ready.
type Entries struct {
	whole []lca.Intensity
	rows  int64

	classes      []*listing
	left         map[string]leftOut // of each kind
	units        []unitOf
	perspectives map[string]string // of each kind's first row

	class classKey
	open  []*listing // of the class that is not done, one for each perspective
	entry []lca.Intensity
}

// leftOut is how many classes a report does not list, and their entries.
type leftOut struct{ classes, entries int64 }

type classKey struct{ kind, class, unit string }

// listing is what is kept of a class in a perspective.
type listing struct {
	classKey
	perspective string
	entries     int64
	ranges      map[[2]string]*valueRange // by category and accounting
	top         first
	sample      first
	least       *ranked
}

func newListing(k classKey, perspective string) *listing {
	return &listing{classKey: k, perspective: perspective, ranges: map[[2]string]*valueRange{}, top: first{most: listedEntries, compare: compareListed},
		sample: first{most: listedSample, compare: compareHashes}}
}

type valueRange struct {
	count     int64
	low, high float64
}

// ranked is an entry with what sorts it: the place of the first category and accounting that it has a value of, and that value.
type ranked struct {
	rows   []lca.Intensity
	lead   int
	value  float64
	number int64 // in the table's order
	hash   uint64
}

// Add takes a row.
func (e *Entries) Add(row *lca.Intensity) {
	if e.rows++; e.rows <= listedRows {
		e.whole = append(e.whole, *row)
		return
	}
	for i := range e.whole {
		e.list(&e.whole[i])
	}
	e.whole = nil
	e.list(row)
}

// Whole is all rows of a small table; it reports whether it is one.
func (e *Entries) Whole() (rows []lca.Intensity, ok bool) { return e.whole, e.rows <= listedRows }

// list takes a row of a large table. The rows of an entry follow each other, and so do the entries of a class.
func (e *Entries) list(row *lca.Intensity) {
	if len(e.entry) > 0 && !sameEntry(&e.entry[0], row) {
		e.endEntry()
	}
	if k := (classKey{row.Kind, row.ComparisonClass, row.FunctionalUnit}); k != e.class {
		e.endClass()
		e.class = k
	}
	if u := (unitOf{row.Category, row.Unit}); !slices.Contains(e.units, u) {
		e.units = append(e.units, u)
	}
	if _, met := e.perspectives[row.Kind]; !met {
		if e.perspectives == nil {
			e.perspectives = map[string]string{}
		}
		e.perspectives[row.Kind] = row.Perspective
	}
	e.entry = append(e.entry, *row)
}

func sameEntry(a, b *lca.Intensity) bool {
	return a.Item == b.Item && a.Model == b.Model && a.Organisation == b.Organisation && a.Region == b.Region && a.Hardware == b.Hardware && a.Year == b.Year &&
		a.Scope == b.Scope && a.ComparisonClass == b.ComparisonClass && a.FunctionalUnit == b.FunctionalUnit && a.Kind == b.Kind
}

// end closes the last entry and class.
func (e *Entries) end() {
	if len(e.entry) > 0 {
		e.endEntry()
	}
	e.endClass()
}

// endEntry gives an entry's rows to the class, those of each perspective apart.
func (e *Entries) endEntry() {
	for rows := e.entry; len(rows) > 0; {
		perspective := rows[0].Perspective
		at := slices.IndexFunc(e.open, func(l *listing) bool { return l.perspective == perspective })
		if at < 0 {
			at = len(e.open)
			e.open = append(e.open, newListing(e.class, perspective))
		}
		own := func(r lca.Intensity) bool { return r.Perspective == perspective }
		if !slices.ContainsFunc(rows, func(r lca.Intensity) bool { return !own(r) }) {
			e.open[at].add(rows)
			break
		}
		e.open[at].add(slices.DeleteFunc(slices.Clone(rows), func(r lca.Intensity) bool { return !own(r) }))
		rows = slices.DeleteFunc(slices.Clone(rows), own)
	}
	e.entry = e.entry[:0]
}

// endClass keeps the class in the first perspective that it has, and lets the class with fewest entries go where there are too many.
func (e *Entries) endClass() {
	if len(e.open) == 0 {
		return
	}
	e.classes = append(e.classes, slices.MinFunc(e.open, func(a, b *listing) int { return comparePerspectives(a.perspective, b.perspective) }))
	e.open = nil
	if len(e.classes) <= listedClasses {
		return
	}
	fewest := 0
	for i, l := range e.classes {
		if l.entries <= e.classes[fewest].entries {
			fewest = i
		}
	}
	if e.left == nil {
		e.left = map[string]leftOut{}
	}
	gone := e.classes[fewest]
	l := e.left[gone.kind]
	e.left[gone.kind] = leftOut{l.classes + 1, l.entries + gone.entries}
	e.classes = slices.Delete(e.classes, fewest, fewest+1)
}

// comparePerspectives orders by the vocabulary, what it does not know last by name.
func comparePerspectives(a, b string) int {
	place := func(name string) int {
		if i := slices.Index(lca.Names(lca.Words().Perspectives), name); i >= 0 {
			return i
		}
		return len(lca.Words().Perspectives)
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
}

// add takes an entry. Its rows remain the caller's.
func (l *listing) add(rows []lca.Intensity) {
	x := ranked{lead: len(lca.Words().Categories) * len(lca.Words().Accountings), number: l.entries, hash: hashOf(&rows[0])}
	for i := range rows {
		r := &rows[i]
		if !r.Complete && r.Value == 0 {
			continue // not supplied
		}
		v := l.ranges[[2]string{r.Category, r.Accounting}]
		if v == nil {
			v = &valueRange{low: r.Value, high: r.Value}
			l.ranges[[2]string{r.Category, r.Accounting}] = v
		}
		v.count, v.low, v.high = v.count+1, min(v.low, r.Value), max(v.high, r.Value)
		if at := leadOf(r); at < x.lead {
			x.lead, x.value = at, r.Value
		}
	}
	l.entries++
	top, sample, least := l.top.takes(&x), l.sample.takes(&x), l.least == nil || compareListed(&x, l.least) > 0
	if !top && !sample && !least {
		return
	}
	x.rows = slices.Clone(rows) // they are the caller's
	if top {
		l.top.add(&x)
	}
	if sample {
		l.sample.add(&x)
	}
	if least {
		l.least = &x
	}
}

// compareListed orders the largest first, what lacks the first category last.
func compareListed(a, b *ranked) int {
	return cmp.Or(cmp.Compare(a.lead, b.lead), -cmp.Compare(a.value, b.value), cmp.Compare(a.number, b.number))
}

func compareHashes(a, b *ranked) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.number, b.number))
}

// first keeps the entries that come first in an order. It sorts once twice as many are there as it keeps.
type first struct {
	most    int
	compare func(a, b *ranked) int
	kept    []*ranked
	bound   *ranked // the last of as many as are kept; nil: not as many came
}

// takes reports whether an entry may be one of those.
func (f *first) takes(x *ranked) bool { return f.bound == nil || f.compare(x, f.bound) < 0 }

func (f *first) add(x *ranked) {
	if f.kept = append(f.kept, x); len(f.kept) >= 2*f.most {
		f.sorted()
		f.bound = f.kept[f.most-1]
	}
}

// sorted are those entries, in order.
func (f *first) sorted() []*ranked {
	slices.SortFunc(f.kept, f.compare)
	if len(f.kept) > f.most {
		clear(f.kept[f.most:])
		f.kept = f.kept[:f.most]
	}
	return f.kept
}

func leadOf(r *lca.Intensity) int {
	words := lca.Words()
	category := slices.IndexFunc(words.Categories, func(c lca.Category) bool { return c.Name == r.Category })
	if category < 0 {
		category = len(words.Categories) - 1
	}
	return category*len(words.Accountings) + max(0, slices.Index(lca.Names(words.Accountings), r.Accounting))
}

func hashOf(r *lca.Intensity) uint64 {
	h := fnv.New64a()
	for _, s := range []string{r.Item, r.Model, r.Organisation, r.Region, r.Hardware, r.Scope, strconv.Itoa(r.Year)} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	x := h.Sum64() // mixed once more: names that differ in the last letter alone lie close to each other
	x ^= x >> 33
	x *= 0xFF51AFD7ED558CCD
	return x ^ x>>33
}

// words says what is not listed.
func (l leftOut) words(w *wording) string {
	if l.classes == 0 {
		return ""
	}
	return w.many(l.classes, "classes_left", w.many(l.entries, "entries"))
}
