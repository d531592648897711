package scenarios

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

//go:embed */*.yaml
var embedded embed.FS

//go:embed template.yaml
var template []byte

// Template is a scenario to start from, with every key of the format explained.
func Template() []byte { return slices.Clone(template) }

// Text is an embedded scenario's file; nil where there is none.
func Text(ref string) []byte {
	if !strings.Contains(ref, "@") {
		ref = Newest(ref)
	}
	if !slices.Contains(Names(), ref) {
		return nil
	}
	name, version, _ := strings.Cut(ref, "@")
	text, err := embedded.ReadFile(path.Join(name, version+".yaml"))
	if err != nil {
		panic(err) // it was listed
	}
	return text
}

// Names lists the embedded scenarios as name@version, sorted.
func Names() []string {
	var out []string
	folders, _ := embedded.ReadDir(".")
	for _, f := range folders {
		versions, _ := embedded.ReadDir(f.Name())
		for _, v := range versions {
			out = append(out, f.Name()+"@"+strings.TrimSuffix(v.Name(), ".yaml"))
		}
	}
	slices.Sort(out)
	return out
}

// Newest is the newest embedded version of a name, as name@version; the name itself where there is none.
func Newest(name string) string {
	newest := ""
	for _, ref := range Names() {
		if n, version, _ := strings.Cut(ref, "@"); n == name && (newest == "" || later(version, newest)) {
			newest = version
		}
	}
	if newest == "" {
		return name
	}
	return name + "@" + newest
}

// later reports whether a version comes after another: 2025.10 after 2025.9.
func later(a, b string) bool {
	for a != "" && b != "" {
		x, restA, _ := strings.Cut(a, ".")
		y, restB, _ := strings.Cut(b, ".")
		m, errM := strconv.ParseUint(x, 10, 64)
		n, errN := strconv.ParseUint(y, 10, 64)
		switch {
		case errM == nil && errN == nil && m != n:
			return m > n
		case (errM != nil || errN != nil) && x != y:
			return x > y
		}
		a, b = restA, restB
	}
	return a != ""
}

// Read reads a file that a scenario outside of the program rests on, by the name of the file that says so and the path that its based_on writes.
type Read func(from, path string) (name string, text []byte, err error)

// Embedded loads an embedded scenario by name@version, or the newest version of a name. All problems go to probs; nil where there are any.
func Embedded(ref string, probs *diag.List) *Scenario {
	return (&shelf{probs: probs}).embedded(ref, nil)
}

// Load reads a scenario. What it rests on is embedded, or a file that read reads; read may be nil. All problems go to probs; nil where there are any.
func Load(name string, text []byte, read Read, probs *diag.List) *Scenario {
	return (&shelf{probs: probs, read: read}).own(name, name, text)
}

// shelf finds scenarios that rest on each other.
type shelf struct {
	probs *diag.List
	read  Read
	open  []string // names that are being loaded
	files []File   // that were read
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func (f *shelf) load(name string, text []byte) *Scenario {
	f.open = append(f.open, name)
	s := load(name, text, digestOf(text), f.find, f.probs)
	f.open = f.open[:len(f.open)-1]
	return s
}

// own is load of a file that is not part of the program.
func (f *shelf) own(path, name string, text []byte) *Scenario {
	at := len(f.files)
	f.files = append(f.files, File{path, text})
	s := f.load(name, text)
	if s != nil {
		s.Files = slices.Clone(f.files[at:])
	}
	return s
}

// find finds the scenario that another rests on.
func (f *shelf) find(ref string, at *document.Node) *Scenario {
	if len(f.open) >= maxDepth {
		f.probs.Add(at.Problem(diag.TooLarge, "more than %d scenarios rest on each other", maxDepth))
		return nil
	}
	if !isPath(ref) {
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

// isPath tells a path from name@version.
func isPath(ref string) bool {
	return strings.ContainsAny(ref, `/\`) || strings.HasPrefix(ref, ".") || path.Ext(ref) == ".yaml"
}

func (f *shelf) embedded(ref string, at *document.Node) *Scenario {
	full := ref
	if !strings.Contains(ref, "@") {
		full = Newest(ref)
	}
	name, version, _ := strings.Cut(full, "@")
	file := path.Join(name, version+".yaml")
	text, err := []byte(nil), error(nil)
	if !slices.Contains(Names(), full) {
		p := diag.Problem{Code: diag.NotFound, Message: "there is no embedded scenario " + ref, Hint: "embedded: " + strings.Join(Names(), ", ")}
		known := Names()
		if !strings.Contains(ref, "@") {
			for i, full := range known {
				known[i], _, _ = strings.Cut(full, "@")
			}
		}
		if near := diag.Nearest(ref, known); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		if at != nil {
			hint := p.Hint
			p = at.Problem(p.Code, "%s", p.Message)
			p.Hint = hint
		}
		f.probs.Add(p)
		return nil
	}
	if text, err = embedded.ReadFile(file); err != nil {
		panic(err) // it was listed
	}
	file = path.Join("scenarios", file)
	if slices.Contains(f.open, file) {
		f.probs.Add(at.Problem(diag.Cycle, "the scenario rests on itself: %s", strings.Join(append(slices.Clone(f.open), file), " → ")))
		return nil
	}
	return f.load(file, text)
}
