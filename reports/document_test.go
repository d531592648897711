package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"html"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// exampleDocument says a text in every place and style that a document has.
func exampleDocument(text string) *Document {
	var styles Text
	for _, s := range []Style{Plain, Code, Formula, Strong, Flag, Quiet} {
		styles = append(styles, Span{Text: text, Style: s}, Span{Text: " "})
	}
	sheet := func(key string) Block {
		return Block{Sheet: &Sheet{Key: key, Caption: text, Columns: []string{text, text}, Rows: [][]Cell{{{styles}, {styles, styles}}, {Cell{Words(text)}, Cell{}}}}}
	}
	return &Document{Kicker: text, Title: text, Software: text, Lead: []Text{styles}, Facts: []Fact{{text, styles}}, Parts: []*Part{
		{Key: "first/" + text, Heading: styles, Blocks: []Block{{Prose: styles}, {List: &List{Ordered: true, Items: []Cell{{styles}, {styles, styles}}}}, sheet("table")},
			Parts: []*Part{{Key: "first.part", Heading: Words(text), Blocks: []Block{{Lines: text + "\n" + text}},
				Parts: []*Part{{Key: "deep", Heading: In(Code, text), Blocks: []Block{{Folded: &Folded{Summary: text, Blocks: []Block{sheet("folded"), {List: &List{Items: []Cell{{styles}}}}}}}}}}}}},
		{Key: "second", Heading: Words("Second"), Blocks: []Block{
			{Prose: Text{{Text: "the first", To: "first/" + text}, {Text: "a page", URL: "https://example.org/a?b=c"}, {Text: "no page", URL: "javascript:alert(1)"}}}}},
	}}
}

func htmlOf(t *testing.T, d *Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteHTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func markdownOf(t *testing.T, d *Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := d.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// payloads are texts of a hostile method.
var payloads = []string{
	`</title></code></td><script>alert(1)</script><img src=x onerror=alert(1)>"'=&`,
	`javascript:alert(1)`, `{{.}}`, `--><!--`, `]]>`, `</style><style>*{display:none}`, "a\x1b[2Jb\x00\u202ec\u200bd", "`</code><script>`",
}

// saysNothingAsMarkup checks pages that say a text wherever they can.
func saysNothingAsMarkup(t *testing.T, pageOf func(text string) string) {
	t.Helper()
	tags := func(page string) string {
		return strings.Join(regexp.MustCompile(`<[a-zA-Z/!][a-zA-Z0-9]*`).FindAllString(page, -1), "")
	}
	plain := tags(pageOf("plain"))
	for _, evil := range payloads {
		page := pageOf(evil)
		if tags(page) != plain {
			t.Errorf("%q changes the page's markup", evil)
		}
		if strings.Contains(page, "<script") || strings.Contains(page, `href="javascript`) || strings.Contains(page, "ZgotmplZ") || strings.ContainsAny(page, "\x1b\x00\u202e\u200b") {
			t.Errorf("%q becomes markup, an address or a control character", evil)
		}
		dec := xml.NewDecoder(strings.NewReader(regexp.MustCompile(`(?s)<body.*</body>`).FindString(page)))
		dec.Strict, dec.AutoClose, dec.Entity = true, xml.HTMLAutoClose, xml.HTMLEntity
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%q: the page is not well-formed: %v", evil, err)
				break
			}
		}
	}
}

// asksForNothing checks that a page loads nothing and runs nothing, and that its policy allows its own style sheet alone.
func asksForNothing(t *testing.T, page string) {
	t.Helper()
	css := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)
	hash := sha256.Sum256([]byte(css[1]))
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"; !strings.HasPrefix(html.UnescapeString(policy[1]), want) {
		t.Errorf("the policy %s does not allow the page's own style sheet alone", policy[1])
	}
	for _, bad := range []string{"<script", "<link", "<iframe", "<img", "@import", " style=\"", " onload", " src=", "url("} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestNothingThatADocumentSaysBecomesMarkupInHTML(t *testing.T) {
	saysNothingAsMarkup(t, func(text string) string { return htmlOf(t, exampleDocument(text)) })
}

func TestADocumentAsksForNothingFromOutside(t *testing.T) {
	page := htmlOf(t, exampleDocument("words"))
	asksForNothing(t, page)
	markdown := markdownOf(t, exampleDocument("words"))
	if htmlOf(t, exampleDocument("words")) != page || markdownOf(t, exampleDocument("words")) != markdown {
		t.Error("the same document gave other bytes")
	}
}

func TestADocumentHasHeadingsCaptionsScopesAndIdsOfItsOwn(t *testing.T) {
	page := htmlOf(t, exampleDocument("words"))
	level := 0
	for _, m := range regexp.MustCompile(`<h([1-6])[ >]`).FindAllStringSubmatch(page, -1) {
		n, _ := strconv.Atoi(m[1])
		if n > level+1 {
			t.Errorf("a heading of level %d follows one of level %d", n, level)
		}
		level = n
	}
	if strings.Count(page, "<h1") != 1 || !strings.Contains(page, `<html lang="en">`) || !strings.Contains(page, `<a class="skip" href="#main">`) {
		t.Error("the page has not one title, no language or no way past the contents")
	}
	for _, table := range regexp.MustCompile(`(?s)<table.*?</table>`).FindAllString(page, -1) {
		if !strings.Contains(table, "<caption>") || regexp.MustCompile(`<th(>| class)`).MatchString(table) || !strings.Contains(table, `scope="row"`) || !strings.Contains(table, `scope="col"`) {
			t.Errorf("no caption, or a heading cell without a scope: %.200s", table)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]*)`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("nothing has the id %s", m[1])
		}
	}
}

func TestABrokenDocumentIsRefused(t *testing.T) {
	part := func(key string, parts ...*Part) *Part { return &Part{Key: key, Heading: Words(key), Parts: parts} }
	for _, c := range []struct {
		name string
		d    *Document
		want string
	}{
		{"two parts of one key", &Document{Parts: []*Part{part("a"), part("b", part("a"))}}, `two parts of a document are named "a"`},
		{"a part named as the page's own", &Document{Parts: []*Part{part("main")}}, `two parts of a document are named "main"`},
		{"a link that leads nowhere", &Document{Lead: []Text{{{Text: "a", To: "b"}}}}, `nothing in the document is named "b"`},
		{"too many levels", &Document{Parts: []*Part{part("a", part("b", part("c", part("d"))))}}, "5 levels deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, write := range []func(io.Writer) error{c.d.WriteHTML, c.d.WriteMarkdown} {
				if err := write(io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("the error is %v, want %s", err, c.want)
				}
			}
		})
	}
}

func TestIdsOfDifferentKeysDiffer(t *testing.T) {
	keys := []string{"a/b", "a.b", "a-b", "a_b", "a b", "a~20b", "a~2eb", "ä", "a+b", "A/b", `a"b`, "a\x00b"}
	seen := map[string]string{}
	for _, k := range keys {
		id := anchor(k)
		if before, is := seen[id]; is {
			t.Errorf("%q and %q are both %q", before, k, id)
		}
		if strings.ContainsAny(id, " \"'<>&") {
			t.Errorf("%q is no id: %q", k, id)
		}
		seen[id] = k
	}
}
