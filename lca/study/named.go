package study

import (
	"slices"
	"strings"
)

// named holds the names of the run's result groups: rows of one item, model, organisation, region and hardware. Groups are numbered as they come, within
// an inventory in the order of their names.
type named struct {
	leading int // the first column that the study groups by, in which names ascend
	columns [groupColumns]nameColumn
	last    [groupColumns]string // names of the group that came last
	count   int
}

// groupColumns is how many columns of a result can be grouped by.
const groupColumns = 5 // item, model, organisation, region, hardware

// nameColumn is one of the columns. A column that no group has a name in stays empty.
type nameColumn struct {
	of     []int32          // of each group: the number of its name; 0 where it has none
	values []string         // by number
	known  map[string]int32 // not of the leading column, whose names may be as many as groups
}

// is reports whether names are those of the group that came last.
func (n *named) is(names []string) bool {
	return n.count > 0 && slices.Equal(n.last[:], names)
}

// add numbers a group. The names are copied.
func (n *named) add(names []string) {
	for i := range n.columns {
		c := &n.columns[i]
		if names[i] == "" && c.values == nil {
			n.last[i] = ""
			continue
		}
		if c.values == nil {
			c.values, c.of = []string{""}, make([]int32, n.count)
			if i != n.leading {
				c.known = map[string]int32{"": 0}
			}
		}
		id := c.number(names[i])
		c.of = append(c.of, id)
		n.last[i] = c.values[id]
	}
	n.count++
}

// number is that of a name. In the leading column it may have one for each inventory.
func (c *nameColumn) number(name string) int32 {
	if name == "" {
		return 0
	}
	if c.known == nil {
		if last := len(c.values) - 1; c.values[last] == name {
			return int32(last)
		}
	} else if id, ok := c.known[name]; ok {
		return id
	}
	name = strings.Clone(name)
	id := int32(len(c.values))
	c.values = append(c.values, name)
	if c.known != nil {
		c.known[name] = id
	}
	return id
}

// at is the number of a group's name.
func (c *nameColumn) at(group uint32) int32 {
	if c.values == nil {
		return 0
	}
	return c.of[group]
}

// name is a group's name in the column, empty where it has none.
func (c *nameColumn) name(group uint32) string {
	if c.values == nil {
		return ""
	}
	return c.values[c.of[group]]
}
