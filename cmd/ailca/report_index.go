package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/reports"
)

// reportIndexCommand is "ailca report index".
func (a *app) reportIndexCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "index FOLDER...",
		Short: "Write a page that lists reports",
		Long: `Reads report.json of folders that "ailca report" wrote and writes DIR/index.en.html and index.fr.html: the reports of the latest year first, each with its status, method and factor pack, the total that leads each perspective with its
interval, and links to its pages, summaries, PDFs and tables, as far as they are there. What is linked to must be what was written, by its digest, and the folders must lie below DIR, so that all can be published together.

The folder of a result that is itself called index is named ./index.`,
		Example: `  ailca report index out/observatory-2025-report
  ailca report index published/2024-report published/2025-report --out published`,
		Args: arguments("FOLDER..."),
	}
	cmd.RunE = func(cmd *cobra.Command, folders []string) error {
		var probs diag.List
		list := study.IndexedReports(cmd.Context(), folders, a.settings.Out, &probs)
		for _, l := range reports.Languages() {
			notAnIndex(filepath.Join(a.settings.Out, reports.IndexName(l)), &probs)
		}
		if err := probs.Err(); err != nil {
			return err
		}
		for _, l := range reports.Languages() {
			var page bytes.Buffer
			if err := reports.WriteIndex(&page, list, l, reports.Languages()...); err != nil {
				return err
			}
			if err := a.deliver(page.Bytes(), filepath.Join(a.settings.Out, reports.IndexName(l))); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}

// notAnIndex tells where a file stands that is no index of ours, which would be lost.
func notAnIndex(file string, probs *diag.List) {
	info, err := os.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil && info.Mode().IsRegular() {
		if f, err := os.Open(file); err == nil {
			defer f.Close()
			if head, err := io.ReadAll(io.LimitReader(f, 1024)); err == nil && strings.Contains(string(head), reports.IndexMark) {
				return
			}
		}
	}
	probs.Add(diag.Problem{Code: diag.Usage, Place: diag.Place{File: filepath.ToSlash(file)}, Message: "this is no index of reports, and would be replaced by one", Hint: "move it away, or choose another output folder"})
}
