package importers

import (
	"cmp"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Load reads the pack that was written, as whoever uses it will. shown is how the folder is named in problems; those of a row are told where the row
// was read, since that is the file that somebody can look at.
func (w *PackWriter) Load(fsys fs.FS, shown string, probs *diag.List) *factors.Pack {
	var found diag.List
	p := factors.Stack([]factors.At{{FS: fsys, Path: ".", Shown: shown}}, factors.Options{}, &found)
	for _, problem := range found.Problems() {
		probs.Add(w.traced(problem, shown))
	}
	return p
}

// traced is a problem of the pack as one of the files that it was read from.
func (w *PackWriter) traced(p diag.Problem, shown string) diag.Problem {
	for _, t := range w.tables {
		file := path.Join(shown, t.Name+".csv")
		if at, ok := w.read(t, p.Place.Line); ok && p.Place.File == file {
			p.Place, p.Snippet = at, ""
		}
		if !strings.Contains(p.Message, file) {
			continue
		}
		p.Message = regexp.MustCompile(regexp.QuoteMeta(file)+`:(\d+)(:\d+)?`).ReplaceAllStringFunc(p.Message, func(text string) string {
			line, _, _ := strings.Cut(text[len(file)+1:], ":")
			n, _ := strconv.Atoi(line)
			if at, ok := w.read(t, n); ok {
				return at.String()
			}
			return text
		})
	}
	return p
}

// read is where the row was read that stands in a line of a table; false where none does.
func (w *PackWriter) read(t *packTable, line int) (diag.Place, bool) {
	i, ok := slices.BinarySearchFunc(t.rows, int32(line), func(r rowPlace, line int32) int { return cmp.Compare(r.at, line) })
	if !ok {
		return diag.Place{}, false
	}
	r := t.rows[i]
	return diag.Place{File: w.files[r.file], Line: int(r.line), Col: int(r.col)}, true
}
