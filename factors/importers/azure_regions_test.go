package importers

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

const smallAzure = `[{"id": "westeurope", "carbon": {"pue": "1.158", "renewable": "79%"}, "water": {"wue": "0.08"}}]`

func azure(t *testing.T) *collected {
	t.Helper()
	got := imported(t, "azure-regions", Options{Released: "2025-02-06"}, published(t, "azure-datacenter-facts/regiondata.json"))
	checkRows(t, got)
	return got
}

// 28 regions of three figures each; six have no share of renewable energy.
func TestAzureAccountsForEveryFigureOfEveryRegion(t *testing.T) {
	got := azure(t)
	for factor, want := range map[string]int{"pue": 28, "wue": 28, "provider_renewable_share": 22} {
		if rows := got.find("azure_regions", Row{Factor: factor}); len(rows) != want {
			t.Errorf("%d rows of %s, expected %d", len(rows), factor, want)
		}
	}
	if rows, left := len(got.rows["azure_regions"]), len(got.left); rows != 78 || left != 6 {
		t.Errorf("%d rows and %d left out", rows, left)
	}
	var left []string
	for _, l := range got.left {
		left = append(left, l.What)
	}
	expectTexts(t, left, "greececentral carbon.renewable", "mexicocentral carbon.renewable", "newzealandnorth carbon.renewable", "polandcentral carbon.renewable", "swedencentral carbon.renewable",
		"taiwannorth carbon.renewable")
}

// Figures are texts, shares have a percent sign.
func TestAzureReadsTextsAndPercentSigns(t *testing.T) {
	got := azure(t)
	for factor, want := range map[string]Row{"pue": {Value: "1.358", Unit: "1"}, "wue": {Value: "2.06", Unit: "L/kWh"}} {
		if r := got.find("azure_regions", Row{Factor: factor, Technology: "azure:southeastasia"}); len(r) != 1 || r[0].Value != want.Value || r[0].Unit != want.Unit || r[0].Region != "" || r[0].Quality != "reported" {
			t.Errorf("%s is %+v", factor, r)
		}
	}
	if r := got.find("azure_regions", Row{Factor: "provider_renewable_share", Region: "azure:southeastasia"}); len(r) != 1 || r[0].Value != "13" || r[0].Unit != "%" || r[0].Technology != "" {
		t.Errorf("the share is %+v", r)
	}
}

// One country's figures stand for each of its regions.
func TestAzureKeepsFiguresThatRegionsHaveInCommon(t *testing.T) {
	got := azure(t)
	for _, technology := range []string{"azure:australiaeast", "azure:australiasoutheast"} {
		if r := got.find("azure_regions", Row{Factor: "wue", Technology: technology}); len(r) != 1 || r[0].Value != "0.012" {
			t.Errorf("%s is %+v", technology, r)
		}
	}
}

// A WUE of 0.0 is what the sheet prints; a spread by a factor would not move it.
func TestAzureKeepsAWUEOfZero(t *testing.T) {
	if r := azure(t).find("azure_regions", Row{Factor: "wue", Technology: "azure:newzealandnorth"}); len(r) != 1 || r[0].Value != "0.0" || r[0].Distribution != "fixed" {
		t.Errorf("New Zealand North is %+v", r)
	}
}

func TestAzureSaysWhatIsWrongAndLeavesOut(t *testing.T) {
	var probs diag.List
	got := importedWith(t, "azure-regions", Options{Released: "2025"}, &probs, text("r.json", `[
{"id": "westeurope", "carbon": {"pue": "1,158", "renewable": "0.79"}},
{"id": "eastus", "carbon": {"pue": 1.144, "renewable": " 70 %"}, "water": {"wue": true}},
{"id": "East US", "carbon": {"pue": "1.2"}},
{"id": "atlantis", "carbon": {"pue": "1.2"}, "water": {}},
{"id": "westus3", "carbon": "none", "water": {"wue": "2.24 L"}},
{"carbon": {}}
]`))
	expectProblems(t, &probs, `r.json:2:1: westeurope carbon.renewable: expected a share with its percent sign, such as 13%, found "0.79"`, `eastus water.wue: expected a text or a number, found "true"`,
		`East US stands twice for azure:eastus: as "eastus" before`, `r.json:6:1: westus3 carbon: expected an object, found`, `westus3 water.wue: expected a number, found "2.24 L"`,
		"the entry has no id")
	var values []string
	for _, r := range got.rows["azure_regions"] {
		values = append(values, r.Factor+" "+r.Value)
	}
	expectTexts(t, values, "pue 1.158", "pue 1.144", "provider_renewable_share 70")
	var why []string
	for _, l := range got.left {
		why = append(why, l.What+": "+l.Why)
	}
	expectTexts(t, why, "westeurope water.wue: no value", `atlantis carbon.pue: the registry has no region "azure:atlantis"`, "atlantis carbon.renewable: no value", "atlantis water.wue: no value")
}

func TestAzureRefusesAnotherToolsArray(t *testing.T) {
	for content, problem := range map[string]string{`[{"a": 1}, {"b": 2}]`: "the entry has no id", `[{"id": "x", "b": 2}, {"id": "y"}]`: `the entry "x" has neither of the keys carbon, water`} {
		var probs diag.List
		importedWith(t, "azure-regions", Options{Released: "2025"}, &probs, text("a.json", content))
		expectProblems(t, &probs, problem)
	}
}
