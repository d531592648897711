package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// A folder's edition.json may come from a stranger: whatever it says, the report is written or refused, and what it says is text.
func FuzzEdition(f *testing.F) {
	e := example()
	e.Items, e.Cases = e.Items[:2], e.Cases[:2]
	var seed bytes.Buffer
	if err := e.WriteText(&seed); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.Bytes())
	f.Add([]byte(`{"format":1,"edition":{"study":"x","year":2025,"holdings":[{"perspective":"service","kind":"runs","now":-1,"ever":9}],"items":[{"kind":"a\u0000<b>","years":[1,1,-5]}],"parameters":[{"name":"","value":1e308}]}}`))
	impacts := e.Impacts[:8]
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ReadText(bytes.NewReader(text))
		if err != nil {
			return
		}
		e.Impacts = impacts
		var page strings.Builder
		tables, err := WriteWithTables(&page, e, "en")
		if err != nil {
			return
		}
		rest, data := withoutData(t, page.String())
		if strings.Contains(rest, "<script") || strings.Contains(rest, `href="javascript:`) || !json.Valid([]byte(data)) {
			t.Error("what it says became markup")
		}
		for _, x := range tables {
			if x.ID == "" || strings.ContainsAny(x.ID, "/\\. ") {
				t.Errorf("%q names no file", x.ID)
			}
			x.Fields()
		}
		e.Faults(0.5)
		if err := e.WriteText(io.Discard); err != nil {
			t.Error(err)
		}
	})
}
