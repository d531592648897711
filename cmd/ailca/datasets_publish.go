package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// publishFlags are what the command line says of a package.
type publishFlags struct {
	out, file    string
	meta         publish.Metadata
	contributors []string
}

// publishCommand is "ailca datasets publish".
func (a *app) publishCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "publish FILE... -o DIR",
		Short: "Write inventories as a data package that anyone can read and verify",
		Long: `Writes each kind of inventory as Parquet and as CSV, in canonical units, with datapackage.json (a Frictionless Data Package: columns with units,
constraints and keys, licences and sources of each table, digests), ro-crate-metadata.json (RO-Crate), CITATION.cff, README.md and SHA256SUMS. The folder
appears whole or not at all, and the same input gives the same bytes: the day is that of --created, else the newest date in a row.

Refused are inventories with errors (ailca validate), rows marked confidentiality = aggregate, and rows whose licence is not known or forbids to pass them on. No text of a
CSV file is a formula to a spreadsheet: one that could be has an apostrophe before it, which is taken away where ailca reads it back.

The file of --metadata is YAML; flags go before what it says:

  name: my-inventory
  version: "1.0.0"
  title: Training runs of 2025
  description: Metered at the facility.
  created: "2025-12-31"
  licence: CC-BY-4.0
  homepage: https://example.org/data
  doi: 10.5281/zenodo.1234567
  keywords: [artificial intelligence, electricity]
  contributors:
    - {family: Lovelace, given: Ada, orcid: "https://orcid.org/0000-0002-1825-0097", organisation: Example University, roles: [author]}
    - {name: Example Observatory, email: data@example.org, url: "https://example.org", roles: [publisher]}`,
		Example: `  ailca datasets publish runs.parquet hardware.parquet -o my-inventory --version 1.0.0 --licence CC-BY-4.0 --contributor "Example Observatory"
  ailca datasets publish runs.parquet -o my-inventory --metadata package.yaml
  ailca verify my-inventory`,
		Args: arguments("FILE..."),
	}
	var f publishFlags
	cmd.Flags().StringVarP(&f.out, "package", "o", "", "`DIR` that the package is written to; it must not hold anything")
	cmd.Flags().StringVar(&f.file, "metadata", "", "`FILE` (YAML) that says what follows")
	cmd.Flags().StringVar(&f.meta.Name, "name", "", "`NAME` of the package; the folder's where it is not given")
	cmd.Flags().StringVar(&f.meta.Version, "version", "", "`VERSION` of the data")
	cmd.Flags().StringVar(&f.meta.Title, "title", "", "`TITLE` for people")
	cmd.Flags().StringVar(&f.meta.Description, "description", "", "`TEXT`: what the data are and how they came about")
	cmd.Flags().StringVar(&f.meta.Created, "created", "", "`DATE`, YYYY-MM-DD; the newest date in a row where it is not given")
	cmd.Flags().StringVar(&f.meta.Licence, "licence", "", "SPDX `ID` of the collection's licence, such as CC-BY-4.0")
	cmd.Flags().StringArrayVar(&f.contributors, "contributor", nil, "`WHO`: \"Organisation <e-mail>\" or \"Family, Given <e-mail>\"; may be repeated")
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		if f.out == "" {
			return &usageError{message: "the folder of the package is not named", hint: outHint(cmd, "-o DIR")}
		}
		return a.publish(cmd.Context(), f, paths)
	}
	return cmd
}

// publish writes the package, whole or not at all.
func (a *app) publish(ctx context.Context, f publishFlags, named []string) error {
	if err := newFolder(f.out, "package", "what was published is not replaced"); err != nil {
		return err
	}
	var probs diag.List
	m := f.metadata(&probs)
	if err := probs.Err(); err != nil {
		return err
	}
	m.Complete(&probs)
	if err := probs.Err(); err != nil {
		return err
	}
	var paths []string
	for _, path := range named {
		paths = append(paths, filesOf(path, &probs)...)
	}
	for _, path := range paths {
		if ext := strings.ToLower(filepath.Ext(path)); ext == ".yaml" || ext == ".yml" {
			probs.Errorf(diag.Usage, diag.Place{File: filepath.ToSlash(path)}, "an inventory (.parquet) is needed")
		}
	}
	if err := probs.Err(); err != nil {
		return err
	}
	o, done := a.options(ctx)
	defer done()
	study.Validate(ctx, paths, o, &probs)
	if err := errors.Join(ctx.Err(), probs.Err()); err != nil {
		return err
	}
	inventories, closeAll := openInventories(paths, &probs)
	defer closeAll()
	if err := probs.Err(); err != nil {
		return err
	}
	folder, err := output.Begin(f.out)
	if err != nil {
		return err
	}
	defer folder.Discard()
	p, err := publish.Write(ctx, m, inventories, publish.Options{Jobs: o.Jobs}, func(name string) (io.WriteCloser, error) { return folder.Create(name) }, &probs)
	if err := errors.Join(ctx.Err(), err); err != nil {
		return err
	}
	if err := folder.Commit(); err != nil {
		return err
	}
	done()
	a.printProblems(&probs)
	for _, r := range p.Descriptor.Resources {
		if r.Format == "csv" {
			a.tell(r.Kind + ": " + plural(r.Rows, "row"))
		}
	}
	a.tell("written to "+filepath.ToSlash(f.out)+": "+p.Descriptor.Name+" "+p.Descriptor.Version+", digest "+p.Sum, "next: ailca verify "+quoted(f.out))
	return nil
}

// metadata joins what the flags and the file say.
func (f *publishFlags) metadata(probs *diag.List) *publish.Metadata {
	m := &publish.Metadata{}
	if f.file != "" {
		text, err := readSmall(f.file)
		if err != nil {
			probs.Errorf(diag.NotFound, diag.Place{File: filepath.ToSlash(f.file)}, "%v", withoutPath(err))
			return nil
		}
		if m = publish.LoadMetadata(filepath.ToSlash(f.file), text, probs); m == nil {
			return nil
		}
	}
	for _, s := range []struct{ from, to *string }{{&f.meta.Name, &m.Name}, {&f.meta.Version, &m.Version}, {&f.meta.Title, &m.Title}, {&f.meta.Description, &m.Description},
		{&f.meta.Created, &m.Created}, {&f.meta.Licence, &m.Licence}} {
		if *s.from != "" {
			*s.to = *s.from
		}
	}
	if f.contributors != nil {
		m.Contributors = nil
	}
	for _, c := range f.contributors {
		m.Contributors = append(m.Contributors, publish.ParseContributor(c))
	}
	if m.Name == "" {
		m.Name = strings.ToLower(filepath.Base(filepath.Clean(f.out)))
	}
	return m
}

// openInventories opens files, those of one kind as one inventory in the order given, the kinds in the order of their names. Problems go to probs.
func openInventories(paths []string, probs *diag.List) (out []*datasets.Inventory, closeAll func()) {
	var open []*os.File
	closeAll = func() {
		for _, f := range open {
			f.Close()
		}
	}
	var infos []os.FileInfo
	kinds := map[*datasets.Kind][]datasets.File{}
	for _, path := range paths {
		file := datasets.File{Name: filepath.ToSlash(path)}
		info, err := os.Stat(path)
		if err == nil && !info.Mode().IsRegular() {
			err = errors.New("not a regular file")
		}
		var f *os.File
		if err == nil {
			f, err = os.Open(path)
		}
		if err != nil {
			probs.Errorf(diag.NotFound, diag.Place{File: file.Name}, "%v", withoutPath(err))
			continue
		}
		open = append(open, f)
		if slices.ContainsFunc(infos, func(before os.FileInfo) bool { return os.SameFile(before, info) }) {
			probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: file.Name}, Message: "the file is named twice: each of its rows would stand twice"})
			continue
		}
		infos = append(infos, info)
		file.R, file.Size = f, info.Size()
		if kind := datasets.KindOf(file, "", probs); kind != nil {
			kinds[kind] = append(kinds[kind], file)
		}
	}
	for _, kind := range datasets.Kinds() {
		if files := kinds[kind]; files != nil {
			if inv := datasets.OpenInventory(kind, files, probs); inv != nil {
				out = append(out, inv)
			}
		}
	}
	return slices.Clip(out), closeAll
}
