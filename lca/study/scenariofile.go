package study

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules/scenarios"
)

// LoadScenario loads an embedded scenario, by its name or name@version, or one from a file. Files that it rests on lie in its folder or below. All problems go to probs; nil where there are any.
func LoadScenario(ref string, probs *diag.List) *scenarios.Scenario {
	if !isPath(ref) {
		return scenarios.Embedded(ref, probs)
	}
	text, err := readBounded(ref)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: ref}, Message: cause(err)})
		return nil
	}
	folder := filepath.Dir(ref)
	return scenarios.Load(filepath.ToSlash(ref), text, func(path string) (string, []byte, error) {
		name := filepath.FromSlash(path)
		if !filepath.IsLocal(name) {
			return "", nil, errors.New("a scenario rests on files in its folder or below, or on an embedded one")
		}
		at := filepath.Join(folder, name)
		text, err := readBounded(at)
		if err != nil {
			return "", nil, errors.New(strings.TrimSpace(path + ": " + cause(err)))
		}
		return filepath.ToSlash(at), text, nil
	}, probs)
}
