package parquet

import (
	"bytes"
	"math"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// Whoever wrote a file: no value lies outside its bounds, and they count the rows without one.
func TestEveryValueLiesWithinItsBounds(t *testing.T) {
	files := othersFiles(t)
	files["ours"], files["small"] = written(t, mixed, mixedTable(5000), 777), smallFile(t, 500)
	for name, gap := range gaps {
		files[name] = oddTable(t, 500, gap)
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			f, err := Open("t", bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			rows, known := cells(t, data), 0
			for i, c := range f.Columns() {
				b, ok := f.Bounds(0, i)
				if !ok {
					continue
				}
				known++
				missing := int64(0)
				for row, values := range rows {
					inside := true
					switch v := values[i].(type) {
					case nil:
						missing++
						continue
					case float64:
						inside = b.Min <= v && v <= b.Max
					case string:
						inside = b.MinText <= v && v <= b.MaxText
					}
					if !inside || b.Empty {
						t.Fatalf("%s has %v in row %d, its bounds are %+v", c.Name, values[i], row+1, b)
					}
				}
				if b.Missing != missing && b.Missing >= 0 || b.Empty != (missing == int64(len(rows))) {
					t.Errorf("%s lacks %d values, its bounds are %+v", c.Name, missing, b)
				}
			}
			if known == 0 {
				t.Error("no column has bounds")
			}
		})
	}
}

func TestBoundsAreThoseOfTheValuesAsTheyAreRead(t *testing.T) {
	f := func(name string) (*File, int) {
		data := othersFiles(t)["duckdb-v1-snappy.parquet"]
		f, err := Open("t", bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		return f, f.Column(name)
	}
	for name, want := range map[string]Bounds{
		"energy": {Min: -7, Max: 80, Missing: 50},
		"share":  {Min: 0, Max: 174.5},
		"serial": {Min: 4294967295 - 349, Max: 4294967295},
		"price":  {Min: -3, Max: 0.49},
		"mass":   {Min: -300, Max: 49},
		"at":     {Min: 18262, Max: othersValue("at", 349).(float64)},
		"region": {MinText: "", MaxText: "Îles Åland", Missing: 20},
		"never":  {Empty: true, Missing: 350},
	} {
		file, i := f(name)
		if got, ok := file.Bounds(0, i); !ok || got != want {
			t.Errorf("%s: %+v, %t, want %+v", name, got, ok, want)
		}
	}
}

func TestBoundsThatCannotBeAreNone(t *testing.T) {
	eight := func(v float64) string { return string(plainDoubles(v)) }
	file := func(as carrier, c *claims) *File {
		return &File{columns: []Column{{as: as, Type: as.natural(), Nullable: true}}, groups: []group{{rows: 10, chunks: []chunk{{claims: c}}}}}
	}
	good := claims{min: eight(1), max: eight(2), bounded: true, missing: 3}
	if b, ok := file(double, &good).Bounds(0, 0); !ok || b != (Bounds{Min: 1, Max: 2, Missing: 3}) {
		t.Errorf("the case that the others change: %+v, %t", b, ok)
	}
	for name, tc := range map[string]struct {
		as     carrier
		change func(c *claims)
	}{
		"none at all":                      {double, nil},
		"only a count":                     {double, func(c *claims) { c.bounded = false }},
		"a short one":                      {double, func(c *claims) { c.max = c.max[1:] }},
		"a long one":                       {double, func(c *claims) { c.min += "x" }},
		"the wrong way round":              {double, func(c *claims) { c.min, c.max = c.max, c.min }},
		"NaN":                              {double, func(c *claims) { c.max = eight(math.NaN()) }},
		"infinity":                         {double, func(c *claims) { c.max = eight(math.Inf(1)) }},
		"more missing than rows":           {double, func(c *claims) { c.missing = 11 }},
		"less than nothing missing":        {double, func(c *claims) { c.missing = -2 }},
		"an integer beyond 2^53":           {int64s, func(*claims) {}},
		"of truth values":                  {bools, func(*claims) {}},
		"text the wrong way round":         {bytesText, func(c *claims) { c.min, c.max = "b", "a" }},
		"text in the deprecated order":     {bytesText, func(c *claims) { c.min, c.max, c.signed = "a", "b", true }},
		"unsigned in the deprecated order": {uint64s, func(c *claims) { c.min, c.max, c.signed = eight(0), eight(0), true }},
		"of what is not read":              {foreign, func(*claims) {}},
		"a date beyond the year 9999":      {days, func(c *claims) { c.min, c.max = "\x00\x00\x00\x00", "\xff\xff\xff\x7f" }},
	} {
		var c *claims
		if tc.change != nil {
			changed := good
			tc.change(&changed)
			c = &changed
		}
		if b, ok := file(tc.as, c).Bounds(0, 0); ok || b != (Bounds{}) {
			t.Errorf("%s: %+v, %t", name, b, ok)
		}
	}
	old := good
	old.signed = true
	if _, ok := file(double, &old).Bounds(0, 0); !ok {
		t.Error("deprecated bounds of signed numbers are not taken")
	}
	required := file(double, &good)
	required.columns[0].Nullable = false
	if _, ok := required.Bounds(0, 0); ok {
		t.Error("bounds count missing values in a column that has none")
	}
}

func TestBytesCountsTheChunksOfTheColumns(t *testing.T) {
	data := oneColumn(t, schema.NewFloat64Node("x", parquet.Repetitions.Required, -1), []float64{1, 2}, parquet.WithDictionaryDefault(false))
	f, err := Open("t", bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if n := f.Bytes(0, []int{0}); n < 16 || n > int64(len(data))-12 {
		t.Errorf("%d bytes of %d", n, len(data))
	}
	if n := f.Bytes(0, nil); n != 0 {
		t.Errorf("no column has %d bytes", n)
	}
	if _, ok := f.Bounds(0, 0); !ok {
		t.Error("no bounds")
	}
}
