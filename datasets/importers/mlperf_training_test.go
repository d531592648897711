package importers

import (
	"fmt"
	"strings"
	"testing"
)

const nodeHead = "submission,system,benchmark,result_id,node,n_samples,first_ms,last_ms,duration_s,mean_power_w,max_power_w,energy_kwh_trapezoid,source_path\n"

// node is the record of a node that draws 3.6 kW from one ms to another.
func node(system, benchmark, id, name string, first, last int) string {
	return fmt.Sprintf("smc-dc-power,%s,%s,%s,%s,500,%d,%d,%g,3600,4000,%g,x\n", system, benchmark, id, name, first, last, float64(last-first)/1000, float64(last-first)/1e6)
}

// By hand: two nodes of 3.6 kW for 1,000 s and for 990 s are 1 kWh and 0.99 kWh; from the first reading of one to the last of the other are 1,005 s.
func TestTheNodesOfARunAreSummedUpWhereverTheyStand(t *testing.T) {
	start := 1715341080000
	got := importFiles(t, "mlperf-training", Options{}, text("mlperf_training_v4.0_node_power.csv", nodeHead+
		node("2xSMC-H100-SXM-80GB", "llama2_70b_lora", "r1", "node_0", start, start+1000_000)+
		node("1xSMC-H100-SXM-80GB", "gpt3", "r2", "node_0", start, start+500_000)+
		node("2xSMC-H100-SXM-80GB", "llama2_70b_lora", "r1", "node_1", start+15_000, start+1005_000)))
	if f := got.report.Files[0]; f.Records != 3 || f.Used != 3 || got.report.Rows != 2 || got.report.Values != 0 {
		t.Errorf("%+v", got.report)
	}
	got.want(t, 0, `
		run_id: mlperf-training-4.0/2xSMC-H100-SXM-80GB/llama2_70b_lora/r1@smc-dc-power
		model_id: mlperf-llama-2-70b-lora
		phase: finetuning
		hardware_id: nvidia-h100-sxm5-80gb
		device_count: 16
		organisation: smc
		energy: 1.99
		energy_boundary: node
		energy_basis: metered
		quality: measured
		wall_time: 0.2791666666666667
		started: 2024-05-10
		ended: 2024-05-10
		scope: intensity
		region: -
		licence: Apache-2.0
		origin_row: 1`)
	if a := got.rows[0]["assumption"]; !strings.Contains(a, "summed over 2 nodes") || !strings.Contains(a, "derived and unofficial") || !strings.Contains(a, "direct current") || !strings.Contains(a, "smc-h100-sxm-80gb has 8 of the device") {
		t.Error(a)
	}
	got.want(t, 1, "phase: pretraining\nmodel_id: mlperf-gpt3-175b\norigin_row: 2")
}

func TestTheEnergyOfARunWhoseLogCannotStandIsLeftOut(t *testing.T) {
	one := node("1xSMC-H100-SXM-80GB", "bert", "r", "node_0", 0, 1000_000)
	for _, c := range []struct{ name, rows, why string }{
		{"a node is missing", strings.Replace(one, "1xSMC", "3xSMC", 1), "the log has 1 nodes of 3"},
		{"a node stands twice", one + one, "node_0 stands twice"},
		{"a node draws nothing", strings.Replace(one, ",3600,", ",0,", 1), "node_0 has no power"},
		{"a node has hardly any reading", strings.Replace(one, ",500,", ",3,", 1), "node_0 has too few readings: 3"},
		{"a node is read once in two minutes", strings.Replace(one, "1000000,1000", "60000000,60000", 1), "node_0 has too few readings: 500"},
		{"the energy is in another unit", strings.Replace(one, ",4000,1,", ",4000,1000,", 1), "node_0 has 1000 kWh, but its mean power x time is 1 kWh"},
		{"time runs backwards", strings.Replace(one, ",0,1000000,", ",1000000,0,", 1), "node_0 has no time"},
		{"a log is much shorter than the run", strings.ReplaceAll(one, "1xSMC", "2xSMC") + node("2xSMC-H100-SXM-80GB", "bert", "r", "node_1", 0, 800_000), "the nodes' logs lack 10 % of the run"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := importFiles(t, "mlperf-training", Options{}, text("v4.0.csv", nodeHead+c.rows))
			got.want(t, 0, "energy: -\nenergy_boundary: -\nhardware_id: nvidia-h100-sxm5-80gb\nscope: intensity")
			if list := strings.Join(got.left, "\n"); !strings.Contains(list, "the energy of the run is not known: "+c.why) {
				t.Errorf("the list lacks %q:\n%s", c.why, list)
			}
		})
	}
}

func TestABenchmarkThatIsNotKnownNeedsItsPhase(t *testing.T) {
	file := text("power.csv", nodeHead+node("1xSMC-H100-SXM-80GB", "llama31_405b", "r", "node_0", 0, 1000_000))
	got := importFiles(t, "mlperf-training", Options{}, file)
	if f := got.report.Files[0]; f.Left != 1 || !strings.Contains(f.Why[0].Why, "phase is not usable") {
		t.Errorf("%+v", f)
	}
	got = importFiles(t, "mlperf-training", Options{Set: map[string]string{"phase": "pretraining"}}, file)
	got.want(t, 0, "model_id: MLPerf llama31_405b\nphase: pretraining\nrun_id: mlperf-training/1xSMC-H100-SXM-80GB/llama31_405b/r@smc-dc-power")
}

// Rows by hand: the three runs of gpt3 sum up to a mean of 408.757765 kWh, the open edition's 408.7578; the first of them took 3,412.447 s on 512 devices. The first run of
// LoRA on one node is 3.387702 kWh in 1,806.045 s.
func TestThePowerLogsOfMLPerfTraining(t *testing.T) {
	got := importFiles(t, "mlperf-training", Options{}, published(t, "mlperf-training-power-v4.0/mlperf_training_v4.0_node_power.csv"))
	if f := got.report.Files[0]; got.told != "" || f.Records != 1427 || f.Used != 1427 || f.Left != 0 || got.report.Rows != 148 || got.report.Values != 0 {
		t.Errorf("%+v %s\n%s", got.report, got.told, strings.Join(got.left, "\n"))
	}
	total, gpt3, short := 0.0, 0.0, 0
	for _, r := range got.rows {
		total += number(t, r["energy"])
		if r["model_id"] == "mlperf-gpt3-175b" {
			gpt3 += number(t, r["energy"]) / 3
		}
		if strings.Contains(r["assumption"], "the energy is short") {
			short++
		}
	}
	if fmt.Sprintf("%.4f %.6f %d", total, gpt3, short) != "1633.8320 408.757765 2" {
		t.Error(total, gpt3, short)
	}
	got.want(t, got.find(t, "run_id", "mlperf-training-4.0/64xSMC-H100-SXM-80GB/gpt3/result_5848-240517221859825376616_2@smc-dc-power"), `
		device_count: 512
		wall_time: 0.9479019444444444
		started: 2024-05-17
		ended: 2024-05-17
		phase: pretraining`)
	got.want(t, got.find(t, "run_id", "mlperf-training-4.0/1xSMC-H100-SXM-80GB/llama2_70b_lora/result_4951-240509201759121728742_1@smc-dc-power"), `
		device_count: 8
		energy: 3.387702
		wall_time: 0.5016791666666667
		source: MLCommons, MLPerf Training v4.0 results with power (2024), node power logs of submitter smc-dc-power
		url: https://github.com/mlcommons/training_results_v4.0`)
}
