package reports

import (
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca/trace"
)

// tracePage is what the template of a trace reads.
type tracePage struct {
	*trace.Tree
	Software string
}

// WriteTrace writes the derivation of a figure as one HTML file that opens offline: without script, asking for nothing from outside. What stands in it is text.
// The same tree gives the same bytes.
func WriteTrace(w io.Writer, t *trace.Tree, software string) error {
	var out strings.Builder
	if err := traceTemplate().Execute(&out, tracePage{t, software}); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

var traceTemplate = sync.OnceValue(func() *template.Template {
	own, err := files.ReadFile("trace.css")
	if err != nil {
		panic(err) // the file is part of the program
	}
	style := styleSheet() + template.CSS(own)
	return template.Must(template.New("trace.tmpl").Funcs(template.FuncMap{
		"style": func() template.CSS { return style }, "policy": func() string { return policyOf(style) }, "clean": cleaned, "href": webAddress,
		"value": traceValue, "exact": traceExact, "sign": traceSign, "open": func(n *trace.Node) bool { return n.Kind == trace.Figure || n.Kind == trace.Cell },
		"leaf": func(n *trace.Node) bool {
			return len(n.Children)+len(n.Explained)+len(n.Details) == 0 && n.Formula == ""
		},
	}).ParseFS(files, "templates/trace.tmpl"))
})

// traceValue is a node's value with six digits and its unit, or its text.
func traceValue(n *trace.Node) string {
	if n.Value == nil {
		return cleaned(n.Text)
	}
	text := strconv.FormatFloat(*n.Value, 'g', 6, 64)
	if n.Unit != "" {
		text += " " + n.Unit
	}
	return cleaned(text)
}

// traceExact is the value with all its digits.
func traceExact(n *trace.Node) string {
	if n.Value == nil {
		return ""
	}
	return strconv.FormatFloat(*n.Value, 'g', -1, 64)
}

// traceSign says how a node enters the product that it is a factor of; empty of others.
func traceSign(n *trace.Node) string {
	switch {
	case n.Exponent == -1:
		return "÷"
	case n.Exponent < 0:
		return "÷ to the power " + strconv.Itoa(-n.Exponent)
	case n.Exponent > 1:
		return "to the power " + strconv.Itoa(n.Exponent)
	}
	return ""
}
