package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/trace"
	"github.com/ai-impact-observatory/ailca/reports"
)

// explainCommand is "ailca explain".
func (a *app) explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain RUN SELECTION...",
		Short: "Derive a figure as a tree: cells, contributions, input rows, rules, parameters, factors",
		Long: `RUN is a study, open for the embedded open edition, or a result folder. SELECTION picks rows of the impact table: column=value for any of its columns, or
bare names, which are looked for in the columns: ITEM/STAGE, a model, a region, a stage, a year. What picks several rows is explained as their sum. Rows of
several perspectives, accountings or options are not added: the command lists what to choose from.

Under the figure stand the cells of the impact table, under each of these the rules that contribute to it, then the input rows with their values, and what
each rule makes of them: its formula with the values put in, down to columns, parameters and rows of factor tables, each with its place, source and licence.
Of each sum the largest parts are shown, --top of them; the others stand as one rest. What is missing from the figure, left out of it or found by a fallback
is said below.

Every sum is the exact sum of what stands under it, rounded once, and every product is that of its factors in the order shown: the tree comes to the figure
to the last bit, and so it does when it is computed again from --format json. A formula that is uncertain explains a row and is not added: sums of rows are
multiplied by what is uncertain afterwards, so that its last digits may differ.

JSON has a node for each of these under "figure", with kind, label, value (or text), unit, operation, place, details and children. The value of a sum, product,
difference, negation, minimum, maximum or "same" follows from the children in their order: factors of a product have an exponent where it is not 1, and what
"remainder" lists counts in a sum beside the value. What stands under "explained" is not computed with.

The study is computed anew. A result folder's figure is that of its impacts.parquet; where what is computed differs from it by a bit, the exit code is 5.`,
		Example: `  ailca explain open gpt-3-175b-pretraining/training location
  ailca explain open model=gpt-3-175b stage=manufacturing --category climate_change
  ailca explain study.yaml gpt-4-pretraining/training market --format html -o figure.html`,
		Args: arguments("RUN", "SELECTION..."),
	}
	var q study.Query
	cmd.Flags().StringVar(&q.Category, "category", "", "`CATEGORY` of the figure; climate_change where neither this nor the selection says one")
	cmd.RegisterFlagCompletionFunc("category", cobra.FixedCompletions(lca.Words().CategoryNames(), cobra.ShellCompDirectiveNoFileComp))
	top := wholeFlag(cmd, "top", "show so many of the parts of each sum", fmt.Sprint(study.DefaultTop), fmt.Sprintf("expected a whole number from 1 to %d", study.MostTop))
	file := cmd.Flags().String("study", "", "of a result folder, the `FILE` of its study, where it is not found")
	out := cmd.Flags().StringP("output", "o", "", "`FILE` to write to in place of standard output")
	format := choice(cmd, "format", "FORMAT", "how to print", "text", "json", "html", "dot")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if q.Top = top(); q.Top < 1 || q.Top > study.MostTop {
			return &usageError{message: fmt.Sprintf("--top is 1 to %d, not %d", study.MostTop, q.Top)}
		}
		if _, known := lca.Words().Category(q.Category); !known && q.Category != "" {
			return &usageError{message: fmt.Sprintf("there is no category %q", q.Category), hint: didYouMean(diag.Nearest(q.Category, lca.Words().CategoryNames()), lca.Words().CategoryNames())}
		}
		for _, word := range args[1:] {
			if strings.TrimSpace(word) == "" {
				return &usageError{message: "an empty word picks nothing", hint: "column=value, or a name such as gpt-3-175b-pretraining/training"}
			}
		}
		q.Selection = args[1:]
		tree, err := a.figure(cmd.Context(), args[0], *file, q)
		var different *study.DifferentFigure
		if err != nil && (!errors.As(err, &different) || tree == nil) {
			return a.unlike(different, err)
		}
		var b bytes.Buffer
		switch format() {
		case "json":
			err = tree.WriteJSON(&b)
		case "html":
			err = reports.WriteTrace(&b, tree, "ailca")
		case "dot":
			b.WriteString(traceDot(tree))
			err = nil
		default:
			b.WriteString(traceText(tree))
			err = nil
		}
		if err == nil {
			err = a.deliver(b.Bytes(), *out)
		}
		if err == nil && different != nil {
			return a.unlike(different, err)
		}
		return err
	}
	return cmd
}

// unlike tells that a published figure does not come out; another error it hands on.
func (a *app) unlike(different *study.DifferentFigure, err error) error {
	if different == nil {
		return err
	}
	var probs diag.List
	probs.Add(diag.Problem{Code: diag.TablesDiffer, Message: different.Error()})
	a.printProblems(&probs)
	return &printedError{&differentError{}}
}

// figure derives a figure of a study, or of a result folder.
func (a *app) figure(ctx context.Context, run, studyFile string, q study.Query) (*trace.Tree, error) {
	o, done := a.options(ctx)
	defer done()
	var probs diag.List
	var f *study.Figures
	var err error
	if info, e := os.Stat(run); e == nil && info.IsDir() {
		f, err = study.OpenResultFigures(ctx, run, studyFile, o, &probs)
	} else if studyFile != "" {
		return nil, usagef("--study is for result folders")
	} else if s := loadStudy(ctx, []string{run}, &probs); s != nil {
		f, err = study.OpenFigures(ctx, s, o, &probs)
	}
	if err == nil {
		err = probs.Err()
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	tree, err := f.Trace(ctx, q)
	done()
	a.printProblems(&probs)
	return tree, err
}

// deliver writes to a file, which appears once it is complete, or to standard output where none is named.
func (a *app) deliver(content []byte, file string) error {
	if file == "" {
		_, err := a.stdout.Write(content)
		return err
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return usagef("%s is a folder: -o names a file", file)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+".*.partial")
	if errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no folder %s to write to", filepath.Dir(file))
	}
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	if e := temp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(temp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		return err
	}
	a.tell("written to " + file)
	return nil
}
