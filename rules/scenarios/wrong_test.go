package scenarios

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

var update = flag.Bool("update", false, "write what wrong files are told into their want section, to be read before it is kept")

// head is that of a sound scenario. It stands behind what a case is about, so that this begins in line 1.
const head = "scenario: mine\nversion: \"1\"\nstatus: draft\ndate: \"2026-01-31\"\ntitle: T\nof: o\nsource: s\nfrom: 2024\nto: 2030\n"

func withHead(body string) string {
	if strings.Contains("\n"+body, "\nscenario:") {
		return body
	}
	return body + head
}

// reads gives files of a map, as a folder is read: what lies outside is refused.
func reads(files map[string]string) Read {
	return func(_, path string) (string, []byte, error) {
		if !filepath.IsLocal(path) {
			return "", nil, errors.New("a scenario rests on files in its folder or below, or on an embedded one")
		}
		name := filepath.Clean(path)
		text, ok := files[name]
		if !ok {
			return "", nil, errors.New(name + ": no such file")
		}
		return name, []byte(text), nil
	}
}

// loaded loads mine.yaml of files.
func loaded(files map[string]string) (*Scenario, []diag.Problem) {
	var probs diag.List
	s := Load("mine.yaml", []byte(files["mine.yaml"]), reads(files), &probs)
	return s, slices.DeleteFunc(probs.Problems(), func(p diag.Problem) bool { return p.Severity != diag.Error })
}

// The template is a scenario without problems, and names every key.
func TestTheTemplateIsAScenario(t *testing.T) {
	var probs diag.List
	if s := Load("template.yaml", Template(), nil, &probs); s == nil || len(probs.Problems()) > 0 {
		t.Errorf("%v", probs.Problems())
	}
	for _, key := range slices.Concat(forms, besides, []string{"scenario:", "version:", "status:", "date:", "title:", "doc:", "of:", "source:", "url:", "licence:", "from:", "to:", "based_on:", "regions:", "members:", "drivers:",
		"terms:", "published:", "basis:", "unit:", "by:", "distribution:", "otherwise:", "hold", "what:", "driver:", "year:", "for:", "value:", "index:", "within:", "class:"}) {
		if !strings.Contains(string(Template()), key) {
			t.Errorf("the template has no %s", key)
		}
	}
	if text := Text("frozen"); !strings.Contains(string(text), "scenario: frozen") || Text("nobody") != nil || Text("../scenarios@x") != nil {
		t.Errorf("%s", text)
	}
}

// What is valid and seldom meant is warned of.
func TestWhatIsSeldomMeantIsWarnedOf(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"drivers: {volume: {basis: derived, doc: d, value: 2}}\n", "volume is the same in all years: it changes nothing"},
		{"drivers: {volume: {basis: derived, doc: d, by: region, of: {FRA: {value: 2}, otherwise: {series: {2024: 3, 2030: 3}, between: linear}}}}\n", "volume is the same in all years: it changes nothing"},
		{"drivers: {volume: {basis: derived, doc: d, by: region, of: {FRA: {value: 2}, otherwise: {growth: 10 %}}}}\n", ""},
		{"drivers: {volume: {basis: derived, doc: d, growth: 10}}\n", "growth of 10 is 1000 % a year"},
		{"drivers: {volume: {basis: derived, doc: d, growth: 1000 %}}\n", ""},
		{"drivers: {grid_intensity: {basis: derived, doc: d, growth: -5 %}}\n", "grid_intensity begins at 1 kg CO2e/kWh"},
		{"drivers: {grid_intensity: {basis: derived, doc: d, growth: -5 %, start: 0.4}}\n", ""},
		{"drivers: {electricity_demand: {basis: derived, doc: d, growth: 5 %, start: 40}, hardware_efficiency: {basis: derived, doc: d, growth: 10 %}}\n",
			"electricity_demand holds the effects of hardware_efficiency already, which the scenario names, too"},
		{"drivers: {lifetime_shape: {basis: derived, doc: d, value: 2}}\n", ""},
	} {
		var probs diag.List
		s := Load("mine.yaml", []byte(withHead(c.body)), nil, &probs)
		got := ""
		for _, p := range probs.Problems() {
			got += p.Message
		}
		if s == nil || got != c.want {
			t.Errorf("%s: %q, want %q", c.body, got, c.want)
		}
	}
}

// sound loads a scenario without problems from what stands ahead of its head.
func sound(t testing.TB, body string) *Scenario {
	t.Helper()
	s, problems := loaded(map[string]string{"mine.yaml": withHead(body)})
	for _, p := range problems {
		t.Error(p)
	}
	if s == nil {
		t.FailNow()
	}
	return s
}

// Each file of testdata/wrong has mine.yaml, what it rests on, and what is printed of it.
func TestWrongFilesAreToldWhereAndWhy(t *testing.T) {
	names, _ := filepath.Glob("testdata/wrong/*.txtar")
	if len(names) < 30 {
		t.Fatalf("only %d files", len(names))
	}
	// A driver or a scenario more changes no file.
	lists := strings.NewReplacer(strings.Join(definitionNames(), ", "), "(all drivers)", strings.Join(Names(), ", "), "(all scenarios)")
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			want := &archive.Files[len(archive.Files)-1]
			for _, f := range archive.Files {
				files[f.Name] = withHead(string(f.Data))
			}
			s, problems := loaded(files)
			if s != nil {
				t.Error("it loads")
			}
			var got strings.Builder
			for _, p := range problems {
				got.WriteString(lists.Replace(p.String()) + "\n")
				if p.Place.Line == 0 {
					t.Errorf("no place: %s", p)
				}
				if p.Snippet == "" {
					t.Errorf("no line: %s", p)
				}
			}
			if code := diag.ExampleFailed; strings.Contains(got.String(), string(code)) && code.Exit() != 4 {
				t.Errorf("it exits with %d", code.Exit())
			}
			if got.String() == string(want.Data) {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s\nwant:\n%s", got.String(), want.Data)
			}
			want.Data = []byte(got.String())
			if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
				t.Fatal(err)
			}
		})
	}
}
