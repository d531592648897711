package importers

import (
	"strings"
	"testing"
)

const resultHead = "division,submitter,system,benchmark,scenario,samples_per_s,tokens_per_s,result,n_power_samples,window_s,mean_power_w,max_power_w,energy_kwh_trapezoid,source_path\n"

// By hand: 10.5 samples a second for 1,000 s are 10,500 requests; 3.6 kW for 1,000 s are 1 kWh.
func TestAResultIsARunOfTheBenchmark(t *testing.T) {
	got := importFiles(t, "mlperf-inference", Options{}, text("mlperf_inference_v4.1_power.csv", resultHead+
		"closed,NVIDIA,H200-SXM-141GBx8_TRT_MaxQ,llama2-70b-99.9,Server,10.5,2000.25,VALID,1001,1000,3600,4000,1,x\n"+
		"closed,NVIDIA,H200-SXM-141GBx8_TRT_MaxQ,llama2-70b-99,Server,10.5,2000.25,VALID,1001,1000,3600,4000,1,x\n"+
		"closed,NVIDIA,H200-SXM-141GBx8_TRT_MaxQ,llama2-70b-99,Offline,11,2000.25,VALID,1001,1000,3600,4000,1,x\n"+
		"closed,UntetherAI,h13_u3_slim,resnet50,singlestream,,,VALID,692,1000,228,238,0.0633,x\n"+
		"closed,NVIDIA,new_system,new-99,Offline,11,,VALID,692,1000,3600,238,1000,x\n"+
		"closed,NVIDIA,H200-SXM-141GBx8_TRT_MaxQ,bert-99,Offline,11,,INVALID,1001,1000,3600,4000,1,x\n"+
		"closed,NVIDIA,H200-SXM-141GBx8_TRT_MaxQ,bert-99,Server,11,,VALID,1001,1000,,,,x\n"))
	if f := got.report.Files[0]; f.Records != 7 || f.Used != 4 {
		t.Errorf("%+v", f)
	}
	got.want(t, 0, `
		deployment_id: mlperf-inference-4.1/NVIDIA/H200-SXM-141GBx8_TRT_MaxQ/llama2-70b-99.9/Server
		model_id: mlperf-llama-2-70b
		task: text_generation
		organisation: nvidia
		hardware_id: nvidia-h200-sxm
		device_count: 8
		requests: 10500
		output_tokens: 2.00025e+06
		wall_time: 0.2777777777777778
		latency: -
		energy: 1
		energy_boundary: node
		energy_basis: metered
		quality: measured
		year: 2024
		region: -
		scope: intensity
		licence: Apache-2.0`)
	if a := got.rows[0]["assumption"]; !strings.Contains(a, "scenario Server; target of 99.9 % of the reference accuracy; configuration tuned for efficiency (MaxQ)") || !strings.Contains(a, "unofficial") {
		t.Error(a)
	}
	got.want(t, 2, "hardware_id: untether-ai-speedai240-slim\ndevice_count: 3\nrequests: -\noutput_tokens: -\norganisation: untether-ai")
	got.want(t, 3, "model_id: MLPerf new-99\nhardware_id: -\ntask: -\nenergy: -")
	list := strings.Join(got.left, "\n")
	for _, want := range []string{
		"v4.1_power.csv:3 | record | mlperf-inference-4.1/NVIDIA/H200-SXM-141GBx8_TRT_MaxQ/llama2-70b-99/Server, at mlperf_inference_v4.1_power.csv:2 | the same run is listed for another target",
		"new-99/Offline energy 1000 | mean power x window is 1 kWh",
		"bert-99/Offline | the result is not valid",
		"bert-99/Server | no energy",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}

// Rows by hand: Llama 2 70B offline, 86.7369 x 3,633 s = 315,115 requests and 25,262.1 x 3,633 = 91,777,209 tokens, as the open edition has it; ResNet-50 on six
// cards, 334,462 x 1,138.005 = 380,619,428.
func TestTheResultsOfMLPerfInference(t *testing.T) {
	got := importFiles(t, "mlperf-inference", Options{}, published(t, "mlperf-inference-power-v4.1/mlperf_inference_v4.1_power.csv"))
	if f := got.report.Files[0]; got.told != "" || f.Records != 31 || f.Used != 26 || f.Left != 5 || len(f.Why) != 1 || got.report.Values != 0 {
		t.Errorf("%+v %s", f, got.told)
	}
	got.want(t, got.find(t, "deployment_id", "mlperf-inference-4.1/NVIDIA/H200-SXM-141GBx8_TRT_MaxQ/llama2-70b-99.9/Offline"), `
		requests: 315115
		output_tokens: 9.1777209e+07
		energy: 5.692083
		wall_time: 1.0091666666666668
		source: MLCommons, MLPerf Inference v4.1 results with power (2024), submitter NVIDIA`)
	got.want(t, got.find(t, "deployment_id", "mlperf-inference-4.1/UntetherAI/r760_u6_slim/resnet50/offline"), `
		requests: 3.80619428e+08
		device_count: 6
		energy: 0.261428`)
	for _, r := range got.rows {
		if r["energy"] == "" || r["hardware_id"] == "" || r["task"] == "" {
			t.Error(r)
		}
	}
}
