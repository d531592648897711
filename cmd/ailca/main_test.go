package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ailca": main})
}

// collectSeldom has the commands of a script collect what is no longer used less often than they do by themselves: what they compute is small.
func collectSeldom(env *testscript.Env) error {
	env.Setenv("GOGC", "400")
	return nil
}

// Each script in testdata/script holds files, commands and what they print.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: collectSeldom,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":     exits,
			"inventory": inventory,
		},
	})
}

// Every command's help opens with examples, and each of them names a command and flags that are there.
func TestExamplesAreCommandLines(t *testing.T) {
	a := &app{}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Runnable() && !c.Hidden && c.Short == "" {
			t.Errorf("%s has no description", c.CommandPath())
		}
		if c.Runnable() && c.Example == "" {
			t.Errorf("the help of %s has no example", c.CommandPath())
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			if line == "" {
				continue
			}
			words := strings.Fields(line)
			if !strings.HasPrefix(line, "  ailca ") {
				t.Errorf("%s: the example %q is no command line", c.CommandPath(), line)
				continue
			}
			root := a.root()
			root.InitDefaultHelpCmd()
			found, rest, err := root.Find(words[1:])
			if err == nil {
				err = found.ParseFlags(rest)
			}
			if err == nil {
				err = found.ValidateArgs(found.Flags().Args())
			}
			if err != nil || found == root {
				t.Errorf("%s: the example %q does not parse: %v", c.CommandPath(), line, err)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	root := a.root()
	root.InitDefaultHelpCmd()
	walk(root)
}

func TestAPanicIsAnInternalError(t *testing.T) {
	for level, stack := range map[string]bool{"info": false, "debug": true} {
		var stderr bytes.Buffer
		a := &app{stderr: &stderr, settings: Settings{LogLevel: level}}
		if code := a.guard(func() int { panic("index\x1b[2J out of range") }); code != 1 {
			t.Errorf("exit code %d", code)
		}
		text := stderr.String()
		if !strings.HasPrefix(text, "ailca: internal error: index") || strings.Contains(text, "\x1b") || strings.Contains(text, "goroutine") != stack {
			t.Errorf("at level %s it says %q", level, text)
		}
	}
}

func TestExitCodes(t *testing.T) {
	problem := func(codes ...diag.Code) error {
		var probs diag.List
		for _, c := range codes {
			probs.Errorf(c, diag.Place{}, "wrong")
		}
		return probs.Err()
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		want int
	}{
		{"nothing wrong", context.Background(), nil, 0},
		{"done in spite of an interrupt", cancelled, nil, 0},
		{"an error of the system", context.Background(), errors.New("disk full"), 1},
		{"a wrapped mistake on the command line", context.Background(), fmt.Errorf("x: %w", usagef("no")), 2},
		{"settings", context.Background(), problem(diag.Usage), 2},
		{"an invalid file", context.Background(), problem(diag.OutOfRange), 3},
		{"an invalid file printed already", context.Background(), &printedError{problem(diag.OutOfRange)}, 3},
		{"a missing factor", context.Background(), problem(diag.MissingFactor), 4},
		{"a missing factor and an invalid file", context.Background(), problem(diag.MissingFactor, diag.OutOfRange), 3},
		{"an interrupt", cancelled, context.Canceled, 130},
		{"an interrupt that showed as another error", cancelled, errors.New("file closed"), 130},
	} {
		if got := exitCode(c.ctx, c.err); got != c.want {
			t.Errorf("%s: exit code %d, expected %d", c.name, got, c.want)
		}
	}
}

func TestTwentyProblemsAreShownErrorsFirst(t *testing.T) {
	var probs diag.List
	for row := range 30 {
		probs.Add(diag.Problem{Severity: diag.Warning, Code: diag.BadFigure, Place: diag.Place{File: "a", Row: int64(row + 1)}, Message: "odd"})
	}
	for row := range 18 {
		probs.Errorf(diag.OutOfRange, diag.Place{File: "b", Row: int64(row + 1)}, "negative")
	}
	var stderr bytes.Buffer
	a := &app{stderr: &stderr, settings: Settings{LogLevel: "info"}}
	a.printProblems(&probs)
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	if len(lines) != 21 || !strings.HasPrefix(lines[0], "b row 1: negative") || !strings.HasPrefix(lines[18], "a row 1: warning") {
		t.Errorf("printed:\n%s", stderr.String())
	}
	if lines[20] != "and 28 more warnings" {
		t.Errorf("the last line is %q", lines[20])
	}
	stderr.Reset()
	a.settings.LogLevel = "error"
	a.printProblems(&probs)
	if strings.Contains(stderr.String(), "odd") || strings.Count(stderr.String(), "\n") != 18 {
		t.Errorf("quiet, it printed:\n%s", stderr.String())
	}
}
