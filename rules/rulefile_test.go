package rules

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

var update = flag.Bool("update", false, "write what the rule files yield into their want section, to be read before it is kept")

// A rule file holds a method, rows and what each quantity and flow must be for each of them. Columns of rows.csv and hardware.csv are
// headed by name and unit, or text, date, boolean. Values of factors stand in factors.txt:
//
//	factor pue per 1 value 1 by technology year
//	pue technology=google year=2021 = 1.1 reported
//
// In the want section stands, for each row, its class and its sum of coefficient × powers of symbols, and that sum at the symbols' values.
func TestRuleFiles(t *testing.T) {
	files, _ := filepath.Glob("testdata/rules/*.txtar")
	if len(files) == 0 {
		t.Fatal("no rule files")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := map[string]string{}
			for _, f := range archive.Files {
				text[f.Name] = string(f.Data)
			}
			c := loadCase(t, text)
			// The rows at once, then in pieces: neither edges of batches nor what a runner remembers may show.
			got := c.run(t, c.rows.Rows)
			for _, size := range []int{1, 2, 3} {
				if piecemeal := c.run(t, size); piecemeal != got {
					t.Errorf("in batches of %d rows:\n%s\nat once:\n%s", size, piecemeal, got)
				}
			}
			if got == text["want"] {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s\nwant:\n%s", got, text["want"])
			}
			for i := range archive.Files {
				if archive.Files[i].Name == "want" {
					archive.Files[i].Data = []byte(got)
				}
			}
			if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// ruleCase is a method compiled over rows.
type ruleCase struct {
	program *Program
	rows    *column.Table
	factors fakePack
}

func loadCase(t *testing.T, text map[string]string) ruleCase {
	t.Helper()
	var probs diag.List
	method := Load("method.yaml", []byte(text["method.yaml"]), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	c := ruleCase{factors: parsePack(t, text["factors.txt"])}
	schema := &Schema{Kind: method.Kinds[0].Kind}
	schema.Fields, c.rows = parseTable(t, text["rows.csv"])
	for _, f := range schema.Fields {
		switch f.Name {
		case "started":
			schema.From = f.Name
		case "ended":
			schema.To = f.Name
		case "year":
			schema.Year = f.Name
		}
	}
	if hardware, ok := text["hardware.csv"]; ok {
		fields, table := parseTable(t, hardware)
		ref, err := vector.NewReference("hardware", table, "hardware_id")
		if err != nil {
			t.Fatal(err)
		}
		schema.References = []*Reference{{Name: "hardware", Key: "hardware_id", Fields: fields, Table: ref}}
	}
	var where *document.Node
	if w, ok := text["where"]; ok {
		where = document.Parse("where", []byte(w), &probs)
	}
	c.program = Compile(method, schema, c.factors, where, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

// run evaluates the rows in batches of a size.
func (c ruleCase) run(t *testing.T, size int) string {
	t.Helper()
	space := &amounts.Space{}
	r := c.program.NewRunner(space, c.factors)
	r.Start()
	lines := map[string][]string{}
	for at := 0; at < c.rows.Rows; at += size {
		b := batchOf(c.rows, c.program.Columns(), at, min(at+size, c.rows.Rows))
		if err := r.Evaluate(b); err != nil {
			t.Fatal(err)
		}
		keep := r.Keep()
		for i, name := range c.program.Quantities() {
			grade := r.Quantity(i)
			if grade == nil {
				continue
			}
			for row := range b.Rows {
				line := "-"
				if grade.Valid.Get(row) {
					line = className(grade.Class[row]) + " " + sumOf(space, r.quantities[i].terms, row)
				}
				lines["quantity "+name] = append(lines["quantity "+name], line)
			}
		}
		for i, rule := range c.program.Flows {
			f := r.Flow(i)
			out := make([]string, b.Rows)
			for row := range out {
				out[row] = "does not apply"
			}
			for _, row := range f.Missing {
				out[row] = "missing"
			}
			for _, row := range f.Rows {
				out[row] = className(f.Class[row]) + " " + sumOf(space, f.Terms, int(row))
				if f.Lookup != nil {
					out[row] += tupleOf(space, " at", f.Lookup[row])
				}
				if rule.HasTime {
					out[row] += fmt.Sprintf(" in %d", amounts.YearOf(f.Time[row]))
				}
			}
			if f.Unless != nil {
				for _, row := range append(f.Rows, f.Missing...) {
					out[row] += tupleOf(space, " unless", f.Unless[row])
				}
			}
			for row := range out {
				if !keep.Get(row) {
					out[row] += ", filtered out"
				}
			}
			lines["flow "+rule.Name] = append(lines["flow "+rule.Name], out...)
		}
	}
	var b strings.Builder
	section := func(name, title string) {
		if lines[name] == nil {
			return
		}
		fmt.Fprintln(&b, title)
		for row, line := range lines[name] {
			fmt.Fprintf(&b, "  %d %s\n", row+1, line)
		}
	}
	for _, name := range c.program.Quantities() {
		section("quantity "+name, "quantity "+name)
	}
	for _, f := range c.program.Flows {
		title := fmt.Sprintf("flow %s (%s)", f.Name, f.Measure)
		if !f.Normal {
			title += ", no normal form: " + f.Why
		}
		section("flow "+f.Name, title)
	}
	return b.String()
}

func className(class uint8) string { return lca.Words().Qualities[class].Name }

func tupleOf(space *amounts.Space, word string, id int32) string {
	var parts []string
	for _, n := range space.Tuples.Tuple(id) {
		if n == amounts.None {
			parts = append(parts, "-")
		} else {
			parts = append(parts, space.Names.Name(n))
		}
	}
	return word + " " + strings.Join(parts, "/")
}

// sumOf writes a row's terms and their sum at the symbols' values.
func sumOf(space *amounts.Space, terms []engine.Term, row int) string {
	var parts []string
	var sum float64
	for _, term := range terms {
		if !term.Present.Get(row) {
			continue
		}
		text := strconv.FormatFloat(term.Coefficient[row], 'g', 10, 64)
		for _, p := range space.Monomials.Powers(term.Mono(int32(row))) {
			text += " × " + strings.Replace(space.Monomials.At(p.Symbol).Name, "parameter ", "", 1)
			if p.Exponent != 1 {
				text += fmt.Sprintf("^%d", p.Exponent)
			}
		}
		parts = append(parts, text)
		sum += float64(term.Coefficient[row] * space.Monomials.Value(term.Mono(int32(row))))
	}
	text := strings.Join(parts, " + ")
	if value := strconv.FormatFloat(sum, 'g', 10, 64); value != text {
		text += " = " + value
	}
	return text
}
