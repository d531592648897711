package importers

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// Writer writes what an importer reads as an inventory, and a list of what was left out. Rows are encoded while the next are read. The first thing that goes
// wrong stops it.
type Writer struct {
	out    io.Writer
	create func() (io.WriteCloser, error) // makes the list of what is left out, where anything is

	parquet *parquet.Writer
	batches chan *Batch
	done    chan error // what became of the batches, once
	ended   bool       // done was heard
	failed  error

	list   *csv.Writer
	closer io.Closer
	count  int64
	first  *Left
}

// NewWriter writes an inventory to out, and what is left out, as text with tabs, into a file that create makes when there is something to list. Close must be
// called whatever happens.
func NewWriter(out io.Writer, create func() (io.WriteCloser, error)) *Writer {
	return &Writer{out: out, create: create}
}

// Begin implements Sink.
func (w *Writer) Begin(k *datasets.Kind, columns []datasets.Field) error {
	fields := make([]lca.Field, len(columns))
	for i := range columns {
		fields[i] = columns[i].Field
	}
	p, err := parquet.Create(w.out, fields, []parquet.KeyValue{{Key: parquet.FormatKey, Value: datasets.Format}, {Key: datasets.KindKey, Value: k.Name}})
	if err != nil {
		return err
	}
	w.parquet, w.batches, w.done = p, make(chan *Batch, 1), make(chan error, 1)
	go func() {
		for b := range w.batches {
			if err := p.Write(&b.Batch); err != nil {
				w.done <- err
				return
			}
		}
		w.done <- nil
	}()
	return nil
}

// Rows implements Sink. That a batch could not be written is told by the next but one, or by Close.
func (w *Writer) Rows(b *Batch) error {
	if w.ended {
		return w.failed
	}
	select {
	case w.batches <- b:
		return nil
	case err := <-w.done: // ahead of its time: a batch was not written
		w.ended, w.failed = true, cmp.Or(w.failed, err)
		return w.failed
	}
}

// Left implements Sink.
func (w *Writer) Left(l Left) {
	w.count++
	if w.first == nil || w.first.Part != Record && l.Part == Record {
		w.first = &l
	}
	if w.failed != nil {
		return
	}
	if w.list == nil {
		f, err := w.create()
		if err != nil {
			w.failed = err
			return
		}
		w.list, w.closer = csv.NewWriter(f), f
		w.list.Comma = '\t'
		w.list.Write([]string{"place", "part", "what", "why"})
	}
	w.list.Write([]string{shown(l.Place.String()), string(l.Part), shown(l.What), shown(l.Why)})
}

// LeftOut is how many records, values and columns were left out.
func (w *Writer) LeftOut() int64 { return w.count }

// First is the first record that was left out, else the first of whatever was; nil where nothing was.
func (w *Writer) First() *Left { return w.first }

// Close writes the last rows and the footer, in which the report stands.
func (w *Writer) Close(r *Report) error {
	if w.parquet != nil {
		if close(w.batches); !w.ended {
			w.failed = cmp.Or(w.failed, <-w.done)
		}
		if w.failed == nil {
			text, err := json.Marshal(r.lasting())
			w.failed = cmp.Or(err, w.parquet.Describe(parquet.KeyValue{Key: datasets.ImportKey, Value: string(text)}))
		}
		w.failed = cmp.Or(w.failed, w.parquet.Close())
	}
	if w.list != nil {
		w.list.Flush()
		w.failed = cmp.Or(w.failed, w.list.Error(), w.closer.Close())
	}
	return w.failed
}

// shown is a text that a stranger wrote as it stands in the list.
func shown(text string) string { return foreign.Shown(foreign.Plain(text)) }
