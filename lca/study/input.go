package study

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/lca/document"
)

// input is a file of an inventory, open for reading.
type input struct {
	kind   string
	name   string // as the study writes it
	r      io.ReaderAt
	size   int64
	tail   [sha256.Size]byte // digest of its last bytes: files that differ there differ
	digest *digest
	close  func() error
}

// digest is the SHA-256 of an input once somebody has asked for it.
type digest struct {
	once sync.Once
	hex  string
	err  error
}

var errNotRegular = errors.New("not a regular file")

// openRegular opens a regular file. It looks before it opens: opening a named pipe would wait for a writer.
func openRegular(at string) (*os.File, os.FileInfo, error) {
	info, err := os.Stat(at)
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(at)
	return f, info, err
}

// openFile opens a regular file.
func openFile(name, at string) (input, error) {
	f, info, err := openRegular(at)
	if err != nil {
		return input{}, err
	}
	in, err := newInput(name, f, info.Size(), f.Close)
	if err != nil {
		f.Close()
	}
	return in, err
}

// openBytes serves a file that is held in memory.
func openBytes(name string, content []byte) (input, error) {
	return newInput(name, bytes.NewReader(content), int64(len(content)), func() error { return nil })
}

func newInput(name string, r io.ReaderAt, size int64, close func() error) (input, error) {
	const tail = 16 << 10
	h := sha256.New()
	from := max(0, size-tail)
	if _, err := io.Copy(h, io.NewSectionReader(r, from, size-from)); err != nil {
		return input{}, err
	}
	return input{name: name, r: r, size: size, tail: [sha256.Size]byte(h.Sum(nil)), digest: &digest{}, close: close}, nil
}

// sha256 is the digest of the file in hexadecimal. The first call reads the file; the others wait for it.
func (in *input) sha256(ctx context.Context) (string, error) {
	d := in.digest
	d.once.Do(func() {
		const block = 256 << 10 // stays in a processor's cache between reading and digesting
		h, buf := sha256.New(), make([]byte, block)
		for at := int64(0); at < in.size; {
			if d.err = ctx.Err(); d.err != nil {
				return
			}
			n, err := in.r.ReadAt(buf[:min(block, in.size-at)], at)
			h.Write(buf[:n])
			if at += int64(n); err != nil && at < in.size {
				d.err = fmt.Errorf("%s: %w", in.name, err)
				return
			}
		}
		d.hex = hex.EncodeToString(h.Sum(nil))
	})
	return d.hex, d.err
}

// sameContent reports whether two inputs have the same bytes. Most that differ are told apart without reading them.
func sameContent(ctx context.Context, a, b *input) (bool, error) {
	if a.size != b.size || a.tail != b.tail {
		return false, nil
	}
	x, err := a.sha256(ctx)
	if err != nil {
		return false, err
	}
	y, err := b.sha256(ctx)
	return x == y, err
}

// digestInputs begins to digest the inputs beside other work. Closing the plan ends it.
func (p *plan) digestInputs(ctx context.Context, jobs int) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	ctx, cancel := context.WithCancel(ctx)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(jobs, len(p.inputs)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(p.inputs)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				p.inputs[i].sha256(ctx) // an error is told to whoever asks for the digest
			}
		})
	}
	p.stop = func() {
		cancel()
		workers.Wait()
	}
}

// readBounded reads a file that a person wrote; longer ones are cut just above what a document may have, to be refused there.
func readBounded(file string) ([]byte, error) {
	f, _, err := openRegular(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, document.MaxBytes+1))
}

// cause is an error's text without the operation and the path, which the place gives already.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		if errors.Is(err, fs.ErrNotExist) {
			return "there is no such file"
		}
		return fmt.Sprintf("cannot be read: %v", p.Err)
	}
	return err.Error()
}
