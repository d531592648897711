package foreign

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// rowsOf reads a text and returns its rows, columns in the order of the header.
func rowsOf(t *testing.T, text string, d Dialect) ([][]string, *CSV) {
	t.Helper()
	var probs diag.List
	c := OpenCSV("a.csv", strings.NewReader(text), d, &probs)
	if c == nil {
		t.Fatal(probs.Err())
	}
	var out [][]string
	for c.Next() {
		var row []string
		for _, name := range c.Columns() {
			row = append(row, c.Text(name))
		}
		out = append(out, row)
	}
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	return out, c
}

func TestEveryDialectGivesTheSameRows(t *testing.T) {
	want := "[[FRA 0.5 a, b; c] [DEU 1.25 d]]"
	for _, c := range []struct {
		name, text string
		dialect    Dialect
	}{
		{"commas", "code,value,note\nFRA,0.5,\"a, b; c\"\nDEU,1.25,d\n", Dialect{}},
		{"without a last line end", "code,value,note\nFRA,0.5,\"a, b; c\"\nDEU,1.25,d", Dialect{}},
		{"a BOM and CRLF", "\ufeffcode,value,note\r\nFRA,0.5,\"a, b; c\"\r\nDEU,1.25,d\r\n", Dialect{}},
		{"semicolons and decimal commas", "code;value;note\nFRA;0,5;\"a, b; c\"\nDEU;1,25;d\n", Dialect{}},
		{"semicolons and decimal points", "code;value;note\nFRA;0.5;\"a, b; c\"\nDEU;1.25;d\n", Dialect{}},
		{"tabs", "code\tvalue\tnote\nFRA\t0,5\ta, b; c\nDEU\t1,25\td\n", Dialect{}},
		{"bars", "code|value|note\nFRA|0,5|a, b; c\nDEU|1,25|d\n", Dialect{}},
		{"a separator that Excel says", "sep=;\r\ncode;value;note\r\nFRA;0,5;\"a, b; c\"\r\nDEU;1,25;d\r\n", Dialect{}},
		{"a separator that is given", "code·value·note\nFRA·0.5·a, b; c\nDEU·1.25·d\n", Dialect{Comma: '·'}},
		{"commas, and decimal commas in quotes", "code,value,note\nFRA,\"0,5\",\"a, b; c\"\nDEU,\"1,25\",d\n", Dialect{Decimal: ','}},
		{"spaces around names and fields", " code , value ,note\n FRA , 0.5,\"a, b; c\"\nDEU,1.25 , d\n", Dialect{}},
		{"a title ahead of the header", "Intensities; of countries; 2023; provisional\n\ncode,value,note\nFRA,0.5,\"a, b; c\"\nDEU,1.25,d\n", Dialect{Header: 2}},
		{"empty lines", "\ncode,value,note\n\nFRA,0.5,\"a, b; c\"\n  \nDEU,1.25,d\n\n", Dialect{}},
		{"rows of other lengths", "code,value,note\nFRA,0.5,\"a, b; c\",more\nDEU,1.25,d\n", Dialect{Ragged: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			f := OpenCSV("a.csv", strings.NewReader(c.text), c.dialect, &probs)
			if f == nil {
				t.Fatal(probs.Err())
			}
			var got [][]string
			for f.Next() {
				got = append(got, []string{f.Text("code"), f.Decimal("value"), f.Text("note")})
			}
			if err := probs.Err(); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != want || f.Rows() != 2 {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestASeparatorThatRowsAreRegularInWins(t *testing.T) {
	for text, want := range map[string]rune{
		"name (a, b, c);value\nx;1\ny;2\n":  ';',
		"a,b\n":                             ',',
		"a\n1\n":                            ',',
		"":                                  ',',
		"a;b":                               ';',
		"\"a,b,c\";d\n1;2\n":                ';',
		"a,b;c\n1,2;3\n":                    ',',
		"a\tb\n1,5\t2,5\n":                  '\t',
		"a;b;c,d\n1;2\n1;2;3;4\n":           ';', // no row as the header: what it has most of
		"\"a\nb\";\"c,d,e\"\n1;2\n":         ';',
		strings.Repeat("a;b\n", 20) + ",,,": ';',
	} {
		if got := separator([]byte(text), 1); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAQuotedFieldMayHoldEverything(t *testing.T) {
	rows, _ := rowsOf(t, "a,b\r\n\"one\r\ntwo, \"\"three\"\"\",\" x \"\r\n\"\",\"\"\"\"\r\n", Dialect{})
	if got := fmt.Sprintf("%q", rows); got != `[["one\ntwo, \"three\"" "x"] ["" "\""]]` {
		t.Error(got)
	}
}

func TestShortRowsOfARaggedFileAreEmptyWhereTheyEnd(t *testing.T) {
	rows, _ := rowsOf(t, "a,b,c\n1\n1,2,3,4\n", Dialect{Ragged: true})
	if got := fmt.Sprint(rows); got != "[[1  ] [1 2 3]]" {
		t.Error(got)
	}
}

func TestPlacesCountCharacters(t *testing.T) {
	text := "\ufeffä,ö,ü\nÄÖ,\"\"\"é\",x\n\"zwei\nZeilen 日本\",\"Œ\",y\n"
	var probs diag.List
	c := OpenCSV("a.csv", strings.NewReader(text), Dialect{}, &probs)
	var got []string
	for c.Next() {
		for _, name := range c.Columns() {
			got = append(got, c.At(name).String())
		}
		got = append(got, c.At("").String())
	}
	want := "a.csv:2:1 column ä|a.csv:2:4 column ö|a.csv:2:10 column ü|a.csv:2|a.csv:3:1 column ä|a.csv:4:12 column ö|a.csv:4:16 column ü|a.csv:3"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestWhatIsWrongWithACSVFileIsToldAtItsPlace(t *testing.T) {
	hundred := strings.Repeat("1,2,3\n", 150)
	for _, c := range []struct {
		name, text string
		rows       int
		want       []string
	}{
		{"nothing at all", "", 0, []string{"a.csv: the file has no header [syntax]"}},
		{"only empty lines", "\n\r\n  \n", 0, []string{"a.csv: the file has no header [syntax]"}},
		{"a row too short and one too long", "a,b\n1\n1,2\n1,2,3\n", 1, []string{"a.csv:2: the row has 1 fields; the header has 2", "a.csv:4: the row has 3 fields"}},
		{"the last row is cut", "a,b\n1,2\n1", 1, []string{"a.csv:3: the row has 1 fields; the header has 2"}},
		{"a quote that is not closed", "a,b\n1,2\né,\"x\n3,4\n", 1, []string{"a.csv:3:3: the quote that opens here is not closed [syntax]\n | é,\"x\n |   ^"}},
		{"a quote that is closed far below", "a,b\n1,\"x\n3,4\n5,\"y\" \n", 0, []string{"a.csv:4:4: text follows a closing quote"}},
		{"a quote within a field", "a,b\n1,ü5\" disk\n3,4\n", 0, []string{"a.csv:2:5: a quote stands within a field"}},
		{"text behind a quote", "a,b\n\"1\"x,2\n", 0, []string{"a.csv:2:4: text follows a closing quote"}},
		{"lines that end in a carriage return", "a,b\r1,2\r", 0, []string{"a.csv:1:4: a carriage return stands within a line"}},
		{"an older encoding", "a,b\n1,2\n1,\"x\nG\xfcnther\",3\nJos\xe9,3\n1,2\n", 2, []string{"a.csv:4:2: the row is not UTF-8 text", "a.csv:5:4: the row is not UTF-8 text"}},
		{"a zero", "a,b\n1,\x002\n", 0, []string{"a.csv:2:3: the row is not UTF-8 text"}},
		{"UTF-16", "\xff\xfea\x00,\x00", 0, []string{"a.csv: the file is text in UTF-16"}},
		{"a workbook", "PK\x03\x04....", 0, []string{"a.csv: the file is a ZIP archive, as an Excel workbook is"}},
		{"a web page", "\ufeff<!DOCTYPE html>\n<html>", 0, []string{"a.csv: the file is a web page"}},
		{"too many wrong rows", "a,b\n" + hundred, 0, []string{"", "a.csv:101: 100 rows cannot be read: the rest of the file was not read"}},
		{"a record of five megabytes", "a,b\n1,2\n1," + strings.Repeat("x", 5<<20) + "\n1,2\n", 1, []string{"a.csv:3: a record of more than 4194304 bytes [too-large]"}},
		{"an open quote ahead of five megabytes", "a,b\n1,2\n1,\"" + strings.Repeat("x\n", 5<<19), 1, []string{"a.csv:3:3: a field in quotes that opens here, and a record, of more than 4194304 bytes [too-large]"}},
		{"a header of many columns", strings.Repeat("a,", maxFields) + "\n", 0, []string{"a.csv:1: the header has 10001 columns; at most 10000 are read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			rows := 0
			if f := OpenCSV("a.csv", strings.NewReader(c.text), Dialect{}, &probs); f != nil {
				for f.Next() {
					rows++
				}
			}
			if rows != c.rows {
				t.Errorf("%d rows, want %d", rows, c.rows)
			}
			told(t, &probs, c.want)
		})
	}
}

// told fails unless the problems begin as the texts say; an empty text stands for any number of them.
func told(t *testing.T, probs *diag.List, want []string) {
	t.Helper()
	all := probs.Problems()
	if len(want) > 0 && want[0] == "" {
		all, want = all[len(all)-len(want)+1:], want[1:]
	}
	if len(all) != len(want) {
		t.Errorf("%d problems, want %d: %v", len(all), len(want), all)
	}
	for i := range min(len(all), len(want)) {
		if got := all[i].String(); !strings.HasPrefix(got, want[i]) {
			t.Errorf("got  %s\nwant %s", got, want[i])
		}
	}
}

func TestAFileThatTheSystemDoesNotGiveIsToldWhereItEnds(t *testing.T) {
	var probs diag.List
	r := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(errors.New("the disk is gone")))
	c := OpenCSV("a.csv", r, Dialect{}, &probs)
	for c.Next() {
	}
	told(t, &probs, []string{"a.csv:3: the file cannot be read: the disk is gone"})
	if c.Rows() != 1 {
		t.Errorf("%d rows", c.Rows())
	}
}

func TestMarksOfDecimalsAreNotMixed(t *testing.T) {
	for _, c := range []struct {
		name, text string
		decimal    byte
		want       string
		problems   []string
	}{
		{"the first number decides", "a;b\n1;1,5\n2;1.500\n", 0, "1.5|", []string{`a.csv:3:3 column b: expected a number, found "1.500" [bad-type]` + "\n | 2;1.500\n |   ^ a mark of thousands is not read\n   decimals are written with ',' here, as in line 2"}},
		{"the dialect decides", "a;b\n1;1.500\n", ',', "", []string{`a.csv:2:3 column b: expected a number, found "1.500"`}},
		{"a comma file has points", "a,b\n1,\"1,500\"\n", 0, "", []string{`a.csv:2:3 column b: expected a number, found "1,500"`}},
		{"thousands and decimals", "a;b\n1;1.234,5\n", 0, "", []string{`a.csv:2:3 column b: expected a number, found "1.234,5"`}},
		{"a whole number says nothing", "a;b\n1;5\n1;0,5\n1;1e-3\n1;-,5\n", 0, "5|0.5|1e-3|-.5|", nil},
		{"words are no numbers", "a;b\n1;n/a\n1;inf\n1;0x10\n1;1_0\n1;NaN\n1;1e999\n", 0, "", []string{"a.csv:2", "a.csv:3", "a.csv:4", "a.csv:5", "a.csv:6", "a.csv:7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			f := OpenCSV("a.csv", strings.NewReader(c.text), Dialect{Decimal: c.decimal}, &probs)
			got := ""
			for f.Next() {
				if text := f.Decimal("b"); text != "" {
					got += text + "|"
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			told(t, &probs, c.problems)
		})
	}
}

func TestEveryColumnThatIsMissingOrTwiceIsTold(t *testing.T) {
	var probs diag.List
	c := OpenCSV("a.csv", strings.NewReader("a title\nYear,Entity,,Code,Code\n"), Dialect{Header: 2}, &probs)
	if c.Need("Entity", "year_", "Code", "Carbon intensity") || !c.Has("Entity", "Year") || c.Has("") || c.Text("") != "" {
		t.Error("Need is content")
	}
	told(t, &probs, []string{"a.csv:2: the file has no column \"year_\" [missing-column]\n   it has \"Year\"", `a.csv:2: the column "Code" stands twice [duplicate-name]`,
		"a.csv:2: the file has no column \"Carbon intensity\" [missing-column]\n   it has Year, Entity, , Code, Code"})
	if c.Header().Line != 2 {
		t.Errorf("the header stands at %s", c.Header())
	}
}

func TestTextsOutliveTheirRow(t *testing.T) {
	var probs diag.List
	c := OpenCSV("a.csv", strings.NewReader("a,b\none,\"t\"\"wo\"\nlonger than before,\"x\"\"\"\n"), Dialect{}, &probs)
	c.Next()
	a, b := c.Text("a"), c.Text("b")
	c.Next()
	c.Text("a")
	if a != "one" || b != `t"wo` {
		t.Errorf("%q %q", a, b)
	}
}

// endless is a text of a length, repeated from a piece, without being held.
type endless struct {
	piece string
	left  int64
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && e.left > 0 {
		k := copy(p[n:min(int64(len(p)), int64(n)+e.left)], e.piece[e.at:])
		e.at = (e.at + k) % len(e.piece)
		n, e.left = n+k, e.left-int64(k)
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// peak is how many bytes of memory a function takes from the system at once, about.
func peak(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.HeapSys - min(before.HeapSys, after.HeapSys)
}

func TestAHostileFileTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads hundreds of megabytes")
	}
	const size = 40 << 20
	for name, piece := range map[string]string{
		"one record without an end": "x",
		"separators alone":          ",",
		"quotes alone":              `"`,
		"pairs of quotes":           `"",`,
		"an open quote":             "\"x\nyyyyyyyyyyyyyy\"\"",
		"line ends alone":           "  \r\n",
		"wrong rows":                "1,2,3\n",
		"right rows":                "12345,ü\n",
	} {
		for _, start := range []string{"", "a,b\n"} {
			var probs diag.List
			used := peak(func() {
				c := OpenCSV("a.csv", io.MultiReader(strings.NewReader(start), &endless{piece: piece, left: size}), Dialect{}, &probs)
				for c != nil && c.Next() {
					c.Text("a")
					c.At("b")
				}
			})
			if used > 32<<20 {
				t.Errorf("%s after %q took %d MB", name, start, used>>20)
			}
		}
	}
}

// FuzzCSV compares with package encoding/csv, and each place with the text that stands there.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;b\r\n\"x\"\"\n;\";2,5\r\n", "\ufeffé,b\n\"ü\nö\",\"é\"\n", "a,b\n\"x", "a\tb\n1\t\xff\n", "sep=;\na;b\n", "a,b\r1,2", ",\n\"\"\"\"\r\n\n \n", "a|b|c\n1|2\n", "=\n\r\r", "\"\"\"\r\r\n\n \x7f\"\"\"\n"} {
		f.Add([]byte(seed), byte(0), false)
		f.Add([]byte(seed), byte(','), true)
	}
	f.Add([]byte("0\n "), byte(' '), true)
	f.Fuzz(func(t *testing.T, text []byte, comma byte, ragged bool) {
		var probs diag.List
		d := Dialect{Comma: rune(comma), Ragged: ragged}
		c := OpenCSV("a.csv", bytes.NewReader(text), d, &probs)
		if c == nil {
			if probs.Err() == nil {
				t.Error("refused without a problem")
			}
			return
		}
		lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
		got := [][]string{c.row(t, lines)}
		for c.Next() {
			c.Number("a")
			got = append(got, c.row(t, lines))
		}
		if probs.Err() != nil {
			return
		}
		body := bytes.TrimPrefix(text, []byte("\ufeff"))
		if _, length := said(body); length > 0 {
			body = body[length:]
		}
		r := csv.NewReader(bytes.NewReader(body))
		r.Comma, _ = utf8.DecodeRune(c.separator)
		r.FieldsPerRecord = -1
		all, err := r.ReadAll()
		if errors.Is(err, csv.ErrBareQuote) || errors.Is(err, csv.ErrQuote) {
			t.Fatalf("read %q, which encoding/csv does not: %v", text, err)
		}
		if err != nil {
			return // a separator that it does not take
		}
		all = slices.DeleteFunc(all, func(row []string) bool { // an empty line is no row, also where spaces separate
			return strings.Trim(strings.Join(row, string(c.separator)), " \r") == "" && !bytes.Contains(body, []byte(`"`))
		})
		if len(all) != len(got) && !bytes.Contains(body, []byte(`"`)) {
			t.Fatalf("%d records, encoding/csv has %d: %q", len(got), len(all), text)
		}
		for i := range min(len(got), len(all)) {
			if len(got) != len(all) {
				break
			}
			for j := range all[i] {
				if j < len(got[i]) && got[i][j] != strings.TrimSpace(all[i][j]) {
					t.Fatalf("record %d is %q, of encoding/csv %q", i, got[i], all[i])
				}
			}
		}
	})
}

// row is the record's fields; each must stand at its place.
func (c *CSV) row(t *testing.T, lines []string) []string {
	var out []string
	for i, f := range c.fields {
		text := c.text(i)
		out = append(out, text)
		at := c.placeOf(f.at, f.line, f.lineStart)
		line := []rune(lines[at.Line-1])
		first, _, _ := strings.Cut(string(c.raw[f.at:f.end]), "\n")
		if !strings.HasPrefix(string(line[at.Col-1:]), first) {
			t.Fatalf("%q does not stand at %s: %q", text, at, lines)
		}
	}
	return out
}

func BenchmarkCSV(b *testing.B) {
	var text strings.Builder
	text.WriteString("Entity,Code,Year,value")
	for i := range 28 {
		text.WriteString(",c" + strconv.Itoa(i))
	}
	for i := range 10_000 {
		fmt.Fprintf(&text, "\nFrance,FRA,%d,%d.25", 2000+i%25, i)
		text.WriteString(strings.Repeat(",x", 28))
	}
	whole := text.String()
	b.Run("four columns of 32", func(b *testing.B) {
		b.SetBytes(int64(len(whole)))
		b.ReportAllocs()
		for b.Loop() {
			var probs diag.List
			c := OpenCSV("a.csv", strings.NewReader(whole), Dialect{}, &probs)
			for c.Next() {
				c.Text("Entity")
				c.Text("c27")
				c.Number("Year")
				c.Decimal("value")
			}
			if c.Rows() != 10_000 {
				b.Fatal(probs.Err())
			}
		}
	})
	b.Run("one field", func(b *testing.B) {
		var probs diag.List
		c := OpenCSV("a.csv", strings.NewReader(whole), Dialect{}, &probs)
		c.Next()
		b.ReportAllocs()
		for b.Loop() {
			c.Text("c27")
		}
	})
}

func TestNumbersThatCannotBeComputedWithAreNone(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "-0.0": true, "0e400": true, "+1.5": true, "5e-324": true, "1.7e308": true, strings.Repeat("0", 1000) + "1": true, "": false, "1e400": false, "-1e400": false, "1e-400": false,
		"inf": false, "nan": false, "0x1": false, "1_0": false, "1e": false, strings.Repeat("1", 5000): false, "١": false} {
		if v, err := ParseNumber(text); (err == nil) != want {
			t.Errorf("%.20q is %v, %v", text, v, err)
		}
	}
}

// Numbers of a few digits are read by a short way, which has to give the same bits as the long one.
func TestShortNumbersAreThoseThatTheLongWayGives(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := []string{"0", "00", "0.0", "1", "999999999999999", "9999999999999999", "123456789012345.6", "0.000000000000001", "1.", ".1", "", "-1", "1e3", "1.2.3", "12,5", "1 2"}
	for range 20_000 {
		text := strconv.FormatInt(r.Int64N(1e15)>>r.IntN(50), 10)
		if at := r.IntN(len(text) + 1); at > 0 && at < len(text) {
			text = text[:at] + "." + text[at:]
		}
		texts = append(texts, text)
	}
	for _, text := range texts {
		v, ok := shortNumber([]byte(text), '.')
		want, err := ParseNumber(text)
		if ok && (err != nil || v != want) {
			t.Errorf("%q is %v, want %v, %v", text, v, want, err)
		}
		if !ok && err == nil && len(text) <= 15 && strings.Trim(text, "0123456789.") == "" && text[0] != '.' && !strings.HasSuffix(text, ".") {
			t.Errorf("%q is not read the short way", text)
		}
	}
	if _, ok := shortNumber([]byte("1.5"), 0); ok {
		t.Error("a mark was taken that is not known yet")
	}
}
