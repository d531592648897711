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

	"github.com/ai-impact-observatory/ailca/lca/document"
)

// input is a file of an inventory, open for reading.
type input struct {
	name   string // as the study writes it
	r      io.ReaderAt
	size   int64
	sha256 string
	close  func() error
}

// openRegular opens a regular file. It looks before it opens: opening a named pipe would wait for a writer.
func openRegular(at string) (*os.File, os.FileInfo, error) {
	info, err := os.Stat(at)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(at)
	return f, info, err
}

// openFile opens a regular file and digests it.
func openFile(ctx context.Context, name, at string) (input, error) {
	f, info, err := openRegular(at)
	if err != nil {
		return input{}, err
	}
	h := sha256.New()
	for err == nil {
		if err = ctx.Err(); err == nil {
			_, err = io.CopyN(h, f, 4<<20)
		}
	}
	if err == io.EOF {
		err = nil
	}
	if err != nil {
		f.Close()
		return input{}, err
	}
	return input{name: name, r: f, size: info.Size(), sha256: hex.EncodeToString(h.Sum(nil)), close: f.Close}, nil
}

// openBytes serves a file that is held in memory.
func openBytes(name string, content []byte) input {
	sum := sha256.Sum256(content)
	return input{name: name, r: bytes.NewReader(content), size: int64(len(content)), sha256: hex.EncodeToString(sum[:]), close: func() error { return nil }}
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
