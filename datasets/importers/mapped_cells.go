package importers

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// mappedCell says what stands in one column of the kind.
type mappedCell struct {
	field    *datasets.Field
	node     *document.Node
	constant string // for every row; empty: read from a column
	column   string
	columnAt *document.Node
	unit     string
	registry string            // whose names the texts are: hardware, models, organisations, regions; empty: none
	alias    map[string]string // texts to what they become
	aliasAt  *document.Node

	// Of a file:
	at    int // the column in the kind's rows
	basis int // the one that says how a region came to be known; -1 for none
	from  int // the column in the file
	scale ratio
	used  map[string]bool      // of alias
	seen  map[string]*textCell // what texts become, of those that were looked up
	day   dayMemo

	counts   bool // its numbers are of tokens, requests or devices
	broken   bool // one of them has a fraction: the first, and where
	fraction float64
	brokenAt diag.Place

	date   string // how days are written, as the mapping has it; empty: by ISO 8601
	layout string // the same as package time has it
}

// mappingText is a mapping as it is written.
type mappingText struct {
	Kind string         `doc:"kind,required"`
	File mappedFile     `doc:"file"`
	Row  *document.Node `doc:"row,required"`
	Skip []*mappedSkip  `doc:"skip"`
}

// registryOf names the registry whose ids stand in a column, by the column's name; mappings may say another, or none.
var registryOf = map[string]string{"hardware_id": "hardware", "host_id": "hardware", "model_id": "models", "organisation": "organisations", "operator": "organisations",
	"owner": "organisations", "manufacturer": "organisations", "region": "regions"}

// parseMapping reads a mapping, with its problems told; nil where nothing can be made of it.
func parseMapping(name string, text []byte, probs *diag.List) *mapping {
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	var t mappingText
	document.Decode(root, &t, probs)
	if root.Kind != document.Map {
		return nil
	}
	m := &mapping{file: t.File, node: root, skips: t.Skip}
	if n := root.Get("kind"); n != nil && n.Kind == document.Scalar {
		k, ok := datasets.KindByName(t.Kind)
		if !ok {
			m.tell(probs, n, diag.UnknownName, "one of "+strings.Join(datasets.KindNames(), ", "), "there is no kind %q", t.Kind)
			return nil
		}
		m.kind = k
	}
	for _, s := range m.skips {
		m.parseSkip(s, probs)
	}
	if m.kind != nil && t.Row != nil {
		if t.Row.Kind != document.Map {
			m.tell(probs, t.Row, diag.BadType, "", "expected the columns of the kind with what stands in them, found %s", t.Row.Kind)
		}
		for _, f := range t.Row.Fields {
			m.parseCell(f, probs)
		}
		for _, f := range m.kind.Columns {
			if f.Required && t.Row.Kind == document.Map && t.Row.Get(f.Name) == nil {
				m.tell(probs, t.Row, diag.MissingKey, f.Doc, "every row of %s needs %s", m.kind.Name, f.Name)
			}
		}
	}
	if m.kind == nil {
		return nil
	}
	return m
}

func (m *mapping) parseSkip(s *mappedSkip, probs *diag.List) {
	if s.Is == nil {
		return
	}
	items := []*document.Node{s.Is}
	if s.Is.Kind == document.List {
		items = s.Is.Items
	}
	for _, item := range items {
		if item.Kind != document.Scalar && item.Kind != document.Null {
			m.tell(probs, item, diag.BadType, "", "expected a text, found %s", item.Kind)
		}
		text := strings.TrimSpace(item.Text)
		v, err := foreign.ParseNumber(text)
		if err != nil {
			v = math.NaN()
		}
		s.texts, s.number = append(s.texts, text), append(s.number, v)
	}
}

func (m *mapping) parseCell(field document.Field, probs *diag.List) {
	f, ok := m.kind.Column(field.Key)
	if !ok {
		p := field.Value.ProblemAt(field.Place, diag.UnknownColumn, "%s has no column %q", m.kind.Name, field.Key)
		if near := diag.Nearest(field.Key, m.kind.Names()); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
		return
	}
	c := mappedCell{field: f, node: field.Value}
	if f.Type == lca.Text {
		c.registry = registryOf[f.Name]
	}
	switch n := field.Value; n.Kind {
	case document.Scalar:
		c.constant = strings.TrimSpace(n.Text)
		if c.constant == "" {
			m.tell(probs, n, diag.MissingValue, "leave the key out where the file says nothing", "%s is empty", f.Name)
		} else if _, why, hint := f.ParseCell(c.constant); why != "" {
			m.tell(probs, n, diag.BadValue, hint, "%s", why)
		}
	case document.Map:
		var e struct {
			Column   string            `doc:"column,required"`
			Unit     string            `doc:"unit"`
			Registry string            `doc:"registry"`
			Alias    map[string]string `doc:"alias"`
			Date     string            `doc:"date"`
		}
		document.Decode(n, &e, probs)
		c.column, c.columnAt, c.alias, c.aliasAt, c.unit = e.Column, n.Get("column"), e.Alias, n.Get("alias"), e.Unit
		if at := n.Get("registry"); at != nil {
			switch known := []string{"hardware", "models", "organisations", "regions"}; {
			case e.Registry == "none":
				c.registry = ""
			case !slices.Contains(known, e.Registry) || f.Type != lca.Text:
				m.tell(probs, at, diag.UnknownName, "one of "+strings.Join(known, ", ")+", none", "there is no registry %q of texts", e.Registry)
			default:
				c.registry = e.Registry
			}
		}
		if at := n.Get("unit"); at != nil && !m.checkUnit(&c, at, probs) {
			c.unit = ""
		}
		if at := n.Get("date"); at != nil {
			m.checkDate(&c, e.Date, at, probs)
		}
	default:
		m.tell(probs, n, diag.BadType, "", "expected a text that every row gets, or {column: NAME}, found %s", n.Kind)
	}
	m.cells = append(m.cells, c)
}

// checkUnit tells a unit that a column's numbers cannot be in; false where it is one.
func (m *mapping) checkUnit(c *mappedCell, at *document.Node, probs *diag.List) bool {
	switch {
	case c.field.Type == lca.Date:
		if c.unit == "s" || c.unit == "ms" {
			return true
		}
		m.tell(probs, at, diag.BadUnit, "s or ms, since 1970", "a date cannot be read in %q", c.unit)
	case c.field.Type != lca.Number || c.field.Unit == "":
		m.tell(probs, at, diag.BadUnit, "", "%s has no unit", c.field.Name)
	default:
		u, err := unit.Parse(c.unit)
		if err != nil {
			m.tell(probs, at, diag.BadUnit, "", "%v", err)
		} else if _, ok := unit.Factor(u, unit.MustParse(c.field.Unit)); !ok {
			m.tell(probs, at, diag.UnitMismatch, "a unit of the same, such as "+c.field.Unit, "%s does not become %s, the unit of %s", c.unit, c.field.Unit, c.field.Name)
		} else {
			return true
		}
	}
	return false
}

// checkDate reads how a column's days are written, or tells what is wrong with that.
func (m *mapping) checkDate(c *mappedCell, form string, at *document.Node, probs *diag.List) {
	layout, ok := dateLayout(form)
	switch {
	case c.field.Type != lca.Date:
		m.tell(probs, at, diag.BadValue, "", "%s holds no dates", c.field.Name)
	case c.unit != "":
		m.tell(probs, at, diag.BadValue, "unit reads numbers, date texts", "a date has either a unit or a form")
	case !ok:
		m.tell(probs, at, diag.BadValue, "such as DD.MM.YYYY, MM/DD/YYYY hh:mm or YYYYMMDD", "%q is no form of a date", form)
	default:
		c.date, c.layout = form, layout
	}
}

// columnNames are the kind's columns that rows fill.
func (m *mapping) columnNames() []string {
	out := []string{"assumption"}
	for i := range m.cells {
		out = append(out, m.cells[i].field.Name)
		if m.cells[i].registry == "regions" {
			out = append(out, "region_basis")
		}
	}
	return out
}

// compile finds the columns of a file. Constants stand in every row.
func (m *mapping) compile(rows *rows, s source, probs *diag.List) (out []*mappedCell) {
	find := func(n *document.Node, name string) int {
		i := s.column(name)
		if columns := s.columns(); columns != nil && i < 0 {
			hint := nearColumn(name, columns)
			if c, ok := s.(*csvRecords); ok && c.c.NamesStand() > 0 {
				hint = fmt.Sprintf("%s; line %d may be a title: file: {header: %d} in the mapping takes the columns' names from record %d", hint, c.c.Header().Line, c.c.NamesStand(), c.c.NamesStand())
			}
			m.tell(probs, n, diag.MissingColumn, hint, "the file has no column %q", name)
		} else if first := slices.Index(columns, name); first >= 0 && slices.Contains(columns[first+1:], name) {
			m.tell(probs, n, diag.DuplicateName, "", "the column %q stands twice in the file: which is meant cannot be told", name)
		}
		return i
	}
	for _, skip := range m.skips {
		skip.at = find(skip.At.Get("column"), skip.Column)
	}
	for i := range m.cells {
		c := &m.cells[i]
		c.at, c.basis, c.scale = rows.at(c.field.Name), -1, ratio{1, 1}
		if i, ok := rows.index["region_basis"]; ok && c.registry == "regions" {
			c.basis = i
		}
		if c.constant != "" {
			v, _, _ := c.field.ParseCell(c.constant)
			rows.always(c.at, cell{has: true, number: v.Number, text: v.Text})
			continue
		}
		if c.column == "" {
			continue // told already
		}
		c.broken = false
		c.from, c.used, c.seen = find(c.columnAt, c.column), map[string]bool{}, map[string]*textCell{}
		if c.unit != "" && c.field.Type == lca.Number {
			c.scale = rows.ratio(c.at, c.unit)
		}
		c.counts = c.field.Type == lca.Number && (c.field.Unit == "token" || c.field.Unit == "request" || strings.HasSuffix(c.field.Name, "_count"))
		out = append(out, c)
	}
	return out
}

// fractions warns of counts that are no whole numbers, for a mark of thousands may have been read as one of decimals.
func (m *mapping) fractions(cells []*mappedCell, probs *diag.List) {
	for _, c := range cells {
		if c.broken {
			at := c.brokenAt
			if at.Column == "" {
				at.Column = c.column
			}
			probs.Add(diag.Problem{Code: diag.Implausible, Severity: diag.Warning, Place: at, Message: fmt.Sprintf("%s is %v here, which counts no whole number", c.field.Name, c.fraction),
				Why: "a mark of thousands may have been read as one of decimals", Hint: "file: {decimal: ...} in the mapping says which mark decimals have; means are as they are"})
		}
	}
}

// fill reads the cell of a record.
func (c *mappedCell) fill(r *row, s source) {
	switch c.field.Type {
	case lca.Text:
		c.fillText(r, s.bytes(c.from))
	case lca.Date:
		c.fillDate(r, s)
	case lca.Boolean:
		if text := s.text(c.from); text != "" {
			if to, ok := c.alias[text]; ok {
				c.used[text], text = true, to
			}
			switch strings.ToLower(text) {
			case "true", "yes", "1":
				r.put(c.at, cell{number: 1})
			case "false", "no", "0":
				r.put(c.at, cell{})
			default:
				r.refuse(c.field.Name, text, "neither true nor false")
			}
		}
	default:
		if len(c.alias) > 0 {
			text := s.text(c.from)
			if to, ok := c.alias[text]; ok {
				c.used[text] = true
				if v, err := foreign.ParseNumber(to); err == nil {
					r.put(c.at, cell{number: c.scale.of(v)})
				} else if to != "" {
					r.refuse(c.field.Name, to, "not a number")
				}
				return
			}
		}
		if v, ok := s.float(c.from); ok {
			v = c.scale.of(v)
			if c.counts && !c.broken && v != math.Trunc(v) {
				c.broken, c.brokenAt, c.fraction = true, s.left().Place, v
			}
			r.put(c.at, cell{number: v})
		}
	}
}

// textCell is what a text of the file becomes.
type textCell struct {
	cell
	name *NameReport // of a text that is looked up in a registry of names
	why  string      // it is refused
}

func (c *mappedCell) fillText(r *row, written []byte) {
	if len(written) == 0 {
		return
	}
	t := c.seen[string(written)]
	if t == nil {
		t = c.lookUp(r, string(written))
		if len(c.seen) < keptTexts && len(written) <= foreign.MaxText {
			c.seen[string(written)] = t
		}
	}
	if t.name != nil {
		t.name.Count++
		r.putName(c.at, t.name)
		if t.name.stated > 0 && t.name.ID != "" && !r.hasColumn("device_count") {
			r.assume("hardware printed as %q: the row gives no device_count", t.name.Text) // the mapping decides what counts
		}
		return
	}
	switch {
	case t.why != "":
		r.refuse(c.field.Name, string(written), t.why)
		return
	case t.text == "": // an alias says that it means nothing
		return
	}
	r.put(c.at, t.cell)
	if d := r.texts[c.at]; t.epoch != d.epoch {
		t.code, t.epoch = d.look(c.field, t.text), d.epoch
		r.cells[c.at].code, r.cells[c.at].epoch = t.code, t.epoch
	}
	if c.basis >= 0 && !r.set[c.basis].has && !r.cells[c.basis].has {
		r.put(c.basis, cell{text: "published"})
	}
}

// lookUp finds out what a text becomes.
func (c *mappedCell) lookUp(r *row, text string) *textCell {
	if to, ok := c.alias[text]; ok {
		c.used[text], text = true, to
	}
	t := &textCell{cell: cell{text: foreign.Plain(text)}}
	if t.text == "" {
		return t
	}
	switch c.registry {
	case "":
	case "regions":
		code, ok := names.Regions().Canonical(text)
		if t.text = code; !ok {
			t.why = "the registry of regions does not know it"
		}
	default:
		t.name = r.d.named(c.registry, text)
		t.name.Count-- // counted by each record that has it
	}
	return t
}

func (c *mappedCell) fillDate(r *row, s source) {
	if c.unit != "" {
		v, ok := s.float(c.from)
		if c.unit == "ms" {
			v /= 1000
		}
		if ok {
			r.put(c.at, cell{number: math.Floor(v / 86400)})
		}
		return
	}
	text := s.bytes(c.from)
	if len(text) == 0 {
		return
	}
	if c.layout != "" {
		if t, err := time.Parse(c.layout, string(text)); err == nil && t.Year() >= 1 {
			r.put(c.at, cell{number: dayOf(t)})
			return
		}
		r.refuse(c.field.Name, string(text), "not a date written as "+c.date)
		return
	}
	if day, ok := c.day.of(text); ok {
		r.put(c.at, cell{number: day})
		return
	}
	r.refuse(c.field.Name, string(text), "not a time such as 2024-05-31T10:39:13Z, nor a day such as 2024-05-31; date: DD.MM.YYYY in the mapping reads days that are written so")
}

// skipped is why a record is left out; empty where it is not.
func (m *mapping) skipped(s source) string {
	for _, skip := range m.skips {
		text := s.text(skip.at)
		for i, t := range skip.texts {
			equal := text == t
			if !equal && !math.IsNaN(skip.number[i]) {
				v, err := foreign.ParseNumber(strings.Replace(text, ",", ".", 1))
				equal = err == nil && v == skip.number[i]
			}
			if equal {
				skip.used = true
				return skip.Why
			}
		}
	}
	return ""
}

// unused warns of aliases and conditions that a file had no use for: mostly a slip of spelling.
func (m *mapping) unused(file string, cells []*mappedCell, probs *diag.List) {
	warn := func(n *document.Node, at diag.Place, format string, args ...any) {
		p := n.ProblemAt(at, diag.UnusedName, format, args...)
		p.Severity = diag.Warning
		probs.Add(p)
	}
	for _, c := range cells {
		if c.aliasAt == nil {
			continue
		}
		for _, f := range c.aliasAt.Fields {
			if !c.used[f.Key] {
				warn(c.aliasAt, f.Place, "nothing is called %s in %s", strconv.Quote(f.Key), file)
			}
		}
	}
	for _, s := range m.skips {
		if !s.used {
			warn(s.At, s.At.Place, "nothing in %s is skipped by this", file)
		}
	}
}
