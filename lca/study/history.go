package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
	"github.com/ai-impact-observatory/ailca/reports"
)

// Edition is a result folder among others that a history is made of.
type Edition struct {
	Folder string // as messages show it
	Text   string // what the study calls its edition; its year where it says nothing
	Study  string
	Method string
	Pack   string
	RunID  string

	totals  reports.Totals
	at      map[historyKey]reports.Selection
	units   map[historyKey]string
	values  map[historyKey]float64
	sure    map[historyKey][2]float64 // 5th and 95th percentile, where it was drawn
	lacking map[historyKey]bool       // some part was refused under an accepted gap
}

// historyKey is a total that editions have in common: all of its selection that is not of one edition.
type historyKey struct {
	category, scenario      string
	year                    int
	perspective, accounting string
}

// Published is a total as an edition states it.
type Published struct {
	Category, Scenario      string
	Year                    int
	Perspective, Accounting string
	Edition                 *Edition
	Status                  string   // see the list below
	Unit                    string   // empty where there is no value
	Value                   *float64 // the correctly rounded exact sum of the published cells; nil: the edition does not state it
	P05, P95                *float64 // nil: nothing was drawn
	Complete                bool     // false: a part was refused under an accepted gap, or there is no value
	Change                  *float64 // against the edition before, in Unit; nil: that states none, or another unit
	Percent                 *float64 // likewise, in per cent of it; nil: of 0 nothing is a part
}

// What an edition does with a total, by the edition before it.
const (
	FirstPublished = "first published"
	Restated       = "restated"
	Unchanged      = "unchanged"
	NotStated      = "not stated" // though an earlier edition states it
)

// Limits of a folder of editions.
const (
	maxEditions      = 1000
	maxHistoryDepth  = 8
	maxHistoryFiles  = 200_000
	maxHistoryTotals = 20_000 // of an edition
)

// History reads the editions that lie below a folder, in their order: by the text that the study calls its edition (its year where it says nothing), numbers in it by their value, then by the
// study's name, then by the folder. It returns each total as it was first published and as each later edition states it, by category, year, perspective and accounting in the order of
// the vocabulary. The folders may come from strangers: no link is followed, memory does not grow with the rows of tables, and each table that is read has the digest in its run.json.
// Problems go to probs; there is no history where there are errors. Only a cancelled context is an error.
func History(ctx context.Context, folder string, probs *diag.List) ([]*Edition, []Published, error) {
	before := probs.Count(diag.Error)
	var editions []*Edition
	for _, name := range resultFolders(ctx, folder, probs) {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if e := readEdition(ctx, name, probs); e != nil {
			editions = append(editions, e)
		}
	}
	if ctx.Err() != nil || probs.Count(diag.Error) > before {
		return nil, nil, ctx.Err()
	}
	if len(editions) == 0 {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: filepath.ToSlash(folder)}, Message: "no result of a run lies here or below", Hint: "name a folder with the folders that ailca run has written"})
		return nil, nil, nil
	}
	slices.SortFunc(editions, func(a, b *Edition) int {
		return cmp.Or(compareNatural(a.Text, b.Text), strings.Compare(a.Study, b.Study), strings.Compare(a.Folder, b.Folder))
	})
	return editions, besideEachOther(editions), nil
}

// resultFolders lists the folders with run.json, the given one or below it, by name. Folders whose names begin with a dot are not looked into: runs that are not done have such.
func resultFolders(ctx context.Context, folder string, probs *diag.List) (out []string) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: filepath.ToSlash(folder)}, Message: "a folder of results is needed: " + noFolder(err)})
		return nil
	}
	defer root.Close()
	n := 0
	refuse := func(format string, args ...any) error {
		probs.Errorf(diag.TooLarge, diag.Place{File: filepath.ToSlash(folder)}, format, args...)
		return fs.SkipAll
	}
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if n++; n > maxHistoryFiles {
			return refuse("more than %d files lie here and below", maxHistoryFiles)
		}
		switch {
		case err != nil:
			probs.Errorf(diag.MissingFile, diag.Place{File: path.Join(filepath.ToSlash(folder), name)}, "%s", cause(err))
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !e.IsDir():
			return nil
		case name != "." && strings.HasPrefix(e.Name(), ".") || strings.Count(name, "/") >= maxHistoryDepth:
			return fs.SkipDir
		}
		if info, err := root.Lstat(filepath.Join(filepath.FromSlash(name), output.Marker)); err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if len(out) == maxEditions {
			return refuse("more than %d results lie here and below", maxEditions)
		}
		out = append(out, filepath.Join(folder, filepath.FromSlash(name)))
		return fs.SkipDir
	})
	if err != nil && ctx.Err() == nil {
		probs.Errorf(diag.MissingFile, diag.Place{File: filepath.ToSlash(folder)}, "%s", cause(err))
	}
	return out
}

// readEdition reads the totals of a result folder; nil, with the problems told, where it cannot, and nil of a projection.
func readEdition(ctx context.Context, folder string, probs *diag.List) *Edition {
	r := OpenRecord(folder, probs)
	if r == nil {
		return nil
	}
	defer r.Close()
	if r.Record.Projection != nil {
		return nil // of years to come nothing is restated
	}
	before := probs.Count(diag.Error)
	e := &Edition{Folder: r.Folder, Study: r.Record.Study, RunID: r.Record.RunID, Method: r.Record.Method.Ref, Pack: r.Record.Pack.Ref,
		at: map[historyKey]reports.Selection{}, units: map[historyKey]string{}, values: map[historyKey]float64{}, sure: map[historyKey][2]float64{}, lacking: map[historyKey]bool{}}
	e.Text = cmp.Or(r.editionText(ctx, probs), strconv.Itoa(r.Record.Year))
	readTable(ctx, r, "impacts.parquet", true, e.impact, probs)
	for _, k := range slices.SortedFunc(maps.Keys(e.at), compareHistoryKeys) {
		v, err := e.totals.Total(e.at[k])
		if err != nil {
			probs.AddError(err, diag.NoTotal, r.at("impacts.parquet"))
		}
		e.values[k] = v
	}
	readTable(ctx, r, "intervals.parquet", false, e.interval, probs)
	readTable(ctx, r, "ledger.parquet", true, e.gap, probs)
	if probs.Count(diag.Error) > before {
		return nil
	}
	return e
}

// editionText is what the study calls its edition; empty where it says nothing.
func (r *Result) editionText(ctx context.Context, probs *diag.List) string {
	if !r.checkFile(ctx, FileRecord{Path: studyCopy, SHA256: r.Record.StudySHA256}, probs) {
		return ""
	}
	text, err := r.read(studyCopy, document.MaxBytes)
	if err != nil {
		probs.Errorf(unreadCode(err, diag.MissingFile), r.at(studyCopy), "the file cannot be read: %v", cause(err))
		return ""
	}
	// The study of another version of the program may have keys that this one does not know: only the one that is needed is read.
	if n := document.Parse(r.at(studyCopy).File, text, probs).Get("edition"); n != nil && n.Kind == document.Scalar {
		return n.Text
	}
	return ""
}

// readTable visits the rows of a table of a result, which must have its digest. A table that need not be there is left out where run.json does not list it.
func readTable[T any](ctx context.Context, r *Result, name string, needed bool, visit func(*T) error, probs *diag.List) {
	i := slices.IndexFunc(r.Record.Outputs, func(f FileRecord) bool { return f.Path == name })
	if i < 0 {
		if needed {
			probs.Errorf(diag.MissingFile, r.at(output.Marker), "the outputs lack %s", name)
		}
		return
	}
	if !r.checkFile(ctx, r.Record.Outputs[i], probs) {
		return
	}
	f, size, err := openWithin(r.root, name)
	if err != nil {
		probs.Errorf(diag.MissingFile, r.at(name), "the file cannot be read: %v", cause(err))
		return
	}
	defer f.Close()
	at := r.at(name)
	table, err := parquet.Open(at.File, f, size)
	if err == nil {
		err = parquet.EachRow(table, func(row *T) error {
			if at.Row++; at.Row%parquet.BatchRows == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return visit(row)
		})
	}
	if err != nil && ctx.Err() == nil {
		var invalid *diag.Invalid
		if !errors.As(err, &invalid) {
			probs.Errorf(diag.BadValue, at, "%v", err)
			return
		}
		probs.Merge(&invalid.List)
	}
}

// historyCell is what a history needs of a row of the impact table.
type historyCell struct {
	Study       string  `col:"study"`
	Scenario    string  `col:"scenario"`
	Year        int     `col:"year"`
	Category    string  `col:"category"`
	Unit        string  `col:"unit"`
	Perspective string  `col:"perspective"`
	Accounting  string  `col:"accounting"`
	ShareOf     string  `col:"share_of"`
	Value       float64 `col:"value"`
	Method      string  `col:"method"`
	Pack        string  `col:"factor_pack"`
}

func (e *Edition) impact(c *historyCell) error {
	if c.ShareOf != lca.Words().ShareOf[0].Name {
		return nil
	}
	row := lca.Impact{Study: c.Study, Scenario: c.Scenario, Year: c.Year, Category: c.Category, Unit: c.Unit, Perspective: c.Perspective, Accounting: c.Accounting, ShareOf: c.ShareOf, Value: c.Value,
		Method: c.Method, Pack: c.Pack}
	e.totals.Add(&row)
	k := historyKey{c.Category, c.Scenario, c.Year, c.Perspective, c.Accounting}
	sel := reports.Selection{Study: c.Study, Scenario: c.Scenario, Year: c.Year, Perspective: c.Perspective, Accounting: c.Accounting, Method: c.Method, Pack: c.Pack, Category: c.Category}
	was, met := e.at[k]
	switch {
	case !met && len(e.at) == maxHistoryTotals:
		return fmt.Errorf("the table has more than %d totals", maxHistoryTotals)
	case !met:
		e.at[k], e.units[k] = sel, c.Unit
	case was != sel:
		return fmt.Errorf("the table is of several studies, methods or packs: its totals have no meaning")
	}
	if c.Study != e.Study || c.Method != e.Method {
		return fmt.Errorf("the table is of the study %s and the method %s, run.json names %s and %s", quoted(c.Study), quoted(c.Method), e.Study, e.Method)
	}
	e.Pack = c.Pack // with what is laid over it
	return nil
}

// historyInterval is what a history needs of a row of the table of intervals.
type historyInterval struct {
	Scenario    string  `col:"scenario"`
	Year        int     `col:"year"`
	Category    string  `col:"category"`
	Perspective string  `col:"perspective"`
	Accounting  string  `col:"accounting"`
	By          string  `col:"by"`
	P05         float64 `col:"p05"`
	P95         float64 `col:"p95"`
}

func (e *Edition) interval(c *historyInterval) error {
	if k := (historyKey{c.Category, c.Scenario, c.Year, c.Perspective, c.Accounting}); c.By == aggregateNames[byTotal] {
		if _, ok := e.at[k]; ok {
			e.sure[k] = [2]float64{c.P05, c.P95}
		}
	}
	return nil
}

// historyGap is what a history needs of an entry of the ledger.
type historyGap struct {
	Scenario    string `col:"scenario"`
	Type        string `col:"type"`
	Year        int    `col:"year"`
	Perspective string `col:"perspective"`
	Accounting  string `col:"accounting"`
	Category    string `col:"category"`
}

func (e *Edition) gap(c *historyGap) error {
	if k := (historyKey{c.Category, c.Scenario, c.Year, c.Perspective, c.Accounting}); c.Type == entryGap {
		if _, ok := e.at[k]; ok {
			e.lacking[k] = true
		}
	}
	return nil
}

// besideEachOther sets the editions' totals beside each other.
func besideEachOther(editions []*Edition) (out []Published) {
	met := map[historyKey]bool{}
	var keys []historyKey
	for _, e := range editions {
		for k := range e.values {
			if !met[k] {
				met[k] = true
				keys = append(keys, k)
			}
		}
	}
	slices.SortFunc(keys, compareHistoryKeys)
	for _, k := range keys {
		first := true
		var before *Published
		for _, e := range editions {
			p := Published{Category: k.category, Scenario: k.scenario, Year: k.year, Perspective: k.perspective, Accounting: k.accounting, Edition: e, Status: NotStated}
			e.state(k, &p)
			if p.Value == nil && first {
				continue
			}
			p.against(before)
			if first {
				p.Status, first = FirstPublished, false
			}
			out = append(out, p)
			before = &p
		}
	}
	return out
}

// state fills in what an edition says of a total.
func (e *Edition) state(k historyKey, p *Published) {
	v, ok := e.values[k]
	if !ok {
		return
	}
	p.Value, p.Unit, p.Complete, p.Status = &v, e.units[k], !e.lacking[k], Restated
	if sure, ok := e.sure[k]; ok {
		p.P05, p.P95 = &sure[0], &sure[1]
	}
}

// against sets a total against what the edition before says.
func (p *Published) against(before *Published) {
	if before == nil || p.Value == nil || before.Value == nil || p.Unit != before.Unit {
		return
	}
	change := *p.Value - *before.Value
	p.Change = &change
	if *before.Value != 0 {
		percent := float64(100 * (change / *before.Value))
		p.Percent = &percent
	}
	if *p.Value == *before.Value && p.Complete == before.Complete {
		p.Status = Unchanged
	}
}

// compareHistoryKeys orders totals by category, year, perspective and accounting, words in the order of the vocabulary and such as it does not have behind them.
func compareHistoryKeys(a, b historyKey) int {
	words := lca.Words()
	term := func(list []lca.Term, x, y string) int {
		at := func(name string) int {
			i := slices.IndexFunc(list, func(t lca.Term) bool { return t.Name == name })
			return cmp.Or(i+1, len(list)+1)
		}
		return cmp.Or(cmp.Compare(at(x), at(y)), strings.Compare(x, y))
	}
	category := func(name string) int {
		i := slices.IndexFunc(words.Categories, func(c lca.Category) bool { return c.Name == name })
		return cmp.Or(i+1, len(words.Categories)+1)
	}
	return cmp.Or(cmp.Compare(category(a.category), category(b.category)), strings.Compare(a.category, b.category), cmp.Compare(a.year, b.year),
		term(words.Perspectives, a.perspective, b.perspective), term(words.Accountings, a.accounting, b.accounting), strings.Compare(a.scenario, b.scenario))
}

// compareNatural orders texts in which numbers stand, these by their value: 2025.9 before 2025.10.
func compareNatural(a, b string) int {
	whole := strings.Compare(a, b)
	for a != "" && b != "" {
		x, y := lead(a), lead(b)
		if c := cmp.Or(cmp.Compare(isNumber(y), isNumber(x)), compareRuns(x, y)); c != 0 {
			return c
		}
		a, b = a[len(x):], b[len(y):]
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), whole)
}

// lead is the digits, or what is none, that a text begins with.
func lead(text string) string {
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	i := 1
	for i < len(text) && digit(text[i]) == digit(text[0]) {
		i++
	}
	return text[:i]
}

// isNumber is 1 of digits, 0 of what is none.
func isNumber(run string) int {
	if run[0] >= '0' && run[0] <= '9' {
		return 1
	}
	return 0
}

func compareRuns(x, y string) int {
	if isNumber(x) == 1 {
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
	}
	return strings.Compare(x, y)
}
