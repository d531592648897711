package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/rules"
)

// explainPlan prints what a run of a study would read and do.
func (a *app) explainPlan(ctx context.Context, s *study.Study, format string) error {
	if format == "csv" {
		return &usageError{message: "--explain-plan prints no csv", hint: "--format table, or --format json"}
	}
	o := study.Options{Jobs: a.settings.Jobs, Memory: a.limitMemory()}
	if o.Jobs == 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	var probs diag.List
	x, err := study.Explain(ctx, s, o, &probs)
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return err
	}
	a.printProblems(&probs)
	var b bytes.Buffer
	if format == "json" {
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(x); err != nil {
			return err
		}
	} else {
		b.WriteString(planText(x))
	}
	_, err = a.stdout.Write(b.Bytes())
	return err
}

func planText(x *study.Explanation) string {
	p := &page{}
	p.line(0, "%s: %s, %s, year %d", x.Study, x.Method, x.Pack, x.Year)
	for i := range x.Inventories {
		inventoryText(p, &x.Inventories[i])
	}
	for _, t := range x.Tables {
		p.title("table " + t.Kind)
		p.line(1, "%s in %s, %s; held in memory", plural(t.Rows, "row"), plural(len(t.Files), "file"), size(t.Bytes))
	}
	p.title("memory")
	workers := strconv.Itoa(x.Workers.Used)
	if x.Workers.Used < x.Workers.Asked {
		workers += fmt.Sprintf(" of %d: one for each row group", x.Workers.Asked)
	}
	p.prose(1, "workers:", workers)
	p.prose(1, "readers:", "about "+size(x.Memory.Readers)+" with pages of at most 1 MiB, and the distinct texts of their row groups")
	p.prose(1, "amounts:", "about "+size(x.Memory.Amounts)+" at most; what is more goes to files in the system's temporary folder")
	p.prose(1, "results:", "about "+size(x.Memory.Rows)+" at most for the rows of impacts, and as much for those of intensities; likewise")
	p.prose(1, "setting:", size(x.Memory.Setting)+" for the run (--memory)")
	p.WriteByte('\n')
	for _, note := range planNotes {
		p.prose(0, "", note)
	}
	return p.String()
}

// planNotes explain the words of a plan.
var planNotes = []string{
	"Nothing was scanned: rows and sizes are from the files' own descriptions. A run checks the values of all columns in the same reading, and reads each file once more for its digest.",
	"Pattern: rows that have the columns named in common take the same ways to the same cells, so the rules are applied to one of them; only its numbers differ. Rows that cover several years, rows that come to where numbers decide, and those beyond some 30,000 patterns are added row by row, with the same result.",
	"Normal form (=): the coefficient of the row (·), then what it is multiplied (×) and divided (/) by, found per group after the scan. Without one (!), the amount is computed at the point values of what is uncertain; draws multiply a normal form, and compute the rows of a rule without one anew. Quantities stand by their names; ailca methods show opens them up.",
}

func inventoryText(p *page, inv *study.InventoryPlan) {
	p.title("inventory " + inv.Kind)
	p.line(1, "%s in %s of %s, %s", plural(inv.Rows, "row"), plural(inv.RowGroups, "row group"), plural(len(inv.Files), "file"), size(inv.Bytes))
	var read, sized, absent []string
	var stored int64
	for _, c := range inv.Columns {
		if c.Present {
			read, sized = append(read, c.Name), append(sized, c.Name+" ("+size(c.Bytes)+")")
			stored += c.Bytes
		} else {
			absent = append(absent, c.Name)
		}
	}
	p.prose(1, fmt.Sprintf("scans %d of %d columns, %s:", len(read), inv.Has, size(stored)), strings.Join(sized, ", "))
	p.prose(1, "asked for, but in no file:", strings.Join(absent, ", "))
	p.prose(1, "where:", inv.Where)
	if inv.Where != "" {
		p.line(2, "by the bounds in the files it rules out %d of %s, which are not read", inv.RuledOut, plural(inv.RowGroups, "row group"))
	}
	p.prose(1, "kept apart by:", orNothing(strings.Join(inv.Groups, ", ")))
	addingText(p, &inv.Adding, read)
	if len(inv.Rules)+len(inv.Units) == 0 {
		p.line(1, "the method has no rules for it: its rows are only counted")
	}
	for i := range inv.Rules {
		ruleText(p, &inv.Rules[i])
	}
	if len(inv.Redrawn) > 0 {
		p.prose(1, "redrawn:", fmt.Sprintf("%s; from at most %s of the inventory, a sample where there are more", strings.Join(inv.Redrawn, ", "), plural(inv.RedrawnOf, "row")))
	}
	for _, u := range inv.Units {
		p.line(1, "functional unit %s %s, compared within %s", u.Name, bracketed(u.Unit), orNothing(strings.Join(u.Class, ", ")))
		normal(p, 2, u.Normal, u.Why)
	}
}

// addingText says how rows come to their amounts. Columns that no file has tell no rows apart.
func addingText(p *page, a *study.AddingPlan, present []string) {
	if !a.ByPattern {
		p.prose(1, "added row by row:", "dates of their own have "+strings.Join(a.Dated, ", "))
		return
	}
	var common []string
	for _, c := range []struct {
		what  string
		names []string
	}{{"what stands in ", a.Words}, {"whether there is a value in ", a.Presences}} {
		names := slices.DeleteFunc(slices.Clone(c.names), func(name string) bool { return !slices.Contains(present, name) })
		if len(names) > 0 {
			common = append(common, c.what+strings.Join(names, ", "))
		}
	}
	if a.Year {
		common = append(common, "the calendar year")
	}
	p.prose(1, "added by pattern:", orNothing(strings.Join(common, "; ")))
	p.prose(1, "numbers decide:", strings.Join(a.ByNumbers, ", "))
}

func ruleText(p *page, r *rules.ImpactText) {
	p.line(1, "rule %s: %s, %s; summed in %s", r.Name, r.Perspective, r.Stage, r.Unit)
	if r.When != "" {
		p.line(2, "when: %s", r.When)
	}
	normal(p, 2, r.Normal, r.Why)
	if r.Factor != "" && r.Normal == "" { // else the normal form ends in it
		p.line(2, "factor: %s", r.Factor)
	}
	if r.Unless != "" {
		p.line(2, "unless: %s", r.Unless)
	}
	uncertain(p, r)
}
