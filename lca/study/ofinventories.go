package study

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// OfInventories is a study of inventories that are named by themselves, for whoever asks what a method makes of them: it accepts every gap, groups by all that
// there is, draws nothing, and has as its year the last in which it has a result. The kind of a file is found from its columns. Where no catalogue of hardware is
// named, that of the open edition stands in. All problems go to probs; the study is nil where there are any.
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
	if byKind[catalogueKind] == nil {
		kinds, byKind[catalogueKind] = append(kinds, catalogueKind), []string{openCatalogue}
	}
	var inventories []string
	for _, kind := range kinds {
		var list []string
		for _, file := range byKind[kind] {
			list = append(list, yamlText(filepath.ToSlash(file)))
		}
		inventories = append(inventories, kind+": ["+strings.Join(list, ", ")+"]")
	}
	text := fmt.Sprintf("study: %s\nyear: 2000\nmethod: %s\npack: %s\ndraws: 0\ngroup_by: [%s]\ninventories: {%s}\n", name, yamlText(fromHere(method)), yamlText(fromHere(pack)),
		strings.Join(groups, ", "), strings.Join(inventories, ", "))
	s := parse("the command line", []byte(text), probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	s.file, s.Title, s.lenient, s.lastYear = "study.yaml", method, true, true
	s.open = func(_ context.Context, name string) (input, error) {
		if name == openCatalogue {
			files, err := datasets.OpenEdition()
			if err != nil {
				return input{}, err
			}
			return openBytes(name, files[catalogueKind])
		}
		return openFile(name, filepath.FromSlash(name))
	}
	return s
}

// catalogueKind is the kind of inventory that the others refer to, and openCatalogue the open edition's.
const (
	catalogueKind = "hardware"
	openCatalogue = "the open edition's hardware"
)

// yamlText is a text as YAML has it in double quotes.
func yamlText(text string) string { return fmt.Sprintf("%q", text) }

// With is the study with another method, or another pack, in place of its own: name@version of an embedded one, or a path from the working directory. An empty text leaves
// what the study says.
func (s *Study) With(method, pack string) *Study {
	own := *s
	own.fromHere = maps.Clone(s.fromHere)
	for _, x := range []struct {
		ref string
		to  *string
	}{{method, &own.Method}, {pack, &own.Pack}} {
		if x.ref == "" {
			continue
		}
		if *x.to = fromHere(x.ref); own.fromHere == nil {
			own.fromHere = map[string]bool{}
		}
		own.fromHere[*x.to] = true
	}
	return &own
}

// fromHere is a reference to a method or a pack that does not depend on the study's folder: a path from the working directory becomes absolute, and so does the name of what is there.
func fromHere(ref string) string {
	_, err := os.Stat(ref)
	if err != nil && !isPath(ref) {
		return ref
	}
	at, err := filepath.Abs(ref)
	if err != nil {
		return ref
	}
	return filepath.ToSlash(at)
}
