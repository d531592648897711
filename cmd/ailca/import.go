package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	inventories "github.com/ai-impact-observatory/ailca/datasets/importers"
	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/factors/importers"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// importCommand is "ailca import" and what it holds.
func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Turn files of other tools into inventories and factor packs",
		Long:  "Reads what others publish, in their formats: each is a command that writes an inventory, and those of factors stand under factors.",
		Example: `  ailca import formats
  ailca import formats owid
  ailca import factors owid carbon-intensity-electricity.csv --released 2026-04 -o owid-2026`,
		Args: commandOr(func(name string) string {
			if _, ok := importers.Find(name); ok {
				return "ailca import factors " + name
			}
			return ""
		}),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		// A format that is mistyped comes with the flags of one: that it is unknown is what has to be told.
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
	}
	cmd.AddCommand(a.importFactorsCommand(), a.importFormatsCommand())
	for _, f := range inventories.Formats() {
		cmd.AddCommand(a.inventoryCommand(f))
	}
	return cmd
}

// importFactorsCommand is "ailca import factors".
func (a *app) importFactorsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "factors FORMAT FILE... -o DIR",
		Short: "Turn tables of factors that others publish into a factor pack",
		Long: `Reads files of a format and writes a folder with pack.yaml, a CSV file for each table with one licence, and left-out.tsv, which lists what was
not used and why. Values keep the source's figures and unit. The pack is checked and looked at by the lints before it stands; findings are told and do
not stop it. A study lays it over another pack (overlays: [./DIR]), or uses it alone.

The formats; ailca import formats FORMAT says which files each reads, what it makes of them and what it leaves out:

` + formatsText(),
		Example: `  ailca import factors owid carbon-intensity-electricity.csv --released 2026-04 -o owid-2026
  ailca import factors google-regions 2023.csv 2024.csv --released 2025-12-03 -o google
  ailca import factors mapped table.csv --mapping table.yaml -o mine`,
		Args: arguments("FORMAT", "FILE..."),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return formatNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	var o importers.Options
	out := cmd.Flags().StringP("pack", "o", "", "`DIR` that the pack is written to; it must not hold anything")
	cmd.Flags().StringVar(&o.Released, "released", "", "`DATE` on which the files were published: 2025, 2025-03 or 2025-03-14")
	cmd.Flags().IntVar(&o.Year, "year", 0, "`YEAR` that the values hold for, where the files do not say")
	mapping := cmd.Flags().String("mapping", "", "`FILE` that says what the columns mean, of the format mapped")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f, err := formatNamed(args[0])
		switch {
		case err != nil:
			return err
		case *out == "":
			return &usageError{message: "the folder of the pack is not named", hint: outHint(cmd, "-o DIR")}
		case *mapping != "" && !slices.Contains(f.Needs, "mapping"):
			return &usageError{message: fmt.Sprintf("the format %s takes no --mapping: it says itself what its columns mean", f.Name)}
		case *mapping == "" && slices.Contains(f.Needs, "mapping"):
			return &usageError{message: fmt.Sprintf("the format %s needs a file that says what the columns mean", f.Name), hint: "--mapping FILE; ailca import formats " + f.Name + " says what stands in it"}
		case o.Released != "" && !factors.IsDate(o.Released):
			return &usageError{message: fmt.Sprintf("--released takes a date such as 2025, 2025-03 or 2025-03-14, not %q", o.Released)}
		}
		if err := yearAsked(o.Year); err != nil {
			return err
		}
		if err := newFolder(*out, "pack", "a pack is not replaced, since studies may rest on it"); err != nil {
			return err
		}
		return a.importFactors(cmd.Context(), f, args[1:], *mapping, o, *out)
	}
	return cmd
}

// newFolder refuses a place where something stands: a pack, a submission or a package is never replaced, for the reason why.
func newFolder(path, what, why string) error {
	shown := filepath.ToSlash(filepath.Clean(path))
	entries, err := os.ReadDir(path)
	switch {
	case err == nil && len(entries) > 0:
		return &usageError{message: shown + " holds files already", hint: "name a new folder, or remove this one: " + why}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return &usageError{message: shown + " cannot be the folder of the " + what + ": " + withoutPath(err).Error(), hint: "name a new folder"}
	}
	return nil
}

// importFactors reads files and publishes the pack, whole or not at all.
func (a *app) importFactors(ctx context.Context, f importers.Format, paths []string, mapping string, o importers.Options, out string) error {
	var probs diag.List
	open := func(path string) *importers.File {
		file, err := os.Open(path)
		if err == nil {
			if p, wrong := notText(file); wrong {
				file.Close()
				p.Place.File = filepath.ToSlash(path)
				probs.Add(p)
				return nil
			}
			return &importers.File{Name: filepath.ToSlash(path), Text: &interruptible{ctx, file, sha256.New()}}
		}
		probs.Errorf(diag.NotFound, diag.Place{File: filepath.ToSlash(path)}, "%v", withoutPath(err))
		return nil
	}
	var files []importers.File
	for _, path := range paths {
		if file := open(path); file != nil {
			files = append(files, *file)
			defer file.Text.(io.Closer).Close()
		}
	}
	if err := sameFiles(files); err != nil {
		return err
	}
	if mapping != "" {
		if o.Mapping = open(mapping); o.Mapping != nil {
			defer o.Mapping.Text.(io.Closer).Close()
		}
	}
	if err := probs.Err(); err != nil {
		return err
	}
	folder, err := output.Begin(out)
	if err != nil {
		return err
	}
	defer folder.Discard()
	w := importers.NewPackWriter(filepath.Base(filepath.Clean(out)), func(name string) (io.WriteCloser, error) { return folder.Create(name) })
	sink := &firstLeft{PackWriter: w}
	importers.Import(f, files, o, sink, &probs)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := probs.Err(); err != nil {
		return err
	}
	if w.Rows() == 0 {
		p := diag.Problem{Code: diag.MissingValue, Place: diag.Place{File: files[0].Name}, Message: "the files hold no record"}
		if n := w.LeftOut(); n > 0 {
			p.Place = sink.first.Place
			p.Message = fmt.Sprintf("the files hold no value that could be used: %s left out, this is the first (%s)", plural(n, "record"), sink.first.What)
			p.Why = sink.first.Why
		}
		probs.Add(p)
		return probs.Err()
	}
	if err := w.Close(f, fromText(f, files)); err != nil {
		return err
	}
	p := w.Load(os.DirFS(folder.Path()), filepath.ToSlash(filepath.Clean(out)), &probs)
	if err := probs.Err(); err != nil {
		return err
	}
	findings, _ := p.Lint()
	counts := map[string]int{}
	for i := range findings {
		counts[findings[i].Lint]++
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := folder.Commit(); err != nil {
		return err
	}
	a.tellImport(p, w, out)
	for _, r := range factors.LintRules() {
		if n := counts[r.Name]; n > 0 {
			a.tell(fmt.Sprintf("lint %s: %s (%s)", r.Name, plural(n, "finding"), r.Title))
		}
	}
	if len(findings) > 0 {
		a.tell("ailca factors lint " + quoted(out) + " lists them")
	}
	return nil
}

// firstLeft keeps the first record that was left out, for who is left with none.
type firstLeft struct {
	*importers.PackWriter
	first foreign.Left
}

func (l *firstLeft) Left(left foreign.Left) {
	if l.first.Why == "" {
		l.first = left
	}
	l.PackWriter.Left(left)
}

// tellImport says what was written, under which licence, and what was left out.
func (a *app) tellImport(p *factors.Pack, w *importers.PackWriter, out string) {
	for _, t := range w.Tables() {
		share := ""
		if l, _ := factors.LicenceNamed(t.Licence); l.ShareAlike() {
			share = sharesAlike("pack")
		}
		a.tell(fmt.Sprintf("%s.csv: %s under %s%s", t.Name, plural(t.Rows, "row"), t.Licence, share))
	}
	if n := w.LeftOut(); n > 0 {
		what := "lists them with the reasons"
		if n == 1 {
			what = "lists it with the reason"
		}
		a.tell(fmt.Sprintf("%s left out: %s %s", plural(n, "record"), filepath.ToSlash(filepath.Join(out, importers.LeftFile)), what))
	}
	a.tell("written to " + filepath.ToSlash(out) + ": the pack " + p.Ref())
}

// sharesAlike says what follows for a file of what is under a licence that asks to share alike.
func sharesAlike(what string) string {
	return fmt.Sprintf(", which asks to share alike: keep the %s apart from others", what)
}

// notText says what a file is that no importer reads, and what to do about it; false where it may be text.
func notText(file *os.File) (p diag.Problem, wrong bool) {
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return diag.Problem{Code: diag.NotFound, Message: "this is a folder", Hint: "name a file in it"}, true
	}
	start := make([]byte, 4)
	if _, err := file.ReadAt(start, 0); err != nil {
		return p, false // shorter, or no file on a disk
	}
	p.Code = diag.Syntax
	switch {
	case string(start) == "PAR1":
		p.Message, p.Hint = "this is a Parquet file, which no format of factors is", "DuckDB writes CSV: COPY (SELECT * FROM 'file.parquet') TO 'file.csv'"
	case string(start) == "PK\x03\x04":
		p.Message, p.Hint = "this is a ZIP archive or a workbook", "unpack it, or save the sheet as CSV"
	case string(start[:2]) == "\x1f\x8b":
		p.Message, p.Hint = "this file is compressed", "unpack it first: gunzip FILE"
	}
	return p, p.Message != ""
}

// sameFiles refuses a file that is named twice: each of its values would stand twice.
func sameFiles(files []importers.File) error {
	for i := range files {
		for j := range i {
			a, errA := files[i].Text.(*interruptible).file.Stat()
			b, errB := files[j].Text.(*interruptible).file.Stat()
			if errA == nil && errB == nil && a.Mode().IsRegular() && os.SameFile(a, b) {
				return &usageError{message: files[i].Name + " is named twice", hint: "each file once"}
			}
		}
	}
	return nil
}

// withoutPath is an error without the path, which the place says already.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// fromText says which files were imported.
func fromText(f importers.Format, files []importers.File) string {
	var names []string
	for _, file := range files {
		in := file.Text.(*interruptible)
		io.Copy(io.Discard, in) // what an importer left unread: after its end there is nothing that it wants
		names = append(names, fmt.Sprintf("%s (sha256 %x)", filepath.Base(file.Name), in.sum.Sum(nil)))
	}
	return fmt.Sprintf("Imported as %s from %s.", f.Name, strings.Join(names, ", "))
}

// interruptible is a file that is read until the context ends, and digested on the way.
type interruptible struct {
	ctx  context.Context
	file *os.File
	sum  hash.Hash
}

func (r *interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.file.Read(p)
	r.sum.Write(p[:n])
	return n, err
}

func (r *interruptible) Close() error { return r.file.Close() }
