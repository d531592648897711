package reports

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// kind is an inventory whose entries are listed.
type kind struct {
	Name, Title string
	Classes     []*class // those with most entries first
	Items       *table   // the entries by name with their sources; nil where there are none
	Unlisted    string   // what is not listed, in words
}

// class is what may be compared: entries of one comparison class and functional unit.
type class struct {
	Kind, Name, Unit string
	Categories       []lca.Category            // those with a value, in order; the first sorts
	Entries          []*entry                  // those listed, by value, largest first
	Count            int                       // of all entries
	figured          []*entry                  // those that the figure takes its entries from
	ranges           map[[2]string]*valueRange // of all entries; nil: all are listed
	Drawn            bool                      // has a figure: the first of its kind that may have one
}

// entry is what one item, or one group, has in the intensity table.
type entry struct {
	lca.Intensity // what names it
	Years         string
	Item          *Item // nil where the inventory row is not given
	values        map[[2]string]*lca.Intensity
	unnamed       string // what it is called without a name
}

// Kinds lists the inventories in the order in which the edition's items meet them, then the others by name.
func (p *page) Kinds() []*kind {
	var out []*kind
	find := func(name string) *kind {
		for _, k := range out {
			if k.Name == name {
				return k
			}
		}
		out = append(out, &kind{Name: name, Title: upper(p.Text.noun(name).Many)})
		return out[len(out)-1]
	}
	for i := range p.Items {
		find(p.Items[i].Kind)
	}
	classes := p.classes()
	sort.SliceStable(classes, func(i, j int) bool {
		return cmp.Or(cmp.Compare(classes[i].Kind, classes[j].Kind), -cmp.Compare(classes[i].Count, classes[j].Count),
			cmp.Compare(classes[i].Name, classes[j].Name), cmp.Compare(classes[i].Unit, classes[j].Unit)) < 0
	})
	for _, c := range classes {
		k := find(c.Kind)
		c.Drawn = c.charts() && !slices.ContainsFunc(k.Classes, func(o *class) bool { return o.Drawn })
		k.Classes = append(k.Classes, c)
	}
	for _, k := range out {
		k.Items = p.itemTable(k)
		if p.Listed != nil {
			k.Unlisted = p.Listed.left[k.Name].words(p.Text)
		}
	}
	return out
}

// classes gathers the intensities of each class in the first perspective that it has.
func (p *page) classes() []*class {
	if p.Listed != nil {
		return p.listedClasses()
	}
	found := map[classKey]*class{}
	entries := map[*class]map[lca.Intensity]*entry{}
	var out []*class
	perspectives := map[classKey]string{}
	for i := range p.Intensities {
		row := &p.Intensities[i]
		k := classKey{row.Kind, row.ComparisonClass, row.FunctionalUnit}
		if best, ok := perspectives[k]; !ok || comparePerspectives(row.Perspective, best) < 0 {
			perspectives[k] = row.Perspective
		}
	}
	for i := range p.Intensities {
		row := &p.Intensities[i]
		k := classKey{row.Kind, row.ComparisonClass, row.FunctionalUnit}
		if row.Perspective != perspectives[k] {
			continue
		}
		c := found[k]
		if c == nil {
			c = &class{Kind: k.kind, Name: k.class, Unit: k.unit}
			found[k], entries[c] = c, map[lca.Intensity]*entry{}
			out = append(out, c)
		}
		name := nameOf(row)
		e := entries[c][name]
		if e == nil {
			e = p.entry(row)
			entries[c][name] = e
			c.Entries = append(c.Entries, e)
		}
		e.values[[2]string{row.Category, row.Accounting}] = row
	}
	for _, c := range out {
		c.spell()
		p.sortClass(c)
		c.Count, c.figured = len(c.Entries), c.Entries
	}
	return out
}

// listedClasses are those of a table that is too large to be listed whole.
func (p *page) listedClasses() []*class {
	var out []*class
	for _, l := range p.Listed.classes {
		c := &class{Kind: l.kind, Name: l.class, Unit: l.unit, Count: int(l.entries), ranges: l.ranges}
		known := map[int64]*entry{}
		add := func(x *ranked) *entry {
			e := known[x.number]
			if e == nil {
				e = p.entry(&x.rows[0])
				for i := range x.rows {
					e.values[[2]string{x.rows[i].Category, x.rows[i].Accounting}] = &x.rows[i]
				}
				known[x.number] = e
				c.Entries = append(c.Entries, e)
			}
			return e
		}
		top := l.top.sorted()
		for _, x := range top {
			add(x)
		}
		drawn := map[*entry]bool{add(top[0]): true, add(l.least): true}
		for _, x := range l.sample.sorted() {
			drawn[add(x)] = true
		}
		c.spell()
		p.sortClass(c)
		for _, e := range c.Entries {
			if drawn[e] {
				c.figured = append(c.figured, e)
			}
		}
		c.Entries = c.Entries[:min(len(c.Entries), listedEntries)]
		out = append(out, c)
	}
	return out
}

// nameOf is what of a row names its entry.
func nameOf(row *lca.Intensity) lca.Intensity {
	return lca.Intensity{Item: row.Item, Model: row.Model, Organisation: row.Organisation, Region: row.Region, Hardware: row.Hardware, Scope: row.Scope, Year: row.Year}
}

// entry is that of a row, without values.
func (p *page) entry(row *lca.Intensity) *entry {
	e := &entry{Intensity: nameOf(row), Item: p.item(row.Kind, row.Item), values: map[[2]string]*lca.Intensity{}, unnamed: p.Text.say("not_named")}
	e.describe()
	return e
}

// span of a class's values in a category under an accounting, and how many they are.
func (c *class) span(category, accounting string, values []*float64) valueRange {
	if c.ranges != nil {
		return *c.ranges[[2]string{category, accounting}]
	}
	all := given(values)
	return valueRange{int64(len(all)), slices.Min(all), slices.Max(all)}
}

func (p *page) item(kind, name string) *Item {
	for i := range p.Items {
		if name != "" && p.Items[i].Kind == kind && p.Items[i].Item == name {
			return &p.Items[i]
		}
	}
	return nil
}

// describe takes from the inventory row what the intensity table was not grouped by.
func (e *entry) describe() {
	e.Years = yearText(e.Year)
	if e.Item == nil {
		return
	}
	e.Model, e.Organisation = cmp.Or(e.Model, e.Item.Model), cmp.Or(e.Organisation, e.Item.Organisation)
	e.Region, e.Hardware = cmp.Or(e.Region, e.Item.Region), cmp.Or(e.Hardware, e.Item.Hardware)
	e.Scope = cmp.Or(e.Scope, e.Item.Scope)
}

// spell names the years of entries whose intensity is over all years of their item: those that are alone of their item in the class.
func (c *class) spell() {
	times := map[*Item]int{}
	for _, e := range c.Entries {
		times[e.Item]++
	}
	for _, e := range c.Entries {
		if e.Item != nil && times[e.Item] == 1 && (e.Year == 0 || slices.Contains(e.Item.Years, e.Year)) {
			e.Years = span(e.Item.Years)
		}
	}
}

// span prints calendar years: 2024, 2023–2024.
func span(years []int) string {
	if len(years) == 0 {
		return ""
	}
	low, high := slices.Min(years), slices.Max(years)
	if low == high {
		return yearText(low)
	}
	return yearText(low) + "–" + yearText(high)
}

// Name is the item's, else the model's.
func (e *entry) Name() string { return cmp.Or(e.Intensity.Item, e.Model, e.unnamed) }

// sortClass finds the class's categories and sorts its entries by the first one's value, largest first, then by name.
func (p *page) sortClass(c *class) {
	lead := ""
	for _, cat := range p.categories {
		for _, a := range p.words.Accountings {
			if slices.ContainsFunc(c.Entries, func(e *entry) bool { return e.value(cat.Name, a.Name) != nil }) {
				c.Categories = append(c.Categories, cat)
				lead = cmp.Or(lead, a.Name)
				break
			}
		}
	}
	if len(c.Categories) == 0 {
		return
	}
	key := [2]string{c.Categories[0].Name, lead}
	sort.SliceStable(c.Entries, func(i, j int) bool {
		a, b := c.Entries[i], c.Entries[j]
		x, y := a.value(key[0], key[1]), b.value(key[0], key[1])
		if (x == nil) != (y == nil) {
			return x != nil
		}
		return cmp.Or(-cmp.Compare(value(x), value(y)), strings.Compare(a.Name(), b.Name()), cmp.Compare(a.Year, b.Year)) < 0
	})
}

// value is an entry's intensity, nil where not supplied: where there is none, or where all its parts were refused and their sum is empty.
func (e *entry) value(category, accounting string) *float64 {
	if row := e.values[[2]string{category, accounting}]; row != nil && (row.Complete || row.Value != 0) {
		return &row.Value
	}
	return nil
}

// quality is the worst class among the entry's values.
func (p *page) quality(e *entry) (class string) {
	worst := -1
	for _, row := range e.values {
		i := slices.Index(lca.Names(p.words.Qualities), row.Quality)
		if i > worst {
			worst, class = i, row.Quality
		}
	}
	return class
}
