package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Exit codes. They are part of the stable surface: scripts rely on them. exitInvalid and exitRefused come from the problems' codes.
const (
	exitDone        = 0
	exitInternal    = 1
	exitUsage       = 2
	exitInvalid     = 3
	exitRefused     = 4
	exitDifferent   = 5
	exitGate        = 6
	exitInterrupted = 130
)

// exitCodes lists them for people.
var exitCodes = [...]struct {
	code int
	text string
}{
	{exitDone, "done"},
	{exitInternal, "internal error, or the system failed (a full disk, a file that cannot be read)"},
	{exitUsage, "usage or configuration: the command line, AILCA_* or ailca.yaml"},
	{exitInvalid, "invalid input: a file has problems, units that do not meet among them"},
	{exitRefused, "calculation refused: all files are valid, but a factor or an amount is missing, or an example or a published case does not come out as it says"},
	{exitDifferent, "differences found, where the command was asked to look for them"},
	{exitGate, "a quality gate failed"},
	{exitInterrupted, "interrupted"},
}

// usageError is a mistake on the command line. Its hint says what to write instead and may be empty.
type usageError struct {
	message string
	hint    string
}

func (e *usageError) Error() string { return e.message }

// usagef makes a usageError without a hint.
func usagef(format string, args ...any) *usageError {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

// printedError is an error that standard output has told already: it only sets the exit code.
type printedError struct{ err error }

func (e *printedError) Error() string { return e.err.Error() }
func (e *printedError) Unwrap() error { return e.err }

// exitCode is the process's exit code for the error that a command ended in, nil included.
func exitCode(ctx context.Context, err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &usage):
		return exitUsage
	}
	var gate *gateError
	if errors.As(err, &gate) {
		return exitGate
	}
	var different *differentError
	if errors.As(err, &different) {
		return exitDifferent
	}
	return diag.Exit(err)
}

// report prints the error that a command ended in.
func (a *app) report(code int, err error) {
	var usage *usageError
	var invalid *diag.Invalid
	var printed *printedError
	switch {
	case errors.As(err, &printed):
	case code == exitInterrupted:
		fmt.Fprintln(a.stderr, "ailca: interrupted")
	case errors.As(err, &usage):
		fmt.Fprintf(a.stderr, "ailca: %s\n", printable(usage.message))
		if usage.hint != "" {
			fmt.Fprintf(a.stderr, "  %s\n", printable(usage.hint))
		}
	case errors.As(err, &invalid):
		a.printProblems(&invalid.List)
	default:
		fmt.Fprintf(a.stderr, "ailca: %s\n", printable(err.Error()))
	}
}

// exitTopic is the help page "ailca help exit-codes".
func (a *app) exitTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("The exit code says how a command ended:\n\n")
	for _, e := range exitCodes {
		fmt.Fprintf(&b, "  %3d  %s\n", e.code, e.text)
	}
	b.WriteString("\nWhere several would fit, invalid input wins over a refused calculation.")
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: b.String()}
}
