package published

import (
	"bytes"
	"embed"
	"encoding/csv"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

//go:embed *.yaml
var cases embed.FS

// Names lists the cases that are part of the program, sorted.
func Names() []string {
	var out []string
	files, _ := fs.Glob(cases, "*.yaml")
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f, ".yaml"))
	}
	slices.Sort(out)
	return out
}

// Embedded is the file of a case that is part of the program, and its name; nil, with a problem, where there is none.
func Embedded(name string, probs *diag.List) (file string, text []byte) {
	text, err := cases.ReadFile(name + ".yaml")
	if err != nil {
		p := diag.Problem{Code: diag.NotFound, Message: "there is no published case " + excerpt(name), Hint: "a file is named by its path; cases of the program: " + strings.Join(Names(), ", ")}
		if near := diag.Nearest(name, Names()); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
		return "", nil
	}
	return path.Join("lca/study/published", name+".yaml"), text
}

// What comes of the program's cases is the same wherever and whenever they are run: methods, cases and engine are all that it depends on. So reports print it from a
// table, which a test makes anew and compares, instead of running some tens of studies beside each.
//
//go:embed results.csv
var resultsText []byte

// columns are those of the table.
var columns = []string{"case", "id", "what", "published", "computed", "off", "tolerance", "result", "class", "method", "source", "note"}

func (r *Result) texts() []*string {
	return []*string{&r.Case, &r.ID, &r.What, &r.Published, &r.Computed, &r.Off, &r.Tolerance, &r.Result, &r.Class, &r.Method, &r.Source, &r.Note}
}

// Results are those of the cases that are part of the program, case by case: what is printed of them. The slice is shared: do not change it.
var Results = sync.OnceValue(func() []Result {
	records, err := csv.NewReader(bytes.NewReader(resultsText)).ReadAll()
	if err != nil {
		panic(err) // the file is part of the program
	}
	var out []Result
	for _, record := range records[1:] {
		var r Result
		for i, text := range r.texts() {
			*text = record[i]
		}
		out = append(out, r)
	}
	return out
})

// Table writes results as the table of Results.
func Table(results []Result) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(columns)
	for i := range results {
		var record []string
		for _, text := range results[i].texts() {
			record = append(record, *text)
		}
		w.Write(record)
	}
	w.Flush()
	return b.Bytes()
}
