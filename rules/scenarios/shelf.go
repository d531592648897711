package scenarios

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/shelf"
)

//go:embed */*.yaml
var embedded embed.FS

//go:embed template.yaml
var template []byte

// Template is a scenario to start from, with every key of the format explained.
func Template() []byte { return slices.Clone(template) }

var files = shelf.Shelf{FS: embedded, What: "scenario"}

// Text is an embedded scenario's file; nil where there is none.
func Text(ref string) []byte {
	_, text := files.Text(ref)
	return text
}

// Names lists the embedded scenarios as name@version, sorted.
func Names() []string { return files.Names() }

// Newest is the newest embedded version of a name, as name@version; the name itself where there is none.
func Newest(name string) string { return files.Newest(name) }

// Read reads a file that a scenario outside of the program rests on, by the name of the file that says so and the path that its based_on writes.
type Read func(from, path string) (name string, text []byte, err error)

// Embedded loads an embedded scenario by name@version, or the newest version of a name. All problems go to probs; nil where there are any.
func Embedded(ref string, probs *diag.List) *Scenario {
	return (&finder{probs: probs}).embedded(ref, nil)
}

// Load reads a scenario. What it rests on is embedded, or a file that read reads; read may be nil. All problems go to probs; nil where there are any.
func Load(name string, text []byte, read Read, probs *diag.List) *Scenario {
	return (&finder{probs: probs, read: read}).own(name, name, text)
}

// finder finds scenarios that rest on each other.
type finder struct {
	probs *diag.List
	read  Read
	open  []string // names that are being loaded
	files []File   // that were read
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (f *finder) load(name string, text []byte) *Scenario {
	f.open = append(f.open, name)
	s := load(name, text, digestOf(text), f.find, f.probs)
	f.open = f.open[:len(f.open)-1]
	return s
}

// own is load of a file that is not part of the program.
func (f *finder) own(path, name string, text []byte) *Scenario {
	at := len(f.files)
	f.files = append(f.files, File{path, text})
	s := f.load(name, text)
	if s != nil {
		s.Files = slices.Clone(f.files[at:])
	}
	return s
}

// find finds the scenario that another rests on.
func (f *finder) find(ref string, at *document.Node) *Scenario {
	if len(f.open) >= maxDepth {
		f.probs.Add(at.Problem(diag.TooLarge, "more than %d scenarios rest on each other", maxDepth))
		return nil
	}
	if !shelf.IsPath(ref) {
		return f.embedded(ref, at)
	}
	if f.read == nil {
		f.probs.Add(at.Problem(diag.Refused, "an embedded scenario rests on embedded ones alone"))
		return nil
	}
	name, text, err := f.read(f.open[len(f.open)-1], ref)
	if err != nil {
		f.probs.Add(at.Problem(diag.NotFound, "%v", err))
		return nil
	}
	if slices.Contains(f.open, name) {
		f.probs.Add(at.Problem(diag.Cycle, "the scenario rests on itself: %s", strings.Join(append(slices.Clone(f.open), name), " → ")))
		return nil
	}
	return f.own(ref, name, text)
}

func (f *finder) embedded(ref string, at *document.Node) *Scenario {
	file, text := files.Text(ref)
	if text == nil {
		p := files.NotFound(ref)
		if at != nil {
			hint := p.Hint
			p = at.Problem(p.Code, "%s", p.Message)
			p.Hint = hint
		}
		f.probs.Add(p)
		return nil
	}
	if slices.Contains(f.open, file) {
		f.probs.Add(at.Problem(diag.Cycle, "the scenario rests on itself: %s", strings.Join(append(slices.Clone(f.open), file), " → ")))
		return nil
	}
	return f.load(file, text)
}
