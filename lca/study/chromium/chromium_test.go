package chromium

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// printed prints the example page of a report, or skips where there is no browser.
func printed(t *testing.T) (page string, made []byte) {
	t.Helper()
	chromium, err := Find("")
	if err != nil {
		t.Skipf("no page is printed: %v", err)
	}
	text, err := os.ReadFile("../../../reports/testdata/example.golden.html")
	if err != nil {
		t.Fatal(err)
	}
	if made, err = Print(t.Context(), chromium, text, 2025); err != nil {
		t.Fatal(err)
	}
	return string(text), made
}

func TestThePDFIsTaggedAndHasAnOutlineAndALanguage(t *testing.T) {
	_, made := printed(t)
	for _, want := range []string{`/StructTreeRoot \d+ 0 R`, `/MarkInfo <</Type /MarkInfo\s+/Marked true`, `/Lang \(en\)`, `/Outlines \d+ 0 R`, `/S /H1\b`, `/S /H2\b`, `/S /TH\b`, `/S /Figure\b`,
		`/Title \(Documented impacts of example activities, edition 2025\)`, `/DisplayDocTitle true`} {
		if !regexp.MustCompile(want).Match(made) {
			t.Errorf("the PDF has no %s", want)
		}
	}
	if bytes.Contains(made, []byte("file:")) || bytes.Contains(made, []byte("ailca-chromium-")) {
		t.Error("the PDF says where it was made")
	}
}

// Printed again, later, the page gives the same bytes.
func TestThePDFIsTheSameAgain(t *testing.T) {
	_, first := printed(t)
	_, second := printed(t)
	if !bytes.Equal(first, second) {
		t.Error("the same page gave another PDF")
	}
	if n := bytes.Count(first, []byte("Date (D:20250101000000+00'00')")); n != 2 {
		t.Errorf("%d dates are those of the edition, want 2", n)
	}
}

// What a reader would have to open on the screen is open on paper: the caption of every table is there, and the last of its columns.
func TestThePDFHasEveryTableOfThePage(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("no pdftotext (poppler-utils): what the PDF says is not read")
	}
	page, made := printed(t)
	file := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, made, 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	// words as they stand, without where lines and pages break: a caption or a heading may be in several
	bare := func(text string) string { return strings.Join(strings.Fields(text), "") }
	text := bare(string(out))
	tables := regexp.MustCompile(`(?s)<caption><span[^>]*>(.*?)</span></caption>\s*<thead><tr>(.*?)</thead>`).FindAllStringSubmatch(page, -1)
	if len(tables) < 20 {
		t.Fatalf("the page has %d tables", len(tables))
	}
	for _, table := range tables {
		caption := html.UnescapeString(table[1])
		if got, want := strings.Count(text, bare(caption)), 1+strings.Count(page, "<summary>"+table[1]+"</summary>"); got < want {
			t.Errorf("the PDF says %q %d times, want %d: what opens the table, and the table", caption, got, want)
		}
		heads := strings.Split(table[2], "<th ")
		last := regexp.MustCompile(`>([^<]+)`).FindStringSubmatch(heads[len(heads)-1])
		for word := range strings.FieldsSeq(html.UnescapeString(last[1])) {
			if !strings.Contains(text, word) {
				t.Errorf("the table %q has no %q at the head of its last column", caption, word)
			}
		}
	}
}

func TestTheDatesAreWrittenOverInPlace(t *testing.T) {
	made := []byte(`/Title (\(/ModDate \(D:20010101000000+00'00'\)\)) /CreationDate (D:20261129211246+02'00')` + "\n" + `/ModDate (D:20261129211246-11'30')>>`)
	want := `/Title (\(/ModDate \(D:20010101000000+00'00'\)\)) /CreationDate (D:20240101000000+00'00')` + "\n" + `/ModDate (D:20240101000000+00'00')>>`
	if date(made, 2024); string(made) != want {
		t.Errorf("got\n%s\nwant\n%s", made, want)
	}
}

// A picture is drawn, in the pixels that were asked for, and the same again.
func TestAPictureIsDrawnInItsSize(t *testing.T) {
	chromium, err := Find("")
	if err != nil {
		t.Skipf("no picture is drawn: %v", err)
	}
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 630"><rect width="1200" height="630" fill="#fff"/><text x="64" y="300" font-size="80">530 t CO2e</text></svg>`)
	first, err := Picture(t.Context(), chromium, svg, 1200, 630)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Picture(t.Context(), chromium, svg, 1200, 630)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the same picture gave another PNG, or none: %v", err)
	}
	drawn, err := png.Decode(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string]bool{}
	for x := range 1200 {
		for y := range 630 {
			colours[fmt.Sprint(drawn.At(x, y))] = true
		}
	}
	if len(colours) < 10 { // letters have soft edges
		t.Errorf("it has %d colours", len(colours))
	}
	if r, g, b, a := drawn.At(1199, 629).RGBA(); r != 0xffff || g != 0xffff || b != 0xffff || a != 0xffff {
		t.Errorf("its ground is %x %x %x %x, want white", r, g, b, a)
	}
}

func TestOnlyRootPrintsWithoutASandbox(t *testing.T) {
	for user, want := range map[int]bool{0: true, 1000: false, -1: false} {
		if got := slices.Contains(common("/t", user), "--no-sandbox"); got != want {
			t.Errorf("user %d: without a sandbox %t, want %t", user, got, want)
		}
	}
}

func TestNoChromiumIsToldByName(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for named, want := range map[string]string{"": "there is no Chromium on the path, as chromium, chromium-browser, google-chrome", "nowhere/chrome": "there is no Chromium of the name nowhere/chrome"} {
		if _, err := Find(named); !errors.Is(err, ErrNone) || err.Error() != want {
			t.Errorf("%q: %v, want %s", named, err, want)
		}
	}
}

// browser is a program that stands in for a browser and does not print.
func browser(t *testing.T, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the browsers of this test are shell scripts")
	}
	t.Setenv("TMPDIR", t.TempDir())
	path := filepath.Join(t.TempDir(), "chromium")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o777); err != nil {
		t.Fatal(err)
	}
	return path
}

// nothingIsLeft checks that a print has removed its folder.
func nothingIsLeft(t *testing.T) {
	t.Helper()
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestABrowserThatDoesNotPrintIsToldWithWhatItSays(t *testing.T) {
	for script, want := range map[string]string{
		"echo one >&2; echo it is Monday >&2; exit 3": "exit status 3: it is Monday",
		"exit 0": "wrote no PDF",
		`for a; do case $a in --print-to-pdf=*) echo oops >"${a#*=}"; esac; done`:     "wrote no PDF",
		`for a; do case $a in --print-to-pdf=*) echo %PDF-1.4 >"${a#*=}"; esac; done`: "wrote no PDF",
	} {
		path := browser(t, script)
		if _, err := Print(t.Context(), path, nil, 2025); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", script, err, want)
		}
		nothingIsLeft(t)
	}
}

func TestAnInterruptEndsTheBrowser(t *testing.T) {
	path := browser(t, "exec sleep 600")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	if _, err := Print(ctx, path, nil, 2025); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ended in %v", err)
	}
	if took := time.Since(begun); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	nothingIsLeft(t)
}
