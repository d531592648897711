package names

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// told counts what became of the names that a source writes, each counted once.
type told struct{ found, ambiguous, unknown int }

// checkNames looks for every name; unknown says why some are in no registry. What becomes of them must add up to want.
func checkNames(t *testing.T, r *Registry, names []string, want told, unknown map[string]string) {
	t.Helper()
	var got told
	names = slices.Clone(names)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		switch f := r.Find(name); {
		case f.Known():
			got.found++
			if unknown[name] != "" {
				t.Errorf("%q is %s, and listed as unknown: %s", name, f.ID, unknown[name])
			}
		case len(f.Candidates) > 1:
			got.ambiguous++
		default:
			got.unknown++
			if unknown[name] == "" {
				t.Errorf("%q is unknown (near %q)", name, f.Nearest)
			}
		}
	}
	if got != want {
		t.Errorf("of the names %+v, want %+v", got, want)
	}
}

// columnOfFiles reads a column of the published files that match a pattern, of several names where by commas.
func columnOfFiles(t *testing.T, pattern, header, column string, several bool) []string {
	t.Helper()
	published(t, "INDEX.md")
	root := os.Getenv("AILCA_OPENDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "opendata")
	}
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file is like %s: %v", pattern, err)
	}
	var out []string
	for _, file := range files {
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range publishedRows(t, filepath.ToSlash(name), header) {
			parts := []string{row[column]}
			if several {
				parts = strings.Split(row[column], ",")
			}
			for _, part := range parts {
				if part = strings.TrimSpace(part); part != "" {
					out = append(out, part)
				}
			}
		}
	}
	return out
}

func TestDevicesOfEpoch(t *testing.T) {
	for _, tc := range []struct {
		file, header, column string
		want                 told
	}{
		// NVIDIA A100, A100 PCIe, V100, V100 SXM2, P100 and M40, AMD MI300, Huawei Ascend 910, Cambricon MLU370-S4/S8
		{"ml_hardware.csv", "Hardware name", "Hardware name", told{161, 9, 0}},
		{"gpu_clusters.csv", "Name", "Chip type (primary)", told{38, 5, 0}},
		{"gpu_clusters.csv", "Name", "Chip type (secondary)", told{9, 4, 0}},
		{"notable_ai_models.csv", "Model", "Training hardware", told{60, 6, 0}},
	} {
		t.Run(tc.file+" "+tc.column, func(t *testing.T) {
			checkNames(t, Hardware(), columnOfFiles(t, "epoch-ai/"+tc.file, tc.header, tc.column, true), tc.want, nil)
		})
	}
}

func TestDevicesOfOtherSources(t *testing.T) {
	for _, tc := range []struct {
		file, header, column string
		want                 told
		unknown              map[string]string
	}{
		{"codecarbon/examples-emissions.csv", "timestamp", "gpu_model", told{1, 0, 0}, nil},
		{"codecarbon/examples-emissions.csv", "timestamp", "cpu_model", told{1, 0, 0}, nil},
		{"boamps/tools/json_generator/bash/data/input/codecarbon_file.csv", "timestamp", "gpu_model", told{1, 0, 0}, nil},
		{"boamps/tools/json_generator/bash/data/input/codecarbon_file.csv", "timestamp", "cpu_model", told{1, 0, 0}, nil},
		{"co2-inference/*.csv", "timestamp", "gpu_model", told{1, 0, 0}, nil},
		{"co2-inference/*.csv", "timestamp", "cpu_model", told{1, 0, 0}, nil},
		// Tesla P100, Tesla P100 PCIe and Tesla V100
		{"green-algorithms/TDP_gpu.csv", "model", "model", told{18, 3, 1}, map[string]string{"Any": "a default for what is not known"}},
		// A100 PCIe 40/80GB, Tesla P100; Intel Xeon E5-2699 and E5-2650, whose generation is not said
		{"mlco2-impact/gpus.csv", "name", "name", told{44, 4, 0}, nil},
		{"mlperf-training-power-v4.0/*.csv", "submission", "system", told{4, 0, 0}, nil},
		{"mlperf-inference-power-v4.1/*.csv", "division", "system", told{3, 0, 0}, nil},
	} {
		t.Run(tc.file+" "+tc.column, func(t *testing.T) {
			checkNames(t, Hardware(), columnOfFiles(t, tc.file, tc.header, tc.column, false), tc.want, tc.unknown)
		})
	}
}

// mlEnergy reads a member of every configuration of a task.
func mlEnergy(t *testing.T, member string) []string {
	t.Helper()
	var out []string
	for _, task := range []string{"gpqa", "lm-arena-chat", "sourcegraph-fim"} {
		var file struct{ Configurations []map[string]any }
		if err := json.Unmarshal(published(t, "ml-energy/tasks/"+task+".json"), &file); err != nil || len(file.Configurations) == 0 {
			t.Fatal(len(file.Configurations), err)
		}
		for _, c := range file.Configurations {
			out = append(out, c[member].(string))
		}
	}
	return out
}

func TestDevicesOfMLEnergy(t *testing.T) {
	checkNames(t, Hardware(), mlEnergy(t, "gpu_model"), told{1, 1, 0}, nil) // B200; H100 is one of three
}

func TestModelsOfMLEnergy(t *testing.T) {
	checkNames(t, Models(), mlEnergy(t, "model_id"), told{27, 0, 0}, nil)
	var index struct{ Models map[string]any }
	if err := json.Unmarshal(published(t, "ml-energy/index.json"), &index); err != nil {
		t.Fatal(err)
	}
	var all []string
	for id := range index.Models {
		all = append(all, id)
	}
	checkNames(t, Models(), all, told{46, 0, 0}, nil)
}

func TestModelsOfEpoch(t *testing.T) {
	checkNames(t, Models(), columnOfFiles(t, "epoch-ai/notable_ai_models.csv", "Model", "Model", false), told{965, 0, 0}, nil)
}

func TestModelsOfTheInferenceRuns(t *testing.T) {
	checkNames(t, Models(), columnOfFiles(t, "co2-inference/*.csv", "timestamp", "project_name", false), told{72, 1, 0}, nil) // gpt2 is also the name of its family
}

// MLPerf's benchmarks have names that models have too: with MLPerf ahead they are the benchmark's model and quality target.
func TestModelsOfMLPerf(t *testing.T) {
	for pattern, want := range map[string]told{"mlperf-training-power-v4.0/*.csv": {7, 0, 0}, "mlperf-inference-power-v4.1/*.csv": {14, 0, 0}} {
		var names []string
		for _, name := range columnOfFiles(t, pattern, map[bool]string{true: "submission", false: "division"}[strings.Contains(pattern, "training")], "benchmark", false) {
			names = append(names, "MLPerf "+name)
		}
		checkNames(t, Models(), names, want, nil)
	}
}

// EcoLogits lists what a provider's interface serves, of which most is in no registry; what is must be the same model.
func TestModelsOfEcoLogits(t *testing.T) {
	var file struct {
		Models []struct{ Provider, Name string }
	}
	if err := json.Unmarshal(published(t, "ecologits/models.json"), &file); err != nil || len(file.Models) == 0 {
		t.Fatal(len(file.Models), err)
	}
	found := map[string]string{}
	for _, m := range file.Models {
		if f := Models().Find(m.Name); f.Known() {
			found[m.Name] = f.ID
		}
	}
	if len(found) != 66 {
		t.Errorf("%d of %d are in the registry, want 66: %v", len(found), len(file.Models), found)
	}
	for name, want := range map[string]string{"gpt-4o": "gpt-4o", "gpt-4o-2024-05-13": "gpt-4o-may-2024", "meta-llama/Llama-2-70b-hf": "llama-2-70b", "claude-3-5-sonnet-20241022": ""} {
		if found[name] != want {
			t.Errorf("%s is %q, want %q", name, found[name], want)
		}
	}
}

func TestOrganisationsOfEpoch(t *testing.T) {
	names := columnOfFiles(t, "epoch-ai/notable_ai_models.csv", "Model", "Organization", true)
	names = append(names, columnOfFiles(t, "epoch-ai/gpu_clusters.csv", "Name", "Owner", true)...)
	names = append(names, columnOfFiles(t, "epoch-ai/ml_hardware.csv", "Hardware name", "Manufacturer", true)...)
	for _, column := range []string{"Owner", "Users"} {
		for _, name := range columnOfFiles(t, "epoch-ai/data_centers.csv", "Handle", column, true) {
			name, _, _ = strings.Cut(name, " #") // how sure Epoch is
			names = append(names, name)
		}
	}
	names = append(names, columnOfFiles(t, "epoch-ai/ai_companies_compute_spend.csv", "Id", "Company", true)...)
	names = append(names, columnOfFiles(t, "epoch-ai/ai_companies_usage_reports.csv", "Id", "Company", true)...)
	// Ambiguous: Northeastern University, Swiss Federal Institute of Technology.
	checkNames(t, Organisations(), names, told{508, 2, 1}, map[string]string{"Biological Cybernetics": "a journal"})
}

// The users of clusters are sorts of people as often as organisations, and a sentence with commas in it.
func TestUsersOfEpochsClusters(t *testing.T) {
	unknown := map[string]string{
		"X":                                     "a company by that name and a letter",
		"University of Illinois":                "a system of three universities",
		"Taiwan Cloud":                          "not certain who is meant",
		"Primarily vision applications at Meta": "a use",
		"Argonne National Laboratory and general scientific community":                                                                                   "two users",
		`but "“It's probably going to make more sense to have Dojo operate in like an Amazon Web Services manner than to try to sell it to someone else`: "part of a sentence",
	}
	for _, people := range []string{
		"Academia", "Academic research in Europe", "Aerospace", "Biomedical research", "Biomedical scientific community", "Cloud", "Defense", "European researchers",
		"European science and industry communities", "German Government Agencies", "Healthcare", "Industry", "Industry in France", "Pharmaceutical Research", "Private Sector",
		"Public and private research; cloud", "Researchers", "Researchers in Poland", "Researchers in academia and industry", "Scientific Research", "Scientific research",
		"Scientific research and cloud", "Startups they invest in", "Startups via cloud", "Swedish academic research groups", "Swiss Universities", "US Companies",
		"US civilian research", "US government agencies", "US intelligence agencies", "Undisclosed Client", "academia", "and Security", "and government in Japan", "and industry",
		"including companies and the UK gov", "industry", "personalised medicine and climate",
		"scientists within Cambridge and across the UK in critical research fields such as clean energy",
	} {
		unknown[people] = "a sort of people or of uses"
	}
	checkNames(t, Organisations(), columnOfFiles(t, "epoch-ai/gpu_clusters.csv", "Name", "Users", true), told{86, 0, 45}, unknown)
}

// openEdition reads a column of the embedded open edition; what it calls things has the same ids here.
func openEdition(t *testing.T, file, column string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "datasets", "open", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(header, column)
	if at < 0 {
		t.Fatalf("%s has no column %s", file, column)
	}
	var out []string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if row[at] != "" {
			out = append(out, row[at])
		}
	}
}

func TestTheOpenEditionsIDsAreThoseOfTheRegistries(t *testing.T) {
	for _, tc := range []struct {
		r       *Registry
		columns []string
	}{
		{Hardware(), []string{"hardware.csv:hardware_id", "hardware.csv:host_id", "training_runs.csv:hardware_id", "deployments.csv:hardware_id", "fleet.csv:hardware_id"}},
		{Models(), []string{"training_runs.csv:model_id", "deployments.csv:model_id"}},
		{Organisations(), []string{"training_runs.csv:organisation", "training_runs.csv:operator", "deployments.csv:organisation", "deployments.csv:operator", "fleet.csv:owner"}},
	} {
		for _, c := range tc.columns {
			file, column, _ := strings.Cut(c, ":")
			ids := openEdition(t, file, column)
			if len(ids) == 0 {
				t.Errorf("%s is empty", c)
			}
			for _, id := range ids {
				if _, ok := tc.r.Lookup(id); !ok {
					t.Errorf("%s has %s, which is not in the registry", c, id)
				}
			}
		}
	}
	for i, name := range openEdition(t, "hardware.csv", "name") {
		if f, want := Hardware().Find(name), openEdition(t, "hardware.csv", "hardware_id")[i]; f.ID != want {
			t.Errorf("%q is %+v, want %s", name, f, want)
		}
	}
	for _, name := range openEdition(t, "hardware.csv", "manufacturer") {
		if !Organisations().Find(name).Known() {
			t.Errorf("the manufacturer %s is not in the registry", name)
		}
	}
}

// What a pack gives values for by a device must go on being found by its id.
func TestDevicesOfFactorPacks(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "factors", "packs", "open", "*", "hardware.csv"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	ids := map[string]bool{}
	for _, file := range files {
		rel, err := filepath.Rel(filepath.Join("..", "..", "datasets", "open"), file)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range openEdition(t, path.Clean(filepath.ToSlash(rel)), "technology") {
			ids[id] = true
		}
	}
	found := 0
	for id := range ids {
		if _, ok := Hardware().Lookup(id); ok {
			found++
		} else if strings.HasPrefix(id, "nvidia-") {
			t.Errorf("%s is not in the registry", id)
		}
	}
	if found < 10 {
		t.Errorf("%d of %d are in the registry: %v", found, len(ids), ids)
	}
}
