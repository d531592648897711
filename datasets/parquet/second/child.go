package second

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/metrics"
	"strconv"
	"time"

	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/source"
)

// Exit codes of Main.
const (
	codeUsage    = 2
	codeDeadline = 124
	codeMemory   = 125
)

// Main is what the other process does: it reads a Parquet file from standard input, which must be a file, and writes digests to standard output. The arguments are
// those that Read appends. It returns the exit code.
func Main(args []string, stdin *os.File, stdout, stderr io.Writer) int {
	if len(args) != 3 {
		fmt.Fprintln(stderr, "this is a part of ailca verify and of no use by itself")
		return codeUsage
	}
	segment, err := strconv.ParseInt(args[0], 10, 64)
	memory, err2 := strconv.ParseInt(args[1], 10, 64)
	deadline, err3 := time.ParseDuration(args[2])
	if err := errors.Join(err, err2, err3); err != nil || segment < 1 || memory < 1 || deadline <= 0 {
		fmt.Fprintln(stderr, "wrong arguments")
		return codeUsage
	}
	// A process whose parent was killed ends by itself.
	time.AfterFunc(deadline, func() { os.Exit(codeDeadline) })
	limitMemory(memory)
	go watch(uint64(memory))
	info, err := stdin.Stat()
	if err != nil || !info.Mode().IsRegular() {
		fmt.Fprintln(stderr, "standard input is no file")
		return codeUsage
	}
	out := bufio.NewWriter(stdout)
	if err := digest(out, stdin, info.Size(), segment); err != nil {
		fmt.Fprintf(out, "cannot %q\n", err.Error())
	}
	if out.Flush() != nil {
		return 1
	}
	return 0
}

// watch ends the process where it has taken more memory than it may: the only limit where the system has none for a process.
func watch(memory uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	for {
		metrics.Read(sample)
		if sample[0].Value.Uint64() > memory+64<<20 {
			os.Exit(codeMemory)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// digest writes the digests of every column.
func digest(out io.Writer, file io.ReaderAt, size, segment int64) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	r, err := reader.NewParquetColumnReader(&parquetFile{io.NewSectionReader(file, 0, size), file, size}, 1)
	if err != nil {
		return err
	}
	rows := r.GetNumRows()
	if rows < 0 {
		return fmt.Errorf("it has %d rows", rows)
	}
	fmt.Fprintf(out, "rows %d\n", rows)
	for i, path := range r.SchemaHandler.ValueColumns {
		name := r.SchemaHandler.GetExName(int(r.SchemaHandler.MapIndex[path]))
		fmt.Fprintf(out, "column %q\n", name)
		var sum Sum
		for done := int64(0); done < rows; {
			n := min(segment, rows-done)
			values, _, _, err := r.ReadColumnByIndex(int64(i), n)
			if err != nil {
				return fmt.Errorf("column %s: %w", name, err)
			}
			if int64(len(values)) != n {
				return fmt.Errorf("column %s: %d of %d rows", name, done+int64(len(values)), rows)
			}
			for _, v := range values {
				if err := add(&sum, v); err != nil {
					return fmt.Errorf("column %s: %w", name, err)
				}
			}
			fmt.Fprintf(out, "sum %x\n", sum.Next())
			done += n
		}
		delete(r.ColumnBuffers, path)
	}
	_, err = fmt.Fprintln(out, "end")
	return err
}

func add(s *Sum, v any) error {
	switch v := v.(type) {
	case nil:
		s.Missing()
	case float64:
		s.Number(v)
	case float32:
		s.Number(float64(v))
	case int64:
		s.Number(float64(v))
	case int32:
		s.Number(float64(v))
	case string:
		s.Text(v)
	case bool:
		s.Truth(v)
	default:
		return fmt.Errorf("a value of %T", v)
	}
	return nil
}

// parquetFile is the file as the library wants it. It opens no other one.
type parquetFile struct {
	*io.SectionReader
	r    io.ReaderAt
	size int64
}

func (f *parquetFile) Open(name string) (source.ParquetFile, error) {
	if name != "" {
		return nil, errors.New("the file refers to another one")
	}
	return &parquetFile{io.NewSectionReader(f.r, 0, f.size), f.r, f.size}, nil
}

func (f *parquetFile) Create(string) (source.ParquetFile, error) {
	return nil, errors.New("second: nothing is written")
}

func (f *parquetFile) Write([]byte) (int, error) { return 0, errors.New("second: nothing is written") }

func (f *parquetFile) Close() error { return nil }
