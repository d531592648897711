package study

import (
	"context"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/rules"
)

// causes finds in what the studies differ.
func (c *comparing) causes() error {
	a, b := c.ends[0], c.ends[1]
	activities, catalogues, err := c.differentInputs()
	if err != nil {
		return err
	}
	c.mixture = rules.NewMixture(a.plan.method, b.plan.method)
	boundary := choseOtherwise(a.plan.method, b.plan.method)
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

// choseOtherwise reports whether two methods take different options of a choice that both have.
func choseOtherwise(a, b *rules.Method) bool {
	options := map[string]string{}
	for _, t := range a.Taken() {
		options[t[0]] = t[1]
	}
	return slices.ContainsFunc(b.Taken(), func(t [2]string) bool { option, ok := options[t[0]]; return ok && option != t[1] })
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
