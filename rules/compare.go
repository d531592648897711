package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Comparison is what differs between two methods as their files say it, in a fixed order: the head, what all kinds share, each kind, what is left out,
// examples; in each section as the later file writes it, then what only the earlier one has. How a file is laid out, the order of keys, whether a default
// is written and how a number is (0.20, 0.2) make no difference.
type Comparison struct {
	Was     Revision `json:"was"`
	Now     Revision `json:"now"`
	Changes []Change `json:"changes"`
}

// Revision is one of the two methods.
type Revision struct {
	Method string `json:"method"` // name@version
	Status string `json:"status"`
	Date   string `json:"date"`
	Title  string `json:"title"`
	Digest string `json:"digest"` // sha256 of the file
	File   string `json:"file"`
}

// Change is a named thing of one method that the other has not, or has otherwise.
type Change struct {
	Section string        `json:"section"`        // the key of the file that it stands under: parameters, quantities, impacts ...; method for the head
	Kind    string        `json:"kind,omitempty"` // of inventory, or common; empty of what belongs to the method as a whole
	Name    string        `json:"name"`
	What    string        `json:"what"`          // added, removed, changed or renamed
	Words   bool          `json:"words"`         // only texts for readers differ: no result depends on them
	Was     string        `json:"was,omitempty"` // its place, file:line:col; empty where it is not there
	Now     string        `json:"now,omitempty"`
	Fields  []FieldChange `json:"fields"` // what of it differs; of what was added or removed all that it says
}

// FieldChange is one thing that is said of a Change, in both methods; a text is empty where it is not said.
type FieldChange struct {
	Field    string `json:"field"` // its key; tier, step, fallback for one of a list
	Was      string `json:"was"`
	Now      string `json:"now"`
	Words    bool   `json:"words"`
	WasPlace string `json:"was_place,omitempty"`
	NowPlace string `json:"now_place,omitempty"`
}

// longText is from how many bytes on a text is shown from where it differs, and aroundIt how much of what is the same stands ahead of that and after it.
const (
	longText = 240
	aroundIt = 60
)

// Excerpts are the two texts as a reader compares them: long ones that begin or end alike without what they have in common there, where … stands.
func (f *FieldChange) Excerpts() (was, now string) {
	was, now = f.Was, f.Now
	if was == "" || now == "" || max(len(was), len(now)) < longText {
		return was, now
	}
	shorter := min(len(was), len(now))
	ahead, after := 0, 0 // how much of them is the same
	for ahead < shorter && was[ahead] == now[ahead] {
		ahead++
	}
	for after < shorter-ahead && was[len(was)-1-after] == now[len(now)-1-after] {
		after++
	}
	from, rest := 0, 0 // how much is left out
	if ahead > 2*aroundIt {
		from = strings.LastIndexByte(was[:ahead-aroundIt], ' ') + 1
	}
	if after > 2*aroundIt {
		end := was[len(was)-after+aroundIt:]
		rest = len(end) - max(0, strings.IndexByte(end, ' '))
	}
	cut := func(text string) string {
		out := text[from : len(text)-rest]
		if from > 0 {
			out = "… " + out
		}
		if rest > 0 {
			out += " …"
		}
		return out
	}
	return cut(was), cut(now)
}

// What a Change says.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	Renamed = "renamed"
)

// Differs tells whether anything differs that a result may depend on.
func (c *Comparison) Differs() bool {
	return slices.ContainsFunc(c.Changes, func(x Change) bool { return !x.Words })
}

// Compare compares two methods. Neither needs to compile.
func Compare(was, now *Method) *Comparison {
	out := &Comparison{Was: was.revision(), Now: now.revision(), Changes: []Change{}}
	before, after := thingsOf(was), thingsOf(now)
	earlier := map[thingKey]*thing{}
	for _, t := range before {
		if earlier[t.thingKey] == nil {
			earlier[t.thingKey] = t
		}
	}
	for _, t := range after {
		if e := earlier[t.thingKey]; e != nil && e.other == nil {
			e.other, t.other = t, e
		}
	}
	moved(before, after)
	groups := groupsOf(after, before)
	for _, g := range groups {
		for _, t := range after {
			if t.group() != g {
				continue
			}
			if x, differs := changeOf(t.other, t); differs {
				out.Changes = append(out.Changes, x)
			}
		}
		for _, t := range before {
			if t.group() == g && t.other == nil {
				x, _ := changeOf(t, nil)
				out.Changes = append(out.Changes, x)
			}
		}
	}
	return out
}

func (m *Method) revision() Revision {
	return Revision{Method: m.Ref(), Status: m.Status, Date: m.Date, Title: m.Title, Digest: m.Digest, File: m.file}
}

// thing is what a method's file gives a name: a parameter, a quantity, an impact, a statement of the head.
type thing struct {
	thingKey
	at     diag.Place
	node   *document.Node
	listed bool // it stands in a list and says its name itself
	m      *Method
	other  *thing // the same in the other method
}

type thingKey struct{ section, kind, name string }

// group is a section of the file.
type group struct{ section, kind string }

func (t *thing) group() group { return group{t.section, t.kind} }

// headSection holds what stands alone at the head of a file.
const (
	headSection  = "method"
	sharedByKind = "common"
)

// thingsOf lists what a method's file names, in its order. What a method is called by is not among it: see Revision.
func thingsOf(m *Method) (out []*thing) {
	add := func(section, kind, name string, at diag.Place, n *document.Node, listed bool) {
		out = append(out, &thing{thingKey{section, kind, name}, at, n, listed, m, nil})
	}
	section := func(f document.Field, kind string) {
		switch {
		case f.Value.Kind == document.Map:
			for _, named := range f.Value.Fields {
				add(f.Key, kind, named.Key, named.Place, named.Value, false)
			}
		case f.Value.Kind == document.List && slices.ContainsFunc(f.Value.Items, func(n *document.Node) bool { return n.Kind == document.Map }):
			for _, item := range f.Value.Items {
				add(f.Key, kind, nameOf(item), item.Place, item, true)
			}
		case f.Value.Kind != document.Null:
			add(headSection, kind, f.Key, f.Place, f.Value, false)
		}
	}
	for _, f := range m.root.Fields {
		switch f.Key {
		case "method", "version", "status", "date":
		case "common":
			for _, part := range f.Value.Fields {
				section(part, sharedByKind)
			}
		case "kinds":
			for _, kind := range f.Value.Fields {
				for _, part := range kind.Value.Fields {
					section(part, kind.Key)
				}
			}
		default:
			section(f, "")
		}
	}
	return out
}

// nameFields are keys by which an item of a list says what it is called.
var nameFields = []string{"name", "requirement"}

// nameOf is the name that an item of a list states, or else the first word that it says.
func nameOf(item *document.Node) string {
	for _, key := range nameFields {
		if name := item.Get(key); name != nil {
			return name.Text
		}
	}
	if len(item.Fields) > 0 {
		return item.Fields[0].Value.Text
	}
	return item.Text
}

// moved pairs what one method alone has with the same thing of the other: under another kind, or under another name.
func moved(before, after []*thing) {
	pair := func(same func(was, now *thing) bool) {
		for _, t := range after {
			if t.other != nil {
				continue
			}
			var found *thing
			for _, e := range before {
				if e.other != nil || e.section != t.section || !same(e, t) {
					continue
				}
				if found != nil {
					found = nil // there are several: which of them it was is not known
					break
				}
				found = e
			}
			if found != nil {
				found.other, t.other = t, found
			}
		}
	}
	alone := func(list []*thing) (n int) {
		for _, t := range list {
			if t.other == nil {
				n++
			}
		}
		return n
	}
	if alone(before)*alone(after) > maxAligned {
		return
	}
	pair(func(was, now *thing) bool { return was.name == now.name })
	pair(func(was, now *thing) bool {
		return was.kind == now.kind && was.section != headSection && sameThing(was, now)
	})
}

// sameThing tells whether two things are the same but for their names.
func sameThing(was, now *thing) bool {
	return len(was.node.Fields) > 0 && len(fieldChanges(was, now)) == 0
}

// sectionOrder is the order in which sections are told; what it does not name stands before the last.
var sectionOrder = []string{headSection, "classes", "parameters", "uncertainty", "factors", "ladders", "choices", "lookups", "quantities", "impacts", "functional_units", "share_out",
	"cut_offs", "exclusions", "meets", "", "examples"}

// groupsOf orders the sections of two methods: those of the method as a whole, then those that kinds share, then those of each kind in the order of the
// later file; what is left out and examples at the end.
func groupsOf(after, before []*thing) []group {
	var out []group
	kinds := []string{"", sharedByKind}
	for _, t := range slices.Concat(after, before) {
		if !slices.Contains(out, t.group()) {
			out = append(out, t.group())
		}
		if !slices.Contains(kinds, t.kind) {
			kinds = append(kinds, t.kind)
		}
	}
	rank := func(g group) (part, kind, section int) {
		if section = slices.Index(sectionOrder, g.section); section < 0 {
			section = slices.Index(sectionOrder, "")
		}
		switch {
		case g.kind != "":
			part = 1
		case section >= slices.Index(sectionOrder, "cut_offs"):
			part = 2
		}
		return part, slices.Index(kinds, g.kind), section
	}
	slices.SortStableFunc(out, func(a, b group) int {
		partA, kindA, sectionA := rank(a)
		partB, kindB, sectionB := rank(b)
		return cmp.Or(cmp.Compare(partA, partB), cmp.Compare(kindA, kindB), cmp.Compare(sectionA, sectionB))
	})
	return out
}

// changeOf tells what differs between a thing before and after; one of them is nil where it was added or removed.
func changeOf(was, now *thing) (out Change, differs bool) {
	t := now
	switch {
	case was == nil:
		out.What = Added
	case now == nil:
		out.What, t = Removed, was
	default:
		out.What = Changed
	}
	out.Section, out.Kind, out.Name = t.section, t.kind, t.name
	out.Fields = fieldChanges(was, now)
	if was != nil {
		out.Was = was.at.String()
	}
	if now != nil {
		out.Now = now.at.String()
	}
	if was != nil && now != nil {
		if was.kind != now.kind {
			out.Fields = slices.Insert(out.Fields, 0, FieldChange{Field: "kind", Was: was.kind, Now: now.kind, WasPlace: out.Was, NowPlace: out.Now})
		}
		if was.name != now.name {
			out.What = Renamed
			out.Fields = slices.Insert(out.Fields, 0, FieldChange{Field: "name", Was: was.name, Now: now.name, WasPlace: out.Was, NowPlace: out.Now})
		}
	}
	out.Words = !slices.ContainsFunc(out.Fields, func(f FieldChange) bool { return !f.Words })
	return out, was == nil || now == nil || len(out.Fields) > 0
}
