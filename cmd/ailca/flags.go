package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/vbauerster/cupwriter"
)

// setting is one of the Settings: a flag, a variable and a key of the settings file with one meaning, default and check.
type setting struct {
	key    string
	value  string   // the default
	kind   string   // as help shows it
	values []string // all that are accepted, where they can be listed
	doc    string

	examples []string // that a shell offers where not all can be listed
}

// maxJobs is above what any machine has processors for.
const maxJobs = 4096

func settingsTable() []setting {
	return []setting{
		{key: "jobs", value: "0", kind: "N", doc: "workers, 0 for one per processor; results do not depend on it"},
		{key: "memory", value: "2GiB", kind: "SIZE", examples: []string{"512MiB", "1GiB", "2GiB", "4GiB", "8GiB", "16GiB"},
			doc: "memory that a run aims at, 256MiB or more; what does not fit goes to scratch files, results do not depend on it"},
		{key: "out", value: "out", kind: "DIR", doc: "folder that result folders are written to"},
		{key: "color", value: "auto", kind: "WHEN", values: []string{"auto", "always", "never"}, doc: "colour on standard error: auto, always or never; auto heeds NO_COLOR"},
		{key: "log_level", value: "info", kind: "LEVEL", values: []string{"error", "warn", "info", "debug"}, doc: "what is told on standard error: error, warn, info or debug"},
	}
}

func (s setting) flag() string     { return strings.ReplaceAll(s.key, "_", "-") }
func (s setting) variable() string { return "AILCA_" + strings.ToUpper(s.key) }

// check tells what is wrong with a value, wherever it was written.
func (s setting) check(text string) error {
	switch {
	case s.key == "jobs":
		if n, err := strconv.Atoi(text); err != nil || n < 0 || n > maxJobs {
			return fmt.Errorf("expected a whole number from 0 to %d", maxJobs)
		}
	case s.key == "memory":
		_, err := parseMemory(text)
		return err
	case len(s.values) > 0 && !slices.Contains(s.values, text):
		return fmt.Errorf("expected one of %s", strings.Join(s.values, ", "))
	case text == "" || strings.ContainsRune(text, 0):
		return fmt.Errorf("expected a text")
	}
	return nil
}

// addSettingFlags gives every command the flags of the settings.
func addSettingFlags(flags *pflag.FlagSet) {
	for _, s := range settingsTable() {
		flags.Var(&checked{kind: s.kind, check: s.check, value: s.value}, s.flag(), s.doc)
	}
	flags.BoolP("quiet", "q", false, "tell errors only, as --log-level error")
	flags.BoolP("verbose", "v", false, "tell everything, as --log-level debug")
	flags.String("config", "", "settings `FILE` to read in place of "+settingsFile)
}

// checked is a flag's value that is checked as it is set.
type checked struct {
	kind  string
	check func(string) error
	value string
}

func (c *checked) String() string { return c.value }
func (c *checked) Type() string   { return c.kind }

func (c *checked) Set(text string) error {
	if err := c.check(text); err != nil {
		return err
	}
	c.value = text
	return nil
}

// choice adds a flag that takes one of a few words; the first is the default. The value is read when the command runs.
func choice(cmd *cobra.Command, name, kind, doc string, words ...string) func() string {
	s := setting{key: name, values: words}
	c := &checked{kind: kind, check: s.check, value: words[0]}
	cmd.Flags().Var(c, name, doc+": "+strings.Join(words, ", "))
	cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	return c.String
}

// coloured tells whether standard error is coloured: as --color, AILCA_COLOR or the settings file say; where they say auto, on a
// terminal that is not dumb, unless NO_COLOR is set to anything.
func (a *app) coloured() bool {
	switch a.settings.Color {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && a.onTerminal()
}

// onTerminal tells whether standard error is a terminal.
func (a *app) onTerminal() bool {
	return cupwriter.New(a.stderr, false).IsTerminal()
}
