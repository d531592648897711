package publish

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

// Sums is the text of SHA256SUMS, which "sha256sum -c" reads: a digest, two spaces and a path in each line, in the order of the paths.
func Sums(files []File) []byte {
	files = slices.SortedFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	var b bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, f.Path)
	}
	return b.Bytes()
}
