package foreign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// entriesOf reads a text and prints its entries, as place key=raw.
func entriesOf(text string, probs *diag.List) string {
	var out []string
	EachEntry("a.json", strings.NewReader(text), probs, func(e *Entry) bool {
		key := e.Key
		if key == "" {
			key = fmt.Sprint(e.Index)
		}
		out = append(out, fmt.Sprintf("%d:%d %s=%s", e.Place.Line, e.Place.Col, key, e.raw))
		return true
	})
	return strings.Join(out, "|")
}

func TestEntriesOfObjectsAndArrays(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an object", `{"a": 1, "b":{"c":[1,2]} }`, `1:7 a=1|1:14 b={"c":[1,2]}`},
		{"an array", "\ufeff[ 1,\n \"]\",null, [], {}]\n", `1:3 0=1|2:2 1="]"|2:6 2=null|2:12 3=[]|2:16 4={}`},
		{"places after characters of several bytes", "{\"é\": \"日本\", \"ü\\\"\":\n\t\"ö\"}", `1:7 é="日本"|2:2 ü"="ö"`},
		{"nothing in an object", " {} ", ""},
		{"nothing in an array", "[\n]", ""},
		{"numbers at the end", "[1.5e3,-2]", "1:2 0=1.5e3|1:8 1=-2"},
		{"backslashes ahead of a quote", `["\\","\\\""]`, `1:2 0="\\"|1:7 1="\\\""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			if got := entriesOf(c.text, &probs); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			told(t, &probs, nil)
		})
	}
}

func TestReadingStopsWhereTheCallerHasEnough(t *testing.T) {
	var probs diag.List
	n := 0
	EachEntry("a.json", strings.NewReader("[1,2,nonsense"), &probs, func(e *Entry) bool { n++; return n < 2 })
	told(t, &probs, nil)
	if n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestWhatIsWrongWithAJSONFileIsToldAtItsPlace(t *testing.T) {
	for _, c := range []struct{ name, text, entries, want string }{
		{"nothing at all", "", "", "a.json:1:1: the file is empty"},
		{"only spaces", " \n ", "", "a.json:2:2: the file is empty"},
		{"a number", " 12", "", "a.json:1:2: expected an object or an array, found \"1\" [bad-type]"},
		{"CSV", "é,b\n1,2", "", "a.json:1:1: expected an object or an array, found \"é\""},
		{"a web page", "<html>", "", "a.json: the file is a web page"},
		{"cut behind the bracket", "[", "", "a.json:1:2: the file ends within its outermost brackets"},
		{"cut behind a comma", "[1,", "1:2 0=1", "a.json:1:4: the file ends within its outermost brackets"},
		{"cut behind a value", "[1,2\n", "1:2 0=1|1:4 1=2", "a.json:2:1: the file ends within its outermost brackets"},
		{"cut in a text", "{\"a\":1,\n\"b\": \"ö", "1:6 a=1", "a.json:2:8: the file ends within a value that begins in line 2"},
		{"cut in a key", "{\"a\":1,\n\"b", "1:6 a=1", "a.json:2:3: the file ends within a value that begins in line 2"},
		{"cut behind a key", `{"a"`, "", `a.json:1:5: expected a colon behind the key "a"`},
		{"cut behind a colon", `{"a":`, "", `a.json:1:6: the file ends behind the key "a"`},
		{"cut in an object", "[{\"a\":\n[1", "", "a.json:2:3: the file ends within a value that begins in line 1"},
		{"no quotes around a key", "{a:1}", "", "a.json:1:2: expected a key in quotes, found \"a\""},
		{"no comma", "[1 2]", "1:2 0=1", "a.json:1:4: expected a comma or the closing bracket, found \"2\""},
		{"a comma too many", "[1,]", "1:2 0=1", "a.json:1:4: not readable as JSON: invalid character ']'"},
		{"no value", `{"a":}`, "", "a.json:1:6: not readable as JSON: invalid character '}'"},
		{"a word that Python writes", "[{\"é\":1,\n \"b\": NaN}]", "", "a.json:2:7: not readable as JSON: invalid character 'N'"},
		{"an object in each line", "{\"a\":1}\n{\"a\":2}\n", "1:6 a=1", "a.json:2:1: text follows the end of the outermost brackets"},
		{"brackets that do not match", "[{\"a\":[1}]]", "", "a.json:1:9: not readable as JSON: invalid character '}'"},
		{"a key twice", `{"a":1,"b":2,"a":3,"c":4}`, "1:6 a=1|1:12 b=2|1:24 c=4", `a.json:1:14: the key "a" stands twice [duplicate-name]`},
		{"a key twice within", `[{"é":[{"é":1}],"x":{"a":1,"\u0061":1}},{"a":[{"a":1},{"a":1}]}]`, `1:41 1={"a":[{"a":1},{"a":1}]}`, "a.json:1:28: a key stands twice in one object"},
		{"an older encoding", "[1,\n\"G\xfcnther\"]", "1:2 0=1", "a.json:2:3: the file is not UTF-8 text"},
		{"nested too deep", "[1," + strings.Repeat("[", 65) + strings.Repeat("]", 65) + "]", "1:2 0=1", "a.json:1:68: an entry is nested deeper than 64"},
		{"nested as deep as may be", "[" + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "]", "1:2 0=" + strings.Repeat("[", 64) + strings.Repeat("]", 64), ""},
		{"a text of five megabytes", "[1,\"" + strings.Repeat("x", 5<<20) + "\"]", "1:2 0=1", "a.json:1:4: an entry of more than 4194304 bytes [too-large]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			if got := entriesOf(c.text, &probs); got != c.entries {
				t.Errorf("entries %s, want %s", got, c.entries)
			}
			if c.want == "" {
				told(t, &probs, nil)
			} else {
				told(t, &probs, []string{c.want})
			}
		})
	}
}

func TestAJSONFileThatTheSystemDoesNotGive(t *testing.T) {
	for _, start := range []string{"[1,\n", "[1,\n2", "[1]\n", "[\"x\n", "{\"a\"\n"} {
		var probs diag.List
		EachEntry("a.json", io.MultiReader(strings.NewReader(start), iotest.ErrReader(errors.New("the disk is gone"))), &probs, func(*Entry) bool { return true })
		told(t, &probs, []string{"a.json:2:" + fmt.Sprint(utf8.RuneCountInString(start[strings.Index(start, "\n")+1:])+1) + ": the file cannot be read: the disk is gone"})
	}
}

func TestAnEntryOfAnotherShapeIsToldWhereItIsWrong(t *testing.T) {
	type target struct {
		Name  string  `json:"name"`
		Value float64 `json:"value"`
		Inner struct {
			List []int `json:"list"`
		} `json:"inner"`
	}
	for _, c := range []struct{ text, want string }{
		{"[\n {\"name\": \"é\", \"value\": \"4,5\"}]", "a.json:2:25: the entry cannot be read: value is a text where a number is expected"},
		{`["x"]`, "a.json:1:2: the entry cannot be read: it is a text where an object is expected"},
		{"[[1]]", "a.json:1:2: the entry cannot be read: it is a list where an object is expected"},
		{"{\"k\": {\"inner\": {\"list\": [1,\n 2.5]}}}", `a.json:2:2: the entry "k" cannot be read: inner.list is the number 2.5 where a whole number is expected`},
		{`[{"name": true}]`, "a.json:1:11: the entry cannot be read: name is true or false where a text is expected"},
		{`[{"name": {"a":1}}]`, "a.json:1:11: the entry cannot be read: name is an object where a text is expected"},
		{`[{"value": "a\\\"b,c"}]`, "a.json:1:12: the entry cannot be read: value is a text where a number is expected"},
	} {
		var probs diag.List
		EachEntry("a.json", strings.NewReader(c.text), &probs, func(e *Entry) bool {
			var into target
			if e.Into(&into) {
				t.Errorf("%s was read as %v", c.text, into)
			}
			return true
		})
		told(t, &probs, []string{c.want})
	}
}

func TestAnEntryIsDecoded(t *testing.T) {
	var probs diag.List
	EachEntry("a.json", strings.NewReader(`{"x": {"value": 1.50, "more": 1}}`), &probs, func(e *Entry) bool {
		var into struct{ Value json.Number }
		if !e.Into(&into) || into.Value != "1.50" || !e.IsObject() || e.Left("w", "y") != (Left{Place: e.Place, What: "w", Why: "y"}) {
			t.Errorf("%v", into)
		}
		return true
	})
	told(t, &probs, nil)
}

func TestAHostileJSONFileTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads hundreds of megabytes")
	}
	const size = 40 << 20
	for _, c := range []struct{ name, start, piece string }{
		{"spaces", "", " \n"},
		{"brackets", "", "["},
		{"brackets within", "[1,", "["},
		{"a text without an end", "[\"", "x"},
		{"a key without an end", "{\"", "x"},
		{"a number without an end", "[", "1"},
		{"small entries", "[1", `,{"a": "text", "b": [1.5, 2.5, 3.5], "c": {"d": "é", "e": "another text"}}`},
		{"empty objects in one entry", "[[{}", ",{}"},
		{"the same key", "{\"\":1", ",\"\":1"},
		{"line ends between entries", "[1,", "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var probs diag.List
			used := peak(func() {
				EachEntry("a.json", io.MultiReader(strings.NewReader(c.start), &endless{piece: c.piece, left: size}), &probs, func(e *Entry) bool {
					return !probs.Full()
				})
			})
			if probs.Err() == nil {
				t.Error("no problem was told")
			}
			if used > 36<<20 {
				t.Errorf("it took %d MB", used>>20)
			}
		})
	}
}

// FuzzEntries compares with package json: what it reads has the same entries here, and what it does not read has a problem.
func FuzzEntries(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":[{"c":"d\""}]}`, "\ufeff[1, \"ü\"\n, {}, null, -1.5e-3]", `{"a":1,"a":2}`, `[[[`, `{"é`, "[\"\xff\"]", `{"a" 1}`, "[1,]", "[1]x", `["\ud800"]`, "[{\"a\":1,\"a\":{}}]"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var probs diag.List
		body := bytes.TrimPrefix(text, []byte("\ufeff"))
		lines := strings.Split(string(body), "\n")
		got := map[string]string{}
		EachEntry("a.json", bytes.NewReader(text), &probs, func(e *Entry) bool {
			key := e.Key
			if len(bytes.TrimLeft(body, " \t\r\n")) > 0 && bytes.TrimLeft(body, " \t\r\n")[0] == '[' {
				key = fmt.Sprint(e.Index)
			}
			got[key] = string(e.raw)
			first, _, _ := strings.Cut(string(e.raw), "\n")
			if !strings.HasPrefix(string([]rune(lines[e.Place.Line-1])[e.Place.Col-1:]), first) {
				t.Fatalf("%q does not stand at %s of %q", e.raw, e.Place, text)
			}
			var into struct {
				A int
				B []struct{ C string }
			}
			e.Into(&into)
			return true
		})
		var probsOfText diag.List
		EachEntry("a.json", bytes.NewReader(text), &probsOfText, func(*Entry) bool { return true })
		if probsOfText.Err() != nil {
			return
		}
		want := map[string]json.RawMessage{}
		if json.Unmarshal(body, &want) != nil {
			var list []json.RawMessage
			if err := json.Unmarshal(body, &list); err != nil {
				t.Fatalf("read %q, which package json does not: %v", text, err)
			}
			for i, v := range list {
				want[fmt.Sprint(i)] = v
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d entries, package json has %d: %q", len(got), len(want), text)
		}
		for k, v := range want {
			if got[k] != string(v) {
				t.Fatalf("%s is %q, of package json %q", k, got[k], v)
			}
		}
	})
}

func TestTheEntriesOfAnEntryHaveTheirPlaces(t *testing.T) {
	var probs diag.List
	var got []string
	EachEntry("f.json", strings.NewReader("{\"a\": [1,\n  {\"é\": \"x\", \"b\":  [ ]}],\n \"c\": 2}"), &probs, func(e *Entry) bool {
		e.Each(func(sub *Entry) bool {
			got = append(got, fmt.Sprintf("%s%d at %v", sub.Key, sub.Index, sub.Place))
			sub.Each(func(s *Entry) bool {
				got = append(got, fmt.Sprintf("%s%d at %v", s.Key, s.Index, s.Place))
				return s.Key != "é"
			})
			return true
		})
		return true
	})
	want := "0 at f.json:1:8, 1 at f.json:2:3, é0 at f.json:2:9"
	if s := strings.Join(got, ", "); s != want || probs.Err() != nil {
		t.Errorf("%s, want %s (%v)", s, want, probs.Err())
	}
}
