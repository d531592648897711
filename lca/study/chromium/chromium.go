// Package chromium prints pages to PDF, and draws pictures as PNG, with a Chromium that the machine has.
//
// The program has no part that sets type: a browser does it by the page's own rules for paper, and no other is asked. What it prints is tagged and has an
// outline, so that it can be read aloud and gone through by its headings.
package chromium

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// names are the programs that are looked for, in this order.
var names = [...]string{"chromium", "chromium-browser", "google-chrome"}

// patience is how long a browser may take. A page of a hundred sheets takes seconds.
const patience = 5 * time.Minute

// ErrNone says that there is no browser.
var ErrNone = errors.New("there is no Chromium")

// Find returns the path of a Chromium: of the one that is named, by path or by a name on PATH, or else of the first of chromium, chromium-browser and
// google-chrome on PATH. The error wraps ErrNone.
func Find(named string) (string, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%w of the name %s", ErrNone, named)
		}
		return path, nil
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w on the path, as %s", ErrNone, strings.Join(names[:], ", "))
}

// Print prints an HTML page that needs nothing from outside, and returns the PDF. The browser reaches no network, has a profile of its own that is gone
// afterwards, and is killed when the context ends.
//
// The PDF is dated to the first day of the year, so that one page gives the same bytes again with the same version of the browser and the same fonts.
func Print(ctx context.Context, chromium string, page []byte, year int) ([]byte, error) {
	made, err := render(ctx, chromium, work{"printing the page", "page.html", "page.pdf", "PDF"}, page, func(out string) []string {
		return []string{"--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf", // newer versions tag anyway
			"--print-to-pdf=" + out}
	}, func(made []byte) bool {
		return bytes.HasPrefix(made, []byte("%PDF-")) && bytes.HasSuffix(bytes.TrimSpace(made), []byte("%%EOF"))
	})
	if err != nil {
		return nil, err
	}
	date(made, year)
	return made, nil
}

// Picture draws an SVG that needs nothing from outside, of a width and a height in its own units, and returns a PNG of as many pixels, for those who take no SVG. It asks of the browser what
// Print does; one picture gives the same bytes again with the same version of the browser and the same fonts.
func Picture(ctx context.Context, chromium string, svg []byte, width, height int) ([]byte, error) {
	return render(ctx, chromium, work{"drawing the picture", "picture.svg", "picture.png", "picture"}, svg, func(out string) []string {
		return []string{"--hide-scrollbars", "--force-device-scale-factor=1", "--blink-settings=preferredColorScheme=1", fmt.Sprintf("--window-size=%d,%d", width, height), "--screenshot=" + out}
	}, func(made []byte) bool {
		c, err := png.DecodeConfig(bytes.NewReader(made))
		return err == nil && c.Width == width && c.Height == height
	})
}

// work is what a browser is asked to do.
type work struct {
	doing, in, out string // in and out are names of files
	what           string // that comes of it
}

// render has a browser make a file of another.
func render(ctx context.Context, chromium string, w work, text []byte, arguments func(out string) []string, is func(made []byte) bool) ([]byte, error) {
	folder, err := os.MkdirTemp("", "ailca-chromium-")
	if err != nil {
		return nil, fmt.Errorf("%s: making a folder to do it in: %w", w.doing, err)
	}
	defer remove(folder)
	in, out := filepath.Join(folder, w.in), filepath.Join(folder, w.out)
	if err := os.WriteFile(in, text, 0o600); err != nil {
		return nil, fmt.Errorf("%s: %w", w.doing, err)
	}
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(patient, chromium, slices.Concat(common(folder, os.Geteuid()), arguments(out), []string{address(in)})...)
	cmd.Env = append(os.Environ(), "TZ=UTC", "XDG_CONFIG_HOME="+filepath.Join(folder, "config"), "XDG_CACHE_HOME="+filepath.Join(folder, "cache"))
	var said bytes.Buffer
	cmd.Stderr = &said
	cmd.WaitDelay = 5 * time.Second // its processes hold standard error a little longer than it lives itself
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case patient.Err() != nil:
		return nil, fmt.Errorf("%s: %s took more than %v", w.doing, chromium, patience)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, fmt.Errorf("%s: %s: %w%s", w.doing, chromium, err, last(said.String()))
	}
	made, err := os.ReadFile(out)
	if err != nil || !is(made) {
		return nil, fmt.Errorf("%s: %s wrote no %s (one that may not read %s, as a snap, needs TMPDIR to name a folder that it may)%s", w.doing, chromium, w.what, filepath.Dir(folder), last(said.String()))
	}
	return made, nil
}

// common are the arguments of every work. As root a browser has no sandbox to set up, and refuses to start without being told.
func common(folder string, user int) []string {
	list := []string{"--headless", "--disable-gpu", "--user-data-dir=" + filepath.Join(folder, "profile"), "--no-first-run", "--disable-extensions",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking", "--disable-component-update", "--disable-sync"}
	if user == 0 {
		list = append(list, "--no-sandbox")
	}
	return list
}

// address is that of a file.
func address(file string) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive's letter
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
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
