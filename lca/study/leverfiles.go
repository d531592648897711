package study

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// WriteTable writes the effects as levers.parquet.
func (r *LeverResults) WriteTable(w io.Writer) error {
	return parquet.WriteRows(w, r.Effects, []parquet.KeyValue{{Key: parquet.FormatKey, Value: strconv.Itoa(lca.LeversFormat)}, {Key: "ailca.table", Value: "levers"},
		{Key: "ailca.results_version", Value: strconv.Itoa(lca.ResultsVersion)}})
}

// Write writes levers.parquet into a new folder, which appears once it is complete.
func (r *LeverResults) Write(ctx context.Context, target string) error {
	return writeNew(ctx, target, []resultFile{{"levers.parquet", r.WriteTable}})
}

// dropLevers has the study, which is a copy, compute no levers: it names none, and gives no numbers of them.
func (s *Study) dropLevers() { s.Levers, s.given = nil, nil }

// OwnLevers loads the levers that the study names, in its order. All problems go to probs.
func (s *Study) OwnLevers(probs *diag.List) []*levers.Lever { return s.loadLevers(nil, probs) }

// loadLevers loads the levers that the study names, and refuses numbers that neither they nor others that are computed take.
func (s *Study) loadLevers(also []*levers.Lever, probs *diag.List) (out []*levers.Lever) {
	for i, ref := range s.Levers {
		at := s.at("levers")
		if at.Kind == document.List && i < len(at.Items) {
			at = at.Items[i]
		}
		var l *levers.Lever
		if !isPath(ref) {
			if s.embedded("lever", at, ref, levers.Names(), probs) {
				l = levers.Embedded(ref, probs)
			}
		} else if text, err := s.readNamed(ref); err != nil {
			probs.Add(at.Problem(diag.MissingFile, "the lever %s: %s", ref, cause(err)))
		} else {
			l = levers.Load(filepath.ToSlash(s.resolve(ref)), text, probs)
		}
		if l == nil || !ofKinds(l, probs) {
			continue
		}
		if l = l.Giving(s.given.Get(l.Name), probs); l == nil {
			continue
		}
		if other := slices.IndexFunc(out, func(o *levers.Lever) bool { return o.Name == l.Name }); other >= 0 {
			probs.Add(at.Problem(diag.DuplicateName, "%s and %s have one name: which of them is meant could not be told", out[other].Ref(), l.Ref()))
			continue
		}
		out = append(out, l)
	}
	if len(out) == len(s.Levers) { // of one that cannot be read it is not known what it is called
		s.checkGiven(out, also, probs)
	}
	return out
}

// checkLevers compiles the study's method under each of its levers alone.
func (p *plan) checkLevers(probs *diag.List) {
	x := &levering{o: &LeverOptions{}, base: p, study: p.study, content: map[string][]string{}}
	for _, l := range p.levers {
		if lacking := l.Lacking(); len(lacking) > 0 {
			probs.Add(p.study.unanswered(l, lacking))
			continue
		}
		if len(x.undefined(l)) > 0 {
			continue // told with its results
		}
		if _, _, err := x.alone(l); err != nil {
			probs.AddError(err, diag.BadValue, l.Problem(diag.BadValue, "").Place)
		}
	}
}

// LoadLever loads an embedded lever, by its name or name@version, or one from a file. All problems go to probs; nil where there are any.
func LoadLever(ref string, probs *diag.List) *levers.Lever {
	if !isPath(ref) {
		return levers.Embedded(ref, probs)
	}
	text, err := readBounded(ref)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: ref}, Message: cause(err)})
		return nil
	}
	l := levers.Load(strings.TrimPrefix(ref, "./"), text, probs)
	if l == nil || !ofKinds(l, probs) {
		return nil
	}
	return l
}

// ofKinds refuses kinds of inventory that there are none of.
func ofKinds(l *levers.Lever, probs *diag.List) bool {
	sound := true
	of := func(kinds []string, list *document.Node) {
		for n, kind := range kinds {
			if at := list.Items[n]; unknownKind(at, at.Place, kind, probs) {
				sound = false
			}
		}
	}
	for i := range l.Overrides.Set {
		o := &l.Overrides.Set[i]
		of(o.Kinds, o.At.Get("kinds"))
	}
	rules.CheckUses(l.Overrides.Factors, &diag.List{}, func(u *rules.FactorUse, _ []string) { of(u.Kinds, u.At("kinds")) })
	return sound
}
