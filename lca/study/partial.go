package study

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/engine"
)

// partial is an amounts table of another run, to be added to the study's own amounts: part of an inventory that another machine has scanned.
type partial struct {
	at    *document.Node // where the study names it
	name  string         // as messages show it
	file  *parquet.File
	basis amountsBasis
	part  amountsPart
}

// openPartials opens the amounts tables that the study names.
func (p *plan) openPartials(ctx context.Context, probs *diag.List) {
	for i, name := range p.study.Amounts {
		at := p.study.at("amounts").Items[i]
		if at.Kind != document.Scalar {
			continue // which is told
		}
		in, err := p.study.open(ctx, name)
		if err != nil {
			probs.Add(at.Problem(diag.MissingFile, "the amounts table %s: %s", name, cause(err)))
			continue
		}
		in.kind = "amounts"
		p.inputs = append(p.inputs, in)
		x := &partial{at: at, name: filepath.ToSlash(p.study.resolve(name))}
		if x.file, err = parquet.Open(x.name, in.r, in.size); err != nil {
			probs.AddError(err, diag.BadParquet, diag.Place{File: x.name})
			continue
		}
		if what := x.metadata(); what != "" {
			y := at.Problem(diag.BadValue, "%s is no amounts table of this version: %s", name, what)
			y.Hint = "write one by ailca run STUDY --amounts"
			probs.Add(y)
			continue
		}
		p.partials = append(p.partials, x)
	}
	p.kindsOfPartials(probs)
}

// metadata reads what the table says of itself, and says what is wrong with that.
func (x *partial) metadata() string {
	format, ok := x.file.Lookup(parquet.FormatKey)
	if table, is := x.file.Lookup("ailca.table"); !ok || !is || table != "amounts" || format != fmt.Sprint(lca.AmountsFormat) {
		return "its metadata does not say so"
	}
	for _, m := range []struct {
		key  string
		into any
	}{{amountsBasisKey, &x.basis}, {amountsPartKey, &x.part}} {
		text, ok := x.file.Lookup(m.key)
		if !ok || json.Unmarshal([]byte(text), m.into) != nil {
			return "its metadata lacks " + m.key
		}
	}
	return ""
}

// kindsOfPartials adds kinds of which the study itself has no file.
func (p *plan) kindsOfPartials(probs *diag.List) {
	for _, kind := range datasets.Kinds() {
		if p.tables[kind.Name] != nil || !kind.Activity || !slices.ContainsFunc(p.partials, func(x *partial) bool { _, has := x.part.Counts[kind.Name]; return has }) {
			continue
		}
		if inv := datasets.OpenInventory(kind, nil, probs); inv != nil {
			p.tables[kind.Name] = inv
			p.kinds = append(p.kinds, &kindPlan{kind: kind, inventory: inv})
		}
	}
	slices.SortStableFunc(p.kinds, func(a, b *kindPlan) int {
		return slices.IndexFunc(datasets.Kinds(), func(k *datasets.Kind) bool { return k == a.kind }) - slices.IndexFunc(datasets.Kinds(), func(k *datasets.Kind) bool { return k == b.kind })
	})
}

// matchPartials refuses amounts that do not mean the same as the study's own, and rows that would count twice.
func (p *plan) matchPartials(ctx context.Context, probs *diag.List) error {
	if len(p.partials) == 0 {
		return nil
	}
	var own []FileRecord
	for i := range p.inputs {
		in := &p.inputs[i]
		if in.kind == "amounts" {
			continue
		}
		sum, err := in.sha256(ctx)
		if err != nil {
			return err
		}
		own = append(own, FileRecord{Kind: in.kind, Path: in.name, SHA256: sum})
	}
	want := p.basis(own)
	counted := map[string]string{}
	for _, d := range own {
		counted[d.Kind+d.SHA256] = d.Path
	}
	for _, x := range p.partials {
		if what := want.differs(&x.basis); what != "" {
			y := x.at.Problem(diag.BadValue, "the amounts of %s cannot be added: %s", x.name, what)
			y.Why = "amounts add up where rules, factors, groups and filters are the same"
			probs.Add(y)
		}
		if p.spread && !x.part.Spread {
			y := x.at.Problem(diag.BadValue, "the amounts of %s cannot be added: the table does not hold their squares and the largest of them", x.name)
			y.Why = "errors that are independent from row to row depend on how many rows a sum has and how large each is"
			y.Hint = "write the table anew by ailca run STUDY --amounts, of a study that asks for draws as this one does"
			probs.Add(y)
		}
		for _, d := range x.part.Inputs {
			if before, twice := counted[d.Kind+d.SHA256]; twice {
				probs.Add(x.at.Problem(diag.DuplicateID, "%s holds the amounts of %s, which %s has already: every row would count twice", x.name, d.Path, before))
			}
			counted[d.Kind+d.SHA256] = x.name
		}
	}
	return nil
}

// differs says in what another basis is another one; empty where in nothing.
func (b *amountsBasis) differs(o *amountsBasis) string {
	for _, c := range []struct {
		what string
		x, y any
	}{{"the version of results", b.ResultsVersion, o.ResultsVersion}, {"the method", b.Method, o.Method}, {"the factor pack", b.Pack, o.Pack}, {"group_by", b.GroupBy, o.GroupBy},
		{"where", b.Where, o.Where}, {"the tables that rows refer to", b.Catalogues, o.Catalogues},
		{"the split of amounts", commonSplit(b.Split, o.Split), commonSplit(o.Split, b.Split)}} {
		if x, y := jsonText(c.x), jsonText(c.y); x != y {
			return fmt.Sprintf("%s is not that of the study (%s, here %s)", c.what, y, x)
		}
	}
	return ""
}

// commonSplit is what splits amounts of those kinds that another has, too; all of it where the other has none.
func commonSplit(split, other map[string][]string) map[string][]string {
	if other == nil || split == nil {
		return split
	}
	out := map[string][]string{}
	for kind, columns := range split {
		if _, both := other[kind]; both {
			out[kind] = columns
		}
	}
	return out
}

// addPartials adds the amounts of other runs to those of the scan.
func (p *plan) addPartials(ctx context.Context, scan *engine.Result, run *runState) error {
	for _, x := range p.partials {
		for _, k := range p.kinds {
			if err := x.checkCounts(k); err != nil {
				return err
			}
		}
		r := partialReader{p: p, x: x, space: run.space, memory: amountsMemory(run.options.Memory) / len(p.partials), scratch: run.options.Scratch, cells: map[string]*amounts.Cells{}, groups: map[string]map[string]int32{}, offset: map[string]int{},
			lookups: map[string]int32{}, monomials: map[string]int32{}}
		for _, k := range p.kinds {
			r.offset[k.kind.Name] = len(k.files())
		}
		for _, d := range x.part.Inputs {
			for _, k := range p.kinds {
				if k.kind.Name == d.Kind {
					k.others = append(k.others, x.name+": "+d.Path)
				}
			}
		}
		if err := r.read(ctx); err != nil {
			for _, cells := range r.cells {
				cells.Close()
			}
			return err
		}
		for i, k := range p.kinds {
			counts, has := x.part.Counts[k.kind.Name]
			if !has {
				continue // nor has it cells
			}
			cells := r.cells[k.kind.Name]
			if cells == nil {
				cells = &amounts.Cells{}
			}
			scan.Add(i, cells, &counts)
		}
	}
	return nil
}

// checkCounts refuses counts of a kind's rows that no run writes.
func (x *partial) checkCounts(k *kindPlan) error {
	c, has := x.part.Counts[k.kind.Name]
	if !has {
		return nil
	}
	if n, q := len(c.Grades), len(k.program.Quantities()); n != q || len(c.Tiers) != q {
		return x.damaged(0, "", "it counts %d quantities of %s, the method has %d", n, k.kind.Name, q)
	}
	odd := c.NoPeriod != 0 // a run with such rows has no result
	count := func(rows []int64) {
		odd = odd || slices.ContainsFunc(rows, func(n int64) bool { return n < 0 || n > maxRows })
	}
	count(c.Rows[:])
	for q := range c.Grades {
		for s := range c.Grades[q] {
			count(c.Grades[q][s][:])
		}
		for t := range c.Tiers[q] {
			count(c.Tiers[q][t][:])
		}
		odd = odd || len(c.Tiers[q]) > max(1, len(k.program.Tiers(q)))
	}
	if odd {
		return x.damaged(0, "", "its counts of the rows of %s are none of a run", k.kind.Name)
	}
	return nil
}

// maxRows is more than any run has, and few enough that those of many runs can be added.
const maxRows = 1 << 48

func (x *partial) damaged(row int64, column, format string, args ...any) error {
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.BadValue, Place: diag.Place{File: x.name, Row: row, Column: column}, Message: "the amounts table is damaged: " + fmt.Sprintf(format, args...)})
	return probs.Err()
}
