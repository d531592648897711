package main

import (
	"encoding/json"
	"html"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	// explainCommands are those that a report writes beside its numbers.
	explainCommands = regexp.MustCompile(`<code>(ailca explain [^<]*)</code>`)
	// keyFigures are the values of a report's key figures, with all digits.
	keyFigures = regexp.MustCompile(`<data value="([^"]*)" title=`)
)

// made PAGE runs each command that a report says a number is derived by, as a reader pastes it into a shell. Each must come to a number of the page, that of an item
// apart, whose number there is one per functional unit; and each key figure must be what one of them comes to.
func made(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: made PAGE")
	}
	page := ts.ReadFile(args[0])
	ran := map[string]bool{}
	var came []string
	for _, m := range explainCommands.FindAllStringSubmatch(page, -1) {
		command := html.UnescapeString(m[1])
		if ran[command] {
			continue
		}
		ran[command] = true
		ts.Check(ts.Exec("sh", "-c", command+" --top 1 --format json --quiet"))
		var tree struct {
			Figure struct{ Value float64 }
		}
		ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &tree))
		v := tree.Figure.Value
		text := strconv.FormatFloat(v, 'g', -1, 64)
		if math.Abs(v) >= 1e6 {
			text = strconv.FormatFloat(v, 'f', -1, 64)
		}
		if came = append(came, text); !strings.Contains(page, text) && !strings.Contains(command, " item=") {
			ts.Fatalf("%s comes to %s, which is no number of the page", command, text)
		}
	}
	keys := keyFigures.FindAllStringSubmatch(page, -1)
	for _, m := range keys {
		if !slices.Contains(came, html.UnescapeString(m[1])) {
			ts.Fatalf("no command comes to the key figure %s, only to %v", m[1], came)
		}
	}
	if len(keys) == 0 || len(ran) < 3 {
		ts.Fatalf("the page has %d key figures and %d commands", len(keys), len(ran))
	}
}
