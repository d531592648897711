package study

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// formsMethod has rules of every form: without normal form, with a formula of parameters alone, divided by what is uncertain, with several terms of which
// some are of one product, with something subtracted, with choices in it.
const formsMethod = `
method: forms
version: "1"
status: draft
date: "2025-06-01"
title: Rules of every form
categories: [climate_change]
classes: {row: quality}
parameters:
  idle: {value: 0.3, unit: kW, distribution: "uniform(0.2, 0.4)", source: made up}
  slope: {value: 0.02, unit: "1", distribution: "uniform(0.01, 0.03)", source: made up}
  most: {value: 7, unit: "1", distribution: "uniform(6, 8)", source: made up}
  share: {value: 30, unit: "%", distribution: "uniform(20, 40)", source: made up}
kinds:
  deployments:
    quantities:
      hours: {unit: h, tiers: [{expr: device_hours}, {class: defaulted, expr: 'q(3, "h")'}]}
      used: {unit: kWh, tiers: [{when: 'energy > q(5, "kWh")', expr: energy}, {expr: hours * idle + hours * idle * share}]}
    functional_units:
      - {name: hour, unit: h, count: hours}
    impacts:
      - {name: bent, perspective: service, stage: inference, category: final_energy, value: 'max(used, idle * hours)'}
      - {name: derived, perspective: service, stage: inference, category: final_energy, value: 'hours * idle * exp(slope * most)'}
      - {name: divided, perspective: service, stage: inference, category: final_energy, value: 'used / most / most'}
      - {name: several, perspective: service, stage: training, category: final_energy, value: 'used + energy - 0.1 * hours * idle'}
      - {name: plain, perspective: service, stage: training, category: final_energy, value: 'min(energy ?? q(1, "kWh"), q(900, "kWh")) / 3'}
      - {name: chosen, perspective: service, stage: training, category: final_energy, value: 'batch > 8 ? used * share : used'}
      - {name: as_if, perspective: service, stage: inference, category: final_energy, value: used * 2, share_of: option}
      - {name: given_back, perspective: service, stage: end_of_life, category: final_energy, value: used * 3, share_of: credit}
`

// Rules of every form come apart, and every tree to its cell.
func TestTreesOfRulesOfEveryForm(t *testing.T) {
	rows := randomLog(300)
	for i, row := range rows {
		if row["energy"] == nil {
			row["energy"], row["energy_boundary"], row["energy_basis"] = 1+float64(i)/7, "it", "metered"
		}
		row["batch"] = float64(1 + i%16)
	}
	fields := logColumns(rows)
	s := withMethod(t, studyOfLog(t, "", logFiles(t, fields, rows, 1, 70)...), formsMethod)
	s.GroupBy = []string{"model"}
	f := figuresOf(t, s, Options{Jobs: 2})
	var all []lca.Impact
	if err := f.Each(func(row *lca.Impact) error { all = append(all, *row); return nil }); err != nil {
		t.Fatal(err)
	}
	rules, kinds := map[string]int{}, map[trace.Kind]int{}
	negative := false
	for i := range all {
		tree, read := traced(t, f, Query{Selection: exactly(&all[i]), Top: 3})
		comesTo(t, exactly(&all[i]), read, all[i].Value)
		var look func(n *trace.Node)
		look = func(n *trace.Node) {
			kinds[n.Kind]++
			if n.Kind == trace.Contribution {
				rules[n.Label]++
			}
			negative = negative || n.Exponent < 0
			for _, list := range [][]*trace.Node{n.Children, n.Explained} {
				for _, c := range list {
					look(c)
				}
			}
		}
		look(tree.Figure)
	}
	for _, name := range []string{"bent", "derived", "divided", "several", "plain", "chosen", "as_if", "given_back"} {
		if rules["rule deployments/"+name] == 0 {
			t.Errorf("no tree has the rule %s: %v", name, rules)
		}
	}
	for _, k := range []trace.Kind{trace.Uncertain, trace.Rest, trace.Share, trace.Parameter, trace.Conversion, trace.Operation} {
		if kinds[k] == 0 {
			t.Errorf("no tree has a node of the kind %s: %v", k, kinds)
		}
	}
	if !negative {
		t.Error("nothing is divided by")
	}

	// Options and credits are not added to the total.
	_, err := f.Trace(context.Background(), Query{Selection: []string{"large", "location", "year=2023"}, Category: "final_energy"})
	if err == nil || !strings.Contains(err.Error(), "choose one: share_of=total, share_of=option, share_of=credit") {
		t.Errorf("%v", err)
	}
	_, err = f.Trace(context.Background(), Query{Selection: []string{"location", "year=2023", "share_of=option"}, Category: "final_energy"})
	if err == nil || !strings.Contains(err.Error(), "rows of the share_of option, which are not added") || diag.Exit(err) != 2 {
		t.Errorf("%v", err)
	}
}

// What other runs have read stands in the rest of the rows.
func TestRowsOfOtherRunsAreInTheRest(t *testing.T) {
	dir, _ := halfLog(t)
	s, o, err := loadLog(t, dir, "deployments: b.parquet", "first/log/amounts.parquet", "out")
	if err != nil {
		t.Fatal(err)
	}
	f := figuresOf(t, s, o)
	var first *lca.Impact
	if err := f.Each(func(row *lca.Impact) error {
		if first == nil && row.Value > 0 {
			one := *row
			first = &one
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	tree, read := traced(t, f, Query{Selection: exactly(first), Top: 1000})
	comesTo(t, exactly(first), read, first.Value)
	found := false
	var look func(n *trace.Node)
	look = func(n *trace.Node) {
		found = found || n.Kind == trace.Rest && strings.Contains(n.Has("of amounts tables"), "that other runs have read")
		for _, c := range n.Children {
			look(c)
		}
	}
	look(tree.Figure)
	if !found {
		t.Errorf("nothing is said of rows of %s", filepath.Join(dir, "a"))
	}
}

// Whatever a selection says, it is answered or refused with a hint, and an answer comes to what its selection adds up to.
func FuzzSelection(f *testing.F) {
	for _, words := range []string{"large/inference location", "large market year=2023", "model=", "=x", "/", "a/b/c", "item=d00001", "stage=training category=final_energy", "year=2023 year=2023", "\x00", "quality=measured location share_of=total"} {
		f.Add(words)
	}
	rows := randomLog(60)
	s := studyOfLog(f, "", logFiles(f, logColumns(rows), rows, 1, 60)...)
	figures := figuresOf(f, s, Options{Jobs: 1})
	r := rand.New(rand.NewPCG(1, 1))
	f.Fuzz(func(t *testing.T, words string) {
		q := Query{Selection: strings.Split(words, " "), Top: 1 + r.IntN(4)}
		tree, err := figures.Trace(context.Background(), q)
		switch {
		case err != nil && diag.Exit(err) != 2:
			t.Errorf("%q: %v", words, err)
		case err == nil && tree.Check() != nil:
			t.Errorf("%q: %v", words, tree.Check())
		}
	})
}

// A study of amounts alone reads no rows: they all stand in the rest.
func TestAStudyOfAmountsAloneHasNoRowsToShow(t *testing.T) {
	dir, _ := halfLog(t)
	s, o, err := loadLog(t, dir, "", "first/log/amounts.parquet", "out")
	if err != nil {
		t.Fatal(err)
	}
	f := figuresOf(t, s, o)
	var rows []lca.Impact
	if err := f.Each(func(row *lca.Impact) error { rows = append(rows, *row); return nil }); err != nil {
		t.Fatal(err)
	}
	for i := range rows[:20] {
		tree, read := traced(t, f, Query{Selection: exactly(&rows[i])})
		comesTo(t, exactly(&rows[i]), read, rows[i].Value)
		var look func(n *trace.Node)
		look = func(n *trace.Node) {
			if n.Kind == trace.Row {
				t.Errorf("%s is shown, and was not read", n.Label)
			}
			for _, c := range n.Children {
				look(c)
			}
		}
		look(tree.Figure)
	}
}
