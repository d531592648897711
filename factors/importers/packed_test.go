package importers

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// folder keeps in memory what a PackWriter writes.
type folder struct{ fstest.MapFS }

func (f folder) create(name string) (io.WriteCloser, error) {
	return &memory{folder: f, name: name}, nil
}

type memory struct {
	bytes.Buffer
	folder folder
	name   string
}

func (m *memory) Close() error {
	m.folder.MapFS[m.name] = &fstest.MapFile{Data: m.Bytes()}
	return nil
}

// packed is an import as somebody makes it who types the command: files are read, the pack is written and loaded. It is nil where problems came
// before or nothing was read.
func packed(t *testing.T, format string, o Options, probs *diag.List, files ...File) (*factors.Pack, folder) {
	t.Helper()
	f, ok := Find(format)
	if !ok {
		t.Fatalf("there is no format %s", format)
	}
	to := folder{fstest.MapFS{}}
	w := NewPackWriter("mine", to.create)
	Import(f, files, o, w, probs)
	if probs.Count(diag.Error) > 0 || w.Rows() == 0 {
		return nil, to
	}
	if err := w.Close(f, "Imported as a test."); err != nil {
		t.Fatal(err)
	}
	p := w.Load(to, "pack", probs)
	for _, problem := range probs.Problems() {
		if strings.Contains(problem.String(), "pack/") {
			t.Errorf("a problem is told in the pack instead of the file that was read: %s", problem)
		}
	}
	return p, to
}

// Every published file becomes a pack without a problem.
func TestWhatIsPublishedBecomesAPack(t *testing.T) {
	for _, tc := range []struct {
		format string
		o      Options
		files  []string
	}{
		{"azure-regions", Options{}, []string{"azure-datacenter-facts/regiondata.json"}},
		{"boavizta-pcf", Options{}, []string{"boavizta-pcf/boavizta-data-fr.csv"}},
		{"boavizta-pcf", Options{}, []string{"boavizta-pcf/boavizta-data-us.csv"}},
		{"cambium", Options{}, []string{"cambium-egrid/future_annual_co2e.csv", "cambium-egrid/historical_annual_co2e.csv"}},
		{"ccf", Options{Year: 2021}, []string{"ccf/grid-emissions-factors-aws.csv", "ccf/grid-emissions-factors-azure.csv", "ccf/grid-emissions-factors-gcp.csv", "ccf/coefficients-aws-embodied.csv",
			"ccf/coefficients-gcp-embodied.csv", "ccf/coefficients-azure-embodied.csv", "ccf/aws-instances-latest-2026.csv", "ccf/gcp-instances-latest-2026.csv", "ccf/coefficients-aws-use.csv"}},
		{"codecarbon", Options{Year: 2023}, []string{"codecarbon/global_energy_mix.json", "codecarbon/usa_emissions.json", "codecarbon/canada_energy_mix.json", "codecarbon/carbon_intensity_per_source.json",
			"codecarbon/water_consumption_per_source.json", "codecarbon/impact.csv", "codecarbon/nordic_emissions.json"}},
		{"codecarbon", Options{}, []string{"codecarbon/eu-carbon-intensity-electricity.csv"}},
		{"ecologits", Options{}, []string{"ecologits/electricity_mixes.csv"}},
		{"electricity-maps", Options{Year: 2023}, []string{"co2js/electricity-maps-yearly_2023.json"}},
		{"google-regions", Options{}, []string{"google-region-carbon/2019.csv", "google-region-carbon/2024.csv"}},
		{"green-algorithms", Options{}, []string{"green-algorithms/CI_aggregated.csv", "green-algorithms/cloudProviders_datacenters.csv", "green-algorithms/defaults_PUE.csv"}},
		{"owid", Options{}, []string{"owid-ember/carbon-intensity-electricity.csv"}},
		{"mapped", Options{Mapping: mappingOf(t, "owid.yaml")}, []string{"owid-ember/carbon-intensity-electricity.csv"}},
		{"mapped", Options{Mapping: mappingOf(t, "weights.yaml")}, []string{"boavizta-pcf/boavizta-data-fr.csv"}},
		{"mapped", Options{Mapping: mappingOf(t, "egrid_wide.yaml")}, []string{"cambium-egrid/historical_annual_co2e.csv"}},
	} {
		t.Run(tc.format+" "+tc.files[0], func(t *testing.T) {
			var files []File
			for _, name := range tc.files {
				files = append(files, published(t, name))
			}
			var probs diag.List
			tc.o.Released = "2026-08-08"
			p, _ := packed(t, tc.format, tc.o, &probs, files...)
			if err := probs.Err(); err != nil {
				t.Error(err)
			}
			if p == nil || len(p.Rows) == 0 {
				t.Error("no pack")
			}
		})
	}
}
