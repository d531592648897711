package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Settings are what a run may be told about itself. None of them changes a result.
type Settings struct {
	Jobs     int    `mapstructure:"jobs"`      // workers; 0 stands for one per processor
	Memory   string `mapstructure:"memory"`    // that a run may take, see parseMemory
	Out      string `mapstructure:"out"`       // the folder that result folders are written to
	Color    string `mapstructure:"color"`     // auto, always or never
	LogLevel string `mapstructure:"log_level"` // error, warn, info or debug
}

// settingsFile is read from the current folder where it is there.
const settingsFile = "ailca.yaml"

// load completes a.settings: flags, then AILCA_* variables, then the settings file, then defaults. Everything that is wrong in any of
// them is reported at once. Help, completion and version go without, so that they work where a settings file is broken.
func (a *app) load(cmd *cobra.Command) error {
	for c := cmd; c != nil; c = c.Parent() {
		switch c.Name() {
		case "help", "completion", "version", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd:
			return nil
		}
	}
	flags := cmd.Flags()
	var probs diag.List
	v := viper.New()
	v.SetEnvPrefix("AILCA")
	file := readSettings(flags, &probs)
	if err := v.MergeConfigMap(file); err != nil {
		return err
	}
	for _, s := range settingsTable() {
		v.SetDefault(s.key, s.value)
		if err := errors.Join(v.BindEnv(s.key), v.BindPFlag(s.key, flags.Lookup(s.flag()))); err != nil {
			return err
		}
		if text := os.Getenv(s.variable()); text != "" {
			if err := s.check(text); err != nil {
				probs.Errorf(diag.Usage, diag.Place{}, "%s is %q: %v", s.variable(), text, err)
			}
		}
	}
	a.unknownVariables(&probs)
	if err := probs.Err(); err != nil {
		return err
	}
	if err := v.UnmarshalExact(&a.settings); err != nil {
		return usagef("settings: %v", err)
	}
	if err := a.loudness(flags); err != nil {
		return err
	}
	a.colour = a.coloured()
	a.printProblems(&probs)
	return nil
}

// loudness applies --quiet and --verbose, which are short for log levels.
func (a *app) loudness(flags *pflag.FlagSet) error {
	given := ""
	for _, f := range []struct{ flag, level string }{{"quiet", "error"}, {"verbose", "debug"}, {"log-level", a.settings.LogLevel}} {
		if !flags.Changed(f.flag) || f.flag != "log-level" && flags.Lookup(f.flag).Value.String() != "true" {
			continue
		}
		if given != "" {
			return usagef("--%s and --%s exclude each other", given, f.flag)
		}
		given = f.flag
		a.settings.LogLevel = f.level
	}
	return nil
}

func (a *app) quiet() bool   { return a.settings.LogLevel == "error" }
func (a *app) verbose() bool { return a.settings.LogLevel == "debug" }

// readSettings reads the settings file, checks it and returns its values as they are written. A file that --config names must be
// there.
func readSettings(flags *pflag.FlagSet, probs *diag.List) map[string]any {
	name, named := settingsFile, false
	if f := flags.Lookup("config"); f != nil && f.Changed {
		name, named = f.Value.String(), true
	}
	text, err := readSmall(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return nil
	case err != nil:
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		probs.Errorf(diag.NotFound, diag.Place{File: name}, "the settings cannot be read: %v", err)
		return nil
	}
	root := document.Parse(name, text, probs)
	if root == nil {
		return nil
	}
	var written struct { // as text: settingsTable says what it may be
		Jobs     string `doc:"jobs"`
		Memory   string `doc:"memory"`
		Out      string `doc:"out"`
		Color    string `doc:"color"`
		LogLevel string `doc:"log_level"`
	}
	var wrong diag.List
	document.Decode(root, &written, &wrong)
	values := map[string]any{}
	for _, s := range settingsTable() {
		node := root.Get(s.key)
		if node == nil || node.Kind != document.Scalar {
			continue
		}
		values[s.key] = node.Text
		if err := s.check(node.Text); err != nil {
			wrong.Add(node.Problem(diag.Usage, "%s is %q: %v", s.key, node.Text, err))
		}
	}
	for _, p := range wrong.Problems() {
		p.Code = diag.Usage // a settings file is configuration: exit code 2
		probs.Add(p)
	}
	return values
}

// readSmall reads a regular file up to just over what a document may have.
func readSmall(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
}

// unknownVariables warns of variables that look like settings and are none.
func (a *app) unknownVariables(probs *diag.List) {
	var known []string
	for _, s := range settingsTable() {
		known = append(known, s.variable())
	}
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, "AILCA_") || slices.Contains(known, name) {
			continue
		}
		probs.Add(diag.Problem{Code: diag.UnknownName, Severity: diag.Warning,
			Message: fmt.Sprintf("the variable %s is no setting", name), Hint: didYouMean(diag.Nearest(name, known), known)})
	}
}
