package importers

import (
	"maps"
	"strings"
	"testing"
)

// What is given with --set stands where the files say nothing; where they say something in every row it is without effect, which is told.
func TestWhatIsSetWithoutEffectIsTold(t *testing.T) {
	set := maps.Clone(ours)
	set["energy_boundary"], set["region"] = "device", "DEU"
	const head = "timestamp,project_name,duration,energy_consumed,country_iso_code\n2024-01-01T00:00:10,m,20,1.5,FRA\n"
	got := importFiles(t, "codecarbon", Options{Set: set}, text("e.csv", head))
	if want := "warning: --set energy_boundary=device has no effect [unused-name]\nwarning: --set region=DEU has no effect [unused-name]\n"; got.told != want {
		t.Errorf("%s\nwant %s", got.told, want)
	}
	got = importFiles(t, "codecarbon", Options{Set: set}, text("e.csv", head+"2024-01-01T00:00:10,m,20,1.5,\n"))
	got.want(t, 1, "region: DEU")
	if strings.Contains(got.told, "region") {
		t.Error(got.told)
	}
	// A mapping says what stands in every row.
	got = importFiles(t, "mapped", Options{Mapping: "m.yaml", MappingText: []byte(someMapping), Set: map[string]string{"licence": "MIT", "requests": "3"}},
		text("a.csv", "model,gpu,Land,time,tokens,wh,status\nm,,Tschechien,2024-01-01,1,2,ok\n"))
	got.want(t, 0, "licence: CC0-1.0\nrequests: 3")
	if !strings.Contains(got.told, "--set licence=MIT has no effect") || strings.Contains(got.told, "requests") {
		t.Error(got.told)
	}
}
