package verify

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// crate reads the RO-Crate metadata and compares what they say of the files with the files.
func (v *verification) crate(d *publish.Descriptor) {
	var c struct {
		Graph []struct {
			ID      string          `json:"@id"`
			Type    json.RawMessage `json:"@type"`
			Name    json.RawMessage `json:"name"`
			Version json.RawMessage `json:"version"`
			Size    json.RawMessage `json:"contentSize"`
			SHA256  json.RawMessage `json:"sha256"`
		} `json:"@graph"`
	}
	if !v.readJSON(publish.CrateFile, &c) {
		return
	}
	is := func(raw json.RawMessage, want string) bool {
		var text string
		return json.Unmarshal(raw, &text) == nil && text == want
	}
	var seen []string
	for i := range c.Graph {
		e := &c.Graph[i]
		switch {
		case e.ID == "./":
			if !is(e.Name, d.Title) || !is(e.Version, d.Version) {
				v.errorf(diag.TablesDiffer, publish.CrateFile, "the title or the version is not that of %s", publish.DescriptorFile)
			}
		case is(e.Type, "File"):
			if slices.Contains(seen, e.ID) {
				v.errorf(diag.DuplicateName, publish.CrateFile, "%.200q stands twice", e.ID)
			}
			seen = append(seen, e.ID)
			digest, listed := v.sums[e.ID]
			size, sound := v.sizes[e.ID]
			switch {
			case !listed:
				v.errorf(diag.MissingFile, publish.CrateFile, "%.200q is described and not in the package", e.ID)
			case !is(e.SHA256, digest) || sound && !is(e.Size, strconv.FormatInt(size, 10)):
				v.errorf(diag.DigestMismatch, publish.CrateFile, "the digest or the size of %s is another one", e.ID)
			}
		}
	}
	for _, r := range d.Resources {
		if !slices.Contains(seen, r.Path) {
			v.errorf(diag.MissingFile, publish.CrateFile, "%.200s is not described", r.Path)
		}
	}
}
