package study

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
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
	out := scenarios.Load(filepath.ToSlash(ref), text, func(from, path string) (string, []byte, error) {
		at := filepath.Join(filepath.Dir(filepath.FromSlash(from)), filepath.FromSlash(path))
		within, err := filepath.Rel(folder, at)
		if err != nil || filepath.IsAbs(path) || !filepath.IsLocal(within) {
			return "", nil, errors.New("a scenario rests on files in its folder or below, or on an embedded one: copy the file there")
		}
		text, err := readBounded(at)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %s", filepath.ToSlash(at), cause(err))
		}
		return filepath.ToSlash(at), text, nil
	}, probs)
	if out == nil {
		return nil
	}
	if newest := scenarios.Newest(out.Name); newest != out.Name {
		p := out.Problem(diag.DuplicateName, "%s is the name of an embedded scenario, %s, too", out.Name, newest)
		p.Severity, p.Why, p.Hint = diag.Warning, "results of the two would be taken for each other", "give it a name of its own"
		probs.Add(p)
	}
	return out
}

// scenarioCopies are where the files of a scenario stand in the folder of a projection, in the order in which they are read: the first rests on the second, and so on.
func scenarioCopies(name string, s *scenarios.Scenario) (out []string) {
	for i := range s.Files {
		copied := "scenarios/" + strings.ReplaceAll(name, "@", "-") + ".yaml"
		if i > 0 {
			copied = fmt.Sprintf("scenarios/%s.base-%d.yaml", strings.ReplaceAll(name, "@", "-"), i)
		}
		out = append(out, copied)
	}
	return out
}

// copiedScenario loads a scenario of the folder of a projection, and nothing outside of it: its files are those that the record lists.
func (r *Result) copiedScenario(x *ScenarioRecord, probs *diag.List) *scenarios.Scenario {
	if len(x.Files) == 0 {
		return scenarios.Embedded(x.Ref, probs)
	}
	next := 0
	read := func() (string, []byte, error) {
		if next == len(x.Files) {
			return "", nil, errors.New("the folder has no copy of it")
		}
		name := x.Files[next]
		next++
		text, err := r.read(name, document.MaxBytes)
		return r.at(name).File, text, err
	}
	name, text, err := read()
	if err != nil {
		probs.Errorf(unreadCode(err, diag.MissingFile), r.at(x.Files[0]), "the copy of the scenario %s cannot be read: %s", x.Ref, cause(err))
		return nil
	}
	return scenarios.Load(name, text, func(string, string) (string, []byte, error) { return read() }, probs)
}
