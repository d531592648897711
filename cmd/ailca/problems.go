package main

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// shown is how many problems are printed at most; the others are counted.
const shown = 20

// printProblems prints a list to standard error, the errors first, each severity in order of place. Warnings and notes are left
// out where the log level leaves such messages out.
func (a *app) printProblems(list *diag.List) {
	problems := list.Problems()
	room := shown
	var more []string
	for severity := diag.Error; severity <= diag.Note; severity++ {
		if !a.wants(severity) {
			continue
		}
		printed := 0
		for _, p := range problems {
			if p.Severity == severity && room > 0 {
				fmt.Fprintln(a.stderr, a.paint(harmless(p)))
				printed++
				room--
			}
		}
		if n := list.Count(severity) - printed; n > 0 {
			more = append(more, plural(n, "more "+severity.String()))
		}
	}
	if len(more) > 0 {
		fmt.Fprintf(a.stderr, "and %s\n", strings.Join(more, ", "))
	}
}

// wants tells whether the log level lets problems of a severity through.
func (a *app) wants(s diag.Severity) bool {
	switch a.settings.LogLevel {
	case "error":
		return s == diag.Error
	case "warn":
		return s <= diag.Warning
	}
	return true
}

// plural writes "1 row" and "2 rows".
func plural[N int | int64](n N, noun string) string {
	return diag.Plural(n, noun)
}

// harmless replaces what a file's names and values could do to a terminal.
func harmless(p diag.Problem) diag.Problem {
	for _, text := range []*string{&p.Place.File, &p.Place.Column, &p.Message, &p.Why, &p.Hint, &p.Snippet} {
		if text != &p.Snippet { // whose columns must stay as the caret counts them: diag shows its control characters as spaces
			*text = oneLine(*text)
		}
		*text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) || r >= 0x80 && r < 0xa0 {
				return unicode.ReplacementChar
			}
			return r
		}, *text)
	}
	return p
}

// printable is text without anything but line ends that could drive a terminal.
func printable(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = oneLine(line)
	}
	return strings.Join(lines, "\n")
}

// oneLine replaces control and formatting characters, line ends included.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// paint writes a problem, on a terminal with its first line bold and its caret red.
func (a *app) paint(p diag.Problem) string {
	text := p.String()
	if !a.colour {
		return text
	}
	const bold, red, reset = "\x1b[1m", "\x1b[31m", "\x1b[0m"
	lines := strings.Split(text, "\n")
	lines[0] = bold + lines[0] + reset
	if p.Snippet != "" && len(lines) > 2 && strings.HasPrefix(strings.TrimLeft(lines[2][3:], " "), "^") {
		lines[2] = lines[2][:3] + red + lines[2][3:] + reset
	}
	return strings.Join(lines, "\n")
}
