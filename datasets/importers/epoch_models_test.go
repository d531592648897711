package importers

import (
	"strings"
	"testing"
)

const someModels = `Model,Organization,Publication date,Parameters,Training compute (FLOP),Confidence,Link,Reference,Country (of organization),Training time (hours),Training hardware,Hardware quantity,Hardware utilization (MFU),Training power draw (W),Base model,Finetune compute (FLOP),Training dataset size (gradients),Hardware utilization (HFU),Training compute notes
Llama 3.1-405B,Meta AI,2024-07-23,405000000000.0,3.8e+25,Confident,"https://example.org/llama
https://example.org/other",The Llama 3 Herd of Models,United States of America,2142.0,NVIDIA H100 SXM5 80GB,16384.0,0.4042,22622532.159294646,,,15600000000000,0.5,"6 FLOP, ""quoted""
over two lines"
GPT-4 (Jun 2023),OpenAI,2023-06-14,,2.1e+25,Likely,,,United States of America,2280.0,NVIDIA A100 SXM4 40 GB,25000.0,,19944368.0,GPT-4 (Mar 2023),,,,
GPT-4 (Mar 2023),OpenAI,2023-03-15,,2.1e+25,Likely,,,United States of America,2280.0,NVIDIA A100 SXM4 40 GB,25000.0,,19944368.0,,,,,
Guess,OpenAI,2023-03-15,,2.1e+25,Speculative,,,,2280.0,NVIDIA H100 SXM5 80GB,25000.0,,,,,,,
Minerva (540B),Google,2022-06-29,540350000000.0,2.7415e+24,Confident,,,Multinational,696.0,Google TPU v4,1024.0,,698399.7,PaLM (540B),2.1429e+23,,,
Flamingo,DeepMind,2022-04-29,,2.19e+23,Confident,,,,360.0,Google TPU v4,1536.0,,,Chinchilla,,,,
AFM-server,Apple,2024-07-29,,4.3e+24,Confident,,,,,Google TPU v4,8192.0,0.52,5493309.0,,,,,
AlphaZero,DeepMind,2017-12-05,,3.6e+22,,,,,24.0,"Google TPU v2,Google TPU v1",5064.0,,,,,,,
FGN,Google DeepMind,2025-06-17,,,Unknown,,,,72.0,"Google TPU v5p,Google TPU v6e Trillium",,,250000,,,,,
DITTO,"Tsinghua University,Apple",2022-06-06,,1e+19,Confident,,,,6.0,NVIDIA V100,8.0,,4816.8,,,,,
CLIP,,2021-01-05,,1.05e+22,Unknown,,,,288.0,NVIDIA A100,256.0,,,,,,,
Claude,Anthropic,2025-11-24,,,Unknown,,,,,,,,,,,,,
Perceptron,Cornell,1957-01-01,,695000.0,Confident,,,,,,,,,,,,,
`

func TestEpochModelsByTheirTraps(t *testing.T) {
	got := importFiles(t, "epoch-models", Options{}, text("notable_ai_models.csv", someModels))
	if f := got.report.Files[0]; f.Records != 13 || f.Used != 8 {
		t.Fatalf("%+v\n%s", f, strings.Join(got.left, "\n"))
	}
	// 22,622,532.16 W / 16,384 = 1,380.77 W; x 2,142 h = 48,457,463.9 kWh.
	got.want(t, 0, `
		run_id: llama-3.1-405b-pretraining
		phase: pretraining
		hardware_id: nvidia-h100-sxm5-80gb
		device_count: 16384
		wall_time: 2142
		flop: 3.8e+25
		mfu: 0.4042
		device_power: 1380.7697851131986
		power_boundary: facility
		energy: 4.845746388520913e+07
		energy_boundary: facility
		energy_basis: estimated
		region: -
		year: 2024
		parameters_total: 4.05e+11
		tokens: -
		started: -
		scope: volume
		quality: modelled
		licence: CC-BY-4.0
		url: https://example.org/llama
		source: Epoch AI, Data on AI Models (online since 2025), on: The Llama 3 Herd of Models`)
	if a := got.rows[0]["assumption"]; !strings.Contains(a, "year: that of publication; the source rates its figures as confident") {
		t.Error(a)
	}
	got.want(t, 1, "run_id: gpt-4-mar-2023-pretraining\nurl: https://epoch.ai/data/ai-models")
	// What the base model took is in Training compute, and in no row of what continues it.
	got.want(t, 2, "run_id: minerva-540b-finetuning\nphase: finetuning\nflop: 2.1429e+23")
	got.want(t, 3, "run_id: flamingo-finetuning\nflop: -\nenergy: -\ndevice_count: 1536\nwall_time: 360")
	// Without hours the facility's power gives no energy; a method computes it from the operations.
	got.want(t, 4, "run_id: afm-server-pretraining\nflop: 4.3e+24\nmfu: 0.52\nenergy: -\ndevice_power: 670.5699462890625\npower_boundary: facility")
	// Several types of device: the energy of the facility stands all the same.
	got.want(t, 5, "run_id: fgn-pretraining\nhardware_id: -\nenergy: 18000\nenergy_boundary: facility\ndevice_power: -")
	got.want(t, 6, "run_id: ditto-pretraining\nhardware_id: -")
	if a := got.rows[6]["assumption"]; !strings.Contains(a, `hardware printed as "NVIDIA V100", which may be `) || !strings.Contains(a, "organisation is the first named of Tsinghua University, Apple") {
		t.Error(a)
	}
	got.want(t, 7, "run_id: clip-pretraining\nhardware_id: nvidia-a100-sxm4-40gb\nscope: intensity\norganisation: -")
	list := strings.Join(got.left, "\n")
	for _, want := range []string{
		"record | GPT-4 (Jun 2023) | its hardware and hours repeat those of its base model",
		"record | Guess | the source rates it as speculative (--speculative takes it)",
		"record | AlphaZero | energy cannot be computed: several types of device, and not how many of each",
		"record | Claude | energy cannot be computed: neither power and hours, nor devices and hours, nor operations",
		"record | Perceptron | energy cannot be computed: no type of device",
		"value | Flamingo flop 2.19e+23 | holds the operations of the base model",
		"value | FGN hardware_id Google TPU v5p,Google TPU v6e Trillium | several types of device, and not how many of each",
		"column | Country (of organization) | the country of the organisation, which is not where the training ran",
		"column | Training dataset size (gradients) | in data points of whatever sort, which need not be tokens",
		"column | Hardware utilization (HFU) | counts operations that were computed again",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}

func TestEpochModelsAsWhoeverImportsSays(t *testing.T) {
	renamed := strings.Replace(someModels, "Model,", "System,", 1)
	got := importFiles(t, "epoch-models", Options{With: []string{"speculative"}, Choose: map[string]string{"NVIDIA V100": "nvidia-v100-sxm2-32gb", "NVIDIA A100": "nvidia-a100-sxm4-80gb"},
		Set: map[string]string{"region": "WOR", "region_basis": "assumed", "source": "Epoch AI, release of 2026-03"}}, text("notable_ai_models.csv", renamed))
	if got.report.Files[0].Used != 9 {
		t.Fatalf("%+v", got.report.Files)
	}
	got.want(t, got.find(t, "run_id", "guess-pretraining"), "region: WOR\nregion_basis: assumed\nsource: Epoch AI, release of 2026-03")
	got.want(t, got.find(t, "run_id", "ditto-pretraining"), "hardware_id: nvidia-v100-sxm2-32gb")
	got.want(t, got.find(t, "run_id", "clip-pretraining"), "hardware_id: nvidia-a100-sxm4-80gb")
}

// Two rows by hand. BLOOM-176B: 308,035.2 W on 384 A100 for 2,808 h are 864,962.8 kWh of the facility, beside the 689,842 kWh x PUE 1.2 = 827,810 kWh that its makers found.
// DeepSeek-V3: 2,818,135 W / 2,048 = 1,376.04 W a device.
func TestEpochModelsAsPublished(t *testing.T) {
	got := importFiles(t, "epoch-models", Options{}, published(t, "epoch-ai/notable_ai_models.csv"))
	f := got.report.Files[0]
	if f.Records != 965 || f.Used != 235 || f.Left != 730 {
		t.Errorf("%+v", f)
	}
	for why, n := range map[string]int64{
		"energy cannot be computed: neither power and hours, nor devices and hours, nor operations":      431,
		"energy cannot be computed: no type of device":                                                   175,
		"energy cannot be computed: the type of device is not certain (--choose says what a name means)": 21,
		// 14 records name several; two of those are speculative.
		"energy cannot be computed: several types of device, and not how many of each": 12,
		"the source rates it as speculative (--speculative takes it)":                  90,
		"its hardware and hours repeat those of its base model":                        1,
	} {
		if !hasReason(f, why, n) {
			t.Errorf("not %d: %s\n%+v", n, why, f.Why)
		}
	}
	got.want(t, got.find(t, "run_id", "bloom-176b-pretraining"), `
		hardware_id: nvidia-a100-sxm4-80gb
		device_count: 384
		wall_time: 2808
		flop: 3.65664e+23
		energy: 864962.8453191437
		energy_boundary: facility
		device_power: 802.1750034491703
		year: 2022`)
	got.want(t, got.find(t, "run_id", "deepseek-v3-pretraining"), "hardware_id: nvidia-h800-sxm5-80gb\ndevice_count: 2048\ndevice_power: 1376.042568952287")
	for _, row := range got.rows {
		if row["region"] != "" || row["started"] != "" || row["tokens"] != "" {
			t.Fatalf("%s has what the file does not say: %v", row["run_id"], row)
		}
	}
}

// hasReason reports whether records of a file were left out for a reason, and so many.
func hasReason(f FileReport, why string, n int64) bool {
	for _, r := range f.Why {
		if r.Why == why {
			return r.Count == n
		}
	}
	return n == 0
}
