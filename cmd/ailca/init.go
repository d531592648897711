package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/study"
)

// quoted is a path as a shell takes it.
func quoted(path string) string {
	if strings.ContainsAny(path, " '\"\\$&|;<>()*?[]#~!`\t\n") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// initCommand is "ailca init".
func (a *app) initCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "Write a study folder to start from: study.yaml and the open edition as Parquet",
		Example: `  ailca init my-study
  ailca run my-study/study.yaml`,
		Args: arguments("DIR"),
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := study.Init(args[0]); err != nil {
			return err
		}
		a.tell("written to "+args[0], "next: ailca run "+quoted(filepath.Join(args[0], "study.yaml")))
		return nil
	}
	return cmd
}
