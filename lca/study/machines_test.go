package study

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the digests of the open edition")

// The tables of the open edition have one digest on every processor. Another digest is another result: either the change was not meant, or the results
// version is to be raised and its history to say why.
func TestTheOpenEditionOnEveryMachine(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs at the same time that other tests do not run under the race detector")
	}
	const golden = "testdata/open-edition.sha256"
	folder, _ := openEdition(t)
	var got strings.Builder
	for _, name := range []string{"impacts.parquet", "intensities.parquet", "ledger.parquet"} {
		fmt.Fprintf(&got, "%x  %s\n", sha256.Sum256(read(t, folder, name)), name)
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%swant\n%s", &got, want)
	}
}
