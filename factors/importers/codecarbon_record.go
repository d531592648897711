package importers

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// ccRecord is an entry whose fields are read by name.
type ccRecord struct {
	*foreign.Entry
	fields map[string]json.RawMessage
	probs  *diag.List
}

// number is a field as the text that the source wrote and as a number; false, with the problem told, where it is missing, none or negative.
func (r *ccRecord) number(key string) (text string, v float64, ok bool) {
	raw, has := r.fields[key]
	text = string(raw)
	if !has || text == "null" {
		r.probs.Errorf(diag.MissingKey, r.Place, "the entry %q has no %s", clipped(r.Key), key)
		return "", 0, false
	}
	v, err := foreign.ParseNumber(text)
	switch {
	case err != nil:
		r.probs.Errorf(diag.BadType, r.Place, "%s of the entry %q: expected a number, found %s", key, clipped(r.Key), clipped(text))
		return "", 0, false
	case v < 0:
		r.probs.Errorf(diag.OutOfRange, r.Place, "%s of the entry %q is negative: %s", key, clipped(r.Key), clipped(text))
		return "", 0, false
	}
	return text, v, true
}

// year is a field as a calendar year.
func (r *ccRecord) year(key string) (int, bool) {
	text, _, ok := r.number(key)
	if !ok {
		return 0, false
	}
	year := yearAlone(text)
	if year == 0 {
		r.probs.Errorf(diag.BadValue, r.Place, "%s of the entry %q: expected a year from %d to %d, found %s", key, clipped(r.Key), firstYear, lastYear, clipped(text))
	}
	return year, year != 0
}

// text is a field as a text; empty where it is none, or longer than any that is meant.
func (r *ccRecord) text(key string) string {
	var s string
	if json.Unmarshal(r.fields[key], &s) != nil || len(s) > ccMaxText {
		return ""
	}
	return strings.TrimSpace(s)
}

// parts adds up an entry's fields by technology.
func (r *ccRecord) parts(columns map[string]string) (map[string]float64, bool) {
	out, ok := map[string]float64{}, true
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		_, v, found := r.number(column)
		out[columns[column]] += v
		ok = ok && found
	}
	return out, ok
}
