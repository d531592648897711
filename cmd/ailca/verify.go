package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets/parquet/second"
	"github.com/ai-impact-observatory/ailca/datasets/verify"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// secondWord is the command by which the program is the second reader of Parquet for another one of itself.
const secondWord = "second-reader"

// verifyCommand is "ailca verify".
func (a *app) verifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify PACKAGE",
		Short: "Verify a published data package: every digest, every table by two programs",
		Long: `Checks that no file of the package is missing, changed or extra, that its descriptor is sound and states sizes, digests, columns and numbers of rows as they
are, that two independent implementations of Parquet read the same values, and that the CSV files hold them too. One flipped bit in any file is found.
Nothing outside of the folder is opened, and no link is followed. What README, citation, sources and licences say is the publisher's word: the digests keep it as
it was said, and nothing here makes it true.

The second implementation runs in a process of its own with a limit of memory and a deadline: where it dies or does not end, that is a finding.

The digest that is printed stands for the whole package. A digest proves that the package is the one that was meant only to those who got it from
the publisher, and not with the package.`,
		Example: `  ailca verify my-inventory
  ailca verify my-inventory --format json`,
		Args: arguments("PACKAGE"),
	}
	deadline := cmd.Flags().Duration("deadline", 0, "how long the second implementation may take for a file, such as 10m; a minute and more for large files where it is not given")
	format := choice(cmd, "format", "FORMAT", "how to print the findings", "text", "json", "csv")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		if *deadline < 0 {
			return usagef("--deadline is %v", *deadline)
		}
		var probs diag.List
		report, err := verify.Package(cmd.Context(), args[0], verify.Options{Second: []string{self, secondWord}, Deadline: *deadline}, &probs)
		if err != nil {
			return err
		}
		if probs.Count(diag.Error) == 0 && format() == "text" {
			for _, t := range report.Tables {
				a.tell(fmt.Sprintf("%s: %s, %s, the same as Parquet, by two implementations, and as CSV", t.Kind, plural(t.Rows, "row"), plural(t.Columns, "column")))
			}
		}
		well := ""
		if report != nil {
			well = fmt.Sprintf("%s %s verified: %s, %s bytes, digest %s", report.Name, report.Version, plural(report.Files, "file"), grouped(report.Bytes), report.Sum)
		}
		return a.verdict(&probs, format(), well)
	}
	return cmd
}

// secondReader runs this program as the second reader where its first argument says so: ahead of everything that a command line needs, for it has little memory.
func secondReader() (code int, is bool) {
	if len(os.Args) < 2 || os.Args[1] != secondWord {
		return 0, false
	}
	return second.Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr), true
}
