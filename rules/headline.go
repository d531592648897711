package rules

import (
	"regexp"
	"strings"
	"sync"
)

// headlines say in plain words what the parser of formulas says in its own; $1 is what it quotes.
var headlines = sync.OnceValue(func() []saying {
	return []saying{
		{regexp.MustCompile(`wrap predicate|a map key must be`), "{ } are no part of the rules language"},
		{regexp.MustCompile(`^unexpected (?:token EOF|end of expression)`), "the formula ends too early"},
		{regexp.MustCompile(`unexpected token String\((?s:(.*))\)`), "the text $1 is not expected here"},
		{regexp.MustCompile(`unexpected token (?:Operator|Bracket|Number)\("(.*?)"\)`), "$1 is not expected here"},
		{regexp.MustCompile(`unexpected token \w+\((?s:(.*?))\)\)?$`), "$1 is not expected here"},
		{regexp.MustCompile(`unrecognized character: U\+[0-9A-F]+ '(.)'`), "$1 is no character of the rules language"},
		{regexp.MustCompile(`unrecognized character: (U\+[0-9A-F]+)`), "the character $1 is none of the rules language"},
		{regexp.MustCompile(`Operator \((.*?)\) and coalesce`), "?? and $1 stand side by side without brackets"},
		{regexp.MustCompile(`bad number syntax: "(.*)"`), "$1 is no number"},
		{regexp.MustCompile(`invalid (\w+) literal: .*value out of range`), "a number is out of range"},
		{regexp.MustCompile(`invalid (\w+) literal`), "a number is not written as one"},
		{regexp.MustCompile(`(\w+) literal is too large`), "a number is out of range"},
		{regexp.MustCompile(`value out of range$`), "a number is out of range"},
		{regexp.MustCompile(`invalid char escape`), `behind a \ stands what cannot stand there`},
		{regexp.MustCompile(`literal not terminated`), "a text is not closed"},
		{regexp.MustCompile(`unclosed comment`), "a comment is not closed"},
		{regexp.MustCompile(`expected name`), "a name is due behind the point"},
		{regexp.MustCompile(`expected at least (\d+) arguments`), "an argument is missing"},
	}
})

// headline is the parser's message in plain words.
func headline(message string) string {
	for _, h := range headlines() {
		if at := h.message.FindStringSubmatchIndex(message); at != nil {
			return excerpt(string(h.message.ExpandString(nil, strings.ReplaceAll(h.text, "$1", "${1}"), message, at)))
		}
	}
	return "not readable as a formula: " + excerpt(message)
}
