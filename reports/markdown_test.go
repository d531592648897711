package reports

import (
	"regexp"
	"strings"
	"testing"
)

func TestMarkdownIsWhatGitHubShows(t *testing.T) {
	d := &Document{Kicker: "Method m@1", Title: "A method", Facts: []Fact{{"Status", In(Flag, "draft")}}, Parts: []*Part{{Key: "a", Heading: Words("Equations"), Blocks: []Block{
		{Prose: Text{{Text: "Uses "}, {Text: "a_b", Style: Code, To: "a"}, {Text: ", see "}, {Text: "the paper", URL: "https://example.org/x y"}}},
		{List: &List{Ordered: true, Items: []Cell{{In(Formula, "a * b")}, {Words("1. one"), Words("- two")}}}},
		{Sheet: &Sheet{Key: "t", Caption: "A table", Columns: []string{"Name", "Text"}, Rows: [][]Cell{{{In(Code, "a|b")}, {Words("one | two"), Words("three")}}}}},
		{Folded: &Folded{Summary: "More", Blocks: []Block{{Lines: "ailca methods\n```"}}}},
	}}}}
	want := "# A method\n\nMethod m&#64;1\n\n- **Status**: *draft*\n\n## Equations\n\nUses `a_b`, see [the paper](<https://example.org/x%20y>)\n\n" +
		"1. `a * b`\n2. 1\\. one\\\n   \\- two\n\n**A table**\n\n| Name | Text |\n| --- | --- |\n| `a\\|b` | one \\| two<br>three |\n\n" +
		"<details><summary>More</summary>\n\n````\nailca methods\n```\n````\n\n</details>\n\n"
	if got := markdownOf(t, d); got != want {
		t.Errorf("written is\n%s\nwant\n%s", got, want)
	}
}

// withoutCode leaves out code spans as Markdown finds them: from a run of backticks to the next run of as many.
func withoutCode(line string) string {
	var out strings.Builder
	for i := 0; i < len(line); {
		if line[i] == '\\' && i+1 < len(line) {
			out.WriteString(line[i : i+2])
			i += 2
			continue
		}
		if line[i] != '`' {
			out.WriteByte(line[i])
			i++
			continue
		}
		run := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
		end := i + run
		for end < len(line) {
			next := strings.IndexByte(line[end:], '`')
			if next < 0 {
				end = len(line)
				break
			}
			end += next
			n := len(line[end:]) - len(strings.TrimLeft(line[end:], "`"))
			if end += n; n == run {
				break
			}
		}
		i = end
	}
	return out.String()
}

func TestNothingThatADocumentSaysBecomesMarkupInMarkdown(t *testing.T) {
	for _, evil := range append([]string{"a | b", `a \| b`, `\`, "`", "``", "` `", "* * *", "_a_", "# a", "- a", "1. a", "> a", "[a](b)", "![a](b)", "$a$", "@someone", "#1", "~~a~~", ":tada:", "a\n\n# b\n\n| c |",
		"https://example.org", "www.example.org", "<details>", "&lt;", "&#x3c;script&#x3e;"}, payloads...) {
		text := markdownOf(t, exampleDocument(evil))
		if strings.ContainsAny(text, "\x1b\x00\u202e\u200b") {
			t.Errorf("%q: a control character is left", evil)
		}
		plain := strings.Split(markdownOf(t, exampleDocument("plain")), "\n")
		lines := strings.Split(text, "\n")
		if extra := strings.Count(evil, "\n") * 2; len(lines) != len(plain)+extra { // the lines of a block of commands stay lines
			t.Errorf("%q: %d lines, not %d", evil, len(lines), len(plain)+extra)
			continue
		}
		fenced := ""
		for i, line := range lines {
			if run := strings.TrimLeft(line, "`"); fenced == "" && len(line)-len(run) >= 3 && run == "" {
				fenced = line
				continue
			} else if fenced != "" {
				if line == fenced {
					fenced = ""
				}
				continue
			}
			if strings.HasPrefix(line, "| ") && rowCells(line) != 2 {
				t.Errorf("%q: line %d has %d cells: %s", evil, i+1, rowCells(line), line)
			}
			// What stands outside code spans holds no tag but those of the document, no entity that the text made, no picture, link or mention.
			outside := withoutCode(line)
			for _, ours := range []string{"<details>", "</details>", "<summary>", "</summary>", "<br>", "<code>", "</code>", "[a page](<https://example.org/a?b=c>)"} {
				outside = strings.ReplaceAll(outside, ours, "")
			}
			if strings.ContainsAny(outside, "<@") || regexp.MustCompile(`(^|[^\\])(\\\\)*[\[$~]`).MatchString(outside) || strings.Contains(outside, "://") || strings.Contains(outside, "&#x3c") || strings.Contains(outside, "www.") {
				t.Errorf("%q becomes markup: %s", evil, line)
			}
		}
	}
}

// rowCells counts the cells of a table's row as GitHub parts it: at bars without a backslash ahead.
func rowCells(line string) int {
	n := -1
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '|':
			n++
		}
	}
	return n
}

func TestACodeSpanKeepsItsText(t *testing.T) {
	for _, c := range []struct {
		text  string
		table bool
		want  string
	}{
		{`a * b`, false, "`a * b`"},
		{`a | b`, false, "`a | b`"},
		{`a | b`, true, "`a \\| b`"},
		{`a \| b`, true, "<code>a \\\\\\| b</code>"},
		{"a ` b", false, "``a ` b``"},
		{"`a`", false, "`` `a` ``"},
		{" a ", false, "`  a  `"},
	} {
		if got := codeSpan(c.text, c.table); got != c.want {
			t.Errorf("%q becomes %s, want %s", c.text, got, c.want)
		}
	}
}
