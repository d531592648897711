// Package shelf keeps released files of one sort, such as scenarios or levers, by name and version, and checks what their heads have in common.
package shelf

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Shelf holds files NAME/VERSION.yaml.
type Shelf struct {
	FS   fs.ReadDirFS
	What string // what the files are, such as scenario
}

// Names lists the files as name@version, sorted.
func (s *Shelf) Names() []string {
	var out []string
	folders, _ := s.FS.ReadDir(".")
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		versions, _ := s.FS.ReadDir(f.Name())
		for _, v := range versions {
			out = append(out, f.Name()+"@"+strings.TrimSuffix(v.Name(), ".yaml"))
		}
	}
	slices.Sort(out)
	return out
}

// Newest is the newest version of a name, as name@version; the name itself where there is none.
func (s *Shelf) Newest(name string) string {
	newest := ""
	for _, ref := range s.Names() {
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

// Text is a file by name@version, or of the newest version of a name, with the path by which problems name it; nil where there is none.
func (s *Shelf) Text(ref string) (file string, text []byte) {
	if !strings.Contains(ref, "@") {
		ref = s.Newest(ref)
	}
	if !slices.Contains(s.Names(), ref) {
		return "", nil
	}
	name, version, _ := strings.Cut(ref, "@")
	file = path.Join(name, version+".yaml")
	text, err := fs.ReadFile(s.FS, file)
	if err != nil {
		panic(err) // it was listed
	}
	return path.Join(s.What+"s", file), text
}

// NotFound says that there is no file of a name, and which is meant.
func (s *Shelf) NotFound(ref string) diag.Problem {
	known := s.Names()
	p := diag.Problem{Code: diag.NotFound, Message: "there is no embedded " + s.What + " " + ref, Hint: "embedded: " + strings.Join(known, ", ")}
	if !strings.Contains(ref, "@") {
		for i, full := range known {
			known[i], _, _ = strings.Cut(full, "@")
		}
	}
	if near := diag.Nearest(ref, known); near != "" {
		p.Hint = "did you mean " + near + "?"
	}
	return p
}

// IsPath tells a path from name@version.
func IsPath(ref string) bool {
	return strings.ContainsAny(ref, `/\`) || strings.HasPrefix(ref, ".") || path.Ext(ref) == ".yaml"
}

var (
	nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	version  = regexp.MustCompile(`^[0-9][0-9A-Za-z.+-]{0,31}$`)
	fullDate = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// IsName reports whether a text is a name as files have: lower-case letters, digits and hyphens.
func IsName(text string) bool { return nameForm.MatchString(text) }

// Head checks what stands at the head of a file: its name, under the key what, its version, status and date, and that the texts under the keys of filled are not empty.
func Head(root *document.Node, what string, filled []string, probs *diag.List) {
	scalar := func(key string, check func(n *document.Node) (p diag.Problem, ok bool)) {
		n := root.Get(key)
		if n == nil || n.Kind != document.Scalar {
			return // told by whoever decodes
		}
		if p, ok := check(n); !ok {
			probs.Add(p)
		}
	}
	bad := func(n *document.Node, code diag.Code, hint, format string, args ...any) diag.Problem {
		p := n.Problem(code, format, args...)
		p.Hint = hint
		return p
	}
	scalar(what, func(n *document.Node) (diag.Problem, bool) {
		return bad(n, diag.BadValue, "write lower-case letters, digits and -, for example my-"+what, "%q is no name of a %s", n.Text, what), IsName(n.Text)
	})
	scalar("version", func(n *document.Node) (diag.Problem, bool) {
		return bad(n, diag.BadValue, "a version begins with a digit; letters, digits and . + - follow: 2026.1", "%q is no version of a %s", n.Text, what), version.MatchString(n.Text)
	})
	scalar("status", func(n *document.Node) (diag.Problem, bool) {
		return bad(n, diag.UnknownName, "one of draft, released", "unknown word %q", n.Text), n.Text == "draft" || n.Text == "released"
	})
	scalar("date", func(n *document.Node) (diag.Problem, bool) {
		_, err := time.Parse(time.DateOnly, n.Text)
		return bad(n, diag.BadValue, "write year-month-day: 2026-01-31", "%q is no date", n.Text), err == nil && fullDate.MatchString(n.Text)
	})
	for _, key := range filled {
		scalar(key, func(n *document.Node) (diag.Problem, bool) {
			return n.Problem(diag.MissingValue, "%s is empty", key), strings.TrimSpace(n.Text) != ""
		})
	}
}
