package importers

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/zeebo/xxh3"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// delivery is an import of one or more files.
type delivery struct {
	format  Format
	options Options
	to      Sink
	report  *Report
	probs   *diag.List
	kind    *datasets.Kind
	rows    *rows
	names   map[nameKey]*NameReport
	chosen  map[nameKey]bool            // names that a choice was taken for
	ids     map[string]int              // how often an id of a column was given
	met     map[xxh3.Uint128]diag.Place // where things were first met, by the digest of what they are known by
	begun   bool                        // the sink has taken the kind and the columns: rows may follow
	failed  error                       // of the sink, the first
}

// begin fixes the kind and the columns that rows may fill; without names, all of the kind. False where something is wrong with the options.
func (d *delivery) begin(k *datasets.Kind, columns ...string) bool {
	before := d.probs.Count(diag.Error)
	d.kind, d.report.Kind = k, k.Name
	d.rows = newRows(d, columns)
	d.rows.setAll()
	d.options.checkChoices(d.probs)
	if d.probs.Count(diag.Error) > before {
		return false
	}
	d.failed = d.to.Begin(k, d.rows.fields)
	d.begun = d.failed == nil
	return d.begun
}

// end hands in what is left of the rows.
func (d *delivery) end() {
	if d.rows == nil {
		return
	}
	d.rows.flush()
	if d.failed != nil {
		d.probs.Errorf(diag.NotFound, diag.Place{}, "the inventory cannot be written: %v", d.failed)
	}
	for _, n := range d.names {
		d.report.Names = append(d.report.Names, *n)
	}
	slices.SortFunc(d.report.Names, func(a, b NameReport) int {
		return cmp.Or(cmp.Compare(a.Registry, b.Registry), cmp.Compare(a.Text, b.Text))
	})
	if d.probs.Count(diag.Error) == 0 { // else there may be a use in what was not read
		d.unusedChoices()
		d.rows.withoutEffect()
		d.rows.noneStood()
	}
}

// asked reports whether an extra sort of records was asked for.
func (d *delivery) asked(name string) bool { return slices.Contains(d.options.With, name) }

// unique makes an id of a row one that stands nowhere else: where it stands already, its repetitions are numbered, and the row says so. Of more than maxIDs it is not
// known; the inventory's check finds what stands twice.
func (d *delivery) unique(r *row, column, id string) {
	id = foreign.Plain(id)
	key := column + "\x00" + id
	n := d.ids[key] + 1
	if n > 1 {
		for d.ids[fmt.Sprintf("%s#%d", key, n)] > 0 { // printed as such
			n++
		}
		d.ids[key] = n
		r.assume("%s printed as %q for another record too", column, id)
		id = fmt.Sprintf("%s#%d", id, n)
		key = column + "\x00" + id
	}
	if len(d.ids) < maxIDs {
		d.ids[key] = 1
	}
	r.text(column, id)
}

// maxIDs bounds how many ids are remembered.
const maxIDs = 1 << 20

// job is one file while it is imported.
type job struct {
	File
	*delivery
	records, used, leftOut int64
	reasons                map[string]int64
	columns                []string // that were not read
}

// maxReasons bounds how many reasons are told apart; the rest are counted together.
const maxReasons = 100

// text reads the file from its start.
func (j *job) text() io.Reader { return io.NewSectionReader(j.R, 0, j.Size) }

// start is how the file begins, of at most 512 bytes.
func (j *job) start() []byte {
	start := make([]byte, 512)
	n, _ := j.R.ReadAt(start, 0)
	return start[:n]
}

// csv opens the file as CSV, with the columns' other names (see aliases); nil, with the problem told, where it has no header.
func (j *job) csv(d foreign.Dialect) *foreign.CSV { return j.csvTo(d, j.probs) }

// csvAhead opens the file as csv does, for a reading ahead of that one: what is wrong with it is told then.
func (j *job) csvAhead() *foreign.CSV { return j.csvTo(foreign.Dialect{}, &diag.List{}) }

func (j *job) csvTo(d foreign.Dialect, probs *diag.List) *foreign.CSV {
	c := foreign.OpenCSV(j.Name, j.text(), d, probs)
	if c != nil {
		for _, a := range columnsOf(j.format.Name).Aliases {
			c.Alias(a.Name, a.Others...)
		}
	}
	return c
}

// entries calls f for each entry of the file's outermost JSON object or array.
func (j *job) entries(f func(e *foreign.Entry) bool) { foreign.EachEntry(j.Name, j.text(), j.probs, f) }

// record counts a record that was read. Each is then used or left out, once.
func (j *job) record() { j.records++ }

// use counts n records that rows were made of.
func (j *job) use(n int64) { j.used += n }

// leave lists a record that was not used. The reason is counted with others of the same words: what differs from record to record belongs into What.
func (j *job) leave(l foreign.Left) {
	j.leftOut++
	l.What, l.Why = foreign.Plain(l.What), foreign.Plain(l.Why)
	why := l.Why
	if _, ok := j.reasons[why]; !ok && len(j.reasons) >= maxReasons {
		why = "other reasons"
	}
	j.reasons[why]++
	j.to.Left(Left{l, Record})
}

// drop lists a value that was left out of a row.
func (j *job) drop(l foreign.Left) {
	j.report.Values++
	l.What, l.Why = foreign.Plain(l.What), foreign.Plain(l.Why)
	j.to.Left(Left{l, Value})
}

// unread names the columns of a CSV file that nothing was read of, with the reasons that the format knows.
func (j *job) unread(c *foreign.CSV) {
	known := columnsOf(j.format.Name).Ignored
	for _, name := range c.Unread() {
		why := known[name]
		if why == "" {
			why = "this format has no use for it"
		}
		j.columns = append(j.columns, foreign.Plain(name))
		j.to.Left(Left{foreign.Left{Place: c.Header(), What: foreign.Plain(name), Why: why}, Column})
	}
}

// give delivers the row of one record, of a number in its file from 1: it is used, or left out where the row lacks what every row needs.
func (j *job) give(r *row, l foreign.Left, no int) { j.giveAll(r, l, no, 1) }

// giveAll delivers the row of n records, of which the first has the number: all are used, or left out.
func (j *job) giveAll(r *row, l foreign.Left, no int, n int64) {
	if why := r.deliver(j, l, no); why != "" {
		l.Why = why
		for range n {
			j.leave(l)
		}
		return
	}
	j.use(n)
}

// again reports whether a thing was met before in this import, in this file or another, and where. Of more than maxMet it is not known.
func (d *delivery) again(key string, at diag.Place) (before diag.Place, met bool) {
	digest := xxh3.HashString128(key)
	if before, met = d.met[digest]; !met && len(d.met) < maxMet {
		d.met[digest] = at
	}
	return before, met
}

// maxMet bounds how many things are known again.
const maxMet = 1 << 18

// end reports what became of the file's records. A record that was neither used nor left out would be a mistake of the importer.
func (j *job) end() {
	if j.records != j.used+j.leftOut {
		panic(fmt.Sprintf("importers: %s: %d records were read, %d used and %d left out", j.format.Name, j.records, j.used, j.leftOut))
	}
	r := FileReport{Name: j.Name, Digest: j.Digest, Records: j.records, Used: j.used, Left: j.leftOut, Columns: j.columns}
	for why, n := range j.reasons {
		r.Why = append(r.Why, Reason{why, n})
	}
	slices.SortFunc(r.Why, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Why, b.Why)) })
	j.report.Files = append(j.report.Files, r)
}
