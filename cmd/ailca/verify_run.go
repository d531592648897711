package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/output"
)

// isResult tells the result folder of a run from a data package, by the names of their files. One that has lost its run.json is told by its impact table.
func isResult(folder string) bool {
	has := func(name string) bool {
		_, err := os.Lstat(filepath.Join(folder, name))
		return err == nil
	}
	return !has(publish.SumsFile) && !has(publish.DescriptorFile) && (has(output.Marker) || has("impacts.parquet"))
}

// verifyRun verifies the result folder of a run.
func (a *app) verifyRun(cmd *cobra.Command, folder string, o study.VerifyOptions, format string) error {
	options, done := a.options(cmd.Context())
	defer done()
	o.Options = options
	o.Page = projectionPage
	var findings, probs diag.List
	v, err := study.VerifyResult(cmd.Context(), folder, o, &findings, &probs)
	done()
	if err != nil {
		return err
	}
	differs, wrong := findings.Count(diag.Error) > 0, probs.Err()
	findings.Merge(&probs)
	if format != "text" {
		if err := a.listProblems(&findings, format); err != nil {
			return err
		}
	} else {
		a.printProblems(&findings)
	}
	if v != nil {
		a.tell(verdictOf(v, differs, wrong != nil))
	}
	switch {
	case wrong != nil:
		return printed(wrong)
	case differs:
		return printed(&differentError{})
	}
	return nil
}

// verdictOf says what was verified, with the digest that stands for the folder.
func verdictOf(v *study.Verification, differs, wrong bool) string {
	verdict := "verified"
	if differs || wrong {
		verdict = "NOT verified"
	}
	as := ""
	if verdict == "verified" {
		as = ", as run.json says"
	}
	text := fmt.Sprintf("%s %s: %s, %s bytes%s, digest %s; ", v.Study, verdict, plural(v.Files, "file"), grouped(v.Bytes), as, v.Digest)
	if v.Source == "" {
		return text + "not run again"
	}
	return text + fmt.Sprintf("run again from %s: %d of %s the same, to the bit", v.Source, v.Equal, plural(v.Again, "output"))
}
