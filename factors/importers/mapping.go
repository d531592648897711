package importers

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// mapping says what the columns of a file mean.
type mapping struct {
	table    *Table
	rows     []*rowSpec
	becomes  string // what the headings are; empty: the file is not wide
	headings []heading
	skips    []*skipSpec
	cells    map[*document.Node]*cellSpec
	all      []*aliases
	node     *document.Node
	probs    *diag.List
	columns  []string // of the file
}

// compile checks a mapping against the columns of a file; nil columns: the file is not known. All problems go to probs.
func (f *mappingFile) compile(columns []string, o Options, probs *diag.List) *mapping {
	m := &mapping{node: f.At, probs: probs, columns: columns, cells: map[*document.Node]*cellSpec{}}
	m.compileTable(&f.Table, o)
	specs := f.Rows
	if len(specs) == 0 {
		specs = []*document.Node{nil}
	}
	becomes := ""
	if f.Wide != nil {
		becomes = f.Wide.Becomes
	}
	for _, n := range specs {
		m.rows = append(m.rows, m.compileRow(f.Row, n, becomes, o))
	}
	m.compileSkips(f.Skip)
	if f.Wide != nil {
		m.compileWide(f.Wide)
	}
	for _, s := range m.rows {
		for _, key := range []string{"source", "url", "released"} {
			if s.get(key) != nil || becomes == key {
				m.table.OwnSources = true
			}
		}
		m.checkFactor(s)
	}
	return m
}

// tell adds a problem at a node.
func (m *mapping) tell(n *document.Node, code diag.Code, hint, format string, args ...any) {
	if n == nil {
		n = m.node
	}
	p := n.Problem(code, format, args...)
	p.Hint = hint
	m.probs.Add(p)
}

func (m *mapping) compileTable(e *tableEntry, o Options) {
	t := &Table{Name: e.Name, Title: foreign.Plain(e.Title), Series: cmp.Or(e.Series, e.Name), Source: foreign.Plain(e.Source), URL: e.URL, Licence: foreign.Plain(e.Licence), Released: e.Released, Doc: foreign.Plain(e.Doc)}
	m.table = t
	for _, c := range []struct {
		key   string
		check func(string) (string, *fault)
	}{
		{"name", form(tableName.String(), "a name in lower case, such as our_grid")},
		{"series", form(tableName.String(), "a name in lower case, such as owid-ember")},
		{"url", addressText},
		{"released", dateText},
		{"title", nil}, {"source", nil}, {"licence", nil},
	} {
		n := e.At.Get(c.key)
		if n == nil || n.Kind != document.Scalar {
			continue
		}
		if foreign.Plain(n.Text) == "" {
			m.tell(n, diag.MissingValue, "", "%s is empty", c.key)
		} else if c.check != nil {
			if _, wrong := c.check(n.Text); wrong != nil {
				m.tell(n, diag.BadValue, wrong.hint, "%s", wrong.message)
			}
		}
	}
	if o.Released != "" {
		t.Released = o.Released
	}
	if t.Released == "" && e.At != nil {
		m.tell(e.At, diag.MissingKey, "give it here, or with --released DATE", `the key "released" is missing`)
	}
}

// needColumn checks that the file has a column.
func (m *mapping) needColumn(n *document.Node, column string) {
	if n == nil || column == "" || m.columns == nil {
		return
	}
	switch first := slices.Index(m.columns, column); {
	case first < 0:
		m.tell(n, diag.MissingColumn, meant(column, m.columns), "the file has no column %q", column)
	case slices.Contains(m.columns[first+1:], column):
		m.tell(n, diag.DuplicateName, "", "the column %q stands twice in the file: which is meant cannot be told", column)
	}
}

// texts are a single text or a list of them. Nothing is the empty text.
func (m *mapping) texts(n *document.Node) (out []string, nodes []*document.Node) {
	if n == nil {
		return nil, nil
	}
	nodes = []*document.Node{n}
	if n.Kind == document.List {
		nodes = n.Items
	}
	for _, item := range nodes {
		if item.Kind != document.Scalar && item.Kind != document.Null {
			m.tell(item, diag.BadType, "", "expected a text, found %s", item.Kind)
		}
		out = append(out, strings.TrimSpace(item.Text))
	}
	return out, nodes
}

// skipSpec leaves out a record by a column, or a value.
type skipSpec struct {
	skipEntry
	texts []string
	used  bool
}

// is reports whether a text is one of those that are skipped; numbers are compared as such: 0 is 0.00.
func (s *skipSpec) is(text string) bool {
	v, err := foreign.ParseNumber(text)
	for _, t := range s.texts {
		if t == text {
			return true
		}
		if w, wrong := foreign.ParseNumber(t); err == nil && wrong == nil && v == w {
			return true
		}
	}
	return false
}

func (m *mapping) compileSkips(entries []skipEntry) {
	for _, e := range entries {
		if e.At == nil || e.At.Kind != document.Map {
			continue // said already
		}
		s := &skipSpec{skipEntry: e}
		switch byColumn := e.Column != ""; {
		case byColumn == (e.Value != nil):
			m.tell(e.At, diag.BadValue, "", "write {column: NAME, is: TEXT, why: ...} or {value: TEXT, why: ...}")
			continue
		case byColumn && e.Is == nil:
			m.tell(e.At, diag.MissingKey, `write "" for an empty field`, `the key "is" is missing`)
			continue
		case byColumn:
			m.needColumn(e.At.Get("column"), e.Column)
			s.texts, _ = m.texts(e.Is)
		default:
			s.texts, _ = m.texts(e.Value)
		}
		m.skips = append(m.skips, s)
	}
}

// unused warns of aliases and conditions that a file had no use for: mostly a slip of spelling.
func (m *mapping) unused(file string) {
	warn := func(n *document.Node, at diag.Place, format string, args ...any) {
		p := n.ProblemAt(at, diag.UnusedName, format, args...)
		p.Severity = diag.Warning
		m.probs.Add(p)
	}
	for _, a := range m.all {
		for _, f := range a.fields {
			if !a.used[f.Key] {
				warn(a.node, f.Place, "nothing is called %q in %s", f.Key, file)
			}
		}
	}
	for _, s := range m.skips {
		if !s.used {
			warn(s.At, s.At.Place, "nothing in %s is skipped by this", file)
		}
	}
}
