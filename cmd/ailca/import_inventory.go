package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets/importers"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// inventoryCommand is "ailca import FORMAT" of a format of inventories.
func (a *app) inventoryCommand(f importers.Format) *cobra.Command {
	cmd := &cobra.Command{
		Use:   f.Name + " FILE... -o INVENTORY.parquet",
		Short: f.Title,
		Long: string(wrapped(f.Doc)) + `
The inventory is Parquet with the kind's columns. What was not used stands beside it, in a file that ends in .left-out.tsv, with place and reason: whole records,
single values, and columns. Names of hardware are those of the registry (ailca names); one that may mean several devices stays missing until --choose
says which is meant, and the row keeps the choice. A FILE of - is standard input.`,
		Example: "  ailca import " + f.Name + " FILE -o inventory.parquet",
		Args:    arguments("FILE..."),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		},
	}
	if len(f.Needs) > 0 {
		needs := ""
		for _, name := range f.Needs {
			if name != "mapping" {
				needs += fmt.Sprintf(" --set %s=...", name)
			} else {
				needs += " --mapping FILE.yaml"
			}
		}
		cmd.Example += needs
	}
	var o importers.Options
	var set, choose []string
	flags := cmd.Flags()
	out := flags.StringP("inventory", "o", "", "`FILE` that the inventory is written to; it must not be there")
	flags.StringArrayVar(&set, "set", nil, "`COLUMN=VALUE`: what stands in a column where the files say nothing; may be repeated")
	flags.StringArrayVar(&choose, "choose", nil, "`TEXT=ID`: what a name means that may mean several; may be repeated")
	format := choice(cmd, "format", "FORMAT", "how to print what became of the files", "text", "json")
	mapping := ""
	if len(f.Kinds) > 1 {
		kinds := choice(cmd, "kind", "KIND", "the kind of inventory", f.Kinds...)
		defer func() { // after the flags are read
			run := cmd.RunE
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				o.Kind = kinds()
				return run(cmd, args)
			}
		}()
	}
	if slices.Contains(f.Needs, "mapping") {
		flags.StringVar(&mapping, "mapping", "", "`FILE` that says what the columns mean")
	}
	for _, x := range f.With {
		flags.Bool(x.Name, false, x.Doc)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if *out == "" {
			return &usageError{message: "the file of the inventory is not named", hint: outHint(cmd, "-o INVENTORY.parquet")}
		}
		if !strings.HasSuffix(*out, ".parquet") {
			return &usageError{message: fmt.Sprintf("an inventory is written as Parquet, and %s does not end in .parquet", filepath.ToSlash(*out)),
				hint: "-o " + quoted(strings.TrimSuffix(*out, filepath.Ext(*out))+".parquet")}
		}
		if o.Set, err = pairs("set", "COLUMN=VALUE", set); err != nil {
			return err
		}
		if o.Choose, err = pairs("choose", "TEXT=ID", choose); err != nil {
			return err
		}
		if mapping == "" && slices.Contains(f.Needs, "mapping") {
			return &usageError{message: fmt.Sprintf("the format %s needs a file that says what the columns mean", f.Name), hint: "--mapping FILE; ailca import formats " + f.Name + " says what stands in it"}
		}
		o.With = nil
		for _, x := range f.With {
			if asked, _ := flags.GetBool(x.Name); asked {
				o.With = append(o.With, x.Name)
			}
		}
		return a.importInventory(cmd.Context(), f, args, mapping, o, *out, format())
	}
	return cmd
}

// pairs reads flags of the form NAME=VALUE.
func pairs(flag, form string, texts []string) (map[string]string, error) {
	out := map[string]string{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || value == "" {
			return nil, &usageError{message: fmt.Sprintf("--%s takes %s, not %q", flag, form, text)}
		}
		if _, twice := out[name]; twice {
			return nil, &usageError{message: fmt.Sprintf("--%s gives %q twice", flag, name)}
		}
		out[name] = value
	}
	return out, nil
}

// leftOutName is the file beside an inventory that lists what was left out.
func leftOutName(out string) string {
	return strings.TrimSuffix(out, ".parquet") + ".left-out.tsv"
}

// importInventory reads files and writes the inventory, whole or not at all.
func (a *app) importInventory(ctx context.Context, f importers.Format, paths []string, mapping string, o importers.Options, out, format string) error {
	var probs diag.List
	if mapping != "" {
		text, err := readBounded(mapping, document.MaxBytes)
		if err != nil {
			probs.Errorf(diag.NotFound, diag.Place{File: filepath.ToSlash(mapping)}, "%v", withoutPath(err))
		}
		o.Mapping, o.MappingText = filepath.ToSlash(mapping), text
	}
	files, release, err := a.openImports(ctx, paths, &probs)
	defer release()
	if err != nil {
		return err
	}
	if err := probs.Err(); err != nil {
		return err
	}
	inventory, err := beginFile(out)
	if err != nil {
		return err
	}
	defer inventory.discard()
	if err := notThere(leftOutName(out)); err != nil {
		return err // the list of another import would be taken for this one's, if nothing is left out
	}
	var left *newFile
	w := importers.NewWriter(inventory, func() (io.WriteCloser, error) {
		var err error
		left, err = beginFile(leftOutName(out))
		return left, err
	})
	report := importers.Import(f, files, o, w, &probs)
	err = w.Close(report)
	defer left.discard()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if wrong := probs.Err(); wrong != nil {
		return wrong
	}
	if err != nil {
		return notWritten(out, err)
	}
	if report.Rows == 0 {
		p := diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: files[0].Name}, Message: "the files hold no record"}
		if l := w.First(); l != nil && l.Part == importers.Record {
			p.Place, p.Why = l.Place, l.Why
			p.Message = fmt.Sprintf("the files hold no record that could be used: %s left out, this is the first (%s)", plural(int(w.LeftOut()), "part"), l.What)
		}
		probs.Add(p)
		return probs.Err()
	}
	if err := left.commit(); err != nil {
		return err
	}
	if err := inventory.commit(); err != nil {
		if left != nil {
			os.Remove(left.name) // a list of nothing
		}
		return err
	}
	a.printProblems(&probs)
	if format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(report)
	}
	a.tellInventory(report, w.LeftOut(), out)
	return nil
}

// notWritten is the error of an inventory that the system did not take, in the system's words.
func notWritten(out string, err error) error {
	return fmt.Errorf("%s cannot be written: %w", filepath.ToSlash(out), withoutPath(err))
}

// openImports opens files and finds their digests; - is standard input, under the name that the system has for it. What is no regular file, a pipe for example, is
// first copied to a file of the system's temporary folder, since it is read twice. release closes them, whatever openImports returns.
func (a *app) openImports(ctx context.Context, paths []string, probs *diag.List) (files []importers.File, release func(), err error) {
	var opened []*os.File
	var regular []named
	release = func() {
		for _, f := range opened {
			f.Close()
		}
	}
	for i, path := range paths {
		shown := filepath.ToSlash(path)
		var file *os.File
		if path == "-" {
			if slices.Contains(paths[:i], path) {
				return nil, release, &usageError{message: "standard input (-) is named twice", hint: "each file once"}
			}
			file, shown = os.Stdin, "/dev/stdin"
		} else {
			file, err = openUntil(ctx, path)
		}
		if ctx.Err() != nil {
			return nil, release, ctx.Err()
		}
		if err != nil {
			probs.Errorf(diag.NotFound, diag.Place{File: shown}, "%v", withoutPath(err))
			continue
		}
		opened = append(opened, file)
		info, err := file.Stat()
		switch {
		case err != nil:
			return nil, release, err
		case info.IsDir():
			probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: shown}, Message: "this is a folder", Hint: "name the files in it"})
			continue
		}
		for _, before := range regular {
			if info.Mode().IsRegular() && os.SameFile(info, before.FileInfo) {
				return nil, release, &usageError{message: before.path + " is named twice", hint: "each file once"}
			}
		}
		regular = append(regular, named{info, path})
		sum := sha256.New()
		var copied int64
		if info.Mode().IsRegular() && path != "-" { // which may have been read in part
			copied, err = io.Copy(sum, &readUntil{ctx, file})
		} else {
			var held *os.File
			if held, err = os.CreateTemp("", "ailca-import-*"); err != nil {
				return nil, release, err
			}
			os.Remove(held.Name()) // it lives as long as it is open; where a system does not allow that, it is left to its temporary folder
			opened = append(opened, held)
			copied, err = io.Copy(io.MultiWriter(held, sum), &readUntil{ctx, file})
			file = held
		}
		if err != nil {
			if ctx.Err() != nil {
				return nil, release, ctx.Err()
			}
			return nil, release, fmt.Errorf("%s: %w", shown, withoutPath(err))
		}
		files = append(files, importers.File{Name: shown, R: &readAtUntil{ctx, file}, Size: copied, Digest: fmt.Sprintf("sha256:%x", sum.Sum(nil))})
	}
	return files, release, nil
}

// named is what a path leads to.
type named struct {
	fs.FileInfo
	path string
}

// openUntil opens a file. To open a named pipe waits for who writes into it, and is given up where the context ends.
func openUntil(ctx context.Context, path string) (*os.File, error) {
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.Open(path)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-ctx.Done():
		return nil, ctx.Err() // the goroutine ends with the program
	}
}

// readUntil reads until the context ends.
type readUntil struct {
	ctx context.Context
	r   io.Reader
}

func (r *readUntil) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

type readAtUntil struct {
	ctx context.Context
	r   io.ReaderAt
}

func (r *readAtUntil) ReadAt(p []byte, off int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.ReadAt(p, off)
}

// readBounded reads a small file.
func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most+1))
}

// newFile is a file that appears under its name once it is complete.
type newFile struct {
	*os.File
	name string
	done bool
}

// beginFile makes a file beside its target; one that exists is refused, since studies may rest on it.
func beginFile(name string) (*newFile, error) {
	shown := filepath.ToSlash(filepath.Clean(name))
	if err := notThere(name); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return nil, &usageError{message: shown + " cannot be written: " + withoutPath(err).Error(), hint: "name a new file"}
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.partial")
	if err != nil {
		return nil, &usageError{message: shown + " cannot be written: " + withoutPath(err).Error(), hint: "name a file in a folder that can be written to"}
	}
	return &newFile{File: f, name: name}, nil
}

// notThere refuses a name that something has.
func notThere(name string) error {
	shown := filepath.ToSlash(filepath.Clean(name))
	if _, err := os.Lstat(name); err == nil {
		return &usageError{message: shown + " is there already", hint: "name a new file, or remove this one: studies may rest on it"}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return &usageError{message: shown + " cannot be written: " + withoutPath(err).Error(), hint: "name a new file"}
	}
	return nil
}

// Close leaves the file to commit or discard.
func (f *newFile) Close() error { return nil }

// commit puts the file under its name, once it is on the disk.
func (f *newFile) commit() error {
	if f == nil {
		return nil
	}
	f.done = true
	err := f.File.Chmod(0o644)
	for _, step := range []func() error{f.File.Sync, f.File.Close, func() error { return os.Rename(f.File.Name(), f.name) }} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		os.Remove(f.File.Name())
		return fmt.Errorf("%s cannot be written: %w", filepath.ToSlash(f.name), withoutPath(err))
	}
	return nil
}

// discard removes what was written; after commit it does nothing.
func (f *newFile) discard() {
	if f != nil && !f.done {
		f.File.Close()
		os.Remove(f.File.Name())
	}
}

// tellInventory says what became of the files.
func (a *app) tellInventory(r *importers.Report, left int64, out string) {
	for _, f := range r.Files {
		line := fmt.Sprintf("%s: %s, %s used", f.Name, plural(f.Records, "record"), grouped(f.Used))
		if f.Left > 0 {
			line += fmt.Sprintf(", %s left out", grouped(f.Left))
		}
		a.tell(line)
		for i, why := range f.Why {
			if i == 10 {
				a.tell(fmt.Sprintf("  and %s more", plural(len(f.Why)-i, "reason")))
				break
			}
			a.tell(fmt.Sprintf("  %s: %s", grouped(why.Count), why.Why))
		}
	}
	a.tellNames(r)
	if r.Values > 0 {
		a.tell(fmt.Sprintf("%s left out of rows that were used", plural(int(r.Values), "value")))
	}
	if left > 0 {
		a.tell(filepath.ToSlash(leftOutName(out)) + " lists what was left out, with the reasons")
	}
	for _, l := range r.ShareAlike {
		a.tell(fmt.Sprintf("%s under %s%s", plural(int(l.Rows), "row"), l.Licence, sharesAlike("inventory")))
	}
	a.tell(fmt.Sprintf("written to %s: %s of %s", filepath.ToSlash(out), plural(int(r.Rows), "row"), r.Kind))
}

// tellNames says which names could not be told, with what they may mean.
func (a *app) tellNames(r *importers.Report) {
	told := 0
	for _, n := range r.Names {
		if n.ID != "" || n.Registry == "models" || n.Registry == "organisations" && len(n.Candidates) == 0 {
			continue // a model or organisation that nobody knows keeps the name that is printed
		}
		if told++; told > 20 {
			a.tell("and more names; --format json lists all")
			return
		}
		line := fmt.Sprintf("%s %q, %s: ", n.Registry, n.Text, plural(int(n.Count), "time"))
		switch {
		case len(n.Candidates) > 0:
			line += "may be " + strings.Join(n.Candidates, ", ") + fmt.Sprintf("; --choose '%s=ID' says which", n.Text)
		case n.Nearest != "":
			line += "not in the registry; did you mean " + n.Nearest + "?"
		default:
			line += "not in the registry"
		}
		a.tell(line)
	}
}
