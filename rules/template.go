package rules

import (
	_ "embed"
	"slices"
	"strings"
)

// templateText is the template, with marks: what stands between a line "#@ KIND..." and the line "#@ end" is for these kinds alone.
//
//go:embed template.yaml
var templateText string

// Template is a method to start from: every key of the format, with a comment that explains it. kind, where it is not empty, limits it to what a kind
// of inventory needs; of a kind that it has nothing for the answer is empty.
func Template(kind string) string {
	if kind != "" && !slices.Contains(TemplateKinds(), kind) {
		return ""
	}
	var out strings.Builder
	keep := true
	for line := range strings.Lines(templateText) {
		of, marked := strings.CutPrefix(line, "#@ ")
		switch {
		case marked && strings.TrimSpace(of) == "end":
			keep = true
		case marked:
			keep = kind == "" || slices.Contains(strings.Fields(of), kind)
		case keep:
			out.WriteString(line)
		}
	}
	return out.String()
}

// TemplateKinds are the kinds of inventory that the template has rules for.
func TemplateKinds() []string {
	var out []string
	for line := range strings.Lines(templateText) {
		of, marked := strings.CutPrefix(line, "#@ ")
		for _, kind := range strings.Fields(of) {
			if marked && kind != "end" && kind != "whole" && !slices.Contains(out, kind) {
				out = append(out, kind)
			}
		}
	}
	return out
}
