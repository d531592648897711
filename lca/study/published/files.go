package published

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Names of a case's files in the folder of its study.
const (
	StudyFile  = "study.yaml"
	MethodFile = "method.yaml" // of a method that the case names by its path
	packFolder = "pack"
	packFile   = packFolder + "/pack.yaml"
	tableFile  = packFolder + "/factors.csv"
)

// Files are a case as the study, the inventories and the factor pack that it is run from.
type Files struct {
	Content map[string][]byte // by name, with slashes

	c       *Case
	factors []*document.Node                       // of each row of the pack's table
	cells   map[string][]map[string]*document.Node // by kind, of each row its values by column; the row itself under ""
	text    []byte                                 // the study but for its gaps
	gaps    []Gap
}

// maxKeys bounds the rows of a case's pack.
const maxKeys = 20_000

// Gap is what a case gives no value for, as a study accepts it: a factor, or an impact of a kind.
type Gap struct{ Factor, Kind, Impact string }

// Files writes a case's files. The method's text is nil where it is an embedded one; defined is the pack whose definitions of factors hold. Of a case without a
// method, which is nil, the rows are checked alone. All problems of rows and factors go to probs; the result is nil where there are any.
func (c *Case) Files(m *rules.Method, text []byte, defined *factors.Pack, probs *diag.List) *Files {
	before := probs.Count(diag.Error)
	f := &Files{Content: map[string][]byte{}, c: c, cells: map[string][]map[string]*document.Node{}}
	for i := range c.tables {
		f.inventory(&c.tables[i], probs)
	}
	if m == nil {
		return nil
	}
	f.pack(m, defined, probs)
	f.study(m, text == nil)
	if text != nil {
		f.Content[MethodFile] = text
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return f
}

// inventory writes a table of rows as Parquet. The rows go by way of CSV, whose reader knows what a kind's values must be.
func (f *Files) inventory(t *table, probs *diag.List) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(t.kind.Names())
	told := map[*document.Node]bool{}
	for _, row := range t.rows {
		nodes := map[string]*document.Node{"": row}
		for _, v := range row.Fields {
			if _, ok := t.kind.Column(v.Key); !ok {
				p := row.ProblemAt(v.Place, diag.UnknownColumn, "%s has no column %q", t.kind.Name, excerpt(v.Key))
				p.Hint = "ailca datasets schema " + t.kind.Name + " lists its columns"
				if near := diag.Nearest(v.Key, t.kind.Names()); near != "" {
					p.Hint = "did you mean " + near + "?"
				}
				probs.Add(p)
				continue
			}
			nodes[v.Key] = v.Value
		}
		f.cells[t.kind.Name] = append(f.cells[t.kind.Name], nodes)
		record := make([]string, len(t.kind.Columns))
		for i := range t.kind.Columns {
			before := probs.Count(diag.Error)
			record[i] = f.cell(t.kind, &t.kind.Columns[i], nodes, probs)
			if n := nodes[t.kind.Columns[i].Name]; n != nil && (n.Cut || probs.Count(diag.Error) > before) {
				told[n] = true
			}
		}
		w.Write(record)
	}
	w.Flush()
	var wrong diag.List
	read := datasets.FromCSV(t.kind, t.kind.Name, &b, &wrong)
	for _, p := range wrong.Problems() {
		if n := f.node(t.kind.Name, p.Place.Line-2, p.Place.Column); !told[n] {
			if p.Code == diag.DuplicateID { // which names a line of the table in between
				p.Message = fmt.Sprintf("two rows of %s are called %q", t.kind.Name, excerpt(n.Text))
			}
			probs.Add(f.moved(p, n))
		}
	}
	if read == nil {
		return
	}
	var out bytes.Buffer
	if err := datasets.WriteInventory(&out, t.kind, read); err != nil {
		probs.Errorf(diag.BadParquet, f.c.root.Place, "%v", err)
		return
	}
	f.Content[t.kind.Name+".parquet"] = out.Bytes()
}

// cell writes a row's value in a column as a CSV file has it: numbers in the column's unit. What is required and left out is the case's.
func (f *Files) cell(kind *datasets.Kind, col *datasets.Field, nodes map[string]*document.Node, probs *diag.List) string {
	n := nodes[col.Name]
	switch {
	case n == nil || n.Kind == document.Null:
		if text := f.absent(kind, col, nodes); text != "" {
			return datasets.Escaped(text)
		}
		return ""
	case n.Kind != document.Scalar:
		probs.Add(n.Problem(diag.BadType, "%s holds a %s, not %s", col.Name, col.Type, n.Kind))
		return ""
	}
	switch col.Type {
	case lca.Text:
		if strings.ContainsAny(n.Text, "\r\n") {
			probs.Add(n.Problem(diag.BadValue, "%s is one line", col.Name))
			return ""
		}
		return datasets.Escaped(n.Text)
	case lca.Number, lca.Integer:
		v, why := number(n.Text, unit.MustParse(cmp.Or(col.Unit, "1")))
		if why != "" {
			p := n.Problem(diag.BadValue, "%s: %s", col.Name, why)
			p.Hint = document.NumberHint(excerpt(n.Text))
			if !n.Cut { // which is told
				probs.Add(p)
			}
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return n.Text
}

// number reads a figure as the nearest float64 in a column's unit.
func number(text string, due unit.Unit) (float64, string) {
	figure, why := parseFigure(text)
	if why != "" {
		return 0, why
	}
	exact := figure.Number
	if !figure.Bare {
		var ok bool
		if exact, ok = figure.in(due); !ok {
			return 0, fmt.Sprintf("%s (%s) cannot be converted to %s (%s)", figure.Unit, figure.Unit.Dimension(), due, due.Dimension())
		}
	}
	v, _ := exact.Float64()
	if math.IsInf(v, 0) {
		return 0, fmt.Sprintf("the number %s is out of range in %s", excerpt(text), due)
	}
	return v, ""
}

// absent is what stands in a column that a row leaves out; empty where it stays missing, which is told of one that is required.
func (f *Files) absent(kind *datasets.Kind, col *datasets.Field, nodes map[string]*document.Node) string {
	has := func(column string) bool {
		return column != "" && nodes[column] != nil && nodes[column].Kind != document.Null
	}
	if col.Name == "url" {
		return f.c.URL
	}
	period := kind.Period
	if col.Name == period.Year && !has(period.From) && !has(period.To) {
		return strconv.Itoa(f.c.Year)
	}
	if !col.Required {
		return ""
	}
	switch col.Name {
	case "source":
		return f.c.Source
	case "licence":
		return f.c.Licence
	case "quality":
		return "reported"
	case kind.Roles.Scope:
		return "volume"
	case "phase":
		return "whole"
	case "class":
		return "accelerator"
	case "count_basis":
		return "installed"
	case "in_service":
		return strconv.Itoa(f.c.Year) + "-01-01"
	case "model_id", "name":
		if has(kind.ID) {
			return nodes[kind.ID].Text
		}
		return f.c.Name
	}
	return ""
}

// pack writes the factors. A factor's key that the case does not give stands for all that its rows ask for.
func (f *Files) pack(m *rules.Method, defined *factors.Pack, probs *diag.List) {
	asks := map[string][]ask{}
	var names []string // of factors, as methods and packs call them
	for _, t := range f.c.tables {
		for _, a := range m.Asks(t.kind.Name) {
			use := m.Use(a.Factor)
			for _, name := range []string{a.Factor, use.Source()} {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			one := ask{use, f.words(t.kind, a.Region), f.words(t.kind, a.Technology)}
			asks[a.Factor] = append(asks[a.Factor], one)
			if use.Source() != a.Factor {
				asks[use.Source()] = append(asks[use.Source()], one)
			}
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(factors.Columns())
	for i := range f.c.factors {
		x := &f.c.factors[i]
		own := m.Use(x.Factor)
		d, ok := defined.Definition(own.Source())
		switch {
		case !ok:
			l := loader{f.c, probs}
			l.near(x.At.Get("factor").Problem(diag.UnknownName, "the factor pack %s defines no factor %q", defined.Ref(), excerpt(x.Factor)), x.Factor, names)
			continue
		case asks[x.Factor] == nil:
			p := x.At.Get("factor").Problem(diag.UnknownName, "the method %s looks up no factor %s for rows of the case", m.Ref(), x.Factor)
			p.Why = "a number that nothing uses may hide that something else was meant"
			if near := diag.Nearest(x.Factor, names); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			probs.Add(p)
			continue
		}
		keys := f.keys(x, d, asks[x.Factor], probs)
		if len(f.factors)+len(keys) > maxKeys {
			probs.Add(x.At.Problem(diag.TooLarge, "the factors stand for more than %d regions and technologies of rows", maxKeys))
			break
		}
		for _, key := range keys {
			w.Write(f.record(x, &own, key))
			f.factors = append(f.factors, x.At)
		}
	}
	w.Flush()
	if len(f.factors) > 0 {
		f.Content[tableFile] = b.Bytes()
	}
	f.Content[packFile] = f.definitions(m, defined)
}

// ask is a use of a factor with the regions and technologies that rows of the case ask for.
type ask struct {
	use                   rules.FactorUse
	regions, technologies []string
}

// keys are the regions and technologies that a factor's value stands for.
func (f *Files) keys(x *factor, d *factors.Definition, asks []ask, probs *diag.List) [][2]string {
	all := func(keyed bool, given, key string, of func(a *ask) []string) []string {
		if given != "" || !keyed {
			return []string{given}
		}
		var out []string
		for i := range asks {
			for _, word := range of(&asks[i]) {
				if !slices.Contains(out, word) {
					out = append(out, word)
				}
			}
		}
		if len(out) == 0 {
			p := x.At.Problem(diag.MissingValue, "%s is found by %s, and no row of the case has one", d.Name, key)
			p.Hint = key + ": ..."
			probs.Add(p)
		}
		return out
	}
	var out [][2]string
	for _, region := range all(d.Keyed("region"), x.Region, "region", func(a *ask) []string { return a.regions }) {
		for _, technology := range all(d.Keyed("technology"), x.Technology, "technology", func(a *ask) []string { return a.technologies }) {
			out = append(out, [2]string{region, technology})
		}
	}
	return out
}

// record is a row of the pack's table.
func (f *Files) record(x *factor, use *rules.FactorUse, key [2]string) []string {
	year := ""
	if x.Year != 0 {
		year = strconv.Itoa(x.Year)
	}
	kind := use.SelectFor(x.Category)
	values := map[string]string{
		"factor": use.Source(), "category": x.Category, "region": key[0], "technology": key[1], "valid_from": year, "valid_to": year,
		"value": x.At.Get("value").Text, "unit": x.Unit, "distribution": cmp.Or(x.Spread, "fixed"), "boundary": x.Boundary, "flow": cmp.Or(x.Flow, kind.Flow), "point": cmp.Or(x.Point, kind.Point),
		"scope": cmp.Or(x.Scope, kind.Scope), "margin": cmp.Or(x.Margin, kind.Margin), "quality": cmp.Or(x.Quality, "reported"), "source": f.c.cite(x.Source),
		"url": cmp.Or(x.URL, f.c.URL), "released": f.c.Released, "licence": f.c.Licence, "note": x.Note,
	}
	var out []string
	for _, name := range factors.Columns() {
		out = append(out, strings.Join(strings.Fields(values[name]), " "))
	}
	return out
}

// definitions is pack.yaml: all factors that the method names, as the pack defines them.
func (f *Files) definitions(m *rules.Method, defined *factors.Pack) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# The factors that a publication used, and no others. Written from the case %s.\npack: %s\nversion: \"1\"\nstatus: draft\ndate: \"%d-12-31\"\ntitle: %s\nfactors:\n",
		f.c.Name, f.c.Name, f.c.Year, document.Quote("Factors of "+f.c.Title))
	var names []string
	for _, k := range m.Kinds {
		for _, a := range m.Asks(k.Kind) {
			use := m.Use(a.Factor)
			names = append(names, use.Source())
		}
	}
	for i := range defined.Definitions {
		d := &defined.Definitions[i]
		if !slices.Contains(names, d.Name) {
			continue
		}
		fmt.Fprintf(&b, "  - {name: %s, title: %s, per: %s", d.Name, document.Quote(d.Title), document.Quote(d.PerText()))
		if text := d.UnitText(); text != "" {
			fmt.Fprintf(&b, ", unit: %s", document.Quote(text))
		}
		fmt.Fprintf(&b, ", keys: [%s]}\n", strings.Join(d.Keys, ", "))
	}
	if len(f.factors) == 0 {
		b.WriteString("tables: []\n")
	}
	return b.Bytes()
}

// word is a name or a text in a formula.
var word = regexp.MustCompile(`"([^"]*)"|'([^']*)'|[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?`)

// words are the texts that a formula for a region or a technology may give for rows of the case: values of the columns that it names, and texts that stand in it.
func (f *Files) words(kind *datasets.Kind, formula *document.Node) []string {
	if formula == nil {
		return nil
	}
	var out []string
	add := func(text string) {
		if text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, found := range word.FindAllStringSubmatch(formula.Text, -1) {
		if found[0][0] == '"' || found[0][0] == '\'' {
			add(found[1] + found[2])
			continue
		}
		of, column, attribute := strings.Cut(found[0], ".")
		if !attribute {
			of, column = kind.Name, of
		}
		for _, row := range f.cells[of] {
			if n := row[column]; n != nil && n.Kind == document.Scalar {
				add(n.Text)
			}
		}
	}
	return out
}

// study writes the study. All that the method asks for and the case does not give is an accepted gap.
func (f *Files) study(m *rules.Method, embedded bool) {
	c := f.c
	var b bytes.Buffer
	fmt.Fprintf(&b, "# A published calculation, done again. Written from the case %s.\nstudy: %s\ntitle: %s\nyear: %d\ngoal: %s\n", c.Name, c.Name, document.Quote(c.Title), c.Year,
		document.Quote("Does the method give the numbers of the publication: "+c.Source))
	method := c.Method
	if !embedded {
		method = "./" + MethodFile
	}
	fmt.Fprintf(&b, "method: %s\n", method)
	if len(c.choices) > 0 {
		b.WriteString("choices:\n")
		for _, x := range c.choices {
			fmt.Fprintf(&b, "  %s: %s\n", document.Quote(x.Key), document.Quote(x.Value.Text))
		}
	}
	fmt.Fprintf(&b, "pack: ./%s\ndraws: 0\ninventories:\n", packFolder) // what was published has no interval to compare with
	for _, t := range c.tables {
		fmt.Fprintf(&b, "  %s: %s.parquet\n", t.kind.Name, t.kind.Name)
	}
	b.WriteString("group_by: [item]\n")
	f.text = b.Bytes()
	add := func(g Gap) {
		if !slices.Contains(f.gaps, g) {
			f.gaps = append(f.gaps, g)
		}
	}
	for _, k := range m.Kinds {
		if !slices.Contains(c.Kinds(), k.Kind) {
			continue
		}
		for _, r := range k.Impacts {
			if r.Factor != "" {
				use := m.Use(r.Factor)
				add(Gap{Factor: use.Source()})
			}
			add(Gap{Kind: k.Kind, Impact: r.Name})
		}
	}
	f.Accept(func(Gap) bool { return true })
}

// Accept writes the study with the gaps that keep holds of.
func (f *Files) Accept(keep func(Gap) bool) {
	b := bytes.NewBuffer(slices.Clone(f.text))
	title := "accept_gaps: # what the publication gives no value for\n"
	for _, g := range f.gaps {
		if !keep(g) {
			continue
		}
		b.WriteString(title)
		title = ""
		if g.Factor != "" {
			fmt.Fprintf(b, "  - {factor: %s, reason: the publication gives no value}\n", g.Factor)
		} else {
			fmt.Fprintf(b, "  - {kind: %s, impact: %s, reason: the publication does not give what it needs}\n", g.Kind, g.Impact)
		}
	}
	f.Content[StudyFile] = b.Bytes()
}

// Place is a problem of one of the files, told where the case says what is wrong. within is the name of the file in the folder.
func (f *Files) Place(p diag.Problem, within string) diag.Problem {
	switch {
	case within == tableFile && p.Place.Line >= 2 && p.Place.Line-2 < len(f.factors):
		return f.moved(p, f.factors[p.Place.Line-2])
	case path.Ext(within) == ".parquet":
		return f.moved(p, f.node(strings.TrimSuffix(within, ".parquet"), int(p.Place.Row)-1, p.Place.Column))
	case within == StudyFile && strings.Contains(p.Message, "method"):
		return f.moved(p, f.c.MethodAt())
	case within == StudyFile && strings.Contains(p.Message, "choice"):
		return f.moved(p, f.c.At("choices"))
	case within == MethodFile:
		p.Place.File = f.c.MethodFile()
		return p
	}
	return f.moved(p, f.c.At("tables"))
}

// moved is a problem at another place.
func (f *Files) moved(p diag.Problem, n *document.Node) diag.Problem {
	out := n.Problem(p.Code, "%s", p.Message)
	out.Severity, out.Why, out.Hint = p.Severity, p.Why, p.Hint
	return out
}

// node is a row's value in a column, the row where it has none, or all rows of the kind.
func (f *Files) node(kind string, row int, column string) *document.Node {
	rows := f.cells[kind]
	if row < 0 || row >= len(rows) {
		if n := f.c.At("tables").Get(kind); n != nil {
			return n
		}
		return f.c.root
	}
	if n := rows[row][column]; n != nil {
		return n
	}
	return rows[row][""]
}
