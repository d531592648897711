// Package document reads the YAML files that people write: studies, methods, packs, kinds.
//
// A file may come from a stranger. Its size is bounded before a YAML library sees it, its nesting before that parses it, and anchors,
// aliases, tags and merge keys are refused. Every node keeps its place, so that a later stage can point at the very character. Decode fills Go
// structs strictly: a key that the struct does not have is an error that names the nearest one.
package document

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Kind is the shape of a Node.
type Kind uint8

const (
	Null Kind = iota
	Scalar
	List
	Map
)

func (k Kind) String() string { return [...]string{"nothing", "a single value", "a list", "a map"}[k] }

// Node is a value in a document.
type Node struct {
	Kind   Kind
	Place  diag.Place
	Text   string  // of a Scalar: its value, quotes and folding resolved
	Quoted bool    // of a Scalar: it was written in quotes or as a block
	Block  int     // of a Scalar written as a | block: how many columns its lines are indented, else 0
	Flow   bool    // it stands inside { } or [ ]
	Cut    bool    // of a Scalar: a comma inside { } cut it, which is reported; Text is what was meant, as far as it can be told
	Items  []*Node // of a List
	Fields []Field // of a Map, in the order written
	exact  int     // of a Scalar in quotes: how many of its runes stand in its line as they are
	doc    *source
}

// Field is one key of a Map.
type Field struct {
	Key   string
	Place diag.Place // of the key
	Value *Node
}

type source struct {
	name  string
	lines []string
	flow  int // how many { and [ are open around the node that is read
}

// Get returns the value of a key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key == key {
			return n.Fields[i].Value
		}
	}
	return nil
}

// Without is a map as it would be without some keys. The node itself is not changed; of what is no map it is the node.
func (n *Node) Without(keys ...string) *Node {
	if n == nil || n.Kind != Map {
		return n
	}
	out := *n
	out.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f Field) bool { return slices.Contains(keys, f.Key) })
	return &out
}

// Scalar is a text that stands where the node does, such as a default for what it leaves out.
func (n *Node) Scalar(text string) *Node {
	return &Node{Kind: Scalar, Place: n.Place, Text: text, Quoted: true, doc: n.doc}
}

// Problem makes a problem at the node with its source line.
func (n *Node) Problem(code diag.Code, format string, args ...any) diag.Problem {
	return n.ProblemAt(n.Place, code, format, args...)
}

// ProblemAt makes a problem at a place in the node's document.
func (n *Node) ProblemAt(at diag.Place, code diag.Code, format string, args ...any) diag.Problem {
	return diag.Problem{Code: code, Place: at, Message: fmt.Sprintf(format, args...), Snippet: n.doc.line(at.Line)}
}

// Within is the place of the character at offset (in runes, from 0; line from 0) inside a scalar's text: of a plain or block
// text the exact one, and of a quoted text, where all up to it stands in the file as it is; else the scalar's own.
func (n *Node) Within(line, offset int) diag.Place {
	p := n.Place
	switch {
	case n.Block > 0:
		p.Line += 1 + line
		p.Col = n.Block + 1 + offset
	case line > 0:
	case !n.Quoted:
		p.Col += offset
	case offset < n.exact:
		p.Col += 1 + offset
	}
	return p
}

// longLine is from how many bytes on a line is not searched for what stands where: a line may be a megabyte long and hold thousands of texts.
const longLine = 4096

// verbatim is how many runes of a quoted text, from its first on, stand in its line as they are: no escape, no fold.
func (n *Node) verbatim() (runes int) {
	text, line := n.Text, n.doc.line(n.Place.Line)
	if len(line) > longLine {
		return 0
	}
	for range n.Place.Col - 1 {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	if line == "" || line[0] != '\'' && line[0] != '"' {
		return 0
	}
	quote, line := line[0], line[1:]
	for ; text != ""; runes++ {
		r, size := utf8.DecodeRuneInString(text)
		if r == rune(quote) || r == '\\' && quote == '"' || !strings.HasPrefix(line, text[:size]) {
			return runes
		}
		text, line = text[size:], line[size:]
	}
	return runes + 1 // the closing quote
}

func (s *source) line(n int) string {
	if s == nil || n < 1 || n > len(s.lines) {
		return ""
	}
	return strings.TrimRight(s.lines[n-1], "\r")
}

// Parse reads one YAML document. Problems go to probs; where the text is not readable at all the node is nil.
func Parse(name string, text []byte, probs *diag.List) *Node {
	at := diag.Place{File: name}
	if len(text) > MaxBytes {
		probs.Add(diag.Problem{Code: diag.TooLarge, Place: at, Message: fmt.Sprintf("the file has %d bytes; at most %d are read", len(text), MaxBytes)})
		return nil
	}
	if !utf8.Valid(text) || strings.ContainsRune(string(text), 0) {
		probs.Add(diag.Problem{Code: diag.Syntax, Place: at, Message: "the file is not UTF-8 text"})
		return nil
	}
	written := strings.TrimPrefix(string(text), "\ufeff")
	src := &source{name: name, lines: strings.Split(strings.ReplaceAll(written, "\r\n", "\n"), "\n")} // the lexer counts a comment that ends in CRLF as two lines
	if n := tabbed(src.lines); n > 0 {
		p := diag.Problem{Code: diag.Syntax, Place: diag.Place{File: name, Line: n, Col: 1}, Message: "the line is indented with a tab", Snippet: src.line(n), Hint: "indent with spaces"}
		probs.Add(p)
		return nil
	}
	if p, ok := src.tooLarge(); ok {
		probs.Add(p)
		return nil
	}
	tokens := lexer.Tokenize(strings.Join(src.lines, "\n"))
	if p, ok := src.tooDeep(tokens); ok {
		probs.Add(p)
		return nil
	}
	file, err := src.parse(tokens)
	if err != nil {
		probs.Add(src.syntax(err))
		return nil
	}
	var docs []*ast.DocumentNode
	for _, d := range file.Docs {
		if d.Body != nil {
			docs = append(docs, d)
		}
	}
	switch {
	case len(docs) == 0:
		probs.Add(diag.Problem{Code: diag.Syntax, Place: diag.Place{File: name, Line: 1, Col: 1}, Message: "the file is empty"})
		return nil
	case len(docs) > 1:
		p := src.place(docs[1].Body.GetToken())
		probs.Add(diag.Problem{Code: diag.Refused, Place: p, Message: "the file holds more than one document", Snippet: src.line(p.Line)})
	}
	return src.node(docs[0].Body, probs)
}

// parse hands tokens to the parser. Should it panic on what it did not foresee, the file is not readable.
func (s *source) parse(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, fmt.Errorf("%v", r)
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// syntax turns a parser's error into a problem at its place. Its text is not asked for: of a long file it takes minutes to write.
func (s *source) syntax(err error) diag.Problem {
	p := diag.Problem{Code: diag.Syntax, Place: diag.Place{File: s.name}, Message: "not readable as YAML"}
	var at interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if errors.As(err, &at) {
		p.Place = s.place(at.GetToken())
		p.Why = at.GetMessage()
	}
	p.Snippet = s.line(p.Place.Line)
	if text := flowText(p.Snippet, p.Place.Col); text != "" {
		p.Why = "inside { } a text with a comma, a quote or brackets needs quotes around it"
		p.Hint = "put quotes around the whole text: " + quoted(text)
		return p
	}
	p.Hint = `a text that holds ": ", "#", a comma inside { }, or that opens with a quote, needs a | block or quotes around it`
	return p
}

func (s *source) place(t *token.Token) diag.Place {
	if t == nil || t.Position == nil {
		return diag.Place{File: s.name}
	}
	return diag.Place{File: s.name, Line: t.Position.Line, Col: t.Position.Column}
}

func (s *source) node(n ast.Node, probs *diag.List) *Node {
	out := &Node{Place: s.place(n.GetToken()), Flow: s.flow > 0, doc: s}
	refuse := func(what string) *Node {
		probs.Add(out.Problem(diag.Refused, "%s are not accepted here; write the value out", what))
		return out
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		return refuse("YAML anchors")
	case *ast.AliasNode:
		return refuse("YAML aliases")
	case *ast.TagNode:
		return refuse("YAML tags")
	case *ast.MergeKeyNode:
		return refuse("YAML merge keys")
	case *ast.NullNode:
		out.Kind = Null
	case *ast.MappingValueNode:
		out.Kind = Map
		out.Place = s.place(n.Key.GetToken())
		s.field(out, entry{MappingValueNode: n}, map[string]bool{}, probs)
	case *ast.MappingNode:
		out.Kind = Map
		s.fields(out, n, probs)
	case *ast.SequenceNode:
		out.Kind = List
		if n.IsFlowStyle {
			s.flow++
			defer func() { s.flow-- }()
		}
		for _, v := range n.Values {
			out.Items = append(out.Items, s.node(v, probs))
		}
	case *ast.LiteralNode:
		out.Kind = Scalar
		out.Quoted = true
		out.Text = n.Value.Value
		if strings.HasPrefix(n.Start.Value, "|") {
			out.Block = s.blockIndent(out.Place.Line)
		}
	case *ast.StringNode:
		out.Kind = Scalar
		out.Text = n.Value
		out.Quoted = n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
		if out.Quoted {
			out.exact = out.verbatim()
		}
	case ast.ScalarNode:
		out.Kind = Scalar
		out.Text = n.GetToken().Value
	default:
		return refuse("such YAML values")
	}
	return out
}

// blockIndent is the indentation of the first text line after a block's header line.
func (s *source) blockIndent(header int) int {
	for l := header + 1; l <= len(s.lines); l++ {
		if t := strings.TrimLeft(s.line(l), " "); t != "" {
			return len(s.line(l)) - len(t)
		}
	}
	return 0
}

// fields adds all keys to a map.
func (s *source) fields(m *Node, n *ast.MappingNode, probs *diag.List) {
	seen := map[string]bool{}
	if n.IsFlowStyle {
		s.flow++
		defer func() { s.flow-- }()
		for _, e := range s.entries(m, n.Values, probs) {
			s.field(m, e, seen, probs)
		}
		return
	}
	if len(n.Values) > 0 {
		m.Place = s.place(n.Values[0].Key.GetToken())
	}
	for _, v := range n.Values {
		s.field(m, entry{MappingValueNode: v}, seen, probs)
	}
}

// field adds a key to a map; seen are the keys that it has.
func (s *source) field(m *Node, v entry, seen map[string]bool, probs *diag.List) {
	at := s.place(v.Key.GetToken())
	switch v.Key.(type) {
	case *ast.MergeKeyNode:
		probs.Add(m.ProblemAt(at, diag.Refused, "YAML merge keys are not accepted here; write the values out"))
		return
	case ast.ScalarNode:
	default:
		probs.Add(m.ProblemAt(at, diag.Refused, "a key must be a plain name"))
		return
	}
	key := v.Key.GetToken().Value
	if seen[key] {
		probs.Add(m.ProblemAt(at, diag.DuplicateName, "the key %q stands twice in this map", key))
		return
	}
	seen[key] = true
	value := s.node(v.Value, probs)
	if v.cut {
		value.Cut, value.Text = true, v.text
	}
	m.Fields = append(m.Fields, Field{Key: key, Place: at, Value: value})
}
