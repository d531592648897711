package study

import (
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// pin is the digest that a study states of an inventory's file: what was published, and nothing else, is what it assesses.
type pin struct {
	sha256 string // in small hexadecimal digits
	at     *document.Node
	result string // the result folder that was made of the file, where it states the digest; else the study does
}

// byKind are the fields of a map from kinds to something.
func byKind(n *document.Node, to string, probs *diag.List) (fields []document.Field) {
	if n == nil {
		return nil
	}
	if n.Kind != document.Map {
		probs.Add(n.Problem(diag.BadType, "expected a map from kinds to %s, found %s", to, n.Kind))
		return nil
	}
	for _, f := range n.Fields {
		if !unknownKind(n, f.Place, f.Key, probs) {
			fields = append(fields, f)
		}
	}
	return fields
}

// inventories reads of each kind a file, or a list of files. A file is a path, a pattern, or a map of a path and its digest.
func (s *Study) inventories(n *document.Node, probs *diag.List) {
	for _, f := range byKind(n, "files", probs) {
		var files []*document.Node
		switch f.Value.Kind {
		case document.Scalar, document.Map:
			files = []*document.Node{f.Value}
		default:
			document.Decode(f.Value, &files, probs)
		}
		if len(files) == 0 {
			probs.Add(n.ProblemAt(f.Place, diag.MissingValue, "no file is named for %s", f.Key))
		}
		s.Files[f.Key] = nil
		for _, file := range files {
			s.inventory(f.Key, file, probs)
		}
	}
}

// inventory reads one file of a kind.
func (s *Study) inventory(kind string, n *document.Node, probs *diag.List) {
	var name string
	if n.Kind == document.Map {
		var file struct {
			Path   string `doc:"file,required"`
			SHA256 string `doc:"sha256,required"`
		}
		document.Decode(n, &file, probs)
		if name = file.Path; n.Get("file") == nil {
			return // which is told
		}
		s.pin(kind, name, file.SHA256, n, probs)
		n = n.Get("file")
	} else {
		document.Decode(n, &name, probs)
	}
	switch {
	case n.Kind != document.Scalar: // which is told
	case name == "" || strings.Contains(name, "://"):
		probs.Add(n.Problem(diag.BadValue, "%q is not a path: this version reads files, not addresses", name))
	default:
		s.Files[kind] = append(s.Files[kind], name)
	}
}

// pin keeps the digest that is stated of a file.
func (s *Study) pin(kind, name, digest string, n *document.Node, probs *diag.List) {
	at := n.Get("sha256")
	if at == nil {
		return // which is told
	}
	if b, err := hex.DecodeString(digest); err != nil || len(b) != 32 {
		p := at.Problem(diag.BadValue, "%q is no SHA-256", digest)
		p.Hint = "64 hexadecimal digits, as sha256sum prints and run.json lists under inputs"
		probs.Add(p)
		return
	}
	if isPattern(name) {
		p := n.Get("file").Problem(diag.BadValue, "a digest is that of one file, %q may be several", name)
		p.Hint = "name each file with its digest"
		probs.Add(p)
		return
	}
	file, stated := [2]string{kind, path.Clean(name)}, pin{strings.ToLower(digest), at, ""}
	if before, twice := s.pinned[file]; twice && before.sha256 != stated.sha256 {
		probs.Add(at.Problem(diag.DuplicateName, "another digest of %s is stated above", name))
		return
	}
	if s.pinned == nil {
		s.pinned = map[[2]string]pin{}
	}
	s.pinned[file] = stated
}

// isPattern tells a path that may stand for several.
func isPattern(name string) bool { return strings.ContainsAny(name, "*?[") }

// expand replaces patterns among the inventories' paths by the files that they match, sorted.
func (s *Study) expand(folder string, probs *diag.List) {
	for _, kind := range slices.Sorted(maps.Keys(s.Files)) {
		var files []string
		for _, name := range s.Files[kind] {
			if !isPattern(name) {
				files = append(files, path.Clean(name))
				continue
			}
			pattern := filepath.FromSlash(name)
			absolute := filepath.IsAbs(pattern)
			var matches []string
			var err error
			if clean := path.Clean(name); fs.ValidPath(clean) {
				matches, err = fs.Glob(os.DirFS(folder), clean) // the folder's own name is no pattern
				for i := range matches {
					matches[i] = filepath.Join(folder, filepath.FromSlash(matches[i]))
				}
			} else {
				if !absolute {
					pattern = filepath.Join(folder, pattern)
				}
				matches, err = filepath.Glob(pattern)
			}
			if err != nil || len(matches) == 0 {
				probs.Add(s.at("inventories", kind).Problem(diag.MissingFile, "no file matches %q, an inventory of %s", name, kind))
				continue
			}
			for _, m := range matches {
				if rel, err := filepath.Rel(folder, m); err == nil && !absolute {
					m = rel
				}
				files = append(files, filepath.ToSlash(m))
			}
		}
		slices.Sort(files)
		s.Files[kind] = slices.Compact(files)
	}
}

// verify refuses files that are not those whose digests the study states. Only a cancelled context is an error.
func (p *plan) verify(ctx context.Context, probs *diag.List) error {
	for i := range p.inputs {
		in := &p.inputs[i]
		stated, ok := p.study.pinned[[2]string{in.kind, path.Clean(in.name)}]
		if !ok {
			continue
		}
		sum, err := in.sha256(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			probs.Add(stated.at.Problem(diag.MissingFile, "the inventory %s: %s", in.name, cause(err)))
		case sum != stated.sha256:
			x := stated.at.Problem(diag.DigestMismatch, "%s is not the file that the study names: its SHA-256 is %s", in.name, sum)
			x.Why = "a file that was changed, or damaged on its way, may give other numbers without looking wrong"
			x.Hint = "fetch the file again, or state its digest where it is the one that is meant"
			if stated.result != "" {
				x.Message = fmt.Sprintf("%s is not the file that %s was made of: its SHA-256 is %s", in.name, stated.result, sum)
				x.Hint = "put the former file back, or ask for a bundle (ailca run --bundle), which holds what it was made of"
			}
			probs.Add(x)
		}
	}
	return nil
}
