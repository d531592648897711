package importers

import (
	"strings"
	"testing"
)

var ours = map[string]string{"source": "the example of a test", "licence": "MIT"}

// Two rows by hand: the first of examples-emissions.csv is 355.466 s = 0.098741 h at its end of 10:39 on 31 May; the tracker saw an Apple M1.
func TestCodeCarbonExample(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: ours}, published(t, "codecarbon/examples-emissions.csv"))
	if f := got.report.Files[0]; f.Records != 28 || f.Used != 19 || f.Left != 9 || f.Why[1] != (Reason{"no energy", 2}) {
		t.Errorf("%+v", f)
	}
	got.want(t, 0, `
		run_id: 409f7ac2-203f-4191-9bf4-e3cdf9470de8
		model_id: codecarbon
		energy: 0.0004047892176375
		energy_boundary: node
		energy_basis: estimated
		quality: modelled
		region: FRA
		hardware_id: apple-m1
		started: 2024-05-31
		ended: 2024-05-31
		wall_time: 0.09874066114425659
		phase: development
		scope: intensity
		pue: -
		origin_row: 1`)
	if !strings.HasPrefix(got.rows[0]["origin_digest"], "sha256:") || got.rows[0]["origin_file"] != "examples-emissions.csv" {
		t.Error(got.rows[0])
	}
	// A row without run_id is called by its project and time.
	got.want(t, 1, "run_id: codecarbon 2024-05-31T10:44:29")
}

// Whether a pue of 1 was measured cannot be told: it is what the tracker writes where nobody said one. With another the energy is that of the facility.
func TestCodeCarbonByItsTraps(t *testing.T) {
	const head = "timestamp,experiment_name,run_id,duration,energy_consumed,country_iso_code,cloud_provider,cloud_region,gpu_count,gpu_model,pue\n"
	got := importFiles(t, "codecarbon", Options{Set: ours, Kind: "deployments"}, text("e.csv", head+
		"2024-01-01T00:00:10,m,a,20,1.5,FRA,aws,eu-west-3,,8 x NVIDIA A100-SXM4-80GB,1.2\n"+
		"2024-01-01T00:00:10,m,b,20,1.5,FRA,aws,mars-1,2,H100,1\n"+
		"yesterday,m,c,20,1.5,QQQ,,,,,0.5\n"+
		"2024-01-01T00:00:10,m,d,20,0,FRA,,,,,1\n"))
	got.want(t, 0, "deployment_id: a\nregion: aws:eu-west-3\nhardware_id: nvidia-a100-sxm4-80gb\ndevice_count: 8\npue: 1.2\nenergy_boundary: facility\nmodel_id: m\nstarted: 2023-12-31")
	got.want(t, 1, "region: FRA\nhardware_id: -\ndevice_count: 2\npue: -\nenergy_boundary: node")
	if a := got.rows[1]["assumption"]; !strings.Contains(a, `hardware printed as "H100", which may be `) {
		t.Error(a)
	}
	got.want(t, 2, "region: -\nended: -\npue: -")
	list := strings.Join(got.left, "\n")
	for _, want := range []string{
		"value | b region aws:mars-1 | the registry of regions does not know this region of a cloud",
		"e.csv:4 | value | c ended yesterday | not a time",
		"value | c region QQQ | the registry",
		"value | c pue 0.5 | pue is 0.5; it cannot be below 1",
		"e.csv:5 | record | d | no energy",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
}

func TestWhoeverImportsSaysWhatTheRunsWere(t *testing.T) {
	const log = "timestamp,project_name,duration,energy_consumed\n2024-01-01T00:00:10,m,20,1.5\n"
	got := importFiles(t, "codecarbon", Options{Set: map[string]string{"source": "a test", "licence": "MIT", "phase": "pretraining", "scope": "volume"}}, text("e.csv", log))
	got.want(t, 0, "phase: pretraining\nscope: volume")
	got = importFiles(t, "codecarbon", Options{Set: ours}, text("e.csv", log))
	got.want(t, 0, "phase: development\nscope: intensity")
}

func TestWhatFilesDoNotSayHasToBeSaid(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: map[string]string{"licens": "MIT"}}, text("e.csv", "timestamp,duration,energy_consumed\n"))
	for _, want := range []string{"do not say the source of their rows", "do not say the licence", `training_runs has no column "licens"`} {
		if !strings.Contains(got.told, want) {
			t.Errorf("told lacks %q:\n%s", want, got.told)
		}
	}
}

// A name that may mean several becomes one by choice, and the row and the inventory keep it.
func TestAChoiceIsRecorded(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: ours, Choose: map[string]string{"H100": "nvidia-h100-sxm5-80gb"}},
		text("e.csv", "timestamp,project_name,duration,energy_consumed,gpu_model\n2024-01-01T00:00:10,m,20,1.5,H100\n"))
	got.want(t, 0, "hardware_id: nvidia-h100-sxm5-80gb\nassumption: hardware_id printed as \"H100\", read as nvidia-h100-sxm5-80gb by choice")
	if !strings.Contains(string(got.file), `"text":"H100","id":"nvidia-h100-sxm5-80gb"`) {
		t.Error("the inventory does not keep the choice")
	}
}

// Seven of the 28 records were tracked with tracking_mode process, all with energy: no boundary says that, so the row does.
func TestATrackerOfAProcessIsNamed(t *testing.T) {
	const process = "the tracker measured the process alone: "
	got := importFiles(t, "codecarbon", Options{Set: ours}, text("e.csv", "timestamp,project_name,run_id,duration,energy_consumed,tracking_mode\n2024-01-01T00:00:10,m,a,20,1.5,process\n2024-01-01T00:00:10,m,b,20,1.5,machine\n"))
	if a := got.rows[0]["assumption"]; !strings.HasPrefix(a, process) || got.rows[1]["assumption"] != "" {
		t.Errorf("%q, %q", a, got.rows[1]["assumption"])
	}
	got.want(t, 0, "energy_boundary: node")
	for _, name := range got.report.Files[0].Columns {
		if name == "tracking_mode" {
			t.Error("tracking_mode is listed as not read")
		}
	}
	got = importFiles(t, "codecarbon", Options{Set: ours}, published(t, "codecarbon/examples-emissions.csv"))
	n := 0
	for _, row := range got.rows {
		if strings.Contains(row["assumption"], process) {
			n++
		}
	}
	if n != 7 {
		t.Errorf("%d rows of a process", n)
	}
}
