package importers

import (
	"reflect"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// unreadKeys names the keys of a JSON object that a target of type T does not have, each once, with the reasons that the format knows.
func unreadKeys[T any](j *job, e *foreign.Entry) {
	read := keysOf(reflect.TypeFor[T]())
	known := columnsOf(j.format.Name).Ignored
	e.Each(func(sub *foreign.Entry) bool {
		name := plain(sub.Key)
		if slices.Contains(read, sub.Key) || slices.Contains(j.columns, name) || len(j.columns) >= maxColumns {
			return true
		}
		why := known[sub.Key]
		if why == "" {
			why = "this format has no use for it"
		}
		j.columns = append(j.columns, name)
		j.to.Left(Left{foreign.Left{Place: diag.Place{File: j.Name}, What: name, Why: why}, Column})
		return true
	})
}

// keysOf lists the keys that package json fills of a struct, those of embedded structs included.
func keysOf(t reflect.Type) (out []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			out = append(out, name)
		} else if f.Anonymous {
			out = append(out, keysOf(f.Type)...)
		}
	}
	return out
}
