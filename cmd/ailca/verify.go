package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets/parquet/second"
	"github.com/ai-impact-observatory/ailca/datasets/verify"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
)

// secondWord is the command by which the program is the second reader of Parquet for another one of itself.
const secondWord = "second-reader"

// verifyCommand is "ailca verify".
func (a *app) verifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify FOLDER",
		Short: "Verify a published data package, or a result by running it again",
		Long: `Of a data package: checks that no file of the package is missing, changed or extra, that its descriptor is sound and states sizes, digests, columns and numbers of rows as they
are, that two independent implementations of Parquet read the same values, and that the CSV files hold them too. One flipped bit in any file is found.
Nothing outside of the folder is opened, and no link is followed. What README, citation, sources and licences say is the publisher's word: the digests keep it as
it was said, and nothing here makes it true.

Of a result folder, which ailca run wrote: checks every file against run.json; then that the study, the method, the packs and the inventories are those that run.json
names by their digests, and tells which are others; then runs the study again in a scratch folder and tells of each output that is not the same to the bit in which row
and column it differs first. A bundle (ailca run --bundle) holds all that is needed and is run from itself; the open edition is part of the program; the study of
another folder is named by --study, or found where it was run. A result of another version of the program says so. With --no-run the files alone are checked. Findings
end in exit code 5, what cannot be read or run in 3. timings.json is outside of all this.

The second implementation of Parquet runs in a process of its own with a limit of memory and a deadline: where it dies or does not end, that is a finding.

The digest that is printed stands for the whole folder: of a package it is the SHA-256 of SHA256SUMS, of a result that of run.json. A digest proves that the folder is the
one that was meant only to those who got it from the publisher, and not with the folder.`,
		Example: `  ailca verify my-inventory
  ailca verify my-inventory --format json
  ailca verify out/observatory-2025
  ailca verify out/my-study --study my-study/study.yaml`,
		Args: arguments("FOLDER"),
	}
	var of study.VerifyOptions
	cmd.Flags().StringVar(&of.Study, "study", "", "of a result: the `FILE` of its study, to run it again from what that names")
	cmd.Flags().BoolVar(&of.FilesOnly, "no-run", false, "of a result: check the files alone")
	deadline := cmd.Flags().Duration("deadline", 0, "of a package: how long the second implementation may take for a file, such as 10m; a minute and more for large files where it is not given")
	format := choice(cmd, "format", "FORMAT", "how to print the findings", "text", "json", "csv")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if isResult(args[0]) {
			if cmd.Flags().Changed("deadline") {
				return usagef("--deadline is for data packages, and %s is a result folder", args[0])
			}
			if of.FilesOnly && of.Study != "" {
				return usagef("--no-run and --study exclude each other")
			}
			return a.verifyRun(cmd, args[0], of, format())
		}
		for _, flag := range []string{"study", "no-run"} {
			if cmd.Flags().Changed(flag) {
				return usagef("--%s is for result folders, and %s is none: it holds no run.json", flag, args[0])
			}
		}
		if err := neither(args[0]); err != nil {
			return err
		}
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

// neither refuses a folder that is neither a result nor a package, and names what may be meant. What holds anything of a package is left to whoever verifies it.
func neither(folder string) error {
	for _, name := range []string{"SHA256SUMS", "datapackage.json"} {
		if _, err := os.Lstat(filepath.Join(folder, name)); err == nil {
			return nil
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // which is told
	}
	hint := "name a folder that ailca run or ailca datasets publish has written"
	if _, err := os.Lstat(filepath.Join(folder, "study.yaml")); err == nil {
		hint = "it holds a study: ailca run " + filepath.ToSlash(filepath.Join(folder, "study.yaml")) + " makes a result of it"
	}
	var results []string
	for _, e := range entries {
		if below := filepath.Join(folder, e.Name()); e.IsDir() && isResult(below) {
			results = append(results, filepath.ToSlash(below))
		}
	}
	if len(results) > 0 {
		hint = "did you mean " + strings.Join(results[:min(len(results), 5)], ", ") + "?"
	}
	return &usageError{message: fmt.Sprintf("%s is neither a result folder nor a data package: it holds neither run.json nor SHA256SUMS", folder), hint: hint}
}

// secondReader runs this program as the second reader where its first argument says so: ahead of everything that a command line needs, for it has little memory.
func secondReader() (code int, is bool) {
	if len(os.Args) < 2 || os.Args[1] != secondWord {
		return 0, false
	}
	return second.Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr), true
}
