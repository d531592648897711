package published

import (
	"embed"
	"io/fs"
	"path"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

//go:embed *.yaml
var cases embed.FS

// Names lists the cases that are part of the program, sorted.
func Names() []string {
	var out []string
	files, _ := fs.Glob(cases, "*.yaml")
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f, ".yaml"))
	}
	return out
}

// Embedded loads a case that is part of the program; nil, with its problems, where there is none.
func Embedded(name string, probs *diag.List) *Case {
	text, err := cases.ReadFile(name + ".yaml")
	if err != nil {
		p := diag.Problem{Code: diag.NotFound, Message: "there is no published case " + excerpt(name), Hint: "a file is named by its path; cases of the program: " + strings.Join(Names(), ", ")}
		if near := diag.Nearest(name, Names()); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
		return nil
	}
	return Load(path.Join("lca/study/published", name+".yaml"), text, probs)
}
