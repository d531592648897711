package importers

import (
	_ "embed"
	"strconv"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

//go:embed meanings.yaml
var meaningsText []byte

// meaning is what a text of a format's files stands for.
type meaning struct {
	Is  string `doc:"is,required"`
	Why string `doc:"why"` // how that is known, where the file does not say it
}

// meaningTable reads meanings.yaml: format, table, text.
var meaningTable = sync.OnceValue(func() map[string]map[string]map[string]meaning {
	var probs diag.List
	var out map[string]map[string]map[string]meaning
	document.Decode(document.Parse("datasets/importers/meanings.yaml", meaningsText, &probs), &out, &probs)
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return out
})

// meaning is what a text stands for in a table of the format.
func (d *delivery) meaning(table, text string) (meaning, bool) {
	m, ok := meaningTable()[d.format.Name][table][text]
	return m, ok
}

// means fills a column with what a text stands for, in the table of the column's name. A text that the table does not have is listed. The row says how a
// meaning is known that the file does not state.
func (r *row) means(column, text string) {
	if text == "" {
		return
	}
	m, ok := r.d.meaning(column, text)
	if !ok {
		r.refuse(column, text, "what it stands for is not known to this format")
		return
	}
	if v, err := strconv.ParseFloat(m.Is, 64); err == nil {
		r.number(column, v)
	} else {
		r.text(column, m.Is)
	}
	if m.Why != "" {
		r.assume("%s %s: %s", column, m.Is, m.Why)
	}
}
