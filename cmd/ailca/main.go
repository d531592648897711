// Command ailca assesses the environmental impact of artificial intelligence from open inventories.
//
// It parses flags, wires the packages and prints; what it knows of life-cycle assessment it asks them. Standard output carries the
// asked-for data alone, everything else goes to standard error. One file stands for each subcommand.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	os.Exit(start())
}

// start runs the command line of the process and returns its exit code. An interrupt or a termination cancels the work, which
// then clears up behind itself; a second one ends the process at once.
func start() int {
	if code, is := secondReader(); is {
		return code
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	a := &app{stdout: os.Stdout, stderr: os.Stderr}
	return a.guard(func() int { return a.execute(ctx, os.Args[1:]) })
}

// guard turns a panic into exit code 1 and a message; the stack is shown only to those who asked for more.
func (a *app) guard(f func() int) (code int) {
	defer func() {
		if what := recover(); what != nil {
			code = exitInternal
			fmt.Fprintf(a.stderr, "ailca: internal error: %s\n", printable(fmt.Sprint(what)))
			if a.verbose() {
				a.stderr.Write(debug.Stack())
			} else {
				fmt.Fprintln(a.stderr, "  this is a defect of ailca; the same command with --verbose says where it arose")
			}
		}
	}()
	return f()
}

// execute runs one command line, prints its error if it ends in one, and returns the exit code.
func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	if err != nil {
		a.report(code, err)
	}
	return code
}

// app is what the subcommands share.
type app struct {
	stdout, stderr io.Writer
	settings       Settings // complete once a command runs
	colour         bool     // whether standard error is coloured
}
