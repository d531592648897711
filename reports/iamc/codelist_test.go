package iamc

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

var (
	variables = []Variable{
		{"Final Energy|Data Centers|Electricity", "TWh/yr", "Electricity that data centers draw, cooling included"},
		{"Efficiency|PUE", "", "Energy of the facility over that of its servers"},
		{"Emissions|CO2e", "Mt CO2-equiv/yr", ""},
	}
	regions = []Region{
		{Name: "World", Hierarchy: "World"},
		{Name: "France", Hierarchy: "Country", ISO3: []string{"FRA"}},
		{Name: "Benelux", Hierarchy: "World", Description: "Belgium, the Netherlands and Luxembourg", ISO3: []string{"BEL", "NLD", "LUX"}},
		{Name: "France>World", Hierarchy: "Trade"},
	}
)

const (
	variablesYAML = `- "Final Energy|Data Centers|Electricity":
    description: "Electricity that data centers draw, cooling included"
    unit: "TWh/yr"
- "Efficiency|PUE":
    description: "Energy of the facility over that of its servers"
    unit:
- "Emissions|CO2e":
    unit: "Mt CO2-equiv/yr"
`
	regionsYAML = `- "World":
    - "World"
    - "Benelux":
        description: "Belgium, the Netherlands and Luxembourg"
        iso3_codes: ["BEL", "NLD", "LUX"]
- "Country":
    - "France":
        iso3_codes: ["FRA"]
- "Trade":
    - "France>World"
`
)

func TestListsAreWrittenAsNomenclatureReadsThem(t *testing.T) {
	got := text(t, func(b *bytes.Buffer) error { return WriteCodelist(b, variables) })
	if got != variablesYAML {
		t.Errorf("the variables are\n%s", got)
	}
	var probs diag.List
	list := document.Parse("variables.yaml", []byte(got), &probs)
	if probs.Err() != nil || list.Kind != document.List || len(list.Items) != len(variables) {
		t.Fatalf("%v: %+v", probs.Err(), list)
	}
	for i, v := range variables {
		entry := list.Items[i]
		if len(entry.Fields) != 1 || entry.Fields[0].Key != v.Name || textOf(entry.Get(v.Name).Get("unit")) != v.Unit || textOf(entry.Get(v.Name).Get("description")) != v.Description {
			t.Errorf("entry %d is %+v", i, entry)
		}
	}
	got = text(t, func(b *bytes.Buffer) error { return WriteRegions(b, regions) })
	if got != regionsYAML {
		t.Errorf("the regions are\n%s", got)
	}
	if document.Parse("regions.yaml", []byte(got), &probs); probs.Err() != nil {
		t.Error(probs.Err())
	}
}

func textOf(n *document.Node) string {
	if n == nil {
		return ""
	}
	return n.Text
}

func TestAListThatNomenclatureRefusesIsNotWritten(t *testing.T) {
	for name, tc := range map[string]struct {
		variables []Variable
		want      []string
	}{
		"nothing":          {nil, []string{"the list of variables is empty [missing-value]"}},
		"a name twice":     {[]Variable{{Name: "V"}, {Name: "V", Unit: "kg"}}, []string{`the variable "V" is listed twice [duplicate-name]`}},
		"a colon":          {[]Variable{{"V", "kg", "Mass: all"}}, []string{"the description of the variable \"V\" has a \":\" [bad-value]\n   nomenclature takes none of { } : ; \" in a list of names"}},
		"a line end":       {[]Variable{{"V", "kg", "a\nb"}}, []string{`the description of the variable "V" has a character that nobody sees, or a line end [bad-value]`}},
		"a unit of 1":      {[]Variable{{"V", "1", ""}}, []string{`the variable "V" has the unit "1", which nomenclature reads as JSON and refuses [bad-unit]`}},
		"a unit of null":   {[]Variable{{"V", "Infinity", ""}}, []string{`the variable "V" has the unit "Infinity", which nomenclature reads as JSON and refuses [bad-unit]`}},
		"a unit of braces": {[]Variable{{"V", "{x}", ""}}, []string{"the unit \"{x}\" has one of { } : ; \" [bad-value]\n   nomenclature takes none of them in a list of names"}},
		"an empty part":    {[]Variable{{"V|", "kg", ""}}, []string{"the variable \"V|\" has an empty part before or behind a \"|\" [bad-value]\n   \"|\" joins the parts of a name, without spaces around it"}},
	} {
		var probs diag.List
		CheckVariables(tc.variables, &probs)
		same(t, name, &probs, tc.want)
		var b bytes.Buffer
		if err := WriteCodelist(&b, tc.variables); err == nil || b.Len() > 0 {
			t.Errorf("%s: written is %q, %v", name, b.String(), err)
		}
	}
	for name, tc := range map[string]struct {
		regions []Region
		want    []string
	}{
		"nothing":        {nil, []string{"the list of regions is empty [missing-value]"}},
		"no hierarchy":   {[]Region{{Name: "R"}}, []string{`the region "R" has no hierarchy [missing-value]`}},
		"a name twice":   {[]Region{{Name: "R", Hierarchy: "A"}, {Name: "R", Hierarchy: "B"}}, []string{`the region "R" is listed twice [duplicate-name]`}},
		"a code of two":  {[]Region{{Name: "France", Hierarchy: "A", ISO3: []string{"FR", "fra"}}}, []string{`the region "France" has the code "FR": expected three capital letters, by ISO 3166-1 [bad-value]`, `the region "France" has the code "fra": expected three capital letters, by ISO 3166-1 [bad-value]`}},
		"a flow":         {[]Region{{Name: "A>B", Hierarchy: "Trade"}, {Name: "A", Hierarchy: "T"}}, []string{`the region "A>B" is a flow from or to "B", which is not listed [unknown-name]`}},
		"a brace":        {[]Region{{Name: "A", Hierarchy: "{T}"}}, []string{"the hierarchy of the region \"A\" has a \"{\" [bad-value]\n   nomenclature takes none of { } : ; \" in a list of names"}},
		"an empty name":  {[]Region{{Hierarchy: "T"}}, []string{"the region \"\" is empty [missing-value]\n   pyam refuses empty cells in every column but unit"}},
		"a missing name": {[]Region{{Name: "NA", Hierarchy: "T"}}, []string{"the region \"NA\" reads as an empty cell [missing-value]\n   pandas, which pyam reads files with, takes it for missing, and pyam refuses the file\n   write the name in full"}},
	} {
		var probs diag.List
		CheckRegions(tc.regions, &probs)
		same(t, name, &probs, tc.want)
		var b strings.Builder
		if err := WriteRegions(&b, tc.regions); err == nil || b.Len() > 0 {
			t.Errorf("%s: written is %q, %v", name, b.String(), err)
		}
	}
}

// PyYAML reads lists for nomenclature. Where it is installed, it is asked what it makes of ours, and nomenclature's from_dict, shortened, of that.
func TestPyYAMLReadsLists(t *testing.T) {
	if err := exec.Command("python3", "-c", "import yaml").Run(); err != nil {
		t.Skip("python3 with PyYAML is not installed")
	}
	long := append([]Variable{{strings.Repeat("A", maxName), "%", "Zoë's share, 100 % of it # not a comment - or a list"}, {"Yes", "no", "~"}}, variables...)
	read := exec.Command("python3", "-c", `
import json, sys, yaml
def code(item):
    if isinstance(item, str):
        return [item, {}]
    (name, attributes), = item.items()
    assert "definition" not in attributes and all(key.isidentifier() for key in attributes)
    return [name, attributes]
variables, regions = sys.stdin.buffer.read().decode("utf-8").split("---\n")
print(json.dumps([code(v) for v in yaml.safe_load(variables)]))
print(json.dumps([[group] + code(r) for part in yaml.safe_load(regions) for group, codes in part.items() for r in codes]))
`)
	read.Stdin = strings.NewReader(text(t, func(b *bytes.Buffer) error { return WriteCodelist(b, long) }) + "---\n" +
		text(t, func(b *bytes.Buffer) error { return WriteRegions(b, regions) }))
	out, err := read.CombinedOutput()
	want := `[["` + long[0].Name + `", {"description": "Zo\u00eb's share, 100 % of it # not a comment - or a list", "unit": "%"}], ` +
		`["Yes", {"description": "~", "unit": "no"}], ` +
		`["Final Energy|Data Centers|Electricity", {"description": "Electricity that data centers draw, cooling included", "unit": "TWh/yr"}], ` +
		`["Efficiency|PUE", {"description": "Energy of the facility over that of its servers", "unit": null}], ["Emissions|CO2e", {"unit": "Mt CO2-equiv/yr"}]]
[["World", "World", {}], ["World", "Benelux", {"description": "Belgium, the Netherlands and Luxembourg", "iso3_codes": ["BEL", "NLD", "LUX"]}], ` +
		`["Country", "France", {"iso3_codes": ["FRA"]}], ["Trade", "France>World", {}]]
`
	if err != nil || string(out) != want {
		t.Errorf("%v: read is\n%s", err, out)
	}
}
