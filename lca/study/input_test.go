package study

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// blocks is a content of several blocks whose length is a multiple of none.
func blocks(change int) []byte {
	content := bytes.Repeat([]byte("ailca"), 150_001)
	content[change] ^= 1
	return content
}

func TestAnInputIsDigestedOnceAndWhole(t *testing.T) {
	content := blocks(0)
	at := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(at, content, 0o666); err != nil {
		t.Fatal(err)
	}
	in, err := openFile("a", at)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	want := hex.EncodeToString(sum[:])
	p := &plan{inputs: []input{in}}
	p.digestInputs(context.Background(), 0)
	if got, err := in.sha256(context.Background()); got != want || err != nil {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	p.close() // the file too: it is not read again
	if got, err := p.inputs[0].sha256(context.Background()); got != want || err != nil {
		t.Errorf("asked again: %s, %v", got, err)
	}
}

func TestClosingAPlanEndsTheDigesting(t *testing.T) {
	p := &plan{}
	for range 3 {
		in, err := openBytes("a", blocks(0))
		if err != nil {
			t.Fatal(err)
		}
		p.inputs = append(p.inputs, in)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p.digestInputs(ctx, 2)
	p.close()
	if got, err := p.inputs[0].sha256(ctx); got != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %q, %v", got, err)
	}
}

// short is a file that has become shorter since it was opened.
type short struct{ io.ReaderAt }

func (s short) ReadAt(p []byte, at int64) (int, error) {
	if at > 300_000 && len(p) > 16<<10 {
		return 0, io.EOF
	}
	return s.ReaderAt.ReadAt(p, at)
}

func TestAFileThatWasCutShortHasNoDigest(t *testing.T) {
	content := blocks(0)
	in, err := newInput("a", short{bytes.NewReader(content)}, int64(len(content)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := in.sha256(context.Background()); got != "" || !errors.Is(err, io.EOF) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestInputsOfTheSameBytesAreFound(t *testing.T) {
	last := len(blocks(0)) - 1
	for name, tc := range map[string]struct {
		a, b []byte
		want bool
	}{
		"equal":                   {blocks(7), blocks(7), true},
		"empty":                   {nil, nil, true},
		"of another size":         {blocks(7), append(blocks(7), 0), false},
		"different at the end":    {blocks(last), blocks(last - 1), false},
		"different at the start":  {blocks(0), blocks(1), false},
		"different in the middle": {blocks(last / 2), blocks(last/2 + 1), false},
	} {
		a, err := openBytes("a", tc.a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := openBytes("b", tc.b)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := sameContent(context.Background(), &a, &b); got != tc.want || err != nil {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}

// A scan that fails has left rows unchecked: what is wrong with them is told before what became of it.
func TestAFailedScanTellsTheProblemsOfTheRowsFirst(t *testing.T) {
	ctx, failed := context.Background(), errors.New("the scan failed")
	for name, tc := range map[string]struct {
		catalogue map[string]*datasets.IDs
		scan      error
		want      func(err error) bool
	}{
		"sound rows":  {nil, failed, func(err error) bool { return err == failed }},
		"faulty rows": {map[string]*datasets.IDs{"hardware": datasets.NewIDs()}, failed, func(err error) bool { return err != nil && err != failed }},
	} {
		var probs diag.List
		p, err := EmbeddedEdition(&probs).compiled(ctx, 0, &probs)
		if err != nil || probs.Err() != nil {
			t.Fatal(err, probs.Err())
		}
		if tc.catalogue != nil {
			p.ids = tc.catalogue
		}
		p.startChecks()
		if err := p.finishChecks(ctx, 0, tc.scan, &probs); !tc.want(err) {
			t.Errorf("%s: got %v", name, err)
		}
		p.close()
	}
}
