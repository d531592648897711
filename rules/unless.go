package rules

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// unless reads what drops an impact: one map, or a list of them.
func (l *loader) unless(r *Impact) {
	n := r.UnlessAt
	if n == nil || n.Kind == document.Null {
		return
	}
	items := []*document.Node{n}
	if n.Kind == document.List {
		items = n.Items
	}
	for _, item := range items {
		u := Unless{At: item}
		if l.decode(item, &u) {
			r.Unless = append(r.Unless, u)
		}
	}
	l.fewUnless(r, n)
}

func (l *loader) fewUnless(r *Impact, at *document.Node) {
	if len(r.Unless) > maxUnless {
		l.probs.Add(at.Problem(diag.TooLarge, "%s is dropped by %d factors, those in whose place it stands included; at most %d are taken", r.Name, len(r.Unless), maxUnless))
		r.Unless = r.Unless[:maxUnless]
	}
}

// otherwise has impacts stand in for one whose factor has no row: each is dropped, category by category, where there is one. What they are for is said once, by the
// impact that they stand in for.
func (l *loader) otherwise(k *KindRules) {
	for i := range k.Impacts {
		r := &k.Impacts[i]
		for j, name := range r.Otherwise {
			at := r.At.Get("otherwise").Items[j]
			if r.Factor == "" || r.Technology == nil || r.Region != nil {
				p := at.Problem(diag.BadValue, "impacts stand in only for one whose factor is found by a technology, such as hardware_id")
				p.Hint = "tiers of a quantity are tried one after the other; an impact that states a value has no factor to lack"
				l.probs.Add(p)
				break
			}
			to := slices.IndexFunc(k.Impacts, func(o Impact) bool { return o.Name == name })
			switch {
			case to < 0:
				var names []string
				for _, o := range k.Impacts {
					names = append(names, o.Name)
				}
				p := at.Problem(diag.UnknownName, "there is no impact %q that could stand in", excerpt(name))
				p.Hint = meant(name, names, "")
				l.probs.Add(p)
				continue
			case slices.Contains(r.Otherwise[:j], name):
				l.probs.Add(at.Problem(diag.DuplicateName, "%s stands twice in this list", name))
				continue
			}
			o := &k.Impacts[to]
			if why := r.differs(o); why != "" {
				l.probs.Add(at.Problem(diag.BadValue, "%s cannot stand in for %s: %s", name, r.Name, why))
				continue
			}
			o.Unless = append(o.Unless, Unless{Factor: r.Factor, Technology: r.Technology, For: r.Name, At: r.At})
			l.fewUnless(o, at)
		}
	}
}

// differs says in what an impact differs from the one in whose place it is to stand, which would be another total; empty where it may.
func (r *Impact) differs(o *Impact) string {
	switch {
	case o == r:
		return "it is the impact itself"
	case len(o.Otherwise) > 0:
		return "others stand in for it in turn"
	case o.Perspective != r.Perspective:
		return "one is of the perspective " + r.Perspective + ", the other of " + o.Perspective
	case o.ShareOf != r.ShareOf:
		return "one is " + r.ShareOf + ", the other " + o.ShareOf
	case o.Time != r.Time:
		return "their years are told by different dates"
	case !slices.Equal(o.Accountings, r.Accountings):
		return "one stands under " + strings.Join(r.Accountings, " and ") + ", the other under " + strings.Join(o.Accountings, " and ")
	}
	return ""
}

// Covers lists the categories in which an impact gives a result.
func (r *Impact) Covers() []string {
	if r.Category != "" {
		return []string{r.Category}
	}
	return r.Categories
}

// StandIns are the impacts of the kind that stand in for one in a category, by name.
func (k *KindRules) StandIns(r *Impact, category string) []string {
	var out []string
	for _, name := range r.Otherwise {
		for i := range k.Impacts {
			if o := &k.Impacts[i]; o.Name == name && slices.Contains(o.Covers(), category) {
				out = append(out, name)
			}
		}
	}
	return out
}
