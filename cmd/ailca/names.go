package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	registry "github.com/ai-impact-observatory/ailca/lca/names"
)

// namesCommand is "ailca names".
func (a *app) namesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "names [TEXT...]",
		Short: "Say what names of hardware, models, organisations and regions stand for",
		Long: `Each text is looked for in the registry of the kind, or in all of them. Upper and lower case, spaces, hyphens and trademark signs do not matter;
a number of devices may stand ahead of the name or behind: 8 x A100-SXM4-80GB. Nothing is guessed: of an ambiguous name all that it may mean
is listed, of an unknown one the nearest that is known. Then the command ends with code 2. Without texts the registry of the kind is
listed, and without a kind the registries with their versions.`,
		Example: `  ailca names "NVIDIA H100 SXM5 80GB" H100 "8 x NVIDIA A100-SXM4-80GB"
  ailca names meta-llama/Llama-3.1-8B-Instruct --kind models
  ailca names --kind hardware
  ailca names --kind organisations --format csv
  ailca names`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	format := formatFlag(cmd)
	kind := kindFlag(cmd, nameKinds, "names of one kind alone")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return a.findNames(args, kind(), format())
		case kind() == "":
			return registries().write(a.stdout, format())
		case kind() == "regions":
			return allRegions().write(a.stdout, format())
		}
		return entries(registryOf(kind())).writeLong(a.stdout, format(), []string{"id", "name", "class", "maker", "parent", "devices", "device"}, "source")
	}
	return cmd
}

// nameKinds are the registries, in the order in which a text is looked for.
var nameKinds = []string{"hardware", "models", "organisations", "regions"}

// registryOf is the registry of a kind of names other than regions.
func registryOf(kind string) *registry.Registry {
	switch kind {
	case "hardware":
		return registry.Hardware()
	case "models":
		return registry.Models()
	}
	return registry.Organisations()
}

// registries lists the registries.
func registries() *listing {
	l := &listing{columns: []string{"kind", "entries", "version"}}
	for _, kind := range nameKinds[:3] {
		l.add(kind, len(registryOf(kind).IDs()), registryOf(kind).Version())
	}
	l.add("regions", len(registry.Regions().Codes()), "")
	return l
}

// allRegions lists the regions as "ailca regions" does, with their other names.
func allRegions() *listing {
	l := &listing{columns: []string{"id", "name", "class", "parent", "aliases"}}
	for _, code := range registry.Regions().Codes() {
		r, _ := registry.Regions().Lookup(code)
		l.add(r.Code, r.Name, r.Kind, r.Parent, strings.Join(r.Aliases, "; "))
	}
	return l
}

// entries lists a registry.
func entries(r *registry.Registry) *listing {
	l := &listing{columns: []string{"id", "name", "class", "maker", "parent", "devices", "device", "aliases", "ambiguous", "source"}}
	for _, id := range r.IDs() {
		e, _ := r.Lookup(id)
		devices := ""
		if e.Devices > 0 {
			devices = strconv.Itoa(e.Devices)
		}
		l.add(e.ID, e.Name, e.Kind, e.Maker, e.Parent, devices, e.Device, strings.Join(e.Aliases, "; "), strings.Join(e.Ambiguous, "; "), e.Source)
	}
	return l
}

// findNames lists what each text stands for. It is a mistake on the command line where one stands for nothing or for several.
func (a *app) findNames(texts []string, kind, format string) error {
	l := &listing{columns: []string{"text", "found", "kind", "id", "count", "name", "nearest"}}
	kinds := nameKinds
	if kind != "" {
		kinds = []string{kind}
	}
	ambiguous, unknown := 0, 0
	for _, text := range texts {
		var near, nearKind string
		found := false
		for _, k := range kinds {
			f, name := find(k, text)
			var count any = ""
			if f.Count > 0 {
				count = f.Count
			}
			switch {
			case f.Known():
				l.add(text, "one", k, f.ID, count, name(f.ID), "")
			case len(f.Candidates) > 0:
				ambiguous++
				for _, id := range f.Candidates {
					l.add(text, "ambiguous", k, id, count, name(id), "")
				}
			default:
				if near == "" && f.Nearest != "" {
					near, nearKind = f.Nearest, k
				}
				continue
			}
			found = true
		}
		if found {
			continue
		}
		unknown++
		if near == "" {
			nearKind = kind
		}
		l.add(text, "unknown", nearKind, "", "", "", near)
	}
	if format == "table" {
		l = l.only(l.columns...)
	}
	if err := l.write(a.stdout, format); err != nil || ambiguous+unknown == 0 {
		return err
	}
	return undecided(len(texts), ambiguous, unknown)
}

// find looks for a text in the registry of a kind; name gives the name of an id.
func find(kind, text string) (found registry.Found, name func(id string) string) {
	if kind != "regions" {
		r := registryOf(kind)
		return r.Find(text), func(id string) string { e, _ := r.Lookup(id); return e.Name }
	}
	regions := registry.Regions()
	name = func(code string) string { r, _ := regions.Lookup(code); return r.Name }
	if code, ok := regions.Canonical(text); ok {
		return registry.Found{ID: code}, name
	}
	return registry.Found{Nearest: regions.Nearest(text)}, name
}

// undecided tells how many of some texts do not name one thing.
func undecided(all, ambiguous, unknown int) error {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{ambiguous, "ambiguous"}, {unknown, "unknown"}} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 is "+p.what)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d are %s", p.n, p.what))
		}
	}
	hint := "ailca names --kind KIND lists what is known"
	if ambiguous > 0 {
		hint = "write the id of what is meant"
	}
	return &usageError{message: "of " + plural(all, "name") + " " + strings.Join(parts, " and "), hint: hint}
}
