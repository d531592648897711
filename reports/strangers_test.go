package reports

import (
	"bytes"
	"encoding/csv"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// eachString visits the texts of a value, of each slice those of its first element.
func eachString(v reflect.Value, path string, visit func(path string, text reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachString(v.Elem(), path, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				eachString(v.Field(i), path+"."+f.Name, visit)
			}
		}
	case reflect.Slice:
		for i := range min(v.Len(), 1) {
			eachString(v.Index(i), path+"["+strconv.Itoa(i)+"]", visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			elem := reflect.New(v.Type().Elem()).Elem() // what is in a map is not changed in its place
			elem.Set(v.MapIndex(key))
			eachString(elem, path+"."+key.String(), func(path string, text reflect.Value) {
				visit(path, text)
				v.SetMapIndex(key, elem)
			})
		}
	case reflect.String:
		visit(path, v)
	}
}

// Whatever text of an edition comes from a stranger, it stays a text: in the page of each language, in figures, and in each table's file.
func TestEveryTextStaysText(t *testing.T) {
	whole := func() *Edition {
		e, _ := changed(t)
		e.Review = &Review{Reviewer: "R", Of: "I", Date: "2026-01-01", URL: "https://example.org", Statement: "S", Comments: []ReviewComment{{"C", "A"}}}
		e.Translations = map[string]Translation{"fr": {Title: "T", Goal: "B", Scope: "C"}}
		e.Levers[0].Translations = map[string]Translation{"fr": {Title: "T", Conditions: "C", Rebound: "R"}}
		return e
	}
	count := 0
	eachString(reflect.ValueOf(whole()), "", func(string, reflect.Value) { count++ })
	if count < 100 {
		t.Fatalf("%d texts", count)
	}
	const payload = `="'></title></script></svg><script>alert(1)</script>` // a formula, and markup
	for n := range count {
		e, at, where := whole(), 0, ""
		eachString(reflect.ValueOf(e), "", func(path string, text reflect.Value) {
			if at == n {
				text.SetString(payload)
				where = path
			}
			at++
		})
		language := Languages()[n%len(Languages())]
		var page bytes.Buffer
		tables, err := WriteWithTables(&page, e, language)
		if err != nil {
			continue // such as an impact of another study, whose totals have no meaning
		}
		if text := page.String(); strings.Contains(text, "<script>alert") || strings.Contains(text, `"'>`) {
			t.Errorf("%s: %s is markup", language, where)
		}
		for _, table := range tables {
			rows, err := csv.NewReader(bytes.NewReader(table.CSV)).ReadAll()
			if err != nil {
				t.Fatalf("%s: %s: %v", where, table.ID, err)
			}
			for _, row := range rows {
				for _, text := range row {
					if strings.HasPrefix(text, "=") {
						t.Errorf("%s: %s is a formula in %s", language, where, table.ID)
					}
				}
			}
		}
	}
}
