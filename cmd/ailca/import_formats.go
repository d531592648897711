package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/factors/importers"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// importFormatsCommand is "ailca import formats".
func (a *app) importFormatsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "formats [FORMAT]",
		Short: "List the formats that can be imported, or describe one",
		Long: `Lists the formats with the flags of ailca import factors that say what their files do not. With a format's name it says which files are read, what
becomes of them, what is left out, and why.`,
		Example: `  ailca import formats
  ailca import formats owid`,
		Args: arguments("[FORMAT]"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return formatNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		formats := importers.Formats()
		if len(args) > 0 {
			f, err := formatNamed(args[0])
			if err != nil {
				return err
			}
			formats = []importers.Format{f}
		}
		if len(args) > 0 && format() == "table" {
			_, err := a.stdout.Write(formatText(formats[0]))
			return err
		}
		l := &listing{columns: []string{"format", "flags", "title", "doc"}}
		for _, f := range formats {
			l.add(f.Name, strings.Join(neededFlags(f), " "), f.Title, f.Doc)
		}
		if format() == "table" {
			l = l.only("format", "flags", "title")
		}
		return l.write(a.stdout, format())
	}
	return cmd
}

// formatText describes a format for people: its paragraphs on lines of at most 100 characters, those that are indented as they are.
func formatText(f importers.Format) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Title)
	for paragraph := range strings.SplitSeq(f.Doc, "\n\n") {
		b.WriteByte('\n')
		if strings.HasPrefix(paragraph, "  ") {
			b.WriteString(strings.TrimRight(paragraph, "\n") + "\n")
			continue
		}
		width := 0
		for _, word := range strings.Fields(paragraph) {
			if n := len([]rune(word)); width > 0 && width+1+n > 100 {
				b.WriteByte('\n')
				width = n
			} else {
				if width > 0 {
					b.WriteByte(' ')
					width++
				}
				width += n
			}
			b.WriteString(word)
		}
		b.WriteByte('\n')
	}
	if flags := neededFlags(f); len(flags) > 0 {
		fmt.Fprintf(&b, "\nWhat a file does not say is given: %s\n", strings.Join(flags, " "))
	}
	return b.Bytes()
}

// neededFlags are the flags that say what a format's files do not.
func neededFlags(f importers.Format) (out []string) {
	for _, name := range f.Needs {
		out = append(out, "--"+name)
	}
	return out
}

// formatsText lists the formats for a help page.
func formatsText() string {
	width := 0
	for _, name := range formatNames() {
		width = max(width, len(name))
	}
	var b strings.Builder
	for _, f := range importers.Formats() {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, f.Name, f.Title)
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
