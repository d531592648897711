package importers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const trackerHead = "timestamp,project_name,run_id,duration,cpu_power,ram_power,gpu_energy,energy_consumed,country_iso_code,gpu_count,gpu_model,ram_total_size,tracking_mode,pue\n"

func TestEveryRunIsAThousandInferencesOfTheTaskThatTheFileIsNamedAfter(t *testing.T) {
	run := "2023-09-08T15:16:16,deepset/roberta,a,36,42.5,430.8,0.003,0.006,USA,8,8 x NVIDIA A100-SXM4-80GB,1148.7,machine,1\n"
	got := importFiles(t, "co2-inference", Options{},
		text("zeroshot_qa_squad.csv", trackerHead+run),
		text("zeroshot_sentiment_sst2.csv", trackerHead+strings.Replace(run, ",a,", ",b,", 1)),
		text("runs.csv", trackerHead+strings.Replace(run, ",a,", ",c,", 1)))
	got.want(t, 0, `
		deployment_id: a
		task: question_answering
		requests: 1000
		energy: 0.006
		energy_boundary: node
		energy_basis: estimated
		quality: modelled
		wall_time: 0.01
		hardware_id: nvidia-a100-sxm4-80gb
		device_count: 8
		pue: -
		scope: intensity
		licence: MIT`)
	if a := got.rows[0]["assumption"]; !strings.Contains(a, "1,000 inferences in a run") || !strings.Contains(a, "0.003 kWh of the energy") || !strings.Contains(a, "430.8 W for a memory of 1148.7 GB") {
		t.Error(a)
	}
	got.want(t, 1, "task: text_classification")
	got.want(t, 2, "task: -")
	if list := strings.Join(got.left, "\n"); !strings.Contains(list, "c task runs.csv | the file's name does not begin with a task") {
		t.Error(list)
	}
}

// Two rows by hand: the first of qa_sciq.csv is 12.0987 s = 0.00336074 h; and the mean energy of the ten runs of gpt2-xl in textgen_wikitext.csv is the open edition's
// 0.1086014403 kWh.
func TestTheFilesOfPowerHungryProcessing(t *testing.T) {
	published(t, "co2-inference/SOURCE.md")
	folder := os.Getenv("AILCA_OPENDATA")
	if folder == "" {
		folder = "../../../shared/opendata"
	}
	paths, err := filepath.Glob(filepath.Join(folder, "co2-inference", "*.csv"))
	if err != nil || len(paths) != 48 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	var files []File
	for _, path := range paths {
		files = append(files, published(t, "co2-inference/"+filepath.Base(path)))
	}
	got := importFiles(t, "co2-inference", Options{}, files...)
	if got.told != "" || got.report.Rows != 3470 || got.report.Values != 0 {
		t.Errorf("%d rows, %d values left out: %s", got.report.Rows, got.report.Values, got.told)
	}
	tasks, canada, sum, runs := map[string]int{}, 0, 0.0, 0
	for i, r := range got.rows {
		tasks[r["task"]]++
		if r["region"] == "CAN" {
			canada++
		}
		if r["origin_file"] == "textgen_wikitext.csv" && strings.HasSuffix(r["model_id"], "gpt2-xl") {
			sum, runs = sum+number(t, r["energy"]), runs+1
		}
		if strings.Contains(r["assumption"], "for another record too") {
			t.Error("an id stands twice", got.rows[i])
		}
	}
	if len(tasks) != 8 || tasks[""] != 0 || canada != 3 {
		t.Error(tasks, canada)
	}
	if mean := sum / float64(runs); runs != 10 || mean < 0.10860143 || mean > 0.10860145 {
		t.Error(mean, runs)
	}
	got.want(t, got.find(t, "deployment_id", "bb92d2fb-2c89-477e-8550-3deb12ea5fdb"), `
		task: question_answering
		energy: 0.0061475542606905
		wall_time: 0.003360743059052361
		region: USA
		started: 2023-09-08
		origin_file: qa_sciq.csv
		origin_row: 1`)
}
