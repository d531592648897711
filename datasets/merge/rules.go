package merge

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

//go:embed rules.yaml
var rulesText []byte

// Rules are the rules of merging in words, and the numbers in them.
type Rules struct {
	Rules   []Rule
	Minimum int     // contributors of a sum
	Largest float64 // share of one of them
	// Protection is how closely, as a part of the largest share, nobody else may be able to tell it.
	Protection float64
	Most       int64 // rows of a kind
}

// Rule is one of them.
type Rule struct {
	Name string `doc:"name,required"`
	Text string `doc:"text,required"`
}

// TheRules returns the embedded rules. They are shared: do not change them.
var TheRules = sync.OnceValue(func() *Rules {
	var file struct {
		Rules      []Rule `doc:"rules,required"`
		Parameters struct {
			Minimum    int     `doc:"minimum_contributors,required"`
			Largest    float64 `doc:"dominance,required"`
			Protection float64 `doc:"protection,required"`
			Most       int64   `doc:"most_rows,required"`
		} `doc:"parameters,required"`
	}
	var probs diag.List
	if root := document.Parse("datasets/merge/rules.yaml", rulesText, &probs); root != nil {
		document.Decode(root, &file, &probs)
	}
	if err := probs.Err(); err != nil {
		panic(err) // the file is part of the program
	}
	return &Rules{file.Rules, file.Parameters.Minimum, file.Parameters.Largest, file.Parameters.Protection, file.Parameters.Most}
})

// WriteRules prints the rules, and what each kind's file adds to them.
func WriteRules(w io.Writer) error {
	var b strings.Builder
	r := TheRules()
	for _, rule := range r.Rules {
		fmt.Fprintf(&b, "%s\n%s\n\n", rule.Name, wrap(rule.Text, "  "))
	}
	fmt.Fprintf(&b, "minimum_contributors %d, dominance %v, protection %v, at most %s of a kind\n", r.Minimum, r.Largest, r.Protection, diag.Plural(r.Most, "row"))
	for _, k := range datasets.Kinds() {
		fmt.Fprintf(&b, "\n%s\n", k.Name)
		line := func(what, text string) {
			if text != "" {
				b.WriteString(wrap(what+": "+text, "  ") + "\n")
			}
		}
		line("origin", strings.Join(k.Merge.Origin, ", "))
		line("provenance", strings.Join(k.Merge.Provenance, ", "))
		var prefer []string
		for _, p := range k.Merge.Prefer {
			f, _ := k.Column(p.Column)
			words := slices.Clone(f.Values)
			if p.Best == "last" {
				slices.Reverse(words)
			}
			prefer = append(prefer, p.Column+" ("+strings.Join(words, " > ")+")")
		}
		line("preference", strings.Join(prefer, ", then "))
		if k.Sums == nil {
			line("sums", "none: its rows are no activities, and cannot be confidential")
			continue
		}
		var sums []string
		for _, s := range k.Sums.Sum {
			text := s.Column
			if len(s.Or) > 0 {
				text += " (or " + strings.Join(s.Or, " × ") + ")"
			}
			if s.Share != "" {
				text += " × " + s.Share
			}
			sums = append(sums, text)
		}
		line("groups of sums", strings.Join(slices.Concat(k.Sums.By, k.Sums.Years, []string{"calendar years"}), ", "))
		line("added", strings.Join(sums, ", "))
		var means []string
		for _, f := range k.Columns {
			if weight := k.Sums.Mean[f.Name]; weight != "" {
				means = append(means, f.Name+" by "+weight)
			}
		}
		line("averaged", strings.Join(means, ", "))
		line("the worst of", strings.Join(k.Sums.Worst, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// wrap breaks a text into lines.
func wrap(text, indent string) string {
	const width = 110
	var b strings.Builder
	line := indent
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && strings.TrimSpace(line) != "" {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	b.WriteString(line)
	return b.String()
}
