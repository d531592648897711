// Package pdf prints a page to PDF with a Chromium that the machine has.
//
// The program has no part that sets type: a browser does it by the page's own rules for paper, and no other is asked. What it makes is tagged and has an
// outline, so that it can be read aloud and gone through by its headings.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// names are the programs that are looked for, in this order.
var names = [...]string{"chromium", "chromium-browser", "google-chrome"}

// patience is how long a browser may take. A page of a hundred sheets takes seconds.
const patience = 5 * time.Minute

// ErrNoChromium says that there is no browser to print with.
var ErrNoChromium = errors.New("there is no Chromium")

// Find returns the path of a Chromium: of the one that is named, by path or by a name on PATH, or else of the first of chromium, chromium-browser and
// google-chrome on PATH. The error wraps ErrNoChromium.
func Find(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%w of the name %s", ErrNoChromium, named)
		}
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w on the path, as %s", ErrNoChromium, strings.Join(names[:], ", "))
}

// Print prints an HTML page that needs nothing from outside, and returns the PDF. The browser reaches no network, has a profile of its own that is gone
// afterwards, and is killed when the context ends.
//
// The PDF is dated to the first day of the year, so that one page gives the same bytes again with the same version of the browser and the same fonts.
func Print(ctx context.Context, chromium string, page []byte, year int) ([]byte, error) {
	folder, err := os.MkdirTemp("", "ailca-pdf-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to print in: %w", err)
	}
	defer remove(folder)
	in, out := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.pdf")
	if err := os.WriteFile(in, page, 0o600); err != nil {
		return nil, fmt.Errorf("writing the page to print: %w", err)
	}
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(patient, chromium, arguments(folder, in, out, os.Geteuid())...)
	cmd.Env = append(os.Environ(), "TZ=UTC", "XDG_CONFIG_HOME="+filepath.Join(folder, "config"), "XDG_CACHE_HOME="+filepath.Join(folder, "cache"))
	var said bytes.Buffer
	cmd.Stderr = &said
	cmd.WaitDelay = 5 * time.Second // its processes hold standard error a little longer than it lives itself
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case patient.Err() != nil:
		return nil, fmt.Errorf("printing the page: %s took more than %v", chromium, patience)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, fmt.Errorf("printing the page: %s: %w%s", chromium, err, last(said.String()))
	}
	made, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(made, []byte("%PDF-")) || !bytes.HasSuffix(bytes.TrimSpace(made), []byte("%%EOF")) {
		return nil, fmt.Errorf("printing the page: %s wrote no PDF (one that may not read %s, as a snap, needs TMPDIR to name a folder that it may)%s", chromium, filepath.Dir(folder), last(said.String()))
	}
	date(made, year)
	return made, nil
}

// arguments are those of a browser that prints a file. As root it has no sandbox to set up, and refuses to start without being told.
func arguments(folder, in, out string, user int) []string {
	list := []string{"--headless", "--disable-gpu", "--user-data-dir=" + filepath.Join(folder, "profile"), "--no-first-run", "--disable-extensions",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf", // newer versions tag anyway
		"--print-to-pdf=" + out}
	if user == 0 {
		list = append(list, "--no-sandbox")
	}
	path := filepath.ToSlash(in)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive's letter
	}
	return append(list, (&url.URL{Scheme: "file", Path: path}).String())
}

// dated finds when a PDF was made and changed. A bracket within a text of the document is escaped.
var dated = regexp.MustCompile(`/(?:CreationDate|ModDate) \((D:\d{14}[+-]\d\d'\d\d')\)`)

// date writes the first day of a year in place of the dates of a PDF. No byte is moved, for its tables say where everything stands.
func date(made []byte, year int) {
	for _, at := range dated.FindAllSubmatchIndex(made, -1) {
		copy(made[at[2]:at[3]], fmt.Sprintf("D:%04d0101000000+00'00'", year))
	}
}

// last is the last thing that a browser said, as the end of a message.
func last(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if lines[len(lines)-1] == "" {
		return ""
	}
	return ": " + lines[len(lines)-1]
}

// remove removes a profile. The browser's processes end after the browser itself and write to it until then.
func remove(folder string) {
	for range 50 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
