package importers

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A record of each sort, as the file writes them: numbers with .0, infinite efficiencies, a note with line breaks.
const someHardware = `Hardware name,Manufacturer,Type,Notes,Release date,FP32 (single precision) performance (FLOP/s),FP16 (half precision) performance (FLOP/s),Tensor-FP16/BF16 performance (FLOP/s),INT8 performance (OP/s),Memory size per board (Byte),Die Size (mm^2),TDP (W),Process size (nm),Energy efficiency
NVIDIA H100 SXM5 80GB,NVIDIA,GPU,"Listed performance figures
are without sparsity.",2022-09-20,66910000000000.0,133800000000000.0,989400000000000.0,1.979e+15,80000000000.0,814.0,700.0,5.0,2.8e12
NVIDIA GeForce GTX 1080,NVIDIA,GPU,,2016-05-27,8873000000000.0,138600000000.0,,,8000000000.0,314.0,180.0,16.0,4.9e10
Google TPU v1,Google,TPU,,2015-05-15,,,,92000000000000.0,8589934592.0,331.0,75.0,28.0,inf
NVIDIA V100,NVIDIA,GPU,,2017-06-21,1.567e13,3.133e13,1.25e14,,,815.0,300.0,12.0,4.1e11
NVIDIA P100 PCIe 16GB,NVIDIA,GPU,,2016-06-20,9.56e12,1.91e13,,,16000000000.0,610.0,250.0,16.0,7.6e10
NVIDIA P100,NVIDIA,GPU,,2016-04-05,9.3e12,1.87e13,,,16000000000.0,,250.0,16.0,7.4e10
Some New Chip,Somebody,NPU,,soon,1e15,,,,,,,,inf
NVIDIA GB200 NVL72,NVIDIA,GPU,,,,,,,,,,,
`

func TestEpochHardwareByItsTraps(t *testing.T) {
	got := importFiles(t, "epoch-hardware", Options{}, text("ml_hardware.csv", someHardware))
	if f := got.report.Files[0]; f.Records != 8 || f.Used != 6 {
		t.Fatalf("%+v\n%s", f, got.told)
	}
	got.want(t, 0, `
		hardware_id: nvidia-h100-sxm5-80gb
		name: NVIDIA H100 SXM5 80GB
		manufacturer: NVIDIA
		class: accelerator
		released: 2022-09-20
		rated_power: 700
		peak_flops: 9.894e+14
		flops_precision: bf16/fp16
		memory: 80
		die_area: 814
		process_node: 5
		licence: CC-BY-4.0
		quality: reported
		assumption: peak: FP16 or BF16 on matrix units, dense; note of the source: Listed performance figures are without sparsity.
		origin_row: 1`)
	// FP16 of this board is 1/64 of FP32: 138.6 GFLOP/s against 8,873.
	got.want(t, 1, "hardware_id: nvidia-geforce-gtx-1080\npeak_flops: 8.873e+12\nflops_precision: fp32")
	// 8 GiB are 8.589934592 GB; a chip that computes with integers alone has no FLOP/s.
	got.want(t, 2, "hardware_id: google-tpu-v1\nmemory: 8.589934592\npeak_flops: -\nflops_precision: -")
	got.want(t, 3, "hardware_id: nvidia-p100-pcie-16gb\nalternative_to: -")
	got.want(t, 4, "hardware_id: nvidia-p100-pcie-16gb#2\nalternative_to: nvidia-p100-pcie-16gb\npeak_flops: 1.87e+13")
	got.want(t, 5, "hardware_id: some-new-chip\nreleased: -\nrated_power: -\npeak_flops: 1e+15")
	if a := got.rows[5]["assumption"]; !strings.Contains(a, `hardware printed as "Some New Chip", which the registry does not know`) {
		t.Error(a)
	}
	list := strings.Join(got.left, "\n")
	for _, want := range []string{
		"record | NVIDIA V100 | the name may mean several devices (--choose says which)",
		"record | NVIDIA GB200 NVL72 | not an accelerator, but of the kind system",
		"value | Some New Chip released soon | not a day such as 2024-05-31",
		"column | INT8 performance (OP/s) | no floating-point operations",
		"column | Energy efficiency | follows from other columns, infinite where TDP is empty",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}

func TestEpochHardwareUnderOtherNamesOfItsColumns(t *testing.T) {
	renamed := strings.NewReplacer("Memory size per board (Byte)", "Memory (bytes)", "Hardware name", "Name of the hardware", "Process size", "Process Size").Replace(someHardware)
	got := importFiles(t, "epoch-hardware", Options{Choose: map[string]string{"NVIDIA V100": "nvidia-v100-sxm2-32gb"}}, text("ml_hardware.csv", renamed))
	got.want(t, 0, "hardware_id: nvidia-h100-sxm5-80gb\nmemory: 80\nprocess_node: 5")
	got.want(t, 3, `hardware_id: nvidia-v100-sxm2-32gb`)
}

// The published file against the open edition, whose rows were written from it by hand: they differ only where the open edition says why.
func TestEpochHardwareAgreesWithTheOpenEdition(t *testing.T) {
	got := importFiles(t, "epoch-hardware", Options{}, published(t, "epoch-ai/ml_hardware.csv"))
	if f := got.report.Files[0]; f.Records != 170 || f.Used != 165 || f.Left != 5 || f.Why[0] != (Reason{"the name may mean several devices (--choose says which)", 5}) {
		t.Errorf("%+v", f)
	}
	said := map[string]string{ // what differs, and where the open edition has it from
		"amd-instinct-mi300x die_area":     "left out there: not that of a main die",
		"google-tpu-v4 rated_power":        "there the maximum measured by its designers",
		"nvidia-p100-pcie-16gb memory":     "from the record that is the second here",
		"nvidia-p100-pcie-16gb peak_flops": "from the record that is the second here",
		"nvidia-a800-sxm4-80gb memory":     "there from the name",
		"nvidia-h200-sxm memory":           "there from the name",
		"google-tpu-v5e rated_power":       "there from the note",
		"amazon-trainium1 memory":          "there from an earlier release",
	}
	compared := 0
	for _, open := range openEdition(t, "hardware") {
		id := open["hardware_id"]
		if !strings.HasPrefix(open["source"], "Epoch AI") || id == "nvidia-a100-pcie-40gb" {
			continue
		}
		row := got.rows[got.find(t, "hardware_id", id)]
		for _, column := range []string{"rated_power", "peak_flops", "memory", "die_area", "process_node", "released"} {
			if open[column] == "" && row[column] == "" {
				continue
			}
			compared++
			a, errA := strconv.ParseFloat(open[column], 64)
			b, errB := strconv.ParseFloat(row[column], 64)
			same := open[column] == row[column] || errA == nil && errB == nil && math.Abs(a-b) <= 1e-9*a
			if _, ok := said[id+" "+column]; !same && !ok {
				t.Errorf("%s: %s is %q, in the open edition %q", id, column, row[column], open[column])
			}
		}
	}
	if compared < 200 {
		t.Errorf("%d figures compared", compared)
	}
}

// openEdition reads a table of the open edition, as it is written.
func openEdition(t *testing.T, kind string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open("../open/" + kind + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, fields := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = fields[i]
		}
		rows = append(rows, row)
	}
	return rows
}
