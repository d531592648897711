package study

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// giving has levers take the numbers that the study gives.
func (s *Study) giving(list []*levers.Lever, probs *diag.List) (out []*levers.Lever) {
	for _, l := range list {
		if given := l.Giving(s.given.Get(l.Name), probs); given != nil {
			out = append(out, given)
		}
	}
	return out
}

// Give has the study give numbers of levers that are to be computed, each written LEVER.PARAMETER=VALUE, in place of what their files or the study give. All problems go to probs.
func (s *Study) Give(assignments []string, list []*levers.Lever, probs *diag.List) {
	given := map[string]bool{}
	for _, assignment := range assignments {
		name, value, is := strings.Cut(assignment, "=")
		lever, parameter, dotted := strings.Cut(strings.TrimSpace(name), ".")
		lever, parameter, value = strings.TrimSpace(lever), strings.TrimSpace(parameter), strings.TrimSpace(value)
		if !is || !dotted || lever == "" || parameter == "" {
			p := diag.Problem{Code: diag.Usage, Message: fmt.Sprintf("%q gives no number of a lever", diag.Excerpt(assignment, 80))}
			p.Hint = "LEVER.PARAMETER=VALUE, such as reuse.reused=0.3"
			probs.Add(p)
			continue
		}
		before := probs.Count(diag.Error)
		if given[lever+"."+parameter] {
			probs.Add(diag.Problem{Code: diag.DuplicateName, Message: fmt.Sprintf("%s.%s is given twice: which of the numbers is meant could not be told", diag.Excerpt(lever, 80), diag.Excerpt(parameter, 80))})
		}
		given[lever+"."+parameter] = true
		s.isNumber(assignment, value, probs)
		at := slices.IndexFunc(list, func(l *levers.Lever) bool { return l.Name == lever })
		if at < 0 {
			probs.Add(s.notComputed(lever, list))
		} else if !list[at].Takes(parameter) {
			probs.Add(list[at].NoParameter(diag.Problem{}, parameter))
		}
		if probs.Count(diag.Error) == before {
			s.give(lever, parameter, value, probs)
		}
	}
}

// isNumber refuses what is given of a lever and is no number.
func (s *Study) isNumber(assignment, value string, probs *diag.List) {
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return
	}
	p := diag.Problem{Code: diag.BadType, Message: fmt.Sprintf("%s: expected a number, found %q", diag.Excerpt(assignment, 80), diag.Excerpt(value, 80))}
	if percent, is := strings.CutSuffix(value, "%"); is {
		if v, err := strconv.ParseFloat(strings.TrimSpace(percent), 64); err == nil {
			p.Hint = "write " + strconv.FormatFloat(v/100, 'g', 12, 64) + ", where it is of unit 1"
		}
	}
	probs.Add(p)
}

// notComputed is the problem of a lever that is given a number and is not among those that are computed.
func (s *Study) notComputed(lever string, list []*levers.Lever) diag.Problem {
	known := levers.ShortNames()
	if slices.Contains(known, lever) {
		return diag.Problem{Code: diag.UnknownName, Message: lever + " is not among the levers that are computed", Hint: "write --levers " + lever}
	}
	for _, l := range list {
		known = append(known, l.Name)
	}
	p := diag.Problem{Code: diag.UnknownName, Message: fmt.Sprintf("there is no lever %q among those that are computed, and none is embedded", diag.Excerpt(lever, 80)), Hint: "the lever of a file is named with --levers FILE"}
	if near := diag.Nearest(lever, known); near != "" {
		p.Hint = "did you mean " + near + "?"
	}
	return p
}

// give has the study give a number.
func (s *Study) give(lever, parameter, value string, probs *diag.List) {
	root := document.Parse("the command line", []byte(fmt.Sprintf("%q: {%q: {value: %q, source: given on the command line}}", lever, parameter, value)), probs)
	if root == nil || root.Kind != document.Map {
		return
	}
	for i := range root.Fields {
		f := &root.Fields[i]
		if was := s.given.Get(f.Key); was != nil {
			f.Value.Fields = append(f.Value.Fields, was.Without(parameter).Fields...)
		}
	}
	if s.given != nil {
		root.Fields = append(root.Fields, s.given.Without(lever).Fields...)
	}
	s.given = root
}

// checkGiven refuses numbers that no lever takes. own are the levers that the study names, also are others that are computed, both of which tell themselves what they do not take. Where the study names none, it may give numbers of
// embedded levers, for whoever computes them.
func (s *Study) checkGiven(own, also []*levers.Lever, probs *diag.List) {
	if s.given == nil {
		return
	}
	var named []string
	for _, l := range slices.Concat(own, also) {
		named = append(named, l.Name)
	}
	embedded := levers.ShortNames()
	for _, f := range s.given.Fields {
		switch {
		case slices.Contains(named, f.Key):
		case !slices.Contains(embedded, f.Key):
			p := s.given.ProblemAt(f.Place, diag.UnknownName, "there is no lever %q", diag.Excerpt(f.Key, 80))
			if near := diag.Nearest(f.Key, slices.Concat(named, embedded)); near != "" {
				p.Hint = "did you mean " + near + "?"
			}
			probs.Add(p)
		case len(s.Levers) > 0:
			p := s.given.ProblemAt(f.Place, diag.UnusedName, "the study gives numbers of %s, which is none of its levers", f.Key)
			p.Hint = "name it under levers: " + levers.Newest(f.Key)
			probs.Add(p)
		default:
			if l := levers.Embedded(f.Key, probs); l != nil {
				l.Giving(f.Value, probs)
			}
		}
	}
}

// whyAsked is why a number is left to the study.
const whyAsked = "no source says it: it is the choice of whoever acts, or a fact of their own"

// unanswered is the problem of a lever that the study names without the numbers that are left to it.
func (s *Study) unanswered(l *levers.Lever, lacking []string) diag.Problem {
	p := s.at("levers").Problem(diag.MissingKey, "%s leaves %s to the study, which does not give it", l.Ref(), strings.Join(lacking, ", "))
	p.Why = whyAsked
	p.Hint = fmt.Sprintf("lever_parameters: {%s: {%s: {value: ..., source: ...}}}", l.Name, lacking[0])
	return p
}

// notGiven refuses levers without the numbers that are left to the study, where it is no choice of the program to compute them.
func (s *Study) notGiven(list []*levers.Lever, probs *diag.List) {
	for _, l := range list {
		if lacking := l.Lacking(); len(lacking) > 0 {
			p := l.Problem(diag.MissingKey, "%s was not computed: it leaves %s to the study, which does not give it", l.Ref(), strings.Join(lacking, ", "))
			p.Why = whyAsked
			p.Hint = fmt.Sprintf("--give %s.%s=VALUE, or lever_parameters in the study", l.Name, lacking[0])
			probs.Add(p)
		}
	}
}
