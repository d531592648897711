package study

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// OfInventories is a study of inventories that are named by themselves, for whoever asks what a method makes of them: it accepts every gap, groups by all that
// there is, draws nothing, and has as its year the last in which it has a result. The kind of a file is found from its columns. All problems go to probs; the study
// is nil where there are any.
func OfInventories(ctx context.Context, name, method, pack string, files []string, probs *diag.List) *Study {
	before := probs.Count(diag.Error)
	byKind := map[string][]string{}
	var kinds []string
	for _, file := range files {
		in, err := openFile(filepath.ToSlash(file), file)
		if err != nil {
			probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: filepath.ToSlash(file)}, Message: cause(err)})
			continue
		}
		kind := kindOf(in, "", probs)
		in.close()
		if kind == nil {
			continue
		}
		if byKind[kind.Name] == nil {
			kinds = append(kinds, kind.Name)
		}
		byKind[kind.Name] = append(byKind[kind.Name], file)
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	var inventories []string
	for _, kind := range kinds {
		var list []string
		for _, file := range byKind[kind] {
			list = append(list, yamlText(filepath.ToSlash(file)))
		}
		inventories = append(inventories, kind+": ["+strings.Join(list, ", ")+"]")
	}
	text := fmt.Sprintf("study: %s\nyear: 2000\nmethod: %s\npack: %s\ndraws: 0\ngroup_by: [%s]\ninventories: {%s}\n", name, yamlText(method), yamlText(pack),
		strings.Join(groups, ", "), strings.Join(inventories, ", "))
	s := parse("the command line", []byte(text), probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	s.file, s.lenient, s.lastYear = "study.yaml", true, true
	s.open = func(_ context.Context, name string) (input, error) { return openFile(name, filepath.FromSlash(name)) }
	return s
}

// yamlText is a text as YAML has it in double quotes.
func yamlText(text string) string { return fmt.Sprintf("%q", text) }

// With is the study with another method, or another pack, in place of its own: name@version of an embedded one, or a path from the working directory. An empty text leaves
// what the study says.
func (s *Study) With(method, pack string) *Study {
	own := *s
	for _, x := range []struct {
		ref string
		to  *string
	}{{method, &own.Method}, {pack, &own.Pack}} {
		if x.ref == "" {
			continue
		}
		if *x.to = x.ref; isPath(x.ref) {
			if at, err := filepath.Abs(x.ref); err == nil {
				*x.to = filepath.ToSlash(at)
			}
		}
	}
	return &own
}
