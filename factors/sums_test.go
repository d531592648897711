package factors

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestWhatFreezeWritesIsWhatTheCheckWants(t *testing.T) {
	fsys := files(t, "testdata/small")
	yaml := fsys["small/pack.yaml"]
	yaml.Data = bytes.Replace(yaml.Data, []byte("status: draft"), []byte("status: released"), 1)
	fsys["small/README.md"] = &fstest.MapFile{Data: []byte("not of the pack")}
	sums, err := Sums(fsys, "small")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(sums), "\n"); len(lines) != 6 || !strings.HasSuffix(lines[0], "  devices.csv") || len(lines[0]) != 64+2+len("devices.csv") {
		t.Errorf("got\n%s", sums)
	}
	for name, text := range map[string][]byte{"as written": sums, "with Windows line ends": bytes.ReplaceAll(sums, []byte("\n"), []byte("\r\n")), "without the last line end": bytes.TrimSpace(sums)} {
		fsys["small/"+SumsFile] = &fstest.MapFile{Data: text}
		p, probs := loadFrom(fsys, "small")
		if err := probs.Err(); err != nil || p.Status != "released" {
			t.Errorf("%s: %v", name, err)
		}
	}
	fsys["small/"+SumsFile] = &fstest.MapFile{Data: bytes.Repeat(sums, 64<<10/len(sums)+1)}
	if _, probs := loadFrom(fsys, "small"); !strings.Contains(strings.Join(headlines(probs), "\n"), "SHA256SUMS: the file is too large: at most 65536 bytes are read [too-large]") {
		t.Errorf("an endless list: %q", headlines(probs))
	}
	if _, err := Sums(fsys, "nowhere"); err == nil {
		t.Error("a folder that is not there has sums")
	}
}

// TestClosedPacksNeverChange holds the embedded packs to packs/digests.csv: versions that are closed, of which results were published. They never change
// again, whatever their status says; a released pack is always closed.
func TestClosedPacksNeverChange(t *testing.T) {
	f, err := os.Open("packs/digests.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil || !slices.Equal(records[0], []string{"pack", "digest", "note"}) {
		t.Fatal(err, records)
	}
	closed := map[string]string{}
	for _, r := range records[1:] {
		if _, twice := closed[r[0]]; twice {
			t.Errorf("%s stands twice", r[0])
		}
		closed[r[0]] = r[1]
	}
	for _, ref := range EmbeddedNames() {
		var probs diag.List
		p := Embedded(ref, &probs)
		if p == nil {
			t.Errorf("%s: %q", ref, headlines(&probs))
			continue
		}
		want, listed := closed[ref]
		delete(closed, ref)
		if !listed && p.Status == released {
			t.Errorf("%s is released and not in packs/digests.csv: add %s", ref, p.Layers[0].Digest)
		}
		if listed && p.Layers[0].Digest != want {
			t.Errorf("%s is closed with the digest %s, and has %s: a change is a new version, in a folder of its own", ref, want, p.Layers[0].Digest)
		}
	}
	for ref := range closed {
		t.Errorf("%s is closed, and is not embedded any more", ref)
	}
}
