package iamc

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// finding is a rule that a name breaks. Its message goes on from "the region "Wrld" ".
type finding struct {
	code      diag.Code
	severity  diag.Severity
	message   string
	why, hint string
}

// empties are what pandas reads as an empty cell (pandas/_libs/parsers.pyx: STR_NA_VALUES), in CSV files and workbooks alike. NA is Namibia's code.
var empties = []string{"-1.#IND", "1.#QNAN", "1.#IND", "-1.#QNAN", "#N/A N/A", "#N/A", "N/A", "n/a", "NA", "<NA>", "#NA", "NULL", "null", "NaN", "-NaN", "nan", "-nan", "None"}

// maxName is how many characters a name may have: PyYAML reads a key of at most 1,024, its quotes included (yaml/scanner.py: stale_possible_simple_keys).
const maxName = 1000

// illegal are the characters that nomenclature takes in no text of a list of names unless a project says otherwise (nomenclature/codelist.py:
// check_illegal_characters; nomenclature/config.py: illegal_characters). Lists of regions and variables, with their units, are the rule, those of models and
// scenarios are not.
const illegal = `{}:;"`

// minor are the words that a variable's name may write small (nomenclature, user_guide/variable.rst: all words are capitalised "except for and, w/, w/o, etc.").
var minor = strings.Fields("a an and as at by excl. for from in incl. into of on or per the than to via vs w/ w/o with within without")

// judge tells the rules that a name breaks.
func judge(dimension int, name string) (out []finding) {
	add := func(code diag.Code, message, why, hint string) {
		out = append(out, finding{code: code, message: message, why: why, hint: hint})
	}
	warn := func(code diag.Code, message, why, hint string) {
		out = append(out, finding{code, diag.Warning, message, why, hint})
	}
	// pyam/utils.py: _validate_complete_index, "Empty cells in `data`"; a unit alone may be empty (pyam/utils.py: format_data; docs/data.rst).
	switch {
	case name == "" && dimension == unit:
		return nil
	case name == "":
		add(diag.MissingValue, "is empty", "pyam refuses empty cells in every column but unit", "")
		return out
	case slices.Contains(empties, name) && dimension == unit:
		add(diag.MissingValue, "reads as an empty cell", "pandas, which pyam reads files with, takes it for no unit", "leave the unit of a number without dimension empty")
		return out
	case slices.Contains(empties, name):
		add(diag.MissingValue, "reads as an empty cell", "pandas, which pyam reads files with, takes it for missing, and pyam refuses the file", "write the name in full")
		return out
	case !utf8.ValidString(name):
		add(diag.BadValue, "is not UTF-8 text", "", "")
		return out
	case utf8.RuneCountInString(name) > maxName:
		add(diag.TooLarge, "is longer than 1000 characters", "", "")
		return out
	}
	if strings.ContainsFunc(name, unseen) {
		add(diag.BadValue, "has a character that nobody sees, or a space that is none", "pyam takes it for another name than the one that is read", "")
	}
	// nomenclature/codelist.py: check_end_whitespace. pyam takes no space away.
	if strings.TrimSpace(name) != name {
		add(diag.BadValue, "begins or ends with a space", "pyam takes it for another name, nomenclature refuses it", "")
	}
	// pyam/str.py: escape_regexp leaves both; nomenclature/code.py: is_wildcard.
	if strings.ContainsAny(name, `*\`) {
		add(diag.BadValue, `has a * or a \`, `* stands for any text in pyam and nomenclature, and \ is not found as it is written`, "")
	}
	if strings.ContainsAny(name, illegal) {
		if dimension == model || dimension == scenario {
			warn(diag.BadValue, `has one of { } : ; "`, "nomenclature takes none of them in a list of names", "")
		} else {
			add(diag.BadValue, `has one of { } : ; "`, "nomenclature takes none of them in a list of names", "")
		}
	}
	if dimension == region || dimension == variable {
		for _, f := range judgeParts(name) {
			add(diag.BadValue, f, `"|" joins the parts of a name, without spaces around it`, "")
		}
	}
	switch dimension {
	case region:
		// pyam/core.py: aggregate_region, check_aggregate_region and others are of "World" where nothing else is said; names are compared by case.
		if lower := strings.ToLower(name); name != "World" && (lower == "world" || lower == "global" || lower == "wor") {
			warn(diag.UnknownPlace, "is not the name of the total", "pyam adds regions up to World where nothing else is said", "did you mean World?")
		}
	case variable:
		if word := small(name); word != "" {
			warn(diag.BadValue, "has a word that is not capitalised: "+word, "nomenclature's conventions capitalise all words but and, of, w/o and the like", "")
		}
	}
	return out
}

// judgeCell tells what a name comes to in a table that it does not in a list of names.
func judgeCell(dimension int, name string) (out []finding) {
	hint := ""
	if dimension == unit {
		hint = "leave the unit of a number without dimension empty"
	}
	if ambiguous(name) {
		out = append(out, finding{diag.BadValue, diag.Warning, "stands with an apostrophe before it in CSV files, lest a spreadsheet takes it for a formula",
			"pyam takes the apostrophe for a part of it", hint})
	}
	if dimension == unit && isJSON(name) {
		out = append(out, finding{diag.BadUnit, diag.Warning, "is JSON", "nomenclature has no such unit: it reads one that is JSON as what it means", hint})
	}
	return out
}

// unseen reports whether a character is not seen, or is a space other than the plain one.
func unseen(c rune) bool {
	return unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || unicode.IsSpace(c) && c != ' ' || c == '\u2028' || c == '\u2029'
}

// judgeParts tells what is wrong with the parts of a name (nomenclature, user_guide/variable.rst; pyam/str.py: get_variable_components, find_depth).
func judgeParts(name string) (out []string) {
	if !strings.Contains(name, "|") {
		return nil
	}
	empty, spaced := false, false
	for i, part := range strings.Split(name, "|") {
		empty = empty || strings.Trim(part, " ") == ""
		spaced = spaced || strings.HasSuffix(part, " ") || i > 0 && strings.HasPrefix(part, " ")
	}
	if empty {
		out = append(out, `has an empty part before or behind a "|"`)
	}
	if spaced && !empty {
		out = append(out, `has a space before or behind a "|"`)
	}
	return out
}

// small is the first word of a variable that is not capitalised and should be; empty for none. A word with a capital within, such as kWh, is a unit's or a maker's.
func small(name string) string {
	for _, part := range strings.Split(name, "|") {
		for _, word := range strings.Fields(part) {
			bare := strings.TrimLeft(word, "([/'")
			first, _ := utf8.DecodeRuneInString(bare)
			if unicode.IsLower(first) && strings.ToLower(bare) == bare && !slices.Contains(minor, strings.TrimRight(bare, ")],")) {
				return word
			}
		}
	}
	return ""
}

// isJSON reports whether Python's json.loads takes a text: nomenclature reads a unit by it where it can (nomenclature/code.py: deserialize_json).
func isJSON(text string) bool {
	return json.Valid([]byte(text)) || text == "Infinity" || text == "-Infinity"
}

// ambiguous reports whether a text stands in a CSV file with an apostrophe before it, as in all our CSV files (see datasets.TextRule). An empty text stands as it
// is, unlike there: pyam reads an empty unit as none.
func ambiguous(text string) bool {
	return text != "" && text[0] == '\'' || foreign.IsFormula(text)
}

func escaped(text string) string {
	if ambiguous(text) {
		return "'" + text
	}
	return text
}

func unescaped(field string) string {
	if rest, ok := strings.CutPrefix(field, "'"); ok && ambiguous(rest) {
		return rest
	}
	return field
}
