package factors

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// A pack that names no series yet is compared with the pack that names one: else every row of it would be gone, and every row of the other new. The
// value in another unit is the same value.
func TestARowWithoutASeriesIsComparedWithTheOnlySeries(t *testing.T) {
	pack := func(series, unit string, rows ...string) *Pack {
		text := "factor,category,region,technology,valid_from,valid_to,value,unit,distribution,boundary,flow,point,scope,margin,quality,series,source,url,released,licence,note\n"
		for _, row := range rows {
			place, value, _ := strings.Cut(row, " ")
			text += "electricity,climate_change," + place + ",,2020,2020," + value + "," + unit + ",fixed,,production,generation,life_cycle,average,reported," + series + ",a test,,2024,CC0-1.0,\n"
		}
		p, probs := loadFrom(fstest.MapFS{
			"p/pack.yaml": {Data: []byte("pack: p\nversion: \"1\"\nstatus: draft\ndate: \"2025-01-01\"\ntitle: A test\ndoc: made up\nfactors:\n  - {name: electricity, title: Electricity, per: kWh, keys: [region, year], doc: made up}\n")},
			"p/rows.csv":  {Data: []byte(text)},
		}, "p")
		if err := probs.Err(); err != nil {
			t.Fatal(headlines(probs))
		}
		return p
	}
	bare := pack("", "kg CO2e/kWh", "FRA 0.54546", "DEU 0.4", "ESP 0.2")
	named := pack("a-series", "g CO2e/kWh", "FRA 545.46", "DEU 500", "ITA 300")
	var got []string
	for _, c := range Diff(bare, named) {
		switch {
		case c.Was == nil:
			got = append(got, "new "+c.Now.Region)
		case c.Now == nil:
			got = append(got, "gone "+c.Was.Region)
		default:
			got = append(got, fmt.Sprintf("%s %g %s", c.Now.Region, c.Ratio, strings.Join(c.What, " ")))
		}
	}
	if want := "DEU 1.25 value series unit; gone ESP; FRA 0 series unit; new ITA"; strings.Join(got, "; ") != want {
		t.Errorf("%s\nexpected %s", strings.Join(got, "; "), want)
	}
}
