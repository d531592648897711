package study

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules"
)

// maxStatements bounds the rows that state what is shared out, all of which are held.
const maxStatements = 100_000

// sharingProgram is what rows of a kind say for its sharing out.
type sharingProgram struct {
	program  *rules.Program
	counts   []string // columns that counts depend on: without a value in any of them nothing is shared out
	reads    []string // columns of which any makes a row a statement
	lineages []string // of each of the method's list, "" for none
}

// newSharing compiles what a kind's rows say; nil where the method shares nothing of them out.
func (p *plan) newSharing(schema *rules.Schema, where string, probs *diag.List) *sharingProgram {
	program, counts, keys := rules.CompileShares(p.method, schema, p, p.study.Where[where], probs)
	if program == nil {
		return nil
	}
	s := &sharingProgram{program: program, counts: counts, reads: slices.Concat(counts, keys)}
	for _, share := range p.method.Shares(schema.Kind) {
		s.lineages = append(s.lineages, share.Lineage)
		if share.Lineage != "" {
			s.reads = append(s.reads, share.Lineage)
		}
	}
	slices.Sort(s.reads)
	s.reads = slices.Compact(s.reads)
	return s
}

// said is a number that a row states, with its quality class.
type said struct {
	value float64
	class int
}

// statement is what a row says for the sharing out of its kind.
type statement struct {
	id, model string
	file      int
	row       int64
	inTotal   bool
	counts    []*said  // of each of the method's list; nil where the row says nothing
	keys      []*said  // likewise
	parents   []string // likewise: id of the row that is continued, or ""
}

func (x *statement) at(k *kindPlan, column string) diag.Place {
	return diag.Place{File: k.files()[x.file], Row: x.row, Column: column}
}

func (x *statement) place(k *kindPlan) string {
	return fmt.Sprintf("%s row %d", k.files()[x.file], x.row)
}

// quoted is a name in a message.
func quoted(name string) string { return strconv.Quote(diag.Excerpt(name, 80)) }

// statements are those of a kind's rows.
type statements struct {
	list    []*statement      // in an order that does not depend on that of the rows
	parents map[string]string // model of each row that is continued, by its id
	rows    int64
}

// models names those among whom burdens are shared, sorted.
func (st *statements) models() []string {
	names := map[string]bool{}
	for _, x := range st.list {
		names[x.model] = true
		for _, parent := range x.parents {
			if of, known := st.parents[parent]; known && parent != "" {
				names[of] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// statesCounts reports whether some row states a count.
func (k *kindPlan) statesCounts() bool {
	return slices.ContainsFunc(k.sharing.counts, func(c string) bool { return anyValue(k.inventory, c) })
}

// statements reads the rows that state something, save those that the study filters out, and finds the models that they continue.
func (k *kindPlan) statements(ctx context.Context, space *amounts.Space, p *plan) (*statements, error) {
	st := &statements{parents: map[string]string{}}
	r := statementReader{k: k, st: st, space: space, runner: k.sharing.program.NewRunner(space, p)}
	for part := range k.inventory.Parts() {
		if k.ruledOut != nil && k.ruledOut[part] {
			continue
		}
		if err := r.part(ctx, part); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(st.list, func(a, b *statement) int {
		return cmp.Or(strings.Compare(a.model, b.model), strings.Compare(a.id, b.id), cmp.Compare(a.file, b.file), cmp.Compare(a.row, b.row))
	})
	if err := k.continued(ctx, st); err != nil {
		return nil, err
	}
	if n := len(st.models()); n > maxSharing {
		return nil, k.tooMany("%d models take part in what is shared out; at most %d do", n, maxSharing)
	}
	return st, nil
}

func (k *kindPlan) tooMany(format string, args ...any) error {
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.TooLarge, Place: diag.Place{File: k.files()[0]}, Message: fmt.Sprintf(format, args...), Why: "all of them are held in memory",
		Hint: "share out fewer models in one study: let where of the study keep those that are wanted, or leave the counts of others empty"})
	return probs.Err()
}

// eachBatch reads columns of a part.
func eachBatch(ctx context.Context, r engine.Reader, visit func(b *column.Batch) error) error {
	defer r.Close()
	var b column.Batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if more, err := r.Next(&b); err != nil || !more {
			return err
		}
		if err := visit(&b); err != nil {
			return err
		}
	}
}

// statementReader reads statements.
type statementReader struct {
	k      *kindPlan
	st     *statements
	space  *amounts.Space
	runner *rules.Runner
}

// states marks the rows of a batch that have a value in any of its columns.
func states(b *column.Batch) column.Bitmap {
	out := column.NewBitmap(b.Rows)
	for c := range b.Columns {
		valid := b.Columns[c].Valid
		if valid == nil {
			out.Fill(b.Rows)
			break
		}
		for w := range out {
			out[w] |= valid[w]
		}
	}
	return out
}

// part reads the columns of a part that make a row a statement, and only where there is one all that is asked of it.
func (r *statementReader) part(ctx context.Context, part int) error {
	k := r.k
	marks := k.inventory
	some := false
	first, err := marks.Open(part, k.sharing.reads)
	if err != nil {
		return err
	}
	err = eachBatch(ctx, first, func(b *column.Batch) error {
		some = some || states(b).Count() > 0
		return nil
	})
	if err != nil || !some {
		return err
	}
	own := k.sharing.program.Columns()
	columns := slices.Clone(own)
	at := func(name string) int {
		if name == "" {
			return -1
		}
		columns = append(columns, name)
		return len(columns) - 1
	}
	roles := k.kind.Roles
	id, model := at(k.kind.ID), at(k.kind.Groups["model"])
	scope, partOf, alternativeTo, planned := at(roles.Scope), at(roles.PartOf), at(roles.AlternativeTo), at(roles.Planned.Column)
	var lineages, reads []int
	for _, name := range k.sharing.lineages {
		lineages = append(lineages, at(name))
	}
	for _, name := range k.sharing.reads {
		reads = append(reads, at(name))
	}
	all, err := k.inventory.Open(part, columns)
	if err != nil {
		return err
	}
	r.runner.Start()
	return eachBatch(ctx, all, func(b *column.Batch) error {
		marked := column.Batch{Rows: b.Rows}
		for _, c := range reads {
			marked.Columns = append(marked.Columns, b.Columns[c])
		}
		rows := states(&marked)
		if rows.Count() == 0 {
			return nil
		}
		eval := *b
		eval.Columns = b.Columns[:len(own)]
		if err := r.runner.Evaluate(&eval); err != nil {
			return err
		}
		keep := r.runner.Keep()
		word := func(c, row int) string {
			if c < 0 || !b.Columns[c].Valid.Get(row) {
				return ""
			}
			return b.Columns[c].Dict.Values[b.Columns[c].Codes[row]]
		}
		for row := range b.Rows {
			if !rows.Get(row) || !keep.Get(row) || word(model, row) == "" || planned >= 0 && word(planned, row) == roles.Planned.Word {
				continue
			}
			x := &statement{id: strings.Clone(word(id, row)), model: strings.Clone(word(model, row)), file: b.File, row: b.First + int64(row),
				inTotal: engine.InTotal(word(scope, row), word(partOf, row) != "", word(alternativeTo, row) != "")}
			for _, c := range lineages {
				x.parents = append(x.parents, strings.Clone(word(c, row)))
			}
			r.numbers(x, int32(row))
			r.st.list = append(r.st.list, x)
			if r.st.rows++; r.st.rows > maxStatements {
				return k.tooMany("more than %d rows state what is shared out", maxStatements)
			}
		}
		return nil
	})
}

// numbers reads a row's counts and keys off the flows of the program.
func (r *statementReader) numbers(x *statement, row int32) {
	flow := 0
	next := func() *said {
		f := r.runner.Flow(flow)
		flow++
		if _, has := slices.BinarySearch(f.Rows, row); !has {
			return nil
		}
		out := &said{class: int(f.Class[row])}
		for t := range f.Terms {
			term := &f.Terms[t]
			if term.Present.Get(int(row)) {
				out.value += float64(term.Coefficient[row] * r.space.Monomials.Value(term.Mono(row)))
			}
		}
		return out
	}
	for _, lineage := range r.k.sharing.lineages {
		x.counts = append(x.counts, next())
		var key *said
		if lineage != "" {
			key = next()
		}
		x.keys = append(x.keys, key)
	}
}

// continued finds the models of the rows that others continue, whether the study filters them out or not.
func (k *kindPlan) continued(ctx context.Context, st *statements) error {
	wanted := map[column.Digest]string{}
	for _, x := range st.list {
		for _, parent := range x.parents {
			if parent != "" {
				wanted[column.DigestOf(parent)] = parent
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	for part := range k.inventory.Parts() {
		ids, err := k.inventory.OpenDigested(part, []string{k.kind.ID})
		if err != nil {
			return err
		}
		found := map[int64]string{} // by row
		err = eachBatch(ctx, ids, func(b *column.Batch) error {
			for row, d := range b.Columns[0].Digests {
				if id, is := wanted[d]; is && b.Columns[0].Valid.Get(row) {
					found[b.First+int64(row)] = id
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		models, err := k.inventory.Open(part, []string{k.kind.Groups["model"]})
		if err != nil {
			return err
		}
		err = eachBatch(ctx, models, func(b *column.Batch) error {
			for row := range b.Rows {
				if id, is := found[b.First+int64(row)]; is && b.Columns[0].Valid.Get(row) {
					st.parents[id] = strings.Clone(b.Columns[0].Dict.Values[b.Columns[0].Codes[row]])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
