package rules

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// wordFields are texts for readers, wherever they stand: no result depends on them.
var wordFields = []string{"title", "doc", "goal", "source", "reason", "how", "revises", "url"}

// wordSections hold nothing that a result depends on.
var wordSections = []string{"exclusions", "meets", "examples"}

// said is one thing that is said of a thing, as it is written or by default.
type said struct {
	field string
	at    diag.Place
	node  *document.Node
}

// fieldChanges lists what two things say differently; was or now is nil where it is not there.
func fieldChanges(was, now *thing) []FieldChange {
	out := []FieldChange{}
	before, after := was.says(), now.says()
	for _, a := range after {
		b := find(before, a.field)
		if b == nil && was != nil && was.node.Kind == document.Map {
			b = was.otherwise(a.field)
		}
		out = append(out, sidesDiffer(cmp.Or(now, was), b, a)...)
	}
	for _, b := range before {
		if find(after, b.field) != nil {
			continue
		}
		var a *said
		if now != nil && now.node.Kind == document.Map {
			a = now.otherwise(b.field)
		}
		out = append(out, sidesDiffer(cmp.Or(now, was), b, a)...)
	}
	return out
}

func find(list []*said, field string) *said {
	for _, s := range list {
		if s.field == field {
			return s
		}
	}
	return nil
}

// says lists what a file says of a thing, in its order; a quantity with one formula has one tier.
func (t *thing) says() (out []*said) {
	if t == nil {
		return nil
	}
	if t.node.Kind != document.Map {
		if t.node.Kind == document.Null {
			return nil
		}
		return []*said{{field: "", at: t.node.Place, node: t.node}}
	}
	var tier document.Node
	for i, f := range t.node.Fields {
		switch isName := slices.Contains(nameFields, f.Key) || i == 0; {
		case t.section == "quantities" && (f.Key == "expr" || f.Key == "class"):
			if tier.Kind = document.Map; len(tier.Fields) == 0 {
				tier.Place = f.Value.Place
			}
			tier.Fields = append(tier.Fields, f)
		case isName && f.Value.Kind == document.Scalar && f.Value.Text == t.name && t.listed:
		default:
			out = append(out, &said{field: f.Key, at: f.Value.Place, node: f.Value})
		}
	}
	if len(tier.Fields) > 0 && find(out, "tiers") == nil {
		out = append(out, &said{field: "tiers", at: tier.Place, node: &document.Node{Kind: document.List, Place: tier.Place, Items: []*document.Node{&tier}}})
	}
	return out
}

// otherwise is what holds where a field is not written; nil where nothing does.
func (t *thing) otherwise(field string) *said {
	var words []string
	switch t.section + " " + field {
	case "impacts share_of":
		words = lca.Names(lca.Words().ShareOf)[:1]
	case "impacts accounting":
		words = lca.Names(lca.Words().Accountings)
	case "impacts categories":
		words = t.m.Categories
	case "parameters class":
		words = []string{"modelled"}
	default:
		return nil
	}
	n := &document.Node{Kind: document.List}
	for _, w := range words {
		n.Items = append(n.Items, &document.Node{Kind: document.Scalar, Text: w})
	}
	if field == "share_of" || field == "class" {
		n = n.Items[0]
	}
	return &said{field: field, at: t.at, node: n}
}

// sidesDiffer compares what is said under a key; one side is nil where nothing is.
func sidesDiffer(of *thing, was, now *said) []FieldChange {
	field := ""
	if now != nil {
		field = now.field
	} else {
		field = was.field
	}
	words := slices.Contains(wordSections, of.section) || slices.Contains(wordFields, field) || field == "" && slices.Contains(wordFields, of.name)
	if was.listsMaps() || now.listsMaps() {
		return itemChanges(field, words, was.items(), now.items())
	}
	if was != nil && now != nil && sameNode(cmp.Or(field, of.name), was.node, now.node) || was == nil && isEmpty(now.node) || now == nil && isEmpty(was.node) {
		return nil
	}
	out := FieldChange{Field: field, Words: words || was != nil && now != nil && sameNode(field, withoutWords(was.node), withoutWords(now.node))}
	if was != nil {
		out.Was, out.WasPlace = flat(was.node), was.at.String()
	}
	if now != nil {
		out.Now, out.NowPlace = flat(now.node), now.at.String()
	}
	return []FieldChange{out}
}

func (s *said) items() []*document.Node {
	if s == nil {
		return nil
	}
	return s.node.Items
}

func (s *said) listsMaps() bool {
	return slices.ContainsFunc(s.items(), func(n *document.Node) bool { return n.Kind == document.Map })
}

// itemChanges compares lists whose order matters, such as tiers: an item is the same where it says the same. Items are numbered from 1 in their own list.
func itemChanges(field string, words bool, was, now []*document.Node) []FieldChange {
	var out []FieldChange
	field = strings.TrimSuffix(field, "s")
	for _, p := range aligned(was, now) {
		x := FieldChange{Field: field, Words: words}
		if p.was >= 0 {
			x.Was, x.WasPlace = itemText(p.was, was[p.was]), was[p.was].Place.String()
		}
		if p.now >= 0 {
			x.Now, x.NowPlace = itemText(p.now, now[p.now]), now[p.now].Place.String()
		}
		out = append(out, x)
	}
	return out
}

func itemText(i int, n *document.Node) string { return strconv.Itoa(i+1) + ". " + entries(n) }

// pair is an item of each list, by number; -1 where it is in the other alone.
type pair struct{ was, now int }

// maxAligned bounds what is compared each with each, as a product of lengths: longer lists are compared number by number, and nothing is looked for under
// other names.
const maxAligned = 1 << 18

// aligned pairs the items that differ, in the order of the later list: what only changed its place with itself, what stands between the same neighbours in
// its order, and what is over with nothing.
func aligned(was, now []*document.Node) (out []pair) {
	var gone, come []pair // what has no equal in its place: number, and the gap between equals in which it stands
	i, j := 0, 0
	for gap, equal := range append(equals(was, now), pair{len(was), len(now)}) {
		for ; i < equal.was; i++ {
			gone = append(gone, pair{i, gap})
		}
		for ; j < equal.now; j++ {
			come = append(come, pair{j, gap})
		}
		i, j = equal.was+1, equal.now+1
	}
	take := func(fits func(gone pair) bool) int {
		at := slices.IndexFunc(gone, fits)
		if at < 0 {
			return -1
		}
		taken := gone[at].was
		gone = slices.Delete(gone, at, at+1)
		return taken
	}
	from := make([]int, len(come))
	for k, c := range come {
		from[k] = take(func(g pair) bool { return sameNode("", was[g.was], now[c.was]) })
	}
	for k, c := range come {
		if from[k] < 0 {
			from[k] = take(func(g pair) bool { return g.now == c.now })
		}
	}
	for k, c := range come {
		for len(gone) > 0 && gone[0].now < c.now {
			out, gone = append(out, pair{gone[0].was, -1}), gone[1:]
		}
		out = append(out, pair{from[k], c.was})
	}
	for _, g := range gone {
		out = append(out, pair{g.was, -1})
	}
	return out
}

// equals is a longest row of items that are the same in both lists, in the order of both.
func equals(was, now []*document.Node) (out []pair) {
	if len(was)*len(now) > maxAligned {
		for i := range min(len(was), len(now)) {
			if sameNode("", was[i], now[i]) {
				out = append(out, pair{i, i})
			}
		}
		return out
	}
	longest := make([][]int, len(was)+1) // of the items from i and j on
	longest[len(was)] = make([]int, len(now)+1)
	for i := len(was) - 1; i >= 0; i-- {
		longest[i] = make([]int, len(now)+1)
		for j := len(now) - 1; j >= 0; j-- {
			if longest[i][j] = max(longest[i+1][j], longest[i][j+1]); sameNode("", was[i], now[j]) {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	for i, j := 0, 0; i < len(was) && j < len(now); {
		switch {
		case sameNode("", was[i], now[j]):
			out = append(out, pair{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// setFields are lists whose order says nothing.
var setFields = []string{"categories", "accounting", "kinds"}

// sameNode tells whether two nodes say the same: whatever the layout, the order of keys and the way in which a number is written.
func sameNode(field string, a, b *document.Node) bool {
	if isEmpty(a) || isEmpty(b) {
		return isEmpty(a) && isEmpty(b)
	}
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case document.List:
		if len(a.Items) != len(b.Items) {
			return false
		}
		for i := range a.Items {
			if slices.Contains(setFields, field) {
				if !slices.ContainsFunc(b.Items, func(n *document.Node) bool { return sameNode("", a.Items[i], n) }) {
					return false
				}
			} else if !sameNode("", a.Items[i], b.Items[i]) {
				return false
			}
		}
		return true
	case document.Map:
		for _, f := range a.Fields { // an empty value is one: of an option, for example
			if other := b.Get(f.Key); other == nil || !sameNode(f.Key, f.Value, other) {
				return false
			}
		}
		return len(a.Fields) == len(b.Fields)
	}
	return sameText(a, b)
}

// withoutWords is a node without its texts for readers.
func withoutWords(n *document.Node) *document.Node {
	out := *n
	out.Fields, out.Items = nil, nil
	for _, f := range n.Fields {
		if !slices.Contains(wordFields, f.Key) {
			f.Value = withoutWords(f.Value)
			out.Fields = append(out.Fields, f)
		}
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, withoutWords(item))
	}
	return &out
}

func isEmpty(n *document.Node) bool {
	return n == nil || len(n.Text)+len(n.Fields)+len(n.Items) == 0
}

func sameText(a, b *document.Node) bool {
	x, y := written(a), written(b)
	if x == y {
		return true
	}
	v, isNumber := plainNumber(x)
	w, isToo := plainNumber(y)
	return isNumber && isToo && v == w
}

// plainNumber reads a number as YAML files have them.
func plainNumber(text string) (float64, bool) {
	if text == "" || strings.Trim(text, "0123456789.eE+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// flat writes a node on one line.
func flat(n *document.Node) string {
	switch n.Kind {
	case document.Map:
		return "{" + entries(n) + "}"
	case document.List:
		var out []string
		for _, item := range n.Items {
			out = append(out, flat(item))
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	return written(n)
}

// entries writes a map's keys with what they say, the formula ahead of all.
func entries(n *document.Node) string {
	if n.Kind != document.Map {
		return flat(n)
	}
	var out []string
	for _, f := range n.Fields {
		if f.Key == "expr" {
			out = slices.Insert(out, 0, flat(f.Value))
		} else {
			out = append(out, f.Key+": "+flat(f.Value))
		}
	}
	return strings.Join(out, "; ")
}
