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
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/factors/importers"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// importCommand is "ailca import" and what it holds.
func (a *app) importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "import",
		Short:   "Turn files of other tools into factor packs",
		Long:    "Reads what others publish, in their formats. ailca import factors --help lists them.",
		Example: `  ailca import factors owid carbon-intensity-electricity.csv --released 2026-04 -o owid-2026`,
		Args:    commandOr(func(string) string { return "" }),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.importFactorsCommand())
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

The formats:
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
			return &usageError{message: "name the folder of the pack", hint: "-o DIR"}
		case o.Released != "" && !factors.IsDate(o.Released):
			return &usageError{message: fmt.Sprintf("--released takes a date such as 2025, 2025-03 or 2025-03-14, not %q", o.Released)}
		}
		return a.importFactors(cmd.Context(), f, args[1:], *mapping, o, *out)
	}
	return cmd
}

// formatsText lists the formats for people.
func formatsText() string {
	var b strings.Builder
	for _, f := range importers.Formats() {
		fmt.Fprintf(&b, "\n  %s: %s\n", f.Name, f.Title)
		for _, line := range strings.Split(strings.TrimSpace(f.Doc), "\n") {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

func formatNames() []string {
	var out []string
	for _, f := range importers.Formats() {
		out = append(out, f.Name)
	}
	return out
}

func formatNamed(name string) (importers.Format, error) {
	f, ok := importers.Find(name)
	if !ok {
		return f, &usageError{message: fmt.Sprintf("there is no format %q", name), hint: didYouMean(diag.Nearest(name, formatNames()), formatNames())}
	}
	return f, nil
}

// importFactors reads files and publishes the pack, whole or not at all.
func (a *app) importFactors(ctx context.Context, f importers.Format, paths []string, mapping string, o importers.Options, out string) error {
	var probs diag.List
	open := func(path string) *importers.File {
		file, err := os.Open(path)
		if err == nil {
			if info, err := file.Stat(); err == nil && info.IsDir() {
				file.Close()
				probs.Errorf(diag.NotFound, diag.Place{File: filepath.ToSlash(path)}, "this is a folder; name a file in it")
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
	importers.Import(f, files, o, w, &probs)
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := probs.Err(); err != nil {
		return err
	}
	if w.Rows() == 0 {
		probs.Errorf(diag.MissingValue, diag.Place{File: files[0].Name}, "the files hold no value that could be used: %s left out", plural(w.LeftOut(), "record"))
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
	if err := folder.Commit(); err != nil {
		return err
	}
	a.tellImport(p, w, out)
	for _, r := range factors.LintRules() {
		if n := counts[r.Name]; n > 0 {
			a.tell(fmt.Sprintf("lint %s: %s (%s)", r.Name, plural(n, "row"), r.Title))
		}
	}
	if len(findings) > 0 {
		a.tell("ailca factors lint " + quoted(out) + " lists them")
	}
	return nil
}

func (a *app) tellImport(p *factors.Pack, w *importers.PackWriter, out string) {
	for _, t := range w.Tables() {
		l, _ := factors.LicenceNamed(t.Licence)
		share := ""
		if l.Redistribute == "share-alike" {
			share = ", which asks to share alike: keep the pack apart from others"
		}
		a.tell(fmt.Sprintf("%s.csv: %s under %s%s", t.Name, plural(t.Rows, "row"), t.Licence, share))
	}
	if n := w.LeftOut(); n > 0 {
		a.tell(fmt.Sprintf("%s left out: %s lists them with the reasons", plural(n, "record"), filepath.ToSlash(filepath.Join(out, importers.LeftFile))))
	}
	a.tell("written to " + filepath.ToSlash(out) + ": the pack " + p.Ref())
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
