package rules

import (
	"embed"
	"path"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

//go:embed methods
var embedded embed.FS

// EmbeddedNames lists the embedded methods as name@version, sorted.
func EmbeddedNames() []string {
	var out []string
	methods, _ := embedded.ReadDir("methods")
	for _, m := range methods {
		versions, _ := embedded.ReadDir(path.Join("methods", m.Name()))
		for _, v := range versions {
			out = append(out, m.Name()+"@"+strings.TrimSuffix(v.Name(), ".yaml"))
		}
	}
	slices.Sort(out) // files stand in another order: 0.9.4.yaml before 0.9.yaml, and the folder of sci before that of sci-ai
	return out
}

// Embedded loads an embedded method by name@version.
func Embedded(ref string, probs *diag.List) *Method {
	name, version, _ := strings.Cut(ref, "@")
	file := path.Join("methods", name, version+".yaml")
	text, err := embedded.ReadFile(file)
	if err != nil {
		p := diag.Problem{Code: diag.NotFound, Message: "there is no embedded method " + ref, Hint: "embedded: " + strings.Join(EmbeddedNames(), ", ")}
		if near := diag.Nearest(ref, EmbeddedNames()); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
		return nil
	}
	return Load(file, text, probs)
}
