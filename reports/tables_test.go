package reports

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// The files beside a report are those that its page offers: each once, in its order, to the byte.
func TestTheFilesOfAReportAreThoseOfItsPage(t *testing.T) {
	e := example()
	e.Outlook = outlook()
	var page bytes.Buffer
	tables, err := WriteWithTables(&page, e, "en")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`<a href="data:text/csv;charset=utf-8,([^"]*)" download="([^"]*)\.csv">Download as CSV<span class="hidden">: ([^<]*)</span>`).FindAllStringSubmatch(page.String(), -1)
	if len(links) != len(tables) || len(tables) < 20 {
		t.Fatalf("%d files, the page has %d", len(tables), len(links))
	}
	name := regexp.MustCompile(`^[a-z0-9-]+$`)
	seen := map[string]bool{}
	for i, x := range tables {
		text, err := url.PathUnescape(html.UnescapeString(links[i][1]))
		if err != nil || text != string(x.CSV) || links[i][2] != x.ID || html.UnescapeString(links[i][3]) != x.Caption {
			t.Errorf("%s is not what the page offers as %s: %v", x.ID, links[i][2], err)
		}
		if !name.MatchString(x.ID) || seen[x.ID] {
			t.Errorf("%q names no file of its own", x.ID)
		}
		seen[x.ID] = true
		for line := range strings.Lines(text) {
			for _, cell := range strings.Split(line, ",") {
				if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") {
					t.Errorf("%s: %q is a formula to a spreadsheet", x.ID, cell)
				}
			}
		}
	}
	var again bytes.Buffer
	if err := Write(&again, e); err != nil || !bytes.Equal(again.Bytes(), page.Bytes()) {
		t.Errorf("written without its files the page is another one: %v", err)
	}
}
