package reports

import (
	"bytes"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The files beside a report are those that its page offers: each once, in its order, to the byte.
func TestTheFilesOfAReportAreThoseOfItsPage(t *testing.T) {
	e := example()
	e.Outlook = outlook()
	for i := range 200 { // enough for a file that is zipped
		e.Items = append(e.Items, e.Items[0])
		e.Items[len(e.Items)-1].Item = "another-" + strconv.Itoa(i)
		e.Items[len(e.Items)-1].Assumption = strings.Repeat("a long assumption ", 5)
	}
	var page bytes.Buffer
	tables, err := WriteWithTables(&page, e, "en")
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`<a (href="data:(text/csv;charset=utf-8,|application/zip;base64,)([^"]*)" download="([^"]*)\.(?:csv|zip)")>Download as CSV(?:, zipped)?<span class="hidden">: ([^<]*)</span>`).FindAllStringSubmatch(page.String(), -1)
	if len(links) != len(tables) || len(tables) < 20 {
		t.Fatalf("%d files, the page has %d", len(tables), len(links))
	}
	name := regexp.MustCompile(`^[a-z0-9-]+$`)
	seen, zipped := map[string]bool{}, 0
	for i, x := range tables {
		text, err := url.PathUnescape(links[i][3])
		if strings.HasPrefix(links[i][2], "application/zip") {
			text, zipped = unzipped(t, links[i][1]), zipped+1
		}
		if err != nil || text != string(x.CSV) || links[i][4] != x.ID || html.UnescapeString(links[i][5]) != x.Caption {
			t.Errorf("%s is not what the page offers as %s: %v", x.ID, links[i][4], err)
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
	if zipped == 0 || zipped == len(tables) {
		t.Errorf("%d of %d files are zipped", zipped, len(tables))
	}
	var again bytes.Buffer
	if err := Write(&again, e); err != nil || !bytes.Equal(again.Bytes(), page.Bytes()) {
		t.Errorf("written without its files the page is another one: %v", err)
	}
}
