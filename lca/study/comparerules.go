package study

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/attribution"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
)

// The items of the cause rules are the changes between two methods, see rules.Mixture. What an impact gives depends on few of them, so that changes on which no
// impact depends together share a colour and are made together: of n changes in c colours 2^c methods are run in place of 2^n, and the changes' parts of an
// impact are their Shapley values in the game of those few.

// maxColours bounds the methods between two that are run: 2^maxColours.
const maxColours = 10

// prepareRules colours the changes, and merges those that do not go without each other.
func (c *comparing) prepareRules() error {
	c.colours, c.coloured, c.methods = nil, 0, nil
	if !slices.Contains(c.unions, rulesCause) {
		return nil
	}
	for i := 0; i < len(c.mixture.Items()) && len(c.mixture.Items()) > 1; i++ {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if !c.goesAlone(i) {
			if !c.mixture.Merge(i) {
				c.mixture.MergeAll()
			}
			i = -1
		}
	}
	kinds := map[string]bool{}
	for _, e := range c.ends {
		for _, k := range e.plan.kinds {
			kinds[k.kind.Name] = true
		}
	}
	items := c.mixture.Items()
	beside := make([][]bool, len(items))
	for i := range beside {
		beside[i] = make([]bool, len(items))
	}
	used := make([]bool, len(items))
	for _, e := range c.ends {
		for _, k := range e.plan.method.Kinds {
			if !kinds[k.Kind] {
				continue
			}
			for _, r := range k.Impacts {
				behind := c.mixture.Behind(k.Kind, r.Name)
				for _, a := range behind {
					used[a] = true
					for _, b := range behind {
						beside[a][b] = true
					}
				}
			}
		}
	}
	c.colours = make([]int, len(items))
	for i := range items {
		c.colours[i] = -1
		if !used[i] {
			continue
		}
		taken := map[int]bool{}
		for j := range i {
			if beside[i][j] {
				taken[c.colours[j]] = true
			}
		}
		for c.colours[i] = 0; taken[c.colours[i]]; c.colours[i]++ {
		}
		c.coloured = max(c.coloured, c.colours[i]+1)
	}
	if c.coloured == 0 { // no impact of these inventories depends on any
		for i := range c.colours {
			c.colours[i] = 0
		}
		c.coloured = 1
	}
	return c.affordable()
}

// affordable makes one change of all where running all methods between two takes too long.
func (c *comparing) affordable() error {
	var rows int64
	for _, e := range c.ends {
		for _, k := range e.plan.kinds {
			rows = max(rows, k.inventory.TotalRows())
		}
	}
	others := int64(1) << (len(c.unions) - 1)
	if slices.Contains(c.unions, factorsCause) {
		others /= 2
	}
	scans := others * (int64(1)<<min(c.coloured, 32) - 2)
	if c.coloured > maxColours || scans > 0 && scans*rows > c.o.Work {
		c.notes = append(c.notes, fmt.Sprintf("the %d changes of the rules are taken as one: telling them apart takes %d scans of %d rows", len(c.mixture.Items()), scans, rows))
		c.mixture.MergeAll()
		c.colours, c.coloured = []int{0}, 1
	}
	return nil
}

// goesAlone reports whether a change can be made by itself, and can be the only one that is not made.
func (c *comparing) goesAlone(item int) bool {
	for _, alone := range []bool{true, false} {
		var probs diag.List
		if m := c.mixture.Method(func(i int) bool { return (i == item) == alone }, &probs); m == nil || probs.Err() != nil {
			return false
		}
	}
	return true
}

// method is that of a mask of colours; all is 1 where all changes are made and there are no colours.
func (c *comparing) method(mask, all int) (*rules.Method, error) {
	switch full := 1<<c.coloured - 1; {
	case c.coloured == 0:
		return c.ends[all].plan.method, nil
	case mask == 0:
		return c.ends[0].plan.method, nil
	case mask == full:
		return c.ends[1].plan.method, nil
	}
	if c.methods == nil {
		c.methods = make([]*rules.Method, 1<<c.coloured)
	}
	if c.methods[mask] == nil {
		var probs diag.List
		m := c.mixture.Method(func(i int) bool { return c.colours[i] >= 0 && mask>>c.colours[i]&1 != 0 }, &probs)
		if err := probs.Err(); err != nil {
			return nil, err
		}
		c.methods[mask] = m
	}
	return c.methods[mask], nil
}

// ruleItems gives the parts of the changes.
func (c *comparing) ruleItems(union int) []leaf {
	items := c.mixture.Items()
	out := make([]leaf, len(items))
	for i := range items {
		out[i] = leaf{rulesCause, describeChange(&items[i]), map[totalKey]float64{}}
	}
	if c.coloured == 1 { // all of one colour are alone in their impacts, or it is one change
		if len(items) == 1 {
			out[0].parts = c.union(union)
			return out
		}
	}
	weights := c.weights(union)
	for set, byMask := range c.inner {
		if byMask == nil || weights[set] == 0 {
			continue
		}
		met := map[flowTotal]bool{}
		for _, m := range byMask {
			for k := range m {
				met[k] = true
			}
		}
		var keys []flowTotal
		for k := range met {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b flowTotal) int { return cmp.Or(cmp.Compare(a.flow, b.flow), cmp.Compare(a.total, b.total)) })
		for _, k := range keys {
			flow := c.flows.all[k.flow]
			behind := slices.DeleteFunc(c.mixture.Behind(flow.kind, flow.impact), func(i int) bool { return c.colours[i] < 0 })
			values := make([]float64, 1<<len(behind))
			for set := range values {
				mask := 0
				for p, item := range behind {
					mask |= set >> p & 1 << c.colours[item]
				}
				values[set] = byMask[mask][k]
			}
			for p, part := range attribution.Shapley(len(behind), values) {
				if part != 0 {
					out[behind[p]].parts[c.totals.all[k.total]] += float64(weights[set] * part)
				}
			}
		}
	}
	return out
}

// describeChange says what a change of the rules is.
func describeChange(item *rules.MixedItem) CauseItem {
	out := CauseItem{Name: item.Name}
	first := &item.Changes[0]
	out.Was, out.Now = first.Was, first.Now
	var texts []string
	for i := range item.Changes {
		text := changeText(&item.Changes[i])
		if strings.HasSuffix(item.Name, " "+item.Changes[i].Name) { // it is named already
			text = strings.TrimPrefix(text, item.Changes[i].Name+": ")
		}
		texts = append(texts, text)
	}
	for i := range item.With {
		texts = append(texts, item.With[i].Name+" "+item.With[i].What)
	}
	var distinct []string
	for _, text := range texts {
		if !slices.Contains(distinct, text) {
			distinct = append(distinct, text)
		}
	}
	out.Detail = strings.Join(distinct, "; ")
	return out
}

// changeText is a change in a line.
func changeText(c *rules.Change) string {
	var fields []string
	for i := range c.Fields {
		f := &c.Fields[i]
		if f.Words || f.Field == "unit" || f.Field == "distribution" {
			continue
		}
		was, now := f.Excerpts()
		text := f.Field
		switch {
		case was == "":
			text += " " + now
		case now == "":
			text += " " + was + " left out"
		default:
			text += " " + was + " → " + now
		}
		fields = append(fields, strings.TrimPrefix(text, "value "))
	}
	if c.What != rules.Changed {
		return c.Name + " " + c.What
	}
	return c.Name + ": " + strings.Join(fields, ", ")
}
