package second

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// The test's own binary is the other process, which does what its first argument says.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "second":
			os.Exit(Main(os.Args[2:], os.Stdin, os.Stdout, os.Stderr))
		case "greedy":
			limitMemory(64 << 20)
			go watch(64 << 20)
			var held [][]byte
			for {
				b := make([]byte, 16<<20)
				for i := range b {
					b[i] = 1
				}
				held = append(held, b)
				if len(held) > 1000 {
					os.Exit(0)
				}
			}
		case "endless":
			fmt.Println("rows 1")
			time.Sleep(time.Minute)
		case "silent":
			os.Exit(0)
		case "lying":
			fmt.Printf("rows 1\ncolumn \"a\"\nsum 00\nend\n")
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

func command(what string) []string {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return []string{self, what}
}

var columns = []lca.Field{{Name: "text", Type: lca.Text}, {Name: "number", Unit: "kWh"}, {Name: "whole", Type: lca.Integer, Required: true}, {Name: "day", Type: lca.Date}, {Name: "truth", Type: lca.Boolean}}

// file writes a table of several row groups and pages.
func file(t *testing.T, rows int) (*os.File, int64, *column.Table) {
	b := parquet.NewBuilder(columns)
	for i := range rows {
		if i%7 == 0 {
			for c, f := range columns {
				if f.Required {
					b.Number(c, float64(i))
				} else {
					b.Missing(c)
				}
			}
			continue
		}
		b.Text(0, fmt.Sprint("é", i%1000, strings.Repeat("x", i%3)))
		b.Number(1, float64(i)/3-100)
		b.Number(2, float64(i-5)*1e9)
		b.Number(3, float64(i%20000))
		b.Truth(4, i%3 == 0)
	}
	table := b.Table()
	f, err := os.Create(filepath.Join(t.TempDir(), "t.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	w, err := parquet.Create(f, columns, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&column.Batch{Rows: table.Rows, Columns: table.Data}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return f, info.Size(), table
}

// sums digests a table as the other process is expected to.
func sums(table *column.Table, segment int) (out [][]Digest) {
	for i := range table.Data {
		c, s := &table.Data[i], Sum{}
		var digests []Digest
		for row := range table.Rows {
			switch {
			case !c.Valid.Get(row):
				s.Missing()
			case c.Type == column.String:
				s.Text(c.Dict.Values[c.Codes[row]])
			case c.Type == column.Bool:
				s.Truth(c.Bools[row])
			default:
				s.Number(c.Floats[row])
			}
			if (row+1)%segment == 0 || row+1 == table.Rows {
				digests = append(digests, s.Next())
			}
		}
		out = append(out, digests)
	}
	return out
}

func TestTheOtherProcessReadsTheSameValues(t *testing.T) {
	f, size, table := file(t, 150_000)
	const segment = 40_000
	got, err := Read(context.Background(), Options{Command: command("second")}, f, size, segment)
	if err != nil {
		t.Fatal(err)
	}
	want := sums(table, segment)
	if got.Rows != int64(table.Rows) || len(got.Columns) != len(columns) {
		t.Fatalf("%d rows, columns %q", got.Rows, got.Columns)
	}
	for i, c := range columns {
		if got.Columns[i] != c.Name || !slices.Equal(got.Sums[i], want[i]) {
			t.Errorf("column %s, read as %s: other values", c.Name, got.Columns[i])
		}
	}
	// One value that differs is one digest that does.
	for row := range table.Rows {
		if c := &table.Data[1]; row == 85_000 {
			c.Floats[row]++
		}
	}
	changed := sums(table, segment)
	for i := range want[1] {
		if (want[1][i] != changed[1][i]) != (i == 2) {
			t.Errorf("segment %d: %t", i+1, want[1][i] != changed[1][i])
		}
	}
}

func TestWhateverTheOtherProcessDoesIsAFinding(t *testing.T) {
	f, size, _ := file(t, 10)
	for name, tc := range map[string]struct {
		o    Options
		want []string
	}{
		"it takes too much memory": {Options{Command: command("greedy")}, []string{"died", "took more memory"}},
		"it does not end":          {Options{Command: command("endless"), Deadline: 100 * time.Millisecond}, []string{"did not end within 100ms"}},
		"it says nothing":          {Options{Command: command("silent")}, []string{"said nothing"}},
		"it sends half a digest":   {Options{Command: command("lying")}, []string{"sent a damaged digest"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(context.Background(), tc.o, f, size, 1000)
			var failure *Failure
			if !errors.As(err, &failure) || !slices.ContainsFunc(tc.want, func(w string) bool { return strings.Contains(err.Error(), w) }) {
				t.Errorf("%v, want one of %q", err, tc.want)
			}
		})
	}
}

func TestWhatIsReceivedIsBounded(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"columns without end": {"column \"a\"\n", "sent too many columns"},
		"a line without end":  {"x", "ended in the middle"},
	} {
		if table, err := receive(strings.NewReader("rows 1\n" + strings.Repeat(c.line, 1<<20))); table != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if d := DefaultDeadline(math.MaxInt64); d < time.Minute {
		t.Errorf("a file as large as can be has %v", d)
	}
}

// A file that the implementation chokes on costs a finding and no more. Each byte of the footer is one that it believes.
func TestAHostileFileCostsAFinding(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many processes")
	}
	f, size, _ := file(t, 100)
	whole := make([]byte, size)
	if _, err := f.ReadAt(whole, 0); err != nil {
		t.Fatal(err)
	}
	died := 0
	for at := int(size) - 9; at > int(size)-900; at -= 60 {
		bad := bytes.Clone(whole)
		bad[at] ^= 0xff
		path := filepath.Join(t.TempDir(), "bad.parquet")
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		g, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(context.Background(), Options{Command: command("second"), Memory: 256 << 20, Deadline: 5 * time.Second}, g, size, 1000)
		g.Close()
		var failure *Failure
		if err != nil && !errors.As(err, &failure) {
			t.Errorf("byte %d: %v is no finding", at, err)
		}
		if err != nil {
			died++
		}
	}
	if died == 0 {
		t.Error("no byte of the footer matters: the test tests nothing")
	}
}

func TestTheSystemLimitsTheMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Linux has a limit that can be relied upon; elsewhere the process watches itself")
	}
	f, size, _ := file(t, 10)
	begun := time.Now()
	_, err := Read(context.Background(), Options{Command: command("greedy"), Deadline: time.Minute}, f, size, 1000)
	if err == nil || time.Since(begun) > 30*time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
}
