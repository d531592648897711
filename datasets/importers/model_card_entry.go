package importers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// cardKeys lists the keys of the entries of a kind: its columns, save those that say where a row was read.
func cardKeys(kind string) (out []string) {
	k, _ := datasets.KindByName(kind)
	for _, f := range k.Columns {
		if !slices.Contains(originColumns[:], f.Name) {
			out = append(out, cardKey(k, f.Name))
		}
	}
	return out
}

// cardKey is what a column is called in a card.
func cardKey(k *datasets.Kind, column string) string {
	switch column {
	case k.ID:
		return "id"
	case "model_id", "hardware_id":
		return strings.TrimSuffix(column, "_id")
	}
	return column
}

// entry makes a row of a run or deployment. The block of Hugging Face fills the gaps of an only one.
func (c *card) entry(n *document.Node, l foreign.Left, no int, only bool) {
	before := c.probs.Count(diag.Error)
	r := c.rows.next()
	c.stated = 0
	if n.Kind != document.Map {
		c.probs.Add(n.Problem(diag.BadType, "each of %s is a map of keys such as hardware and energy; this is %s", cardLists[c.kind.Name], n.Kind))
	} else {
		known := cardKeys(c.kind.Name)
		for _, f := range n.Fields {
			if !slices.Contains(known, f.Key) {
				c.unknown(n, f, known)
			}
		}
		given := c.fill(r, n, known)
		if only && c.co2 != nil {
			c.fillGaps(r)
		}
		c.name(r)
		c.complete(r, n, given)
	}
	if c.probs.Count(diag.Error) > before {
		l.Why = "something is wrong with it, which is told"
		c.leave(l)
		return
	}
	if text := r.cells[r.at(c.kind.ID)].text; text != "" {
		l.What = text
	}
	c.give(r, l, no)
}

// fill fills the row from the entry, and from what the top says and the entry does not. It returns the columns that one of them gives, rightly or not.
func (c *card) fill(r *row, n *document.Node, known []string) (given []string) {
	for i := range c.kind.Columns {
		f := &c.kind.Columns[i]
		key := cardKey(c.kind, f.Name)
		if !slices.Contains(known, key) {
			continue
		}
		value := n.Get(key)
		if value == nil && key != "id" {
			if at := slices.IndexFunc(c.common, func(f document.Field) bool { return f.Key == key }); at >= 0 {
				value = c.common[at].Value
			}
		}
		if value == nil || value.Kind == document.Null {
			continue
		}
		if given = append(given, f.Name); value.Kind != document.Scalar {
			c.probs.Add(value.Problem(diag.BadType, "%s is a single value; this is %s", key, value.Kind))
			continue
		}
		c.cell(r, f, value)
	}
	return given
}

// cell fills a column from a value.
func (c *card) cell(r *row, f *datasets.Field, n *document.Node) {
	text := strings.TrimSpace(n.Text)
	switch {
	case f.Name == c.kind.ID:
		c.unique(r, f.Name, text)
	case f.Name == "model_id":
		r.model(text)
	case f.Name == "organisation":
		r.organisation(f.Name, text)
	case f.Name == "hardware_id":
		if c.stated = r.hardware(text); c.stated > 0 {
			r.number("device_count", c.stated)
		}
	case f.Registry == "regions":
		if !r.region(text, "published") {
			p := n.Problem(diag.UnknownName, "the registry of regions does not know %q", text)
			if near := names.Regions().Nearest(text); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			c.probs.Add(p)
		}
	case f.Type == lca.Number:
		c.number(r, f, n)
		if v := r.cells[r.at(f.Name)].number; f.Name == "device_count" && c.stated > 0 && v != c.stated {
			c.probs.Add(n.Problem(diag.BadValue, "device_count is %v, and hardware says %v of them", v, c.stated))
		}
	default:
		v, why, hint := f.ParseCell(text)
		if why != "" {
			p := n.Problem(diag.BadValue, "%s", why)
			p.Hint = hint
			c.probs.Add(p)
			return
		}
		if r.put(r.at(f.Name), cell{number: v.Number, text: v.Text}); v.Truth {
			r.number(f.Name, 1)
		}
	}
}

var numberAhead = regexp.MustCompile(`^([-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?)(?:\s*(\S.*))?$`)

// cardCounts are the units of columns whose numbers say without one what they are.
var cardCounts = []string{"1", "token", "request", "FLOP", "bit"}

// number fills a column from a number and its unit.
func (c *card) number(r *row, f *datasets.Field, n *document.Node) {
	wrong := func(code diag.Code, hint, format string, args ...any) {
		p := n.Problem(code, format, args...)
		p.Hint = hint
		c.probs.Add(p)
	}
	parts := numberAhead.FindStringSubmatch(strings.TrimSpace(n.Text))
	if hint := document.NumberHint(n.Text); hint != "" && (slices.Contains(cardCounts, f.Unit) || parts == nil) {
		wrong(diag.BadValue, hint, "%s is not a number: %q", f.Name, n.Text)
		return
	}
	example := "write a number such as 3000"
	if !slices.Contains(cardCounts, f.Unit) {
		example = fmt.Sprintf("write a number and its unit, such as 3000 %s", f.Unit)
	}
	if parts == nil {
		wrong(diag.BadValue, example, "%s is not a number: %q", f.Name, n.Text)
		return
	}
	v, err := foreign.ParseNumber(parts[1])
	if err != nil {
		wrong(diag.BadValue, example, "%s is not a number: %v", f.Name, err)
		return
	}
	from := parts[2]
	if from == "" {
		if !slices.Contains(cardCounts, f.Unit) {
			wrong(diag.BadUnit, fmt.Sprintf("write %s %s, if that is what is meant", parts[1], f.Unit), "%s has no unit", f.Name)
			return
		}
		from = f.Unit
	}
	if from[0] == ',' {
		wrong(diag.BadValue, "write "+strings.ReplaceAll(n.Text, ",", ""), "%s has a comma in its number: %q", f.Name, n.Text)
		return
	}
	u, err := unit.Parse(from)
	if err != nil {
		wrong(diag.BadUnit, "", "%v", err)
		return
	}
	if _, _, ok := unit.Ratio(u, r.units[r.at(f.Name)]); !ok {
		wrong(diag.UnitMismatch, "", "%s is in %s, which %s does not become", f.Name, f.Unit, from)
		return
	}
	r.quantity(f.Name, v, from)
	if why := f.RefusesNumber(r.cells[r.at(f.Name)].number); why != "" {
		wrong(diag.OutOfRange, "", "%s", why)
	}
}

// name gives an entry without an id one of what it is of.
func (c *card) name(r *row) {
	if r.has(c.kind.ID) {
		return
	}
	part := "phase"
	if !r.hasColumn(part) {
		part = "service"
	}
	model := r.cells[r.at("model_id")].text
	if model == "" {
		return // which is told
	}
	c.unique(r, c.kind.ID, strings.Trim(asID(model)+"-"+asID(r.cells[r.at(part)].text), "-"))
}

// complete tells what the row lacks, and nothing of what was given and is wrong.
func (c *card) complete(r *row, n *document.Node, given []string) {
	has := func(name string) bool {
		i := r.at(name)
		return r.cells[i].has || r.set[i].has || slices.Contains(given, name)
	}
	for i := range c.kind.Columns {
		f := &c.kind.Columns[i]
		if f.Required && !has(f.Name) && f.Name != c.kind.ID {
			p := n.Problem(diag.MissingKey, "no %s", cardKey(c.kind, f.Name))
			p.Why = f.Doc
			if len(f.Values) > 0 {
				p.Hint = "one of " + strings.Join(f.Values, ", ")
			}
			c.probs.Add(p)
		}
		if !has(f.Name) {
			continue
		}
		for _, with := range f.With {
			if !has(with) {
				p := n.Problem(diag.MissingKey, "%s says nothing without %s", f.Name, with)
				if o, ok := c.kind.Column(with); ok {
					p.Why = o.Doc
					if len(o.Values) > 0 {
						p.Hint = "one of " + strings.Join(o.Values, ", ")
					}
				}
				c.probs.Add(p)
			}
		}
	}
}
