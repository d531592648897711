package rules

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

const digestFile = "testdata/digest/results.txt"

// TestDigestsAreThoseOfEveryArchitecture computes a fixed corpus and compares digests of all bits of the results: of the formulas written by hand, of
// the rule files, and of the embedded method over generated rows. The same file holds for every processor: "make arch" runs this natively,
// with GOAMD64=v3, where products could be fused with sums, and for arm64. -update writes the file anew.
func TestDigestsAreThoseOfEveryArchitecture(t *testing.T) {
	var got []string
	part := func(name string, compute func(d *digest)) {
		d := &digest{Hash: sha256.New()}
		compute(d)
		if d.count == 0 {
			t.Errorf("%s has no results", name)
		}
		got = append(got, fmt.Sprintf("%s %d %s", name, d.count, hex.EncodeToString(d.Sum(nil))))
	}
	themes := map[string]bool{}
	for _, f := range oracleFormulas(t) {
		theme, _, _ := strings.Cut(f.name, ":")
		if themes[theme] {
			continue
		}
		themes[theme] = true
		part("formulas/"+theme, func(d *digest) {
			for i, g := range oracleFormulas(t) {
				if strings.HasPrefix(g.name, theme+":") {
					d.formula(t, g.text, uint64(i))
				}
			}
		})
	}
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rule files: %v", err)
	}
	for _, file := range files {
		part("rules/"+filepath.Base(file), func(d *digest) { d.ruleFile(t, file) })
	}
	for _, kind := range []string{"fleet", "training_runs", "deployments"} {
		part("methods/observatory/"+kind, func(d *digest) {
			r, b := observatoryRunner(t, kind, 500, 0.3)
			d.run(t, r, b)
		})
	}
	text := strings.Join(got, "\n") + "\n"
	if *update {
		if err := os.WriteFile(digestFile, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.Open(digestFile)
	if err != nil {
		t.Fatal(err)
	}
	defer want.Close()
	lines := bufio.NewScanner(want)
	for _, line := range got {
		if !lines.Scan() || lines.Text() != line {
			t.Errorf("got  %s\nwant %s", line, lines.Text())
		}
	}
	if lines.Scan() {
		t.Errorf("%s has a part that is computed no more: %s", digestFile, lines.Text())
	}
}

// digest takes the bits of results. Processors make NaNs of different bits, and nothing can be made of these: all are one.
type digest struct {
	hash.Hash
	count int
}

func (d *digest) word(bits uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], bits)
	d.Write(b[:])
	d.count++
}

func (d *digest) float(v float64) {
	if math.IsNaN(v) {
		d.word(math.MaxUint64)
		return
	}
	d.word(math.Float64bits(v))
}

func (d *digest) value(v value) {
	switch v := v.(type) {
	case nil:
		d.word(math.MaxUint64 - 1)
	case float64:
		d.float(v)
	case bool:
		if v {
			d.word(1)
		} else {
			d.word(0)
		}
	case string:
		d.word(uint64(len(v)))
		d.Write([]byte(v))
	}
}

// formula computes a formula over 130 rows, a part of their values missing.
func (d *digest) formula(t *testing.T, text string, seed uint64) {
	f := newOracleFormula(t, text)
	m := vector.NewMachine(f.program.builder)
	const rows = 130
	m.Load(digestColumns(f.schema, rows, seed), rows)
	v := m.Eval(f.column)
	for i := range rows {
		d.value(vecCell(v, i))
	}
}

// digestColumns makes rows by integer arithmetic alone, so that they are the same everywhere. The first of them have every value; of the others
// one in four has none.
func digestColumns(schema *Schema, rows int, seed uint64) []column.Column {
	next := func() uint64 { // SplitMix64: Steele, Lea and Flood 2014
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return z ^ z>>31
	}
	dict := &column.Dict{Values: oracleWords}
	var out []column.Column
	for _, field := range schema.Fields {
		c := column.Column{Floats: make([]float64, rows), Valid: column.NewBitmap(rows)}
		switch field.Type {
		case lca.Text:
			c = column.Column{Type: column.String, Codes: make([]int32, rows), Dict: dict, Valid: c.Valid}
		case lca.Boolean:
			c = column.Column{Type: column.Bool, Bools: make([]bool, rows), Valid: c.Valid}
		}
		for i := range rows {
			if i < rows/2 || next()%4 > 0 {
				c.Valid.Set(i)
			}
			switch r := next(); {
			case c.Type == column.String:
				c.Codes[i] = int32(r % uint64(len(oracleWords)))
			case c.Type == column.Bool:
				c.Bools[i] = r%2 == 0
			case r%8 < 2:
				c.Floats[i] = nastyNumbers[next()%uint64(len(nastyNumbers))]
			case r%8 == 2:
				c.Floats[i] = math.Float64frombits(next())
			default: // from 2^-10 to 2^12, rarely negative
				c.Floats[i] = math.Float64frombits(next()>>12 | (1013+next()%22)<<52 | (next()%8/7)<<63)
			}
		}
		out = append(out, c)
	}
	return out
}

func (d *digest) ruleFile(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, f := range archive.Files {
		text[f.Name] = string(f.Data)
	}
	c := loadCase(t, text)
	r := c.program.NewRunner(&amounts.Space{}, c.factors)
	r.Start()
	d.run(t, r, batchOf(c.rows, c.program.Columns(), 0, c.rows.Rows))
}

// run takes what every row of a batch comes to in each flow: its value at the symbols' values, and its quality class.
func (d *digest) run(t *testing.T, r *Runner, b *column.Batch) {
	if err := r.Evaluate(b); err != nil {
		t.Fatal(err)
	}
	for i := range r.p.Flows {
		f := r.Flow(i)
		d.word(uint64(len(f.Rows))<<32 | uint64(len(f.Missing)))
		for _, row := range f.Rows {
			d.word(uint64(row)<<8 | uint64(f.Class[row]))
			for k := range f.Terms {
				if term := &f.Terms[k]; term.Present.Get(int(row)) {
					d.float(term.Coefficient[row])
					d.float(r.space.Monomials.Value(term.Mono(row)))
				}
			}
		}
	}
}
