package importers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The tables of the open pack that others publish are what the importers read of the published files: every row, no other, to the digit.
func TestTheOpenPackIsWhatWasPublished(t *testing.T) {
	var probs diag.List
	p := factors.Embedded("open@2025.2", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	google := []string{"2019.csv", "2020.csv", "2021.csv", "2022.csv", "2023.csv", "2024.csv"}
	for i := range google {
		google[i] = "google-region-carbon/" + google[i]
	}
	for _, tc := range []struct {
		pack, format, table, factor string // factor: of the imported table, rows of this one alone
		files                       []string
		options                     Options
	}{
		{"electricity.csv", "owid", "owid", "", []string{"owid-ember/carbon-intensity-electricity.csv"}, Options{Released: "2026-04"}},
		{"electricity_2024.csv", "codecarbon", "codecarbon_countries", "", []string{"codecarbon/global_energy_mix.json"}, Options{Released: "2024"}},
		{"us_states.csv", "codecarbon", "codecarbon_usa", "", []string{"codecarbon/usa_emissions.json"}, Options{Released: "2018", Year: 2016}},
		{"canada_mix.csv", "codecarbon", "codecarbon_canada_mix", "", []string{"codecarbon/canada_energy_mix.json"}, Options{Released: "2025-08-08", Year: 2023}},
		{"us_grid_regions.csv", "cambium", "cambium_egrid", "", []string{"cambium-egrid/historical_annual_co2e.csv"}, Options{Released: "2025-08-08"}},
		{"google_regions.csv", "google-regions", "google_regions", "electricity", google, Options{Released: "2025-12-03"}},
		{"google_cfe.csv", "google-regions", "google_regions", "provider_carbon_free_share", google, Options{Released: "2025-12-03"}},
		{"azure_regions.csv", "azure-regions", "azure_regions", "", []string{"azure-datacenter-facts/regiondata.json"}, Options{Released: "2025-02-06"}},
	} {
		t.Run(tc.pack, func(t *testing.T) {
			var files []File
			for _, name := range tc.files {
				files = append(files, published(t, name))
			}
			read := imported(t, tc.format, tc.options, files...)
			var want, have []string
			for _, r := range read.rows[tc.table] {
				if tc.factor == "" && r.Factor == "provider_renewable_share" { // stated without saying what it counts: not in the pack
					continue
				}
				if tc.factor == "" || r.Factor == tc.factor {
					v := Row{Factor: r.Factor, Category: r.Category, Region: r.Region, Technology: r.Technology, Flow: r.Flow, Point: r.Point, Scope: r.Scope, Margin: r.Margin}
					want = append(want, fmt.Sprintln(v, r.From, r.To, digits(t, r.Value), r.Unit, read.tables[tc.table].Released))
				}
			}
			for i := range p.Rows {
				r := &p.Rows[i]
				if table := p.Table(r); table == nil || table.File != tc.pack {
					continue
				}
				v := Row{Factor: r.Factor, Category: r.Category, Region: r.Region, Technology: r.Technology, Flow: r.Flow, Point: r.Point, Scope: r.Scope, Margin: r.Margin}
				have = append(have, fmt.Sprintln(v, r.From, r.To, r.Value, r.UnitText, r.Released))
			}
			slices.Sort(want)
			slices.Sort(have)
			if len(want) != len(have) || len(have) == 0 {
				t.Errorf("%d rows in the pack, %d published", len(have), len(want))
			}
			for i := range min(len(want), len(have)) {
				if want[i] != have[i] {
					t.Fatalf("the pack has %s, published is %s", strings.TrimSpace(have[i]), strings.TrimSpace(want[i]))
				}
			}
		})
	}
}

// digits is a value as the pack's loader reads it.
func digits(t *testing.T, text string) float64 {
	var v float64
	if _, err := fmt.Sscan(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
