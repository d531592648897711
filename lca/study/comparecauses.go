package study

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// causes finds in what the studies differ.
func (c *comparing) causes() error {
	a, b := c.ends[0], c.ends[1]
	activities, catalogues, err := c.differentInputs()
	if err != nil {
		return err
	}
	c.mixture = rules.NewMixture(a.plan.method, b.plan.method)
	boundary := c.choseOtherwise()
	for _, e := range c.ends {
		for kind := range e.study.Where {
			boundary = boundary || whereText(a.study, kind) != whereText(b.study, kind)
		}
	}
	for _, u := range []struct {
		name    string
		differs bool
	}{{inventoryCause, activities}, {catalogueCause, catalogues}, {factorsCause, a.plan.pack.Digest != b.plan.pack.Digest || a.study.AsOf != b.study.AsOf},
		{rulesCause, len(c.mixture.Items()) > 0}, {boundaryCause, boundary}} {
		if u.differs {
			c.unions = append(c.unions, u.name)
		}
	}
	for column := range groupNames {
		if slices.Contains(a.study.GroupBy, groupNames[column]) && slices.Contains(b.study.GroupBy, groupNames[column]) {
			c.columns = append(c.columns, column)
		}
	}
	c.same = !catalogues
	for side := range c.packs {
		c.packs[side] = c.ends[side].plan.pack.Completed(c.ends[1-side].plan.pack)
	}
	return nil
}

// choseOtherwise reports whether two studies take different options under one and the same method: what the methods' own defaults are is their rules' part.
func (c *comparing) choseOtherwise() bool {
	for _, e := range c.ends {
		var options [2]string
		for side, other := range c.ends {
			options[side] = fmt.Sprint(e.plan.method.ByDefault().With(other.study.Choices, &diag.List{}).Taken())
		}
		if options[0] != options[1] {
			return true
		}
	}
	return false
}

// detail says what of a cause differs that is not parted.
func (c *comparing) detail(name string) string {
	a, b := c.ends[0], c.ends[1]
	var said []string
	say := func(what, was, now string) {
		if was != now {
			said = append(said, what+": "+cmp.Or(was, "nothing")+" → "+cmp.Or(now, "nothing"))
		}
	}
	switch name {
	case boundaryCause:
		for _, kind := range datasets.KindNames() {
			say("where "+kind, whereText(a.study, kind), whereText(b.study, kind))
		}
		stated := func(s *Study, choice string) string {
			if n := s.Choices.Get(choice); n != nil {
				return n.Text
			}
			return "the default"
		}
		var choices []string
		for _, e := range c.ends {
			for _, t := range e.plan.method.Taken() {
				if !slices.Contains(choices, t[0]) {
					choices = append(choices, t[0])
					say(t[0], stated(a.study, t[0]), stated(b.study, t[0]))
				}
			}
		}
	case catalogueCause:
		for _, kind := range datasets.Kinds() {
			if was, now := a.plan.catalogued[kind.Name], b.plan.catalogued[kind.Name]; !kind.Activity && was != nil && now != nil {
				said = append(said, catalogueChanges(kind, was, now)...)
			}
		}
	}
	const most = 12
	if len(said) > most {
		said = append(said[:most:most], fmt.Sprintf("and %d more", len(said)-most))
	}
	return cmp.Or(strings.Join(said, "; "), causeTitles[name])
}

// catalogueChanges lists what of a catalogue's rows differs.
func catalogueChanges(kind *datasets.Kind, was, now *vector.Reference) (out []string) {
	key, ok := now.Table.Lookup(kind.ID)
	if !ok {
		return nil
	}
	for row := range now.Table.Rows {
		if !key.Valid.Get(row) {
			continue
		}
		id := key.Dict.Values[key.Codes[row]]
		before, has := was.Row(id)
		if !has {
			out = append(out, kind.Name+" "+id+" added")
			continue
		}
		for i, name := range now.Table.Names {
			if c, ok := was.Table.Lookup(name); ok {
				if x, y := cellIn(c, before), cellIn(&now.Table.Data[i], row); x != y {
					out = append(out, fmt.Sprintf("%s %s, %s: %s → %s", kind.Name, id, name, x, y))
				}
			}
		}
	}
	return out
}

func whereText(s *Study, kind string) string {
	if n := s.Where[kind]; n != nil {
		return strings.Join(strings.Fields(n.Text), " ")
	}
	return ""
}

// differentInputs reports whether inventories of activities differ, and catalogues: their files, whatever their names and order.
func (c *comparing) differentInputs() (activities, catalogues bool, err error) {
	byKind := func(p *plan) map[string][]*input {
		out := map[string][]*input{}
		for i := range p.inputs {
			out[p.inputs[i].kind] = append(out[p.inputs[i].kind], &p.inputs[i])
		}
		return out
	}
	a, b := byKind(c.ends[0].plan), byKind(c.ends[1].plan)
	for _, kind := range datasets.Kinds() {
		same, err := sameFiles(c.ctx, a[kind.Name], b[kind.Name])
		if err != nil {
			return false, false, err
		}
		activities = activities || !same && kind.Activity
		catalogues = catalogues || !same && !kind.Activity
	}
	return activities, catalogues, nil
}

// sameFiles reports whether two lists of files have the same contents. Most that differ are told apart without reading them.
func sameFiles(ctx context.Context, a, b []*input) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	left := slices.Clone(b)
	for _, x := range a {
		found := -1
		for i, y := range left {
			same, err := sameContent(ctx, x, y)
			if err != nil {
				return false, err
			}
			if same {
				found = i
				break
			}
		}
		if found < 0 {
			return false, nil
		}
		left = slices.Delete(left, found, found+1)
	}
	return true, nil
}
