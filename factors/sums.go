package factors

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// SumsFile freezes a released pack: the SHA-256 of each of its files, in the form of the command sha256sum, which checks it too.
const SumsFile = "SHA256SUMS"

// released is the status of a pack that never changes again.
const released = "released"

// Sums is the content of SumsFile for the pack in a folder: pack.yaml and the CSV files, by name.
func Sums(fsys fs.FS, dir string) ([]byte, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, e := range entries {
		if !e.Type().IsRegular() || e.Name() != packFileName && !strings.HasSuffix(e.Name(), ".csv") {
			continue
		}
		text, err := fs.ReadFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(text), e.Name())
	}
	return out.Bytes(), nil
}

// checkSums refuses a released pack whose files are not those that were released. Tables are the CSV files of the folder, there says that it has a
// SumsFile.
func (l *loader) checkSums(at At, tables []string, there bool) {
	if !there {
		l.probs.Add(diag.Problem{Code: diag.MissingFile, Place: diag.Place{File: at.Shown}, Message: "the pack is released, and its folder has no " + SumsFile,
			Hint: "ailca factors freeze FOLDER writes it; a pack that may still change is a draft"})
		return
	}
	sums, ok := l.readSums(at)
	if !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(l.hash)) {
		place := diag.Place{File: path.Join(at.Shown, name)}
		switch want, ok := sums[name]; {
		case !ok:
			l.probs.Errorf(diag.DigestMismatch, place, "the pack is released, and this file was not part of it")
		case want != l.hash[name]:
			l.probs.Add(diag.Problem{Code: diag.DigestMismatch, Place: place, Message: "the pack is released, and this file is not the one that was released",
				Hint: "a change is a new version, in a folder of its own"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		if _, read := l.hash[name]; !read && !slices.Contains(tables, name) { // what is there and was not read has its problem already
			l.probs.Errorf(diag.DigestMismatch, diag.Place{File: path.Join(at.Shown, SumsFile)}, "the pack is released, and its file %s is not here", name)
		}
	}
}

// readSums reads a SumsFile; false, with the problem reported, where it is none.
func (l *loader) readSums(at At) (map[string]string, bool) {
	const most = 64 << 10
	shown := diag.Place{File: path.Join(at.Shown, SumsFile)}
	f, err := at.FS.Open(path.Join(at.Path, SumsFile))
	var text []byte
	if err == nil {
		text, err = appendAll(make([]byte, 0, 4<<10), io.LimitReader(f, most+1))
		f.Close()
	}
	if err != nil {
		l.probs.Errorf(diag.NotFound, shown, "the file cannot be read: %v", reason(err))
		return nil, false
	}
	if len(text) > most {
		l.probs.Errorf(diag.TooLarge, shown, "the file is too large: at most %d bytes are read", most)
		return nil, false
	}
	sums := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		shown.Line = i + 1
		sum, name, ok := strings.Cut(strings.TrimSuffix(line, "\r"), "  ")
		if _, err := hex.DecodeString(sum); !ok || err != nil || len(sum) != 2*sha256.Size || name == "" {
			l.probs.Errorf(diag.Syntax, shown, "expected a digest of 64 hexadecimal digits, two spaces and a file's name")
			return nil, false
		}
		if _, twice := sums[name]; twice {
			l.probs.Errorf(diag.DuplicateName, shown, "the file %s stands twice", name)
			return nil, false
		}
		sums[name] = strings.ToLower(sum)
	}
	return sums, true
}
