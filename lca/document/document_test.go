package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestPlacesPointAtTheVeryCharacter(t *testing.T) {
	const text = "method: observatory\nkinds:\n  runs:\n    energy: {unit: kWh, expr: hours * power}\n    block: |\n      a ? b\n      : c\n"
	var probs diag.List
	root := Parse("m.yaml", []byte(text), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	expr := root.Get("kinds").Get("runs").Get("energy").Get("expr")
	if got := expr.Within(0, 8).String(); got != "m.yaml:4:39" {
		t.Errorf("the word power stands at %s, want m.yaml:4:39", got)
	}
	block := root.Get("kinds").Get("runs").Get("block")
	if block.Text != "a ? b\n: c\n" {
		t.Errorf("block text is %q", block.Text)
	}
	if got := block.Within(1, 2).String(); got != "m.yaml:7:9" {
		t.Errorf("the letter c stands at %s, want m.yaml:7:9", got)
	}
}

func TestStrangersFilesAreRefusedAtTheirPlace(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"an anchor":                {"a: &x 1\nb: 2\n", "m.yaml:1:4: YAML anchors are not accepted"},
		"an alias":                 {"a: 1\nb: *x\n", "aliases are not accepted"},
		"a tag":                    {"a: !!str 1\n", "YAML tags are not accepted"},
		"a merge key":              {"a:\n  <<: {b: 1}\n", "merge keys are not accepted"},
		"a key twice":              {"a: 1\na: 2\n", `m.yaml:2:1: the key "a" stands twice`},
		"brackets without end":     {strings.Repeat("[", 200_000), "nested deeper than"},
		"dashes without end":       {strings.Repeat("- ", 5000) + "x\n", "nested deeper than"},
		"brackets behind texts":    {"a: " + strings.Repeat(`["]",`, 60), "m.yaml:1:244: nested deeper than 48 levels"},
		"brackets behind remarks":  {"a:\n" + strings.Repeat(" [ #]\n", 60), "m.yaml:50:2: nested deeper than 48 levels"},
		"tags of tags":             {"a: " + strings.Repeat("! ", 60) + "x", "nested deeper than 48 levels"},
		"tags of tags in lines":    {"a:\n" + strings.Repeat("  !t\n", 60) + "  x", "nested deeper than 48 levels"},
		"keys on a line":           {strings.Repeat("a: ", 60) + "x", "nested deeper than 48 levels"},
		"more entries than 2,000":  {strings.Repeat("a: 1\n", 2001), "m.yaml:2001:1: more than 2000 entries one below the other"},
		"more marks than 20,000":   {"a: [" + strings.Repeat("1,", 20_000) + "]", "m.yaml:1: more than 20000 lines and marks"},
		"more than a megabyte":     {"a: " + strings.Repeat("x", MaxBytes), "at most 1048576 are read"},
		"bytes that are no UTF-8":  {"a: \xff\n", "not UTF-8"},
		"a NUL":                    {"a: \x00\n", "not UTF-8 text"},
		"nothing":                  {"", "the file is empty"},
		"a tab":                    {"a:\n\tb: 1\n", "m.yaml:2:1: the line is indented with a tab"},
		"two documents":            {"a: 1\n---\nb: 2\n", "more than one document"},
		"an unclosed flow mapping": {"a: {b: 1\n", "not readable as YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			var probs diag.List
			Parse("m.yaml", []byte(tc.text), &probs)
			if err := probs.Err(); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want a problem with %q", err, tc.want)
			}
		})
	}
}

// A text may hold what is no bracket of a list, and a file may be long where it is not wide.
func TestLongFilesAreReadAsTheyAre(t *testing.T) {
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, "k%d:\n  text: \"a) b] c} (%d) 's [\" # ( [ ]\n", i, i)
		for j := range 100 {
			fmt.Fprintf(&text, "  l%d: [x, {y: z}]\n", j)
		}
	}
	var probs diag.List
	Parse("m.yaml", []byte(text.String()), &probs)
	if err := probs.Err(); err == nil || !strings.Contains(err.Error(), "marks") {
		t.Fatalf("got %v, for a file of 40 × 100 lists", err)
	}
	probs = diag.List{}
	lines := strings.SplitAfter(text.String(), "\n")
	root := Parse("m.yaml", []byte(strings.Join(lines[:15*102], "")), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	if got := root.Get("k14").Get("l99").Items[1].Get("y").Text; len(root.Fields) != 15 || got != "z" {
		t.Errorf("%d fields, the last item is %q", len(root.Fields), got)
	}
}

func TestDecodeIsStrictAndReportsAllAtOnce(t *testing.T) {
	var probs diag.List
	root := Parse("s.yaml", []byte("name: x\nyear: soon\ngroup-by: [a]\n"), &probs)
	var into struct {
		Name    string   `doc:"name"`
		Year    int      `doc:"year"`
		GroupBy []string `doc:"group_by,required"`
	}
	Decode(root, &into, &probs)
	var got []string
	for _, p := range probs.Problems() {
		got = append(got, strings.SplitN(p.String(), "\n", 2)[0])
	}
	want := []string{
		`s.yaml:1:1: the key "group_by" is missing [missing-key]`,
		`s.yaml:2:7: expected a whole number, found "soon" [bad-type]`,
		`s.yaml:3:1: unknown key "group-by" [unknown-key]`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a: {b: [1, 2], c: |\n  x\n}\n"))
	f.Add([]byte("- - a\n- b: 'c'\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var probs diag.List
		Parse("f.yaml", text, &probs)
	})
}

// A file of Windows ends its lines in CRLF, also those that hold a comment.
func TestPlacesInAFileOfWindows(t *testing.T) {
	var probs diag.List
	root := Parse("f.yaml", []byte("a: 1\r\n# note\r\nb:\r\n  c: |\r\n    one\r\n    two\r\nd: 4 # more\r\n"), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"f.yaml:1:1", "f.yaml:3:1", "f.yaml:7:1"} {
		if at := root.Fields[i].Place.String(); at != want {
			t.Errorf("%s stands at %s, not %s", root.Fields[i].Key, want, at)
		}
	}
	if text := root.Get("b").Get("c").Text; text != "one\ntwo\n" {
		t.Errorf("%q", text)
	}
}
