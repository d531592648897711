package study

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// Figures of another sort in one case than in the other are no action: without the fuel supply and the plants, of which a life cycle tells, each study would shrink. Where a lever's words leave the sort open, the rows of the
// pack say it: the pack of this test has a factor of marginal rows alone, and one of average ones.
func TestALeverIsNoChangeOfWhatIsCounted(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pack.yaml": "pack: more\nversion: \"1\"\nstatus: draft\ndate: \"2026-01-01\"\ntitle: One kWh more\ndoc: Made up.\nfactors:\n  - {name: electricity_more, title: One kWh more, per: kWh, keys: [region, year], doc: made up}\n  - {name: electricity_mean, title: A mean kWh, per: kWh, keys: [region, year], doc: made up}\n",
		"factors.csv": "factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,source,url,released,licence,note\n" +
			"electricity_more,climate_change,FRA,,2024,2024,0.4,kg CO2e/kWh,fixed,,production,generation,operational,marginal,modelled,made up,,2025,CC0-1.0,\n" +
			"electricity_mean,climate_change,FRA,,2024,2024,0.05,kg CO2e/kWh,fixed,,production,generation,operational,average,modelled,made up,,2025,CC0-1.0,\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s := projectStudy(t, "overlays: [testdata/marginal, "+dir+"]\n"+gapsOfTest, map[string][]logRow{"hardware": openHardware(), "deployments": {usedRow("deployments", "d", "FRA", 1000, nil)}}, sizing{})
	const set, margins = "name: region, expr: region", "under: {electricity: {select: {flow: production, point: generation, scope: operational, margin: marginal}}}\n"
	for more, want := range map[string]string{
		"factors: {electricity: {select: {flow: production, point: generation, scope: operational, margin: average}}}\n":                                                             "with the lever electricity of climate_change is flow production, point generation, scope operational, margin average, and without it flow production, point generation, scope life_cycle, margin average",
		"factors: {electricity: {of: electricity_more}}\n":                                                                                                                           "the pack's figures of electricity_more for climate_change are marginal, and the lever is not said to be consequential",
		"under: {electricity: {of: electricity_more}}\n":                                                                                                                             "the pack's figures of electricity_more for climate_change are marginal, and the lever is not said to be consequential",
		"approach: consequential\n" + margins + "factors: {electricity: {kinds: [deployments], of: electricity_mean}}\n":                                                             "scope operational, margin average, and without it flow production, point generation, scope operational, margin marginal",
		"approach: consequential\n" + strings.Replace(margins, "{electricity: {", "{elsewhere: {of: electricity, ", 1):                                                               `x.yaml:11:9: nothing of the method observatory@1.1.0 reads the factor "elsewhere" [unused-name]`,
		"approach: consequential\n" + margins + "factors: {electricity: {of: electricity_more}}\n":                                                                                   "",
		"under: {electricity: {select: {flow: production, point: generation, scope: operational, margin: average}}}\n":                                                               "",
		"factors: {electricity: {select: {flow: production, point: generation, scope: life_cycle, margin: residual}, fallbacks: [{kind: {scope: operational, margin: average}}]}}\n": "with the lever electricity of climate_change is flow production, point generation, scope operational, margin average, and without it",
	} {
		_, err := s.ComputeLevers(context.Background(), LeverOptions{Levers: []*levers.Lever{leverOf(t, "x", set, more)}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", more, err, want)
		}
	}
}
