package importers

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

//go:embed columns.yaml
var columnsText []byte

// formatColumns is what is known of the columns of a format's files, over their releases.
type formatColumns struct {
	Aliases []columnAlias     // in the order of the file columns.yaml
	Ignored map[string]string // columns that are not read, with the reason
}

// columnAlias gives the names that a column had in other releases.
type columnAlias struct {
	Name   string
	Others []string
}

// columnTable reads columns.yaml.
var columnTable = sync.OnceValue(func() map[string]*formatColumns {
	var probs diag.List
	out := map[string]*formatColumns{}
	root := document.Parse("datasets/importers/columns.yaml", columnsText, &probs)
	for _, f := range root.Fields {
		var e struct {
			Aliases map[string][]string `doc:"aliases"`
			Ignored map[string]string   `doc:"ignored"`
		}
		document.Decode(f.Value, &e, &probs)
		c := &formatColumns{Ignored: e.Ignored}
		for _, name := range sortedKeys(e.Aliases) {
			c.Aliases = append(c.Aliases, columnAlias{name, e.Aliases[name]})
		}
		out[f.Key] = c
	}
	if err := probs.Err(); err != nil {
		panic(err)
	}
	return out
})

func columnsOf(format string) *formatColumns {
	if c := columnTable()[format]; c != nil {
		return c
	}
	return &formatColumns{}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
