package submission

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/folder"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Draft is a submission that was checked and is not written.
type Draft struct {
	*Form
	Tables   []*Table
	warnings []string
	closers  []io.Closer
}

// Prepare opens files and checks them and the form: all problems of both go to probs; the draft is nil where there are errors. Parquet files are taken as
// they are, CSV files are turned into Parquet. Only a cancelled context is an error. Close closes the files.
func Prepare(ctx context.Context, paths []string, f *Form, o Options, probs *diag.List) (*Draft, error) {
	before := probs.Count(diag.Error)
	d := &Draft{Form: f}
	f.check(o, probs)
	for _, p := range paths {
		d.add(p, o, probs)
	}
	slices.SortFunc(d.Tables, func(a, b *Table) int { return strings.Compare(a.File, b.File) })
	for i := range d.Tables {
		if i > 0 && strings.EqualFold(d.Tables[i].File, d.Tables[i-1].File) {
			probs.Add(diag.Problem{Code: diag.DuplicateName, Place: diag.Place{File: d.Tables[i].file.Name}, Message: fmt.Sprintf("two files would be %s in the submission", d.Tables[i].File), Hint: "name each file once, and no two alike"})
		}
	}
	var err error
	if len(d.Tables) == len(paths) {
		err = check(ctx, d.Tables, f, o, probs)
	}
	if err != nil || probs.Count(diag.Error) > before {
		d.Close()
		return nil, err
	}
	d.warn(paths, probs)
	return d, nil
}

// Close closes the files that were opened.
func (d *Draft) Close() {
	for _, c := range d.closers {
		c.Close()
	}
}

// add opens a file.
func (d *Draft) add(name string, o Options, probs *diag.List) {
	at := diag.Place{File: filepath.ToSlash(name)}
	file, size, err := openRegular(name)
	if err != nil {
		probs.Errorf(diag.NotFound, at, "%v", err)
		return
	}
	d.closers = append(d.closers, file)
	t := &Table{File: path.Base(at.File), file: datasets.File{Name: at.File, R: file, Size: size}}
	head := make([]byte, 4)
	if n, _ := file.ReadAt(head, 0); n == 4 && string(head) == "PAR1" {
		t.Kind = datasets.KindOf(t.file, o.Kind, probs)
		if !strings.EqualFold(path.Ext(t.File), ".parquet") {
			t.File += ".parquet"
		}
	} else {
		t.From = t.File
		t.File = strings.TrimSuffix(t.File, path.Ext(t.File)) + ".parquet"
		t.fromCSV(file, at, o.Kind, probs)
	}
	switch {
	case t.Kind == nil:
	case !folder.IsName(t.File):
		probs.Add(diag.Problem{Code: diag.BadValue, Place: at, Message: fmt.Sprintf("%q is no name that a file has on every system", t.File), Hint: "rename it with letters, digits, dots and hyphens"})
	default:
		d.Tables = append(d.Tables, t)
	}
}

// recognise finds the kind of a CSV file by its columns, unless it is told.
func recognise(told string, columns []string, at diag.Place, probs *diag.List) *datasets.Kind {
	kind, ok := datasets.Recognise(told, columns)
	if !ok {
		probs.Add(diag.Problem{Code: diag.UnknownName, Place: at, Message: "the columns do not tell of which kind the inventory is", Hint: "name it with --kind; kinds: " + strings.Join(datasets.KindNames(), ", ")})
	}
	return kind
}

// fromCSV turns a CSV file into Parquet, held in memory.
func (t *Table) fromCSV(file io.Reader, at diag.Place, told string, probs *diag.List) {
	text, err := io.ReadAll(io.LimitReader(file, datasets.MaxCSV+1))
	if err != nil {
		probs.Errorf(diag.NotFound, at, "the file cannot be read: %v", err)
		return
	}
	if p := noTable(text); p.Message != "" {
		p.Code, p.Place = diag.Syntax, at
		probs.Add(p)
		return
	}
	header, _, _ := strings.Cut(strings.TrimPrefix(string(text[:min(len(text), 1<<16)]), "\ufeff"), "\n")
	var columns []string
	for name := range strings.SplitSeq(header, ",") {
		columns = append(columns, strings.Trim(name, "\" \r"))
	}
	if p := otherwiseSeparated(header, columns); p.Message != "" {
		p.Code, p.Place = diag.Syntax, at
		probs.Add(p)
		return
	}
	kind := recognise(told, columns, at, probs)
	if kind == nil {
		return
	}
	table := datasets.FromCSV(kind, at.File, bytes.NewReader(text), probs)
	if table == nil {
		return
	}
	var out bytes.Buffer
	if err := datasets.WriteInventory(&out, kind, table); err != nil {
		probs.Errorf(diag.BadValue, at, "%v", err)
		return
	}
	t.Kind = kind
	t.file.R, t.file.Size = bytes.NewReader(out.Bytes()), int64(out.Len())
}

// noTable says what a file is which cannot be a CSV file; no message where it may be one.
func noTable(text []byte) (p diag.Problem) {
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))) == 0:
		p.Message, p.Hint = "the file is empty", "a CSV file names its columns in its first line"
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		p.Message, p.Hint = "this is a ZIP archive or a workbook", "unpack it, or save the sheet as CSV with commas"
	case bytes.HasPrefix(text, []byte("\x1f\x8b")):
		p.Message, p.Hint = "this file is compressed", "unpack it first: gunzip FILE"
	}
	return p
}

// otherwiseSeparated tells a header whose columns other characters part than commas; no message for one with commas, or of which it cannot be told.
func otherwiseSeparated(header string, columns []string) (p diag.Problem) {
	if _, ok := datasets.Recognise("", columns); ok {
		return p
	}
	for _, s := range [][2]string{{";", "semicolons"}, {"\t", "tabs"}, {"|", "bars"}} {
		if strings.Count(header, s[0]) >= len(columns) {
			p.Message = "the columns are separated by " + s[1] + ", and commas are read"
			p.Hint = "save the table with commas and decimal points, or turn it into Parquet: ailca import mapped FILE --mapping MAPPING -o FILE.parquet"
			return p
		}
	}
	return p
}

// maxWarnings bounds the warnings that are recorded; the others are counted.
const maxWarnings = 100

// warn records the warnings, files by their names in the submission.
func (d *Draft) warn(paths []string, probs *diag.List) {
	n := 0
	for _, p := range probs.Problems() {
		if p.Severity != diag.Warning {
			continue
		}
		if n++; n > maxWarnings {
			continue
		}
		for _, t := range d.Tables {
			if t.file.Name == p.Place.File {
				p.Place.File = t.File
			}
		}
		if slices.Contains(paths, p.Place.File) {
			p.Place.File = path.Base(p.Place.File)
		}
		d.warnings = append(d.warnings, plain(fmt.Sprintf("%s: %s [%s]", p.Place, p.Message, p.Code)))
	}
	if n > maxWarnings {
		d.warnings = append(d.warnings, fmt.Sprintf("and %d more", n-maxWarnings))
	}
}

// Write writes the submission.
func (d *Draft) Write(ctx context.Context, create func(name string) (io.WriteCloser, error)) error {
	w := &folder.Writer{Create: create}
	for _, t := range d.Tables {
		sum, _, err := w.Write(t.File, func(out io.Writer) error {
			_, err := io.Copy(out, &interruptible{ctx, io.NewSectionReader(t.file.R, 0, t.file.Size)})
			return err
		})
		if err != nil {
			return err
		}
		t.SHA256 = sum
	}
	if err := w.Text(FormFile, d.yaml()); err != nil {
		return err
	}
	if err := w.Text(ReadmeFile, d.readme()); err != nil {
		return err
	}
	return w.Close()
}

// interruptible reads until the context ends.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// openRegular opens a regular file. It looks before it opens: opening a named pipe would wait for a writer.
func openRegular(name string) (*os.File, int64, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, 0, errors.New("there is no such file")
	case err != nil:
		return nil, 0, fmt.Errorf("the file cannot be read: %w", errors.Unwrap(err))
	case info.IsDir():
		return nil, 0, errors.New("this is a folder; name the files in it")
	case !info.Mode().IsRegular():
		return nil, 0, errors.New("this is no regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("the file cannot be read: %w", errors.Unwrap(err))
	}
	return f, info.Size(), nil
}

// LoadFormFile reads a form from a file.
func LoadFormFile(name string, probs *diag.List) *Form {
	at := diag.Place{File: filepath.ToSlash(name)}
	f, size, err := openRegular(name)
	if err != nil {
		probs.Errorf(diag.NotFound, at, "%v", err)
		return nil
	}
	defer f.Close()
	text, err := (&folder.File{File: f, Size: size}).Text()
	if err != nil {
		probs.Errorf(diag.NotFound, at, "the file cannot be read: %v", err)
		return nil
	}
	return LoadForm(at.File, text, probs)
}
