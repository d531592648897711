package document

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// A comma inside { } ends a value, also where a person wrote one into a formula or a number: {expr: max(a, b), unit: h} has the keys expr, "b)" and
// unit. Such pieces are put together again and reported once.

// longest is how many characters of a text a message repeats.
const longest = 200

// entry is a key of a flow map; where a comma cut its value, what belongs to it.
type entry struct {
	*ast.MappingValueNode
	cut  bool
	text string // what was meant, as far as it can be told
}

// entries are the keys of a flow map as they were meant.
func (s *source) entries(m *Node, values []*ast.MappingValueNode, probs *diag.List) []entry {
	var out []entry
	for i := 0; i < len(values); {
		end := pieces(values[i:])
		e := entry{MappingValueNode: values[i]}
		if end > 1 {
			e.cut = true
			e.text = s.rejoin(m, values[i:i+end], probs)
		}
		out = append(out, e)
		i += end
	}
	return out
}

// pieces is how many keys, from the first on, are one key and its value: those that follow without a colon, and all up to the bracket that closes
// one which the value opens.
func pieces(values []*ast.MappingValueNode) int {
	if !hasColon(values[0]) || !isPlain(values[0].Value) {
		return 1
	}
	end, open := 1, brackets(values[0].Value)
	bare := func() {
		for ; end < len(values) && !hasColon(values[end]); end++ {
			open += brackets(values[end].Key)
		}
	}
	bare()
	closed := open
	for next := end; closed > 0 && next < len(values); next++ {
		v := values[next]
		closed += brackets(v.Key)
		if hasColon(v) {
			if !isPlain(v.Value) {
				break
			}
			closed += brackets(v.Value)
		}
		if closed == 0 {
			end, open = next+1, 0
			bare()
		}
	}
	return end
}

func hasColon(v *ast.MappingValueNode) bool {
	return v.Start != nil && v.Start.Type == token.MappingValueType
}

// isPlain reports a single value without quotes.
func isPlain(n ast.Node) bool {
	if t, ok := n.(*ast.StringNode); ok {
		return t.Token.Type == token.StringType
	}
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return true
	}
	return false
}

// brackets is how many round brackets a text opens less those that it closes.
func brackets(n ast.Node) int {
	text := n.GetToken().Value
	return strings.Count(text, "(") - strings.Count(text, ")")
}

// rejoin reports a value that commas cut and returns it whole, a number without its separators.
func (s *source) rejoin(m *Node, values []*ast.MappingValueNode, probs *diag.List) string {
	var strays []string
	for _, v := range values[1:] {
		strays = append(strays, fmt.Sprintf("%q", shortened(v.Key.GetToken().Value, 60)))
	}
	what := strays[0] + " stands as a key of its own"
	if last := len(strays) - 1; last > 0 {
		what = strings.Join(strays[:min(last, 5)], ", ") + " and " + strays[last] + " stand as keys of their own"
	}
	text := s.written(values)
	p := m.ProblemAt(s.comma(values[1].Key.GetToken()), diag.Syntax, "a comma ends a value inside { }: %s", what)
	if number := withoutSeparators(text); number != text {
		text = number
		p.Hint = "write " + shortened(text, longest)
	} else if len(text) > longest {
		p.Hint = "put quotes around the whole text"
	} else {
		p.Hint = "put quotes around the whole text: " + quoted(text)
		if key := values[1].Key.GetToken().Value; len(values) == 2 && !hasColon(values[1]) && keyForm.MatchString(key) && !strings.Contains(text, "(") {
			p.Hint += "; a key is followed by a colon: " + key + ": ..."
		}
	}
	probs.Add(p)
	return text
}

// written is the text of a value and the pieces that follow, as it stands in the file; from several lines, with single spaces.
func (s *source) written(values []*ast.MappingValueNode) string {
	first, last := values[0].Value.GetToken(), values[len(values)-1].Key.GetToken()
	if v := values[len(values)-1]; hasColon(v) {
		last = v.Value.GetToken()
	}
	end := strings.TrimSpace(last.Origin)
	if text := s.line(first.Position.Line); first.Position.Line == last.Position.Line && !strings.Contains(end, "\n") && len(text) <= longLine {
		line := []rune(text)
		from, to := first.Position.Column-1, last.Position.Column-1+len([]rune(end))
		if 0 <= from && from < to && to <= len(line) {
			return string(line[from:to])
		}
	}
	var text strings.Builder
	text.WriteString(first.Value)
	for _, v := range values[1:] {
		text.WriteString(", " + v.Key.GetToken().Value)
		if hasColon(v) {
			text.WriteString(" : " + v.Value.GetToken().Value)
		}
	}
	return text.String()
}

// comma is the place of the comma ahead of a key, or of the key where a remark stands between.
func (s *source) comma(key *token.Token) diag.Place {
	at := s.place(key)
	if len(s.line(at.Line)) > longLine {
		return at
	}
	line := []rune(s.line(at.Line))
	before := strings.TrimRight(string(line[:min(max(at.Col-1, 0), len(line))]), " ")
	for before == "" && at.Line > 1 {
		at.Line--
		before = strings.TrimRight(s.line(at.Line), " ")
	}
	if !strings.HasSuffix(before, ",") {
		return s.place(key)
	}
	at.Col = len([]rune(before))
	return at
}

var (
	keyForm   = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	separated = regexp.MustCompile(`[0-9]+(,[0-9]+)+(\.[0-9]+)?`)
	thousands = regexp.MustCompile(`^[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?$`)
)

// withoutSeparators writes 70,000,000 as 70000000 and 0,8 as 0.8; a list in brackets stays as it is.
func withoutSeparators(text string) string {
	if strings.Contains(text, "(") {
		return text
	}
	out := separated.ReplaceAllStringFunc(text, func(number string) string {
		switch {
		case thousands.MatchString(number):
			return strings.ReplaceAll(number, ",", "")
		case strings.Count(number, ",") == 1 && !strings.Contains(number, "."):
			return strings.Replace(number, ",", ".", 1)
		}
		return number
	})
	if strings.Contains(out, ",") {
		return text
	}
	return out
}

// quoted writes a text in quotes, as YAML reads it.
func quoted(text string) string {
	if strings.Contains(text, "'") && !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

func shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

var flowKey = regexp.MustCompile(`[{,]\s*[a-z][a-z0-9_]*:\s+`)

// flowText is the unquoted value inside { } around a column (from 1) of a line that the parser could not read, where a quote or a bracket in it may be
// the reason; else empty.
func flowText(line string, col int) string {
	if len(line) > longLine {
		return ""
	}
	r := []rune(line)
	before := string(r[:min(max(col-1, 0), len(r))])
	keys := flowKey.FindAllStringIndex(before, -1)
	if len(keys) == 0 {
		return ""
	}
	text := line[keys[len(keys)-1][1]:]
	if next := flowKey.FindStringIndex(text); next != nil {
		text = text[:next[0]]
	} else if text = strings.TrimRight(text, " "); strings.HasSuffix(text, "}") {
		text = strings.TrimRight(strings.TrimSuffix(text, "}"), "} ")
	} else {
		return ""
	}
	inner := strings.TrimLeft(text, " ")
	if inner == "" || strings.ContainsAny(inner[:1], `'"[{`) || !strings.ContainsAny(inner, `"'[]`) || len(inner) > longest {
		return ""
	}
	return inner
}
