package reports

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// browser starts a headless Chromium, or skips where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on the path: the report is not opened in a browser")
	}
	profile, err := os.MkdirTemp("", "ailca-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Its processes end after the browser itself, and write to the profile until then.
		for range 50 {
			if os.RemoveAll(profile) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Logf("the browser's profile %s is left", profile)
	})
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(profile))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// In a real browser the page asks for nothing but itself, reports no error, and at no width is wider than the window, with every details opened.
func TestThePageInABrowser(t *testing.T) {
	for _, language := range Languages() {
		t.Run(language, func(t *testing.T) {
			var page bytes.Buffer
			if _, err := WriteWithTables(&page, example(), language); err != nil {
				t.Fatal(err)
			}
			openEverywhere(t, &page, 8)
		})
	}
}

// Neither is a document.
func TestADocumentInABrowser(t *testing.T) {
	var page bytes.Buffer
	if err := exampleDocument("words, and a_name_that_is_much_too_long_for_a_narrow_window_and_has_no_blank_in_it").WriteHTML(&page); err != nil {
		t.Fatal(err)
	}
	openEverywhere(t, &page, 2)
}

// openEverywhere opens a page of at least so many sections in windows of several widths.
func openEverywhere(t *testing.T, page *bytes.Buffer, least int) {
	t.Helper()
	ctx := browser(t)
	file := filepath.Join(t.TempDir(), "report.en.html")
	if err := os.WriteFile(file, page.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	address := (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
	var mu sync.Mutex
	var requests, complaints []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(e.Request.URL, "data:") {
				requests = append(requests, e.Request.URL)
			}
		case *log.EventEntryAdded:
			complaints = append(complaints, e.Entry.Text)
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Text)
		}
	})
	if err := chromedp.Run(ctx, network.Enable(), log.Enable()); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{320, 375, 768, 1280} {
		var overflow []string
		var sections int
		err := chromedp.Run(ctx,
			chromedp.EmulateViewport(width, 900),
			chromedp.Navigate(address),
			chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true); document.querySelectorAll("section[id]").length`, &sections),
			chromedp.Evaluate(`document.documentElement.scrollWidth <= window.innerWidth ? [] :
				[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1).slice(0, 5).map(e => e.tagName + "." + e.className)`, &overflow),
		)
		if err != nil {
			t.Fatal(err)
		}
		if sections < least {
			t.Errorf("at %d px the page has %d sections", width, sections)
		}
		if len(overflow) > 0 {
			t.Errorf("at %d px the page is wider than the window: %v", width, overflow)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, r := range requests {
		if r != address {
			t.Errorf("the page asks for %s", r)
		}
	}
	if len(requests) != 4 {
		t.Errorf("%d requests for 4 loads of one file", len(requests))
	}
	for _, c := range complaints {
		t.Errorf("the browser reports: %s", c)
	}
}
