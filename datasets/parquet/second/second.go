// Package second reads Parquet files by a second, independent implementation (xitongsys/parquet-go), so that two programs that know nothing of each
// other agree on what a published file says.
//
// That implementation believes everything that a file says: it ignores errors of reading, yields no rows for a codec that it lacks, and allocates
// gigabytes for four bad bytes. It therefore runs in a process of its own, with a limit of memory and a deadline, and only on files that package
// parquet has read to the end. What it sends back is no values but digests of them, column by column and segment by segment of rows.
package second

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Options are how the other process runs.
type Options struct {
	Command  []string      // program and arguments that end in Main, such as this program and a word that it knows
	Memory   int64         // bytes that it may take above what it starts with; 0: DefaultMemory
	Deadline time.Duration // 0: DefaultDeadline of the file
}

// DefaultMemory is enough for pages of the largest size that package parquet reads.
const DefaultMemory = 1 << 30

// DefaultDeadline is many times what an honest file of a size takes.
func DefaultDeadline(size int64) time.Duration {
	return time.Minute + time.Duration(min(size/100_000, 1<<30))*time.Second
}

// Table is what the other implementation read.
type Table struct {
	Columns []string
	Rows    int64
	Sums    [][]Digest // of each column, of each segment of rows
}

// Digest stands for the values of a column in a segment.
type Digest [32]byte

// Failure says how the other process failed on a file: that it died, overran its deadline, or could not read it.
type Failure struct{ What string }

func (f *Failure) Error() string { return "the second implementation " + f.What }

// Read has a file read by the other process, which gets it as its standard input: no name is passed, and what is read is what was opened here. Errors
// that are the file's are a *Failure.
func Read(ctx context.Context, o Options, file *os.File, size, segment int64) (*Table, error) {
	if len(o.Command) == 0 {
		return nil, errors.New("second: no command")
	}
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.Deadline <= 0 {
		o.Deadline = DefaultDeadline(size)
	}
	limited, cancel := context.WithTimeout(ctx, o.Deadline)
	defer cancel()
	args := append(o.Command[1:len(o.Command):len(o.Command)], strconv.FormatInt(segment, 10), strconv.FormatInt(o.Memory, 10), o.Deadline.String())
	cmd := exec.CommandContext(limited, o.Command[0], args...)
	cmd.Stdin = file
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOTRACEBACK=none", fmt.Sprintf("GOMEMLIMIT=%d", o.Memory/4*3))
	cmd.WaitDelay = 5 * time.Second
	var said tail
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the second implementation: %w", err)
	}
	table, wrong := receive(out)
	io.Copy(io.Discard, out)
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil || exitCode(ended) == codeDeadline:
		return nil, &Failure{fmt.Sprintf("did not end within %v", o.Deadline)}
	case exitCode(ended) == codeMemory:
		return nil, &Failure{fmt.Sprintf("took more memory than %d MiB", o.Memory>>20)}
	case ended != nil:
		return nil, &Failure{strings.TrimSuffix(fmt.Sprintf("died (%v): %s", ended, said.first()), ": ")}
	case wrong != nil:
		return nil, &Failure{wrong.Error()}
	}
	return table, nil
}

func exitCode(err error) int {
	var e *exec.ExitError
	if errors.As(err, &e) {
		return e.ExitCode()
	}
	return 0
}

// What is received is bounded, whatever a file has made of the other process.
const (
	maxSums    = 1 << 22 // digests
	maxColumns = 1 << 12
	maxLine    = 256 << 10 // bytes: of a column's name, quoted
)

// receive reads what Main writes.
func receive(r io.Reader) (*Table, error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine)
	line := func() string {
		if in.Scan() {
			return in.Text()
		}
		return ""
	}
	word, text, _ := strings.Cut(line(), " ")
	if word == "cannot" {
		return nil, errors.New("cannot read the file: " + unquoted(text))
	}
	rows, err := strconv.ParseInt(text, 10, 64)
	if word != "rows" || err != nil || rows < 0 {
		return nil, errors.New("said nothing")
	}
	t := &Table{Rows: rows}
	for n := 0; ; {
		switch word, text, _ := strings.Cut(line(), " "); word {
		case "column":
			if len(t.Columns) == maxColumns {
				return nil, errors.New("sent too many columns")
			}
			t.Columns, t.Sums = append(t.Columns, unquoted(text)), append(t.Sums, nil)
		case "sum":
			b, err := hex.DecodeString(text)
			if err != nil || len(b) != len(Digest{}) || len(t.Sums) == 0 {
				return nil, errors.New("sent a damaged digest")
			}
			if n++; n > maxSums {
				return nil, errors.New("sent too many digests")
			}
			last := len(t.Sums) - 1
			t.Sums[last] = append(t.Sums[last], Digest(b))
		case "cannot":
			return nil, errors.New("cannot read the file: " + unquoted(text))
		case "end":
			return t, nil
		default:
			return nil, errors.New("ended in the middle of the file")
		}
	}
}

func unquoted(text string) string {
	if plain, err := strconv.Unquote(text); err == nil {
		return plain
	}
	return text
}

// tail keeps the beginning of what the other process tells on standard error.
type tail struct{ b bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.b.Write(p[:min(len(p), 4096-t.b.Len())])
	return len(p), nil
}

// first is the first line that is not empty.
func (t *tail) first() string {
	line, _, _ := strings.Cut(strings.TrimSpace(t.b.String()), "\n")
	return strings.TrimSpace(line)
}
