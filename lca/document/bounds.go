package document

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/token"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Limits of a document. They are far above what a person writes and far below what hurts a parser, whose time grows with the square of the
// entries of a block and whose memory is a hundred times that of a file that is all punctuation.
const (
	MaxBytes   = 1 << 20
	MaxDepth   = 48     // of lists and maps in each other
	MaxEntries = 2000   // lines of one list or map that is written line by line
	MaxMarks   = 20_000 // lines and marks that may part values: , : [ ] { } and the like
)

// marks are the characters that may make a token of their own; a dash does where a space follows.
const marks = ",:[]{}&*!?|>%@`'\"#\n\r"

// tabbed finds the first line that a tab indents, which YAML forbids; 0 for none.
func tabbed(lines []string) int {
	for i, l := range lines {
		if strings.HasPrefix(strings.TrimLeft(l, " "), "\t") && strings.TrimSpace(l) != "" {
			return i + 1
		}
	}
	return 0
}

func (s *source) large(line, col int, format string, args ...any) (diag.Problem, bool) {
	return diag.Problem{Code: diag.TooLarge, Place: diag.Place{File: s.name, Line: line, Col: col}, Message: fmt.Sprintf(format, args...), Snippet: s.line(line)}, true
}

// tooLarge looks at brackets and marks without building anything. A bracket counts wherever it stands, in a text too.
func (s *source) tooLarge() (diag.Problem, bool) {
	depth, count := 0, 0
	for i, l := range s.lines {
		if trimmed := strings.TrimLeft(l, " "); trimmed != "" && trimmed[0] != '#' {
			col := 0
			for _, r := range l {
				col++
				switch r {
				case '[', '{', '(':
					if depth++; depth > MaxDepth {
						return s.large(i+1, col, "nested deeper than %d levels", MaxDepth)
					}
				case ']', '}', ')':
					depth = max(0, depth-1)
				}
			}
		}
		count++
		for j := range len(l) {
			if l[j] == '-' && (j+1 == len(l) || l[j+1] == ' ' || l[j+1] == '\t') || strings.IndexByte(marks, l[j]) >= 0 {
				count++
			}
		}
		if count > MaxMarks {
			return s.large(i+1, 0, "more than %d lines and marks such as commas, colons and brackets", MaxMarks)
		}
	}
	return diag.Problem{}, false
}

// level is a column at which lines begin, and how many do.
type level struct{ col, lines int }

// tooDeep looks at the tokens of which the parser will make its tree, which it does by calling itself.
func (s *source) tooDeep(tokens token.Tokens) (diag.Problem, bool) {
	var levels []level // of the lines outside of brackets
	brackets, prefixes, chain, line := 0, 0, 0, 0
	for _, t := range tokens {
		at := t.Position
		if at.Line != line && brackets == 0 && t.Type != token.CommentType {
			line, chain = at.Line, 0
			for len(levels) > 0 && levels[len(levels)-1].col > at.Column {
				levels = levels[:len(levels)-1]
			}
			if len(levels) == 0 || levels[len(levels)-1].col < at.Column {
				levels = append(levels, level{col: at.Column})
			}
			if last := &levels[len(levels)-1]; last.lines < MaxEntries {
				last.lines++
			} else {
				return s.large(at.Line, at.Column, "more than %d entries one below the other", MaxEntries)
			}
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets, chain = brackets+1, 0
		case token.SequenceEndType, token.MappingEndType:
			brackets, chain = max(0, brackets-1), 0
		case token.CollectEntryType:
			chain = 0
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.MergeKeyType: // "- - -" and "a: a: a:" open a level at each
			chain++
		}
		if t.Type == token.TagType || t.Type == token.AnchorType {
			prefixes++
		} else {
			prefixes = 0
		}
		if max(brackets, prefixes, chain, len(levels)) > MaxDepth {
			return s.large(at.Line, at.Column, "nested deeper than %d levels", MaxDepth)
		}
	}
	return diag.Problem{}, false
}
