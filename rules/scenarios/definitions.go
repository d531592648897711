package scenarios

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

//go:embed drivers.yaml
var definitionFile embed.FS

// Definition is a driver that scenarios may give values of: a row of drivers.yaml.
type Definition struct {
	Name     string         `doc:"name,required"`
	Title    string         `doc:"title,required"`
	Unit     string         `doc:"unit,required"`
	Doc      string         `doc:"doc,required"`
	By       []string       `doc:"by"` // what it may be told apart by
	Min      *float64       `doc:"min"`
	Max      *float64       `doc:"max"`
	Acts     []Act          `doc:"acts"`
	Devices  []Act          `doc:"devices"`  // what it does to the number of devices that are needed
	Role     string         `doc:"role"`     // what else it is, see Roles
	Value    *float64       `doc:"value"`    // of a role, where a scenario says nothing
	Source   string         `doc:"source"`   // of that value
	Holds    []string       `doc:"holds"`    // drivers whose effects are in it already
	Variable string         `doc:"variable"` // its name where scenarios are exchanged
	At       *document.Node `doc:"@"`

	unit unit.Unit
}

// Act is what a driver multiplies: all impacts that have one of the words of each list that is not empty.
type Act struct {
	Kinds        []string `doc:"kinds"`
	Stages       []string `doc:"stages"`
	Perspectives []string `doc:"perspectives"`
	Categories   []string `doc:"categories"`
	Factors      []string `doc:"factors"` // that the amount is multiplied by, as methods name them
	Reads        []string `doc:"reads"`   // quantities of the method that the amount depends on
	Power        int      `doc:"power"`   // 0: 1
}

// Exponent is the power with which the driver's ratio to the base year multiplies.
func (a *Act) Exponent() int {
	if a.Power == 0 {
		return 1
	}
	return a.Power
}

// Roles of drivers that do not multiply impacts, or do more than that.
const (
	RoleLifetime   = "lifetime"       // mean service life of devices shipped in the year
	RoleShape      = "lifetime_shape" // shape of its Weibull distribution
	RoleCohorts    = "cohorts"        // efficiency of devices shipped in the year, which they keep
	RoleShipments  = "shipments"      // devices shipped, where they do not follow from what is needed
	RoleReuse      = "reuse"          // share of the mass of retired devices that is used again
	RoleCollection = "collection"     // share of the rest that is collected for recycling
	RoleAI         = "ai"             // electricity of AI, where it is known by itself
	RoleSector     = "sector"         // electricity of a sector, of which AI is a share
	RoleShare      = "share"          // that share
)

var roles = []string{RoleLifetime, RoleShape, RoleCohorts, RoleShipments, RoleReuse, RoleCollection, RoleAI, RoleSector, RoleShare}

// Dimensions are what drivers may be told apart by.
var Dimensions = []string{"region", "task", "category", "kind"}

// Definitions are all drivers, in the order of the file.
var Definitions = sync.OnceValue(func() []Definition {
	const file = "drivers.yaml"
	text, err := definitionFile.ReadFile(file)
	if err != nil {
		panic(err) // the file is part of the program
	}
	var probs diag.List
	out := parseDefinitions("rules/scenarios/"+file, text, &probs)
	if err := probs.Err(); err != nil {
		panic(err)
	}
	return out
})

func parseDefinitions(file string, text []byte, probs *diag.List) []Definition {
	root := document.Parse(file, text, probs)
	if root == nil {
		return nil
	}
	var raw struct {
		Drivers []Definition `doc:"drivers,required"`
	}
	document.Decode(root, &raw, probs)
	words := lca.Words()
	for i := range raw.Drivers {
		d := &raw.Drivers[i]
		u, err := unit.Parse(d.Unit)
		if err != nil {
			probs.Add(d.At.Problem(diag.BadUnit, "%v", err))
		}
		d.unit = u
		for _, by := range d.By {
			if !slices.Contains(Dimensions, by) {
				probs.Add(d.At.Problem(diag.UnknownName, "no driver is told apart by %q", by))
			}
		}
		for _, a := range slices.Concat(d.Acts, d.Devices) {
			for _, x := range []struct{ of, known []string }{{a.Stages, lca.Names(words.Stages)}, {a.Perspectives, lca.Names(words.Perspectives)}, {a.Categories, lca.Words().CategoryNames()}} {
				for _, w := range x.of {
					if !slices.Contains(x.known, w) {
						probs.Add(d.At.Problem(diag.UnknownName, "unknown word %q", w))
					}
				}
			}
		}
		if slices.ContainsFunc(raw.Drivers[:i], func(o Definition) bool { return o.Name == d.Name }) {
			probs.Add(d.At.Problem(diag.DuplicateName, "%s stands twice", d.Name))
		}
		if d.Role != "" && !slices.Contains(roles, d.Role) {
			probs.Add(d.At.Get("role").Problem(diag.UnknownName, "no driver has the role %q", d.Role))
		}
		if d.Role != "" && slices.ContainsFunc(raw.Drivers[:i], func(o Definition) bool { return o.Role == d.Role }) {
			probs.Add(d.At.Get("role").Problem(diag.DuplicateName, "the role %s has two drivers", d.Role))
		}
		if d.Value != nil && strings.TrimSpace(d.Source) == "" {
			probs.Add(d.At.Problem(diag.MissingValue, "the value of %s needs a source", d.Name))
		}
	}
	return raw.Drivers
}

// DefinitionOf finds a driver by its name.
func DefinitionOf(name string) (*Definition, bool) {
	all := Definitions()
	for i := range all {
		if all[i].Name == name {
			return &all[i], true
		}
	}
	return nil, false
}

// kindNames are the kinds of inventory that drivers act on.
func kindNames() []string {
	var out []string
	for _, d := range Definitions() {
		for _, a := range d.Acts {
			for _, k := range a.Kinds {
				if !slices.Contains(out, k) {
					out = append(out, k)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func definitionNames() []string {
	var out []string
	for _, d := range Definitions() {
		out = append(out, d.Name)
	}
	return out
}
