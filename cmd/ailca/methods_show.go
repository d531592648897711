package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/lca/study/methoddoc"
	"github.com/ai-impact-observatory/ailca/reports"
	"github.com/ai-impact-observatory/ailca/rules"
)

func (a *app) methodsShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show METHOD",
		Short: "Show a method: parameters, quantities with their tiers and units, impacts, and the normal form of each",
		Long: `Quantities stand in order of evaluation, each with what it uses and with its tiers in the order in which they are tried. Under a formula,
"=" gives its normal form: the coefficient of the row (·), then the uncertain things that it is multiplied (×) and divided (/) by, conversions
between units included; of cases each with its condition. "!" says why there is none. Where the method has errors, --format json prints
these, as "ailca methods check" does.

--format html and md print the method's documentation, made from its file alone: goal, functional units, boundary, equations, factors, parameters with
their sources, what it leaves out, examples, and what differs from its predecessor.`,
		Example: `  ailca methods show observatory@1.0.0
  ailca methods show method.yaml --kind training_runs
  ailca methods show method.yaml --format json
  ailca methods show observatory@1.1.0 --predecessor observatory@1.0.0 --format html
  ailca methods show method.yaml --kind training_runs --graph`,
		Args:              arguments("METHOD"),
		ValidArgsFunction: completeMethods(1),
	}
	pack := factorsFlag(cmd)
	kind := cmd.Flags().String("kind", "", "show the rules for a `KIND` of inventory alone")
	cmd.RegisterFlagCompletionFunc("kind", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return kindNames(), cobra.ShellCompDirectiveNoFileComp
	})
	graph := cmd.Flags().Bool("graph", false, "print the graph of quantities for Graphviz's dot")
	predecessor := cmd.Flags().String("predecessor", "", "the `METHOD` that the documentation tells the differences from, an embedded one or a file")
	cmd.RegisterFlagCompletionFunc("predecessor", completeMethods(0))
	format := choice(cmd, "format", "FORMAT", "how to print", "text", "json", "html", "md")
	cmd.RunE = func(cmd *cobra.Command, refs []string) error {
		if *graph && cmd.Flags().Changed("format") {
			return usagef("--graph and --format exclude each other")
		}
		documents := format() == "html" || format() == "md"
		if *predecessor != "" && !documents {
			return usagef("--predecessor is for --format html and md; ailca methods diff compares two methods")
		}
		var probs diag.List
		c := study.CheckMethod(refs[0], *pack, &probs)
		var before methoddoc.Predecessor
		if c != nil {
			before = predecessorOf(c, *predecessor, &probs)
		}
		if err := probs.Err(); err != nil {
			return a.refusal(&probs, problemFormat(format()))
		}
		a.printProblems(&probs)
		d := c.Description()
		if *kind != "" {
			if err := limit(d, *kind); err != nil {
				return err
			}
		}
		var out []byte
		switch {
		case *graph:
			out = []byte(dot(d))
		case format() == "json":
			return a.writeJSON(d)
		case format() == "html":
			return signed(methoddoc.Of(d, before)).WriteHTML(a.stdout)
		case format() == "md":
			return signed(methoddoc.Of(d, before)).WriteMarkdown(a.stdout)
		default:
			out = []byte(methodText(d))
		}
		_, err := a.stdout.Write(out)
		return err
	}
	return cmd
}

// predecessorOf compares a method with the one that it revises: the one that is given, else the one that its file names, where that is embedded.
func predecessorOf(c *study.Compiled, ref string, probs *diag.List) methoddoc.Predecessor {
	if ref == "" {
		ref = c.Method.Revises
		if !slices.Contains(rules.EmbeddedNames(), ref) {
			return methoddoc.Predecessor{Method: ref}
		}
	}
	x := c.Since(ref, probs)
	if x == nil {
		return methoddoc.Predecessor{}
	}
	return methoddoc.Predecessor{Method: x.Was.Method, Comparison: x}
}

// signed is a document with what wrote it. No version: the same method gives the same bytes.
func signed(d *reports.Document) *reports.Document {
	d.Software = "ailca"
	return d
}

// writeJSON prints what programs read.
func (a *app) writeJSON(v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := a.stdout.Write(b.Bytes())
	return err
}

// limit leaves the rules for one kind.
func limit(d *rules.Description, kind string) error {
	var names []string
	for _, k := range d.Kinds {
		if k.Kind == kind {
			d.Kinds = []rules.KindDescription{k}
			return nil
		}
		names = append(names, k.Kind)
	}
	return &usageError{message: fmt.Sprintf("%s has no rules for %q", d.Method, kind), hint: didYouMean(diag.Nearest(kind, names), names)}
}

// page is a text in the making.
type page struct{ strings.Builder }

// line writes a line at a depth of indentation; what could drive a terminal is replaced.
func (p *page) line(depth int, format string, args ...any) {
	p.WriteString(strings.Repeat("  ", depth))
	p.WriteString(strings.TrimRight(oneLine(fmt.Sprintf(format, args...)), " "))
	p.WriteByte('\n')
}

// title opens a section.
func (p *page) title(text string) {
	p.WriteByte('\n')
	p.line(0, "%s", text)
}

// prose writes a text of several words, if there is any, wrapped.
func (p *page) prose(depth int, label, text string) {
	const width = 110
	line := label
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width-2*depth && line != "" {
			p.line(depth, "%s", line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != label {
		p.line(depth, "%s", line)
	}
}

func methodText(d *rules.Description) string {
	p := &page{}
	p.line(0, "%s: %s", d.Method, d.Title)
	p.line(1, "%s, %s", d.Status, d.Date)
	p.line(1, "sha256 %s", d.Digest)
	p.line(1, "categories: %s", strings.Join(d.Categories, ", "))
	p.prose(1, "", d.Doc)
	if d.Revises != "" {
		p.line(1, "revises %s", d.Revises)
	}
	p.prose(1, "goal:", d.Goal)
	if len(d.Choices) > 0 {
		p.title("choices")
	}
	for _, c := range d.Choices {
		p.line(1, "%s: %s where a study does not say (%s)", c.Name, c.Default, c.Place)
		p.prose(2, "", c.Doc)
		for _, o := range c.Options {
			p.prose(2, o.Name+":", o.Doc)
			p.prose(3, "source:", o.Source)
		}
	}
	if len(d.Parameters) > 0 {
		p.title("parameters")
	}
	for _, q := range d.Parameters {
		spread := q.Distribution
		if bounds := q.Bounds(); bounds != "" {
			spread += ", " + bounds
		}
		p.line(1, "%s = %s %s, %s, %s (%s)", q.Name, number(q.Value), bracketed(q.Unit), spread, q.Class, q.Place)
		p.prose(2, "", q.Doc)
		p.prose(2, "source:", q.Source)
	}
	if d.Uncertainty != nil {
		uncertaintyText(p, d.Uncertainty)
	}
	if len(d.Factors) > 0 {
		p.title("factors")
	}
	for _, f := range d.Factors {
		p.line(1, "%s", f.Factor)
		p.prose(2, "variant:", strings.Join(f.Select, ", "))
		p.prose(2, "fallbacks:", strings.Join(f.Fallbacks, ", then "))
	}
	if len(d.Ladders) > 0 {
		p.title("ladders")
	}
	for _, l := range d.Ladders {
		p.line(1, "%s: %s (%s)", l.Name, strings.Join(l.Rungs, " < "), l.Place)
		for _, s := range l.Steps {
			p.line(2, "%s → %s: times %s", s.From, s.To, s.Times)
		}
	}
	for i := range d.Kinds {
		kindText(p, &d.Kinds[i])
	}
	if len(d.Meets) > 0 {
		p.title("meets")
	}
	for _, r := range d.Meets {
		p.prose(1, r.Requirement+":", r.How)
	}
	statements(p, "cut off", d.CutOffs)
	statements(p, "excluded", d.Exclusions)
	if r := d.Reconcile; r != nil {
		p.title("reconciled")
		p.line(1, "%s of %s: count from %s to %s over %s, against what services wear out by %s (%s)", strings.Join(r.Stages, " and "), r.Kind, r.From, r.Retired, r.Life, r.Use, r.Place)
	}
	if len(d.Examples) > 0 {
		p.title("examples")
	}
	for _, e := range d.Examples {
		p.line(1, "%s", e.Name)
	}
	return p.String()
}

// uncertaintyText writes how far the figures of rows may be off, and which quantities come first in a design.
func uncertaintyText(p *page, u *rules.UncertaintyText) {
	p.title("uncertainty")
	p.prose(1, "first dimensions of a design:", strings.Join(u.Rank, ", "))
	e := u.Inventory
	if e == nil {
		p.line(1, "figures of rows are taken as exact (%s)", u.Place)
		return
	}
	p.line(1, "figures of rows, graded by %s; errors are shared by %s (%s)", orNothing(strings.Join(e.GradedBy, ", ")), e.SharedBy, u.Place)
	for _, c := range e.Classes {
		p.line(2, "%s: gsd2 %s, %s of the variance shared", c.Class, number(c.GSD2), number(c.Shared))
		p.prose(3, "source:", c.Source)
	}
	if x := e.Pedigree; x != nil {
		p.line(2, "rows with a score of every indicator: the pedigree matrix and a basic variance of %s, %s of it shared", number(x.Basic), number(x.Shared))
		p.prose(3, "source:", x.Source)
	}
}

func statements(p *page, title string, list []rules.StatementText) {
	if len(list) > 0 {
		p.title(title)
	}
	for _, s := range list {
		p.prose(1, "", s.Name+": "+s.Reason)
	}
}

func kindText(p *page, k *rules.KindDescription) {
	p.title("kind " + k.Kind)
	for _, l := range k.Lookups {
		p.line(1, "lookup %s %s = factor %s by %s", l.Name, bracketed(l.Unit), l.Factor, orNothing(strings.Join(l.Keys, ", ")))
		p.prose(2, "", l.Doc)
		p.prose(2, "fallbacks:", strings.Join(l.Fallbacks, ", then "))
	}
	for _, x := range k.Derived {
		p.line(1, "derived symbol %s = %s", x.Formula, number(x.Value))
	}
	for _, q := range k.Quantities {
		unused := ""
		if !q.Needed {
			unused = " (no impact needs it)"
		}
		p.line(1, "quantity %s %s <- %s%s", q.Name, bracketed(q.Unit), orNothing(names(q.Uses)), unused)
		p.prose(2, "", q.Doc)
		for i, t := range q.Tiers {
			tierText(p, i+1, &t)
		}
	}
	for _, r := range k.Impacts {
		impactText(p, &r)
	}
	for _, u := range k.FunctionalUnits {
		p.line(1, "functional unit %s %s: %s, compared within %s (%s)", u.Name, bracketed(u.Unit), u.Count, orNothing(strings.Join(u.Class, ", ")), u.Place)
		normal(p, 2, u.Normal, u.Why)
	}
	for _, s := range k.ShareOut {
		p.line(1, "shared out per %s %s: %s, %s at best (%s)", s.Name, bracketed(s.Unit), s.Count, s.Class, s.Place)
		p.prose(2, "over:", s.Over)
		if s.Lineage != "" {
			p.line(2, "with a share of what it continues: %s of the model of %s", s.Key, s.Lineage)
		}
		p.prose(2, "", s.Doc)
	}
}

func tierText(p *page, number int, t *rules.TierText) {
	text := strconv.Itoa(number) + ". " + t.Expr
	if t.Yields != "" {
		text += ", yields " + t.Yields
	}
	if t.Class != "" {
		text += ", " + t.Class
	}
	if t.When != "" {
		text += ", when " + t.When
	}
	p.line(2, "%s", text)
	normal(p, 3, t.Normal, t.Why)
}

func impactText(p *page, r *rules.ImpactText) {
	p.line(1, "impact %s: %s, %s, %s, %s (%s)", r.Name, r.Perspective, r.Stage, strings.Join(r.Accounting, " and "), r.ShareOf, r.Place)
	p.line(2, "categories: %s; summed in %s", strings.Join(r.Categories, ", "), r.Unit)
	p.prose(2, "", r.Doc)
	for _, l := range [][2]string{{"when", r.When}, {"time", r.Time}, {"amount", r.Amount}, {"value", r.Value}, {"factor", r.Factor}, {"unless", r.Unless}, {"otherwise", strings.Join(r.Otherwise, ", ")}} {
		if l[1] != "" {
			p.line(2, "%s: %s", l[0], l[1])
		}
	}
	normal(p, 2, r.Normal, r.Why)
	uncertain(p, r)
}

// uncertain tells what of an impact does not follow what is uncertain.
func uncertain(p *page, r *rules.ImpactText) {
	if len(r.AtPoints) > 0 {
		p.line(2, "chosen at point values: %s", strings.Join(r.AtPoints, ", "))
	}
	if len(r.Held) > 0 {
		p.line(2, "held at their values: %s", strings.Join(r.Held, ", "))
	}
}

// normal writes a normal form, or why there is none; of a formula that has one and yet uses what has none, both.
func normal(p *page, depth int, form, why string) {
	if form != "" {
		p.line(depth, "= %s", form)
	}
	if why != "" {
		p.line(depth, "! no normal form: %s", why)
	}
}

func names(uses []rules.UseText) string {
	var out []string
	for _, u := range uses {
		out = append(out, u.Name)
	}
	return strings.Join(out, ", ")
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

func bracketed(unit string) string { return "[" + unit + "]" }

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
