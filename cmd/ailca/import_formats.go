package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	inventories "github.com/ai-impact-observatory/ailca/datasets/importers"
	"github.com/ai-impact-observatory/ailca/factors/importers"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// importFormatsCommand is "ailca import formats".
func (a *app) importFormatsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "formats [FORMAT]",
		Short: "List the formats that can be imported, or describe one",
		Long: `Lists the formats with what each gives and the flags that say what its files do not. With a format's name it says which files are read, what
becomes of them, what is left out, and why.`,
		Example: `  ailca import formats
  ailca import formats owid`,
		Args: arguments("[FORMAT]"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return describedNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	format := formatFlag(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		formats := describedFormats()
		if len(args) > 0 {
			formats = slices.DeleteFunc(formats, func(f describedFormat) bool { return f.name != args[0] })
			if len(formats) == 0 {
				return unknownFormat(args[0], describedNames())
			}
		}
		if len(args) > 0 && format() == "table" {
			for i, f := range formats {
				if i > 0 {
					fmt.Fprintln(a.stdout)
				}
				if _, err := a.stdout.Write(f.text()); err != nil {
					return err
				}
			}
			return nil
		}
		l := &listing{columns: []string{"format", "gives", "flags", "title", "doc"}}
		for _, f := range formats {
			l.add(f.name, f.gives, strings.Join(f.flags, " "), f.title, f.doc)
		}
		if format() == "table" {
			l = l.only("format", "gives", "flags", "title")
		}
		return l.write(a.stdout, format())
	}
	return cmd
}

// describedFormat is a format of factors or of inventories.
type describedFormat struct {
	name, gives, title, doc string
	flags                   []string
}

// describedFormats lists all formats by name; of those of one name, inventories first.
func describedFormats() (out []describedFormat) {
	for _, f := range inventories.Formats() {
		d := describedFormat{name: f.Name, gives: strings.Join(f.Kinds, " "), title: f.Title, doc: f.Doc}
		if len(f.Kinds) == 0 {
			d.gives = "any kind"
		}
		for _, name := range f.Needs {
			if name == "mapping" {
				d.flags = append(d.flags, "--mapping")
			} else {
				d.flags = append(d.flags, "--set "+name+"=...")
			}
		}
		for _, x := range f.With {
			d.doc += fmt.Sprintf("\n\n--%s: %s.", x.Name, x.Doc)
		}
		out = append(out, d)
	}
	for _, f := range importers.Formats() {
		out = append(out, describedFormat{f.Name, "factors", f.Title, f.Doc, neededFlags(f)})
	}
	slices.SortStableFunc(out, func(a, b describedFormat) int { return strings.Compare(a.name, b.name) })
	return out
}

func describedNames() (out []string) {
	for _, f := range describedFormats() {
		out = append(out, f.name)
	}
	return slices.Compact(out)
}

// text describes a format for people.
func (f *describedFormat) text() []byte {
	command := "ailca import " + f.name
	if f.gives == "factors" {
		command = "ailca import factors " + f.name
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s: %s\n%s gives %s\n\n%s", f.name, f.title, command, f.gives, wrapped(f.doc))
	if len(f.flags) > 0 {
		fmt.Fprintf(&b, "\nWhat a file does not say is given: %s\n", strings.Join(f.flags, " "))
	}
	return b.Bytes()
}

// wrapped writes paragraphs on lines of at most 100 characters, those that are indented as they are.
func wrapped(doc string) []byte {
	var b bytes.Buffer
	for i, paragraph := range strings.Split(doc, "\n\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
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
		return f, unknownFormat(name, formatNames())
	}
	return f, nil
}

func unknownFormat(name string, known []string) error {
	return &usageError{message: fmt.Sprintf("there is no format %q", name), hint: didYouMean(diag.Nearest(name, known), known)}
}
