package names

import (
	"slices"
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

// The order is what ailca regions prints and what a reader of the file finds things by.
func TestTheRegistryIsInOrderOfKindAndCode(t *testing.T) {
	table := Regions()
	kinds := []string{"world", "continent", "country", "subdivision", "grid_zone", "provider_region"}
	if got := table.Kinds(); !slices.Equal(got, kinds) {
		t.Fatalf("the kinds are %q, want %q", got, kinds)
	}
	last := Region{}
	for _, code := range table.Codes() {
		r, _ := table.Lookup(code)
		if at, before := slices.Index(kinds, r.Kind), slices.Index(kinds, last.Kind); at < before || at == before && r.Code <= last.Code {
			t.Errorf("%s (%s) stands behind %s (%s)", r.Code, r.Kind, last.Code, last.Kind)
		}
		last = r
	}
}

func TestFinerRegionsLieInCountries(t *testing.T) {
	table := Regions()
	for _, code := range table.Codes() {
		r, _ := table.Lookup(code)
		country := ""
		for at, ok := code, true; ok; at, ok = table.Parent(at) {
			if whole, _ := table.Lookup(at); whole.Kind == "country" {
				country = at
			}
		}
		prefix, _, prefixed := strings.Cut(code, ":")
		switch r.Kind {
		case "subdivision":
			// ISO 3166-2 opens with the alpha-2 code of the country.
			if of, _ := table.Canonical(strings.SplitN(code, "-", 2)[0]); country == "" || of != country || r.Parent != country {
				t.Errorf("%s is part of %s, its code says %q", code, r.Parent, of)
			}
		case "grid_zone":
			// ISO 3166-1 has no code for Kosovo.
			if (country == "") != (code == "em:XK") || !slices.Contains([]string{"cambium", "egrid", "em"}, prefix) {
				t.Errorf("the grid zone %s lies in the country %q", code, country)
			}
		case "provider_region":
			if country == "" || !slices.Contains([]string{"aws", "azure", "coreweave", "gcp", "ovh", "seeweb"}, prefix) {
				t.Errorf("the provider's region %s lies in the country %q", code, country)
			}
		default:
			if prefixed {
				t.Errorf("the %s %s has a code of somebody's own", r.Kind, code)
			}
		}
	}
	for code, want := range map[string]string{
		"aws:us-east-1":     "aws:us-east-1 US-VA USA NOA WOR",
		"azure:eastus3":     "azure:eastus3 US-GA USA NOA WOR",
		"gcp:europe-west1":  "gcp:europe-west1 BEL EUR WOR",
		"aws:us-gov-west-1": "aws:us-gov-west-1 USA NOA WOR",
		"CA-QC":             "CA-QC CAN NOA WOR",
		"em:ES-CN-TE":       "em:ES-CN-TE ES-CN ESP EUR WOR",
		"em:JP-TK":          "em:JP-TK JPN ASI WOR",
		"egrid:CAMX":        "egrid:CAMX USA NOA WOR",
		"cambium:CAMXc":     "cambium:CAMXc USA NOA WOR",
	} {
		var chain []string
		for at, ok := code, true; ok; at, ok = table.Parent(at) {
			chain = append(chain, at)
		}
		if got := strings.Join(chain, " "); got != want {
			t.Errorf("the chain is %s, want %s", got, want)
		}
	}
}

// What sources call a state must not have become a country's, nor the other way round.
func TestNamesThatTwoRegionsCouldHave(t *testing.T) {
	table := Regions()
	for name, want := range map[string]string{
		"Georgia": "GEO", "Georgia (US)": "US-GA", "CA": "CAN", "DE": "DEU", "IN": "IND", "GA": "GAB", "AL": "ALB", "Quebec": "CA-QC", "québec": "CA-QC",
		"british columbia": "CA-BC", "California": "US-CA", "VA": "VAT", "Puerto Rico": "PRI", "CN-HK": "HKG", "IT-NO": "", "us-east-1": "", "SE4": "em:SE-SE4",
	} {
		if code, _ := table.Canonical(name); code != want {
			t.Errorf("%s is %q, want %q", name, code, want)
		}
	}
}

func TestWhatSomebodyMeantIsOfTheSortThatWasWritten(t *testing.T) {
	table := Regions()
	for word, want := range map[string]string{
		"FRX": "FRA", "FRAX": "FRA", "USX": "USA", "IEL": "BEL", "EURO": "EUR", // three or four letters: a country's code, not IE-L or em:XK
		"Frence": "FRA", "Guinea-Bisau": "GNB", "Californa": "US-CA", "ontraio": "CA-ON",
		"Azure": "", "Google": "", "AWS US East": "", // more than one region begins so
		"us-east-1": "aws:us-east-1", "us-east1": "gcp:us-east1", "eastus2": "azure:eastus2", "camx": "egrid:CAMX", "US-CAL-CISO": "em:US-CAL-CISO",
		"aws:us-east-11": "aws:us-east-1", "gcp:europewest1": "gcp:europe-west1", "em:US-CAL-CIS": "em:US-CAL-CISO", "azure:west europe": "azure:westeurope",
	} {
		if got := table.Nearest(word); got != want {
			t.Errorf("somebody who wrote %q meant %q, found %q", word, want, got)
		}
	}
}

func BenchmarkLoadRegions(b *testing.B) {
	for b.Loop() {
		var probs diag.List
		LoadRegions("regions.csv", regionsText, &probs)
	}
}

func BenchmarkLookupAndParent(b *testing.B) {
	table := Regions()
	for b.Loop() {
		table.Lookup("FRA")
		table.Parent("FRA")
	}
}
