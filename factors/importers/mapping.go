package importers

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// mappingFile is a mapping as it is written.
type mappingFile struct {
	Table tableEntry       `doc:"table,required"`
	File  fileEntry        `doc:"file"`
	Row   *document.Node   `doc:"row,required"`
	Rows  []*document.Node `doc:"rows"`
	Wide  *wideEntry       `doc:"wide"`
	Skip  []skipEntry      `doc:"skip"`
	At    *document.Node   `doc:"@"`
}

// tableEntry says what holds for every row of the table.
type tableEntry struct {
	Name     string         `doc:"name,required"`
	Title    string         `doc:"title,required"`
	Series   string         `doc:"series"` // the name where it is not given
	Source   string         `doc:"source,required"`
	URL      string         `doc:"url,required"`
	Licence  string         `doc:"licence,required"`
	Released string         `doc:"released"`
	Doc      string         `doc:"doc"`
	At       *document.Node `doc:"@"`
}

// fileEntry says how the file is written.
type fileEntry struct {
	Separator string         `doc:"separator"`
	Decimal   string         `doc:"decimal"`
	Header    int            `doc:"header"`
	Ragged    bool           `doc:"ragged"`
	At        *document.Node `doc:"@"`
}

// wideEntry says that each of several columns holds values, and what their headings are.
type wideEntry struct {
	Becomes string         `doc:"becomes,required"`
	Columns *document.Node `doc:"columns"`
	Except  *document.Node `doc:"except"`
	Prefix  string         `doc:"prefix"`
	Alias   *document.Node `doc:"alias"`
	At      *document.Node `doc:"@"`
}

// cellEntry says which column a field of a row is read from.
type cellEntry struct {
	Column string         `doc:"column,required"`
	Prefix string         `doc:"prefix"`
	Alias  *document.Node `doc:"alias"`
	At     *document.Node `doc:"@"`
}

// skipEntry leaves records or values out.
type skipEntry struct {
	Column string         `doc:"column"`
	Is     *document.Node `doc:"is"`
	Value  *document.Node `doc:"value"`
	Why    string         `doc:"why,required"`
	At     *document.Node `doc:"@"`
}

// fault is what is wrong with a text. Where leave is set, a row that has it is left out and not an error.
type fault struct {
	message, hint string
	leave         bool
}

func (f *fault) Error() string { return f.message }

// rowField is a key of a row in a mapping.
type rowField struct {
	key   string
	into  func(r *Row) *string               // nil: of a number, written by its own code
	check func(text string) (string, *fault) // the text as it goes into the table; nil: any
	own   bool                               // of the provenance: a table whose rows have it has sources of its own
	must  bool                               // has to be given
}

var rowFields = []rowField{
	{key: "factor", into: func(r *Row) *string { return &r.Factor }, check: form(`^[a-z][a-z0-9_]{0,63}$`, "a factor's name, lower case with underscores"), must: true},
	{key: "category", into: func(r *Row) *string { return &r.Category }, check: word("category", categories())},
	{key: "region", into: func(r *Row) *string { return &r.Region }, check: region},
	{key: "technology", into: func(r *Row) *string { return &r.Technology }},
	{key: "year", check: year},
	{key: "from", check: year},
	{key: "to", check: year},
	{key: "value", into: func(r *Row) *string { return &r.Value }},
	{key: "unit", into: func(r *Row) *string { return &r.Unit }, check: unitText, must: true},
	{key: "distribution", into: func(r *Row) *string { return &r.Distribution }, check: distributionText, must: true},
	{key: "boundary", into: func(r *Row) *string { return &r.Boundary }, check: word("boundary", factors.Boundaries())},
	{key: "flow", into: func(r *Row) *string { return &r.Flow }, check: selector(func(s *factors.Select) *string { return &s.Flow })},
	{key: "point", into: func(r *Row) *string { return &r.Point }, check: selector(func(s *factors.Select) *string { return &s.Point })},
	{key: "scope", into: func(r *Row) *string { return &r.Scope }, check: selector(func(s *factors.Select) *string { return &s.Scope })},
	{key: "margin", into: func(r *Row) *string { return &r.Margin }, check: selector(func(s *factors.Select) *string { return &s.Margin })},
	{key: "quality", into: func(r *Row) *string { return &r.Quality }, check: word("quality", lca.Names(lca.Words().Qualities)), must: true},
	{key: "source", into: func(r *Row) *string { return &r.Source }, own: true},
	{key: "url", into: func(r *Row) *string { return &r.URL }, check: form(`^https?://`, "an address that begins with https://"), own: true},
	{key: "released", into: func(r *Row) *string { return &r.Released }, check: form(dateForm, "a date such as 2025, 2025-03 or 2025-03-14"), own: true},
	{key: "note", into: func(r *Row) *string { return &r.Note }},
}

const dateForm = `^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`

func rowKeys() []string {
	out := make([]string, len(rowFields))
	for i, f := range rowFields {
		out[i] = f.key
	}
	return out
}

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

// heading is a column of a wide file.
type heading struct {
	column string
	text   string // as it goes into the table
	wrong  *fault
}

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

// readMappingFile reads a mapping as it is written, and how the file is; nil, with the problem told, where it is not readable.
func readMappingFile(f *File, probs *diag.List) (*mappingFile, foreign.Dialect) {
	var d foreign.Dialect
	text, err := io.ReadAll(f.Text)
	if err != nil {
		probs.Errorf(diag.NotFound, diag.Place{File: f.Name}, "the mapping cannot be read: %v", err)
		return nil, d
	}
	root := document.Parse(f.Name, text, probs)
	if root == nil {
		return nil, d
	}
	var m mappingFile
	document.Decode(root, &m, probs)
	if root.Kind != document.Map {
		return nil, d
	}
	d.Header, d.Ragged = m.File.Header, m.File.Ragged
	if s := m.File.Separator; s != "" {
		words := map[string]rune{"comma": ',', "semicolon": ';', "tab": '\t', "bar": '|'}
		d.Comma = words[s]
		if r, size := utf8.DecodeRuneInString(s); d.Comma == 0 && size == len(s) {
			d.Comma = r
		}
		if d.Comma == 0 {
			probs.Add(m.File.At.Get("separator").Problem(diag.BadValue, "expected one character, or comma, semicolon, tab or bar, found %q", s))
		}
	}
	switch s := m.File.Decimal; s {
	case "":
	case ".", "point":
		d.Decimal = '.'
	case ",", "comma":
		d.Decimal = ','
	default:
		probs.Add(m.File.At.Get("decimal").Problem(diag.BadValue, `expected "," or ".", found %q`, s))
	}
	if n := m.File.At.Get("header"); n != nil && (d.Header < 1 || d.Header > 1000) {
		probs.Add(n.Problem(diag.OutOfRange, "header is the line of the columns' names among those that are not empty, from 1 to 1000"))
	}
	return &m, d
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
	t := &Table{Name: e.Name, Title: e.Title, Series: e.Series, Source: e.Source, URL: e.URL, Licence: e.Licence, Released: e.Released, Doc: e.Doc}
	m.table = t
	if t.Series == "" {
		t.Series = t.Name
	}
	for _, c := range []struct {
		key   string
		check func(string) (string, *fault)
	}{
		{"name", form(`^[a-z][a-z0-9_-]{0,63}$`, "a name in lower case, such as our_grid")},
		{"series", form(`^[a-z][a-z0-9_-]{0,63}$`, "a name in lower case, such as owid-ember")},
		{"url", form(`^https?://`, "an address that begins with https://")},
		{"released", form(dateForm, "a date such as 2025, 2025-03 or 2025-03-14")},
		{"title", nil}, {"source", nil}, {"licence", nil},
	} {
		n := e.At.Get(c.key)
		if n == nil || n.Kind != document.Scalar {
			continue
		}
		if strings.TrimSpace(n.Text) == "" {
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

// compileWide finds the columns of values.
func (m *mapping) compileWide(e *wideEntry) {
	m.becomes = e.Becomes
	field := slices.Index(rowKeys(), e.Becomes)
	if field < 0 || e.Becomes == "value" || e.Becomes == "from" || e.Becomes == "to" {
		if e.Becomes != "" {
			m.tell(e.At.Get("becomes"), diag.UnknownName, meant(e.Becomes, []string{"year", "region", "technology", "category"}), "the headings of columns cannot become %q", e.Becomes)
		}
		return
	}
	f := &rowFields[field]
	called := m.compileAliases(f, e.Prefix, e.Alias)
	columns, at := m.texts(e.Columns)
	for i, n := range at {
		m.needColumn(n, columns[i])
	}
	except, exceptAt := m.texts(e.Except)
	for i, n := range exceptAt {
		m.needColumn(n, except[i])
	}
	if e.Columns == nil {
		for _, c := range m.columns {
			if c != "" && !slices.Contains(except, c) && !m.reads(c) && (e.Becomes != "year" || yearOf(c) != "" || called.to[c] != "") {
				columns, at = append(columns, c), append(at, e.At)
			}
		}
		if len(columns) == 0 && m.columns != nil {
			m.tell(e.At, diag.MissingColumn, "list them: columns: [...]", "the file has no column whose heading may be a %s", e.Becomes)
		}
	}
	for i, c := range columns {
		h := heading{column: c, text: called.text(c)}
		if y := yearOf(h.text); e.Becomes == "year" && y != "" {
			h.text = y
		}
		if f.check != nil {
			h.text, h.wrong = f.check(h.text)
		}
		if h.wrong != nil && !h.wrong.leave {
			m.tell(at[i], diag.BadValue, h.wrong.hint, "the heading %q: %s", c, h.wrong.message)
		}
		m.headings = append(m.headings, h)
	}
}

// reads reports whether a row or a condition reads a column.
func (m *mapping) reads(column string) bool {
	for _, r := range m.rows {
		if slices.ContainsFunc(r.fields, func(c *cellSpec) bool { return c != nil && c.column == column }) {
			return true
		}
	}
	return slices.ContainsFunc(m.skips, func(s *skipSpec) bool { return s.Column == column })
}

// checkFactor compares a row with what the packs of the program know of its factor: what it is found by, and which unit it has.
func (m *mapping) checkFactor(s *rowSpec) {
	name, category, u := s.get("factor"), s.get("category"), s.get("unit")
	if name == nil || name.column != "" || name.constant == "" {
		return
	}
	d, want := knownFactor(name.constant, category)
	if d == nil {
		if near := diag.Nearest(name.constant, knownFactors()); near != "" {
			p := name.node.Problem(diag.UnknownName, "no pack of the program defines the factor %q", name.constant)
			p.Severity, p.Hint = diag.Warning, "did you mean "+near+"?"
			m.probs.Add(p)
		}
		return
	}
	for _, key := range d.Keys {
		if s.get(key) == nil && m.becomes != key && (key != "year" || s.get("from") == nil) {
			m.tell(s.node, diag.MissingKey, "", "%s is found by %s: the key %q is missing", d.Name, strings.Join(d.Keys, ", "), key)
		}
	}
	if u == nil || u.column != "" || u.constant == "" || want == nil {
		return
	}
	if parsed, err := unit.Parse(u.constant); err == nil && !parsed.Compatible(*want) {
		m.tell(u.node, diag.UnitMismatch, "", "%s cannot be converted to %s, the unit of %s", u.constant, want, d.Name)
	}
}

// packs are the factor packs that are part of the program.
var packs = sync.OnceValue(func() []*factors.Pack {
	var out []*factors.Pack
	for _, ref := range factors.EmbeddedNames() {
		if p := factors.Embedded(ref, &diag.List{}); p != nil {
			out = append(out, p)
		}
	}
	return out
})

// knownFactor is the definition of a factor, and its unit where that does not depend on what is read; nil where it is not known.
func knownFactor(name string, category *cellSpec) (*factors.Definition, *unit.Unit) {
	for _, p := range packs() {
		d, ok := p.Definition(name)
		if !ok {
			continue
		}
		of := ""
		if category != nil {
			if of = category.constant; category.column != "" {
				return d, nil
			}
		}
		if u, ok := p.Unit(name, of); ok {
			return d, &u
		}
		return d, nil
	}
	return nil, nil
}

func knownFactors() []string {
	var out []string
	for _, p := range packs() {
		for _, d := range p.Definitions {
			out = append(out, d.Name)
		}
	}
	return out
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

// meant answers a word that is not in a list: the nearest one, or all of a short list.
func meant(word string, known []string) string {
	if near := diag.Nearest(word, known); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	if len(known) > 40 {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}

func categories() []string {
	var out []string
	for _, c := range lca.Words().Categories {
		out = append(out, c.Name)
	}
	return out
}

// word checks that a text is one of a few.
func word(what string, known []string) func(string) (string, *fault) {
	return func(text string) (string, *fault) {
		if slices.Contains(known, text) {
			return text, nil
		}
		return "", &fault{message: fmt.Sprintf("unknown %s %q", what, text), hint: meant(text, known)}
	}
}

// form checks that a text has a form.
func form(pattern, like string) func(string) (string, *fault) {
	re := regexp.MustCompile(pattern)
	return func(text string) (string, *fault) {
		if re.MatchString(text) {
			return text, nil
		}
		return "", &fault{message: fmt.Sprintf("expected %s, found %q", like, text)}
	}
}

// selector checks a word of what kind of electricity figure a row is.
func selector(field func(*factors.Select) *string) func(string) (string, *fault) {
	return func(text string) (string, *fault) {
		var s factors.Select
		*field(&s) = text
		if err := s.Check(); err != nil {
			return "", &fault{message: err.Error()}
		}
		return text, nil
	}
}

func region(text string) (string, *fault) {
	code, ok := names.Regions().Canonical(text)
	if ok {
		return code, nil
	}
	wrong := &fault{message: "the registry has no region " + strconv.Quote(text), leave: true}
	if near := names.Regions().Nearest(text); near != "" {
		wrong.hint = "did you mean " + near + "?"
	}
	return "", wrong
}

func unitText(text string) (string, *fault) {
	if _, err := unit.Parse(text); err != nil {
		return "", &fault{message: err.Error()}
	}
	return text, nil
}

var pedigreeForm = regexp.MustCompile(`^pedigree\([1-5](, *[1-5]){4}\)$`)

// distributionText checks a distribution, in which the word value stands for the value of the row.
func distributionText(text string) (string, *fault) {
	if pedigreeForm.MatchString(text) {
		return text, nil
	}
	if strings.HasPrefix(text, "pedigree") {
		return "", &fault{message: fmt.Sprintf("expected five scores from 1 to 5, as pedigree(2,1,1,1,2), found %q", text)}
	}
	_, err := dist.Parse(valueWord.ReplaceAllString(text, "1"))
	name, _, _ := strings.Cut(text, "(")
	if family, ok := dist.Named(strings.TrimSpace(name)); ok && valueWord.MatchString(text) && (family == dist.Uniform || family == dist.Triangular) {
		err = nil // whether its bounds hold a value is seen with the value
	}
	if err != nil {
		return "", &fault{message: err.Error(), hint: "fixed, pedigree(2,1,1,1,2), or one such as lognormal(value, 1.2), in which value is the row's"}
	}
	return text, nil
}

var valueWord = regexp.MustCompile(`\bvalue\b`)

// year checks a year; 2023.0, as tables of numbers write it, is one.
func year(text string) (string, *fault) {
	y, err := foreign.ParseNumber(text)
	if err != nil || y != float64(int(y)) || y < 1900 || y > 2200 {
		return "", &fault{message: fmt.Sprintf("expected a year from 1900 to 2200, found %q", text)}
	}
	return strconv.Itoa(int(y)), nil
}

// yearOf is the year that a heading such as "2019 [YR2019]" holds; empty where it holds none, or several.
func yearOf(heading string) string {
	found := ""
	for _, digits := range strings.FieldsFunc(heading, func(r rune) bool { return r < '0' || r > '9' }) {
		if _, wrong := year(digits); wrong != nil || len(digits) != 4 || digits == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = digits
	}
	return found
}
