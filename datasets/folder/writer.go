package folder

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// Writer writes the files of a folder, each once, and the list of their digests at last. Create makes a file: that of a folder that is published
// whole or not at all.
type Writer struct {
	Create func(name string) (io.WriteCloser, error)
	sums   map[string]string
}

// Write makes a file of what write writes and returns its digest and its size in bytes.
func (w *Writer) Write(name string, write func(io.Writer) error) (sum string, size int64, err error) {
	out, err := w.Create(name)
	if err != nil {
		return "", 0, err
	}
	d := &digesting{w: out, hash: sha256.New()}
	if err := write(d); err != nil {
		out.Close()
		return "", 0, err
	}
	if err := out.Close(); err != nil {
		return "", 0, err
	}
	if w.sums == nil {
		w.sums = map[string]string{}
	}
	w.sums[name] = hex.EncodeToString(d.hash.Sum(nil))
	return w.sums[name], d.size, nil
}

// Text makes a file of a text.
func (w *Writer) Text(name string, text []byte) error {
	_, _, err := w.Write(name, func(out io.Writer) error {
		_, err := out.Write(text)
		return err
	})
	return err
}

// Close writes the list of digests.
func (w *Writer) Close() error {
	out, err := w.Create(Sums)
	if err != nil {
		return err
	}
	if _, err := out.Write(List(w.sums)); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// Digest is the SHA-256 of the list of digests: it stands for all that was written.
func (w *Writer) Digest() string { return digest(w.sums) }

// digesting digests and counts what passes.
type digesting struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func (d *digesting) Write(p []byte) (int, error) {
	n, err := d.w.Write(p)
	d.hash.Write(p[:n])
	d.size += int64(n)
	return n, err
}
