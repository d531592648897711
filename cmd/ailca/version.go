package main

import (
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca"
)

// versionCommand is "ailca version".
func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of the program, of its results and of its file formats",
		Long: `The results version is raised whenever the same inputs give another result; a format's number whenever a reader of the former one
could go wrong.`,
		Example: `  ailca version
  ailca version --format json`,
		Args: arguments(),
	}
	format := formatFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		l := listing{columns: []string{"name", "version"}}
		version, revision := built()
		l.add("ailca", version)
		if revision != "" {
			l.add("revision", revision)
		}
		l.add("go", runtime.Version())
		l.add("platform", runtime.GOOS+"/"+runtime.GOARCH)
		l.add("results", strconv.Itoa(lca.ResultsVersion))
		l.add("impacts format", strconv.Itoa(lca.ImpactsFormat))
		l.add("ledger format", strconv.Itoa(lca.LedgerFormat))
		l.add("intensities format", strconv.Itoa(lca.IntensitiesFormat))
		l.add("run.json format", strconv.Itoa(lca.RunFormat))
		return l.write(a.stdout, format())
	}
	return cmd
}

// built is the module's version, "(devel)" for a build from a work tree without one, and the commit where the build knows it.
func built() (version, revision string) {
	version = "(devel)"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, ""
	}
	if v := info.Main.Version; v != "" {
		version = v
	}
	changed := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	if changed && revision != "" {
		revision += " with changes"
	}
	return version, revision
}
