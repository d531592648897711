package factors

import (
	"maps"
	"slices"
)

// codes is a dictionary: a number for each distinct text, from 0 in order of appearance.
type codes struct {
	texts []string
	by    map[string]int32
}

// code is the number of a text, which gets one if it has none.
func (c *codes) code(text string) int32 {
	if at, ok := c.by[text]; ok {
		return at
	}
	if c.by == nil {
		c.by = map[string]int32{}
	}
	at := int32(len(c.texts))
	c.texts = append(c.texts, text)
	c.by[text] = at
	return at
}

// find is the number of a text, -1 where it has none.
func (c *codes) find(text string) int32 {
	if at, ok := c.by[text]; ok {
		return at
	}
	return -1
}

// clone is a copy that more texts can be added to.
func (c *codes) clone() codes {
	return codes{texts: slices.Clone(c.texts), by: maps.Clone(c.by)}
}
