package rules

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestARequirementIsOneThatIsKnown(t *testing.T) {
	for _, c := range []struct{ name, meets, want string }{
		{"known", `[{requirement: allocation, how: by device hours}, {requirement: time, how: by days}]`, ""},
		{"none", `[]`, ""},
		{"mistyped", `[{requirement: alocation, how: by device hours}]`, `"alocation" is no requirement that is known|did you mean allocation?`},
		{"far from all", `[{requirement: zzz, how: so}]`, `"zzz" is no requirement that is known|one of intended_use, audience`},
		{"twice", `[{requirement: time, how: by days}, {requirement: time, how: by years}]`, "time stands twice under meets|"},
		{"without how", `[{requirement: time}]`, `the key "how" is missing|`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			Load("m.yaml", []byte(strings.Replace(earlier, "title: A method", "title: A method\nmeets: "+c.meets, 1)), &probs)
			found := probs.Problems()
			message, hint, _ := strings.Cut(c.want, "|")
			switch {
			case c.want == "" && len(found) > 0:
				t.Errorf("refused: %v", found[0])
			case c.want != "" && (len(found) != 1 || !strings.Contains(found[0].Message, message) || !strings.HasPrefix(found[0].Hint, hint)):
				t.Errorf("told is %v, want %s", found, c.want)
			}
		})
	}
}

func TestEveryRequirementSaysWhatIsAskedOfWhom(t *testing.T) {
	topics := Topics()
	if len(topics) < 25 {
		t.Fatalf("%d requirements", len(topics))
	}
	for _, x := range topics {
		if len(x.Asks) < 20 || x.Title == "" {
			t.Errorf("%s asks %q", x.ID, x.Asks)
		}
	}
	var probs diag.List
	loadTopics("r.yaml", []byte("requirements: [{id: a, of: method, title: A, asks: a}, {id: a, of: nobody, title: A, asks: a}]"), &probs)
	if n := probs.Count(diag.Error); n != 2 {
		t.Errorf("%d mistakes of a list are told, not 2: %v", n, probs.Err())
	}
}
