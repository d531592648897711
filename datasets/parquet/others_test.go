package parquet

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/parquet/compress"
)

// othersFiles are the files in testdata, by name.
func othersFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.parquet")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of others: %v", err)
	}
	files := map[string][]byte{}
	for _, p := range paths {
		if files[filepath.Base(p)], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// othersValue is what a column of those files has in row i: testdata/generate.mjs says the same in SQL.
func othersValue(column string, i int) any {
	x := float64(i)
	unless := func(missing bool, v any) any {
		if missing {
			return nil
		}
		return v
	}
	epoch := float64(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()) / 86400
	switch column {
	case "id":
		return fmt.Sprintf("run-%d", i)
	case "region":
		return unless(i%17 == 16, []string{"FRA", "USA", "", "Îles Åland", "CHN"}[i%5])
	case "scope":
		return "volume"
	case "energy":
		return unless(i%7 == 6, x*0.25-7)
	case "tokens":
		return float64(i % 40)
	case "share":
		return x * 0.5
	case "change":
		return unless(i%5 == 4, x-200)
	case "bytes":
		return x * 1000003
	case "serial":
		return 4294967295 - x
	case "metered":
		return unless(i%13 == 12, i%3 == 0)
	case "started":
		return unless(i%11 == 10, epoch+x)
	case "late":
		return unless(i < 200, x)
	case "never":
		return nil
	case "price":
		return (x - 300) / 100
	case "mass":
		return x - 300
	case "at":
		seconds := i * 3601
		return epoch + float64(seconds/86400) + float64(seconds%86400)/86400
	}
	panic(column)
}

func TestFilesOfDuckDBAndPolarsAreReadAsTheyWereMeant(t *testing.T) {
	for name, data := range othersFiles(t) {
		t.Run(name, func(t *testing.T) {
			f, err := Open(name, bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			want := make([][]any, 350)
			for i := range want {
				for _, c := range f.Columns() {
					want[i] = append(want[i], othersValue(c.Name, i))
				}
			}
			same(t, cells(t, data), want)
		})
	}
}

// The test above leaves out no codec.
func TestTheFilesOfOthersHaveEveryCodecOfTheirWriters(t *testing.T) {
	seen := map[compress.Compression]bool{}
	for name, data := range othersFiles(t) {
		f, err := Open(name, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, ch := range f.groups[0].chunks {
			seen[ch.codec] = true
		}
	}
	for _, c := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Gzip, compress.Codecs.Zstd} {
		if !seen[c] {
			t.Errorf("no file is compressed by %s", c)
		}
	}
}
