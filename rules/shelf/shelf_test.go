package shelf

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// 2025.10 comes after 2025.9.
func TestVersionsAreComparedByNumber(t *testing.T) {
	for _, c := range []struct {
		later, earlier string
	}{{"2026.1", "2025.1"}, {"2025.10", "2025.9"}, {"2025.1.1", "2025.1"}, {"10", "9"}, {"1.b", "1.a"}, {"1.10", "1.2"}} {
		if !later(c.later, c.earlier) || later(c.earlier, c.later) || later(c.later, c.later) {
			t.Errorf("%s comes after %s", c.later, c.earlier)
		}
	}
}

func TestFilesAreFoundByNameAndVersion(t *testing.T) {
	s := &Shelf{FS: fstest.MapFS{"b/1.9.yaml": {Data: []byte("old")}, "b/1.10.yaml": {Data: []byte("new")}, "a/2.yaml": {Data: []byte("a")}, "areas.yaml": {}}, What: "lever"}
	if got := s.Names(); !slices.Equal(got, []string{"a@2", "b@1.10", "b@1.9"}) {
		t.Errorf("%q", got)
	}
	for ref, want := range map[string]string{"b": "levers/b/1.10.yaml new", "b@1.9": "levers/b/1.9.yaml old", "c": " ", "b@2": " ", "../b": " "} {
		if file, text := s.Text(ref); file+" "+string(text) != want {
			t.Errorf("%s is %s %q, want %s", ref, file, text, want)
		}
	}
	if p := s.NotFound("b@1.8"); p.Hint != "did you mean b@1.9?" || p.Message != "there is no embedded lever b@1.8" {
		t.Errorf("%v", p)
	}
	if IsPath("b@1.9") || !IsPath("./b") || !IsPath("b.yaml") || !IsPath(`x\b`) {
		t.Error("paths are not told from names")
	}
}

func TestAHeadSaysWhatIsWrongWithItAtItsPlace(t *testing.T) {
	var probs diag.List
	root := document.Parse("x.yaml", []byte("lever: No Name\nversion: v1\nstatus: final\ndate: 2026-2-30\ntitle: ' '\n"), &probs)
	Head(root, "lever", []string{"title", "source"}, &probs)
	var got []string
	for _, p := range probs.Problems() {
		got = append(got, p.Place.String()+" "+p.Message)
	}
	want := []string{`x.yaml:1:8 "No Name" is no name of a lever`, `x.yaml:2:10 "v1" is no version of a lever`, `x.yaml:3:9 unknown word "final"`, `x.yaml:4:7 "2026-2-30" is no date`, "x.yaml:5:8 title is empty"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}
