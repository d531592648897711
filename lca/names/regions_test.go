package names

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const small = `code,name,kind,parent,aliases
WOR,World,world,,Earth; the world
EUR,Europe,continent,WOR,
FRA,France,country,EUR,FR;French Republic
DEU,Germany,country,EUR,DE
`

func load(t *testing.T, text string) (*RegionTable, []string) {
	t.Helper()
	var probs diag.List
	table := LoadRegions("r.csv", []byte(text), &probs)
	var out []string
	for _, p := range probs.Problems() {
		out = append(out, strings.SplitN(p.String(), "\n", 2)[0])
	}
	return table, out
}

func TestARegionIsFoundByCodeNameAndAlias(t *testing.T) {
	table, probs := load(t, small)
	if len(probs) > 0 {
		t.Fatal(probs)
	}
	for name, want := range map[string]string{"FRA": "FRA", "fra": "FRA", " France ": "FRA", "french republic": "FRA", "FR": "FRA", "the world": "WOR", "Atlantis": "", "": ""} {
		if code, ok := table.Canonical(name); code != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", name, code, ok, want)
		}
	}
	if _, ok := table.Lookup("France"); ok {
		t.Error("Lookup took a name for a code")
	}
	if r, ok := table.Lookup("DEU"); !ok || r.Name != "Germany" || r.Kind != "country" {
		t.Errorf("DEU is %+v, %v", r, ok)
	}
	for word, want := range map[string]string{"FRX": "FRA", "Frence": "FRA", "germany": "DEU", "zzzzzzzzz": ""} {
		if got := table.Nearest(word); got != want {
			t.Errorf("somebody who wrote %q meant %q, found %q", word, want, got)
		}
	}
}

func TestParentsLeadToTheWorld(t *testing.T) {
	table, _ := load(t, small)
	var chain []string
	for code, ok := "FRA", true; ok; code, ok = table.Parent(code) {
		chain = append(chain, code)
	}
	if got := strings.Join(chain, " "); got != "FRA EUR WOR" {
		t.Errorf("the chain is %s", got)
	}
	if !table.Within("FRA", "EUR") || !table.Within("FRA", "FRA") || table.Within("EUR", "FRA") || table.Within("QQQ", "QQQ") {
		t.Error("Within is wrong about France and Europe")
	}
}

func TestABrokenTableIsRefused(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"a code twice":          {small + "FRA,Gaul,country,EUR,\n", "r.csv:6: the code FRA stands also in line 4 [duplicate-id]"},
		"an alias of two":       {small + "GAB,Gabon,country,WOR,fr\n", `r.csv:6: "fr" means GAB and, in line 4, FRA [duplicate-name]`},
		"a parent from nowhere": {small + "GAB,Gabon,country,AFR,\n", `r.csv:6: GAB is part of "AFR", which is not in the table [unknown-reference]`},
		"a circle":              {small + "AAA,A,country,BBB,\nBBB,B,country,AAA,\n", "r.csv:6: the parents of AAA go round in a circle [cycle]"},
		"no parent":             {small + "GAB,Gabon,country,,\n", "r.csv:6: GAB is part of no region; only the world (WOR) is [missing-value]"},
		"no name":               {small + "GAB,,country,WOR,\n", "r.csv:6: the region has no name [missing-value]"},
		"other columns":         {"code,name\n", "r.csv:1: not readable as CSV: wrong number of fields [syntax]"},
		"columns in disorder":   {"name,code,kind,parent,aliases\n", "r.csv:1: the columns are name,code,kind,parent,aliases, expected code,name,kind,parent,aliases [missing-column]"},
		"an open quote":         {small + "\"GAB,Gabon", `r.csv:6: not readable as CSV: extraneous or missing " in quoted-field [syntax]`},
	} {
		t.Run(name, func(t *testing.T) {
			_, probs := load(t, tc.text)
			if len(probs) == 0 || probs[0] != tc.want {
				t.Errorf("got %q, want %q", probs, tc.want)
			}
		})
	}
}

func TestTheRegistryIsSoundAndHoldsTheWorldsCountries(t *testing.T) {
	table := Regions() // panics where the file is broken
	countries := 0
	for _, code := range table.Codes() {
		r, _ := table.Lookup(code)
		if !table.Within(code, World) {
			t.Errorf("%s is not in the world", code)
		}
		if r.Kind != "country" {
			continue
		}
		countries++
		if len(code) != 3 || strings.ToUpper(code) != code {
			t.Errorf("%s (%s) is not an ISO 3166-1 alpha-3 code", code, r.Name)
		}
		if parent, _ := table.Parent(code); parent == World {
			t.Errorf("%s (%s) has no continent", code, r.Name)
		}
	}
	if countries < 190 {
		t.Errorf("only %d countries", countries)
	}
	for name, want := range map[string]string{"France": "FRA", "Ireland": "IRL", "World": "WOR", "China": "CHN", "Brazil": "BRA"} {
		if code, _ := table.Canonical(name); code != want {
			t.Errorf("%s is %q, want %s", name, code, want)
		}
	}
	if world, ok := table.Lookup(World); !ok || world.Kind != "world" {
		t.Errorf("the world is %+v", world)
	}
}
