package iamc

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Variable is an entry of a list of variables, as nomenclature reads it.
type Variable struct {
	Name        string
	Unit        string // empty for a number without dimension
	Description string // recommended
}

// Region is an entry of a list of regions.
type Region struct {
	Name        string
	Hierarchy   string   // the group that it stands in, such as "Country" or "World"; needed
	Description string   // may be empty
	ISO3        []string // codes of its countries by ISO 3166-1, three letters each; may be empty
}

// WriteCodelist writes the file definitions/variable/*.yaml of a nomenclature project: a list of names, each with description and unit (nomenclature,
// user_guide/variable.rst), in the order given. It is written as YAML 1.1 reads it, which PyYAML does: all texts in quotes. A list in which CheckVariables finds
// an error is not written.
func WriteCodelist(w io.Writer, variables []Variable) error {
	var probs diag.List
	CheckVariables(variables, &probs)
	if err := probs.Err(); err != nil {
		return err
	}
	var b strings.Builder
	for _, v := range variables {
		fmt.Fprintf(&b, "- %s:\n", document.Quote(v.Name))
		if v.Description != "" {
			fmt.Fprintf(&b, "    description: %s\n", document.Quote(v.Description))
		}
		if b.WriteString("    unit:"); v.Unit != "" {
			b.WriteString(" " + document.Quote(v.Unit))
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteRegions writes the file definitions/region/*.yaml of a nomenclature project: regions under their hierarchies (nomenclature, user_guide/region.rst), in the
// order given, a hierarchy where it is met first. A list in which CheckRegions finds an error is not written.
func WriteRegions(w io.Writer, regions []Region) error {
	var probs diag.List
	CheckRegions(regions, &probs)
	if err := probs.Err(); err != nil {
		return err
	}
	var order []string
	groups := map[string][]Region{}
	for _, r := range regions {
		if groups[r.Hierarchy] == nil {
			order = append(order, r.Hierarchy)
		}
		groups[r.Hierarchy] = append(groups[r.Hierarchy], r)
	}
	var b strings.Builder
	for _, name := range order {
		fmt.Fprintf(&b, "- %s:\n", document.Quote(name))
		for _, r := range groups[name] {
			fmt.Fprintf(&b, "    - %s", document.Quote(r.Name))
			if r.Description == "" && len(r.ISO3) == 0 {
				b.WriteString("\n") // a name alone: nomenclature/code.py: from_dict takes no empty mapping
				continue
			}
			b.WriteString(":\n")
			if r.Description != "" {
				fmt.Fprintf(&b, "        description: %s\n", document.Quote(r.Description))
			}
			if len(r.ISO3) > 0 {
				fmt.Fprintf(&b, "        iso3_codes: [\"%s\"]\n", strings.Join(r.ISO3, `", "`))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// CheckVariables adds to probs what nomenclature refuses of a list of variables: what Table.Check says of names and units, a name twice
// (nomenclature/codelist.py: from_directory), one of { } : ; " in a description (check_illegal_characters), and a unit that is JSON, for it is read as what that means
// (nomenclature/code.py: deserialize_json). A list without an entry is refused too (nomenclature/definition.py: "Empty codelist").
func CheckVariables(variables []Variable, probs *diag.List) {
	l := list{probs: probs, what: "variable"}
	l.some(len(variables))
	for _, v := range variables {
		l.name(variable, v.Name)
		l.judge(unit, v.Unit)
		if v.Unit != "" && isJSON(v.Unit) {
			probs.Errorf(diag.BadUnit, diag.Place{}, "the variable %q has the unit %q, which nomenclature reads as JSON and refuses", v.Name, v.Unit)
		}
		l.prose(v.Name, "description", v.Description)
	}
}

// CheckRegions adds to probs what nomenclature refuses of a list of regions: what Table.Check says of names, a name twice, also under another hierarchy, one of
// { } : ; " in another text, a code that has not three capital letters (nomenclature/code.py: check_iso3_codes), and a flow "A>B" between regions that are not
// listed (nomenclature/codelist.py: check_directional_regions).
func CheckRegions(regions []Region, probs *diag.List) {
	l := list{probs: probs, what: "region"}
	l.some(len(regions))
	listed := map[string]bool{}
	for _, r := range regions {
		listed[r.Name] = true
	}
	for _, r := range regions {
		l.name(region, r.Name)
		if r.Hierarchy == "" {
			probs.Errorf(diag.MissingValue, diag.Place{}, "the region %q has no hierarchy", r.Name)
		}
		l.prose(r.Name, "hierarchy", r.Hierarchy)
		l.prose(r.Name, "description", r.Description)
		for _, code := range r.ISO3 {
			if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
				probs.Errorf(diag.BadValue, diag.Place{}, "the region %q has the code %q: expected three capital letters, by ISO 3166-1", r.Name, code)
			}
		}
		ends := strings.Split(r.Name, ">")
		if len(ends) == 1 {
			continue
		}
		for _, end := range ends[:2] { // nomenclature/code.py: origin, destination
			if !listed[end] {
				probs.Errorf(diag.UnknownName, diag.Place{}, "the region %q is a flow from or to %q, which is not listed", r.Name, end)
			}
		}
	}
}

// list checks a list of names.
type list struct {
	probs *diag.List
	what  string
	met   map[string]bool
}

func (l *list) some(entries int) {
	if entries == 0 {
		l.probs.Errorf(diag.MissingValue, diag.Place{}, "the list of %ss is empty", l.what)
	}
}

func (l *list) name(dimension int, name string) {
	l.judge(dimension, name)
	if l.met[name] {
		l.probs.Errorf(diag.DuplicateName, diag.Place{}, "the %s %q is listed twice", l.what, name)
	}
	if l.met == nil {
		l.met = map[string]bool{}
	}
	l.met[name] = true
}

// judge tells what the rules of names say.
func (l *list) judge(dimension int, name string) {
	for _, f := range judge(dimension, name) {
		l.probs.Add(diag.Problem{Code: f.code, Severity: f.severity, Message: fmt.Sprintf("the %s %q %s", dimensions[dimension], diag.Excerpt(name, 80), f.message), Why: f.why, Hint: f.hint})
	}
}

// prose checks a text that is no name.
func (l *list) prose(name, attribute, text string) {
	if bad := strings.IndexAny(text, illegal); bad >= 0 {
		l.probs.Add(diag.Problem{Code: diag.BadValue, Message: fmt.Sprintf("the %s of the %s %q has a %q", attribute, l.what, name, text[bad:bad+1]),
			Why: "nomenclature takes none of { } : ; \" in a list of names"})
	}
	if strings.ContainsFunc(text, unseen) || !utf8.ValidString(text) {
		l.probs.Errorf(diag.BadValue, diag.Place{}, "the %s of the %s %q has a character that nobody sees, or a line end", attribute, l.what, name)
	}
}

// CheckListed adds to probs each variable of the table that is not listed, or is listed with another unit, and each region that is not, as nomenclature's
// DataStructureDefinition.validate does (nomenclature/codelist.py: validate_data, validate_units). A list that is nil is not looked at.
func (t *Table) CheckListed(variables []Variable, regions []Region, probs *diag.List) {
	units, places := map[string]string{}, map[string]bool{}
	for _, v := range variables {
		units[v.Name] = v.Unit
	}
	for _, r := range regions {
		places[r.Name] = true
	}
	for _, row := range t.Rows() {
		if want, ok := units[row.Variable]; variables != nil && !ok {
			probs.Errorf(diag.UnknownName, diag.Place{}, "the variable %q is not listed", row.Variable)
		} else if variables != nil && want != row.Unit {
			probs.Errorf(diag.UnitMismatch, diag.Place{}, "the variable %q has the unit %q; listed is %q", row.Variable, row.Unit, want)
		}
		if regions != nil && !places[row.Region] {
			probs.Errorf(diag.UnknownName, diag.Place{}, "the region %q is not listed", row.Region)
		}
	}
}
