package importers

import (
	"strings"
	"testing"
)

const anH100 = "timestamp,project_name,duration,energy_consumed,gpu_model\n2024-01-01T00:00:10,m,20,1.5,H100\n"

func TestAChoiceIsOfAnIDThatThereIs(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: ours, Choose: map[string]string{"H100": "nvidia-h100-sxm", "B": "zzzzzzzzz"}}, text("e.csv", anH100))
	if !strings.Contains(got.hints, `--choose reads "H100" as "nvidia-h100-sxm", which no registry of names has [unknown-reference]`) ||
		!strings.Contains(got.hints, "did you mean nvidia-h100-sxm5-80gb?") || !strings.Contains(got.told, `--choose reads "B"`) {
		t.Error(got.hints)
	}
	got = importFiles(t, "codecarbon", Options{Set: ours, Choose: map[string]string{"H100": "google"}}, text("e.csv", anH100))
	if !strings.Contains(got.told, `--choose reads "H100" as "google", which the registry of hardware does not have [unknown-reference]`) || strings.Contains(got.told, "warning") {
		t.Error(got.told)
	}
}

func TestAChoiceThatTheNameDoesNotStandForIsTold(t *testing.T) {
	got := importFiles(t, "codecarbon", Options{Set: ours, Choose: map[string]string{"H100": "amd-instinct-mi300x"}}, text("e.csv", anH100))
	got.want(t, 0, "hardware_id: amd-instinct-mi300x")
	if strings.Count(got.told, "\n") != 1 || !strings.HasPrefix(got.told, `warning: --choose reads "H100" as amd-instinct-mi300x, which the name does not stand for by the registry of hardware`) {
		t.Error(got.told)
	}
	got = importFiles(t, "codecarbon", Options{Set: ours, Choose: map[string]string{"H100": "nvidia-h100-pcie-80gb"}}, text("e.csv", anH100))
	if got.told != "" {
		t.Error(got.told)
	}
}

func TestAChoiceThatNoFileHadUseForIsTold(t *testing.T) {
	choose := map[string]string{"H1OO": "nvidia-h100-sxm5-80gb"}
	got := importFiles(t, "codecarbon", Options{Set: ours, Choose: choose}, text("e.csv", anH100))
	if !strings.Contains(got.hints, "warning: --choose H1OO=nvidia-h100-sxm5-80gb is not used: no name that is looked up is printed so [unused-name]") || !strings.Contains(got.hints, `printed are ["H100" "m"]`) {
		t.Error(got.hints)
	}
	// Where a file was not read to its end, there may be a use in the rest.
	got = importFiles(t, "codecarbon", Options{Set: ours, Choose: choose}, text("e.csv", anH100+"2024-01-01T00:00:10,m,soon,1.5,H1\n"))
	if strings.Contains(got.told, "H1OO") {
		t.Error(got.told)
	}
}

// Options that are wrong are told once, and no further file is read for want of an inventory that takes its rows.
func TestWrongOptionsStopAMappingOfSeveralFiles(t *testing.T) {
	rows := "model,gpu,Land,time,tokens,wh,status\nm,H100,FRA,2024-01-01,1,2,failed\nm,H100,FRA,2024-01-01,1,2,ok\n"
	got := importFiles(t, "mapped", Options{Mapping: "m.yaml", MappingText: []byte(someMapping), Choose: map[string]string{"H100": "nvidia-h100-sxm"}}, text("a.csv", rows), text("b.csv", rows))
	if strings.Count(got.told, "nvidia-h100-sxm") != 1 || len(got.rows) > 0 {
		t.Error(got.told)
	}
}
