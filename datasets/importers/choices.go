package importers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// checkChoices tells choices of an id that no registry of names has.
func (o *Options) checkChoices(probs *diag.List) {
	var all []*names.Registry
	for _, name := range sortedKeys(registries) {
		all = append(all, registries[name]())
	}
	for _, text := range sortedKeys(o.Choose) {
		id := o.Choose[text]
		if slices.ContainsFunc(all, func(r *names.Registry) bool { return hasID(r, id) }) {
			continue
		}
		var ids []string
		for _, r := range all {
			ids = append(ids, r.Find(text).Candidates...)
		}
		near := diag.Nearest(id, ids)
		for i := 0; i < len(all) && near == ""; i++ {
			near = diag.Nearest(id, all[i].IDs())
		}
		p := diag.Problem{Code: diag.UnknownReference, Message: fmt.Sprintf("--choose reads %q as %q, which no registry of names has", text, id)}
		switch {
		case near != "":
			p.Hint = "did you mean " + near + "?"
		case len(ids) > 0:
			p.Hint = "it may be " + strings.Join(ids, ", ")
		default:
			p.Hint = "ailca names --kind hardware lists the ids, and so for models and organisations"
		}
		probs.Add(p)
	}
}

// choose reads a name as whoever imports has said. An id of another registry is an error; one that the registry does not give the name is theirs to answer for, and is told.
func (d *delivery) choose(n *NameReport, id string) {
	key := nameKey{n.Registry, n.Text}
	told := d.chosen[key]
	d.chosen[key] = true
	other := ""
	switch {
	case len(n.Candidates) > 0 && !slices.Contains(n.Candidates, id):
		other = strings.Join(n.Candidates, ", ")
	case len(n.Candidates) == 0 && n.ID != id:
		other = n.ID
	}
	if n.ID, n.Chosen = id, true; told {
		return
	}
	if r := registries[n.Registry](); !hasID(r, id) {
		p := diag.Problem{Code: diag.UnknownReference, Message: fmt.Sprintf("--choose reads %q as %q, which the registry of %s does not have", n.Text, id, n.Registry)}
		if near := diag.Nearest(id, r.IDs()); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		d.probs.Add(p)
	} else if other != "" {
		d.probs.Add(diag.Problem{Code: diag.UnknownReference, Severity: diag.Warning, Message: fmt.Sprintf("--choose reads %q as %s, which the name does not stand for by the registry of %s", n.Text, id, n.Registry),
			Hint: "it has " + other})
	}
}

func hasID(r *names.Registry, id string) bool { _, ok := r.Lookup(id); return ok }

// unusedChoices warns of choices for names that no file prints: mostly a slip of spelling.
func (d *delivery) unusedChoices() {
	var printed []string
	for _, n := range d.report.Names {
		printed = append(printed, n.Text)
	}
	for _, text := range sortedKeys(d.options.Choose) {
		if slices.ContainsFunc(sortedKeys(registries), func(registry string) bool { return d.chosen[nameKey{registry, text}] }) {
			continue
		}
		p := diag.Problem{Code: diag.UnusedName, Severity: diag.Warning, Message: fmt.Sprintf("--choose %s=%s is not used: no name that is looked up is printed so", text, d.options.Choose[text])}
		if near := diag.Nearest(text, printed); near != "" {
			p.Hint = fmt.Sprintf("did you mean %q?", near)
		} else if len(printed) > 0 {
			p.Hint = fmt.Sprintf("printed are %q", printed[:min(len(printed), 10)])
		}
		d.probs.Add(p)
	}
}
