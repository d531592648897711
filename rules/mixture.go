package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Mixture is two revisions of a method and all methods between them, in which some changes are made and others not: what it takes to say which change of a
// method moved a result by how much.
//
// A change is one thing under a name that both files have and say differently, an impact that one of them alone has, or the list of categories. What one file alone
// has beside impacts (a parameter, a quantity) stands in all methods between: by itself it does nothing, and what reads it is a change of its own. Where the other file has
// something else under the name (a quantity in place of a parameter, or one of a kind in place of one that kinds share), that is a change, too. A parameter,
// lookup, ladder or factor that one formula alone reads, which changed as well, is part of that formula's change: a fit's slope means nothing in another fit. An impact
// and those that stand in for it change together, and so do an impact that kinds share in one file and those of its name that they have in the other.
type Mixture struct {
	was, now *Method
	slots    []*slotOfMixture
	groups   []group // in the order of the later file
	items    []MixedItem
}

// MixedItem is a change that is made as a whole.
type MixedItem struct {
	Name    string   // section and name, with the kind where the name is one of it
	Changes []Change // what it consists of, the first of which it is named after
	With    []Change // what one of the files alone has and it reads

	first  string // what it is called by itself
	merged int    // changes that Merge has made a part of it
}

// slotOfMixture is a name under which the files say something.
type slotOfMixture struct {
	thingKey
	was, now *thing
	item     int // that decides which of them stands; -1: the later one does, or the only one
	reads    []int
}

// effects are the sections whose content decides what a total is.
var effects = []string{"parameters", "factors", "ladders", "choices", "lookups", "quantities", "impacts"}

// unmixed are the parts of a method's file that no total depends on: methods between two are without them.
var unmixed = []string{"doc", "goal", "revises", "meets", "examples", "exclusions", "cut_offs", "reconcile"}

// NewMixture compares two methods.
func NewMixture(was, now *Method) *Mixture {
	x := &Mixture{was: was, now: now}
	before, after := thingsOf(was), thingsOf(now)
	at := map[thingKey]*slotOfMixture{}
	for _, t := range after {
		if at[t.thingKey] == nil {
			s := &slotOfMixture{thingKey: t.thingKey, now: t, item: -1}
			at[t.thingKey] = s
			x.slots = append(x.slots, s)
		}
	}
	for _, t := range before {
		s := at[t.thingKey]
		if s == nil {
			s = &slotOfMixture{thingKey: t.thingKey, item: -1}
			at[t.thingKey] = s
			x.slots = append(x.slots, s)
		}
		if s.was == nil {
			s.was = t
		}
	}
	x.groups = groupsOf(after, before)
	x.read()
	x.find()
	return x
}

// read finds which names each name's text mentions.
func (x *Mixture) read() {
	byName := map[string][]int{}
	for i, s := range x.slots {
		if slices.Contains(effects, s.section) {
			byName[s.name] = append(byName[s.name], i)
		}
	}
	for i, s := range x.slots {
		if !slices.Contains(effects, s.section) {
			continue
		}
		for _, t := range []*thing{s.was, s.now} {
			if t == nil {
				continue
			}
			eachWord(withoutWords(t.node), func(word string) {
				for _, other := range byName[word] {
					o := x.slots[other]
					visible := o.kind == s.kind || o.kind == "" || o.kind == sharedByKind || s.kind == sharedByKind
					if other != i && visible && !slices.Contains(s.reads, other) {
						s.reads = append(s.reads, other)
					}
				}
			})
		}
		slices.Sort(s.reads)
	}
}

var nameInText = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// eachWord visits the words of all texts below a node, which may be nil.
func eachWord(n *document.Node, visit func(word string)) {
	if n == nil {
		return
	}
	for _, word := range nameInText.FindAllString(n.Text, -1) {
		visit(word)
	}
	for _, item := range n.Items {
		eachWord(item, visit)
	}
	for _, f := range n.Fields {
		eachWord(f.Value, visit)
	}
}

// find lists the changes.
func (x *Mixture) find() {
	for _, g := range x.groups {
		for _, s := range x.slots {
			if (group{s.section, s.kind}) != g {
				continue
			}
			switch {
			case s.section == headSection && s.name != "categories":
				continue
			case s.section != headSection && !slices.Contains(effects, s.section):
				continue
			case s.section != "impacts" && (s.was == nil || s.now == nil):
				continue
			}
			change, differs := changeOf(s.was, s.now)
			if !differs || change.Words {
				continue
			}
			s.item = len(x.items)
			x.items = append(x.items, MixedItem{Name: s.title(), Changes: []Change{change}})
		}
	}
	x.replaced()
	for i, s := range x.slots {
		if s.item < 0 || !slices.Contains([]string{"parameters", "lookups", "ladders", "factors"}, s.section) {
			continue
		}
		var readers []*slotOfMixture
		for _, o := range x.slots {
			if slices.Contains(o.reads, i) {
				readers = append(readers, o)
			}
		}
		if len(readers) == 1 && readers[0].item >= 0 {
			x.join(readers[0].item, s.item)
		}
	}
	for i, s := range x.slots {
		if s.item < 0 || s.section != "impacts" {
			continue
		}
		for at, o := range x.slots {
			same := at < i && o.name == s.name && (o.kind == sharedByKind || s.kind == sharedByKind)
			if o.item >= 0 && o.section == "impacts" && (same || slices.Contains(s.reads, at)) {
				x.join(min(s.item, o.item), max(s.item, o.item))
			}
		}
	}
	x.settle()
}

// formulaNames are the sections whose names formulas read as they stand.
var formulaNames = []string{"parameters", "lookups", "quantities"}

// replaced makes changes of names that the files have in different places: of what both say under such a name one alone stands.
func (x *Mixture) replaced() {
	for _, s := range x.slots {
		if s.now != nil || !slices.Contains(formulaNames, s.section) {
			continue
		}
		for _, o := range x.slots {
			seen := o.kind == s.kind || o.kind == "" || s.kind == "" || o.kind == sharedByKind || s.kind == sharedByKind
			if o.was != nil || o.name != s.name || !seen || !slices.Contains(formulaNames, o.section) {
				continue
			}
			for _, half := range []*slotOfMixture{s, o} {
				if half.item < 0 {
					half.item = len(x.items)
					change, _ := changeOf(half.was, half.now)
					x.items = append(x.items, MixedItem{Name: half.title(), Changes: []Change{change}})
				}
			}
			x.join(s.item, o.item)
		}
	}
}

// title is what a change is called.
func (s *slotOfMixture) title() string {
	section, _ := strings.CutSuffix(s.section, "s")
	switch s.section {
	case headSection:
		return s.name
	case "quantities":
		section = "quantity"
	}
	if s.kind == sharedByKind {
		return section + " " + s.name
	}
	return strings.TrimSpace(s.kind + " " + section + " " + s.name)
}

// join makes two changes one. Numbers of items hold until settle.
func (x *Mixture) join(into, item int) {
	if into == item {
		return
	}
	x.items[into].Changes = append(x.items[into].Changes, x.items[item].Changes...)
	x.items[item].Changes = nil
	for _, s := range x.slots {
		if s.item == item {
			s.item = into
		}
	}
}

// merge joins changes of which each would have been told by itself.
func (x *Mixture) merge(into, item int) {
	if into == item {
		return
	}
	if x.items[into].merged == 0 {
		x.items[into].first = x.items[into].Name
	}
	x.items[into].merged += 1 + x.items[item].merged
	x.join(into, item)
}

// settle numbers the changes that are left, and says what they bring with them.
func (x *Mixture) settle() {
	number := make([]int, len(x.items))
	var items []MixedItem
	for i := range x.items {
		if number[i] = len(items); len(x.items[i].Changes) > 0 {
			items = append(items, x.items[i])
		}
	}
	x.items = items
	for i := range x.items {
		x.items[i].With = nil
		if n := x.items[i].merged; n > 0 {
			x.items[i].Name = x.items[i].first + fmt.Sprintf(" and %d others", n)
		}
	}
	for _, s := range x.slots {
		if s.item < 0 {
			continue
		}
		s.item = number[s.item]
		for _, at := range s.reads {
			if o := x.slots[at]; o.item < 0 && (o.was == nil || o.now == nil) {
				change, _ := changeOf(o.was, o.now)
				item := &x.items[s.item]
				if !slices.ContainsFunc(item.With, func(c Change) bool {
					return c.Section == change.Section && c.Kind == change.Kind && c.Name == change.Name
				}) {
					item.With = append(item.With, change)
				}
			}
		}
	}
}

// Items are the changes, in the order of Compare.
func (x *Mixture) Items() []MixedItem { return x.items }

// Merge makes one change of all that touch each other: of the change itself and those whose things read a thing of it or are read by one. It reports whether there was
// any.
func (x *Mixture) Merge(item int) bool {
	merged := false
	for _, s := range x.slots {
		for _, at := range s.reads {
			o := x.slots[at]
			if s.item >= 0 && o.item >= 0 && s.item != o.item && (s.item == item || o.item == item) {
				x.merge(item, s.item+o.item-item)
				merged = true
			}
		}
	}
	if merged {
		x.settle()
	}
	return merged
}

// MergeAll makes one change of all.
func (x *Mixture) MergeAll() {
	for i := range x.items {
		x.merge(0, i)
	}
	x.settle()
}

// Behind are the changes that an impact of a kind may depend on, ascending: its own and those of all that it reads, in either file.
func (x *Mixture) Behind(kind, impact string) []int {
	var out []int
	seen := make([]bool, len(x.slots))
	var visit func(i int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		if item := x.slots[i].item; item >= 0 && !slices.Contains(out, item) {
			out = append(out, item)
		}
		for _, at := range x.slots[i].reads {
			if k := x.slots[at].kind; k == kind || k == sharedByKind || k == "" {
				visit(at)
			}
		}
	}
	all := false // it covers the categories of the method
	for i, s := range x.slots {
		if s.section == "impacts" && s.name == impact && (s.kind == kind || s.kind == sharedByKind) {
			visit(i)
			for _, t := range []*thing{s.was, s.now} {
				all = all || t != nil && t.node.Get("category") == nil && t.node.Get("categories") == nil
			}
		}
	}
	for i, s := range x.slots {
		if all && s.section == headSection && s.item >= 0 { // which categories there are
			visit(i)
		}
	}
	slices.Sort(out)
	return out
}

// Method is the method in which the changes are made that now says, and no others. It has neither examples nor texts for readers. Problems go to probs: where changes
// do not go without each other, the method may not load or compile.
func (x *Mixture) Method(now func(item int) bool, probs *diag.List) *Method {
	stands := func(s *slotOfMixture) *thing {
		switch {
		case s.item >= 0 && now(s.item), s.item < 0 && s.now != nil:
			return s.now
		case s.item < 0 && !slices.Contains(effects, s.section):
			return nil // what a total does not depend on is that of the later file
		}
		return s.was
	}
	section := func(key, kind string) *document.Node {
		n := &document.Node{Kind: document.Map}
		for _, s := range x.slots {
			if s.section != key || s.kind != kind {
				continue
			}
			t := stands(s)
			if t == nil {
				continue
			}
			if n.Place == (diag.Place{}) {
				n.Place = t.at
			}
			if t.listed {
				n.Kind = document.List
				n.Items = append(n.Items, t.node)
			} else {
				n.Fields = append(n.Fields, document.Field{Key: s.name, Place: t.at, Value: t.node})
			}
		}
		if len(n.Items)+len(n.Fields) == 0 {
			return nil
		}
		return n
	}
	root := &document.Node{Kind: document.Map, Place: x.now.root.Place}
	put := func(to *document.Node, key string, at diag.Place, n *document.Node) {
		if n != nil {
			to.Fields = append(to.Fields, document.Field{Key: key, Place: at, Value: n})
		}
	}
	// parts writes below a node the sections of a part of the two files, in the order of the later one.
	parts := func(to *document.Node, kind string, was, now *document.Node) {
		for _, from := range []*document.Node{now, was} {
			if from == nil {
				continue
			}
			for _, f := range from.Fields {
				if to.Get(f.Key) != nil || kind == "" && slices.Contains(unmixed, f.Key) {
					continue
				}
				var n *document.Node
				if f.Key != headSection { // which is the key of the method's name, too
					n = section(f.Key, kind)
				}
				if n == nil {
					if scalars := x.alone(f.Key, kind); scalars != nil {
						if t := stands(scalars); t != nil {
							n = t.node
						}
					} else if from == now && f.Value.Kind != document.Map && f.Value.Kind != document.List {
						n = f.Value // name, version, status and date
					}
				}
				put(to, f.Key, f.Place, n)
			}
		}
	}
	field := func(m *Method, keys ...string) *document.Node {
		n := m.root
		for _, k := range keys {
			n = n.Get(k)
		}
		return n
	}
	top := func(m *Method) *document.Node { // without what has parts of its own
		n := *m.root
		n.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f document.Field) bool { return f.Key == "common" || f.Key == "kinds" })
		return &n
	}
	parts(root, "", top(x.was), top(x.now))
	common := &document.Node{Kind: document.Map, Place: root.Place}
	if parts(common, sharedByKind, field(x.was, "common"), field(x.now, "common")); len(common.Fields) > 0 {
		put(root, "common", root.Place, common)
	}
	kinds := &document.Node{Kind: document.Map, Place: cmp.Or(field(x.now, "kinds"), root).Place}
	for _, m := range []*Method{x.now, x.was} {
		for _, f := range m.root.Get("kinds").Fields {
			if kinds.Get(f.Key) != nil {
				continue
			}
			k := &document.Node{Kind: document.Map, Place: f.Value.Place}
			parts(k, f.Key, field(x.was, "kinds", f.Key), field(x.now, "kinds", f.Key))
			if k.Get("impacts") == nil {
				put(k, "impacts", f.Place, &document.Node{Kind: document.List, Place: f.Value.Place})
			}
			put(kinds, f.Key, f.Place, k)
		}
	}
	put(root, "kinds", kinds.Place, kinds)
	return load(x.now.file, root, x.now.Digest, probs)
}

// alone is the slot of what stands in a file by itself, and is neither a map nor a list of maps.
func (x *Mixture) alone(key, kind string) *slotOfMixture {
	for _, s := range x.slots {
		if s.section == headSection && s.kind == kind && s.name == key {
			return s
		}
	}
	return nil
}
