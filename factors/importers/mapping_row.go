package importers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// rowSpec says where each field of a row comes from, in the order of rowFields; nil: nowhere.
type rowSpec struct {
	fields []*cellSpec
	node   *document.Node
}

func (s *rowSpec) get(key string) *cellSpec {
	return s.fields[slices.IndexFunc(rowFields, func(f rowField) bool { return f.key == key })]
}

// cellSpec is a field of a row: a constant, or a column.
type cellSpec struct {
	node     *document.Node
	constant string // as it goes into the table
	column   string // empty: constant
	columnAt *document.Node
	names    *aliases
}

// aliases turns the texts of a column or heading into those of a table.
type aliases struct {
	prefix string
	to     map[string]string
	fields []document.Field
	node   *document.Node
	used   map[string]bool
}

func (a *aliases) text(written string) string {
	if to, ok := a.to[written]; ok {
		a.used[written] = true
		return to
	}
	if written == "" {
		return ""
	}
	return a.prefix + written
}

// compileRow puts a row together from what is common to all and what is this one's own.
func (m *mapping) compileRow(common, own *document.Node, becomes string, o Options) *rowSpec {
	s := &rowSpec{fields: make([]*cellSpec, len(rowFields)), node: common}
	if own != nil {
		s.node = own
	}
	for _, n := range []*document.Node{common, own} {
		if n == nil {
			continue
		}
		if n.Kind != document.Map {
			m.tell(n, diag.BadType, "", "expected a map with %s, found %s", strings.Join(rowKeys(), ", "), n.Kind)
			continue
		}
		for _, f := range n.Fields {
			i := slices.Index(rowKeys(), f.Key)
			if i < 0 {
				p := n.ProblemAt(f.Place, diag.UnknownKey, "unknown key %q", f.Key)
				p.Hint = meant(f.Key, rowKeys())
				m.probs.Add(p)
				continue
			}
			if f.Key == becomes {
				m.tell(f.Value, diag.BadValue, "", "%s is what the headings are: leave it out here, or write another key at becomes", f.Key)
				continue
			}
			s.fields[i] = m.compileCell(&rowFields[i], f.Value)
		}
	}
	given := func(key string) bool { return s.get(key) != nil || key == becomes }
	for _, f := range rowFields {
		if f.must && !given(f.key) {
			m.tell(s.node, diag.MissingKey, "", "the key %q is missing", f.key)
		}
	}
	switch value := s.get("value"); {
	case becomes != "" && value != nil:
		m.tell(value.node, diag.BadValue, "", "the columns of a wide file hold the values: leave value out")
	case becomes == "" && value == nil:
		m.tell(s.node, diag.MissingKey, "write value: {column: NAME}", `the key "value" is missing`)
	case value != nil && value.column == "" && value.node.Kind == document.Scalar:
		m.tell(value.node, diag.BadValue, "write value: {column: "+value.node.Text+"}", "a value is read from a column")
	}
	if given("from") != given("to") {
		m.tell(s.node, diag.MissingKey, "give both, or year", "only one of from and to is given")
	} else if given("from") && given("year") {
		m.tell(s.node, diag.BadValue, "", "year stands beside from and to: give one or the other")
	}
	if at := slices.Index(rowKeys(), "year"); o.Year != 0 && !given("from") && becomes != "year" && (s.fields[at] == nil || s.fields[at].column == "") {
		s.fields[at] = &cellSpec{node: s.node, constant: strconv.Itoa(o.Year), names: &aliases{}}
	}
	return s
}

// compileCell reads where a field comes from.
func (m *mapping) compileCell(f *rowField, n *document.Node) *cellSpec {
	if c := m.cells[n]; c != nil {
		return c // of what is common to several rows
	}
	c := &cellSpec{node: n, names: &aliases{}}
	m.cells[n] = c
	switch n.Kind {
	case document.Scalar:
		c.constant = strings.TrimSpace(n.Text)
		column := ""
		if slices.Contains(m.columns, c.constant) {
			column = "to read the column write " + f.key + ": {column: " + c.constant + "}"
		}
		if c.constant == "" {
			m.tell(n, diag.MissingValue, "leave the key out where the source says nothing", "%s is empty", f.key)
		} else if f.check != nil {
			text, wrong := f.check(c.constant)
			if wrong != nil {
				hint := wrong.hint
				if column != "" {
					hint = column
				}
				m.tell(n, diag.BadValue, hint, "%s", wrong.message)
			}
			c.constant = text
		} else if column != "" && f.key != "value" {
			p := n.Problem(diag.BadValue, "every row gets the %s %q, which is a column of the file too", f.key, c.constant)
			p.Severity, p.Hint = diag.Warning, column
			m.probs.Add(p)
		}
	case document.Map:
		var e cellEntry
		document.Decode(n, &e, m.probs)
		c.column, c.columnAt = e.Column, n.Get("column")
		c.names = m.compileAliases(f, e.Prefix, e.Alias)
		m.needColumn(c.columnAt, c.column)
	default:
		m.tell(n, diag.BadType, "", "expected a text that every row gets, or {column: NAME}, found %s", n.Kind)
	}
	return c
}

// compileAliases reads other names of texts, and checks what they become.
func (m *mapping) compileAliases(f *rowField, prefix string, n *document.Node) *aliases {
	a := &aliases{prefix: prefix, to: map[string]string{}, used: map[string]bool{}, node: n}
	if n != nil {
		document.Decode(n, &a.to, m.probs)
		a.fields = n.Fields
	}
	for i := range a.fields {
		to := a.to[a.fields[i].Key]
		if f.check == nil || a.fields[i].Value.Kind != document.Scalar {
			continue
		}
		if _, wrong := f.check(to); wrong != nil {
			m.tell(a.fields[i].Value, diag.BadValue, wrong.hint, "%s", wrong.message)
		}
	}
	m.all = append(m.all, a)
	return a
}
