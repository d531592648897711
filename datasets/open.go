package datasets

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"path"
	"sync"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const (
	// Format is the number of the inventories' format; it stands in their metadata.
	Format = "1"
	// KindKey is the metadata key of an inventory's kind.
	KindKey = "ailca.kind"
	// ImportKey is the metadata key under which an imported inventory says what it was imported from: JSON with the format, the files with their digests and
	// counts of records, the versions of the registries of names, and the names that were chosen.
	ImportKey = "ailca.import"
)

//go:embed open/*.csv
var openFiles embed.FS

// openEdition turns the embedded tables into Parquet once.
var openEdition = sync.OnceValues(func() (map[string][]byte, error) {
	var probs diag.List
	out := map[string][]byte{}
	for _, k := range Kinds() {
		name := path.Join("open", k.Name+".csv")
		text, err := openFiles.ReadFile(name)
		if err != nil {
			continue // a kind may have no table in the open edition
		}
		table := FromCSV(k, path.Join("datasets", name), bytes.NewReader(text), &probs)
		if table == nil {
			continue
		}
		var buf bytes.Buffer
		if err := WriteInventory(&buf, k, table); err != nil {
			return nil, err
		}
		out[k.Name] = buf.Bytes()
	}
	return out, probs.Err()
})

// OpenEdition returns the embedded open inventory as Parquet files by kind. The bytes are the same on every machine. They are
// shared: do not change them.
func OpenEdition() (map[string][]byte, error) { return openEdition() }

// WriteInventory writes a table of a kind as Parquet with all of the kind's columns and their units. Those that the table lacks are
// missing in every row.
func WriteInventory(w io.Writer, k *Kind, table *column.Table) error {
	return parquet.WriteSmall(w, k.Fields(), table, []parquet.KeyValue{{Key: parquet.FormatKey, Value: Format}, {Key: KindKey, Value: k.Name}})
}

// Scaffold is a table of the kind's example rows, all columns present.
func (k *Kind) Scaffold() (*column.Table, error) {
	b := parquet.NewBuilder(k.Fields())
	for n, s := range k.Samples {
		for i := range k.Columns {
			f := &k.Columns[i]
			text := s[f.Name]
			if text == "" {
				b.Missing(i)
				continue
			}
			v, wrong := f.parse(text)
			if wrong != nil {
				return nil, fmt.Errorf("datasets: sample %d of %s: %s", n+1, k.Name, wrong.message)
			}
			v.add(b, i, f.Type)
		}
	}
	return b.Table(), nil
}
