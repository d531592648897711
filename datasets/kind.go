// Package datasets knows the kinds of inventory and opens inventory files.
//
// A kind is a file in kinds/: its columns with types, units and documentation. Reading, checking, the printed schema and the scaffold
// all come from it; a new kind is a new file. An Inventory is one or more Parquet files of one kind: its columns arrive in canonical
// units, whatever the files carry, and a column that a file lacks arrives as missing.
package datasets

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Kind describes the inventories of one sort. It is immutable and shared.
type Kind struct {
	Name     string
	Title    string
	Doc      string
	ID       string            // the column that identifies a row
	Activity bool              // rows are activities with impacts; false for a catalogue
	Groups   map[string]string // what results are grouped by (item, model, organisation, region, hardware) to a column
	Period   Period
	Roles    Roles
	Merge    Merge
	Sums     *Aggregate // nil: rows are not aggregated
	Twins    Twins
	Overlaps Overlaps
	Stock    *Stock // nil: rows are no devices in service
	Columns  []Field
	Samples  []map[string]string // example rows: text by column, as in a CSV file
}

// Period names the columns that say when an activity took place; empty where a kind has none.
type Period struct {
	From string `doc:"from"` // first day
	To   string `doc:"to"`   // last day
	Year string `doc:"year"` // where no days are known
}

// Roles names the columns that decide what a row takes part in; empty where a kind has none.
type Roles struct {
	Scope         string `doc:"scope"`          // volume, intensity or sample
	PartOf        string `doc:"part_of"`        // the row of which this one is a part
	AlternativeTo string `doc:"alternative_to"` // the row that states the same thing from another source, and counts in place of this one
	Continues     string `doc:"continues"`      // the row that this one continues: ancestry, which is no part of a total
	Planned       Match  `doc:"planned"`        // rows that count nowhere
}

// Twins says which rows look like one thing under two names: those with equal values in all columns of Same and in the period's, and in one of
// Amounts, or of ByDay where days are given and not a year alone. The zero Twins finds none.
type Twins struct {
	Need    []string `doc:"need"`    // a row without a value in each of these does not tell what it is
	Same    []string `doc:"same"`    // beside these, which are the same, too
	Who     []string `doc:"who"`     // of these: a row without a value in one of them does not say whose it is, and may be another one's
	Amounts []string `doc:"amounts"` // columns whose values are hardly ever the same by chance; none: all rows that are otherwise equal
	ByDay   []string `doc:"by_day"`  // columns whose values often are
	Unless  []string `doc:"unless"`  // a row with a value in one of these says how it stands to another
	Event   Most     `doc:"event"`   // rows that are single events, of which many are alike
}

// Most is a column and a number that its value does not exceed.
type Most struct {
	Column string  `doc:"column,required"`
	Most   float64 `doc:"most,required"`
}

// Overlaps says which rows of scope volume may count something twice: those with equal values in all columns of Need, whose periods have more than a
// day in common, and of which no column of Apart says that they are of different things. Rows of a single day, such as those of a log, overlap none.
// Where both rows enter a total it is an error, save for kinds with Same: of these it is one where a column of Same has one value in both rows, and else
// a warning. The zero Overlaps finds none.
type Overlaps struct {
	Need   []string          `doc:"need"`
	Apart  []string          `doc:"apart"`  // with Same at most 4
	Any    map[string]string `doc:"any"`    // of columns of Apart the word that says no more than an empty field
	Same   []string          `doc:"same"`   // of these one that is the same makes a suspicion of it
	Unless []string          `doc:"unless"` // as of Twins
	From   string            `doc:"from"`   // dates, where the kind has no period
	To     string            `doc:"to"`
}

// Stock says of a kind whose rows are devices in service how many they are, from when to when: what a projection follows as stock and flow. Life and Hours are names
// of a method, Waste is one of the registry of categories.
type Stock struct {
	Count     string `doc:"count,required"`     // column
	From      string `doc:"from,required"`      // first day in service
	Retired   string `doc:"retired,required"`   // last day
	Installed Match  `doc:"installed,required"` // rows that count what is in service; others count what was put into service
	Life      string `doc:"life,required"`      // the quantity that says how long devices last
	Hours     string `doc:"hours,required"`     // the functional unit of other kinds that says how many devices are needed
	Waste     string `doc:"waste,required"`     // the category of the mass that leaves use
}

// Match is a column and a word that stands in it.
type Match struct {
	Column string `doc:"column,required"`
	Word   string `doc:"word,required"`
}

// Field is a column of a kind.
type Field struct {
	lca.Field
	Min, Max   *float64 // in the canonical unit, inclusive; nil for no bound
	References string   // the kind whose ids stand in it; "" for none
	Registry   string   // the registry whose codes stand in it: regions; "" for none
	With       []string // columns without which its values say nothing
	After      string   // the date column that may not be later than this one; "" for none
}

// kindFile is a kind as it is written.
type kindFile struct {
	At       *document.Node      `doc:"@"`
	Kind     string              `doc:"kind,required"`
	Title    string              `doc:"title,required"`
	Doc      string              `doc:"doc,required"`
	ID       string              `doc:"id,required"`
	Activity bool                `doc:"activity,required"`
	Groups   map[string]string   `doc:"groups"`
	Period   Period              `doc:"period"`
	Roles    Roles               `doc:"roles"`
	Merge    Merge               `doc:"merge"`
	Sums     *Aggregate          `doc:"aggregate"`
	Twins    Twins               `doc:"twins"`
	Overlaps Overlaps            `doc:"overlaps"`
	Stock    *Stock              `doc:"stock"`
	Columns  []columnFile        `doc:"columns,required"`
	Samples  []map[string]string `doc:"samples,required"`
}

type columnFile struct {
	At         *document.Node `doc:"@"`
	Name       string         `doc:"name,required"`
	Type       string         `doc:"type,required"`
	Unit       string         `doc:"unit"`
	Required   bool           `doc:"required"`
	Min        *float64       `doc:"min"`
	Max        *float64       `doc:"max"`
	Values     []string       `doc:"values"`
	References string         `doc:"references"`
	Registry   string         `doc:"registry"`
	With       []string       `doc:"with"`
	After      string         `doc:"after"`
	Doc        string         `doc:"doc,required"`
}

//go:embed kinds/*.yaml
var kindFiles embed.FS

// Kinds returns the embedded kinds in order of name. The slice is shared: do not change it.
var Kinds = sync.OnceValue(func() []*Kind {
	var probs diag.List
	var out []*Kind
	entries, err := kindFiles.ReadDir("kinds")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, e := range entries {
		text, err := kindFiles.ReadFile(path.Join("kinds", e.Name()))
		if err != nil {
			panic(err)
		}
		if k := LoadKind(path.Join("datasets/kinds", e.Name()), text, &probs); k != nil {
			out = append(out, k)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	for _, k := range out {
		for _, f := range k.Columns {
			if f.References != "" && !named(out, f.References) {
				probs.Errorf(diag.UnknownName, diag.Place{File: "datasets/kinds/" + k.Name + ".yaml", Column: f.Name}, "no kind %q", f.References)
			}
		}
	}
	if err := probs.Err(); err != nil {
		panic(err)
	}
	return out
})

func named(kinds []*Kind, name string) bool {
	for _, k := range kinds {
		if k.Name == name {
			return true
		}
	}
	return false
}

// KindByName returns an embedded kind.
func KindByName(name string) (*Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return nil, false
}

// KindNames lists the embedded kinds.
func KindNames() []string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// Column returns a column by name.
func (k *Kind) Column(name string) (*Field, bool) {
	for i := range k.Columns {
		if k.Columns[i].Name == name {
			return &k.Columns[i], true
		}
	}
	return nil, false
}

// Names lists the columns' names in order.
func (k *Kind) Names() []string {
	out := make([]string, len(k.Columns))
	for i, f := range k.Columns {
		out[i] = f.Name
	}
	return out
}

// Fields lists the columns as those of a table.
func (k *Kind) Fields() []lca.Field {
	out := make([]lca.Field, len(k.Columns))
	for i, f := range k.Columns {
		out[i] = f.Field
	}
	return out
}

// LoadKind reads a kind's file. Problems go to probs; the kind is nil where the file has any.
func LoadKind(name string, text []byte, probs *diag.List) *Kind {
	before := probs.Count(diag.Error)
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	var file kindFile
	document.Decode(root, &file, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	k := &Kind{Name: file.Kind, Title: file.Title, Doc: file.Doc, ID: file.ID, Activity: file.Activity,
		Groups: file.Groups, Period: file.Period, Roles: file.Roles, Merge: file.Merge, Sums: file.Sums, Twins: file.Twins, Overlaps: file.Overlaps, Stock: file.Stock, Samples: file.Samples}
	for _, c := range file.Columns {
		k.add(c, probs)
	}
	if probs.Count(diag.Error) == before {
		k.check(file, probs)
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return k
}

// add appends a column, checked on its own.
func (k *Kind) add(c columnFile, probs *diag.List) {
	t, ok := lca.ParseFieldType(c.Type)
	if !ok {
		probs.Add(c.At.Get("type").Problem(diag.BadType, "no type %q; there are number, integer, string, date, boolean", c.Type))
	}
	if _, twice := k.Column(c.Name); twice {
		probs.Add(c.At.Problem(diag.DuplicateName, "the column %q stands twice", c.Name))
	}
	if c.Unit != "" {
		if _, err := unit.Parse(c.Unit); err != nil {
			probs.Add(c.At.Get("unit").Problem(diag.BadUnit, "%v", err))
		}
	}
	numeric := t == lca.Number || t == lca.Integer
	if !numeric && (c.Unit != "" || c.Min != nil || c.Max != nil) {
		probs.Add(c.At.Problem(diag.BadValue, "only numbers have a unit and bounds"))
	}
	if t != lca.Text && (c.Values != nil || c.References != "") {
		probs.Add(c.At.Problem(diag.BadValue, "only strings have values and references"))
	}
	if c.Registry != "" && (c.Registry != regionRegistry || t != lca.Text) {
		probs.Add(c.At.Get("registry").Problem(diag.UnknownName, "a string column may have the registry %s", regionRegistry))
	}
	k.Columns = append(k.Columns, Field{
		Field: lca.Field{Name: c.Name, Type: t, Unit: c.Unit, Required: c.Required, Values: c.Values, Doc: c.Doc},
		Min:   c.Min, Max: c.Max, References: c.References, Registry: c.Registry, With: c.With, After: c.After,
	})
}

// check looks at what refers to columns.
func (k *Kind) check(file kindFile, probs *diag.List) {
	need := func(at *document.Node, what, name string, types ...lca.FieldType) {
		f, ok := k.Column(name)
		if !ok {
			probs.Add(at.Problem(diag.UnknownName, "%s: no column %q", what, name))
			return
		}
		for _, t := range types {
			if f.Type == t {
				return
			}
		}
		probs.Add(at.Problem(diag.BadType, "%s: the column %q is a %s", what, name, f.Type))
	}
	need(file.At.Get("id"), "id", k.ID, lca.Text)
	for _, g := range slices.Sorted(maps.Keys(k.Groups)) {
		need(file.At.Get("groups").Get(g), "groups "+g, k.Groups[g], lca.Text)
	}
	for _, p := range []struct {
		key, column string
		types       []lca.FieldType
	}{{"from", k.Period.From, []lca.FieldType{lca.Date}}, {"to", k.Period.To, []lca.FieldType{lca.Date}}, {"year", k.Period.Year, []lca.FieldType{lca.Integer}}} {
		if p.column != "" {
			need(file.At.Get("period").Get(p.key), "period "+p.key, p.column, p.types...)
		}
	}
	for _, r := range []struct{ key, column string }{{"scope", k.Roles.Scope}, {"part_of", k.Roles.PartOf}, {"alternative_to", k.Roles.AlternativeTo}, {"continues", k.Roles.Continues}, {"planned", k.Roles.Planned.Column}} {
		if r.column != "" {
			need(file.At.Get("roles").Get(r.key), "roles "+r.key, r.column, lca.Text)
		}
	}
	if s := k.Stock; s != nil {
		at := file.At.Get("stock")
		need(at.Get("count"), "stock count", s.Count, lca.Number, lca.Integer)
		need(at.Get("from"), "stock from", s.From, lca.Date)
		need(at.Get("retired"), "stock retired", s.Retired, lca.Date)
		need(at.Get("installed"), "stock installed", s.Installed.Column, lca.Text)
		if _, ok := lca.Words().Category(s.Waste); !ok {
			probs.Add(at.Get("waste").Problem(diag.UnknownName, "there is no category %q", s.Waste))
		}
	}
	k.checkMerge(file, need, probs)
	k.checkSums(file, need, probs)
	any := []lca.FieldType{lca.Text, lca.Number, lca.Integer, lca.Date, lca.Boolean}
	for _, w := range []struct {
		section, key string
		names        []string
		types        []lca.FieldType
	}{
		{"twins", "need", k.Twins.Need, any}, {"twins", "same", k.Twins.Same, any}, {"twins", "who", k.Twins.Who, any}, {"twins", "unless", k.Twins.Unless, any},
		{"twins", "amounts", k.Twins.Amounts, []lca.FieldType{lca.Number, lca.Integer}}, {"twins", "by_day", k.Twins.ByDay, []lca.FieldType{lca.Number, lca.Integer}},
		{"twins", "event", optional(k.Twins.Event.Column), []lca.FieldType{lca.Number}},
		{"overlaps", "need", k.Overlaps.Need, []lca.FieldType{lca.Text}}, {"overlaps", "apart", k.Overlaps.Apart, []lca.FieldType{lca.Text}},
		{"overlaps", "any", slices.Sorted(maps.Keys(k.Overlaps.Any)), []lca.FieldType{lca.Text}}, {"overlaps", "same", k.Overlaps.Same, any}, {"overlaps", "unless", k.Overlaps.Unless, any},
		{"overlaps", "from", optional(k.Overlaps.From), []lca.FieldType{lca.Date}}, {"overlaps", "to", optional(k.Overlaps.To), []lca.FieldType{lca.Date}},
	} {
		for _, name := range w.names {
			need(file.At.Get(w.section).Get(w.key), w.section+" "+w.key, name, w.types...)
		}
	}
	if at := file.At.Get("overlaps").Get("apart"); len(k.Overlaps.Apart)+len(k.Overlaps.Same) > maxMarks {
		probs.Add(at.Problem(diag.TooLarge, "overlaps: at most %d columns tell rows apart, or are the same", maxMarks))
	}
	for i := range k.Columns {
		f := &k.Columns[i]
		if f.Name == k.Period.To && f.After == "" {
			f.After = k.Period.From
		}
		if f.After != "" {
			need(file.Columns[i].At, "after", f.After, lca.Date)
		}
		for _, other := range f.With {
			need(file.Columns[i].At, "with", other, lca.Text, lca.Number, lca.Integer, lca.Date, lca.Boolean)
		}
	}
	for i, s := range k.Samples {
		at := file.At.Get("samples").Items[i]
		for _, name := range slices.Sorted(maps.Keys(s)) {
			f, ok := k.Column(name)
			if !ok {
				probs.Add(at.Problem(diag.UnknownColumn, "sample %d: no column %q", i+1, name))
				continue
			}
			if _, fault := f.parse(s[name]); fault != nil {
				probs.Add(at.Get(name).Problem(fault.code, "sample %d: %s", i+1, fault.message))
			}
		}
		for _, f := range k.Columns {
			if f.Required && s[f.Name] == "" {
				probs.Add(at.Problem(diag.MissingValue, "sample %d: %s", i+1, fmt.Sprintf("the column %q is required", f.Name)))
			}
		}
	}
}

// optional is a list of a name, without one where it is empty.
func optional(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
