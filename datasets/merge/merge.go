// Package merge folds submissions into a version of a dataset.
//
// A version is a folder of its own: one Parquet file a kind, dataset.yaml (what it is, on which version it rests, the submissions), CHANGELOG.md and
// changes.csv (what became of every row that went in), statements.parquet (which submission each row came from, for the next version) and
// SHA256SUMS. The version that it rests on is read and never touched.
//
// The rules stand in rules.yaml, which ailca datasets merge --rules prints, and what differs from kind to kind in the kinds' own files:
// duplicates are kept once, the earliest stands; a correction must be declared; of conflicting statements of several contributors all are kept, and all
// but one name the one that counts as alternative_to; confidential rows are published only within sums over several contributors.
// The same submissions give the same bytes in whatever order they are named.
//
// What is merged is held in memory: at most a million rows a kind. Request logs are published as they are.
package merge

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/submission"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Options say what a version is. Submission holds what a check of submissions may rely on.
type Options struct {
	Name    string // of the dataset; "" for that of the base
	Version string
	Date    string  // YYYY-MM-DD
	Minimum int     // contributors of a sum; 0 for what the rules say
	Largest float64 // share of one of them; 0 for what the rules say

	Submission submission.Options

	most int64 // rows of a kind; 0 for what the rules say; tests try fewer
}

// Version is a dataset version that was put together.
type Version struct {
	Options
	BaseVersion string // that it rests on; "" for none
	BaseDigest  string
	Origins     []*Origin // the submissions, in their order
	Changes     []Change  // what became of the rows
	New         int       // submissions that the base does not hold
	kinds       []*kindMerge
}

// Origin is a submission that rows came from.
type Origin struct {
	Digest      string
	Date        string
	Title       string
	Contributor string // empty of a submission whose rows are all confidential
	ORCID       string
	Licence     string
	Rows        int64

	based    bool // the base holds it
	hidden   bool // all of its rows are confidential: who handed them in is not said
	corrects map[string]bool
	source   *submission.Submission // nil where the base holds it
}

// identity tells contributors apart.
func (o *Origin) identity() string {
	return submission.Contributor{Name: o.Contributor, ORCID: o.ORCID}.Identity()
}

// before is the order of submissions.
func (o *Origin) before(p *Origin) int {
	return cmp.Or(strings.Compare(o.Date, p.Date), strings.Compare(o.Digest, p.Digest))
}

// Merge opens folders, each a submission or a version to rest on, and puts a version together. Problems of all of them go to probs; the version is nil where there
// are errors. Only a cancelled context is an error.
func Merge(ctx context.Context, paths []string, o Options, probs *diag.List) (*Version, error) {
	before := probs.Count(diag.Error)
	v := &Version{Options: o}
	var base *Dataset
	defer func() {
		base.Close()
		for _, origin := range v.Origins {
			origin.source.Close()
		}
	}()
	for _, path := range paths {
		if !isVersion(path) {
			var found diag.List // its warnings are recorded in it, and what it refers to is looked for in the dataset
			s, err := submission.Open(ctx, path, o.Submission, &found)
			if err != nil {
				return nil, err
			}
			if found.Count(diag.Error) > 0 {
				probs.Merge(&found)
			}
			v.add(s)
			continue
		}
		if base != nil {
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: filepath.ToSlash(path)}, Message: "a version rests on one other, and " + base.Folder.Name + " is named too", Hint: "merge the submissions that are new into the later of the two"})
			continue
		}
		var err error
		if base, err = Open(ctx, path, o.Submission.Jobs, probs); err != nil {
			return nil, err
		}
	}
	v.Options.settle(base, slices.ContainsFunc(paths, isVersion), probs)
	if probs.Count(diag.Error) > before {
		return nil, nil
	}
	v.rest(base)
	v.dated(probs)
	for _, kind := range datasets.Kinds() {
		k := &kindMerge{kind: kind, version: v, probs: probs}
		if err := k.load(base, v.Origins); err != nil {
			return nil, err
		}
		v.kinds = append(v.kinds, k)
	}
	if probs.Count(diag.Error) > before {
		return nil, nil
	}
	for _, k := range v.kinds {
		k.merge()
	}
	for _, k := range v.kinds {
		k.refer(v.kinds)
		k.aggregate()
		v.Changes = append(v.Changes, k.changes...)
	}
	if probs.Count(diag.Error) > before {
		return nil, nil
	}
	for i := range v.Changes {
		v.Changes[i].settle()
	}
	sortChanges(v.Changes)
	return v, ctx.Err()
}

// isVersion tells a dataset version from a submission.
func isVersion(path string) bool {
	info, err := os.Lstat(filepath.Join(path, DatasetFile))
	return err == nil && info.Mode().IsRegular()
}

// add takes up a submission, unless it is there already.
func (v *Version) add(s *submission.Submission) {
	if s == nil {
		return
	}
	if slices.ContainsFunc(v.Origins, func(o *Origin) bool { return o.Digest == s.Folder.Digest }) {
		s.Close()
		return
	}
	o := &Origin{Digest: s.Folder.Digest, Date: s.Date, Title: s.Title, Contributor: s.Contributor.Name, ORCID: s.Contributor.ORCID, Licence: s.Licence, corrects: map[string]bool{}, source: s}
	for _, id := range s.Corrects {
		o.corrects[id] = true
	}
	var confidential int64
	for _, t := range s.Tables {
		o.Rows += t.Rows
		confidential += t.Confidential
	}
	o.hidden = confidential == o.Rows
	v.Origins = append(v.Origins, o)
}

// rest brings the submissions together with those of the base, in their order. One that the base holds is accounted for and left alone.
func (v *Version) rest(base *Dataset) {
	if base != nil {
		v.BaseVersion, v.BaseDigest = base.Version, base.Folder.Digest
		held := map[string]*Origin{}
		for _, o := range base.Origins {
			held[o.Digest] = o
		}
		var fresh []*Origin
		for _, o := range v.Origins {
			if held[o.Digest] == nil {
				fresh = append(fresh, o)
				continue
			}
			for _, kind := range datasets.Kinds() {
				var rows int64
				for _, t := range o.source.Tables {
					if t.Kind == kind {
						rows += t.Rows
					}
				}
				if rows > 0 {
					v.Changes = append(v.Changes, Change{Kind: kind.Name, Action: Held, Rows: rows, Submission: o.Digest, Reason: "the base holds this submission"})
				}
			}
			o.source.Close()
		}
		v.Origins = append(fresh, base.Origins...)
	}
	slices.SortFunc(v.Origins, (*Origin).before)
	for _, o := range v.Origins {
		if !o.based {
			v.New++
		}
	}
}

// dated warns of a version that is dated before what it holds.
func (v *Version) dated(probs *diag.List) {
	for _, o := range v.Origins {
		if o.Date > v.Date {
			probs.Add(diag.Problem{Code: diag.BadValue, Severity: diag.Warning, Place: diag.Place{File: "--date"}, Message: fmt.Sprintf("the version is of %s, before the submission %q of %s", v.Date, o.Title, o.Date)})
		}
	}
}

var versionName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]{0,39}$`)
var datasetName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)

// settle fills in what the options leave open and refuses what they cannot be.
func (o *Options) settle(base *Dataset, based bool, probs *diag.List) {
	bad := func(flag, message, hint string) {
		probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: "--" + flag}, Message: message, Hint: hint})
	}
	rules := TheRules()
	if o.Minimum == 0 {
		o.Minimum = rules.Minimum
	}
	if o.Largest == 0 {
		o.Largest = rules.Largest
	}
	if base != nil {
		o.Name = cmp.Or(o.Name, base.Name)
		if o.Name != base.Name {
			bad("name", fmt.Sprintf("the base is a version of %s, not of %s", base.Name, o.Name), "leave the name out")
		}
		if o.Version == base.Version {
			bad("version", fmt.Sprintf("the base is version %s already", o.Version), "a version is a new one")
		}
	}
	switch {
	case o.Name == "" && based: // that of a base which has problems of its own
	case o.Name == "":
		bad("name", "the dataset has no name", "--name open-inventory, say: small letters, digits and hyphens; a version on a base has the name of that")
	case !datasetName.MatchString(o.Name):
		bad("name", fmt.Sprintf("%q is no name of a dataset", o.Name), "small letters, digits and hyphens, such as open-inventory")
	}
	if !versionName.MatchString(o.Version) {
		bad("version", fmt.Sprintf("%q is no version", o.Version), "such as 2026.1: letters, digits, dots and hyphens")
	}
	if !submission.IsDate(o.Date) {
		bad("date", fmt.Sprintf("%q is not a date", o.Date), "the day of the version, such as 2026-01-31: no clock is asked, so that the same input gives the same bytes")
	}
	if o.Minimum < 3 {
		bad("minimum-contributors", fmt.Sprintf("a sum over %d would be somebody's value", o.Minimum), "at least 3: of two contributors each would know the other's share")
	}
	if !(o.Largest > 0 && o.Largest < 1) {
		bad("dominance", fmt.Sprintf("%v is no share", o.Largest), "a number between 0 and 1, such as 0.85")
	}
}

// kindMerge merges the rows of a kind.
type kindMerge struct {
	kind    *datasets.Kind
	version *Version
	probs   *diag.List

	statements []*statement // that have an id, those of the base first
	nameless   []*statement // that have none, in their order
	fixed      []*statement // sums of the base
	groups     map[string][]*statement
	published  map[string]*statement            // by the id that they get
	standing   map[string]map[string]*statement // of each contributor by stated id: what stands for that row now
	sums       []*statement                     // new ones
	sumsLeft   []*statement                     // confidential rows that enter sums
	left       map[string]int64                 // confidential rows that enter none, by reason
	changes    []Change
	ruled      map[string]string // alternative_to of the base's rows that have it by a rule, by id
	values     []int             // columns that make a row's values
	references []int             // columns that refer to rows of the kind
	at         columnsAt
}

// columnsAt says where columns of a meaning stand among the kind's, -1 for none.
type columnsAt struct {
	id, alternativeTo, partOf, confidential, licence, source int
	origin, provenance                                       []int
}

func (k *kindMerge) prepare() {
	index := func(name string) int {
		return slices.IndexFunc(k.kind.Columns, func(f datasets.Field) bool { return f.Name == name })
	}
	m, r := k.kind.Merge, k.kind.Roles
	k.at = columnsAt{id: index(k.kind.ID), alternativeTo: index(r.AlternativeTo), partOf: index(r.PartOf), confidential: index(m.Confidential.Column), licence: index(m.Licence), source: index(m.Source)}
	for _, name := range m.Origin {
		k.at.origin = append(k.at.origin, index(name))
	}
	for _, name := range m.Provenance {
		k.at.provenance = append(k.at.provenance, index(name))
	}
	for i, f := range k.kind.Columns {
		if f.References == k.kind.Name && i != k.at.alternativeTo {
			k.references = append(k.references, i)
		}
		if i != k.at.id && i != k.at.confidential && !slices.Contains(k.at.origin, i) && !slices.Contains(k.at.provenance, i) {
			k.values = append(k.values, i)
		}
	}
	if k.at.alternativeTo >= 0 {
		k.references = append(k.references, k.at.alternativeTo)
	}
	k.groups, k.published, k.standing, k.left, k.ruled = map[string][]*statement{}, map[string]*statement{}, map[string]map[string]*statement{}, map[string]int64{}, map[string]string{}
}

// load reads the rows of the base and of the submissions.
func (k *kindMerge) load(base *Dataset, origins []*Origin) error {
	k.prepare()
	var rows, largest int64
	file := ""
	count := func(name string, n int64) {
		if rows += n; n > largest {
			file, largest = name, n
		}
	}
	if base != nil {
		if inv := base.inventories[k.kind.Name]; inv != nil {
			count(base.tables[k.kind.Name].Shown, inv.TotalRows())
		}
	}
	for _, o := range origins {
		if o.source != nil {
			for _, t := range o.source.Tables {
				if t.Kind == k.kind {
					count(o.source.Folder.Name+"/"+t.File, t.Rows)
				}
			}
		}
	}
	if most := cmp.Or(k.version.most, TheRules().Most); rows > most {
		k.probs.Add(diag.Problem{Code: diag.TooLarge, Place: diag.Place{File: file}, Message: fmt.Sprintf("%s of %s would be merged, most of them of this file; at most %s are", diag.Plural(rows, "row"), k.kind.Name, diag.Grouped(most)),
			Why: "rows are set against each other in memory", Hint: "a request log is published as it is; hand in a row for a service and a period in its place"})
		return nil
	}
	if base != nil {
		if err := k.loadBase(base); err != nil {
			return err
		}
	}
	for _, o := range origins {
		if o.source != nil {
			if err := k.loadSubmission(o); err != nil {
				return err
			}
		}
	}
	for _, s := range k.statements {
		k.groups[s.id] = append(k.groups[s.id], s)
	}
	return nil
}

func (k *kindMerge) loadSubmission(o *Origin) error {
	inv := o.source.Inventory(k.kind, k.probs)
	if inv == nil {
		return nil
	}
	table, columns, err := read(inv)
	if err != nil {
		return err
	}
	row := 0
	for _, t := range o.source.Tables {
		if t.Kind != k.kind {
			continue
		}
		for i := range t.Rows {
			s := &statement{table: table, columns: columns, row: row, origin: o, identity: o.identity(), file: t.File, shown: o.source.Folder.Name + "/" + t.File, digest: t.SHA256, number: i + 1}
			if t.Confidential > 0 { // who knows the other values could find a confidential one by the digest, trying
				s.digest = ""
			}
			row++
			s.confidential = s.text(k.at.confidential) == k.kind.Merge.Confidential.Word && k.kind.Merge.Confidential.Word != ""
			s.id = s.text(k.at.id)
			s.corrects = o.corrects[s.id]
			switch {
			case s.confidential && k.kind.Sums == nil: // refused when it was opened
			case s.id == "" && s.confidential:
				k.sumsLeft = append(k.sumsLeft, s)
			case s.id == "":
				k.nameless = append(k.nameless, s)
			default:
				k.statements = append(k.statements, s)
			}
		}
	}
	return nil
}

// read holds all columns of an inventory that its files have; columns says where each of the kind's stands in the table, -1 for none.
func read(inv *datasets.Inventory) (*column.Table, []int, error) {
	var names []string
	var at []int
	for _, f := range inv.Kind().Columns {
		if inv.Has(f.Name) {
			at = append(at, len(names))
			names = append(names, f.Name)
		} else {
			at = append(at, -1)
		}
	}
	t, err := inv.Table(names)
	return t, at, err
}
