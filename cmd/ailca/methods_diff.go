package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/methoddoc"
	"github.com/ai-impact-observatory/ailca/rules"
)

// methodsDiffCommand is "ailca methods diff".
func (a *app) methodsDiffCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff A B",
		Short: "List what differs between two methods",
		Long: `Lists what was added, removed, renamed and changed from method A to method B: parameters, factors, ladders, quantities with their tiers, impacts,
functional units, cut-offs, exclusions and examples, with both texts and where they stand. Layout, the order of keys, a default that is written
out and the way in which a number is written make no difference. "words" marks what no result depends on: texts for readers, and examples.`,
		Example: `  ailca methods diff observatory@1.0.0 observatory@1.1.0
  ailca methods diff observatory@1.0.0 method.yaml --format json
  ailca methods diff observatory@1.0.0 observatory@1.1.0 --format html
  ailca methods diff before.yaml after.yaml --exit-code --quiet`,
		Args:              arguments("A", "B"),
		ValidArgsFunction: completeMethods(2),
	}
	exit := cmd.Flags().Bool("exit-code", false, "end in 5 where there are differences")
	format := choice(cmd, "format", "FORMAT", "how to print", "text", "json", "md", "html")
	cmd.RunE = func(cmd *cobra.Command, refs []string) error {
		var probs diag.List
		c := study.CompareMethods(refs[0], refs[1], &probs)
		if err := probs.Err(); err != nil {
			return a.refusal(&probs, problemFormat(format()))
		}
		a.printProblems(&probs)
		var err error
		switch format() {
		case "json":
			err = a.writeJSON(c)
		case "md":
			err = signed(methoddoc.Difference(c)).WriteMarkdown(a.stdout)
		case "html":
			err = signed(methoddoc.Difference(c)).WriteHTML(a.stdout)
		default:
			_, err = a.stdout.Write([]byte(differenceText(c)))
		}
		if err == nil && *exit && len(c.Changes) > 0 {
			return printed(&differentError{})
		}
		return err
	}
	return cmd
}

// differenceText lists changes section by section: + what was added, - what was removed, ~ what was changed or renamed.
func differenceText(c *rules.Comparison) string {
	p := &page{}
	p.line(0, "%s (%s, %s) to %s (%s, %s)", c.Was.Method, c.Was.Status, c.Was.Date, c.Now.Method, c.Now.Status, c.Now.Date)
	if len(c.Changes) == 0 {
		p.line(0, "no difference")
	}
	section := ""
	marks := map[string]string{rules.Added: "+", rules.Removed: "-", rules.Changed: "~", rules.Renamed: "~"}
	for _, x := range c.Changes {
		if at := strings.TrimSpace(x.Section + " " + x.Kind); at != section {
			section = at
			p.title(section)
		}
		words, place := "", x.Was
		if x.Words {
			words = ", words"
		}
		if place == "" {
			place = x.Now
		} else if x.Now != "" {
			place += " → " + x.Now
		}
		p.line(1, "%s %s: %s%s (%s)", marks[x.What], x.Name, x.What, words, place)
		for _, f := range x.Fields {
			label := ""
			if f.Field != "" {
				label = f.Field + ": "
			}
			was, now := f.Excerpts()
			if was != "" {
				p.prose(2, "-", label+was)
			}
			if now != "" {
				p.prose(2, "+", label+now)
			}
		}
	}
	return p.String()
}

// problemFormat is how problems are printed by a command that prints documents.
func problemFormat(format string) string {
	if format == "md" || format == "html" {
		return "text"
	}
	return format
}
