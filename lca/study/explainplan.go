package study

import (
	"context"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Explanation is what a run of a study would read and do.
type Explanation struct {
	Study       string          `json:"study"`
	Method      string          `json:"method"`
	Pack        string          `json:"factor_pack"`
	Year        int             `json:"year"`
	GroupBy     []string        `json:"group_by"`
	Inventories []InventoryPlan `json:"inventories"` // that are scanned
	Tables      []FilesPlan     `json:"tables"`      // that are held in memory, for other inventories refer to their rows
	Workers     WorkerPlan      `json:"workers"`
	Memory      MemoryPlan      `json:"memory"`
}

// FilesPlan is the files of an inventory.
type FilesPlan struct {
	Kind  string   `json:"kind"`
	Files []string `json:"files"`
	Rows  int64    `json:"rows"`
	Bytes int64    `json:"bytes"` // of the files
}

// InventoryPlan is what becomes of an inventory of activities.
type InventoryPlan struct {
	FilesPlan
	RowGroups int          `json:"row_groups"` // with rows: what one worker reads at a time
	Columns   []ColumnPlan `json:"columns"`    // that the scan reads
	Has       int          `json:"columns_in_files"`
	Where     string       `json:"where,omitempty"`      // the study's filter: rows of which it is not true count nowhere
	RuledOut  int          `json:"row_groups_ruled_out"` // that are not read: by the bounds in the files, the filter is true of no row of theirs
	Adding    AddingPlan   `json:"adding"`
	Groups    []string     `json:"groups"`                 // columns that cells are kept apart by
	Redrawn   []string     `json:"redrawn,omitempty"`      // rules without normal form: draws compute their rows anew
	RedrawnOf int          `json:"redrawn_rows,omitempty"` // from at most so many rows, a sample where there are more

	Rules []rules.ImpactText `json:"rules"`
	Units []rules.UnitText   `json:"functional_units"`
}

// ColumnPlan is a column that the scan reads.
type ColumnPlan struct {
	Name    string `json:"name"`
	Present bool   `json:"present"` // false: no file has it, every row lacks a value
	Bytes   int64  `json:"bytes"`   // as it is stored, compressed
}

// AddingPlan says how rows come to their amounts. Rows of one pattern have in common the words in some columns, which of others have a value, and the
// calendar year: the rules are applied to one of them.
type AddingPlan struct {
	ByPattern bool     `json:"by_pattern"` // false: the rules are applied to each row
	Words     []string `json:"by_word"`
	Presences []string `json:"by_presence"`
	Year      bool     `json:"by_year"`
	Dated     []string `json:"dated,omitempty"` // rules with dates of their own, for which there are no patterns
	ByNumbers []string `json:"by_number"`       // what a row's numbers may decide: rows that come to it are added one by one
}

// WorkerPlan is how many workers read at the same time.
type WorkerPlan struct {
	Asked int `json:"asked"`
	Used  int `json:"used"` // no more than there are row groups
}

// MemoryPlan is about how much memory the parts of a run take.
type MemoryPlan struct {
	Setting int64 `json:"setting_bytes"` // 0: no bound
	Readers int64 `json:"readers_bytes"` // about, of all workers, with pages of the usual size; distinct texts come on top
	Amounts int64 `json:"amounts_bytes"` // about, beyond which amounts go to scratch files; 0: no bound
	Rows    int64 `json:"rows_bytes"`    // likewise, of the rows of one of two result tables, impacts and intensities
}

// usualPage is the size of pages that writers aim at.
const usualPage = 1 << 20

// Explain opens and compiles a study and tells what a run would do. Nothing is scanned or written, and no values are checked but those of the tables that
// inventories refer to. Problems go to probs; the explanation is nil where there are errors.
func Explain(ctx context.Context, s *Study, o Options, probs *diag.List) (*Explanation, error) {
	p, err := s.compiled(ctx, o.Jobs, probs)
	defer p.close()
	if err != nil || probs.Count(diag.Error) > 0 {
		return nil, err
	}
	x := &Explanation{Study: s.Name, Method: p.method.Ref(), Pack: p.pack.Ref(), Year: s.Year, GroupBy: append([]string{}, s.GroupBy...), Tables: []FilesPlan{}}
	var programs []*rules.Program
	for _, k := range p.kinds {
		programs = append(programs, k.program)
	}
	texts := rules.Describe(p.method, programs, p).Kinds
	var parts int
	var reader int64 // of one worker
	for i, inv := range p.inventories(&runState{}) {
		x.Inventories = append(x.Inventories, p.explainInventory(p.kinds[i], &inv, &texts[i]))
		parts += inv.Source.Parts()
		reader = max(reader, readerMemory(&x.Inventories[i]))
	}
	for _, kind := range datasets.Kinds() {
		if inv := p.tables[kind.Name]; inv != nil && !kind.Activity {
			x.Tables = append(x.Tables, p.files(kind.Name))
		}
	}
	x.Workers = WorkerPlan{Asked: o.Jobs, Used: max(1, min(o.Jobs, parts))}
	x.Memory = MemoryPlan{Setting: o.Memory, Readers: int64(x.Workers.Used) * reader, Amounts: int64(amountsMemory(o.Memory)), Rows: rowsMemory(o.Memory)}
	return x, nil
}

// readerMemory is about what reading an inventory takes. All columns are read at the same time, for values are checked whether a rule reads them or not: of
// each a page as it is stored, one decompressed, and a batch.
func readerMemory(inv *InventoryPlan) int64 {
	return int64(inv.Has) * (2*min(usualPage, inv.Bytes) + 8*min(column.BatchRows, inv.Rows))
}

func (p *plan) explainInventory(k *kindPlan, inv *engine.Inventory, text *rules.KindDescription) InventoryPlan {
	scan := inv.Plan()
	out := InventoryPlan{FilesPlan: p.files(k.kind.Name), RowGroups: inv.Source.Parts(), Columns: []ColumnPlan{}, Groups: []string{}, Rules: text.Impacts, Units: text.FunctionalUnits,
		Adding: AddingPlan{ByPattern: scan.ByPattern, Words: append([]string{}, scan.Words...), Presences: append([]string{}, scan.Presences...), Year: scan.Year, Dated: scan.Dated,
			ByNumbers: append([]string{}, k.program.ByNumbers()...)}}
	for _, name := range scan.Columns {
		c := ColumnPlan{Name: name, Present: k.inventory.Has(name)}
		for part := range k.inventory.Parts() {
			c.Bytes += k.inventory.Bytes(part, []string{name})
		}
		out.Columns = append(out.Columns, c)
	}
	for _, c := range k.kind.Columns {
		if k.inventory.Has(c.Name) {
			out.Has++
		}
	}
	if where := p.study.Where[k.kind.Name]; where != nil {
		out.Where = strings.Join(strings.Fields(where.Text), " ")
		k.ruleOut()
		for _, ruledOut := range k.ruledOut {
			if ruledOut {
				out.RuledOut++
			}
		}
	}
	if p.study.Sampling.Draws > 0 {
		redrawn := p.redrawn()
		for i := range k.program.Flows {
			if redrawn[k.first+i] {
				out.Redrawn, out.RedrawnOf = append(out.Redrawn, k.program.Flows[i].Name), p.mostRows(k, redrawn)
			}
		}
	}
	keys := inv.Groups
	if inv.Merge != nil {
		keys = slices.Concat(keys, inv.Merge.Columns)
	}
	for _, g := range keys {
		if g != "" && !slices.Contains(out.Groups, g) {
			out.Groups = append(out.Groups, g)
		}
	}
	return out
}

// files tells of a kind's files.
func (p *plan) files(kind string) FilesPlan {
	out := FilesPlan{Kind: kind, Files: p.names[kind], Rows: p.tables[kind].TotalRows()}
	for _, in := range p.inputs {
		if in.kind == kind {
			out.Bytes += in.size
		}
	}
	return out
}
