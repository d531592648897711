package document

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	numberThen = regexp.MustCompile(`^([-+]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)(\s*)(\S.*)$`)
	plainUnit  = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 /.^-]*$`)
)

// magnitudes are words and letters that people put behind a number.
var magnitudes = map[string]string{"k": "3", "K": "3", "thousand": "3", "M": "6", "mio": "6", "million": "6", "B": "9", "G": "9", "bn": "9", "billion": "9",
	"T": "12", "trillion": "12"}

// NumberHint says how a text that is no number is written as one: 70B as 70e9, 70,000 as 70000. It is empty where it cannot be told.
func NumberHint(text string) string {
	text = strings.TrimSpace(text)
	if plain := withoutSeparators(text); plain != text {
		if _, err := strconv.ParseFloat(plain, 64); err == nil {
			return "write " + plain
		}
	}
	parts := numberThen.FindStringSubmatch(text)
	if parts == nil || strings.ContainsAny(parts[1], ",eE") {
		return ""
	}
	exponent, ok := magnitudes[parts[3]]
	if !ok {
		exponent, ok = magnitudes[strings.ToLower(parts[3])]
	}
	if !ok || len(parts[3]) == 1 && parts[2] != "" {
		return ""
	}
	return "write " + parts[1] + "e" + exponent
}

// numberHint is NumberHint for a key of a map that has the key unit too: there a number's unit stands by itself.
func numberHint(n *Node, key string) string {
	if n.Kind != Scalar || len(n.Text) > longest {
		return ""
	}
	hint := NumberHint(n.Text)
	parts := numberThen.FindStringSubmatch(strings.TrimSpace(n.Text))
	if key == "" || parts == nil || strings.Contains(parts[1], ",") || hint != "" {
		return hint
	}
	u := parts[3]
	if !plainUnit.MatchString(u) {
		u = strconv.Quote(u)
	}
	return "write " + key + ": " + parts[1] + ", unit: " + u
}
