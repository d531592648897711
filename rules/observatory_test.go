package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// kindColumn is what rules need of a column as a kind's file describes it.
type kindColumn struct {
	Name, Type, Unit, References string
	Values                       []string
}

// readYAML reads a file of a sibling folder: data only, no code of it is used.
func readYAML(t testing.TB, name string) *document.Node {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var probs diag.List
	root := document.Parse(name, text, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return root
}

// kindSchema reads a kind of inventory.
func kindSchema(t testing.TB, file string) *Schema {
	t.Helper()
	root := readYAML(t, file)
	s := &Schema{Kind: root.Get("kind").Text}
	if p := root.Get("period"); p != nil {
		s.From, s.To, s.Year = p.Get("from").Text, p.Get("to").Text, p.Get("year").Text
	}
	for _, c := range kindColumns(t, root) {
		s.Fields = append(s.Fields, c.field(t))
		if c.References == "hardware" && s.Kind != "hardware" {
			s.References = append(s.References, hardwareReference(t, c.Name))
		}
	}
	return s
}

func kindColumns(t testing.TB, root *document.Node) []kindColumn {
	t.Helper()
	text := func(n *document.Node) string {
		if n == nil {
			return ""
		}
		return n.Text
	}
	var columns []kindColumn
	for _, c := range root.Get("columns").Items {
		k := kindColumn{Name: text(c.Get("name")), Type: text(c.Get("type")), Unit: text(c.Get("unit")), References: text(c.Get("references"))}
		if values := c.Get("values"); values != nil {
			for _, v := range values.Items {
				k.Values = append(k.Values, v.Text)
			}
		}
		columns = append(columns, k)
	}
	return columns
}

func (c kindColumn) field(t testing.TB) lca.Field {
	t.Helper()
	typ, ok := lca.ParseFieldType(c.Type)
	if !ok {
		t.Fatalf("%s: type %s", c.Name, c.Type)
	}
	return lca.Field{Name: c.Name, Type: typ, Unit: c.Unit}
}

// hardwareReference is a catalogue of one accelerator and its host.
func hardwareReference(t testing.TB, key string) *Reference {
	t.Helper()
	r := &Reference{Name: "hardware", Key: key}
	table := &column.Table{Rows: 2}
	numbers := map[string]float64{"rated_power": 700, "mass": 3, "devices_per_server": 8, "peak_flops": 1e15}
	for _, c := range kindColumns(t, readYAML(t, "../datasets/kinds/hardware.yaml")) {
		f := c.field(t)
		r.Fields = append(r.Fields, f)
		data := column.Column{Valid: column.NewBitmap(2)}
		if f.Type == lca.Text {
			data.Type, data.Codes, data.Dict = column.String, make([]int32, 2), &column.Dict{}
		} else {
			data.Floats = make([]float64, 2)
		}
		switch v, known := numbers[f.Name]; {
		case known:
			data.Floats[0] = v
			data.Valid.Set(0)
		case f.Name == "hardware_id":
			data.Dict.Values, data.Codes[1] = []string{"gpu", "host"}, 1
			data.Valid = nil
		case f.Name == "host_id":
			data.Dict.Values = []string{"host"}
			data.Valid.Set(0)
		}
		table.Names = append(table.Names, f.Name)
		table.Data = append(table.Data, data)
	}
	ref, err := vector.NewReference("hardware", table, "hardware_id")
	if err != nil {
		t.Fatal(err)
	}
	r.Table = ref
	return r
}

// openPack knows the factors that the newest embedded pack defines.
func openPack(t testing.TB) fakePack {
	t.Helper()
	files, _ := filepath.Glob("../factors/packs/open/*/pack.yaml")
	if len(files) == 0 {
		t.Fatal("no pack")
	}
	p := fakePack{map[string]fakeFactor{}, map[string]FactorValue{}}
	for _, f := range readYAML(t, files[len(files)-1]).Get("factors").Items {
		def := fakeFactor{per: unit.MustParse(f.Get("per").Text)}
		if u := f.Get("unit"); u != nil {
			def.value = unit.MustParse(u.Text)
		}
		if keys := f.Get("keys"); keys != nil {
			for _, k := range keys.Items {
				def.keys = append(def.keys, k.Text)
			}
		}
		p.units[f.Get("name").Text] = def
	}
	return p
}

func observatory(t testing.TB) *Method { return embeddedMethod(t, "observatory@1.0.0") }

func embeddedMethod(t testing.TB, ref string) *Method {
	t.Helper()
	var probs diag.List
	m := Embedded(ref, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEmbeddedMethodsAreListed(t *testing.T) {
	if names := EmbeddedNames(); !slices.Contains(names, "observatory@1.0.0") || !slices.IsSorted(names) {
		t.Errorf("embedded: %q", names)
	}
	var probs diag.List
	if m := Embedded("observatory@1.0.O", &probs); m != nil {
		t.Error("a method that is not there was loaded")
	}
	if got := probs.Problems()[0].String(); got != "there is no embedded method observatory@1.0.O [not-found]\n   did you mean observatory@1.0.0?" {
		t.Errorf("got %q", got)
	}
	for _, hostile := range []string{"../rules@x", "observatory@../../load", "@", ""} {
		var probs diag.List
		if Embedded(hostile, &probs) != nil || probs.Count(diag.Error) != 1 {
			t.Errorf("%q: %v", hostile, probs.Problems())
		}
	}
}

func TestEmbeddedMethodsCompileForEachOfTheirKinds(t *testing.T) {
	pack := openPack(t)
	for _, ref := range EmbeddedNames() {
		m := embeddedMethod(t, ref)
		if m.Ref() != ref || len(m.Digest) != 64 {
			t.Errorf("%s is %s, digest %s", ref, m.Ref(), m.Digest)
		}
		for _, u := range m.Factors {
			pack.units[u.Factor] = pack.units[u.Source()]
		}
		known := map[string]bool{}
		for _, k := range m.Kinds {
			known[k.Kind] = true
			schema := kindSchema(t, "../datasets/kinds/"+k.Kind+".yaml")
			var probs diag.List
			p := Compile(m, schema, pack, nil, &probs)
			if err := probs.Err(); err != nil {
				t.Fatalf("%s %s: %v", ref, k.Kind, err)
			}
			if want := len(k.Impacts) + len(k.Units); len(p.Flows) != want {
				t.Errorf("%s %s: %d flows, want %d", ref, k.Kind, len(p.Flows), want)
			}
			for _, f := range p.Flows {
				if !f.Normal {
					t.Errorf("%s %s: %s has no normal form: %s", ref, k.Kind, f.Name, f.Why)
				}
				if f.Place.Line == 0 || f.Measure == "" || f.Subject == "" {
					t.Errorf("%s %s: %s stands at %s, measured in %q, of %q", ref, k.Kind, f.Name, f.Place, f.Measure, f.Subject)
				}
			}
			for _, c := range p.Columns() {
				if !slices.ContainsFunc(schema.Fields, func(f lca.Field) bool { return f.Name == c }) {
					t.Errorf("%s %s: it reads %s, which is no column", ref, k.Kind, c)
				}
			}
		}
		if m.Name != "observatory" {
			continue
		}
		for _, kind := range []string{"training_runs", "deployments", "fleet"} {
			if !known[kind] {
				t.Errorf("%s has no rules for %s", ref, kind)
			}
		}
	}
}

// The words that grade must be all that the kind's columns admit: another would pass as the worst.
func TestTheObservatorysMethodGradesEveryWordOfTheKinds(t *testing.T) {
	for _, ref := range []string{"observatory@1.0.0", "observatory@1.1.0"} {
		gradesEveryWord(t, embeddedMethod(t, ref))
	}
}

func gradesEveryWord(t *testing.T, m *Method) {
	for _, k := range m.Kinds {
		for _, c := range kindColumns(t, readYAML(t, "../datasets/kinds/"+k.Kind+".yaml")) {
			for _, b := range m.Classes.Basis {
				if c.Name != b.Column {
					continue
				}
				for _, word := range c.Values {
					if _, ok := b.Words[word]; !ok {
						t.Errorf("%s of %s may be %s, which the method does not grade", c.Name, k.Kind, word)
					}
				}
			}
		}
	}
}

// A worked example: 1,000 h of one accelerator of 700 W, nothing else known. IT energy is 700 kWh × load × node/device × IT/node, the
// facility's that × PUE; the grid generates that × losses. The same devices are worn out over their lifetime.
func TestTheObservatorysMethodOnOneRun(t *testing.T) {
	m, pack := observatory(t), openPack(t)
	pack.values["grid_losses region=FRA technology= year=2024"] = FactorValue{Value: 1.25, Class: class("reported"), Name: "losses FRA"}
	schema := kindSchema(t, "../datasets/kinds/training_runs.yaml")
	var probs diag.List
	p := Compile(m, schema, pack, nil, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	row := map[string]any{"device_hours": 1000.0, "hardware_id": "gpu", "region": "FRA", "year": 2024.0, "quality": "measured"}
	space := &amounts.Space{}
	r := p.NewRunner(space, pack)
	if err := r.Evaluate(oneRow(schema, p.Columns(), row)); err != nil {
		t.Fatal(err)
	}
	const energy = "default_pue × it_per_node × load_factor"
	for name, want := range map[string]string{
		"final_energy":         "defaulted 700 × " + energy + " × node_per_device",
		"electricity_location": "defaulted 700 × losses FRA × " + energy + " × node_per_device",
		"device_manufacturing": "defaulted 0.1141552511 × default_lifetime^-1",
		"host_manufacturing":   "defaulted 0.01426940639 × default_lifetime^-1",
		"end_of_life":          "defaulted 0.3424657534 × default_lifetime^-1",
		"water_on_site":        "defaulted 0.7 × default_wue × it_per_node × load_factor × node_per_device",
		"training run":         "measured 1",
	} {
		at := slices.IndexFunc(p.Flows, func(f FlowRule) bool { return f.Name == name })
		if at < 0 {
			t.Errorf("there is no rule %s", name)
			continue
		}
		f := r.Flow(at)
		if len(f.Rows) != 1 {
			t.Errorf("%s: no value", name)
			continue
		}
		if got, _, _ := strings.Cut(className(f.Class[0])+" "+sumOf(space, f.Terms, 0), " = "); got != want {
			t.Errorf("%s: %s\nwant %s", name, got, want)
		}
	}
}

// oneRow makes a batch of one row.
func oneRow(schema *Schema, names []string, row map[string]any) *column.Batch {
	b := &column.Batch{Rows: 1, First: 1}
	for _, name := range names {
		c := column.Column{Floats: make([]float64, 1), Valid: column.NewBitmap(1)}
		at := slices.IndexFunc(schema.Fields, func(f lca.Field) bool { return f.Name == name })
		if schema.Fields[at].Type == lca.Text {
			c = column.Column{Type: column.String, Codes: make([]int32, 1), Dict: &column.Dict{}, Valid: column.NewBitmap(1)}
		}
		switch v := row[name].(type) {
		case float64:
			c.Floats[0] = v
			c.Valid.Set(0)
		case string:
			c.Dict.Values = []string{v}
			c.Valid.Set(0)
		}
		b.Columns = append(b.Columns, c)
	}
	return b
}
