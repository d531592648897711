package importers

import (
	"reflect"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// unreadKeys names the keys of a JSON object that a target of type T does not have, each once, with the reasons that the format knows. Those of objects within are named with
// points, whichever entry of a list they stand in.
func unreadKeys[T any](j *job, e *foreign.Entry) {
	unreadWithin(j, e, reflect.TypeFor[T](), "")
}

func unreadWithin(j *job, e *foreign.Entry, t reflect.Type, prefix string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		if t.Kind() == reflect.Slice {
			e.Each(func(sub *foreign.Entry) bool {
				unreadWithin(j, sub, t.Elem(), prefix)
				return len(j.columns) < maxUnread
			})
			return
		}
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || !e.IsObject() {
		return
	}
	known := columnsOf(j.format.Name).Ignored
	e.Each(func(sub *foreign.Entry) bool {
		name := prefix + sub.Key
		if within, ok := keyOf(t, sub.Key); ok {
			unreadWithin(j, sub, within, name+".")
			return true
		}
		shown := foreign.Plain(name)
		if len(j.columns) >= maxUnread || slices.Contains(j.columns, shown) {
			return true
		}
		why := known[name]
		if why == "" {
			why = "this format has no use for it"
		}
		j.columns = append(j.columns, shown)
		j.to.Left(Left{foreign.Left{Place: diag.Place{File: j.Name}, What: shown, Why: why}, Column})
		return true
	})
}

// maxUnread bounds how many keys are named that nothing is read of.
const maxUnread = 1000

// keyOf is the type that package json fills from a key of a struct, those of embedded structs included.
func keyOf(t reflect.Type, key string) (reflect.Type, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == key && name != "" {
			return f.Type, true
		} else if name == "" && f.Anonymous {
			if within, ok := keyOf(f.Type, key); ok {
				return within, true
			}
		}
	}
	return nil, false
}

// readsOf reports whether a target of type T has what keys lead to.
func readsOf[T any](keys []string) bool {
	t := reflect.TypeFor[T]()
	for _, key := range keys {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return false
		}
		within, ok := keyOf(t, key)
		if !ok {
			return false
		}
		t = within
	}
	return true
}
