package publish

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"path"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// File is a file of a package.
type File struct {
	Path   string // with slashes, from the package's folder
	Bytes  int64
	SHA256 string // in small hexadecimal digits
}

// writer writes files and keeps what is to be said of them.
type writer struct {
	folder.Writer
	ctx   context.Context
	files []File
}

// text writes a file.
func (w *writer) text(name string, write func(io.Writer) error) error {
	sum, size, err := w.Write(name, func(out io.Writer) error {
		b := bufio.NewWriterSize(out, 256<<10)
		if err := write(b); err != nil {
			return err
		}
		return b.Flush()
	})
	w.files = append(w.files, File{name, size, sum})
	return err
}

func (w *writer) json(name string, value any) error {
	return w.text(name, func(out io.Writer) error {
		e := json.NewEncoder(out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(value)
	})
}

// write writes the table as Parquet and as CSV: all rows in their order, in canonical units.
func (t *table) write(w *writer) error {
	kind := t.inv.Kind().Name
	err := w.text(path.Join(Folder, kind+".parquet"), func(out io.Writer) error {
		p, err := parquet.Create(out, t.fields, []parquet.KeyValue{{Key: parquet.FormatKey, Value: datasets.Format}, {Key: datasets.KindKey, Value: kind}})
		if err != nil {
			return err
		}
		if err := t.each(w.ctx, p.Write); err != nil {
			return err
		}
		return p.Close()
	})
	if err != nil {
		return err
	}
	err = w.text(path.Join(Folder, kind+".csv"), func(out io.Writer) error {
		c, err := datasets.NewCSVWriter(out, t.fields)
		if err != nil {
			return err
		}
		if err := t.each(w.ctx, c.Write); err != nil {
			return err
		}
		return c.Flush()
	})
	t.files = w.files[len(w.files)-2:]
	return err
}

// each hands on all rows.
func (t *table) each(ctx context.Context, write func(*column.Batch) error) error {
	var names []string
	for _, f := range t.fields {
		names = append(names, f.Name)
	}
	for part := range t.inv.Parts() {
		r, err := t.inv.Open(part, names)
		if err != nil {
			return err
		}
		err = column.Each(ctx, r, write)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
