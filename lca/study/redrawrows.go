package study

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/engine"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Where rows times draws are more than redrawBudget, a sample of the rows stands for all: a row enters by chance, the likelier the more it brings, and counts for as
// many as it stands for (priority sampling: Duffield, Lund, Thorup 2007, Priority sampling for estimation of arbitrary subset sums, Journal of the ACM 54). The
// chance is that of the row's content, so that the sample depends on neither order nor workers.

// sampleBytes bounds what the rows of a sample hold: of rows with long words there are fewer.
var sampleBytes = 32 << 20 // tests try less

// redrawnRows are rows of a kind.
type redrawnRows struct {
	runners []*rules.Runner // each has evaluated some of the rows
	rows    []redrawnRow    // in an order that their content gives
	of      int64           // how many there are, sampled or not
}

// redrawnRow is a row as its runner has it.
type redrawnRow struct {
	runner int
	at     int
	group  string // names of its result group
	weight float64
}

// sampledRow is a row that may be redrawn: its content, and how likely it is to be.
type sampledRow struct {
	content  []byte // columns and group, see rowReader
	group    string
	weight   float64 // what it brings, each rule's amounts being 1 together
	priority float64
}

// compare orders rows by their content.
func (r *sampledRow) compare(o *sampledRow) int { return bytes.Compare(r.content, o.content) }

// sampled reads the kind's rows and takes at most so many.
func (k *kindPlan) sampled(ctx context.Context, a *assessment, flows []int, most, jobs int) (*redrawnRows, error) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var (
		mu    sync.Mutex
		next  int
		first error
		all   []sampledRow
		wait  sync.WaitGroup
		count int64
	)
	for range min(jobs, k.inventory.Parts()) {
		wait.Go(func() {
			r := newRowReader(k, a, flows, most)
			for ctx.Err() == nil {
				mu.Lock()
				part := next
				next++
				stop := part >= k.inventory.Parts() || first != nil
				mu.Unlock()
				if stop {
					break
				}
				if err := r.part(ctx, part); err != nil {
					mu.Lock()
					first = cmp.Or(first, err)
					mu.Unlock()
				}
			}
			mu.Lock()
			all, count = append(all, r.kept...), count+r.count
			mu.Unlock()
		})
	}
	wait.Wait()
	if first == nil {
		first = ctx.Err()
	}
	if first != nil {
		return nil, first
	}
	threshold := 0.0
	if n := sampleOf(all, most); n < len(all) {
		threshold = all[n].priority
		for n > 0 && all[n-1].priority == threshold { // of rows alike none is taken before another
			n--
		}
		all = all[:n]
	}
	slices.SortFunc(all, func(x, y sampledRow) int { return x.compare(&y) })
	return k.evaluated(a, all, threshold, count)
}

// sampleOf sorts rows by priority, the highest first, and returns how many of them make a sample. Those of the sample of all rows are among those of any part of them.
func sampleOf(rows []sampledRow, most int) int {
	slices.SortFunc(rows, func(x, y sampledRow) int { return cmp.Compare(y.priority, x.priority) })
	held, n := 0, 0
	for n < len(rows) && n < most && held+len(rows[n].content) <= sampleBytes {
		held += len(rows[n].content)
		n++
	}
	return n
}

// evaluated has runners evaluate rows, which the draws are taken of.
func (k *kindPlan) evaluated(a *assessment, rows []sampledRow, threshold float64, count int64) (*redrawnRows, error) {
	out := &redrawnRows{of: count}
	columns := k.program.Columns()
	types := make([]column.Type, len(columns))
	for c, name := range columns {
		types[c] = k.typeOf(name)
	}
	for from := 0; from < len(rows); from += column.BatchRows {
		part := rows[from:min(from+column.BatchRows, len(rows))]
		b := decodeRows(part, types)
		r := k.program.NewRunner(a.space, a.p)
		r.Start()
		if err := r.Evaluate(b); err != nil {
			return nil, err
		}
		for i := range part {
			out.rows = append(out.rows, redrawnRow{len(out.runners), i, part[i].group, max(1, threshold/part[i].weight)})
		}
		out.runners = append(out.runners, r)
	}
	return out, nil
}

// typeOf is the type of a kind's column as batches have it.
func (k *kindPlan) typeOf(name string) column.Type {
	for _, f := range k.kind.Columns {
		switch {
		case f.Name != name:
		case f.Type == lca.Text:
			return column.String
		case f.Type == lca.Boolean:
			return column.Bool
		}
	}
	return column.Float
}

// rowReader reads parts of a kind's inventory for one goroutine, and keeps the rows of highest priority.
type rowReader struct {
	k       *kindPlan
	a       *assessment
	flows   []int
	runner  *rules.Runner
	columns []string // the program's, then those that make the result group, then the one that rules rows out
	groups  []int    // where the names of a result group stand among them, -1 for none
	planned int      // -1: none
	most    int
	kept    []sampledRow
	held    int     // bytes of their contents
	floor   float64 // the least priority of a row that is kept, once there are very many
	count   int64
}

func newRowReader(k *kindPlan, a *assessment, flows []int, most int) *rowReader {
	r := &rowReader{k: k, a: a, flows: flows, runner: k.program.NewRunner(a.space, a.p), columns: k.program.Columns(), planned: -1, most: most}
	at := func(name string) int {
		if name == "" {
			return -1
		}
		i := slices.Index(r.columns, name)
		if i < 0 {
			i = len(r.columns)
			r.columns = append(r.columns, name)
		}
		return i
	}
	for g, name := range groupNames {
		column := k.groups[g]
		if !slices.Contains(a.p.study.GroupBy, name) || name == a.forms.unnamed {
			column = ""
		}
		r.groups = append(r.groups, at(column))
	}
	r.planned = at(k.kind.Roles.Planned.Column)
	return r
}

func (r *rowReader) part(ctx context.Context, part int) error {
	if r.k.ruledOut != nil && r.k.ruledOut[part] {
		return nil
	}
	in, err := r.k.inventory.Open(part, r.columns)
	if err != nil {
		return err
	}
	defer in.Close()
	r.runner.Start()
	own := len(r.k.program.Columns())
	var b column.Batch
	for ctx.Err() == nil {
		more, err := in.Next(&b)
		if err != nil || !more {
			return err
		}
		eval := b
		eval.Columns = b.Columns[:own]
		if err := r.runner.Evaluate(&eval); err != nil {
			return err
		}
		r.batch(&b, own)
	}
	return ctx.Err()
}

// batch takes the rows of a batch.
func (r *rowReader) batch(b *column.Batch, own int) {
	weights := make([]float64, b.Rows)
	for _, f := range r.flows {
		scale := r.a.forms.redrawnSums[f]
		if scale == 0 {
			continue
		}
		flow := r.runner.Flow(f - r.k.first)
		for _, i := range flow.Rows {
			weights[i] += abs(r.amount(flow, i)) / scale
		}
	}
	keep := r.runner.Keep()
	for i, w := range weights {
		if !(w > 0) || math.IsInf(w, 0) || keep != nil && !keep.Get(i) {
			continue
		}
		if p := r.planned; p >= 0 && b.Columns[p].Valid.Get(i) && b.Columns[p].Dict.Values[b.Columns[p].Codes[i]] == r.k.kind.Roles.Planned.Word {
			continue
		}
		r.count++
		row := sampledRow{weight: w, content: encodeRow(b.Columns[:own], i)}
		var names []string
		for _, g := range r.groups {
			name := ""
			if g >= 0 && b.Columns[g].Valid.Get(i) {
				name = b.Columns[g].Dict.Values[b.Columns[g].Codes[i]]
			}
			names = append(names, name)
		}
		row.group = strings.Join(names, "\x00")
		row.content = append(row.content, row.group...)
		d := column.DigestOfBytes(row.content)
		row.priority = w / ((float64(d.Hi>>11) + 0.5) * 0x1p-53)
		if row.priority < r.floor {
			continue
		}
		r.kept = append(r.kept, row)
		if r.held += len(row.content); len(r.kept) > 2*r.most+1024 || r.held > 2*sampleBytes {
			r.prune()
		}
	}
}

// prune keeps the rows that a sample of all may have, and the first one beyond, by which those are weighed.
func (r *rowReader) prune() {
	n := sampleOf(r.kept, r.most)
	if n < len(r.kept) {
		r.floor = r.kept[n].priority
		for n < len(r.kept) && r.kept[n].priority == r.floor {
			n++
		}
	}
	r.kept, r.held = slices.Clone(r.kept[:n]), 0
	for i := range r.kept {
		r.held += len(r.kept[i].content)
	}
}

// amount is a row's amount at point values.
func (r *rowReader) amount(f *engine.Flow, row int32) (sum float64) {
	for t := range f.Terms {
		if x := &f.Terms[t]; x.Present.Get(int(row)) {
			sum += float64(x.Coefficient[row] * r.a.space.Monomials.Value(x.Mono(row)))
		}
	}
	return sum
}

// encodeRow writes a row's values: a byte that says whether there is one, then a number's bits, a flag, or a text behind its length.
func encodeRow(columns []column.Column, row int) []byte {
	var out []byte
	for c := range columns {
		x := &columns[c]
		if !x.Valid.Get(row) {
			out = append(out, 0)
			continue
		}
		out = append(out, 1)
		switch x.Type {
		case column.String:
			text := x.Dict.Values[x.Codes[row]]
			out = append(binary.AppendUvarint(out, uint64(len(text))), text...)
		case column.Bool:
			flag := byte(0)
			if x.Bools[row] {
				flag = 1
			}
			out = append(out, flag)
		default:
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x.Floats[row]))
		}
	}
	return out
}

// decodeRows makes a batch of what encodeRow wrote.
func decodeRows(rows []sampledRow, types []column.Type) *column.Batch {
	b := &column.Batch{Rows: len(rows), Columns: make([]column.Column, len(types))}
	words := make([]map[string]int32, len(types))
	for c, t := range types {
		x := &b.Columns[c]
		x.Type, x.Valid = t, column.NewBitmap(len(rows))
		switch t {
		case column.String:
			x.Codes, x.Dict, words[c] = make([]int32, len(rows)), &column.Dict{}, map[string]int32{}
		case column.Bool:
			x.Bools = make([]bool, len(rows))
		default:
			x.Floats = make([]float64, len(rows))
		}
	}
	for i := range rows {
		rest := rows[i].content
		for c, t := range types {
			has := rest[0] == 1
			if rest = rest[1:]; !has {
				continue
			}
			x := &b.Columns[c]
			x.Valid.Set(i)
			switch t {
			case column.String:
				n, size := binary.Uvarint(rest)
				text := string(rest[size : size+int(n)])
				rest = rest[size+int(n):]
				code, ok := words[c][text]
				if !ok {
					code = int32(len(x.Dict.Values))
					words[c][text] = code
					x.Dict.Values = append(x.Dict.Values, text)
				}
				x.Codes[i] = code
			case column.Bool:
				x.Bools[i], rest = rest[0] == 1, rest[1:]
			default:
				x.Floats[i], rest = math.Float64frombits(binary.LittleEndian.Uint64(rest)), rest[8:]
			}
		}
	}
	return b
}
