// Package diag describes a problem at a place in a file that a person can open.
//
// Whatever reads a file adds every problem that it finds to a List and goes on where it can, so that a person who mends a file
// sees all of them at once. A Problem says what is wrong, where, why it matters and what to write instead, under a stable code.
package diag

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// Severity orders problems. Only errors stop a run.
type Severity uint8

const (
	Error Severity = iota
	Warning
	Note
)

func (s Severity) String() string {
	return [...]string{"error", "warning", "note"}[s]
}

// SeverityNamed finds a severity by its name.
func SeverityNamed(name string) (Severity, bool) {
	for s := Error; s <= Note; s++ {
		if s.String() == name {
			return s, true
		}
	}
	return Error, false
}

// Place is where a problem stands. A text file has Line and Col (both from 1, Col counted in characters); a table has Row
// (from 1, in file order) and Column. Zero values are unknown and are not printed.
type Place struct {
	File   string
	Line   int
	Col    int
	Row    int64
	Column string
}

// String prints file:line:col for text and "file row R column C" for tables.
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Col > 0 {
			fmt.Fprintf(&b, ":%d", p.Col)
		}
	}
	if p.Row > 0 {
		fmt.Fprintf(&b, " row %d", p.Row)
	}
	if p.Column != "" {
		fmt.Fprintf(&b, " column %s", p.Column)
	}
	return b.String()
}

// Before orders places by file, then line and column, then row and column name.
func (p Place) Before(q Place) bool {
	switch {
	case p.File != q.File:
		return p.File < q.File
	case p.Line != q.Line:
		return p.Line < q.Line
	case p.Col != q.Col:
		return p.Col < q.Col
	case p.Row != q.Row:
		return p.Row < q.Row
	}
	return p.Column < q.Column
}

// Problem is one finding.
type Problem struct {
	Code     Code
	Severity Severity
	Place    Place
	Message  string // what is wrong, in one line
	Why      string // why it matters; may be empty
	Hint     string // what to write instead; may be empty
	Snippet  string // the source line, printed with a caret under Place.Col; may be empty
}

// String prints the problem over several lines, without a final newline:
//
//	study.yaml:14:22: unknown column "device_hour" [unknown-name]
//	 | it_energy: device_hour * device_power
//	 |            ^ did you mean device_hours?
func (p Problem) String() string {
	var b strings.Builder
	if at := p.Place.String(); at != "" {
		b.WriteString(printable(at))
		b.WriteString(": ")
	}
	if p.Severity != Error {
		b.WriteString(p.Severity.String())
		b.WriteString(": ")
	}
	b.WriteString(printable(p.Message))
	fmt.Fprintf(&b, " [%s]", p.Code)
	hint := printable(p.Hint)
	if p.Snippet != "" {
		snippet, caret := window(p.Snippet, p.Place.Col)
		fmt.Fprintf(&b, "\n | %s", snippet)
		if caret >= 0 {
			b.WriteString("\n | " + strings.Repeat(" ", caret) + "^")
			if hint != "" {
				b.WriteString(" " + hint)
				hint = ""
			}
		}
	}
	if p.Why != "" {
		b.WriteString("\n   " + printable(p.Why))
	}
	if hint != "" {
		b.WriteString("\n   " + hint)
	}
	return b.String()
}

// printable shows each character that controls a terminal or the direction of writing as a space: a problem may quote a hostile file.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, text)
}

// window cuts a long source line around a column (from 1) and returns the cut and the caret's offset in it, -1 for none.
func window(line string, col int) (string, int) {
	const width = 120
	caret := col - 1
	start := 0
	if caret > width*2/3 && len(line) > width {
		start = caret - width*2/3
	}
	// Only what is shown is looked at: a line may be a megabyte long and have a thousand problems.
	var cut []rune
	at := 0
	for _, r := range line {
		if at >= start+width {
			break
		}
		if at >= start {
			cut = append(cut, r)
		}
		at++
	}
	if caret > at {
		caret = at
	}
	if caret >= 0 {
		caret = max(caret-start, 0)
	}
	return printable(string(cut)), caret
}

// kept bounds how many problems of one severity a List keeps; the others are only counted.
const kept = 1000

// List gathers problems. The zero value is empty and ready; it is not safe for concurrent use.
type List struct {
	problems []Problem
	count    [3]int
	held     [3]int // of problems
	told     map[told]bool
	omitted  map[omitted]Omission
}

// Omission is problems of one severity and code that are counted alone.
type Omission struct {
	Severity Severity
	Code     Code
	File     string // empty where they are of several files, or it is not known
	Count    int
}

type omitted struct {
	severity Severity
	code     Code
}

// omit counts problems that are not kept, under what is known of them.
func (l *List) omit(o Omission) {
	if l.omitted == nil {
		l.omitted = map[omitted]Omission{}
	}
	key := omitted{o.Severity, o.Code}
	if have, ok := l.omitted[key]; ok {
		o.Count += have.Count
		if o.File != have.File {
			o.File = ""
		}
	}
	l.omitted[key] = o
}

// Omitted are the problems that were added or omitted and are not among Problems, by severity and code.
func (l *List) Omitted() []Omission {
	return slices.SortedFunc(maps.Values(l.omitted), func(a, b Omission) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code))
	})
}

// told is what makes a problem one that was added before, though another part of the program found it.
type told struct {
	place   Place
	code    Code
	message string
}

// Add appends a problem, unless it was told before: a formula that several kinds share is checked for each of them.
func (l *List) Add(p Problem) {
	if t := (told{p.Place, p.Code, p.Message}); l.held[p.Severity] < kept {
		if l.told[t] {
			return
		}
		if l.told == nil {
			l.told = map[told]bool{}
		}
		l.told[t] = true
		l.problems = append(l.problems, p)
		l.held[p.Severity]++
	} else {
		l.omit(Omission{p.Severity, p.Code, p.Place.File, 1})
	}
	l.count[p.Severity]++
}

// Errorf adds an error with a formatted message.
func (l *List) Errorf(code Code, at Place, format string, args ...any) {
	l.Add(Problem{Code: code, Place: at, Message: fmt.Sprintf(format, args...)})
}

// Merge adds all problems of another list.
func (l *List) Merge(other *List) {
	for _, p := range other.problems {
		l.Add(p)
	}
	for _, o := range other.Omitted() {
		l.omit(o)
	}
	for s := range l.count {
		var have int
		for _, p := range other.problems {
			if int(p.Severity) == s {
				have++
			}
		}
		l.count[s] += other.count[s] - have
	}
}

// AddError adds an error: the problems of an *Invalid that it wraps, any other one as a problem of a code at a place.
func (l *List) AddError(err error, code Code, at Place) {
	var invalid *Invalid
	if errors.As(err, &invalid) {
		l.Merge(&invalid.List)
		return
	}
	l.Errorf(code, at, "%v", err)
}

// Omit counts problems of a severity and code that nobody has written down. They take no room from others. The file may be empty.
func (l *List) Omit(s Severity, code Code, file string, n int) {
	if n <= 0 {
		return
	}
	l.omit(Omission{s, code, file, n})
	l.count[s] += n
}

// Full reports whether no further error is kept: whoever looks for errors may stop.
func (l *List) Full() bool { return l.held[Error] >= kept }

// Count is how many problems of a severity were added, those not kept included.
func (l *List) Count(s Severity) int { return l.count[s] }

// Problems returns the kept problems in order of place; problems at one place stay in the order in which they were added.
func (l *List) Problems() []Problem {
	out := append([]Problem(nil), l.problems...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Place.Before(out[j].Place) })
	return out
}

// Err returns nil where the list holds no error, else an *Invalid with the errors and everything else.
func (l *List) Err() error {
	if l.count[Error] == 0 {
		return nil
	}
	return &Invalid{List: *l}
}

// Invalid is the error of an input that has problems.
type Invalid struct{ List List }

func (e *Invalid) Error() string {
	first := ""
	for _, p := range e.List.Problems() {
		if p.Severity == Error {
			first = p.String()
			break
		}
	}
	if n := e.List.Count(Error); n > 1 {
		return fmt.Sprintf("%s\nand %d more", first, n-1)
	}
	return first
}

// Exit is the process's exit code for an error: that of its problems (invalid input wins over a refused calculation), else 1
// for what is no Invalid.
func Exit(err error) int {
	var inv *Invalid
	if !errors.As(err, &inv) {
		return 1
	}
	exit := 0
	for _, p := range inv.List.problems {
		if p.Severity != Error {
			continue
		}
		if e := p.Code.Exit(); exit == 0 || e < exit {
			exit = e
		}
	}
	return exit
}
