package importers

import (
	"fmt"
	"strings"
	"testing"
)

const mlOne = `{"model_id": "org/model-8b", "gpu_model": "H100", "num_gpus": 2, "max_num_seqs": 8, "avg_batch_size": 7.9, "avg_output_len": 500, "avg_power_watts": 800,
  "energy_per_request_joules": 360, "energy_per_token_joules": 0.72, "output_throughput_tokens_per_sec": 1000, "p90_itl_ms": 9, "weight_precision": "fp8",
  "total_params_billions": 8, "activated_params_billions": 3, "tensor_parallel": 2, "expert_parallel": 1, "data_parallel": 1}`

func mlFile(configurations ...string) string {
	return `{"configurations": [` + strings.Join(configurations, ",\n") + `], "task": "lm-arena-chat", "task_display_name": "LLM Chat (LM Arena)"}`
}

// By hand: 360 J = 0.0001 kWh; two devices for 500 tokens at 1,000 tokens a second are 1 s = 1/3600 h; 800 W are 400 W a device.
func TestAConfigurationIsOneMeanRequest(t *testing.T) {
	got := importFiles(t, "ml-energy", Options{}, text("chat.json", mlFile(mlOne)))
	got.want(t, 0, `
		deployment_id: ml-energy/lm-arena-chat/org/model-8b/H100x2/tp2/ep1/dp1/seqs8
		model_id: org/model-8b
		task: text_generation
		hardware_id: nvidia-h100-sxm5-80gb
		device_count: 2
		device_hours: 0.0002777777777777778
		device_power: 400
		power_boundary: device
		requests: 1
		output_tokens: 500
		batch: 7.9
		energy: 0.0001
		energy_boundary: device
		energy_basis: metered
		quality: measured
		scope: intensity
		quantisation: 8
		parameters_total: 8e+09
		parameters_active: 3e+09
		region: -
		year: -
		licence: Apache-2.0
		origin_row: 1`)
	if a := got.rows[0]["assumption"]; !strings.Contains(a, `hardware_id printed as "H100": the Leaderboard's page About`) {
		t.Error(a)
	}
	if c := strings.Join(got.report.Files[0].Columns, " "); c != "energy_per_token_joules p90_itl_ms" {
		t.Error(c)
	}
	if n := got.report.Names[0]; n.ID != "nvidia-h100-sxm5-80gb" || len(n.Candidates) != 0 {
		t.Errorf("%+v", n)
	}
}

func TestWhoeverKnowsBetterSaysSo(t *testing.T) {
	got := importFiles(t, "ml-energy", Options{Set: map[string]string{"licence": "cited figures", "year": "2025"}, Choose: map[string]string{"H100": "nvidia-h100-pcie-80gb"}}, text("chat.json", mlFile(mlOne)))
	got.want(t, 0, "licence: cited figures\nyear: 2025\nhardware_id: nvidia-h100-pcie-80gb")
	if a := got.rows[0]["assumption"]; !strings.Contains(a, "by choice") || strings.Contains(a, "page About") {
		t.Error(a)
	}
}

func TestAConfigurationThatIsMetAgainCountsOnce(t *testing.T) {
	other := strings.Replace(mlOne, `"energy_per_request_joules": 360`, `"energy_per_request_joules": 361`, 1)
	got := importFiles(t, "ml-energy", Options{}, text("a.json", mlFile(mlOne, other)), text("b.json", mlFile(mlOne, strings.Replace(mlOne, "360", "0", 1))))
	if r := got.report; r.Rows != 2 || r.Files[1].Left != 2 {
		t.Errorf("%+v", r)
	}
	got.want(t, 1, "deployment_id: ml-energy/lm-arena-chat/org/model-8b/H100x2/tp2/ep1/dp1/seqs8#2")
	list := strings.Join(got.left, "\n")
	for _, want := range []string{
		"b.json:1:21 | record | ml-energy/lm-arena-chat/org/model-8b/H100x2/tp2/ep1/dp1/seqs8, at a.json:1:21 | the same configuration with the same figures stands in another place",
		"b.json:4:1 | record | ml-energy/lm-arena-chat/org/model-8b/H100x2/tp2/ep1/dp1/seqs8 | no energy of a request",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}

func TestAnImageOfADiffusionModelIsARequestToo(t *testing.T) {
	got := importFiles(t, "ml-energy", Options{}, text("i.json", `{"task": "text-to-image", "configurations": [{"model_id": "org/d", "gpu_model": "B200", "num_gpus": 1, "batch_size": 4, "energy_per_image_joules": 3600}]}`))
	got.want(t, 0, "task: image_generation\nenergy: 0.001\nbatch: 4\nhardware_id: nvidia-b200\noutput_tokens: -\ndevice_hours: -")
}

func TestWhatIsNoFileOfTheLeaderboardIsToldWhatItLacks(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"the index has no measurements", `{"architectures": {}, "models": {"a": {}}, "tasks": {}}`, "the file has no configurations of a task"},
		{"a list", `[1, 2]`, "the file has no configurations of a task"},
		{"another shape", `{"task": 7}`, `i.json:1:10: the entry "task" cannot be read: it is the number where a text is expected`},
		{"a number as text", mlFile(strings.Replace(mlOne, `"num_gpus": 2`, `"num_gpus": "two"`, 1)), "num_gpus is a text where a number is expected"},
		{"deeper than any that a program writes", strings.Repeat("[", 1e6), "i.json:1:"},
		{"cut off", mlFile(mlOne)[:300], "the file ends"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := importFiles(t, "ml-energy", Options{}, text("i.json", c.text)); !strings.Contains(got.told, c.want) || got.report.Rows > 0 {
				t.Errorf("told %q, want %q", got.told, c.want)
			}
		})
	}
}

// Two rows by hand. Qwen3-14B on one B200, 8 at a time: 430.1127103864672 J / 3.6e6 = 0.000119475... kWh; 615.05 tokens at 1,086.71 a second are 0.56597 s. The other is the
// open edition's row of Llama 3.1 8B on one H100 at 127.62 requests: 1.068902906e-05 kWh and 1.597179896e-05 h.
func TestTheFilesOfTheLeaderboard(t *testing.T) {
	var files []File
	for _, name := range []string{"tasks/gpqa", "tasks/lm-arena-chat", "tasks/sourcegraph-fim", "models/openai__gpt-oss-120b__gpqa"} {
		files = append(files, published(t, "ml-energy/"+name+".json"))
	}
	got := importFiles(t, "ml-energy", Options{}, files...)
	var counts []string
	for _, f := range got.report.Files {
		counts = append(counts, fmt.Sprint(f.Records, " ", f.Used, " ", f.Left))
	}
	if c := strings.Join(counts, ", "); got.told != "" || c != "187 187 0, 328 328 0, 50 50 0, 39 0 39" || got.report.Values != 0 {
		t.Error(c, got.report.Values, got.told)
	}
	first := got.find(t, "deployment_id", "ml-energy/lm-arena-chat/Qwen/Qwen3-14B/B200x1/tp1/ep1/dp1/seqs8")
	if e, h := number(t, got.rows[first]["energy"]), number(t, got.rows[first]["device_hours"]); e < 0.00011947575 || e > 0.00011947576 || h < 0.565976/3600 || h > 0.565978/3600 {
		t.Error(e, h)
	}
	got.want(t, first, "batch: 7.935087719298245\nquantisation: 16\ndevice_power: 759.9467920298994\nparameters_total: 1.4e+10")
	llama := got.find(t, "deployment_id", "ml-energy/lm-arena-chat/meta-llama/Llama-3.1-8B-Instruct/H100x1/tp1/ep1/dp1/seqs128")
	if e, h := number(t, got.rows[llama]["energy"]), number(t, got.rows[llama]["device_hours"]); fmt.Sprintf("%.9e %.9e", e, h) != "1.068902906e-05 1.597179896e-05" {
		t.Error(e, h)
	}
	// Three pairs of runs differ in nothing but their figures: they are repeats.
	repeats := 0
	for _, r := range got.rows {
		if strings.HasSuffix(r["deployment_id"], "#2") {
			repeats++
		}
	}
	if repeats != 3 {
		t.Error(repeats)
	}
	// Alone, a model's file gives what the task's file gives of it.
	alone := importFiles(t, "ml-energy", Options{}, files[3])
	for _, r := range alone.rows {
		i := got.find(t, "deployment_id", r["deployment_id"])
		for _, column := range []string{"energy", "device_hours", "batch", "quantisation", "parameters_active", "task", "model_id"} {
			if r[column] != got.rows[i][column] {
				t.Errorf("%s: %s is %q and %q", r["deployment_id"], column, r[column], got.rows[i][column])
			}
		}
	}
	if len(alone.rows) != 39 {
		t.Error(len(alone.rows))
	}
}
