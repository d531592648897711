package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/published"
)

// testPublished runs published cases, those of the program where none is named, and lists what came of each number.
func (a *app) testPublished(cmd *cobra.Command, refs []string, format, write string) error {
	if len(refs) == 0 {
		refs = published.Names()
	}
	var probs, failures diag.List
	l := &listing{columns: []string{"case", "id", "what", "published", "computed", "off", "tolerance", "result", "class", "method", "source", "note"}}
	ids := map[string]string{}
	var cases []*study.Case
	for _, ref := range refs {
		c := study.LoadCase(ref, &probs)
		if c == nil {
			continue
		}
		for i := range c.Expect {
			e := &c.Expect[i]
			if other, twice := ids[e.ID]; twice && other != c.Name {
				probs.Add(e.At.Get("id").Problem(diag.DuplicateName, "an expectation of the case %s is called %s, too", other, e.ID))
			}
			ids[e.ID] = c.Name
		}
		cases = append(cases, c)
	}
	counts := map[string]int{}
	numbers := 0
	for _, c := range cases {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		results, err := c.Run(cmd.Context(), study.CaseOptions{Write: write}, &failures)
		if err != nil {
			var invalid *diag.Invalid
			if !errors.As(err, &invalid) {
				return err
			}
			probs.AddError(err, diag.BadValue, diag.Place{})
			continue
		}
		for _, r := range results {
			numbers++
			counts[r.Tally()]++
			l.add(r.Case, r.ID, r.What, r.Published, r.Computed, r.Off, r.Tolerance, r.Result, r.Class, r.Method, r.Source, r.Note)
		}
	}
	if err := probs.Err(); err != nil {
		probs.Merge(&failures)
		return a.refusal(&probs, format)
	}
	if err := l.writeLong(a.stdout, format, []string{"case", "id", "what", "published", "computed", "off", "tolerance", "result", "class", "source"}, "source"); err != nil {
		return err
	}
	told := plural(len(cases), "case") + ", " + plural(numbers, "number")
	for _, word := range published.Tallies {
		if n := counts[word]; n > 0 {
			told += fmt.Sprintf(", %d %s", n, word)
		}
	}
	a.printProblems(&failures)
	a.tell(told)
	if write != "" {
		a.tell("written to " + write + ": ailca run " + write + "/CASE/study.yaml runs one")
	}
	if err := failures.Err(); err != nil {
		return printed(err)
	}
	return nil
}
