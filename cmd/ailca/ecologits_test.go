package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
)

// What EcoLogits itself publishes, taken in by the method: its mixes become a pack, its models an inventory of a request each, in the country where it puts the provider and
// with the provider's PUE and WUE, which the method has. Of each model energy, carbon, minerals, primary energy and water are those of the published mixes.
func TestEcoLogitsOwnModelsAndMixes(t *testing.T) {
	data, dir := openData(t), t.TempDir()
	pack := filepath.Join(dir, "mixes")
	ran(t, "import", "factors", "ecologits", filepath.Join(data, "ecologits", "electricity_mixes.csv"), "--released", "2025-11-13", "-o", pack)

	// By provider: the organisation's id, where EcoLogits puts it, PUE and WUE; of ranges the middle.
	type provider struct {
		organisation, region string
		pue, wue             float64
	}
	providers := map[string]provider{
		"anthropic":       {"anthropic", "USA", 1.115, 0.5645},
		"cohere":          {"cohere", "USA", 1.09, 0.999},
		"google_genai":    {"google", "USA", 1.09, 0.999},
		"huggingface_hub": {"hugging-face", "USA", 1.115, 0.5645},
		"mistralai":       {"mistral-ai", "SWE", 1.16, 0.09},
		"openai":          {"openai", "USA", 1.2, 0.569},
	}
	var file struct {
		Models []struct {
			Provider, Name string
			Architecture   struct{ Parameters json.RawMessage }
		}
	}
	content, err := os.ReadFile(filepath.Join(data, "ecologits", "models.json"))
	if err != nil {
		t.Skipf("the published file is not at hand: %v", err)
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	kind, _ := datasets.KindByName("deployments")
	var fields []lca.Field
	columns := []string{"deployment_id", "model_id", "organisation", "region", "year", "parameters_active", "parameters_total", "output_tokens", "scope", "source", "licence", "quality"}
	for _, name := range columns {
		c, ok := kind.Column(name)
		if !ok {
			t.Fatalf("no column %s", name)
		}
		fields = append(fields, c.Field)
	}
	b := parquet.NewBuilder(fields)
	of := map[string]provider{}
	for _, m := range file.Models {
		var total float64
		var mixture struct{ Total, Active float64 }
		dense := json.Unmarshal(m.Architecture.Parameters, &total) == nil
		if !dense && json.Unmarshal(m.Architecture.Parameters, &mixture) != nil {
			continue // a range
		}
		if !dense {
			total = mixture.Total
		}
		if total == 0 {
			continue // a range of a dense model, whose parts have other names
		}
		p, ok := providers[m.Provider]
		if !ok {
			t.Fatalf("EcoLogits has the provider %s, the method has not", m.Provider)
		}
		id := m.Provider + " " + m.Name
		of[id] = p
		for i, text := range []string{id, id, p.organisation, p.region} { // each a model of its own
			b.Text(i, text)
		}
		b.Number(4, 2025)
		if dense {
			b.Missing(5)
		} else {
			b.Number(5, mixture.Active*1e9)
		}
		b.Number(6, total*1e9)
		b.Number(7, 400)
		for i, text := range []string{"volume", "EcoLogits 0.9.0, models.json", "MPL-2.0", "modelled"} {
			b.Text(8+i, text)
		}
	}
	var out bytes.Buffer
	if err := parquet.WriteSmall(&out, fields, b.Table(), nil); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"deployments.parquet": out.String(),
		"study.yaml": "study: own\nyear: 2025\nmethod: ecologits@0.9.4\npack: ./mixes\ninventories: {deployments: deployments.parquet}\ngroup_by: [item]\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ran(t, "run", filepath.Join(dir, "study.yaml"), "--out", filepath.Join(dir, "out"))

	results := map[string]map[string]float64{} // by item, of use
	for _, r := range impactsOf(t, filepath.Join(dir, "out", "own", "impacts.parquet")) {
		if results[r.Item] == nil {
			results[r.Item] = map[string]float64{}
		}
		if r.Stage == "inference" {
			results[r.Item][r.Category] += r.Value
		}
	}
	mixes := mixesOf(t, filepath.Join(data, "ecologits", "electricity_mixes.csv"))
	if len(results) != len(of) || len(of) < 200 {
		t.Errorf("results of %d models of %d", len(results), len(of))
	}
	for id, p := range of {
		r, m := results[id], mixes[p.region]
		energy := r["final_energy"]
		if !(energy > 1e-5 && energy < 0.1) {
			t.Errorf("%s: 400 tokens take %v kWh", id, energy)
		}
		want := map[string]float64{"climate_change": energy * m["gwp"], "abiotic_depletion": energy * m["adpe"], "primary_energy": energy * m["pe"],
			"water_consumption": energy / p.pue * (p.wue + p.pue*m["wue"]) / 1000}
		for category, w := range want {
			if math.Abs(r[category]-w) > 1e-12*w {
				t.Errorf("%s: %v of %s, expected %v", id, r[category], category, w)
			}
		}
	}
}

func impactsOf(t *testing.T, file string) []lca.Impact {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.Open(file, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parquet.ReadRows[lca.Impact](f, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// mixesOf reads the file as it stands: by region and column.
func mixesOf(t *testing.T, file string) map[string]map[string]float64 {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	name := slices.Index(records[0], "name")
	out := map[string]map[string]float64{}
	for _, record := range records[1:] {
		out[record[name]] = map[string]float64{}
		for i, column := range records[0] {
			if i != name {
				v, err := strconv.ParseFloat(record[i], 64)
				if err != nil {
					t.Fatal(fmt.Errorf("%s %s: %w", record[name], column, err))
				}
				out[record[name]][column] = v
			}
		}
	}
	return out
}
