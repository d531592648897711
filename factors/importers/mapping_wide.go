package importers

import (
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// heading is a column of a wide file.
type heading struct {
	column string
	text   string // as it goes into the table
	wrong  *fault
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
			if c != "" && !slices.Contains(except, c) && !m.reads(c) && (e.Becomes != "year" || yearAmong(c) != 0 || called.to[c] != "") {
				columns, at = append(columns, c), append(at, e.At)
			}
		}
		if len(columns) == 0 && m.columns != nil {
			m.tell(e.At, diag.MissingColumn, "list them: columns: [...]", "the file has no column whose heading may be a %s", e.Becomes)
		}
	}
	for i, c := range columns {
		h := heading{column: c, text: called.text(c)}
		if y := yearAmong(h.text); e.Becomes == "year" && y != 0 {
			h.text = strconv.Itoa(y)
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
