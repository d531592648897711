package rules

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/template"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// What a file from a stranger may cost beyond what a process costs that reads none.
const (
	hostileTime = time.Second // of processors, the system's included
	hostileKiB  = 64 << 10    // at the peak
)

// TestHostileFilesAreRefusedInTimeAndMemory gives each file of the hostile corpus to a process of its own, which does what a user has done with
// it: load it, compile it for each of its kinds, run a small batch where it compiles, print the problems. Whatever the file holds, that
// ends soon, in little memory, without a crash, in problems with their places or in success.
func TestHostileFilesAreRefusedInTimeAndMemory(t *testing.T) {
	cases := hostileCases(t)
	if len(cases) < 250 {
		t.Errorf("only %d cases", len(cases))
	}
	if testing.Short() {
		t.Skip("each case takes a process of its own")
	}
	if underRace { // children take ten times as long, and bounds mean nothing
		for i := range cases[:len(cases)/10] {
			cases[i] = cases[10*i]
		}
		cases = cases[:len(cases)/10]
	}
	empty := runHostile(t, "")
	for range 2 { // the least of three, so that a busy machine makes the bounds no wider
		again := runHostile(t, "")
		empty.took, empty.PeakKiB = min(empty.took, again.took), min(empty.PeakKiB, again.PeakKiB)
	}
	var mutex sync.Mutex
	var slowest, largest hostileOutcome
	t.Run("cases", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				got := runHostile(t, c.text)
				if got.crash != "" {
					t.Fatalf("it ended in %s", got.crash)
				}
				for range 2 { // a busy machine may make one run slow
					if over := got.took - empty.took; over > hostileTime && over < 4*hostileTime {
						got.took = min(got.took, runHostile(t, c.text).took)
					}
				}
				got.took, got.PeakKiB = got.took-empty.took, got.PeakKiB-empty.PeakKiB
				if !underRace && got.took > hostileTime {
					t.Errorf("it took %s of processor time", got.took)
				}
				if !underRace && got.PeakKiB > hostileKiB {
					t.Errorf("it took %d MiB", got.PeakKiB>>10)
				}
				if c.want == "ok" && got.Errors > 0 || c.want != "ok" && !slices.Contains(got.Codes, c.want) {
					t.Errorf("%d errors, the first: %.300s; want %s", got.Errors, got.First, c.want)
				}
				if got.Lost != "" {
					t.Errorf("a problem without a place in the file: %s", got.Lost)
				}
				mutex.Lock()
				defer mutex.Unlock()
				got.name = c.name
				if got.took > slowest.took {
					slowest = got
				}
				if got.PeakKiB > largest.PeakKiB {
					largest = got
				}
			})
		}
	})
	t.Logf("%d cases; the slowest took %s (%s), the largest %d MiB (%s), beyond an empty process's %s and %d MiB", len(cases),
		slowest.took, slowest.name, largest.PeakKiB>>10, largest.name, empty.took, empty.PeakKiB>>10)
}

// hostileOutcome is what a child says of its file, and what its parent sees of it.
type hostileOutcome struct {
	Errors  int
	First   string   // line of the first problem
	Codes   []string // of all errors
	Lost    string   // a problem without a place
	PeakKiB int

	name  string
	took  time.Duration
	crash string
}

const hostileChild = "AILCA_TEST_HOSTILE_CHILD"

// runHostile runs a child on a text, on none where it is empty.
func runHostile(t *testing.T, text string) hostileOutcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestHostileChild$", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), hostileChild+"=1", "GOGC=", "GOMEMLIMIT=")
	cmd.Stdin = strings.NewReader(text)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	err := cmd.Run()
	var got hostileOutcome
	if line, _, found := strings.Cut(out.String(), "\n"); err == nil && found {
		err = json.Unmarshal([]byte(line), &got)
	}
	if err != nil {
		first, _, _ := strings.Cut(errors.String()+out.String(), "\n")
		got.crash = fmt.Sprintf("%v: %s", err, first)
	}
	got.took = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return got
}

// TestHostileChild is the child's side: it does with the file what a user does.
func TestHostileChild(t *testing.T) {
	if os.Getenv(hostileChild) == "" {
		t.Skip("runs as a child of the hostile corpus alone")
	}
	if !underRace {
		fence()
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		t.Fatal(err)
	}
	var out hostileOutcome
	if len(text) > 0 {
		out = useHostile(t, text)
	}
	out.PeakKiB = peakKiB()
	line, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout.Write(append(line, '\n'))
}

func useHostile(t *testing.T, text []byte) hostileOutcome {
	var probs diag.List
	schema, pack := runsSchema(), parsePack(t, errorPack+"losses region=FRA = 1.5 measured")
	m := Load("m.yaml", text, &probs)
	if m != nil {
		for _, k := range m.Kinds {
			s := *schema
			s.Kind = k.Kind
			before := probs.Count(diag.Error)
			p := Compile(m, &s, pack, nil, &probs)
			if before > 0 || probs.Count(diag.Error) > 0 {
				continue
			}
			r := p.NewRunner(&amounts.Space{}, pack)
			for range 2 {
				if err := r.Evaluate(randomRuns(schema, p.Columns(), column.BatchRows, 0.3)); err != nil {
					t.Fatal(err)
				}
			}
			for f := range p.Flows {
				r.Derivatives(f)
			}
		}
	}
	out := hostileOutcome{Errors: probs.Count(diag.Error)}
	for _, p := range probs.Problems() {
		lines := p.String()
		io.WriteString(io.Discard, lines)
		line, _, _ := strings.Cut(lines, "\n")
		if p.Severity == diag.Error {
			out.First = cmp.Or(out.First, line)
			if !slices.Contains(out.Codes, string(p.Code)) {
				out.Codes = append(out.Codes, string(p.Code))
			}
		}
		if p.Place.File != "m.yaml" || p.Place.Line == 0 && p.Code != diag.TooLarge && p.Code != diag.Syntax {
			out.Lost = line
		}
	}
	if m == nil && out.Errors == 0 {
		out.Lost = "no method and no problem"
	}
	return out
}

// hostileCase is a file of the corpus and what it must end in: an error of that code, or ok.
type hostileCase struct{ name, want, text string }

// hostileCases reads the corpus: archives of recipes, each headed by its name and what it must end in. A recipe is a template, for what is hostile
// is mostly long. In formula-*.txtar it yields a formula, which stands in the sound method; in parts-*.txtar lines [section] say which
// lines are added to which section of the sound method; in file-*.txtar it yields a whole file.
func hostileCases(t testing.TB) []hostileCase {
	t.Helper()
	files, err := filepath.Glob("testdata/hostile/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no hostile files: %v", err)
	}
	sound := strings.Replace(soundMethod, "FORMULA", "energy", 1)
	var out []hostileCase
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			name, want, found := strings.Cut(f.Name, ": ")
			if !found {
				t.Fatalf("%s: %s does not say what it ends in", file, f.Name)
			}
			recipe, err := template.New(name).Funcs(hostileFuncs).Parse(strings.TrimSuffix(string(f.Data), "\n"))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			var text strings.Builder
			if err := recipe.Execute(&text, nil); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			c := hostileCase{name, want, text.String()}
			switch kind, _, _ := strings.Cut(filepath.Base(file), "-"); kind {
			case "formula":
				c.text = strings.Replace(sound, "{unit: kWh, expr: energy}", "\n        unit: kWh\n        expr: |\n          "+strings.ReplaceAll(c.text, "\n", "\n          "), 1)
			case "parts":
				c.text = withParts(t, sound, c.text)
			case "file":
			default:
				t.Fatalf("%s: an archive is of formulas, parts or files", file)
			}
			out = append(out, c)
		}
	}
	return out
}

// hostileFuncs are what recipes are made of.
var hostileFuncs = template.FuncMap{
	"repeat": func(n int, text string) string { return strings.Repeat(text, n) },
	"list":   func(n int, text, between string) string { return strings.Repeat(text+between, n-1) + text },
	"nest": func(n int, open, inside, end string) string {
		return strings.Repeat(open, n) + inside + strings.Repeat(end, n)
	},
	"double": func(n int, operator, text string) string {
		for range n {
			text = "(" + text + operator + text + ")"
		}
		return text
	},
	"seq": func(n int) []int {
		out := make([]int, n)
		for i := range out {
			out[i] = i
		}
		return out
	},
	"add":   func(a, b int) int { return a + b },
	"mul":   func(a, b int) int { return a * b },
	"sound": func() string { return strings.Replace(soundMethod, "FORMULA", "energy", 1) },
}

// sections are where the sound method takes more lines: behind its first ones.
var sections = map[string]string{
	"head": "title: Sound\n", "basis": "  basis:\n", "parameters": "parameters:\n", "factors": "factors:\n", "ladders": "ladders:\n", "steps": "      - {from: node, to: it, times: load}\n", "kinds": "kinds:\n",
	"lookups": "    lookups:\n", "tiers": "        tiers:\n", "quantities": "    quantities:\n", "impacts": "    impacts:\n", "units": "    functional_units:\n",
}

func withParts(t testing.TB, method, parts string) string {
	t.Helper()
	section := ""
	added := map[string][]string{}
	for _, line := range strings.Split(parts, "\n") {
		if name, ok := strings.CutPrefix(line, "["); ok && strings.HasSuffix(line, "]") && sections[strings.TrimSuffix(name, "]")] != "" {
			section = strings.TrimSuffix(name, "]")
		} else if section == "" {
			t.Fatalf("a part without section: %q", line)
		} else if line != "" {
			added[section] = append(added[section], line+"\n")
		}
	}
	for name, lines := range added {
		head := sections[name]
		if strings.Count(method, head) != 1 {
			t.Fatalf("the sound method has no section %s", name)
		}
		method = strings.Replace(method, head, head+strings.Join(lines, ""), 1)
	}
	return method
}

// Brackets are counted before any parser sees them, also in a formula that comes another way than in a file.
func TestBracketsWithoutEndAreRefused(t *testing.T) {
	for n, want := range map[int]string{64: "the formula ends too early", 65: "brackets nested deeper than 64", 500_000: "the formula has 500006 bytes"} {
		var probs diag.List
		c := &compiler{m: &Method{}, schema: runsSchema(), probs: &probs, p: &Program{builder: &vector.Builder{}}}
		c.check(&document.Node{Kind: document.Scalar, Text: strings.Repeat("(", n) + "energy"})
		if err := probs.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d brackets: %v, want %s", n, err, want)
		}
	}
}
