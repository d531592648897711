package reports

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// numberCells are the texts of the cells that a page sets as numbers: by the class of their table or their own.
func numberCells(page string) (out []string) {
	for _, table := range regexp.MustCompile(`(?s)<table id="[^"]*"(?: class="([^"]*)")?>.*?</table>`).FindAllStringSubmatch(page, -1) {
		columns := strings.Fields(table[1])
		for _, row := range strings.Split(table[0], "<tr>")[2:] {
			for i, m := range regexp.MustCompile(`<td( class=n)?>(?:<data[^>]*>)?([^<]*)`).FindAllStringSubmatch(row, -1) {
				if m[1] != "" || slices.Contains(columns, "c"+strconv.Itoa(i+2)) {
					out = append(out, html.UnescapeString(m[2]))
				}
			}
		}
	}
	return out
}

// Columns are set by their place as far as the style sheet goes; beyond it, and where a column has numbers and texts, each number says so itself.
func TestNumbersOfATableStandRight(t *testing.T) {
	css := string(styleSheet())
	for _, letter := range []string{"c", "w"} {
		for i := 2; i <= ruledColumns; i++ {
			if want := fmt.Sprintf(".%s%d td:nth-child(%d)", letter, i, i); !strings.Contains(css, want) {
				t.Errorf("the style sheet has no %s", want)
			}
		}
	}
	number := cell{Text: "12", Raw: "12", Value: true, Between: "10 to 14"}
	x := &table{ID: "x", Caption: "C", Columns: make([]column, ruledColumns+2), Rows: [][]cell{{plain("a")}, {plain("b")}}}
	for i := 1; i < len(x.Columns); i++ {
		x.Rows[0] = append(x.Rows[0], number)
		x.Rows[1] = append(x.Rows[1], number)
	}
	x.Rows[0][2], x.Rows[1][3] = plain("a text of more than thirty characters"), cell{Value: true}
	x.Columns[4].Kept = true // the columns after it move
	want := "c2 w3"
	for i := 4; i <= ruledColumns; i++ {
		want += " c" + strconv.Itoa(i)
	}
	if got := x.Set(); got != want {
		t.Errorf("columns are set as %q, want %q", got, want)
	}
	row := "<tr><th scope=row>b<td>12 <small>10 to 14</small><td class=n>12 <small>10 to 14</small><td><i>none</i><td>12"
	if got := string(x.Body("none")); !strings.Contains(got, row) || strings.Count(got, "<td class=n>") != 3 {
		t.Errorf("the body is\n%s\nwant a row that begins\n%s", got, row)
	}
	if got := x.Heads()[2].Class; got != "long" {
		t.Errorf("the column with a long text has the room %q", got)
	}
}

func TestWhatStandsInACellStaysTextAndAddressesStayAddresses(t *testing.T) {
	const evil = "<b>&\"'\x00</b>"
	x := &table{Columns: make([]column, 2), Rows: [][]cell{{plain(evil), {Text: evil, URL: `https://example.org/"><script>?a=b&c=d é`, Mark: evil}}}}
	want := "<tr><th scope=row>&lt;b&gt;&amp;&#34;&#39;\ufffd&lt;/b&gt;<td><a href=\"https://example.org/%22%3E%3Cscript%3E?a=b&amp;c=d%20%C3%A9\">&lt;b&gt;&amp;&#34;&#39;\ufffd&lt;/b&gt;</a>" +
		"<b aria-hidden=true>*</b><span class=hidden>, &lt;b&gt;&amp;&#34;&#39;\ufffd&lt;/b&gt;</span>\n"
	if got := string(x.Body("none")); got != want {
		t.Errorf("the body is\n%q, want\n%q", got, want)
	}
}

// A large CSV is kept zipped, alone and with the same bytes each time; a small one as it is.
func TestALargeCSVIsKeptZipped(t *testing.T) {
	csv := "a,b\n" + strings.Repeat("1,\"é & =\"\n", zippedFrom/10)
	kept, err := keep("some-table", csv)
	if err != nil || !kept.Zipped || len(kept.Link) > len(csv)/3 {
		t.Fatalf("of %d bytes a link of %d is made, %v", len(csv), len(kept.Link), err)
	}
	if again, err := keep("some-table", csv); err != nil || again != kept {
		t.Error("the same table gives other bytes")
	}
	if got := unzipped(t, string(kept.Link)); got != csv {
		t.Error("the file is not the table")
	}
	if kept, err := keep("some-table", "a,b\n"); err != nil || kept.Zipped || kept.Link != `href="data:text/csv;charset=utf-8,a,b%0A" download="some-table.csv"` {
		t.Errorf("a small table is kept as %v, %v", kept, err)
	}
}

// unzipped is the CSV that an address of a ZIP file holds.
func unzipped(t *testing.T, link string) string {
	t.Helper()
	m := regexp.MustCompile(`^href="data:application/zip;base64,([A-Za-z0-9+/=]*)" download="(.*)\.zip"$`).FindStringSubmatch(link)
	if m == nil {
		t.Fatalf("no ZIP file: %.80s", link)
	}
	b, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != m[2]+".csv" {
		t.Fatalf("%v, %d files", err, len(z.File))
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// An asterisk stands at the value, ahead of the line of its interval.
func TestAnAsteriskStandsAtTheValue(t *testing.T) {
	x := &table{ID: "x", Caption: "C", Columns: make([]column, 2), Rows: [][]cell{{plain("a"), {Text: "12", Raw: "12", Value: true, Between: "10 to 14", Mark: "incomplete"}}}}
	if got, want := string(x.Body("none")), "<td>12<b aria-hidden=true>*</b><span class=hidden>, incomplete</span> <small>10 to 14</small>"; !strings.Contains(got, want) {
		t.Errorf("%s does not hold %s", got, want)
	}
}
