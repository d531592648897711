package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/diff"
	"github.com/ai-impact-observatory/ailca/datasets/merge"
	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// differentError ends a command that was asked to look for differences and found some.
type differentError struct{}

func (*differentError) Error() string { return "differences found" }

// datasetsDiffCommand is "ailca datasets diff".
func (a *app) datasetsDiffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "List what differs between two inventories, or two packages",
		Long: `Lists the rows that were added, removed and changed, with column, old and new value, and counts them by column. A row is the same row where its id is, whatever
the order; rows without an id are compared as a whole. A row that has another id and is the same otherwise is renamed. A column that one of the two
lacks is missing in every row of it; units are converted first. A and B are Parquet files, or folders: those of packages, or with Parquet files of
different kinds. At most 8,388,608 rows of a kind are compared.`,
		Example: `  ailca datasets diff runs-2024.parquet runs-2025.parquet
  ailca datasets diff open-2025.1 open-2025.2 --format csv
  ailca datasets diff before.parquet after.parquet --exit-code --quiet`,
		Args: arguments("A", "B"),
	}
	limit := cmd.Flags().Int("limit", 1000, "how many changes are listed; all are counted")
	exit := cmd.Flags().Bool("exit-code", false, "end in 5 where there are differences")
	format := formatFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *limit < 0 {
			return usagef("--limit is %d", *limit)
		}
		var probs diag.List
		was, closeWas := openSide(args[0], &probs)
		defer closeWas()
		now, closeNow := openSide(args[1], &probs)
		defer closeNow()
		if err := probs.Err(); err != nil {
			return a.refusal(&probs, format())
		}
		if len(was) == 1 && len(now) == 1 && was[0].Kind() != now[0].Kind() {
			return usagef("%s holds %s, %s %s: only what is of one kind is compared", args[0], was[0].Kind().Name, args[1], now[0].Kind().Name)
		}
		results := []*diff.Result{}
		differs := false
		for _, kind := range datasets.Kinds() {
			x, y := ofKind(was, kind), ofKind(now, kind)
			if x == nil && y == nil {
				continue
			}
			r, err := diff.Compare(cmd.Context(), x, y, *limit, &probs)
			if err != nil {
				return err
			}
			if r != nil {
				results = append(results, r)
				differs = differs || r.Differs()
			}
		}
		if err := probs.Err(); err != nil {
			return a.refusal(&probs, format())
		}
		if err := a.writeDiff(results, format()); err != nil {
			return err
		}
		if differs && *exit {
			return printed(&differentError{})
		}
		return nil
	}
	return cmd
}

// openSide opens a Parquet file, the tables of a package, or the Parquet files of a folder.
func openSide(path string, probs *diag.List) ([]*datasets.Inventory, func()) {
	return openInventories(filesOf(path, probs), probs)
}

// filesOf are the tables of a package or of a version that ailca datasets merge wrote, or the Parquet files of a folder; of a file that one.
func filesOf(path string, probs *diag.List) []string {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path} // whoever opens it tells what is wrong
	}
	paths, err := parquetFiles(filepath.Join(path, publish.Folder))
	if err != nil || len(paths) == 0 {
		paths, err = parquetFiles(path)
	}
	if version, is := os.Lstat(filepath.Join(path, merge.DatasetFile)); is == nil && version.Mode().IsRegular() {
		paths = slices.DeleteFunc(paths, func(p string) bool { return filepath.Base(p) == merge.StatementsFile }) // who stated what: no inventory
	}
	if err == nil && len(paths) == 0 {
		err = errors.New("the folder holds no Parquet file")
	}
	if err != nil {
		probs.Errorf(diag.NotFound, diag.Place{File: filepath.ToSlash(path)}, "%s", withoutPath(err))
	}
	return paths
}

// parquetFiles are a folder's own Parquet files in order of name; links are left out.
func parquetFiles(folder string) (out []string, err error) {
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		if e.Type().IsRegular() && filepath.Ext(e.Name()) == ".parquet" {
			out = append(out, filepath.Join(folder, e.Name()))
		}
	}
	return out, err
}

func ofKind(inventories []*datasets.Inventory, kind *datasets.Kind) *datasets.Inventory {
	for _, inv := range inventories {
		if inv.Kind() == kind {
			return inv
		}
	}
	return nil
}

// writeDiff prints as JSON everything, as CSV the changes, and for people the counts, the columns and the changes.
func (a *app) writeDiff(results []*diff.Result, format string) error {
	changes := &listing{columns: []string{"kind", "change", "id", "column", "was", "now"}}
	counts := &listing{columns: []string{"kind", "rows_was", "rows_now", "same", "added", "removed", "renamed", "changed"}}
	columns := &listing{columns: []string{"kind", "column", "rows_changed"}}
	more := int64(0)
	for _, r := range results {
		counts.add(r.Kind, r.Was, r.Now, r.Same, r.Added, r.Removed, r.Renamed, r.Changed)
		for _, c := range r.Columns {
			columns.add(r.Kind, c.Column, c.Rows)
		}
		for _, c := range r.Changes {
			changes.add(r.Kind, c.What, c.ID, c.Column, c.Was, c.Now)
		}
		more += r.More
	}
	var err error
	switch format {
	case "json":
		e := json.NewEncoder(a.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(results)
	case "csv":
		err = changes.write(a.stdout, format)
	default:
		err = counts.write(a.stdout, format)
		for _, l := range []*listing{columns, changes} {
			if err == nil && len(l.rows) > 0 {
				fmt.Fprintln(a.stdout)
				err = l.write(a.stdout, format)
			}
		}
	}
	if err == nil && more > 0 {
		a.tell(plural(more, "more change") + ": --limit lists them")
	}
	return err
}
