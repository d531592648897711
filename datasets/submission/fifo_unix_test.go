//go:build unix

package submission

import (
	"context"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Without the look before opening, this test would wait for a writer for ever.
func TestANamedPipeIsNoFileToHandIn(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "runs.csv")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Skip(err)
	}
	var probs diag.List
	d, err := Prepare(context.Background(), []string{pipe}, LoadForm("form.yaml", []byte(form), &probs), options, &probs)
	if d != nil || err != nil || !strings.Contains(probs.Err().Error(), "this is no regular file") {
		t.Errorf("%v %v", err, probs.Err())
	}
	if f := LoadFormFile(pipe, &probs); f != nil {
		t.Error("a form was read from a named pipe")
	}
}
