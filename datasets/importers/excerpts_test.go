package importers

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Excerpts of published files (testdata/README.md says whose), so that every clone reads what publishers write: records, those used, rows, and what stands in the first.
func TestExcerptsOfPublishedFiles(t *testing.T) {
	for _, tc := range []struct {
		format, file  string
		options       Options
		records, used int64
		rows          int
		first         string
	}{
		// 374 and 44 tokens at 18:15:46 on 16 November 2023.
		{"azure-llm", "AzureLLMInferenceTrace_conv.csv", Options{Set: map[string]string{"model_id": "undisclosed"}}, 5, 5, 5,
			"model_id: undisclosed\ninput_tokens: 374\noutput_tokens: 44\nrequests: 1\nstarted: 2023-11-16\nscope: sample"},
		{"boamps", "energy-report-llm-inference.json", Options{}, 1, 1, 1, "licence: CC-BY-4.0\nscope: intensity"},
		{"co2-inference", "qa_sciq.csv", Options{}, 3, 3, 3, "hardware_id: nvidia-a100-sxm4-80gb\ndevice_count: 8\nenergy: 0.0061475542606905\nenergy_boundary: node\nlicence: MIT\nscope: intensity"},
		{"codecarbon", "emissions.csv", Options{Set: ours}, 3, 3, 3, "energy: 0.0004047892176375\nregion: FRA"},
		// Phase 1 of Colossus; a record that stands twice; a planned one.
		{"epoch-clusters", "gpu_clusters.csv", Options{}, 4, 1, 1, "fleet_id: xai-colossus-memphis-phase-1\nhardware_id: nvidia-h100-sxm5-80gb\nowner: xai\ncount: 100000\nin_service: 2024-09-02"},
		// "NVIDIA V100" may be seven boards.
		{"epoch-hardware", "ml_hardware.csv", Options{}, 3, 2, 2, ""},
		{"epoch-models", "notable_ai_models.csv", Options{}, 3, 3, 3, ""},
		// 192 readings over 382.941 s, 0.575858 kWh.
		{"mlperf-training", "mlperf_training_v4.0_node_power.csv", Options{}, 4, 4, 4, "energy: 0.575858\nenergy_boundary: node\nenergy_basis: metered\ndevice_count: 8\nstarted: 2024-05-10"},
		// 3d-unet at 99.9 % and at 99 % is one run.
		{"mlperf-inference", "mlperf_inference_v4.1_power.csv", Options{}, 5, 4, 4, "energy: 0.927046\nenergy_boundary: node\nhardware_id: nvidia-h200-sxm\ndevice_count: 8"},
	} {
		t.Run(tc.format, func(t *testing.T) {
			content, err := os.ReadFile(filepath.Join("testdata", tc.format, tc.file))
			if err != nil {
				t.Fatal(err)
			}
			got := importFiles(t, tc.format, tc.options, File{Name: tc.file, R: bytes.NewReader(content), Size: int64(len(content))})
			if got.told != "" {
				t.Log(got.told)
			}
			if f := got.report.Files[0]; f.Records != tc.records || f.Used != tc.used || len(got.rows) != tc.rows {
				t.Fatalf("%d records, %d used, %d rows; want %d, %d, %d: %+v", f.Records, f.Used, len(got.rows), tc.records, tc.used, tc.rows, f.Why)
			}
			if tc.format == "epoch-clusters" && !strings.Contains(fmt.Sprint(got.report.Files[0].Why), "stands in the file twice, word for word") {
				t.Errorf("%+v", got.report.Files[0].Why)
			}
			if tc.first != "" {
				got.want(t, 0, tc.first)
			}
		})
	}
}
