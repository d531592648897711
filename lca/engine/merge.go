package engine

import (
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// merged numbers what Merge makes of the words of several columns.
type merged struct {
	met    combination
	of     []int32 // of each combination, the number of its word
	words  []string
	buffer []int32

	scores  [][]int32 // of each column of numbers: memory
	isScore []bool    // of each column
}

// scores numbers the rows of a column of numbers: by those from 1 to MostScore, 0 for all others.
func scores(c *column.Column, rows int, buffer *[]int32) numbers {
	if c.Valid != nil && none(c.Valid, rows) {
		return numbers{}
	}
	*buffer = grow(*buffer, rows)
	out := *buffer
	for i, v := range c.Floats[:rows] {
		out[i] = 0
		if n := int32(v); v >= 1 && v <= MostScore && float64(n) == v && c.Valid.Get(i) {
			out[i] = n
		}
	}
	return numbers{each: out}
}

func (m *merged) number(l *lane, b *column.Batch) numbers {
	met := numbers{}
	if len(m.scores) != len(l.layout.merged) {
		m.scores, m.isScore = make([][]int32, len(l.layout.merged)), make([]bool, len(l.layout.merged))
	}
	for stage, at := range l.layout.merged {
		var n numbers
		var bound int
		if m.isScore[stage] = at >= 0 && b.Columns[at].Type == column.Float; m.isScore[stage] {
			n, bound = scores(&b.Columns[at], b.Rows, &m.scores[stage]), MostScore+1
		} else {
			n, bound = l.wordsOf(b, at)
		}
		met = m.met.number(stage, met, n, bound, b.Rows)
	}
	if len(l.layout.merged) == 0 {
		m.met.count = 1
	}
	for n := len(m.of); n < m.met.count; n++ {
		l.names = grow(l.names, len(l.layout.merged))
		m.met.parts(int32(n), l.names)
		words := make([]string, len(l.names))
		for i, at := range l.layout.merged {
			switch {
			case at < 0:
			case m.isScore[i] && l.names[i] > 0:
				words[i] = strconv.Itoa(int(l.names[i]))
			case !m.isScore[i]:
				words[i] = l.words[at].values[l.names[i]]
			}
		}
		word := l.inv.Merge.Word(words)
		at := slices.Index(m.words, word)
		if at < 0 {
			at = len(m.words)
			m.words = append(m.words, word)
		}
		m.of = append(m.of, int32(at))
	}
	if met.each == nil {
		return numbers{one: m.of[met.one]}
	}
	m.buffer = grow(m.buffer, b.Rows)
	for i, n := range met.each[:b.Rows] {
		m.buffer[i] = m.of[n]
	}
	return numbers{each: m.buffer}
}
