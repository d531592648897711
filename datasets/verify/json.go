package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// readJSON reads a JSON file of the package; false, with the finding told, where programs could read it in different ways: a key that stands twice, text that
// is no UTF-8, more than one value, or values nested too deep.
func (v *verification) readJSON(name string, into any) bool {
	if _, sound := v.sizes[name]; !sound {
		return false // which is told
	}
	text := v.readAll(name, maxJSON)
	if text == nil {
		return false
	}
	if offset, wrong := checkJSON(text); wrong != "" {
		at := v.at(name)
		before := text[:min(offset, int64(len(text)))]
		at.Line = 1 + bytes.Count(before, []byte("\n"))
		v.probs.Errorf(diag.Syntax, at, "%s", wrong)
		return false
	}
	if err := json.Unmarshal(text, into); err != nil {
		v.errorf(diag.BadType, name, "not as it should be: %v", err)
		return false
	}
	return true
}

// fold is the same for keys that Go's reader of JSON takes for the same: beside capitals also ſ for s and the sign of the kelvin for k.
func fold(key string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next // the least of those that are the same
			}
			r = next
		}
	}, key)
}

// checkJSON says what is wrong with a text, and where; empty for nothing. Keys that differ in capitals alone are the same to some programs.
func checkJSON(text []byte) (int64, string) {
	if !utf8.Valid(text) {
		return 0, "the file is not UTF-8 text"
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	type level struct {
		keys map[string]bool // nil in a list
		key  bool            // a key is next
	}
	var open []level
	for {
		t, err := d.Token()
		if err == io.EOF && len(open) == 0 {
			return 0, "the file is empty"
		}
		if err != nil {
			return d.InputOffset(), fmt.Sprintf("not readable as JSON: %v", err)
		}
		in := len(open) - 1
		if word, ok := t.(string); ok && in >= 0 && open[in].key {
			folded := fold(word)
			if open[in].keys[folded] {
				return d.InputOffset(), fmt.Sprintf("the key %.60q stands twice: programs differ in which of its values counts", word)
			}
			open[in].keys[folded] = true
			open[in].key = false
			continue
		}
		if in >= 0 && open[in].keys != nil {
			open[in].key = true // behind the value that begins here
		}
		switch t {
		case json.Delim('{'):
			open = append(open, level{map[string]bool{}, true})
		case json.Delim('['):
			open = append(open, level{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:in]
			if in > 0 && open[in-1].keys != nil {
				open[in-1].key = true
			}
		}
		if len(open) > maxDepth {
			return d.InputOffset(), fmt.Sprintf("values are nested deeper than %d", maxDepth)
		}
		if len(open) == 0 {
			break
		}
	}
	if _, err := d.Token(); err != io.EOF {
		return d.InputOffset(), "text follows the end of the outermost brackets"
	}
	return 0, ""
}
