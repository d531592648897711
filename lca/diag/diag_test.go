package diag

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestAProblemIsPrintedWithItsPlaceLineAndCaret(t *testing.T) {
	for _, c := range []struct {
		name    string
		problem Problem
		want    string
	}{
		{"in a text file",
			Problem{Code: UnknownName, Place: Place{File: "study.yaml", Line: 14, Col: 13}, Message: `unknown column "device_hour"`, Hint: "did you mean device_hours?", Snippet: "it_energy: device_hour * device_power"},
			"study.yaml:14:13: unknown column \"device_hour\" [unknown-name]\n | it_energy: device_hour * device_power\n |             ^ did you mean device_hours?"},
		{"in a table", Problem{Code: OutOfRange, Place: Place{File: "a.parquet", Row: 7, Column: "energy"}, Message: "-1 is below 0"}, "a.parquet row 7 column energy: -1 is below 0 [out-of-range]"},
		{"of no place", Problem{Code: Usage, Message: "no study"}, "no study [usage]"},
		{"a warning", Problem{Code: UnusedGap, Severity: Warning, Place: Place{File: "s.yaml", Line: 3}, Message: "no row needs this gap"}, "s.yaml:3: warning: no row needs this gap [unused-gap]"},
		{"with a reason and a hint", Problem{Code: BadUnit, Message: "m", Why: "because", Hint: "write h"}, "m [bad-unit]\n   because\n   write h"},
		{"with a line but no column", Problem{Code: Syntax, Place: Place{File: "f", Line: 1}, Message: "m", Snippet: "text", Hint: "h"}, "f:1: m [syntax]\n | text\n   h"},
		{"past the end of its line", Problem{Code: Syntax, Place: Place{File: "f", Line: 1, Col: 99}, Message: "m", Snippet: "ab"}, "f:1:99: m [syntax]\n | ab\n |   ^"},
		{"after tabs and wide letters", Problem{Code: Syntax, Place: Place{File: "f", Line: 1, Col: 4}, Message: "m", Snippet: "\té:x"}, "f:1:4: m [syntax]\n |  é:x\n |    ^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.problem.String(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// A caret in a long line is shown within a window of it, under the character that it means.
func TestALongLineIsCutAroundItsCaret(t *testing.T) {
	line := strings.Repeat("a", 500) + "X" + strings.Repeat("b", 500)
	for _, col := range []int{1, 60, 120, 501, 1001, 5000} {
		marked := []rune(line)
		if col <= len(marked) {
			marked[col-1] = 'X'
		}
		text, caret := window(string(marked), col)
		if len(text) > 120 || caret < 0 || caret > len(text) {
			t.Errorf("column %d: %d characters, caret %d", col, len(text), caret)
		}
		if col <= len(marked) && text[caret] != 'X' {
			t.Errorf("column %d: the caret stands under %q", col, text[caret])
		}
	}
}

func TestAHostileFileCannotDriveATerminal(t *testing.T) {
	const evil = "a\x1b[31mb\u202ec\u009bd\r\ne"
	p := Problem{Code: Syntax, Place: Place{File: evil, Line: 1, Col: 2}, Message: evil, Why: evil, Hint: evil, Snippet: evil}
	got := p.String()
	for _, r := range got {
		if r != '\n' && (r < ' ' || r == 0x9b || r == 0x202e) {
			t.Errorf("%q stands in %q", r, got)
		}
	}
	if lines := strings.Count(got, "\n"); lines != 3 {
		t.Errorf("%d line ends in %q", lines, got)
	}
}

func TestProblemsAreListedInOrderOfPlace(t *testing.T) {
	var l List
	for _, p := range []Place{{File: "b", Line: 1}, {File: "a", Row: 2}, {File: "a", Line: 3, Col: 2}, {File: "a", Line: 3, Col: 1}, {File: "a", Row: 1, Column: "y"}, {File: "a", Row: 1, Column: "x"}, {}} {
		l.Errorf(Syntax, p, "at %s", p)
	}
	l.Errorf(Syntax, Place{}, "second of one place")
	var got []string
	for _, p := range l.Problems() {
		got = append(got, p.Message)
	}
	want := "at |second of one place|at a row 1 column x|at a row 1 column y|at a row 2|at a:3:1|at a:3:2|at b:1"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s", strings.Join(got, "|"))
	}
}

func TestOnlyErrorsMakeAnError(t *testing.T) {
	var l List
	l.Add(Problem{Code: UnusedName, Severity: Warning, Message: "w"})
	l.Add(Problem{Code: UnusedName, Severity: Note, Message: "n"})
	if err := l.Err(); err != nil || Exit(nil) != 1 {
		t.Errorf("warnings alone are %v", err)
	}
	l.Errorf(Syntax, Place{File: "z"}, "second")
	l.Errorf(Syntax, Place{File: "a"}, "first")
	err := l.Err()
	if err == nil || err.Error() != "a: first [syntax]\nand 1 more" {
		t.Errorf("got %v", err)
	}
	var invalid *Invalid
	if !errors.As(fmt.Errorf("wrapped: %w", err), &invalid) || invalid.List.Count(Warning) != 1 {
		t.Errorf("the warning is lost: %v", invalid)
	}
}

func TestAListKeepsAThousandAndCountsTheRest(t *testing.T) {
	var l, other List
	for i := range 1500 {
		l.Errorf(BadValue, Place{Row: int64(i + 1)}, "x")
		l.Add(Problem{Code: UnusedName, Severity: Warning, Place: Place{Row: int64(i + 1)}, Message: "w"})
	}
	if len(l.Problems()) != 2000 || l.Count(Error) != 1500 || l.Count(Warning) != 1500 {
		t.Errorf("%d kept, %d errors, %d warnings", len(l.Problems()), l.Count(Error), l.Count(Warning))
	}
	other.Errorf(BadValue, Place{}, "one")
	other.Merge(&l)
	if other.Count(Error) != 1501 || other.Count(Warning) != 1500 || len(other.Problems()) != 2000 {
		t.Errorf("merged: %d errors, %d warnings, %d kept", other.Count(Error), other.Count(Warning), len(other.Problems()))
	}
}

func TestWhatIsOmittedIsCountedAndTakesNoRoom(t *testing.T) {
	var l, other List
	l.Omit(Warning, Overlap, "", 5000)
	l.Add(Problem{Code: UnusedName, Severity: Warning, Message: "w"})
	other.Merge(&l)
	for _, l := range []*List{&l, &other} {
		if len(l.Problems()) != 1 || l.Count(Warning) != 5001 || l.Full() || l.Err() != nil {
			t.Errorf("%d kept, %d counted", len(l.Problems()), l.Count(Warning))
		}
	}
	l.Omit(Error, Overlap, "", 1)
	if l.Err() == nil {
		t.Error("an error that is omitted is none")
	}
}

func TestAProblemIsToldOnce(t *testing.T) {
	var l List
	for range 3 {
		l.Errorf(BadValue, Place{Line: 1}, "x")
		l.Errorf(BadValue, Place{Line: 2}, "x")
		l.Errorf(BadType, Place{Line: 1}, "x")
		l.Errorf(BadValue, Place{Line: 1}, "y")
	}
	if len(l.Problems()) != 4 || l.Count(Error) != 4 {
		t.Errorf("%d kept of %d, want 4", len(l.Problems()), l.Count(Error))
	}
}

func TestExitCodes(t *testing.T) {
	list := func(codes ...Code) error {
		var l List
		for _, c := range codes {
			l.Errorf(c, Place{}, "x")
		}
		return l.Err()
	}
	for _, c := range []struct {
		name string
		err  error
		want int
	}{
		{"what is no problem of a file", errors.New("disk full"), 1},
		{"a wrong command line", list(Usage), 2},
		{"a file that is not there", list(NotFound), 2},
		{"a wrong file", list(Syntax), 3},
		{"a missing factor", list(MissingFactor), 4},
		{"a wrong file and a missing factor", list(MissingFactor, BadUnit), 3},
		{"wrapped", fmt.Errorf("run: %w", list(Overflow)), 4},
	} {
		if got := Exit(c.err); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	var warned List
	warned.Add(Problem{Code: Usage, Severity: Warning})
	warned.Errorf(Overflow, Place{}, "x")
	if got := Exit(warned.Err()); got != 4 {
		t.Errorf("a warning changed the exit code to %d", got)
	}
}

func TestTheNearestNameIsSuggested(t *testing.T) {
	names := []string{"device_hours", "device_power", "energy", "energy_basis", "pue", "wue"}
	for name, want := range map[string]string{"device_hour": "device_hours", "Energy": "energy", "enrgy": "energy", "eue": "pue", "xyz": "", "": "", "device_powers": "device_power",
		"energybasis": "energy_basis", "something_else_altogether": "", strings.Repeat("x", 100): "", "pue": "pue",
		"eneryg": "energy", "eu": "", "pu": "", "upe": "pue", "energy_kwh": "energy", "energy_basis_in_words": "energy_basis", "energykwh": "energy", "pxx": "", "ewe": ""} {
		if got := Nearest(name, names); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		reversed := []string{"wue", "pue", "energy_basis", "energy", "device_power", "device_hours"}
		if got := Nearest(name, reversed); got != want {
			t.Errorf("%q in another order: %q, want %q", name, got, want)
		}
	}
	long := strings.Repeat("x", 70)
	if got := Nearest(long, []string{long}); got != long {
		t.Errorf("a long name does not equal itself: %q", got)
	}
}

// Codes are for ever: scripts match them.
func TestCodesKeepTheirNames(t *testing.T) {
	want := "usage not-found syntax too-large refused-construct unknown-key missing-key bad-value unknown-name duplicate-name cycle bad-type bad-unit unit-mismatch " +
		"missing-column unknown-column out-of-range duplicate-id unknown-reference bad-parquet missing-value bad-distribution missing-factor missing-amount no-period overflow not-finite " +
		"unused-gap unused-name no-total implausible-factor duplicate-row suspected-duplicate overlap implausible-value inconsistent-values boundary-mix personal-data " +
		"unknown-licence unstated-assumption unknown-place confidential licence-forbids share-alike unlisted-file not-a-file changed-while-read second-reader tables-differ " +
		"missing-file negative-total example-failed not-read digest-mismatch negative-water no-licence"
	got := fmt.Sprint([]Code{Usage, NotFound, Syntax, TooLarge, Refused, UnknownKey, MissingKey, BadValue, UnknownName, DuplicateName, Cycle, BadType, BadUnit, UnitMismatch,
		MissingColumn, UnknownColumn, OutOfRange, DuplicateID, UnknownReference, BadParquet, MissingValue, BadDistribution, MissingFactor, MissingAmount, NoPeriod, Overflow, NotFinite,
		UnusedGap, UnusedName, NoTotal, BadFigure, DuplicateRow, SuspectedTwin, Overlap, Implausible, Inconsistent, BoundaryMix, PersonalData,
		UnknownLicence, NoAssumption, UnknownPlace, Confidential, LicenceForbids, ShareAlike, UnlistedFile, NotAFile, ChangedFile, SecondReader, TablesDiffer,
		MissingFile, NegativeTotal, ExampleFailed, NotRead, DigestMismatch, NegativeWater, NoLicence})
	if strings.Trim(got, "[]") != want {
		t.Errorf("got %s", got)
	}
}

func TestWhatAListDoesNotKeepIsCountedByCode(t *testing.T) {
	var l, other List
	for i := range 1007 {
		l.Errorf(BadValue, Place{File: "a", Row: int64(i + 1)}, "x")
	}
	l.Errorf(OutOfRange, Place{File: "a"}, "y")
	l.Omit(Warning, Overlap, "a", 71)
	l.Omit(Warning, DuplicateRow, "a", 0)
	other.Omit(Warning, Overlap, "b", 2)
	other.Merge(&l)
	want := []Omission{{Error, BadValue, "a", 7}, {Error, OutOfRange, "a", 1}, {Warning, Overlap, "a", 71}}
	if got := l.Omitted(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	want[2] = Omission{Warning, Overlap, "", 73}
	if got := other.Omitted(); !slices.Equal(got, want) {
		t.Errorf("of two files: %v", got)
	}
}

func TestAnErrorIsAddedWithTheProblemsThatItHas(t *testing.T) {
	var own, l List
	own.Errorf(Syntax, Place{File: "a"}, "x")
	own.Errorf(BadValue, Place{File: "a"}, "y")
	l.AddError(fmt.Errorf("reading: %w", own.Err()), BadParquet, Place{File: "b"})
	l.AddError(errors.New("z"), BadParquet, Place{File: "b"})
	if got := fmt.Sprint(l.Problems()); got != "[a: x [syntax] a: y [bad-value] b: z [bad-parquet]]" {
		t.Errorf("got %s", got)
	}
}
