package rules

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// soundMethod has no problem. A formula under test takes the place of FORMULA, in line 31 from column 33 on.
//
//go:embed testdata/wrong/sound.yaml
var soundMethod string

// errorPack are the factors that the sound method may name.
//
//go:embed testdata/wrong/factors.txt
var errorPack string

// wrongColumns are the columns of the kind that the corpus of wrong rules is about, each with its unit or type.
//
//go:embed testdata/wrong/columns.txt
var wrongColumns string

// runsSchema is a kind with a column of each type.
func runsSchema() *Schema {
	number := func(name, unit string) lca.Field { return lca.Field{Name: name, Type: lca.Number, Unit: unit} }
	text := func(name string) lca.Field { return lca.Field{Name: name, Type: lca.Text} }
	hardware := []lca.Field{text("hardware_id"), number("rated_power", "W"), number("lifetime", "a")}
	table := &column.Table{Names: []string{"hardware_id", "rated_power", "lifetime"},
		Data: []column.Column{{Type: column.String, Dict: &column.Dict{}}, {}, {}}}
	ref, err := vector.NewReference("hardware", table, "hardware_id")
	if err != nil {
		panic(err)
	}
	return &Schema{Kind: "runs", From: "started", Year: "year",
		Fields: []lca.Field{number("energy", "kWh"), number("device_hours", "h"), number("power", "W"), number("mass", "kg"), number("count", "1"),
			text("region"), text("phase"), text("hardware_id"), text("quality"), text("energy_basis"),
			{Name: "started", Type: lca.Date}, {Name: "metered", Type: lca.Boolean}, {Name: "year", Type: lca.Integer}},
		References: []*Reference{{Name: "hardware", Key: "hardware_id", Fields: hardware, Table: ref}}}
}

// wrongSchema is the kind of columns.txt.
func wrongSchema(t *testing.T) *Schema {
	t.Helper()
	schema := runsSchema()
	schema.Fields = nil
	var hardware []lca.Field
	for _, line := range strings.Split(strings.TrimSpace(wrongColumns), "\n") {
		name, what, ok := strings.Cut(line, " ")
		if !ok {
			t.Fatalf("columns.txt: %q has no unit or type", line)
		}
		f := lca.Field{Name: name}
		switch typ, isType := lca.ParseFieldType(what); {
		case isType:
			f.Type = typ
		case what == "text":
			f.Type = lca.Text
		default:
			f.Unit = what
		}
		if attribute, ok := strings.CutPrefix(name, "hardware."); ok {
			f.Name = attribute
			hardware = append(hardware, f)
			continue
		}
		schema.Fields = append(schema.Fields, f)
	}
	table := &column.Table{}
	for _, f := range hardware {
		c := column.Column{}
		if f.Type == lca.Text {
			c = column.Column{Type: column.String, Dict: &column.Dict{}}
		}
		table.Names, table.Data = append(table.Names, f.Name), append(table.Data, c)
	}
	ref, err := vector.NewReference("hardware", table, "hardware_id")
	if err != nil {
		t.Fatal(err)
	}
	schema.References = []*Reference{{Name: "hardware", Key: "hardware_id", Fields: hardware, Table: ref}}
	return schema
}

// problemsOf loads and compiles a method and returns the first line of each problem.
func problemsOf(t *testing.T, method string) []string {
	t.Helper()
	return firstLines(problemsIn(t, runsSchema(), method, ""))
}

func problemsIn(t *testing.T, schema *Schema, method, where string) []diag.Problem {
	t.Helper()
	var probs diag.List
	if m := Load("m.yaml", []byte(method), &probs); m != nil {
		var filter *document.Node
		if where != "" {
			filter = document.Parse("where", []byte(where), &probs)
		}
		Compile(m, schema, parsePack(t, errorPack), filter, &probs)
	}
	return probs.Problems()
}

func firstLines(problems []diag.Problem) []string {
	var out []string
	for _, p := range problems {
		line, _, _ := strings.Cut(p.String(), "\n")
		out = append(out, line)
	}
	return out
}

func TestTheSoundMethodHasNoProblem(t *testing.T) {
	method := strings.Replace(soundMethod, "FORMULA", "energy", 1)
	for _, schema := range []*Schema{runsSchema(), wrongSchema(t)} {
		if got := problemsIn(t, schema, method, `region == "FRA"`); got != nil {
			t.Fatalf("problems:\n%s", strings.Join(firstLines(got), "\n"))
		}
	}
}

// The corpus of wrong rules: a file for each theme, in it a section for each fault. A section is the fault, an empty line, and the whole message
// that it must give. The fault is one of
//
//	energy + mass                    a formula of the quantity tested, which is due in kWh
//	in FLOP                          a formula in the lines below, of a quantity that is due in that unit
//	where region                     a study's filter
//	- title: Sound                   lines of sound.yaml that are taken out
//	+ titel: Sound                   and what stands in their place
//
// One fault gives one problem, but for those of consequences.txtar. The columns are those of columns.txt, the factors those of factors.txt. With -update the messages are written anew, to be read before they are
// kept.
func TestWrongRules(t *testing.T) {
	files, _ := filepath.Glob("testdata/wrong/*.txtar")
	schema := wrongSchema(t)
	cases := 0
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(strings.TrimSpace(string(archive.Comment))) == 0 {
			t.Errorf("%s does not say what its theme is", file)
		}
		named := map[string]bool{}
		for i := range archive.Files {
			section := &archive.Files[i]
			cases++
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+section.Name, func(t *testing.T) {
				if named[section.Name] {
					t.Errorf("%s stands twice", section.Name)
				}
				named[section.Name] = true
				fault, want, _ := strings.Cut(strings.TrimRight(string(section.Data), "\n"), "\n\n")
				method, where := withFault(t, fault)
				var got []string
				for _, p := range problemsIn(t, schema, method, where) {
					got = append(got, p.String())
				}
				if alone := filepath.Base(file) != "consequences.txtar"; alone && len(got) != 1 || len(got) == 0 {
					t.Errorf("one fault gives %d problems", len(got))
				}
				all := strings.Join(got, "\n")
				if *update {
					section.Data = []byte(fault + "\n\n" + all + "\n\n")
				} else if all != want {
					t.Errorf("got\n%s\nwant\n%s", all, want)
				}
			})
		}
		if *update {
			if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d wrong rules in %d files", cases, len(files))
	if cases < 150 {
		t.Errorf("the corpus holds only %d wrong rules", cases)
	}
}

// withFault puts a fault into the sound method; where is a study's filter.
func withFault(t *testing.T, fault string) (method, where string) {
	t.Helper()
	sound := strings.Replace(soundMethod, "FORMULA", "energy", 1)
	first, rest, _ := strings.Cut(fault, "\n")
	switch word, argument, _ := strings.Cut(first, " "); {
	case word == "where":
		return sound, argument
	case word == "in":
		const tested = "      tested: {unit: kWh, expr: energy}\n"
		return strings.Replace(sound, tested, tested+block("asked", argument, rest), 1), ""
	case word == "-" || word == "+":
		return patched(t, sound, fault), ""
	}
	return strings.Replace(soundMethod, "      tested: {unit: kWh, expr: FORMULA}\n", block("tested", "kWh", fault), 1), ""
}

// block is a quantity with its formula in a block, where no character means anything to YAML.
func block(name, unit, formula string) string {
	return fmt.Sprintf("      %s:\n        unit: %q\n        expr: |\n          %s\n", name, unit, strings.ReplaceAll(formula, "\n", "\n          "))
}

// patched takes the lines that begin with "- " out of a text, and puts those that begin with "+ " behind them into their place.
func patched(t *testing.T, text, patch string) string {
	t.Helper()
	var old, new string
	apply := func() {
		if old == "" || strings.Count("\n"+text, "\n"+old) != 1 {
			t.Fatalf("the lines do not stand once in the sound method:\n%s", old)
		}
		text = strings.TrimPrefix(strings.Replace("\n"+text, "\n"+old, "\n"+new, 1), "\n")
		old, new = "", ""
	}
	for _, line := range strings.Split(patch, "\n") {
		switch {
		case strings.HasPrefix(line, "- "):
			if new != "" {
				apply()
			}
			old += line[2:] + "\n"
		case strings.HasPrefix(line, "+ "):
			new += line[2:] + "\n"
		default:
			t.Fatalf("%q is no line of a patch", line)
		}
	}
	apply()
	return text
}

// Formulas that are too long to stand in a file that people read.
func TestFormulasThatAreTooLargeAreRefused(t *testing.T) {
	sum := func(n int) string { return strings.Repeat("energy + ", n-1) + "energy" }
	for _, c := range []struct{ formula, want string }{
		{sum(70), `m.yaml:34:45: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
		{"(" + strings.Repeat("energy + ", 600) + "energy)", `m.yaml:34:4519: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
		{"energy" + strings.Repeat(" ", 16<<10) + "+ energy", `m.yaml:33:15: the formula has 16398 bytes; at most 16384 are read [too-large]`},
		{`((((count ** 9) ** 9) ** 9) ** 9) ** 9 * energy`, `m.yaml:34:33: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
		{strings.Repeat("not ", 400) + "metered ? energy : energy", `m.yaml:34:267: the formula is too large: at most 1000 parts, nested at most 64 deep [too-large]`},
	} {
		t.Run(c.formula[:min(len(c.formula), 40)], func(t *testing.T) {
			method := strings.Replace(soundMethod, "      tested: {unit: kWh, expr: FORMULA}\n", block("tested", "kWh", c.formula), 1)
			if got := problemsOf(t, method); len(got) != 1 || got[0] != c.want {
				t.Errorf("got %q, want %s", got, c.want)
			}
		})
	}
}

// A block's second line and a flow map's plain text have places as exact.
func TestPlacesInFlowMapsAndBlocks(t *testing.T) {
	for _, c := range []struct{ formula, want string }{
		{"device_hours * (power + pwer)", `m.yaml:31:57: unknown name "pwer"`},
		{"'device_hours * (power + pwer)'", `m.yaml:31:58: unknown name "pwer"`},
		{"'device_hours * (power + pwer) + q(1, ''kWh'')'", `m.yaml:31:58: unknown name "pwer"`},
		{"'energy + q(1, ''kWh'') + pwer'", `m.yaml:31:33: unknown name "pwer"`}, // behind an escape the text's beginning
	} {
		got := problemsOf(t, strings.Replace(soundMethod, "FORMULA", c.formula, 1))
		if len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
			t.Errorf("%s: got %q, want %q", c.formula, got, c.want)
		}
	}
	block := "\n        unit: kWh\n        expr: |\n          metered\n            ? energy\n            : mass + pwer"
	got := problemsOf(t, strings.Replace(soundMethod, " {unit: kWh, expr: FORMULA}", block, 1))
	if len(got) != 1 || !strings.HasPrefix(got[0], `m.yaml:36:22: unknown name "pwer"`) {
		t.Errorf("in the block's third line: %q", got)
	}
}
