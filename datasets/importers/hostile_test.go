package importers

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// hostileOptions give each format what its files do not say.
func hostileOptions(f Format) Options {
	o := Options{Set: map[string]string{}}
	for _, name := range f.Needs {
		if name == "mapping" {
			o.Mapping, o.MappingText = "m.yaml", []byte(someMapping)
		} else {
			o.Set[name] = "x"
		}
	}
	return o
}

// repeated is a text that repeats one behind a head, of any length and without memory.
type repeated struct {
	head, body string
	size       int64
}

func (r *repeated) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off+int64(n) < r.size {
		from := r.body
		at := off + int64(n)
		if at < int64(len(r.head)) {
			from = r.head[at:]
		} else {
			from = from[(at-int64(len(r.head)))%int64(len(from)):]
		}
		n += copy(p[n:min(int64(len(p)), r.size-off)], from)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Whatever a file holds, an import ends, in bounded memory, with problems, with parts that are listed, or with rows that hold.
func TestHostileFilesOfEveryFormat(t *testing.T) {
	if testing.Short() {
		t.Skip("long, on one goroutine")
	}
	const size = 5 << 20 // above what a record or an entry may have
	head := "timestamp,duration,energy_consumed,Model,TIMESTAMP,ContextTokens,GeneratedTokens,model,name\n"
	files := map[string]*repeated{
		"one field without end":           {head + `"`, "x", size},
		"one line without end":            {head, "x", size},
		"fields without end":              {head, ",", size},
		"lines without end":               {head, "\n", size},
		"arrays in arrays":                {"", "[", size},
		"objects in objects":              {"", `{"a":`, size},
		"an array of arrays, within":      {`{"configurations": `, "[", size},
		"one text of JSON without end":    {`{"a": "`, "x", size},
		"YAML lists in lists":             {"", "- ", size},
		"NUL":                             {"", "\x00", 1 << 20},
		"bytes that are no UTF-8":         {head, "\xff\xfe,\n", 1 << 20},
		"a Parquet file's start":          {"PAR1", "\x00", 1 << 20},
		"carriage returns":                {head, "\r", 1 << 20},
		"a header of commas":              {"", ",", 1 << 20},
		"quotes":                          {head, `""`, 1 << 20},
		"numbers that are none":           {head, "a,b,c,d,e,f,g,h,i\n", 1 << 20},
		"numbers beyond all":              {head, "2024-01-01T00:00:00,1e308,1e308,m,2024-01-01 00:00:00,1e308,9e307,m,m\n", 1 << 20},
		"nothing":                         {"", "x", 0},
		"a byte order mark and no more":   {"\ufeff", "x", 3},
		"JSON of another shape":           {"[1, {}, [], null, \"x\"", `, {"model": {"a": [1]}, "configurations": 7}`, 1 << 12},
		"one object of JSON, and another": {`{"model": 1}`, "\n{}", 1 << 12},
	}
	for _, f := range Formats() {
		for _, name := range sortedKeys(files) {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				file := files[name]
				size := max(file.size, int64(len(file.head)))
				if file.size == 0 {
					size = 0
				}
				var probs diag.List
				w := NewWriter(io.Discard, func() (io.WriteCloser, error) { return nopCloser{io.Discard}, nil })
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				r := Import(f, []File{{Name: "hostile", R: &repeated{file.head, file.body, size}, Size: size, Digest: "sha256:0"}}, hostileOptions(f), w, &probs)
				if err := w.Close(r); err != nil {
					t.Fatal(err)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
					t.Errorf("%d MiB are held after it", grown>>20)
				}
				if r != nil {
					counts(t, r)
				}
				if probs.Err() == nil && (r == nil || r.Rows == 0 && w.LeftOut() == 0 && len(r.Files) > 0 && r.Files[0].Records > 0) {
					t.Errorf("nothing is told of it, and there is no row: %+v", r)
				}
			})
		}
	}
}

// A file in which bytes were changed gives problems, or rows that hold: never a crash.
func TestChangedBytesOfPublishedFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	files, _ := filepath.Glob("testdata/*/*")
	for _, path := range files {
		format := filepath.Base(filepath.Dir(path))
		t.Run(format, func(t *testing.T) {
			f, ok := Find(format)
			if !ok {
				t.Fatalf("no format %s", format)
			}
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for range 100 {
				changed := bytes.Clone(whole)
				for range 1 + r.IntN(20) {
					changed[r.IntN(len(changed))] = []byte("\x00\"',;{}[]\n\r\\-9e.\xff")[r.IntN(17)]
				}
				var probs diag.List
				w := NewWriter(io.Discard, func() (io.WriteCloser, error) { return nopCloser{io.Discard}, nil })
				report := Import(f, []File{{Name: path, R: bytes.NewReader(changed), Size: int64(len(changed)), Digest: "sha256:0"}}, hostileOptions(f), w, &probs)
				if err := w.Close(report); err != nil {
					t.Fatal(err)
				}
				if report != nil {
					counts(t, report)
				}
			}
		})
	}
}

// Every format says what a user needs to know of it.
func TestEveryFormatIsDescribed(t *testing.T) {
	last := ""
	for _, f := range Formats() {
		if f.Name <= last {
			t.Errorf("%s does not follow %s in the alphabet", f.Name, last)
		}
		last = f.Name
		if f.Title == "" || len(f.Doc) < 200 || !strings.Contains(f.Doc, "Left out") && !strings.Contains(f.Doc, "left out") || f.Name != "mapped" && len(f.Kinds) == 0 {
			t.Errorf("%s is not described", f.Name)
		}
	}
	for name := range columnTable() {
		if _, ok := Find(name); !ok {
			t.Errorf("columns.yaml knows the columns of %s, which is no format", name)
		}
	}
}
