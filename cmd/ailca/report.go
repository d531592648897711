package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/chromium"
	"github.com/ai-impact-observatory/ailca/reports"
)

// reportCommand is "ailca report".
func (a *app) reportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report RUN [PROJECTION]",
		Short: "Write the report of a result folder, with the outlook of a projection",
		Long: `Makes the report of the folder that "ailca run" wrote from its tables alone: it may lie anywhere, and neither the study's inventories nor its method are needed. A folder that "ailca project"
wrote, of the same study, gives the report its outlook, --compare the totals of a former edition, and --causes what the differences to it go back to. Each table must be the one that was written, by its digest.

Writes DIR/<study>-report/: report.en.html, one page that opens offline, in each of the languages that --lang names; summary.en.html beside it, the same figures on two sheets for those who decide, and card.en.svg, a picture for links to it; its tables for others to compute with, as tables.xlsx, a sheet for each, and as CSV in tables/, which tables.csv lists and
datapackage.json (Frictionless Data Package) describes, column by column; CITATION.cff, which says how to cite it; and report.json with what edition it is of, and the digests of what it was made of and of what was written. "ailca report index" lists such folders on a page.
Tables of more than a million cells make no tables.xlsx, and the command says so.

With --pdf the page and the summary are printed, too, by a Chromium that is on the machine: report.en.pdf and summary.en.pdf are tagged, have an outline and all tables open. The browser reaches no network. One page gives the same bytes with
the same version of the browser and the same fonts; with others the PDF is another, and nothing else is. With --png the card is drawn as PNG, too, for those who show no SVG.

With --gate nothing is written where the report should not be published: a text that readers need is empty, method, factor pack or study are drafts, more of the leading total than --most-defaulted
says rests on default values, a lever or a scenario is a draft, or a ranking mixes units. The exit code is 6 then.`,
		Example: `  ailca report out/observatory-2025
  ailca report out/observatory-2025 out/observatory-2025-to-2030
  ailca report out/observatory-2025 --compare published/observatory-2024
  ailca report out/my-study --lang en,fr
  ailca report out/observatory-2025 --pdf --png
  ailca report out/my-study --gate`,
		Args: arguments("RUN", "[PROJECTION]"),
	}
	compare := cmd.Flags().String("compare", "", "result folder `RUN` of a former edition, whose totals are set beside")
	said := cmd.Flags().StringSlice("lang", nil, "`LANGUAGES` of the page and the summary, with a comma between, of "+strings.Join(reports.Languages(), ", ")+"; left out: those that the study names, or en")
	causes := cmd.Flags().String("causes", "", "with --compare: folder `DIR` that \"ailca compare FORMER RUN --write DIR\" wrote, which says what the differences go back to")
	toPDF := cmd.Flags().Bool("pdf", false, "print the page and the summary to PDF, too, by a Chromium")
	toPNG := cmd.Flags().Bool("png", false, "draw the card as PNG, too, by a Chromium")
	named := cmd.Flags().String("chromium", "", "with --pdf or --png: `PROGRAM` to print and draw with, by path or name (default: chromium, chromium-browser or google-chrome)")
	gate := cmd.Flags().Bool("gate", false, "refuse to write a report that should not be published")
	most := cmd.Flags().String("most-defaulted", "50", "with --gate: `PERCENT` of the leading total that may rest on default values")
	cmd.RunE = func(cmd *cobra.Command, folders []string) error {
		share, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(*most), "%")), 64)
		if err != nil || !(share >= 0 && share <= 100) {
			return &usageError{message: fmt.Sprintf("--most-defaulted is a percentage from 0 to 100, not %q", *most)}
		}
		if cmd.Flags().Changed("most-defaulted") && !*gate {
			return usagef("--most-defaulted says what --gate lets pass, and there is no --gate")
		}
		if *causes != "" && *compare == "" {
			return usagef("--causes says what differences to the edition of --compare go back to, and there is no --compare")
		}
		browser, err := browserOf(*toPDF, *toPNG, *named)
		if err != nil {
			return err
		}
		var languages []string
		for _, l := range *said {
			if l = strings.ToLower(strings.TrimSpace(l)); !slices.Contains(reports.Languages(), l) {
				return usagef("--lang: there is no report in %q; there is one in each of %s", l, strings.Join(reports.Languages(), ", "))
			}
			if !slices.Contains(languages, l) {
				languages = append(languages, l)
			}
		}
		var probs diag.List
		r := study.OpenReport(cmd.Context(), folders, *compare, *causes, &probs)
		if err := probs.Err(); err != nil {
			return err
		}
		defer r.Close()
		a.printProblems(&probs)
		r.Chromium, r.PDF, r.PNG = browser, *toPDF, *toPNG
		if *gate {
			if faults := r.Edition.Faults(share / 100); len(faults) > 0 {
				var list diag.List
				for _, f := range faults {
					list.Add(diag.Problem{Code: diag.NotPublishable, Place: diag.Place{File: folders[0]}, Message: f})
				}
				a.printProblems(&list)
				return printed(&gateError{})
			}
		}
		folder, err := r.Write(cmd.Context(), a.settings.Out, languages...)
		if err != nil {
			return err
		}
		a.tell("written to " + folder.Path)
		if len(languages) == 0 {
			languages = r.Edition.Languages
		}
		for _, l := range languages {
			for _, page := range [][2]string{{"page", reports.PageName(l)}, {"summary", reports.SummaryName(l)}} {
				a.tell(page[0] + ": " + filepath.Join(folder.Path, page[1]))
				if *toPDF {
					a.tell("PDF: " + filepath.Join(folder.Path, reports.PDFName(page[1])))
				}
			}
		}
		if *toPNG {
			for _, l := range languages {
				a.tell("PNG: " + filepath.Join(folder.Path, reports.PNGName(reports.CardName(l))))
			}
		}
		if folder.LeftOut != "" {
			a.tell(folder.LeftOut)
		}
		if r.Edition.Outlook == nil {
			a.tell("it has no outlook: name the folder of a projection, too, which ailca project writes")
		}
		return nil
	}
	cmd.AddCommand(a.reportIndexCommand())
	return cmd
}

// browserOf is the browser that --pdf prints and --png draws with; empty where neither is asked for.
func browserOf(toPDF, toPNG bool, named string) (string, error) {
	if !toPDF && !toPNG {
		if named != "" {
			return "", usagef("--chromium says what --pdf prints and --png draws with, and there is neither")
		}
		return "", nil
	}
	path, err := chromium.Find(named)
	if err != nil {
		asked := "--pdf"
		if !toPDF {
			asked = "--png"
		}
		return "", &usageError{message: fmt.Sprintf("%s: %v", asked, err), hint: "install Chromium (on Debian and Ubuntu: apt-get install chromium) or Google Chrome, or name one by --chromium PROGRAM; the page can also be printed by any browser"}
	}
	return path, nil
}
