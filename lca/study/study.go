// Package study runs a study: it opens what the study names, compiles the method for each inventory, scans, multiplies the amounts by
// their factors and writes the result tables and the report. It joins packages that do not know each other and computes little itself.
//
// # Rows that are not read
//
// Where a study filters rows, a row group of which the condition keeps none by the bounds that its file states is not read: its rows are counted
// as filtered out, and results are those of reading all of it. As in other readers of Parquet, the bounds are believed, and what is wrong with rows
// that are not read is not told by a run: a file with a faulty row that the filter drops may be refused in one cut into row groups and not in another.
// Checking the study (see Validate) reads all rows. References within the kind are sound all the same: where a row that is kept refers to one of
// a row group that is not read, the ids of these are read.
//
// # Files that are named with their digest
//
// An inventory's file may stand in the study as {file: PATH, sha256: DIGEST}. A run of another file is refused before anything is written: of a
// damaged file about one in seven reads as other numbers without any sign of it.
//
// # Results that can be run again
//
// A result folder holds the study, byte for byte, and run.json with the digests of all that the result was made of; OpenResult makes of it a study that gives the same bytes, and VerifyResult
// checks that it does. A bundle (Options.Bundle) also holds what the study names by paths. Its text is not changed: run.json maps each path to a file below bundle/, by fixed names, and a
// study that is run from there follows no path. What a bundle says is checked by names and digests before a file of it is opened, and no link leads out of it.
//
// # Comparisons
//
// Compare parts the difference of two studies' totals among causes: inventory, catalogue, factors, rules, boundary. All corners, sets of causes that are as in the later study, are scanned and
// assessed, with both packs on one scan where formulas go the same way; what a cause does is averaged over the corners (package attribution). Within the rules, methods between the two are made
// of both files (rules.Mixture), those alone that some impact tells apart; within the factors each row's part is that of the few rows which an amount is multiplied by; within the inventory
// rows are matched by id, and what differs is computed with each choice of columns.
//
// # Projections
//
// Project takes the rows of the study's year into later years under scenarios (package rules/scenarios), in one scan whatever the number of scenarios and years: each contribution is multiplied by
// what the drivers that act on it have become since the base year. Devices in service, by the columns that their kind names (datasets.Stock), are followed as stock and flow (package lca/stock);
// a second scan of the fleet alone gives what each cohort comes to when it leaves. One set of draws serves all scenarios and years. Decompose parts changes among drivers by LMDI, Ask says what a
// driver would have to be for a target, Hindcast sets a projection beside a later study.
//
// # Levers
//
// A lever (package rules/levers) is a method in which names have other values: ComputeLevers scans the inventories once for the study as it is and for each lever alone and on top of those before it, and takes
// differences, draw by draw. Rows whose errors are drawn are told apart by what they hold before any lever changes it. Where a case has no value of more rows than the study as it is, the difference
// is not known. A lever whose cases have factors of their own, such as marginal ones, is set against the study with these factors, and stands apart from the others.
package study

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/reports"
	ruleshelf "github.com/ai-impact-observatory/ailca/rules/shelf"
)

// Study is what a study file says. It is complete and free of problems of form, but nothing that it names has been opened.
type Study struct {
	Name         string
	Title        string
	Edition      string
	Year         int
	Status       string // draft or published
	Goal         string
	Scope        string
	Licence      string
	Method       string         // name@version of an embedded method, or a path
	Choices      *document.Node // options of the method's choices, in place of its defaults; nil: none
	Pack         string         // name@version of an embedded pack, or a path
	Overlays     []string       // packs or CSV files that are laid over it, the undermost first
	AsOf         string         // what was published after this day does not count; empty: everything does
	Files        map[string][]string
	Where        map[string]*document.Node
	GroupBy      []string
	Amounts      []string // amounts tables of other runs, to be added to the study's own
	Gaps         []Gap
	Overlaps     []AcceptedOverlap
	Levers       []string                         // name@version of embedded ones, or paths, in the order in which they are applied
	given        *document.Node                   // numbers of levers, by lever and parameter
	Reports      []string                         // languages of the report, one at least
	Language     string                           // of the title, goal, scope and other texts of the study
	Review       *reports.Review                  // nil: nobody has reviewed it
	Translations map[string]ruleshelf.Translation // of title, goal and scope, by language

	Sampling  Sampling
	Reconcile *Reconcile // nil: the perspectives are not set against each other

	lastYear bool            // its year is the last in which it has a result
	fromHere map[string]bool // paths of methods and packs in place of the study's, see With: no bundle has them
	lenient  bool            // every hole is accepted, and told by whoever asked for it

	said     []string          // flags in place of what the file says, as a command takes them
	asked    Asked             // and what they say
	pinned   map[[2]string]pin // of files, by their kinds and cleaned paths
	doc      *document.Node
	file     string // as given
	calledAs string // what the file was called before it was copied; empty: it is not a copy
	text     []byte
	bundle   *bundle                                      // holds all that the study names by paths; nil: its paths are followed
	isOpen   bool                                         // the embedded open edition
	open     func(context.Context, string) (input, error) // opens an inventory by the path that the study writes
}

// Gap is a hole that the study accepts: a factor without value, or an amount that cannot be computed. Empty fields match anything.
type Gap struct {
	Factor     string         `doc:"factor"`
	Categories []string       `doc:"categories"`
	Region     string         `doc:"region"`
	Technology string         `doc:"technology"`
	Kind       string         `doc:"kind"`
	Impact     string         `doc:"impact"`
	Reason     string         `doc:"reason,required"`
	At         *document.Node `doc:"@"`
	used       bool
}

// AcceptedOverlap says of rows that they are different activities although they look like one or overlap.
type AcceptedOverlap struct {
	Kind   string         `doc:"kind,required"`
	Rows   []string       `doc:"rows,required"` // ids, two or more, or one with * for any text
	Reason string         `doc:"reason,required"`
	At     *document.Node `doc:"@"`
}

// groups are the words that group_by takes, which are columns of the result tables.
var groups = []string{"item", "model", "organisation", "region", "hardware"}

// maxLevers is how many levers a study may name.
const maxLevers = 100

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,99}$`)

// parse reads a study file.
func parse(name string, text []byte, probs *diag.List) *Study {
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	if root.Get("kinds") != nil && root.Get("study") == nil {
		p := root.Problem(diag.Usage, "this is a method, not a study")
		p.Hint = "a study names it: method: ./" + path.Base(name)
		probs.Add(p)
		return nil
	}
	var raw struct {
		Study        string                           `doc:"study,required"`
		Title        string                           `doc:"title"`
		Edition      string                           `doc:"edition"`
		Year         int                              `doc:"year,required"`
		Status       string                           `doc:"status"`
		Goal         string                           `doc:"goal"`
		Scope        string                           `doc:"scope"`
		Licence      string                           `doc:"licence"`
		Method       string                           `doc:"method,required"`
		Choices      *document.Node                   `doc:"choices"`
		Pack         string                           `doc:"pack,required"`
		Overlays     []string                         `doc:"overlays"`
		AsOf         string                           `doc:"as_of"`
		Inventories  *document.Node                   `doc:"inventories,required"`
		Amounts      []string                         `doc:"amounts"`
		Where        *document.Node                   `doc:"where"`
		GroupBy      []string                         `doc:"group_by"`
		Gaps         []Gap                            `doc:"accept_gaps"`
		Overlaps     []AcceptedOverlap                `doc:"accept_overlaps"`
		Levers       []string                         `doc:"levers"`
		Given        *document.Node                   `doc:"lever_parameters"`
		Languages    []string                         `doc:"languages"`
		Language     string                           `doc:"language"`
		Translations map[string]ruleshelf.Translation `doc:"translations"`
		Review       *reports.Review                  `doc:"review"`
		Reconcile    *Reconcile                       `doc:"reconcile"`
		Draws        int                              `doc:"draws"`
		Seed         int                              `doc:"seed"`
		Sampling     string                           `doc:"sampling"`
		Quantiles    []float64                        `doc:"quantiles"`
		Tolerance    float64                          `doc:"tolerance"`
		MostDraws    int                              `doc:"max_draws"`
		Intervals    int                              `doc:"max_intervals"`
	}
	document.Decode(root, &raw, probs)
	s := &Study{Name: raw.Study, Title: raw.Title, Edition: raw.Edition, Year: raw.Year, Status: raw.Status, Goal: raw.Goal, Scope: raw.Scope,
		Licence: raw.Licence, Method: raw.Method, Choices: raw.Choices, Pack: raw.Pack, Overlays: raw.Overlays, AsOf: raw.AsOf, GroupBy: raw.GroupBy, Amounts: raw.Amounts, Gaps: raw.Gaps, Overlaps: raw.Overlaps, Levers: raw.Levers, given: raw.Given, Reports: raw.Languages, Language: raw.Language, Translations: raw.Translations, Review: raw.Review, doc: root,
		Files: map[string][]string{}, Where: map[string]*document.Node{}, file: name, text: text}
	bad := func(key string, code diag.Code, format string, args ...any) {
		at := root.Get(key)
		if at == nil {
			at = root
		}
		probs.Add(at.Problem(code, format, args...))
	}
	if raw.Study != "" && !nameForm.MatchString(raw.Study) {
		bad("study", diag.BadValue, "%q cannot name a study, which names a folder: use lower-case letters, digits, dots, hyphens and underscores", raw.Study)
	}
	if raw.Year != 0 && (raw.Year < 1970 || raw.Year > 2200) {
		bad("year", diag.OutOfRange, "the year %d is outside 1970 to 2200", raw.Year)
	}
	if s.Status == "" {
		s.Status = "draft"
	}
	if !slices.Contains([]string{"draft", "published"}, s.Status) {
		bad("status", diag.UnknownName, "status is draft or published, not %q", s.Status)
	}
	if s.Title == "" {
		s.Title = s.Name
	}
	s.sampling(samplingDoc{root.Get("draws"), raw.Seed, raw.Sampling, raw.Quantiles, raw.Tolerance, raw.MostDraws, raw.Intervals}, raw.Draws, probs)
	for i, l := range s.Reports {
		if !slices.Contains(reports.Languages(), l) {
			probs.Add(root.Get("languages").Items[i].Problem(diag.UnknownName, "there is no report in %q; there is one in each of %s", diag.Excerpt(l, 80), strings.Join(reports.Languages(), ", ")))
		} else if slices.Contains(s.Reports[:i], l) {
			probs.Add(root.Get("languages").Items[i].Problem(diag.DuplicateName, "%s is named twice", l))
		}
	}
	ruleshelf.Translations(root, []string{"title", "goal", "scope"}, probs)
	s.checkReview(root.Get("review"), probs)
	if len(s.Reports) == 0 {
		s.Reports = []string{"en"}
	}
	if s.Language == "" {
		s.Language = "en"
	} else if !ruleshelf.IsLanguage(s.Language) {
		bad("language", diag.BadValue, "%q is no code of a language, such as en or pt-BR", diag.Excerpt(s.Language, 80))
	}
	if len(s.Levers) > maxLevers {
		bad("levers", diag.TooLarge, "%d levers; at most %d are computed", len(s.Levers), maxLevers)
	}
	if len(s.Levers) > 0 && len(s.Amounts) > 0 {
		bad("levers", diag.BadValue, "amounts tables of other runs do not hold their rows: levers cannot be computed of them")
	}
	for i, g := range s.GroupBy {
		if !slices.Contains(groups, g) {
			p := root.Get("group_by").Items[i].Problem(diag.UnknownName, "results cannot be grouped by %q", g)
			p.Hint = "one of " + strings.Join(groups, ", ")
			probs.Add(p)
		}
	}
	s.inventories(raw.Inventories, probs)
	s.filters(raw.Where, probs)
	for i := range s.Gaps {
		s.Gaps[i].check(probs)
	}
	s.Reconcile = raw.Reconcile
	s.Reconcile.check(s, probs)
	for i := range s.Overlaps {
		s.Overlaps[i].check(probs)
	}
	return s
}

// unknownKind reports a word that is no kind.
func unknownKind(n *document.Node, at diag.Place, kind string, probs *diag.List) bool {
	if _, ok := datasets.KindByName(kind); ok {
		return false
	}
	p := n.ProblemAt(at, diag.UnknownName, "there is no kind of inventory named %q", kind)
	p.Hint = "one of " + strings.Join(datasets.KindNames(), ", ")
	if near := diag.Nearest(kind, datasets.KindNames()); near != "" {
		p.Hint = "did you mean " + near + "?"
	}
	probs.Add(p)
	return true
}

func (s *Study) filters(n *document.Node, probs *diag.List) {
	if n != nil && n.Kind == document.Null {
		return
	}
	for _, f := range byKind(n, "conditions", probs) {
		if _, ok := s.Files[f.Key]; !ok && len(s.Amounts) == 0 {
			probs.Add(n.ProblemAt(f.Place, diag.UnknownName, "the study has no inventory of %s to filter", f.Key))
		}
		s.Where[f.Key] = f.Value
	}
}

func (g *Gap) check(probs *diag.List) {
	byFactor, byAmount := g.Factor != "", g.Kind != "" || g.Impact != ""
	if byFactor == byAmount {
		p := g.At.Problem(diag.MissingKey, "an accepted gap names either a factor or an amount")
		p.Hint = "{factor: electricity, categories: [abiotic_depletion], reason: ...} or {kind: deployments, impact: device_manufacturing, reason: ...}"
		probs.Add(p)
	}
	if strings.TrimSpace(g.Reason) == "" && g.At.Get("reason") != nil {
		probs.Add(g.At.Get("reason").Problem(diag.MissingValue, "an accepted gap needs a reason"))
	}
	for i, c := range g.Categories {
		if _, ok := lca.Words().Category(c); !ok {
			probs.Add(g.At.Get("categories").Items[i].Problem(diag.UnknownName, "there is no category %q", c))
		}
	}
	if g.Kind != "" {
		unknownKind(g.At, g.At.Get("kind").Place, g.Kind, probs)
	}
}

func (o *AcceptedOverlap) check(probs *diag.List) {
	if o.Kind != "" {
		unknownKind(o.At, o.At.Get("kind").Place, o.Kind, probs)
	}
	if len(o.Rows) < 2 && o.At.Get("rows") != nil && !slices.ContainsFunc(o.Rows, func(row string) bool { return strings.Contains(row, "*") }) {
		probs.Add(o.At.Get("rows").Problem(diag.MissingValue, "an accepted overlap names the ids of two rows or more, or one with * for any text"))
	}
	if strings.TrimSpace(o.Reason) == "" && o.At.Get("reason") != nil {
		probs.Add(o.At.Get("reason").Problem(diag.MissingValue, "an accepted overlap needs a reason"))
	}
}

// LoadFile reads a study file; what it names is relative to its folder. The study is nil where the file has problems, which go to probs.
func LoadFile(ctx context.Context, file string, probs *diag.List) *Study {
	text, err := readBounded(file)
	if err != nil {
		p := diag.Problem{Code: diag.NotFound, Place: diag.Place{File: file}, Message: cause(err)}
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			p.Message, p.Hint = "this is a folder; a study is a file", "name its study.yaml"
		}
		probs.Add(p)
		return nil
	}
	before := probs.Count(diag.Error)
	s := parse(filepath.ToSlash(file), text, probs)
	if s == nil {
		return nil
	}
	folder := filepath.Dir(file)
	s.open = func(_ context.Context, name string) (input, error) {
		at := filepath.FromSlash(name)
		if !filepath.IsAbs(at) {
			at = filepath.Join(folder, at)
		}
		return openFile(name, at)
	}
	s.expand(folder, probs)
	if probs.Count(diag.Error) > before {
		// Tell what is wrong with the files that it names as well: whoever mends the study wants to know all at once.
		p, _ := s.prepare(ctx, 0, probs)
		p.close()
		return nil
	}
	return s
}

// at is the value at keys of the study's file, or the nearest one above it.
func (s *Study) at(keys ...string) *document.Node {
	n := s.doc
	for _, k := range keys {
		if below := n.Get(k); below != nil {
			n = below
		}
	}
	return n
}

// isPath tells a path from name@version.
func isPath(ref string) bool {
	return strings.ContainsAny(ref, `/\`) || strings.HasPrefix(ref, ".") || path.Ext(ref) == ".yaml"
}
