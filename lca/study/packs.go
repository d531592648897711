package study

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// NewestPack is the embedded pack that counts where none is named.
func NewestPack() string {
	known := factors.EmbeddedNames()
	return known[len(known)-1]
}

// LoadPack loads one pack: an embedded one by name@version, a folder, or the newest embedded one where ref is empty. All problems go to probs;
// the result is nil, or of no use, where there are errors.
func LoadPack(ref string, probs *diag.List) *factors.Pack { return LoadPacks([]string{ref}, "", probs) }

// LoadPacks loads packs that lie over each other, the undermost first, each as for LoadPack; an upper one may be a CSV file too. Rows published after
// asOf, a day such as 2025-06-30, are left out; empty leaves none out.
func LoadPacks(refs []string, asOf string, probs *diag.List) *factors.Pack {
	var layers []factors.At
	for i, ref := range refs {
		if ref == "" {
			ref = NewestPack()
		}
		at, ok := packAt(ref, ref, i > 0, probs, func(message string) {
			probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: filepath.ToSlash(ref)}, Message: message})
		})
		if ok {
			layers = append(layers, at)
		}
	}
	if len(layers) < len(refs) {
		return nil
	}
	return factors.Stack(layers, factors.Options{AsOf: asOf}, probs)
}

// packAt is where a pack is read that is named ref and, where that is a path, stands at path. What is wrong with a path goes to refuse, what is wrong
// with a name to probs.
func packAt(ref, path string, overlay bool, probs *diag.List, refuse func(message string)) (factors.At, bool) {
	info, err := os.Stat(path)
	switch {
	case err == nil && (info.IsDir() || overlay && info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(path), ".csv")):
		at := filepath.Clean(path)
		return factors.At{FS: os.DirFS(filepath.Dir(at)), Path: filepath.Base(at), Shown: filepath.ToSlash(at)}, true
	case !isPath(ref) && !strings.HasSuffix(ref, ".csv"):
		return factors.EmbeddedAt(ref, probs)
	case err != nil && overlay:
		refuse("there is no such folder or file")
	case err != nil:
		refuse("there is no such folder")
	case overlay:
		refuse("this is neither a folder nor a CSV file")
	default:
		refuse("this is not a folder")
	}
	return factors.At{}, false
}

// layers are the study's pack and what it lays over it, as far as they are there; ownRows is whether one of them is not embedded.
func (s *Study) layers(probs *diag.List) (layers []factors.At, ownRows bool) {
	for i, ref := range append([]string{s.Pack}, s.Overlays...) {
		at := s.at("pack")
		if i > 0 {
			at = s.doc.Get("overlays").Items[i-1]
		}
		if !isPackPath(ref) {
			if s.embedded("pack", at, ref, factors.EmbeddedNames(), probs) {
				layer, _ := factors.EmbeddedAt(ref, probs)
				layers = append(layers, layer)
			}
			continue
		}
		layer, ok := s.packAt(ref, i > 0, probs, func(message string) {
			probs.Add(at.Problem(diag.MissingFile, "the factor pack %s: %s", ref, message))
		})
		if ok {
			layers, ownRows = append(layers, layer), true
		}
	}
	return layers, ownRows
}

// isPackPath tells the path of a pack, or of a CSV file that is laid over one, from name@version.
func isPackPath(ref string) bool { return isPath(ref) || filepath.Ext(ref) == ".csv" }

// packAt is where a pack is read that the study names by its path.
func (s *Study) packAt(ref string, overlay bool, probs *diag.List, refuse func(message string)) (factors.At, bool) {
	if s.bundle != nil && !s.fromHere[ref] {
		return s.bundle.packAt(ref), true
	}
	return packAt(ref, s.resolve(ref), overlay, probs, refuse)
}

// loadPack loads the study's pack with what it lays over it.
func (s *Study) loadPack(probs *diag.List) *factors.Pack {
	before := probs.Count(diag.Error)
	layers, ownRows := s.layers(probs)
	if s.AsOf != "" && !factors.IsDay(s.AsOf) {
		probs.Add(s.at("as_of").Problem(diag.BadValue, "as_of is a day such as 2025-06-30, found %q", s.AsOf))
	}
	if len(layers) == 0 || probs.Count(diag.Error) > before {
		return nil
	}
	p := factors.Stack(layers, factors.Options{AsOf: s.AsOf}, probs)
	if p != nil && ownRows && probs.Count(diag.Error) == before {
		lintOwn(p, probs)
	}
	return p
}

// lintOwn warns of what is unlikely in packs that are not embedded: those that are have been looked at.
func lintOwn(p *factors.Pack, probs *diag.List) {
	embedded := factors.EmbeddedNames()
	findings, _ := p.Lint()
	for i := range findings {
		f := &findings[i]
		if f.Accepted == nil && !slices.Contains(embedded, p.Layer(f.Row).Ref) {
			probs.Add(f.Problem())
		}
	}
}

// checkPack loads a pack from its folder and warns of what is unlikely in it.
func checkPack(folder string, probs *diag.List) {
	before := probs.Count(diag.Error)
	if p := LoadPack(folder, probs); p != nil && probs.Count(diag.Error) == before {
		lintOwn(p, probs)
	}
}
